/** SQL of listings that are narrowed further than to one shelf. Its text is put together; values are always bound. */
import { prepared, row, type Prepared, type Queryable } from '../platform/database.ts';
import type { Sort } from './listing-filter.ts';
import {
  afterBindings,
  AT,
  at,
  cutBindings,
  cutPage,
  listedPage,
  ORDERS,
  orderClauses,
  productsOfPage,
  STATE,
  type ListedSort,
  type ListingState,
  type PageColumns,
  type PageProduct,
  type Start,
} from './read-queries.ts';

/** A piece of SQL and what its question marks stand for, so that the two cannot drift apart. */
export interface Fragment {
  sql: string;
  bindings: unknown[];
}

/** What a filter names, as keys, and how many products there are of each in the whole catalogue. */
export interface Resolved extends ListingState {
  /** Null when there is none of this slug, or none was asked for. */
  category: string | null;
  brands: string[];
  tags: string[];
  /** Of all products: "facet:value" → how many; and of the shelves by key. */
  counts: Record<string, number>;
}

/** Slugs of shelves, and what is to be counted: `values`, each "facet:value", and all values of the facets `steps`. */
export interface Named {
  category: string | undefined;
  brands: readonly string[];
  tags: readonly string[];
  values: readonly string[];
  steps: readonly string[];
}

/** One statement. */
export async function resolveFilter(
  db: Queryable,
  wanted: Named & { currency: string | undefined; locales: readonly string[] },
): Promise<Resolved> {
  return (await row<Resolved>(
    db,
    `with at as materialized (${AT}),
     named_shelves as materialized (
       select (select id from categories where slug = ?::text and status = 'published') as category,
         array(select id from brands where slug = any(?::text[])) as brands, array(select id from tags where slug = any(?::text[])) as tags)
     select ${STATE}, s.category, s.brands, s.tags,
       coalesce((select json_object_agg(f.shelf, f.products) from commerce.shelf_facets f
         where f.shelf = any(array[s.category, '00000000-0000-0000-0000-000000000000'] || s.brands || s.tags)
           and f.currency = at.currency and f.facet = 'total' and f.value = ''), '{}')::jsonb
       || coalesce((select json_object_agg(asked, f.products) from unnest(?::text[]) asked cross join lateral (
         select products from commerce.shelf_facets f where f.shelf = '00000000-0000-0000-0000-000000000000'
           and f.currency = at.currency and f.facet = split_part(asked, ':', 1) and f.value = substr(asked, strpos(asked, ':') + 1)
         offset 0) f), '{}')::jsonb
       || coalesce((select json_object_agg(asked || ':' || f.value, f.products) from unnest(?::text[]) asked cross join lateral (
         select value, products from commerce.shelf_facets f where f.shelf = '00000000-0000-0000-0000-000000000000'
           and f.currency = at.currency and f.facet = asked offset 0) f), '{}')::jsonb as counts
     from at, named_shelves s`,
    [
      ...at(wanted.currency, wanted.locales),
      wanted.category ?? null,
      wanted.brands,
      wanted.tags,
      wanted.values,
      wanted.steps,
    ],
  )) as Resolved;
}

/** Conditions over a listing `l`. */
export function having(facets: readonly string[]): Fragment {
  return { sql: 'l.facets && ?::text[]', bindings: [facets] };
}

/** The same condition in a form that no index knows. */
export function checked({ sql, bindings }: Fragment): Fragment {
  return { sql: `(${sql}) is true`, bindings };
}

export function allOf(conditions: readonly Fragment[]): Fragment {
  return {
    sql: conditions.map(({ sql }) => ` and ${sql}`).join(''),
    bindings: conditions.flatMap(({ bindings }) => bindings),
  };
}

/** What a page of a selection is read by. */
export interface Selection {
  currency: string;
  locale: string;
  /** Language names are sorted in, or the empty one. */
  named: string;
  conditions: readonly Fragment[];
  sort: ListedSort;
  limit: number;
  start: Start;
}

/** `total` is null where it was not counted. */
export interface SelectedPage {
  total: number | null;
  page: PageProduct[];
}

/** What orders look at, of a listing `l` as of an entry of a shelf. Binds the language of names. */
const RANKED = `l.product, l.age_rank, l.price_from_minor as price_minor, l.featured_rank, l.popularity_rank, l.rating_rank,
    coalesce(l.name_keys ->> ?, l.name_key) collate "C" as name_key`;

/**
 * Collects everything that matches, sorts it and cuts the page: the way when little matches, whatever there is in all. The total
 * is exact.
 */
export async function collectPage(
  db: Queryable,
  wanted: Selection,
): Promise<SelectedPage & { total: number }> {
  const { selected, after, order } = orderClauses(ORDERS[wanted.sort]);
  const where = allOf(wanted.conditions);
  const isAfter = !('offset' in wanted.start);
  const found = await row<PageColumns & { total: number }>(
    db,
    `with matching as materialized (
       select ${RANKED} from commerce.listings l where l.currency = ?${where.sql}),
     page as materialized (${cutPage(selected, `matching e ${isAfter ? `where ${after}` : ''}`, order)})
     select (select count(*) from matching) as total, listed.products, listed.bodies from ${listedPage('?', '?')} listed`,
    [
      wanted.named,
      wanted.currency,
      ...where.bindings,
      ...afterBindings(wanted.start),
      ...cutBindings(wanted.start, wanted.limit),
      wanted.currency,
      wanted.locale,
    ],
  );
  return { total: found?.total ?? 0, page: found ? productsOfPage(found) : [] };
}

/**
 * Walks a shelf in its order until the page is full, looking at so many entries at most: the way when much of the shelf matches.
 * The total is not counted.
 */
export async function walkPage(
  db: Queryable,
  shelf: string,
  most_entries: number,
  wanted: Selection,
): Promise<SelectedPage> {
  const { selected, after, order } = orderClauses(ORDERS[wanted.sort]);
  const where = allOf(wanted.conditions);
  const isAfter = !('offset' in wanted.start);
  const isByLocale = wanted.named !== '' && ORDERS[wanted.sort].rank === 'name_key';
  const found = await row<PageColumns>(
    db,
    `with page as materialized (
       select row_number() over () as n, matching.* from (
         select ${selected} from (
           select * from ${isByLocale ? 'commerce.shelf_names' : 'commerce.shelf_entries'} e
           where e.shelf = ? and e.currency = ? ${isByLocale ? 'and e.locale = ?' : ''} ${isAfter ? `and ${after}` : ''}
           order by ${order} limit ?) e
         cross join lateral (
           select from commerce.listings l where l.currency = e.currency and l.product = e.product${where.sql} offset 0) l
         order by ${order} limit ? offset ?) matching)
     select listed.products, listed.bodies from ${listedPage('?', '?')} listed`,
    [
      shelf,
      wanted.currency,
      ...(isByLocale ? [wanted.named] : []),
      ...afterBindings(wanted.start),
      most_entries,
      ...where.bindings,
      ...cutBindings(wanted.start, wanted.limit),
      wanted.currency,
      wanted.locale,
    ],
  );
  return { total: null, page: found ? productsOfPage(found) : [] };
}

/** How many match, counted up to `most`. */
export async function countMatching(
  db: Queryable,
  currency: string,
  conditions: readonly Fragment[],
  most: number,
): Promise<number> {
  const where = allOf(conditions);
  const found = await row<{ count: number }>(
    db,
    `select count(*) as count from (select from commerce.listings l where l.currency = ?${where.sql} limit ?) matching`,
    [currency, ...where.bindings, most],
  );
  return found?.count ?? 0;
}

/** How many products of a shelf have a value, exactly. */
export async function countOnShelf(
  db: Queryable,
  shelf: string,
  currency: string,
  facet: string,
  value: string,
): Promise<number> {
  const found = await row<{ products: number }>(
    db,
    `select products from commerce.shelf_facets where shelf = ? and currency = ? and facet = ? and value = ?`,
    [shelf, currency, facet, value],
  );
  return found?.products ?? 0;
}

/** What a product is called, in the first of the wanted languages it is translated into. */
export interface ShownText {
  product: string;
  /** The language of the name, empty for the original. */
  code: string;
  name: string;
  description: string | null;
}

/** Letters past these are not read: what is shown of a description is a line or two. */
const MOST_LETTERS = 6000;

export interface WantedPage {
  products: readonly string[];
  currency: string;
  locales: readonly string[];
  limit: number;
  offset: number;
}

/** A page of given products that fulfil the conditions: in their own order for `relevance`, else in that of the listings. */
export async function pageOfCandidates(
  db: Queryable,
  wanted: WantedPage & { named: string; conditions: readonly Fragment[]; sort: Sort },
): Promise<{ shown: ShownText[]; total: number }> {
  const { products, named, currency, sort, locales, limit, offset } = wanted;
  const where = allOf(wanted.conditions);
  const ranked = sort === 'relevance' ? [] : [named];
  return readPage(db, candidatesStatement(where.sql, sort), [
    ...[products, ...ranked, currency, ...where.bindings],
    ...[limit, offset, locales, locales],
  ]);
}

/**
 * A page of given products in their own order, with nothing to check but whether they are sold: of no more than the page needs, unless all
 * are to be counted. @returns total null where the others were not looked at
 */
export function pageInOrder(
  db: Queryable,
  { products, currency, locales, limit, offset, is_counted }: WantedPage & { is_counted: boolean },
): Promise<{ shown: ShownText[]; total: number | null }> {
  const needed = is_counted ? products.length + 1 : offset + limit;
  // As Postgres writes arrays: quicker than having each of some hundred quoted.
  const [first, others] = [products.slice(0, needed), products.slice(needed)].map(
    (ids) => `{${ids.join(',')}}`,
  );
  return readPage(db, IN_ORDER, [
    ...[first, currency, needed, others, currency],
    ...[limit, offset, locales, locales],
  ]);
}

async function readPage<Total>(
  db: Queryable,
  statement: string | Prepared,
  bindings: readonly unknown[],
): Promise<{ shown: ShownText[]; total: Total }> {
  const found = await row<{ shown: [string, string, string, string | null][]; total: Total }>(
    db,
    statement,
    bindings,
  );
  if (!found) throw new Error('a select without from answers one row');
  const { shown, total } = found;
  return {
    shown: shown.map(([product, code, name, description]) => ({ product, code, name, description })),
    total,
  };
}

/** What is shown of the products of `page`. */
const SHOWN = `(select coalesce(json_agg(json_build_array(page.product, text.code, text.name, left(text.description, ${MOST_LETTERS})) order by page.n), '[]')
        from page cross join lateral (
          select coalesce(t.language, '') as code, coalesce(t.name, p.name) as name, coalesce(t.description, p.description) as description
          from products p left join lateral (
            select x.language, x.name, x.description from products_translations x
            where x.product = p.id and x.language = any(?::text[]) order by array_position(?::text[], x.language::text) limit 1) t on true
          where p.id = page.product offset 0) text) as shown`;

/** One by one, by their keys: joined as a whole, all of a small shop's listings would be read for a few hundred candidates. */
function candidatesStatement(where: string, sort: Sort): string {
  const [ranks, order] =
    sort === 'relevance' ? ['l.product', 'e.n'] : [RANKED, orderClauses(ORDERS[sort]).order];
  return `with matching as materialized (
      select candidate.n, listed.* from unnest(?::uuid[]) with ordinality candidate (product, n)
      join lateral (
        select ${ranks} from commerce.listings l where l.product = candidate.product and l.currency = ?${where} offset 0) listed on true),
    page as materialized (
      select row_number() over () as n, ordered.product from (
        select e.product from matching e order by ${order} limit (select ?::bigint) offset (select ?::bigint)) ordered)
    select (select count(*) from matching) as total, ${SHOWN}`;
}

/** Nothing is read but an index. */
const SOLD = `select candidate.n, candidate.product from unnest((select ?::uuid[])) with ordinality candidate (product, n)
      join lateral (
        select from commerce.listings l where l.product = candidate.product and l.currency = ? offset 0) listed on true`;

const IN_ORDER = prepared(`
  with first as materialized (${SOLD}),
    further as materialized (select (select count(*) from first) < (select ?::bigint) as is_read),
    others as materialized (select * from (${SOLD}) sold where (select is_read from further)),
    matching as (select 1 as part, * from first union all select 2, * from others),
    page as materialized (
      select row_number() over () as n, ordered.product from (
        select product from matching order by part, n limit (select ?::bigint) offset (select ?::bigint)) ordered)
    select case when (select is_read from further) then (select count(*) from matching) end as total, ${SHOWN}`);
