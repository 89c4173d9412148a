/**
 * What the database tells of changes, and whether an answer depends on one. Too much may be called stale, never too little:
 * what is not understood means everything.
 */
import type { Aspect, Shown } from '../platform/http.ts';

export const CHANNELS = ['kontor_catalog', 'kontor_listings', 'kontor_settings'] as const;
export type Channel = (typeof CHANNELS)[number];

export type Change =
  /** Rows of a table of the catalogue; null stands for all of them. */
  | { of: 'catalog'; collection: string; items: string[] | null; products: string[] | null }
  /** Places on shelves, after a change was worked out; null stands for all. */
  | { of: 'listings'; products: string[] | null; shelves: string[] | null; aspects: Aspect[] }
  /** A table of Directus' own. */
  | { of: 'settings'; table: string }
  | { of: 'everything' };

/** What an answer was made of. */
export type Dependence =
  /** Absent what it shows: of anything in the catalogue. */
  | { surface: 'store'; shown: Shown | null }
  /** Of rows of these collections. */
  | { surface: 'items'; collections: ReadonlySet<string> };

/** Rows that belong to a product, or are one: a notice about them names whose. All others reach wherever they like. */
const PARTS_OF_PRODUCTS = new Set([
  'products',
  'product_variants',
  'products_files',
  'products_categories',
  'products_tags',
  'products_translations',
  'related_products',
  'reviews',
  'prices',
  'bundle_items',
  'stock_levels',
]);

/** What the tables of the catalogue tell about, and those of Directus that hang on it; any other is read past the cache. */
export const WATCHED_COLLECTIONS: ReadonlySet<string> = new Set([
  ...PARTS_OF_PRODUCTS,
  'price_lists',
  'categories',
  'categories_translations',
  'brands',
  'tags',
  'vendors',
  'languages',
  'tax_classes',
  'tax_rates',
  'shop_settings',
  'stock_locations',
  'directus_files',
  'directus_folders',
]);

/** Of these only a flip between "available" and "not" is told. */
const NOT_WHOLLY_TOLD = new Set(['stock_levels']);

export function isWatched(collection: string): boolean {
  return WATCHED_COLLECTIONS.has(collection) && !NOT_WHOLLY_TOLD.has(collection);
}

/** Tables of Directus whose rows are content rather than rules. */
const CONTENT_TABLES = new Set(['directus_files', 'directus_folders']);

export function isAboutRules(change: Change): boolean {
  return change.of === 'settings' && !CONTENT_TABLES.has(change.table);
}

export function isStale(dependence: Dependence, change: Change): boolean {
  if (change.of === 'everything') return true;
  return dependence.surface === 'store'
    ? isStoreStale(dependence.shown, change)
    : areItemsStale(dependence.collections, change);
}

function isStoreStale(shown: Shown | null, change: Exclude<Change, { of: 'everything' }>): boolean {
  if (change.of === 'settings') return false;
  if (shown === null) return true;
  const products = productsOf(change);
  if (products === null || overlap(shown.products, products)) return true;
  if (change.of === 'catalog') return false;
  if (!overlap(shown.aspects, change.aspects) && !change.aspects.includes('membership')) return false;
  return change.shelves === null ? shown.shelves.length > 0 : overlap(shown.shelves, change.shelves);
}

function areItemsStale(
  collections: ReadonlySet<string>,
  change: Exclude<Change, { of: 'everything' }>,
): boolean {
  if (change.of === 'listings') return false;
  if (change.of === 'settings') return isAboutRules(change) || collections.has(change.table);
  return collections.has(change.collection);
}

/** The products a change is about; null when that is open. */
export function productsOf(change: Change): string[] | null {
  if (change.of === 'listings') return change.products;
  if (change.of !== 'catalog' || !PARTS_OF_PRODUCTS.has(change.collection)) return null;
  return change.collection === 'products' ? change.items : change.products;
}

function overlap<Each>(some: readonly Each[], others: readonly Each[]): boolean {
  return some.some((each) => others.includes(each));
}

/** Reads a notice. */
export function readNotice(channel: string, payload: string): Change {
  const told = parsed(payload);
  if (channel === 'kontor_catalog' && typeof told['collection'] === 'string') {
    const { collection } = told;
    return { of: 'catalog', collection, items: texts(told['items']), products: texts(told['products']) };
  }
  if (channel === 'kontor_listings' && Array.isArray(told['aspects'])) {
    const aspects = (texts(told['aspects']) ?? []) as Aspect[];
    return { of: 'listings', products: texts(told['products']), shelves: texts(told['shelves']), aspects };
  }
  if (channel === 'kontor_settings' && typeof told['table'] === 'string') {
    return { of: 'settings', table: told['table'] };
  }
  return { of: 'everything' };
}

function parsed(payload: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(payload)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function texts(value: unknown): string[] | null {
  return Array.isArray(value) ? value.map(String) : null;
}
