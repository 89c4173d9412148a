/** SQL that reads what a search engine beside PostgreSQL is told. It owns no tables: all of it is the read model's and the catalogue's. */
import { row, rows, type Queryable } from '../platform/database.ts';

/** Languages there is an index for: the empty one for the original texts, and those anything is translated into. */
export async function indexedLanguages(db: Queryable): Promise<string[]> {
  const found = await rows<{ locale: string }>(
    db,
    'select locale from commerce.listing_locales order by locale',
  );
  return ['', ...found.map(({ locale }) => locale)];
}

/** Tells caches that the same words may now find something else. */
export async function tellOfNewWords(db: Queryable): Promise<void> {
  await row(db, `select pg_notify('kontor_listings', '{"products":[],"shelves":null,"aspects":["text"]}')`);
}

export interface IndexedListing {
  currency: string;
  price_from_minor: number;
  in_stock: boolean;
  /** "facet:value" */
  facets: string[];
  name_key: string;
  name_keys: Record<string, string>;
  rating: number | null;
  featured: boolean;
  age_rank: number;
  featured_rank: number;
  popularity_rank: number;
  rating_rank: number;
}

export interface IndexedRow {
  product: string;
  /** Null for what is gone. */
  version: number | null;
  /** Null for what shoppers may not see. */
  listings: IndexedListing[] | null;
  codes: string[];
}

/** How products are listed, by currency, and the version of that, one row for each that is asked for. */
export function indexedListings(db: Queryable, products: readonly string[]): Promise<IndexedRow[]> {
  return rows<IndexedRow>(
    db,
    `select wanted.product, v.version, (
       select json_agg(json_build_object('currency', l.currency, 'price_from_minor', l.price_from_minor, 'in_stock', l.in_stock,
         'facets', l.facets, 'name_key', l.name_key, 'name_keys', l.name_keys, 'rating', l.rating, 'featured', l.featured,
         'age_rank', l.age_rank, 'featured_rank', l.featured_rank, 'popularity_rank', l.popularity_rank,
         'rating_rank', l.rating_rank) order by l.currency)
       from commerce.listings l
       where l.product = wanted.product) as listings,
       array(select distinct code from product_variants s, unnest(array[s.sku, commerce.search_code(s.sku), s.barcode]) code
         where s.product = wanted.product and s.status = 'published' and code <> '' order by code) as codes
     from unnest(?::uuid[]) wanted (product)
     left join commerce.listed_products v on v.product = wanted.product`,
    [products],
  );
}

/** The versions of those that are there. */
export async function listedVersions(
  db: Queryable,
  products: readonly string[],
): Promise<Map<string, number>> {
  const found = await rows<{ product: string; version: number }>(
    db,
    'select product, version from commerce.listed_products where product = any(?::uuid[])',
    [products],
  );
  return new Map(found.map(({ product, version }) => [product, version]));
}

/** The next products in the order of their keys, null before the first. */
export async function listedAfter(db: Queryable, after: string | null, limit: number): Promise<string[]> {
  const found = await rows<{ product: string }>(
    db,
    `select distinct product from commerce.listings where product > coalesce(?::uuid, '00000000-0000-0000-0000-000000000000') order by product limit ?`,
    [after, limit],
  );
  return found.map(({ product }) => product);
}

export async function countListed(db: Queryable): Promise<number> {
  const found = await row<{ count: number }>(
    db,
    'select count(distinct product) as count from commerce.listings',
  );
  return found?.count ?? 0;
}

/** What the slugs of a filter stand for, and the language a shopper is answered in: the first of those wanted that has texts. */
export interface KeyedNames {
  language: string;
  category: string[];
  brand: string[];
  tag: string[];
}

export async function keysOf(
  db: Queryable,
  wanted: {
    locales: readonly string[];
    category: readonly string[];
    brand: readonly string[];
    tag: readonly string[];
  },
): Promise<KeyedNames> {
  const found = await row<KeyedNames>(
    db,
    `select coalesce((select locale from commerce.listing_locales where locale = any(?::text[])
         order by array_position(?::text[], locale) limit 1), '') as language,
       array(select id::text from categories where slug = any(?::text[]) and status = 'published') as category,
       array(select id::text from brands where slug = any(?::text[])) as brand,
       array(select id::text from tags where slug = any(?::text[])) as tag`,
    [wanted.locales, wanted.locales, wanted.category, wanted.brand, wanted.tag],
  );
  return found as KeyedNames;
}

/** Taken by whoever rebuilds the engine's indexes, until their transaction ends. @returns false when somebody else has it */
export async function tryRebuildLock(trx: Queryable): Promise<boolean> {
  const found = await row<{ taken: boolean }>(
    trx,
    `select pg_try_advisory_xact_lock(hashtextextended('kontor rebuild of the search index', 0)) as taken`,
  );
  return found?.taken ?? false;
}
