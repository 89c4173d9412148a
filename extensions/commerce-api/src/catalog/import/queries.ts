/** All SQL of the product import. */
import { changed, insertRows, row, rows, type Queryable, type Transaction } from '../../platform/database.ts';
import type { ProductOption } from './plan-options.ts';
import type { ImagePlan, Named, ProductPlan, VariantPlan } from './plan-product.ts';

export interface KnownVariant {
  id: string;
  sku: string;
  title: string;
  option_values: Record<string, string> | null;
  price_minor: number;
  compare_at_price_minor: number | null;
  currency: string;
  cost_minor: number | null;
  barcode: string | null;
  weight_grams: number | null;
  image_url: string | null;
  track_stock: boolean;
  allow_backorder: boolean;
  sort: number | null;
  /** Units at the location the import writes to, or null where it has no level yet. */
  on_hand: number | null;
}

export interface KnownImage {
  id: string;
  url: string;
  alt: string | null;
  sort: number | null;
}

/** A product as the shop has it. Brand, categories and tags are slugs. */
export interface KnownProduct {
  id: string;
  slug: string;
  name: string;
  status: ProductPlan['status'];
  kind: string;
  description: string | null;
  seo_title: string | null;
  seo_description: string | null;
  options: ProductOption[] | null;
  brand: string | null;
  categories: string[];
  tags: string[];
  images: KnownImage[];
  variants: KnownVariant[];
}

/** The products with these slugs, as far as an import compares them. `location` is where it would count stock. */
export async function productsBySlug(
  db: Queryable,
  slugs: readonly string[],
  location: string | null,
): Promise<Map<string, KnownProduct>> {
  const found = await rows<KnownProduct>(
    db,
    `select p.id, p.slug, p.name, p.status, p.kind, p.description, p.seo_title, p.seo_description, p.options,
       b.slug as brand,
       array(select c.slug from products_categories pc join categories c on c.id = pc.category where pc.product = p.id) as categories,
       array(select g.slug from products_tags pt join tags g on g.id = pt.tag where pt.product = p.id) as tags,
       coalesce((select json_agg(json_build_object('id', f.id, 'url', f.url, 'alt', f.alt, 'sort', f.sort))
         from products_files f where f.product = p.id and f.url is not null), '[]') as images,
       coalesce((select json_agg(json_build_object('id', v.id, 'sku', v.sku, 'title', v.title, 'option_values', v.option_values,
           'price_minor', v.price_minor, 'compare_at_price_minor', v.compare_at_price_minor, 'currency', v.currency,
           'cost_minor', v.cost_minor, 'barcode', v.barcode, 'weight_grams', v.weight_grams, 'image_url', v.image_url,
           'track_stock', v.track_stock, 'allow_backorder', v.allow_backorder, 'sort', v.sort, 'on_hand', s.on_hand) order by v.sort, v.id)
         from product_variants v left join stock_levels s on s.variant = v.id and s.location = ?
         where v.product = p.id), '[]') as variants
     from products p left join brands b on b.id = p.brand
     where p.slug = any(?)`,
    [location, slugs],
  );
  return new Map(found.map((product) => [product.slug, product]));
}

/** SKU → slug of the product that has it, for those that are taken. */
export async function ownersOfSkus(db: Queryable, skus: readonly string[]): Promise<Map<string, string>> {
  const owners = await rows<{ sku: string; slug: string }>(
    db,
    `select v.sku, p.slug from product_variants v join products p on p.id = v.product where v.sku = any(?)`,
    [skus],
  );
  return new Map(owners.map(({ sku, slug }) => [sku, slug]));
}

/** The currency prices are in when the caller names none. */
export async function shopCurrency(db: Queryable): Promise<string | undefined> {
  return (await row<{ currency: string }>(db, `select currency from shop_settings limit 1`))?.currency;
}

/** The active location with the highest priority, where imported stock lies. */
export async function importLocation(db: Queryable): Promise<string | null> {
  const found = await row<{ id: string }>(
    db,
    `select id from stock_locations where active order by priority desc, code limit 1`,
  );
  return found?.id ?? null;
}

export type NamedTable = 'brands' | 'categories' | 'tags';

/** Slug → id, for those that exist. */
export async function idsBySlug(
  db: Queryable,
  table: NamedTable | 'products',
  slugs: readonly string[],
): Promise<Map<string, string>> {
  const found = await rows<{ id: string; slug: string }>(
    db,
    `select id, slug from ${table} where slug = any(?)`,
    [slugs],
  );
  return new Map(found.map(({ id, slug }) => [slug, id]));
}

/** Adds brands, categories or tags whose slug is free. What exists keeps its name. */
export async function insertNamed(
  trx: Transaction,
  table: NamedTable,
  named: readonly Named[],
): Promise<void> {
  await changed(
    trx,
    `insert into ${table} (slug, name) select slug, name from json_to_recordset(?::json) as n(slug text, name text)
     order by slug on conflict (slug) do nothing`,
    [JSON.stringify(named)],
  );
}

/** Adds a product; its slug must be free. A product without tax takes the class `zero` where the shop has one. */
export async function insertProduct(
  trx: Transaction,
  plan: ProductPlan,
  brand: string | null,
  now: Date,
): Promise<string> {
  const added = await row<{ id: string }>(
    trx,
    `insert into products (slug, name, status, kind, description, seo_title, seo_description, options, brand, tax_class, published_at)
     values (?, ?, ?, ?, ?, ?, ?, ?::json, ?, (select id from tax_classes where code = ? and ?), ?) returning id`,
    [
      plan.slug,
      plan.name,
      plan.status,
      plan.kind,
      plan.description,
      plan.seo_title,
      plan.seo_description,
      JSON.stringify(plan.options),
      brand,
      'zero',
      plan.untaxed,
      plan.status === 'published' ? now : null,
    ],
  );
  if (!added) throw new Error(`product ${plan.slug} was not written`);
  return added.id;
}

export type ProductChanges = Partial<
  Pick<
    ProductPlan,
    'name' | 'status' | 'kind' | 'description' | 'seo_title' | 'seo_description' | 'options'
  > & {
    brand: string;
  }
>;

/** Sets the given fields of a product; `brand` is an id. The first publication gets its moment. */
export async function updateProduct(
  trx: Transaction,
  id: string,
  changes: ProductChanges,
  now: Date,
): Promise<void> {
  const { options, ...plain } = changes;
  const values: Record<string, unknown> = { ...plain, updated_at: now };
  if (options) values['options'] = JSON.stringify(options);
  await trx('products').where({ id }).update(values);
  if (changes.status === 'published') {
    await changed(trx, `update products set published_at = ? where id = ? and published_at is null`, [
      now,
      id,
    ]);
  }
}

type VariantFields = Omit<VariantPlan, 'line' | 'quantity'>;

/** Well below the 65,535 bindings a statement may have. */
const ROWS_PER_STATEMENT = 500;

/** Adds variants. @returns SKU → id */
export async function insertVariants(
  trx: Transaction,
  product: string,
  variants: readonly VariantFields[],
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const chunk of chunksOf(variants)) {
    const given = chunk.map((variant) => ({ product, status: 'published', ...columnsOf(variant) }));
    const added: { id: string; sku: string }[] = await trx('product_variants')
      .insert(given)
      .returning(['id', 'sku']);
    for (const { id, sku } of added) ids.set(sku, id);
  }
  return ids;
}

export async function updateVariant(
  trx: Transaction,
  id: string,
  changes: Partial<VariantFields>,
  now: Date,
): Promise<void> {
  await trx('product_variants')
    .where({ id })
    .update({ ...columnsOf(changes), updated_at: now });
}

function columnsOf(fields: Partial<VariantFields>): Record<string, unknown> {
  const { sku, title, option_values, price_minor, compare_at_price_minor, currency, cost_minor, barcode } =
    fields;
  const { weight_grams, image_url, track_stock, allow_backorder, sort } = fields;
  const columns = {
    sku,
    title,
    option_values: option_values && JSON.stringify(option_values),
    price_minor,
    compare_at_price_minor,
    currency,
    cost_minor,
    barcode,
    weight_grams,
    image_url,
    track_stock,
    allow_backorder,
    sort,
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

export async function insertImages(
  trx: Transaction,
  product: string,
  images: readonly ImagePlan[],
): Promise<void> {
  for (const chunk of chunksOf(images)) {
    await trx('products_files').insert(chunk.map((image) => ({ product, ...image })));
  }
}

function chunksOf<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / ROWS_PER_STATEMENT);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * ROWS_PER_STATEMENT, (index + 1) * ROWS_PER_STATEMENT),
  );
}

export async function updateImage(
  trx: Transaction,
  id: string,
  { alt, sort }: Pick<ImagePlan, 'alt' | 'sort'>,
): Promise<void> {
  await changed(trx, `update products_files set alt = ?, sort = ? where id = ?`, [alt, sort, id]);
}

export async function addToCategory(trx: Transaction, product: string, category: string): Promise<void> {
  await changed(
    trx,
    `insert into products_categories (product, category) values (?, ?) on conflict (product, category) do nothing`,
    [product, category],
  );
}

export async function addTags(trx: Transaction, product: string, tags: readonly string[]): Promise<void> {
  await changed(
    trx,
    `insert into products_tags (product, tag) select ?, unnest(?::uuid[]) on conflict (product, tag) do nothing`,
    [product, tags],
  );
}

/** Variants by SKU in upper case, whatever case the shop writes them in; the one that is written so goes before others. */
export async function variantsBySku(
  db: Queryable,
  skus: readonly string[],
): Promise<Map<string, { variant: string; product: string }>> {
  const found = await rows<{ sku: string; variant: string; product: string }>(
    db,
    `select upper(v.sku) as sku, v.id as variant, v.product from product_variants v
     where upper(v.sku) = any(?) order by v.sku = upper(v.sku), v.id`,
    [skus],
  );
  return new Map(found.map(({ sku, ...ids }) => [sku, ids]));
}

export interface NewProduct {
  id: string;
  slug: string;
  name: string;
  status: ProductPlan['status'];
  variant: { id: string; sku: string; price_minor: number; currency: string };
}

/** Products of one variant each. */
export async function insertProducts(trx: Transaction, products: readonly NewProduct[]): Promise<void> {
  await insertRows(
    trx,
    'products',
    products.map(({ id, slug, name, status }) => ({ id, slug, name, status })),
  );
  await insertRows(
    trx,
    'product_variants',
    products.map(({ id, variant }) => ({ ...variant, product: id })),
  );
}
