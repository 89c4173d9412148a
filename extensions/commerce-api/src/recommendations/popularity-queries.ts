/** SQL of what is popular now. */
import { row, rows, type Queryable, type Transaction } from '../platform/database.ts';

/** Orders that are past their payment and were not cancelled, and what their lines sold and did not take back. */
export const COUNTED_ORDER = `o.status in ('processing', 'shipped', 'delivered')`;
export const SOLD_UNITS = `(l.quantity - greatest(l.quantity_refunded, l.quantity_returned))`;

/** The newest event of any order; zero where there is none. */
export async function latestEvent(db: Queryable): Promise<number> {
  const found = await row<{ id: number }>(db, 'select coalesce(max(id), 0)::bigint as id from order_events');
  return found?.id ?? 0;
}

/** Products of orders that something happened to after an event. */
export async function productsOfEvents(db: Queryable, after: number): Promise<string[]> {
  const found = await rows<{ product: string }>(
    db,
    `select distinct l.product from order_lines l
     where l.product is not null and l."order" in (select e."order" from order_events e where e.id > ?) order by 1`,
    [after],
  );
  return found.map(({ product }) => product);
}

/** The next products by id. */
export async function nextProducts(db: Queryable, after: string, limit: number): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    'select id from products where id > ?::uuid order by id limit ?',
    [after, limit],
  );
  return found.map(({ id }) => id);
}

/**
 * Works out the popularity of these products anew, and tells the listings of those where it differs by more than `tolerance`
 * half-lives. @returns how many did
 */
export async function updatePopularity(
  trx: Transaction,
  products: readonly string[],
  tolerance: number,
): Promise<number> {
  const found = await row<{ changed: number }>(
    trx,
    `with sold as (
       select l.product, o.placed_at, sum(${SOLD_UNITS}) as units
       from order_lines l join orders o on o.id = l."order"
       where l.product = any(?) and ${COUNTED_ORDER} and ${SOLD_UNITS} > 0 group by l.product, o.id
     ), fresh as (
       -- Summed as of now, so that the powers stay small; the moment is added again.
       select product, (commerce.popularity_age(now()) + ln(greatest(1e-300, sum((1 + ln(units::float8))
           * power(2::float8, greatest(commerce.popularity_age(placed_at) - commerce.popularity_age(now()), -1000))))) / ln(2::float8))::real as score,
         sum(units)::bigint as units
       from sold group by product
     ), gone as (
       delete from commerce.product_popularity known where known.product = any(?)
         and not exists (select from fresh where fresh.product = known.product) returning known.product
     ), written as (
       insert into commerce.product_popularity as known (product, score, units)
         select fresh.product, score, units from fresh join products p on p.id = fresh.product order by fresh.product
         on conflict (product) do update set score = excluded.score, units = excluded.units, computed_at = now()
           where abs(known.score - excluded.score) > ?
         returning known.product
     ), noted as (
       insert into commerce.catalog_changes (collection, item, action)
         select 'products', product::text, 'update' from (select product from gone union all select product from written) changed
         returning id
     )
     select count(*) as changed from noted`,
    [products, products, tolerance],
  );
  return found?.changed ?? 0;
}
