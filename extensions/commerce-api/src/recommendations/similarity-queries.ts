/** SQL of what is alike. Vectors of TF-IDF over short texts and labels: each feature is there or not, so only its rarity weighs. */
import { row, rows, type Queryable, type Transaction } from '../platform/database.ts';
import { writing } from './bought-together-queries.ts';

/** Whether this transaction is the only one that compares products. */
export async function takeTurn(trx: Transaction): Promise<boolean> {
  const found = await row<{ is_mine: boolean }>(
    trx,
    `select pg_try_advisory_xact_lock(hashtextextended('kontor similarity', 0)) as is_mine`,
  );
  return found?.is_mine ?? false;
}

/** All products are to be looked at. */
export async function noteAllProducts(db: Queryable): Promise<void> {
  await rows(db, 'insert into commerce.similarity_changes (product) select id from products order by id');
}

/** Takes the oldest of what changed. @returns how many notes that were, and the products they name */
export async function takeChanges(
  trx: Transaction,
  limit: number,
): Promise<{ notes: number; products: string[] }> {
  const found = await rows<{ product: string }>(
    trx,
    `delete from commerce.similarity_changes where id in (select id from commerce.similarity_changes order by id limit ?)
     returning product`,
    [limit],
  );
  return { notes: found.length, products: [...new Set(found.map(({ product }) => product))] };
}

/** How much a feature of its kind counts. A brand and a choice of sizes say less of what a thing is than a word of its name. */
const FEATURES = `
  select wanted.id as product, 'word ' || word as name, 1.0 as weight from wanted, unnest(tsvector_to_array(to_tsvector('simple', wanted.name))) word
    where length(word) > 1
  union select pc.product, 'category ' || pc.category, 1.0 from wanted join products_categories pc on pc.product = wanted.id
  union select pt.product, 'tag ' || pt.tag, 1.0 from wanted join products_tags pt on pt.product = wanted.id
  union select wanted.id, 'brand ' || wanted.brand, 0.7 from wanted where wanted.brand is not null
  union select v.product, 'option ' || o.key || ' ' || lower(o.value), 0.5 from wanted
    join product_variants v on v.product = wanted.id and v.status = 'published'
    cross join lateral json_each_text(case when json_typeof(v.option_values) = 'object' then v.option_values else '{}' end) o`;

/**
 * Reads anew what these products are made of and counts features by it. Those that differ are due, with all that list them now.
 * @returns how many differ
 */
export async function updateFeatures(trx: Transaction, products: readonly string[]): Promise<number> {
  const found = await row<{ differing: number }>(
    trx,
    `with wanted as materialized (
       select p.id, p.name, p.brand from products p where p.id = any(?) and p.status = 'published'
     ), made_of as (
       select product, hashtextextended(name, 0) as feature, max(weight)::real as weight from (${FEATURES}) named group by 1, 2
     ), fresh as (
       select product, array_agg(feature order by feature) as features from made_of group by product
     ), differing as materialized (
       select asked.product, known.features as before, fresh.features as after from unnest(?::uuid[]) asked (product)
       left join commerce.product_features known using (product) left join fresh using (product)
       where known.features is distinct from fresh.features
     ), counted as (
       select feature, sum(change) as change from (
         select unnest(after) as feature, 1 as change from differing union all select unnest(before), -1 from differing
       ) each group by feature having sum(change) <> 0
     ), counts as (
       insert into commerce.feature_counts as known (feature, weight, products)
         select feature, coalesce(weights.weight, 0), greatest(change, 0) from counted
           left join (select feature, max(weight) as weight from made_of group by feature) weights using (feature) order by feature
         on conflict (feature) do update set products = greatest(known.products + (select c.change from counted c where c.feature = excluded.feature), 0)
     ), gone as (
       delete from commerce.product_features known using differing where known.product = differing.product and differing.after is null
     ), written as (
       insert into commerce.product_features (product, features, norm)
         select product, after, 1 from differing where after is not null order by product
         on conflict (product) do update set features = excluded.features
     ), emptied as (
       delete from commerce.product_affinities a using differing
         where a.product = differing.product and a.kind = 'similar' and differing.after is null
     ), due as (
       insert into commerce.similarity_due (product, is_changed)
         select product, bool_or(is_changed) from (
           select product, true as is_changed from differing where after is not null
           union all select a.product, false from differing join commerce.product_affinities a
             on a.related = differing.product and a.kind = 'similar'
             where not exists (select from differing d where d.product = a.product)
         ) each group by product order by product
         on conflict (product) do update set is_changed = similarity_due.is_changed or excluded.is_changed
     )
     select count(*) as differing from differing`,
    [products, products],
  );
  return found?.differing ?? 0;
}

/** How many products there are to compare. */
export async function countCompared(db: Queryable): Promise<number> {
  const found = await row<{ count: number }>(db, 'select count(*) as count from commerce.product_features');
  return found?.count ?? 0;
}

const IDF = `f.weight * ln(1 + ?::float8 / greatest(f.products, 1))`;

/** Measures the vectors of the next products that changed. @returns the last of them, undefined when there are no more */
export async function measureChanged(
  trx: Transaction,
  { after, limit, among }: { after: string; limit: number; among: number },
): Promise<string | undefined> {
  const found = await row<{ last: string | null }>(
    trx,
    `with next as materialized (
       select product from commerce.similarity_due where is_changed and product > ?::uuid order by product limit ?
     ), measured as (
       update commerce.product_features p set norm = length.norm from (
         select p.product, sqrt(sum(power(${IDF}, 2)))::real as norm from commerce.product_features p join next using (product)
         cross join lateral unnest(p.features) of (feature) join commerce.feature_counts f using (feature) group by p.product
       ) length where p.product = length.product
     )
     select max(product::text) as last from next`,
    [after, limit, among],
  );
  return found?.last ?? undefined;
}

export function takeDue(
  trx: Transaction,
  limit: number,
): Promise<{ product: string; is_changed: boolean }[]> {
  return rows(
    trx,
    `delete from commerce.similarity_due where product in (select product from commerce.similarity_due order by product limit ?)
     returning product, is_changed`,
    [limit],
  );
}

export interface Nearness {
  most: number;
  /** Products of the rarest features of one product that are looked at, all together. */
  most_candidates: number;
  /** Even the rarest feature, when more products have it, says nothing. */
  most_of_one: number;
}

/**
 * Writes the lists of these products where they differ. Candidates are the products that share its rarest features; they are
 * compared by all of theirs. Where a product changed itself, those whose lists it now belongs into are due, too.
 * @returns the products whose lists differ
 */
export async function writeSimilar(
  trx: Transaction,
  due: readonly { product: string; is_changed: boolean }[],
  among: number,
  nearness: Nearness,
): Promise<string[]> {
  // Whatever the planner knows of these tables: reading one whole costs with the catalogue.
  await rows(trx, 'set local enable_seqscan = off');
  const products = due.map(({ product }) => product);
  const changedOnes = due.filter(({ is_changed }) => is_changed).map(({ product }) => product);
  const found = await rows<{ product: string }>(
    trx,
    `with scope as (select unnest(?::uuid[]) as product),
     weighed as materialized (
       select p.product, p.norm, of.feature, f.products, ${IDF} as idf
       from commerce.product_features p join scope using (product)
       cross join lateral unnest(p.features) of (feature) join commerce.feature_counts f using (feature)
     ), rare as materialized (
       select product, norm, array_agg(feature) as own, array_agg(idf * idf) as squares,
         array_agg(feature) filter (where before < ? and products <= ?) as rarest
       from (select *, coalesce(sum(products) over (partition by product order by products, feature
           rows between unbounded preceding and 1 preceding), 0) as before from weighed) ordered
       group by product, norm
     ), scored as materialized (
       select rare.product, other.product as related, other.score
       from rare cross join lateral (
         select p.product, (select sum(square) from unnest(rare.own, rare.squares) shared (feature, square)
           where shared.feature = any(p.features)) / (rare.norm * p.norm) as score
         from commerce.product_features p where p.features && rare.rarest and p.product <> rare.product
         order by score desc, p.product limit ?
       ) other
     ), fresh as materialized (
       select product, related, score::real, row_number() over (partition by product order by score desc, related) as rank from scored
     ), returned as (
       insert into commerce.similarity_due (product, is_changed)
         select distinct fresh.related, false from fresh
         where fresh.product = any(?) and not fresh.related = any(?) and not exists (
           select from commerce.product_affinities a where a.product = fresh.related and a.kind = 'similar'
             and (a.related = fresh.product or (a.rank = ? and a.score >= fresh.score)))
         order by 1 on conflict do nothing
     ), ${writing('similar')}`,
    [
      products,
      among,
      nearness.most_candidates,
      nearness.most_of_one,
      nearness.most,
      changedOnes,
      products,
      nearness.most,
    ],
  );
  return found.map(({ product }) => product);
}
