/** A catalogue of any size, written in bulk: rows as JSON, one statement per table. */
import type pg from 'pg';
import { MAIN_LOCATION } from '../../seeds/reference/apply-reference.ts';
import { fixedId } from '../../seeds/fixed-id.ts';
import { putRows } from './put-rows.ts';

/** As `lib/catalog.mjs` of the peers' harness has it. */
export interface BenchProduct {
  title: string;
  slug: string;
  description: string;
  /** The number of its category. */
  category: number;
  image: string;
  createdAt: Date;
  variants: { sku: string; option: string; price: number; stock: number }[];
}

export interface BenchCatalogue {
  categories: { n: number; name: string; slug: string }[];
  products: BenchProduct[];
}

/** What everybody has it sent by: one flat rate within the United States. */
export const METHOD = fixedId('shipping_method', 'bench');
const ZONE = fixedId('shipping_zone', 'bench');

export const variantId = (sku: string) => fixedId('product_variant', `bench/${sku}`);
const productId = (slug: string) => fixedId('product', `bench/${slug}`);
const categoryId = (slug: string) => fixedId('category', `bench/${slug}`);

/** Fills an empty shop: products in stock at the main location, and old orders, as a shop has. Statistics are fresh afterwards. */
export async function seedCatalogue(db: pg.Client, { categories, products }: BenchCatalogue): Promise<void> {
  const put = (table: string, rows: object[]) => putRows(db, table, rows);
  await db.query('begin');
  await put('shipping_zones', [{ id: ZONE, name: 'United States', countries: ['US'], priority: 1 }]);
  await put('shipping_methods', [
    {
      id: METHOD,
      name: 'Standard',
      zone: ZONE,
      active: true,
      kind: 'flat',
      amount_minor: 500,
      currency: 'USD',
    },
  ]);
  await put(
    'categories',
    categories.map(({ n, name, slug }) => ({
      id: categoryId(slug),
      name,
      slug,
      status: 'published',
      sort: n,
    })),
  );
  await put(
    'products',
    products.map((product) => ({
      id: productId(product.slug),
      name: product.title,
      slug: product.slug,
      description: product.description,
      status: 'published',
      kind: 'physical',
      options: [{ name: 'Size', values: product.variants.map((variant) => variant.option) }],
      published_at: product.createdAt,
      created_at: product.createdAt,
    })),
  );
  await put(
    'products_files',
    products.map(({ slug, image }) => ({
      id: fixedId('products_file', `bench/${slug}`),
      product: productId(slug),
      url: image,
      sort: 1,
    })),
  );
  await put(
    'products_categories',
    products.map(({ slug, category }) => ({
      id: fixedId('products_category', `bench/${slug}`),
      product: productId(slug),
      category: categoryId(categories[category]!.slug),
    })),
  );
  const variants = products.flatMap(({ slug, variants: own }) =>
    own.map((variant, index) => ({
      ...variant,
      id: variantId(variant.sku),
      product: productId(slug),
      index,
    })),
  );
  await put(
    'product_variants',
    variants.map(({ id, product, sku, option, price, index }) => ({
      id,
      product,
      sku,
      title: option,
      option_values: { Size: option },
      price_minor: price,
      currency: 'USD',
      status: 'published',
      track_stock: true,
      allow_backorder: false,
      sort: index + 1,
    })),
  );
  await put(
    'stock_levels',
    variants.map(({ id, sku }) => ({
      id: fixedId('stock_level', `bench/${sku}`),
      variant: id,
      location: MAIN_LOCATION,
      on_hand: 0,
      reserved: 0,
    })),
  );
  await put(
    'stock_movements',
    variants.map(({ id, stock }, index) => ({
      id: index + 1,
      variant: id,
      location: MAIN_LOCATION,
      delta_on_hand: stock,
      delta_reserved: 0,
      reason: 'initial',
      created_at: new Date(),
    })),
  );
  await db.query(`select setval('stock_movements_id_seq', (select max(id) from stock_movements))`);
  await oldOrders(db, variants.length);
  await db.query('commit');
  await db.query('vacuum analyze');
}

/** A shop has old orders. Without them the planner, seeing empty tables, keeps plans that scan them whole. */
async function oldOrders(db: pg.Client, count: number): Promise<void> {
  await db.query(
    `insert into orders (number, email, status, payment_status, currency, subtotal_minor, total_minor, placed_at)
     select 'OLD-' || i, 'old' || i || '@example.com', 'delivered', 'paid', 'USD', 1000, 1000, now() - interval '100 days'
     from generate_series(1, $1::int) i`,
    [count],
  );
  await db.query(
    `insert into order_lines ("order", variant, sku, name, quantity, unit_price_minor, subtotal_minor, total_minor)
     select o.id, v.id, v.sku, v.sku, 1, 1000, 1000, 1000
     from (select id, row_number() over (order by id) as i from orders) o
     join (select id, sku, row_number() over (order by id) as i from product_variants) v using (i)`,
  );
  await db.query(
    `insert into payments ("order", provider, status, amount_minor, captured_minor, currency)
     select id, 'manual', 'paid', 1000, 1000, 'USD' from orders`,
  );
  await db.query(
    `insert into order_events ("order", kind, message, actor_kind) select id, 'placed', 'Placed', 'system' from orders`,
  );
  await db.query(
    `insert into carts (status, currency, email) select 'active', 'USD', 'old' || i || '@example.com' from generate_series(1, $1::int) i`,
    [count],
  );
  await db.query(
    `insert into cart_lines (cart, variant, quantity, metadata_key)
     select c.id, v.id, 1, '' from (select id, row_number() over (order by id) as i from carts) c
     join (select id, row_number() over (order by id) as i from product_variants) v using (i)`,
  );
}
