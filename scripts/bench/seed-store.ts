/** Writes the made-up shop of store-catalogue.ts into an empty database, however large it is. */
import type pg from 'pg';
import { MAIN_LOCATION } from '../../seeds/reference/apply-reference.ts';
import { copyRows, type Cell } from './copy-rows.ts';
import { productAt, shapeOf, type StoreProduct, type StoreShape } from './store-catalogue.ts';

const BATCH = 2_000;
const REPORT_MS = 5_000;

const KINDS = {
  product: 1,
  variant: 2,
  category: 3,
  brand: 4,
  tag: 5,
  file: 6,
  product_category: 7,
  product_tag: 8,
  translation: 9,
  level: 10,
  euro: 11,
  sale: 12,
  later: 13,
  price_list: 14,
};

/** The id of the `n`th row of its kind. As scattered as random ones, which is what indexes of a real shop have to bear. */
export function rowId(kind: keyof typeof KINDS, n: number): string {
  const seed = Math.imul(KINDS[kind], 0x85ebca6b);
  const hex = [1, 2, 3, 4].map((part) => mixed(seed + n, part)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Each step can be turned back, so that different numbers never become the same. */
function mixed(value: number, part: number): string {
  let hash = Math.imul(value ^ Math.imul(part, 0x9e3779b1), 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0).toString(16).padStart(8, '0');
}

const SALE = rowId('price_list', 1);
const SALE_LATER = rowId('price_list', 2);

/** Table → columns, in the order `rowsOf` fills them. */
const TABLES = {
  products: [
    ...['id', 'name', 'slug', 'subtitle', 'description', 'status', 'kind', 'featured', 'brand', 'options'],
    ...['published_at', 'created_at', 'rating_average', 'rating_count'],
  ],
  products_files: ['id', 'product', 'url', 'sort'],
  products_categories: ['id', 'product', 'category'],
  products_tags: ['id', 'product', 'tag'],
  products_translations: ['id', 'product', 'language', 'name', 'description'],
  product_variants: [
    ...[
      'id',
      'product',
      'sku',
      'title',
      'option_values',
      'price_minor',
      'compare_at_price_minor',
      'currency',
    ],
    ...['status', 'track_stock', 'allow_backorder', 'sort'],
  ],
  stock_levels: ['id', 'variant', 'location', 'on_hand', 'reserved'],
  prices: ['id', 'variant', 'price_list', 'currency', 'min_quantity', 'amount_minor'],
  'commerce.product_popularity': ['product', 'score', 'units', 'computed_at'],
} as const;
type Table = keyof typeof TABLES;

/**
 * Fills the database in batches, with triggers off: the ledger of stock has no movements, and nobody is told of the products; what
 * follows from the catalogue must be rebuilt afterwards. Indexes are made again once the rows are there.
 */
export async function seedStore(
  db: pg.Client,
  size: number,
  progress: (line: string) => void,
): Promise<StoreShape> {
  const shape = shapeOf(size);
  await db.query(`set session_replication_role = replica; set maintenance_work_mem = '1GB'`);
  const indexes = await dropIndexes(db);
  await putShape(db, shape);
  let reported = Date.now();
  let written = Promise.resolve();
  for (let start = 0; start < size; start += BATCH) {
    const batch = batchOf(shape, start, Math.min(size, start + BATCH));
    await written;
    // The next batch is made up while the server takes this one in.
    written = putBatch(db, batch);
    if (Date.now() - reported < REPORT_MS) continue;
    reported = Date.now();
    progress(`${start.toLocaleString('en')} of ${size.toLocaleString('en')} products`);
  }
  await written;
  progress(`${indexes.length} indexes`);
  for (const { definition } of indexes) await db.query(definition);
  await db.query('set session_replication_role = origin');
  await db.query('vacuum analyze');
  return shape;
}

/** Those that no rule hangs on. @returns how to make them again */
async function dropIndexes(db: pg.Client): Promise<{ name: string; definition: string }[]> {
  const tables = Object.keys(TABLES);
  const { rows } = await db.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i where i.indrelid = any($1::regclass[]) and not i.indisunique`,
    [tables],
  );
  for (const { name } of rows) await db.query(`drop index ${name}`);
  return rows;
}

async function putShape(db: pg.Client, { categories, brands, tags }: StoreShape): Promise<void> {
  await copyRows(
    db,
    'categories',
    ['id', 'name', 'slug', 'status', 'parent', 'sort'],
    categories.map(({ n, name, slug, parent }) => [
      rowId('category', n),
      name,
      slug,
      'published',
      parent === null ? null : rowId('category', parent),
      n,
    ]),
  );
  for (const [table, kind, all] of [
    ['brands', 'brand', brands],
    ['tags', 'tag', tags],
  ] as const)
    await copyRows(
      db,
      table,
      ['id', 'name', 'slug'],
      all.map(({ n, name, slug }) => [rowId(kind, n), name, slug]),
    );
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
  await copyRows(
    db,
    'price_lists',
    ['id', 'name', 'kind', 'status', 'priority', 'starts_at', 'ends_at'],
    [
      [SALE, 'Sale', 'sale', 'active', 1, inDays(-10), inDays(60)],
      [SALE_LATER, 'Sale to come', 'sale', 'active', 2, inDays(30), inDays(60)],
    ],
  );
}

type Batch = Record<Table, Cell[][]>;

function batchOf(shape: StoreShape, start: number, end: number): Batch {
  const batch = Object.fromEntries(Object.keys(TABLES).map((table) => [table, []])) as unknown as Batch;
  for (let n = start; n < end; n += 1) addRows(batch, productAt(shape, n));
  return batch;
}

function addRows(batch: Batch, made: StoreProduct): void {
  const { n } = made;
  const id = rowId('product', n);
  batch.products.push([
    ...[id, made.name, made.slug, made.subtitle, made.description, made.status, 'physical', made.featured],
    ...[rowId('brand', made.brand), made.options, made.published_at, made.published_at],
    ...[made.rating?.average ?? null, made.rating?.count ?? 0],
  ]);
  made.images.forEach((url, i) => batch.products_files.push([rowId('file', n * 4 + i), id, url, i + 1]));
  made.categories.forEach((category, i) =>
    batch.products_categories.push([rowId('product_category', n * 8 + i), id, rowId('category', category)]),
  );
  made.tags.forEach((tag, i) =>
    batch.products_tags.push([rowId('product_tag', n * 4 + i), id, rowId('tag', tag)]),
  );
  if (made.translation) {
    const { name, description } = made.translation;
    batch.products_translations.push([rowId('translation', n), id, 'de-DE', name, description]);
  }
  if (made.popularity !== null)
    batch['commerce.product_popularity'].push([
      ...[id, scoreOf(made.popularity), Math.ceil(made.popularity), new Date()],
    ]);
  made.variants.forEach((variant, i) => {
    const own = rowId('variant', variant.n);
    batch.product_variants.push([
      ...[own, id, variant.sku, variant.title, variant.option_values, variant.price_minor],
      ...[variant.compare_at_price_minor, 'USD', 'published', true, false, i + 1],
    ]);
    batch.stock_levels.push([rowId('level', variant.n), own, MAIN_LOCATION, variant.on_hand, 0]);
    const price = (
      kind: 'euro' | 'sale' | 'later',
      list: string | null,
      currency: string,
      amount: number | null,
    ) => {
      if (amount !== null) batch.prices.push([rowId(kind, variant.n), own, list, currency, 1, amount]);
    };
    price('euro', null, 'EUR', variant.eur_minor);
    price('sale', SALE, 'USD', variant.sale_minor);
    price('later', SALE_LATER, 'USD', variant.later_minor);
  });
}

/** As recommendations/ keeps it: the logarithm of what sold lately, in half-lives since 1970. */
const scoreOf = (sold: number) => Date.now() / 1000 / (14 * 86_400) + Math.log2(sold);

async function putBatch(db: pg.Client, batch: Batch): Promise<void> {
  for (const [table, columns] of Object.entries(TABLES))
    await copyRows(db, table, columns, batch[table as Table]);
}
