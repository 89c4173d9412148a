/** SQL that reads listings and documents: in one statement what is listed, whether it is up to date, and the ready texts. */
import { prepared, row, rows, type Prepared, type Queryable } from '../platform/database.ts';
import type { Sort } from './listing-filter.ts';

/** What a read finds about the state of the listings, beside what it asks for. */
export interface ListingState {
  /** Null while the shop has no settings. */
  currency: string | null;
  /** The language documents are kept in, the empty one for the original. */
  locale: string;
  /** The language names are sorted in. */
  named: string;
  /** Whether something that many products share has changed, so that nobody knows yet which products have. */
  is_wide: boolean;
  /** Whether something began or ended by the clock and was not worked out. */
  is_due: boolean;
  /** How many changes of products wait; counted to a thousand. */
  waiting: number;
  version: number;
  until: Date | null;
}

export const AT = `select coalesce(?::text, (select currency from shop_settings limit 1)) as currency,
    coalesce((select l.code from languages l where l.code = any(?::text[]) order by array_position(?::text[], l.code::text) limit 1), '')
      as locale,
    coalesce((select l.locale from commerce.listing_locales l where l.locale = any(?::text[])
      and l.since_version < (select min(version) from commerce.listed_products)
      order by array_position(?::text[], l.locale) limit 1), '') as named`;

export const STATE = `at.currency, at.locale, at.named,
    exists (select from commerce.catalog_changes where collection <> 'products') as is_wide,
    exists (select from commerce.listed_products where due_at <= now()) as is_due,
    (select count(*) from (select from commerce.catalog_changes where collection = 'products' limit 1000) queued) as waiting,
    (select last_value from commerce.listing_version_seq) as version,
    (select min(due_at) from commerce.listed_products) as until`;

/** What AT binds. */
export function at(currency: string | undefined, locales: readonly string[]): unknown[] {
  return [currency ?? null, locales, locales, locales, locales];
}

/** Whether a listed product waits in the queue: its texts are then not to be shown. */
const IS_WAITING = `exists (select from commerce.catalog_changes c where c.collection = 'products' and c.item = page.product::text)`;

/**
 * The products of `page` in one row: as JSON, and their kept cards one a line, because a line costs less to read than a row. The inner
 * select keeps Postgres from joining all documents, whatever it thinks of the length of a page.
 */
export function listedPage(currency: string, locale: string): string {
  return `(select json_agg(json_build_array(page.product, page.rank, page.second_rank, ${IS_WAITING}) order by page.n) as products,
      string_agg(coalesce(d.body, ''), E'\\n' order by page.n) as bodies
    from page left join lateral (
      select body from commerce.listing_documents d where d.product = page.product and d.currency = ${currency}
        and d.locale = ${locale} and d.kind = 'card' offset 0) d on true)`;
}

/** What `listedPage` selects; both null for an empty page. */
export interface PageColumns {
  products:
    | [product: string, rank: number | string, second_rank: number | null, is_waiting: boolean][]
    | null;
  bodies: string | null;
}

/** A product on a page: where it stands in the order, and its card as far as that is kept. */
export interface PageProduct {
  product: string;
  rank: number | string;
  second_rank: number | null;
  /** Whether it changed since its card was built. */
  is_waiting: boolean;
  body: string | null;
}

export function productsOfPage({ products, bodies }: PageColumns): PageProduct[] {
  const lines = (bodies ?? '').split('\n');
  return (products ?? []).map(([product, rank, second_rank, is_waiting], index) => ({
    product,
    rank,
    second_rank,
    is_waiting,
    body: lines[index] || null,
  }));
}

/** A page with the state of the listings at the same moment. */
export interface ShelfPage extends ListingState {
  /** Null when no such shelf is there. */
  shelf: string | null;
  total: number;
  page: PageProduct[];
}

/** Where a page begins: after so many, or after a place in the order. */
export type Start =
  | { offset: number }
  | { rank: number | string; second_rank: number | null; product: string };

export type ShelfKind = 'all' | 'category' | 'brand' | 'tag';

const SHELF: Record<ShelfKind, string> = {
  all: `coalesce(?::uuid, '00000000-0000-0000-0000-000000000000') as id`,
  category: `id from categories where slug = ? and status = 'published'`,
  brand: 'id from brands where slug = ?',
  tag: 'id from tags where slug = ?',
};

interface Order {
  rank: string;
  second: string | null;
  is_backward: boolean;
}

export type ListedSort = Exclude<Sort, 'relevance'>;

export const ORDERS: Record<ListedSort, Order> = {
  newest: { rank: 'age_rank', second: null, is_backward: false },
  oldest: { rank: 'age_rank', second: null, is_backward: true },
  name: { rank: 'name_key', second: null, is_backward: false },
  '-name': { rank: 'name_key', second: null, is_backward: true },
  price: { rank: 'price_minor', second: null, is_backward: false },
  '-price': { rank: 'price_minor', second: null, is_backward: true },
  featured: { rank: 'featured_rank', second: 'age_rank', is_backward: false },
  popular: { rank: 'popularity_rank', second: 'age_rank', is_backward: false },
  rating: { rank: 'rating_rank', second: 'age_rank', is_backward: false },
};

/** The clauses of an order over `e`: what is selected, what comes after a place, and the order itself. */
export function orderClauses({ rank, second, is_backward }: Order) {
  const columns = [rank, ...(second ? [second] : []), 'product'];
  const direction = is_backward ? ' desc' : '';
  const type = rank === 'name_key' ? 'text' : 'bigint';
  const places = [`?::${type}`, ...(second ? ['?::bigint'] : []), '?::uuid'];
  return {
    selected: `e.product, e.${rank} as rank, ${second ? `e.${second}` : 'null::bigint'} as second_rank`,
    after: `(${columns.map((column) => `e.${column}`).join(', ')}) ${is_backward ? '<' : '>'} (${places.join(', ')})`,
    order: columns.map((column) => `e.${column}${direction}`).join(', '),
  };
}

export function afterBindings(start: Start): unknown[] {
  if ('offset' in start) return [];
  return [start.rank, ...(start.second_rank === null ? [] : [start.second_rank]), start.product];
}

/**
 * The page of an order, from an index. How many are wanted is wrapped in a select, so that Postgres does not know: it would plan anew each
 * time for what it saves, and planning costs more than reading. Binds the limit, then how many are left out before it.
 */
export function cutPage(selected: string, from: string, order: string): string {
  return `select row_number() over () as n, ordered.* from (
    select ${selected} from ${from} order by ${order} limit (select ?::bigint) offset (select ?::bigint)) ordered`;
}

export function cutBindings(start: Start, limit: number): unknown[] {
  return [limit, 'offset' in start ? start.offset : 0];
}

const statements = new Map<string, Prepared>();

/** A fixed text for each kind of shelf, order and start, so that Postgres keeps its plan. */
function shelfStatement(kind: ShelfKind, sort: ListedSort, is_after: boolean, by_locale: boolean): Prepared {
  const key = `${kind} ${sort} ${is_after} ${by_locale}`;
  const known = statements.get(key);
  if (known) return known;
  const { selected, after, order } = orderClauses(ORDERS[sort]);
  const entries = (table: string, condition: string) =>
    cutPage(
      selected,
      `${table} e where e.shelf = (select id from shelf) and e.currency = (select currency from at) ${condition}
        ${is_after ? `and ${after}` : ''}`,
      order,
    );
  const page = by_locale
    ? `${entries('commerce.shelf_names', 'and e.locale = (select named from at)')}
       union all ${entries('commerce.shelf_entries', `and (select named from at) = ''`)}`
    : entries('commerce.shelf_entries', '');
  const made = prepared(
    `with at as materialized (${AT}),
     shelf as materialized (select ${SHELF[kind]}),
     page as materialized (${page})
     select ${STATE}, (select id from shelf) as shelf,
       coalesce((select f.products from commerce.shelf_facets f where f.shelf = (select id from shelf)
         and f.currency = (select currency from at) and f.facet = 'total' and f.value = ''), 0) as total,
       listed.products, listed.bodies
     from at, ${listedPage('(select currency from at)', '(select locale from at)')} listed`,
  );
  statements.set(key, made);
  return made;
}

export interface WantedPage {
  currency: string | undefined;
  locales: readonly string[];
  sort: ListedSort;
  limit: number;
  start: Start;
}

/** A page of one shelf, in order, and how many it holds in all. */
export async function shelfPage(
  db: Queryable,
  shelf: { kind: ShelfKind; slug: string | null },
  { currency, locales, sort, limit, start }: WantedPage,
): Promise<ShelfPage> {
  const by_locale = ORDERS[sort].rank === 'name_key' && locales.length > 0;
  const page = [...afterBindings(start), ...cutBindings(start, limit)];
  const found = await row<Omit<ShelfPage, 'page'> & PageColumns>(
    db,
    shelfStatement(shelf.kind, sort, !('offset' in start), by_locale),
    [...at(currency, locales), shelf.slug, ...page, ...(by_locale ? page : [])],
  );
  return withPage(found as Omit<ShelfPage, 'page'> & PageColumns);
}

function withPage<Row extends PageColumns>(found: Row): Row & { page: PageProduct[] } {
  return { ...found, page: productsOfPage(found) };
}

/** The kept cards of given products, in their order, and the state of the listings at that moment. */
export async function keptCards(
  db: Queryable,
  products: readonly string[],
  currency: string | undefined,
  locales: readonly string[],
): Promise<ListingState & { page: PageProduct[] }> {
  const found = await row<ListingState & PageColumns>(db, KEPT_CARDS, [...at(currency, locales), products]);
  return withPage(found as ListingState & PageColumns);
}

const KEPT_CARDS = prepared(
  `with at as materialized (${AT}),
   page as materialized (
     select product, n, n as rank, null::bigint as second_rank from unnest(?::uuid[]) with ordinality listed (product, n))
   select ${STATE}, listed.products, listed.bodies
   from at, ${listedPage('(select currency from at)', '(select locale from at)')} listed`,
);

export interface PageOfProductRow extends ListingState {
  product: string | null;
  body: string | null;
  depends: string[] | null;
  is_waiting: boolean;
}

/** The kept page of a product, and whether anything it tells of has changed since. */
export async function keptPage(
  db: Queryable,
  slug: string,
  currency: string | undefined,
  locales: readonly string[],
): Promise<PageOfProductRow> {
  return (await row<PageOfProductRow>(db, KEPT_PAGE, [...at(currency, locales), slug])) as PageOfProductRow;
}

const TOLD = `array_append(coalesce(d.depends, '{}'), p.id)`;

const KEPT_PAGE = prepared(
  `with at as materialized (${AT})
   select at.currency, at.locale, at.named,
     exists (select from commerce.catalog_changes where collection <> 'products') as is_wide,
     exists (select from commerce.listed_products l where l.product = any(${TOLD}) and l.due_at <= now()) as is_due,
     0 as waiting, (select last_value from commerce.listing_version_seq) as version,
     (select min(l.due_at) from commerce.listed_products l where l.product = any(${TOLD})) as until,
     p.id as product, d.body, d.depends,
     exists (select from commerce.catalog_changes c where c.collection = 'products' and c.item = any(${TOLD}::text[])) as is_waiting
   from at
   left join products p on p.slug = ?
   left join commerce.listing_documents d on d.product = p.id and d.currency = at.currency and d.locale = at.locale and d.kind = 'page'`,
);

export interface BuiltDocument {
  product: string;
  kind: 'card' | 'page';
  body: string;
  depends: string[];
}

/**
 * Keeps documents that were built after `version` was read, unless something they tell of has been worked out since or waits for
 * it: that would come too late to drop them.
 * @returns when one of these next changes by the clock, as far as is known
 */
export async function keepDocuments(
  db: Queryable,
  { currency, locale, version }: { currency: string; locale: string; version: number },
  documents: readonly BuiltDocument[],
): Promise<Date | null> {
  const bindings = [JSON.stringify(documents), currency, locale, version];
  return (await row<{ until: Date | null }>(db, KEEP_DOCUMENTS, bindings))?.until ?? null;
}

const KEEP_DOCUMENTS = prepared(
  `with built as materialized (
     select product, kind, body, depends, array_append(depends, product) as told
     from json_to_recordset(?::json) as b (product uuid, kind text, body text, depends uuid[])),
   kept as (
     insert into commerce.listing_documents (product, currency, locale, kind, body, depends)
     select b.product, ?, ?, b.kind, b.body, b.depends from built b
     join commerce.listed_products known on known.product = b.product
     where not exists (select from commerce.listed_products l where l.product = any(b.told) and l.version > ?)
       and not exists (select from commerce.catalog_changes c where c.collection = 'products' and c.item = any(b.told::text[]))
       and not exists (select from commerce.catalog_changes where collection <> 'products')
     on conflict (product, currency, locale, kind) do update set body = excluded.body, depends = excluded.depends)
   select min(l.due_at) as until from built b join commerce.listed_products l on l.product = any(b.told)`,
);

/** How many products each category shows, with what is below it. */
export function categoryTotals(
  db: Queryable,
  currency: string,
): Promise<{ category: string; products: number }[]> {
  return rows(
    db,
    `select f.shelf as category, f.products from categories c
     join commerce.shelf_facets f on f.shelf = c.id and f.currency = ? and f.facet = 'total' and f.value = ''
     where c.status = 'published'`,
    [currency],
  );
}

/** Whether anything waits to be worked out, for reads that cannot be checked product by product. */
export async function listingState(db: Queryable, currency: string | undefined): Promise<ListingState> {
  return (await row<ListingState>(db, LISTING_STATE, at(currency, []))) as ListingState;
}

const LISTING_STATE = prepared(`with at as materialized (${AT}) select ${STATE} from at`);
