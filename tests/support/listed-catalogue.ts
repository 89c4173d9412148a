/** A made-up catalogue in a database and in memory, and what a list of it ought to be, worked out the slow and simple way. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { ListingFilter } from '../../extensions/commerce-api/src/listings/listing-filter.ts';

export interface ModelProduct {
  id: string;
  slug: string;
  name: string;
  brand: string | null;
  tags: string[];
  /** Slugs of the categories it was put into. */
  categories: string[];
  price: number;
  colours: string[];
  sizes: string[];
  in_stock: boolean;
  featured: boolean;
  sort: number | null;
  rating: number | null;
  rating_count: number;
  popularity: number | null;
  /** Milliseconds. */
  published: number;
}

export interface ModelCatalogue {
  products: ModelProduct[];
  /** Slug → slug of what it hangs below. */
  parents: Record<string, string | null>;
  archived: string[];
}

/** The same numbers each time, for one seed. */
export function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

const BRANDS = ['alder', 'birch', 'cedar'];
const TAGS = ['new', 'gift', 'eco', 'sale'];
/** `attic` is archived: what hangs below it is not in `house`. */
const PARENTS: Record<string, string | null> = {
  house: null,
  kitchen: 'house',
  pans: 'kitchen',
  attic: 'house',
  lamps: 'attic',
  garden: null,
};
const COLOURS = ['Red', 'Blue', 'Green, dark'];
const SIZES = ['S', 'M'];

export async function plantCatalogue(db: Knex, count: number, seed: number): Promise<ModelCatalogue> {
  const roll = dice(seed);
  const some = <Item>(items: readonly Item[], chance: number) => items.filter(() => roll(100) < chance);
  const ids = {
    brands: new Map<string, string>(),
    tags: new Map<string, string>(),
    categories: new Map<string, string>(),
  };
  for (const slug of BRANDS) ids.brands.set(slug, await plant(db, 'brands', { slug, name: `Brand ${slug}` }));
  for (const slug of TAGS) ids.tags.set(slug, await plant(db, 'tags', { slug, name: `Tag ${slug}` }));
  for (const [slug, parent] of Object.entries(PARENTS)) {
    const status = slug === 'attic' ? 'archived' : 'published';
    const above = parent === null ? null : ids.categories.get(parent);
    ids.categories.set(
      slug,
      await plant(db, 'categories', { slug, name: `Category ${slug}`, status, parent: above }),
    );
  }
  const [settings] = await db('shop_settings').select('currency');
  const products: ModelProduct[] = [];
  for (let n = 0; n < count; n += 1) {
    const id = randomUUID();
    const product: ModelProduct = {
      id,
      slug: `product-${n}`,
      name: `${['Äpfel', 'apple', 'Zinc', 'moss'][roll(4)]} ${roll(5)}`,
      brand: roll(4) === 0 ? null : (BRANDS[roll(BRANDS.length)] ?? null),
      tags: some(TAGS, 40),
      categories: some(Object.keys(PARENTS), 30),
      price: 100 * (1 + roll(60)),
      colours: some(COLOURS, 45),
      sizes: some(SIZES, 60),
      in_stock: roll(3) > 0,
      featured: roll(4) === 0,
      sort: roll(2) === 0 ? null : roll(5),
      rating: roll(3) === 0 ? null : roll(501) / 100,
      rating_count: roll(40),
      popularity: roll(2) === 0 ? null : 1_400 + roll(50),
      published: Date.now() - 1_000 * (1 + roll(1_000_000)),
    };
    products.push(product);
    await db('products').insert({
      id,
      slug: product.slug,
      name: product.name,
      status: 'published',
      brand: product.brand === null ? null : ids.brands.get(product.brand),
      featured: product.featured,
      sort: product.sort,
      rating_average: product.rating,
      rating_count: product.rating_count,
      published_at: new Date(product.published),
    });
    await db('product_variants').insert(
      variantsOf(product).map((options, index) => ({
        product: id,
        sku: `SKU-${n}-${index}`,
        price_minor: product.price + index * 50,
        currency: settings.currency,
        track_stock: !product.in_stock,
        option_values: JSON.stringify(options),
      })),
    );
    for (const tag of product.tags) await db('products_tags').insert({ product: id, tag: ids.tags.get(tag) });
    for (const category of product.categories)
      await db('products_categories').insert({ product: id, category: ids.categories.get(category) });
    if (product.popularity !== null)
      await db('commerce.product_popularity').insert({ product: id, score: product.popularity, units: 1 });
  }
  await db.raw(
    `insert into commerce.catalog_changes (collection, item, action) select 'products', id::text, 'update' from products`,
  );
  return { products, parents: PARENTS, archived: ['attic'] };
}

async function plant(db: Knex, table: string, values: Record<string, unknown>): Promise<string> {
  const [made] = await db(table).insert(values).returning<{ id: string }[]>('id');
  return made?.id ?? '';
}

function variantsOf({ colours, sizes }: ModelProduct): Record<string, string>[] {
  const longest = Math.max(1, colours.length, sizes.length);
  return Array.from({ length: longest }, (_, index) => ({
    ...(colours[index] !== undefined && { Colour: colours[index] }),
    ...(sizes[index] !== undefined && { Size: sizes[index] }),
  }));
}

/** The categories a product is found in: those it was put into, and everything above them as far as all of it is published. */
export function categoriesOf({ parents, archived }: ModelCatalogue, product: ModelProduct): Set<string> {
  const found = new Set<string>();
  for (const category of product.categories) {
    for (let at: string | null = category; at !== null && !archived.includes(at); at = parents[at] ?? null)
      found.add(at);
  }
  return found;
}

export function isListed(catalogue: ModelCatalogue, product: ModelProduct, filter: ListingFilter): boolean {
  const { category, brand, tag, min_price, max_price, min_rating, in_stock, featured, option } = filter;
  return (
    (category === undefined || categoriesOf(catalogue, product).has(category)) &&
    (brand === undefined || (product.brand !== null && brand.includes(product.brand))) &&
    (tag === undefined || tag.some((each) => product.tags.includes(each))) &&
    (min_price === undefined || product.price >= min_price) &&
    (max_price === undefined || product.price <= max_price) &&
    (min_rating === undefined || (product.rating !== null && product.rating >= min_rating)) &&
    (in_stock === undefined || product.in_stock === in_stock) &&
    (featured === undefined || product.featured === featured) &&
    Object.entries(option ?? {}).every(([name, values]) =>
      values.some((value) => (optionsOf(product)[name] ?? []).includes(value)),
    )
  );
}

export function optionsOf({ colours, sizes }: ModelProduct): Record<string, string[]> {
  return { Colour: colours, Size: sizes };
}

type Key = (product: ModelProduct) => (number | string)[];
const age = ({ published }: ModelProduct) => -published;
const letters = ({ name }: ModelProduct) => name.replace('Ä', 'A').toLowerCase();

/** What each order compares, ascending; a leading minus of a sort turns all of it round. */
const KEYS: Record<string, Key> = {
  newest: (product) => [age(product), product.id],
  name: (product) => [letters(product), product.id],
  price: (product) => [product.price, product.id],
  featured: (product) => [product.featured ? 0 : 1, product.sort ?? Infinity, age(product), product.id],
  popular: (product) => [-(product.popularity ?? -Infinity), age(product), product.id],
  rating: (product) => [
    -(product.rating ?? -Infinity),
    product.rating === null ? 0 : -product.rating_count,
    age(product),
    product.id,
  ],
};
const TURNED: Record<string, string> = { oldest: 'newest', '-name': 'name', '-price': 'price' };

export function inOrder(products: readonly ModelProduct[], sort: string): ModelProduct[] {
  const key = KEYS[TURNED[sort] ?? sort] as Key;
  const sorted = products.toSorted((a, b) => compare(key(a), key(b)));
  return sort in TURNED ? sorted.reverse() : sorted;
}

function compare(a: (number | string)[], b: (number | string)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] as number | string;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
