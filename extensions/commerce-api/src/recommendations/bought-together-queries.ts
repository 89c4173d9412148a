/** SQL of what is bought together. */
import { row, rows, type Transaction } from '../platform/database.ts';
import { COUNTED_ORDER, SOLD_UNITS } from './popularity-queries.ts';

export interface BasketRules {
  window_days: number;
  half_life_days: number;
  /** Products of one basket that are looked at, and baskets of one product. */
  most_products: number;
  most_baskets: number;
}

/**
 * Gathers baskets: products of each order, what a basket weighs (its share by size, halved with age), and how often each product
 * was bought so weighed. Ages are counted from the latest order, so that a shop that begins with its history has some. Of larger
 * baskets and of products in more, some are taken, the same ones each time.
 * @returns the number of the last product
 */
export async function gatherBaskets(trx: Transaction, rules: BasketRules): Promise<number> {
  await rows(trx, 'truncate commerce.affinity_items, commerce.affinity_baskets');
  await rows(
    trx,
    `insert into commerce.affinity_items (item, product, bought, lines)
     select row_number() over (order by id), id, 0, 0 from products where status = 'published'`,
  );
  await rows(trx, 'analyze commerce.affinity_items');
  await rows(
    trx,
    `insert into commerce.affinity_baskets (basket, item, weight)
     with latest as materialized (
       select least(max(o.placed_at), now()) as at from orders o where ${COUNTED_ORDER}
     ), bought as (
       select o.id, extract(epoch from latest.at - o.placed_at)::float8 / 86400 as days, i.item from latest cross join orders o
       join order_lines l on l."order" = o.id join commerce.affinity_items i on i.product = l.product
       where ${COUNTED_ORDER} and ${SOLD_UNITS} > 0 and o.placed_at > latest.at - ? * interval '1 day' group by o.id, i.item, latest.at
     ), sized as (
       select item, dense_rank() over (order by id) as basket, days, count(*) over (partition by id) as size,
         row_number() over (partition by id order by hashint8(item::bigint * 1000003 + hashtext(id::text))) as place
       from bought
     ), recent as (
       select *, row_number() over (partition by item order by days, basket) as age from sized where place <= ?
     )
     select basket, item, power(0.5::float8, greatest(days, 0) / ?) / size from recent where age <= ?`,
    [rules.window_days, rules.most_products, rules.half_life_days, rules.most_baskets],
  );
  await rows(
    trx,
    `update commerce.affinity_items i set bought = b.bought, lines = b.lines
     from (select item, sum(weight::float8) as bought, count(*) as lines from commerce.affinity_baskets group by item) b
     where b.item = i.item`,
  );
  await rows(trx, 'delete from commerce.affinity_items where lines = 0');
  await rows(trx, 'analyze commerce.affinity_items, commerce.affinity_baskets');
  const found = await row<{ last: number }>(
    trx,
    'select coalesce(max(item), 0) as last from commerce.affinity_items',
  );
  return found?.last ?? 0;
}

/** The last of the next items that have so many lines together, one item at least. Undefined at the end. */
export async function nextItems(
  trx: Transaction,
  after: number,
  most_lines: number,
): Promise<number | undefined> {
  const found = await row<{ last: number | null }>(
    trx,
    `select max(item) as last from (
       select item, sum(lines) over (order by item) - lines as before from commerce.affinity_items where item > ? order by item limit 1000
     ) next where before < ?`,
    [after, most_lines],
  );
  return found?.last ?? undefined;
}

export interface Measure {
  most: number;
  /** Baskets with both that there must be. */
  least_baskets: number;
  /** How much it counts against a product that it is bought often. */
  common_exponent: number;
  /** Baskets that are doubted: n of them count n / (n + doubt). */
  doubt: number;
}

/** Writes the lists of items in a range where they differ. @returns the products whose lists do */
export async function writeBoughtTogether(
  trx: Transaction,
  range: { after: number; last: number },
  measure: Measure,
): Promise<string[]> {
  const found = await rows<{ product: string }>(
    trx,
    `with scope as (select item, product, bought from commerce.affinity_items where item > ? and item <= ?),
     pairs as (
       select one.item, other.item as other, sum(one.weight) as together, count(*) as baskets
       from commerce.affinity_baskets one join commerce.affinity_baskets other on other.basket = one.basket and other.item <> one.item
       where one.item > ? and one.item <= ? group by 1, 2 having count(*) >= ?
     ), scored as (
       select scope.product, other.product as related,
         together / scope.bought / power(other.bought, ?) * baskets / (baskets + ?) as score
       from pairs join scope using (item) join commerce.affinity_items other on other.item = pairs.other
     ), fresh as materialized (
       select product, related, score::real, rank from (
         select *, row_number() over (partition by product order by score desc, related) as rank from scored) ranked
       where rank <= ?
     ), ${writing('bought_together')}`,
    [
      range.after,
      range.last,
      range.after,
      range.last,
      measure.least_baskets,
      measure.common_exponent,
      measure.doubt,
      measure.most,
    ],
  );
  return found.map(({ product }) => product);
}

/** The lists of products that nobody bought anything with any more. @returns the products */
export async function dropOthers(trx: Transaction): Promise<string[]> {
  const found = await rows<{ product: string }>(
    trx,
    `with gone as (delete from commerce.product_affinities known where kind = 'bought_together'
         and not exists (select from commerce.affinity_items i where i.product = known.product) returning product)
     select distinct product from gone`,
  );
  await rows(trx, 'truncate commerce.affinity_items, commerce.affinity_baskets');
  return found.map(({ product }) => product);
}

/**
 * The end of a statement that has the products in question as `scope` and their lists as `fresh`: writes those whose members or
 * order differ, and selects their products. Ranks are replaced in place, and those behind a list that got shorter go: no row is
 * written twice.
 */
export function writing(kind: 'bought_together' | 'similar'): string {
  return `known as (
       select a.product, array_agg(a.related order by a.rank) as list from commerce.product_affinities a
       where a.kind = '${kind}' and a.product in (select product from scope) group by a.product
     ), lists as (
       select product, array_agg(related order by rank) as list from fresh group by product
     ), differing as materialized (
       select scope.product, coalesce(cardinality(lists.list), 0) as length from scope
       left join known using (product) left join lists using (product) where known.list is distinct from lists.list
     ), shortened as (
       delete from commerce.product_affinities a using differing
         where a.product = differing.product and a.kind = '${kind}' and a.rank > differing.length
     ), written as (
       insert into commerce.product_affinities (product, kind, rank, related, score)
         select product, '${kind}', rank, related, score from fresh join differing using (product) order by product, rank
         on conflict (product, kind, rank) do update set related = excluded.related, score = excluded.score
     )
     select product from differing`;
}
