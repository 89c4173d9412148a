import type { Transaction } from '../../platform/database.ts';
import type { Shop } from '../../platform/shop.ts';
import type { ProductPlan } from './plan-product.ts';
import { idsBySlug, insertProducts, variantsBySku, type NewProduct } from './queries.ts';
import { slugify } from './slug.ts';

/** A product that is known from what was sold of it. */
export interface SoldProduct {
  /** In upper case. */
  sku: string;
  name: string;
  price_minor: number;
}

export interface Sellable {
  product: string;
  variant: string;
}

const BATCH = 1000;
const LONGEST_SLUG = 255;

/** What the shop has of these SKUs, in any case. */
export const knownSkus = variantsBySku;

/** Adds a product of one variant for each SKU the shop lacks. @returns all of them by SKU */
export async function ensureProducts(
  shop: Shop,
  trx: Transaction,
  sold: readonly SoldProduct[],
  { status, currency }: { status: ProductPlan['status']; currency: string },
): Promise<Map<string, Sellable>> {
  const known = await variantsBySku(
    trx,
    sold.map(({ sku }) => sku),
  );
  const missing = sold.filter(({ sku }) => !known.has(sku));
  for (let start = 0; start < missing.length; start += BATCH) {
    const batch = missing.slice(start, start + BATCH);
    const slugs = await freeSlugs(trx, batch);
    const products = batch.map(({ sku, name, price_minor }, index): NewProduct => {
      const ids = { product: shop.newId(), variant: shop.newId() };
      known.set(sku, ids);
      const variant = { id: ids.variant, sku, price_minor, currency };
      return { id: ids.product, slug: slugs[index] ?? ids.product, name, status, variant };
    });
    await insertProducts(trx, products);
  }
  return known;
}

/** One address each that no product has. */
async function freeSlugs(trx: Transaction, products: readonly SoldProduct[]): Promise<string[]> {
  const wanted = products.map(({ sku, name }) =>
    [slugify(name).slice(0, LONGEST_SLUG - 90), slugify(sku).slice(0, 80)]
      .filter((part) => part !== '')
      .join('-'),
  );
  const taken = new Set((await idsBySlug(trx, 'products', wanted)).keys());
  return wanted.map((slug) => {
    let free = slug || 'product';
    for (let count = 2; taken.has(free); count += 1) free = `${slug || 'product'}-${count}`;
    taken.add(free);
    return free;
  });
}
