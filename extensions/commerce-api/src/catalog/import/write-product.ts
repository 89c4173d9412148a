import type { Transaction } from '../../platform/database.ts';
import type { ProductDiff } from './diff-product.ts';
import type { Named, ProductPlan } from './plan-product.ts';
import {
  addTags,
  addToCategory,
  idsBySlug,
  insertImages,
  insertNamed,
  insertProduct,
  insertVariants,
  updateImage,
  updateProduct,
  updateVariant,
  type KnownProduct,
  type NamedTable,
} from './queries.ts';

export interface ProductWrite {
  plan: ProductPlan;
  diff: ProductDiff;
  known: KnownProduct | null;
  now: Date;
}

/**
 * Writes what `diffProduct` found, except stock.
 * @returns the ids of the product's variants by SKU
 */
export async function writeProduct(
  trx: Transaction,
  { plan, diff, known, now }: ProductWrite,
): Promise<Map<string, string>> {
  const [brand = null] = await ensureNamed(trx, 'brands', diff.brand ? [diff.brand] : []);
  const product = diff.id ?? (await insertProduct(trx, plan, brand, now));
  const changes = { ...diff.product, ...(brand && { brand }) };
  if (diff.id !== null && Object.keys(changes).length > 0) await updateProduct(trx, product, changes, now);
  const [category] = await ensureNamed(trx, 'categories', diff.category ? [diff.category] : []);
  if (category) await addToCategory(trx, product, category);
  const tags = await ensureNamed(trx, 'tags', diff.tags);
  if (tags.length > 0) await addTags(trx, product, tags);
  await insertImages(trx, product, diff.new_images);
  for (const image of diff.changed_images) await updateImage(trx, image.id, image);
  const added = await insertVariants(trx, product, diff.new_variants);
  for (const { id, changes: fields } of diff.changed_variants) await updateVariant(trx, id, fields, now);
  const before = (known?.variants ?? []).map((variant) => [variant.sku, variant.id] as const);
  const renamed = diff.changed_variants.map(({ sku, id }) => [sku, id] as const);
  return new Map([...before, ...renamed, ...added]);
}

/** The ids of brands, categories or tags, after adding those the shop lacks. */
async function ensureNamed(trx: Transaction, table: NamedTable, named: readonly Named[]): Promise<string[]> {
  if (named.length === 0) return [];
  const slugs = named.map(({ slug }) => slug);
  const known = await idsBySlug(trx, table, slugs);
  const missing = named.filter(({ slug }) => !known.has(slug));
  if (missing.length === 0) return [...known.values()];
  await insertNamed(trx, table, missing);
  return [...(await idsBySlug(trx, table, slugs)).values()];
}
