/** A shop with products to search, and the search as a storefront asks it. */
import { randomUUID } from 'node:crypto';
import { insertRows, inTransaction } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import type { SearchFound, SearchWanted } from '../../extensions/commerce-api/src/providers/search.ts';
import { postgresEngine } from '../../extensions/commerce-api/src/search/postgres-engine.ts';

export interface Searchable {
  name: string;
  subtitle?: string;
  description?: string;
  brand?: string;
  /** Names; created as needed. */
  categories?: string[];
  tags?: string[];
  options?: Record<string, string>;
  sku?: string;
  barcode?: string;
  status?: 'draft' | 'published' | 'archived';
  price_minor?: number;
  track_stock?: boolean;
  rating?: { average: number; count: number };
  /** By language. */
  translations?: Record<string, { name?: string; description?: string }>;
}

export interface SearchDesk {
  /** @returns the product's id */
  add: (product: Searchable | string) => Promise<string>;
  search: (q: string, more?: Partial<SearchWanted>) => Promise<SearchFound>;
  /** The names found, in order. */
  names: (q: string, more?: Partial<SearchWanted>) => Promise<string[]>;
}

/** A search that nothing narrows, counts or reorders. */
export function wantedSearch(q: string, more: Partial<SearchWanted> = {}): SearchWanted {
  return {
    q,
    locale: null,
    currency: 'USD',
    filter: {},
    sort: 'relevance',
    limit: 20,
    offset: 0,
    facets: [],
    ...more,
  };
}

export function searchDesk(shop: Shop): SearchDesk {
  const search = (q: string, more?: Partial<SearchWanted>) =>
    postgresEngine(shop).search(wantedSearch(q, more));
  return {
    search,
    add: (product) => addProduct(shop, typeof product === 'string' ? { name: product } : product),
    names: async (q, more) => {
      const { ids } = await search(q, more);
      const known = await shop.db('products').select('id', 'name').whereIn('id', ids);
      const nameOf = new Map(known.map(({ id, name }) => [id, name]));
      return ids.map((id) => nameOf.get(id));
    },
  };
}

async function addProduct(shop: Shop, product: Searchable): Promise<string> {
  const id = randomUUID();
  const slug = `s-${id.slice(0, 13)}`;
  await inTransaction(shop.db, async (trx) => {
    const named = async (table: 'brands' | 'categories' | 'tags', name: string): Promise<string> => {
      const [known] = await trx(table).select('id').where({ name });
      if (known) return known.id;
      const key = randomUUID();
      await insertRows(trx, table, [
        {
          id: key,
          name,
          slug: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
          ...(table === 'categories' && { status: 'published' }),
        },
      ]);
      return key;
    };
    await insertRows(trx, 'products', [
      {
        id,
        slug,
        name: product.name,
        subtitle: product.subtitle ?? null,
        description: product.description ?? null,
        status: product.status ?? 'published',
        kind: 'physical',
        brand: product.brand ? await named('brands', product.brand) : null,
        rating_average: product.rating?.average ?? null,
        rating_count: product.rating?.count ?? 0,
      },
    ]);
    for (const name of product.categories ?? [])
      await insertRows(trx, 'products_categories', [
        { product: id, category: await named('categories', name) },
      ]);
    for (const name of product.tags ?? [])
      await insertRows(trx, 'products_tags', [{ product: id, tag: await named('tags', name) }]);
    for (const [language, texts] of Object.entries(product.translations ?? {})) {
      await trx('languages').insert({ code: language, name: language }).onConflict('code').ignore();
      await insertRows(trx, 'products_translations', [
        { product: id, language, name: texts.name ?? null, description: texts.description ?? null },
      ]);
    }
    await insertRows(trx, 'product_variants', [
      {
        product: id,
        sku: product.sku ?? slug.toUpperCase(),
        barcode: product.barcode ?? null,
        option_values: product.options ?? {},
        price_minor: product.price_minor ?? 1000,
        currency: 'USD',
        status: 'published',
        track_stock: product.track_stock ?? false,
      },
    ]);
  });
  return id;
}
