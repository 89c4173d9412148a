import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import {
  imageOf,
  productCards,
  summarise,
  variantsForSale,
  viewing,
  type VariantForSale,
  type Viewing,
} from './product-cards.ts';
import {
  categoryPath,
  productPage,
  productSummaries,
  publishedVariants,
  visibleProductId,
} from './queries.ts';
import type { Product, ReadProductInput, Variant } from './shapes.ts';
import { priceTiers } from './variant-price.ts';

/**
 * Everything a product page shows.
 * @throws KontorError NOT_FOUND for what is not published, not yet published, or has no variant with a price in the currency.
 */
export async function readProduct(shop: Shop, slug: string, input: ReadProductInput): Promise<Product> {
  const view = await viewing(shop, input);
  const id = await visibleProductId(shop.db, slug, view.currency);
  if (id === undefined) throw new KontorError('NOT_FOUND');
  const [[row], variants, page] = await Promise.all([
    productSummaries(shop.db, [id], view.locales),
    publishedVariants(shop.db, [id], view.currency),
    productPage(shop.db, id, view.currency, view.locales),
  ]);
  const forSale = variantsForSale(variants, view);
  const summary = row ? summarise(shop, row, forSale, view) : null;
  if (!row || !page || !summary) throw new KontorError('NOT_FOUND');

  const [first] = page.categories;
  const breadcrumbs = first ? await categoryPath(shop.db, first.id, view.locales) : [];
  const images = page.images.map((image) => imageOf(shop, { ...image, alt: image.alt ?? summary.name }));
  return {
    ...summary,
    description: page.description,
    featured: page.featured,
    published_at: page.published_at && new Date(page.published_at).toISOString(),
    images: images.filter((image) => image !== null),
    categories: page.categories.map(({ slug: category, name }) => ({ slug: category, name })),
    tags: page.tags,
    options: row.options ?? [],
    variants: forSale.map((variant) => fullVariant(shop, variant, view)),
    related: await relatedProducts(shop, page.related, view),
    seo: { title: page.seo_title ?? summary.name, description: page.seo_description },
    breadcrumbs,
  };
}

function fullVariant(shop: Shop, { row, card }: VariantForSale, view: Viewing): Variant {
  const { barcode, weight_grams, length_mm, width_mm, height_mm, max_per_order } = row;
  return {
    ...card,
    price_tiers: priceTiers(row, view.currency, view.now),
    barcode,
    image: imageOf(shop, { file: row.image, url: row.image_url, alt: row.title }),
    weight_grams,
    length_mm,
    width_mm,
    height_mm,
    max_per_order,
  };
}

async function relatedProducts(
  shop: Shop,
  related: { id: string; relation: 'similar' | 'accessory' | 'upsell' }[],
  view: Viewing,
): Promise<Product['related']> {
  const ids = [...new Set(related.map(({ id }) => id))];
  const cardOf = new Map((await productCards(shop, ids, view)).map((card) => [card.id, card]));
  return related.flatMap(({ id, relation }) => {
    const card = cardOf.get(id);
    if (!card) return [];
    const { options: _options, variants: _variants, ...summary } = card;
    return [{ ...summary, relation }];
  });
}
