/** What an import would change in the shop. Pure, so that a preview and the import agree. */
import type { ProductOption } from './plan-options.ts';
import type { ImagePlan, Named, ProductPlan, VariantPlan } from './plan-product.ts';
import type { KnownProduct, KnownVariant, ProductChanges } from './queries.ts';

export interface VariantChange {
  id: string;
  sku: string;
  changes: Partial<Omit<VariantPlan, 'line' | 'quantity'>>;
}

export interface StockCount {
  sku: string;
  line: number;
  /** Units the file says there are. */
  quantity: number;
}

export interface ProductDiff {
  /** Null for a new product. */
  id: string | null;
  product: Omit<ProductChanges, 'brand'>;
  brand: Named | null;
  category: Named | null;
  tags: Named[];
  new_images: ImagePlan[];
  changed_images: (ImagePlan & { id: string })[];
  new_variants: VariantPlan[];
  changed_variants: VariantChange[];
  /** Variants that get their first stock level, and with `stock` those whose count differs. */
  counts: StockCount[];
}

/**
 * Compares a plan with the shop. Nothing is ever taken away: options, tags, pictures and variants the file does not name stay,
 * and an empty cell leaves what is there, except that the price to compare with goes when the file has none. A variant is
 * found by its SKU, then by its options.
 */
export function diffProduct(
  plan: ProductPlan,
  known: KnownProduct | null,
  { stock }: { stock: boolean },
): ProductDiff {
  const matched = matchVariants(plan.variants, known?.variants ?? []);
  const is_new = known === null;
  const options = mergeOptions(known?.options ?? [], plan.options);
  return {
    id: known?.id ?? null,
    product: known ? productChanges(plan, known, options) : {},
    brand: plan.brand && plan.brand.slug !== known?.brand ? plan.brand : null,
    category: plan.category && !known?.categories.includes(plan.category.slug) ? plan.category : null,
    tags: plan.tags.filter((tag) => !known?.tags.includes(tag.slug)),
    new_images: plan.images.filter((image) => !known?.images.some(({ url }) => url === image.url)),
    changed_images: is_new ? [] : changedImages(plan, known),
    new_variants: matched.filter(({ found }) => !found).map(({ variant }) => variant),
    changed_variants: matched.flatMap(({ variant, found }) => {
      const changes = found ? variantChanges(variant, found) : {};
      return found && Object.keys(changes).length > 0 ? [{ id: found.id, sku: variant.sku, changes }] : [];
    }),
    counts: matched.flatMap(({ variant: { sku, line, quantity }, found }) => {
      if (quantity === null) return [];
      const on_hand = found?.on_hand ?? null;
      const isDue = on_hand === null || (stock && on_hand !== quantity);
      return isDue ? [{ sku, line, quantity }] : [];
    }),
  };
}

/** Whether a difference says that nothing is to be done. */
export function isUnchanged(diff: ProductDiff): boolean {
  const {
    id,
    product,
    brand,
    category,
    tags,
    new_images,
    changed_images,
    new_variants,
    changed_variants,
    counts,
  } = diff;
  const lists = [
    Object.keys(product),
    tags,
    new_images,
    changed_images,
    new_variants,
    changed_variants,
    counts,
  ];
  return id !== null && brand === null && category === null && lists.every((list) => list.length === 0);
}

function matchVariants(
  planned: readonly VariantPlan[],
  known: readonly KnownVariant[],
): { variant: VariantPlan; found: KnownVariant | null }[] {
  const free = new Map(known.map((variant) => [variant.sku, variant]));
  const bySku = new Map<string, KnownVariant>();
  for (const { sku } of planned) {
    const found = free.get(sku);
    if (!found) continue;
    bySku.set(sku, found);
    free.delete(sku);
  }
  return planned.map((variant) => {
    const found =
      bySku.get(variant.sku) ??
      [...free.values()].find((other) => sameRecord(other.option_values, variant.option_values));
    if (found) free.delete(found.sku);
    return { variant, found: found ?? null };
  });
}

function productChanges(
  plan: ProductPlan,
  known: KnownProduct,
  options: ProductOption[],
): ProductDiff['product'] {
  const changes: ProductDiff['product'] = {};
  if (plan.name !== known.name) changes.name = plan.name;
  if (plan.status !== known.status) changes.status = plan.status;
  if (plan.kind !== known.kind) changes.kind = plan.kind;
  if (plan.description !== null && plan.description !== known.description)
    changes.description = plan.description;
  if (plan.seo_title !== null && plan.seo_title !== known.seo_title) changes.seo_title = plan.seo_title;
  if (plan.seo_description !== null && plan.seo_description !== known.seo_description) {
    changes.seo_description = plan.seo_description;
  }
  if (JSON.stringify(options) !== JSON.stringify(known.options ?? [])) changes.options = options;
  return changes;
}

function variantChanges(plan: VariantPlan, known: KnownVariant): VariantChange['changes'] {
  const changes: VariantChange['changes'] = {};
  if (plan.sku !== known.sku) changes.sku = plan.sku;
  if (plan.title !== known.title) changes.title = plan.title;
  if (!sameRecord(plan.option_values, known.option_values)) changes.option_values = plan.option_values;
  if (plan.price_minor !== known.price_minor) changes.price_minor = plan.price_minor;
  if (plan.compare_at_price_minor !== known.compare_at_price_minor) {
    changes.compare_at_price_minor = plan.compare_at_price_minor;
  }
  if (plan.currency !== known.currency) changes.currency = plan.currency;
  if (plan.track_stock !== known.track_stock) changes.track_stock = plan.track_stock;
  if (plan.allow_backorder !== known.allow_backorder) changes.allow_backorder = plan.allow_backorder;
  if (plan.cost_minor !== null && plan.cost_minor !== known.cost_minor) changes.cost_minor = plan.cost_minor;
  if (plan.barcode !== null && plan.barcode !== known.barcode) changes.barcode = plan.barcode;
  if (plan.weight_grams !== null && plan.weight_grams !== known.weight_grams)
    changes.weight_grams = plan.weight_grams;
  if (plan.image_url !== null && plan.image_url !== known.image_url) changes.image_url = plan.image_url;
  return changes;
}

function changedImages(plan: ProductPlan, known: KnownProduct): ProductDiff['changed_images'] {
  return plan.images.flatMap((image) => {
    const found = known.images.find(({ url }) => url === image.url);
    const alt = image.alt ?? found?.alt ?? null;
    if (!found || (found.alt === alt && found.sort === image.sort)) return [];
    return [{ ...image, alt, id: found.id }];
  });
}

/** The shop's options in its order, then what the file adds. */
function mergeOptions(known: readonly ProductOption[], planned: readonly ProductOption[]): ProductOption[] {
  const merged = known.map(({ name, values }) => {
    const more = planned.find((option) => option.name === name)?.values ?? [];
    return { name, values: [...new Set([...values, ...more])] };
  });
  return [...merged, ...planned.filter(({ name }) => !known.some((option) => option.name === name))];
}

function sameRecord(a: Record<string, string> | null, b: Record<string, string> | null): boolean {
  const first = Object.entries(a ?? {});
  return first.length === Object.keys(b ?? {}).length && first.every(([name, value]) => b?.[name] === value);
}
