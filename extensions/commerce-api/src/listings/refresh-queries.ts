/** SQL that keeps the listings: reads what is listed of products, and writes the difference. */
import { markAllProducts } from './queue-queries.ts';
import { changed, row, rows, type Queryable, type Transaction } from '../platform/database.ts';

/** What is listed of a product beyond its card. */
export interface ListingFacts {
  product: string;
  currencies: string[];
  newest_at: string;
  age_rank: number;
  featured: boolean;
  sort: number | null;
  brand: string | null;
  /** With everything published above them. */
  categories: string[];
  tags: string[];
  name: string;
  /** Language → name. */
  names: Record<string, string>;
  rating: number | null;
  popularity: number | null;
  /** Of the words it can be found by. */
  text_hash: string;
}

/** Of those that exist. A category counts as far up as everything above it is published. */
export function listingFacts(trx: Queryable, products: readonly string[]): Promise<ListingFacts[]> {
  return rows<ListingFacts>(
    trx,
    `with recursive up as (
       select pc.product, c.id, c.parent from products_categories pc
         join categories c on c.id = pc.category and c.status = 'published' where pc.product = any(?::uuid[])
       union
       select up.product, c.id, c.parent from up join categories c on c.id = up.parent and c.status = 'published'),
     placed as (select product, array_agg(distinct id) as categories from up group by product)
     select p.id as product, coalesce(p.published_at, p.created_at)::text as newest_at,
       -(extract(epoch from coalesce(p.published_at, p.created_at)) * 1000000)::bigint as age_rank,
       p.featured, p.sort, p.brand, to_json(coalesce(placed.categories, '{}')) as categories,
       to_json(array(select tag from products_tags t where t.product = p.id order by tag)) as tags,
       p.name, coalesce((select json_object_agg(t.language, t.name) from products_translations t
         where t.product = p.id and t.name is not null), '{}') as names,
       p.rating_average::float8 as rating, popular.score as popularity,
       md5(concat_ws(E'\\x1f', p.name, p.subtitle, p.description, b.name,
         (select string_agg(g.name, ',' order by g.name) from products_tags t join tags g on g.id = t.tag where t.product = p.id),
         (select string_agg(concat_ws(',', v.sku, v.barcode, v.title, v.option_values::text), ',' order by v.id)
           from product_variants v where v.product = p.id and v.status = 'published'),
         (select string_agg(concat_ws(',', t.language, t.name, t.subtitle, t.description), ',' order by t.language)
           from products_translations t where t.product = p.id),
         (select string_agg(c.name, ',' order by c.name) from categories c where c.id = any(placed.categories)))) as text_hash,
       array(select v.currency from product_variants v where v.product = p.id and v.status = 'published'
         union select a.currency from product_variants v join prices a on a.variant = v.id
           where v.product = p.id and v.status = 'published' and a.price_list is null and a.min_quantity = 1) as currencies
     from products p
     left join placed on placed.product = p.id
     left join brands b on b.id = p.brand
     left join commerce.product_popularity popular on popular.product = p.id
     where p.id = any(?::uuid[])`,
    [products, products],
  );
}

/** What orders sort by, ascending, best first. */
export interface Ranks {
  age_rank: number;
  featured_rank: number;
  popularity_rank: number;
  rating_rank: number;
}

/** A product as it is listed in one currency. */
export interface Listing extends Ranks {
  currency: string;
  product: string;
  newest_at: string;
  price_from_minor: number;
  price_to_minor: number;
  name_key: string;
  name_keys: Record<string, string>;
  rating: number | null;
  rating_count: number;
  popularity: number | null;
  in_stock: boolean;
  featured: boolean;
  sort: number | null;
  brand: string | null;
  shelves: string[];
  facets: string[];
}

export function listingsOf(trx: Queryable, products: readonly string[]): Promise<Listing[]> {
  return rows<Listing>(
    trx,
    `select currency, product, newest_at::text as newest_at, price_from_minor, price_to_minor, name_key, name_keys, rating,
       rating_count, popularity, in_stock, featured, sort, brand, to_json(shelves) as shelves, to_json(facets) as facets,
       age_rank, featured_rank, popularity_rank, rating_rank
     from commerce.listings where product = any(?::uuid[])`,
    [products],
  );
}

/** A listing with its card. */
export interface FreshListing extends Listing {
  card: string;
}

const FRESH = `fresh as materialized (
    select * from json_populate_recordset(null::commerce.listings, ?::json)),
  old as materialized (
    select currency, product, shelves, facets, name_keys, in_stock from commerce.listings where product = any(?::uuid[]))`;

/** Counts shelves by the difference of what is listed and what was, then lists it. `is_first`: whoever fills the shop counts them at its end. */
export async function writeListings(
  trx: Transaction,
  products: readonly string[],
  fresh: readonly FreshListing[],
  { is_first }: { is_first: boolean },
): Promise<void> {
  const bindings = [JSON.stringify(fresh.map(({ card: _card, ...listing }) => listing)), products];
  if (!is_first) await moveCounts(trx, bindings);
  await changed(trx, WRITE_ENTRIES, bindings);
}

async function moveCounts(trx: Transaction, bindings: unknown[]): Promise<void> {
  const emptied = await row<{ some: boolean }>(
    trx,
    `with ${FRESH},
     moved as materialized (
       select coalesce(f.currency, o.currency) as currency, f.shelves, f.facets, o.shelves as old_shelves, o.facets as old_facets,
         f.in_stock::integer as bought, o.in_stock::integer as old_bought
       from fresh f full join old o on o.currency = f.currency and o.product = f.product
       where (f.shelves, f.facets) is distinct from (o.shelves, o.facets)),
     delta as (
       select shelf, currency, facet, sum(n)::integer as n, sum(bought)::integer as bought from (
         select shelf, currency, facet, 1 as n, bought from moved, unnest(shelves) shelf, unnest(array_append(facets, 'total:')) facet
         union all
         select shelf, currency, facet, -1, -old_bought from moved, unnest(old_shelves) shelf, unnest(array_append(old_facets, 'total:')) facet
       ) counted group by shelf, currency, facet having sum(n) <> 0 or sum(bought) <> 0),
     counted as (
       insert into commerce.shelf_facets as f (shelf, currency, facet, value, products, in_stock)
       select shelf, currency, split_part(facet, ':', 1), substr(facet, strpos(facet, ':') + 1), n, bought from delta order by 1, 2, 3, 4
       on conflict (shelf, currency, facet, value) do update set
         products = f.products + excluded.products, in_stock = f.in_stock + excluded.in_stock
       returning products)
     select exists (select from counted where products = 0) as some`,
    bindings,
  );
  if (emptied?.some) {
    await changed(
      trx,
      `with ${FRESH},
       was as (select distinct shelf, currency from old, unnest(shelves) shelf)
       delete from commerce.shelf_facets f using was
       where f.shelf = was.shelf and f.currency = was.currency and f.products = 0`,
      bindings,
    );
  }
}

/** Counts every shelf anew. Nobody reads counts meanwhile, so only for a shop that is being filled. */
export async function countShelves(trx: Transaction): Promise<void> {
  await trx.raw('truncate commerce.shelf_facets');
  await trx.raw(`set local work_mem = '256MB'`);
  await changed(
    trx,
    `insert into commerce.shelf_facets (shelf, currency, facet, value, products, in_stock)
     select shelf, currency, split_part(facet, ':', 1), substr(facet, strpos(facet, ':') + 1), count(*), count(*) filter (where in_stock)
     from commerce.listings, unnest(shelves) shelf, unnest(array_append(facets, 'total:')) facet
     group by shelf, currency, facet order by shelf, currency, facet`,
  );
}

const ENTRY_COLUMNS = [
  'age_rank',
  'price_minor',
  'name_key',
  'featured_rank',
  'popularity_rank',
  'rating_rank',
];
const LISTING_COLUMNS = [
  'newest_at',
  'price_from_minor',
  'price_to_minor',
  'name_key',
  'name_keys',
  'rating',
  'rating_count',
  'popularity',
  'in_stock',
  'featured',
  'sort',
  'brand',
  'shelves',
  'facets',
  'age_rank',
  'featured_rank',
  'popularity_rank',
  'rating_rank',
];

/** Replaces what differs, and only that: a row that stays as it is costs no index anything. */
function replace(table: string, columns: readonly string[]): string {
  const of = (from: string) => columns.map((column) => `${from}.${column}`).join(', ');
  return `do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
    where (${of(table)}) is distinct from (${of('excluded')})`;
}

const WRITE_ENTRIES = `with ${FRESH},
  left_shelves as (
    delete from commerce.shelf_entries e using old o where e.product = o.product and e.currency = o.currency
      and not exists (select from fresh f where f.product = e.product and f.currency = e.currency and e.shelf = any(f.shelves))),
  entered as (
    insert into commerce.shelf_entries as e (shelf, currency, product, ${ENTRY_COLUMNS.join(', ')})
    select shelf, currency, product, ${ENTRY_COLUMNS.join(', ').replace('price_minor', 'price_from_minor')}
    from fresh, unnest(shelves) shelf order by shelf
    on conflict (product, currency, shelf) ${replace('e', ENTRY_COLUMNS)}),
  old_names as (
    select shelf, o.currency, n.locale, n.name_key, o.product from old o, unnest(o.shelves) shelf, jsonb_each_text(o.name_keys) as n (locale, name_key)),
  new_names as (
    select shelf, f.currency, n.locale, n.name_key, f.product from fresh f, unnest(f.shelves) shelf, jsonb_each_text(f.name_keys) as n (locale, name_key)),
  unnamed as (
    delete from commerce.shelf_names s using (select * from old_names except select * from new_names) n
      where s.shelf = n.shelf and s.currency = n.currency and s.locale = n.locale and s.name_key = n.name_key and s.product = n.product),
  named as (
    insert into commerce.shelf_names (shelf, currency, locale, name_key, product)
    select * from new_names except select * from old_names),
  unlisted as (
    delete from commerce.listings l using old o where l.product = o.product and l.currency = o.currency
      and not exists (select from fresh f where f.product = l.product and f.currency = l.currency))
  insert into commerce.listings as l (currency, product, ${LISTING_COLUMNS.join(', ')})
  select currency, product, ${LISTING_COLUMNS.join(', ')} from fresh
  on conflict (currency, product) ${replace('l', LISTING_COLUMNS)}`;

/** Keeps the cards of the original language, and forgets every other document that tells of these products. */
export async function writeDocuments(
  trx: Transaction,
  products: readonly string[],
  fresh: readonly FreshListing[],
): Promise<void> {
  const cards = fresh.map(({ product, currency, card }) => ({ product, currency, card }));
  await changed(
    trx,
    `with fresh as materialized (
       select * from json_to_recordset(?::json) as listed (product uuid, currency text, card text)),
     gone as (
       delete from commerce.listing_documents d where d.product = any(?::uuid[]) and not (d.kind = 'card' and d.locale = ''
         and exists (select from fresh f where f.product = d.product and f.currency = d.currency))),
     telling as (
       delete from commerce.listing_documents d where d.depends && ?::uuid[] and d.depends <> '{}' and d.product <> all(?::uuid[]))
     insert into commerce.listing_documents as d (product, currency, locale, kind, body)
     select product, currency, '', 'card', card from fresh f where not exists (
       select from commerce.listing_documents d where d.product = f.product and d.currency = f.currency and d.locale = ''
         and d.kind = 'card' and d.body = f.card)
     on conflict (product, currency, locale, kind) do update set body = excluded.body`,
    [JSON.stringify(cards), products, products, products],
  );
}

/** What is remembered of a product that exists. */
export interface KnownProduct {
  product: string;
  due_at: Date | null;
  text_hash: string | null;
}

/** The words products could be found by. */
export function textHashes(
  trx: Queryable,
  products: readonly string[],
): Promise<Pick<KnownProduct, 'product' | 'text_hash'>[]> {
  return rows(trx, 'select product, text_hash from commerce.listed_products where product = any(?::uuid[])', [
    products,
  ]);
}

/** Gives products their new version; those that are gone are forgotten. */
export async function writeVersions(
  trx: Transaction,
  products: readonly string[],
  kept: readonly KnownProduct[],
): Promise<void> {
  await changed(
    trx,
    `with kept as materialized (select * from json_to_recordset(?::json) as known (product uuid, due_at timestamptz, text_hash text)),
     gone as (delete from commerce.listed_products where product = any(?::uuid[]) and product not in (select product from kept))
     insert into commerce.listed_products (product, version, due_at, text_hash)
     select product, nextval('commerce.listing_version_seq'), due_at, text_hash from kept
     on conflict (product) do update set version = excluded.version, due_at = excluded.due_at, text_hash = excluded.text_hash`,
    [JSON.stringify(kept), products],
  );
}

/** Languages whose names are sorted; those that any of these products is translated into are added, and then every product follows. */
export async function openLocales(trx: Transaction, wanted: readonly string[]): Promise<string[]> {
  const opened = await rows<{ locale: string }>(
    trx,
    `insert into commerce.listing_locales (locale, since_version)
     select locale, nextval('commerce.listing_version_seq') from unnest(?::text[]) locale
     where locale not in (select locale from commerce.listing_locales) returning locale`,
    [wanted],
  );
  if (opened.length > 0) await markAllProducts(trx);
  const all = await rows<{ locale: string }>(
    trx,
    'select locale from commerce.listing_locales order by locale',
  );
  return all.map(({ locale }) => locale);
}

export async function notify(trx: Transaction, payloads: readonly string[]): Promise<void> {
  if (payloads.length === 0) return;
  await row(trx, `select count(pg_notify('kontor_listings', payload)) from unnest(?::text[]) payload`, [
    payloads,
  ]);
}
