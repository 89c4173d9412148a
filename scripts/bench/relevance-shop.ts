/** Puts judged products into a shop, through the tables a merchant's products are in. */
import type pg from 'pg';
import { fixedId } from '../../seeds/fixed-id.ts';
import { putRows } from './put-rows.ts';
import type { JudgedProduct, JudgedShop } from './relevance-data.ts';

export const productId = (key: string) => fixedId('product', `relevance/${key}`);

export async function seedJudged(db: pg.Client, { products }: JudgedShop): Promise<void> {
  const put = (table: string, rows: object[]) => putRows(db, table, rows);
  await db.query('begin');
  const brands = [...new Set(products.flatMap(({ brand }) => brand ?? []))];
  const brandId = (name: string) => fixedId('brand', `relevance/${name}`);
  await put(
    'brands',
    brands.map((name, index) => ({ id: brandId(name), name: name.slice(0, 255), slug: `brand-${index}` })),
  );
  await put('categories', categoriesOf(products));
  await put(
    'products',
    products.map(({ key, name, subtitle, brand, description, options, rating, rating_count }) => ({
      id: productId(key),
      name,
      subtitle,
      slug: `p-${key.toLowerCase()}`,
      description,
      status: 'published',
      kind: 'physical',
      brand: brand && brandId(brand),
      options: Object.entries(options).map(([option, value]) => ({ name: option, values: [value] })),
      rating_average: rating,
      rating_count,
      published_at: '2026-01-01T00:00:00Z',
    })),
  );
  await put(
    'products_categories',
    products.flatMap(({ key, categories }) =>
      categories.length === 0
        ? []
        : [
            {
              id: fixedId('products_category', `relevance/${key}`),
              product: productId(key),
              category: categoryId(categories),
            },
          ],
    ),
  );
  await put(
    'product_variants',
    products.map(({ key, options, barcode, price_minor }) => ({
      id: fixedId('product_variant', `relevance/${key}`),
      product: productId(key),
      sku: key,
      barcode,
      title: Object.values(options)[0]?.slice(0, 255) ?? 'Default',
      option_values: options,
      price_minor,
      currency: 'USD',
      status: 'published',
      track_stock: false,
    })),
  );
  await db.query('commit');
}

const categoryId = (path: readonly string[]) => fixedId('category', `relevance/${path.join('/')}`);

/** Every category there is on a path, parents first. */
function categoriesOf(products: readonly JudgedProduct[]): object[] {
  const known = new Map<string, object>();
  for (const { categories } of products)
    categories.forEach((name, depth) => {
      const path = categories.slice(0, depth + 1);
      const id = categoryId(path);
      if (known.has(id)) return;
      const parent = depth === 0 ? null : categoryId(path.slice(0, -1));
      known.set(id, { id, parent, name, slug: `category-${known.size}`, status: 'published' });
    });
  return [...known.values()];
}
