import { earliest } from '../core/earliest.ts';
import type { Shop } from '../platform/shop.ts';
import {
  cardsOf,
  imageOf,
  variantsForSale,
  type CardOfProduct,
  type VariantForSale,
  type Viewing,
  type ViewingNow,
} from './product-cards.ts';
import { pageFacts } from './queries.ts';
import type { Product, Variant } from './shapes.ts';
import { priceTiers } from './variant-price.ts';

export interface PageOfProduct {
  page: Product;
  /** Other products it tells of, or would if shoppers could see them. */
  depends: string[];
  /** When one of these next changes by the clock. */
  due_at: Date | null;
}

/**
 * Everything a product page shows. One statement.
 * @returns null for what is not published, not yet published, or has no variant with a price in the currency.
 */
export async function readProduct(shop: Shop, id: string, view: Viewing): Promise<PageOfProduct | null> {
  const facts = await pageFacts(shop.db, id, view);
  const { page } = facts;
  const cards = cardsOf(
    shop,
    facts.summaries.map((each) => each.id),
    facts,
    view,
  );
  const own = cards.find(({ product }) => product === id)?.card;
  if (!own || !page) return null;
  const { options, variants: _variants, ...summary } = own;
  const at = { ...view, now: facts.now };
  const forSale = variantsForSale(
    facts.variants.filter((variant) => variant.product === id),
    at,
  );
  const images = page.images.map((image) => imageOf(shop, { ...image, alt: image.alt ?? summary.name }));
  return {
    depends: page.depends,
    due_at: earliest(cards.map(({ due_at }) => due_at)),
    page: {
      ...summary,
      description: page.description,
      featured: page.featured,
      published_at: page.published_at && new Date(page.published_at).toISOString(),
      images: images.filter((image) => image !== null),
      categories: page.categories.map(({ slug, name }) => ({ slug, name })),
      tags: page.tags,
      options,
      variants: forSale.map((variant) => fullVariant(shop, variant, at)),
      related: relatedProducts(cards, page.related),
      seo: { title: page.seo_title ?? summary.name, description: page.seo_description },
      breadcrumbs: facts.path,
    },
  };
}

function fullVariant(shop: Shop, { row, card }: VariantForSale, view: ViewingNow): Variant {
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

function relatedProducts(
  cards: readonly CardOfProduct[],
  related: { id: string; relation: 'similar' | 'accessory' | 'upsell' }[],
): Product['related'] {
  const cardOf = new Map(cards.map(({ product, card }) => [product, card]));
  return related.flatMap(({ id, relation }) => {
    const card = cardOf.get(id);
    if (!card) return [];
    const { options: _options, variants: _variants, ...summary } = card;
    return [{ ...summary, relation }];
  });
}
