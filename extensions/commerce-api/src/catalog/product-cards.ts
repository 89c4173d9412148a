import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import { groupBy } from '../core/group-by.ts';
import { imageUrl } from './image-url.ts';
import {
  productSummaries,
  publishedVariants,
  shopMoment,
  type SummaryRow,
  type VariantRow,
} from './queries.ts';
import type { Image, ProductCard, ProductSummary, VariantCard } from './shapes.ts';
import { shopperPrice } from './variant-price.ts';

/** For whom the catalogue is shown: the currency prices are in, the languages texts may be in, and when. */
export interface Viewing {
  currency: string;
  /** Most wanted first; empty for the original texts. */
  locales: string[];
  now: Date;
}

/** @throws KontorError UNAVAILABLE while the shop has no settings. */
export async function viewing(
  shop: Shop,
  wanted: { currency?: string | undefined; locale?: string | undefined },
): Promise<Viewing> {
  const moment = await shopMoment(shop.db);
  if (!moment) throw new KontorError('UNAVAILABLE');
  return {
    currency: wanted.currency ?? moment.currency,
    locales: localesFor(wanted.locale),
    now: moment.now,
  };
}

/** The wanted locale, then its language: `de-AT` is served by `de` where it has no texts of its own. */
export function localesFor(locale: string | undefined): string[] {
  if (locale === undefined) return [];
  const language = locale.split('-')[0] ?? locale;
  return language === locale ? [locale] : [locale, language];
}

/** A variant with what the shopper pays for one. */
export interface VariantForSale {
  row: VariantRow;
  card: VariantCard;
}

/** Cards of products in the order of `ids`, leaving out what has no variant for sale. Two statements whatever their number. */
export async function productCards(shop: Shop, ids: string[], view: Viewing): Promise<ProductCard[]> {
  if (ids.length === 0) return [];
  const [summaries, variants] = await Promise.all([
    productSummaries(shop.db, ids, view.locales),
    publishedVariants(shop.db, ids, view.currency),
  ]);
  const summaryOf = new Map(summaries.map((summary) => [summary.id, summary]));
  const variantsOf = groupBy(variants, (variant) => variant.product);
  return ids.flatMap((id) => {
    const row = summaryOf.get(id);
    const forSale = variantsForSale(variantsOf.get(id) ?? [], view);
    const summary = row ? summarise(shop, row, forSale, view) : null;
    if (!row || !summary) return [];
    return [{ ...summary, options: row.options ?? [], variants: forSale.map(({ card }) => card) }];
  });
}

/** The variants that have a price in the viewed currency. */
export function variantsForSale(variants: readonly VariantRow[], view: Viewing): VariantForSale[] {
  return variants.flatMap((row) => {
    const price = shopperPrice(row, view.currency, view.now);
    if (!price) return [];
    const { id, sku, title, in_stock } = row;
    return [
      {
        row,
        card: {
          id,
          sku,
          title,
          option_values: row.option_values ?? {},
          ...price,
          currency: view.currency,
          in_stock,
        },
      },
    ];
  });
}

/** Null when nothing of the product is for sale. */
export function summarise(
  shop: Shop,
  row: SummaryRow,
  forSale: readonly VariantForSale[],
  view: Viewing,
): ProductSummary | null {
  const cards = forSale.map(({ card }) => card);
  const [first, ...others] = cards;
  if (!first) return null;
  const cheapest = others.reduce((low, card) => (card.price_minor < low.price_minor ? card : low), first);
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    subtitle: row.subtitle,
    kind: row.kind,
    brand: row.brand,
    image: imageOf(shop, { file: row.image_file, url: row.image_url, alt: row.image_alt }),
    price_from_minor: cheapest.price_minor,
    price_to_minor: Math.max(...cards.map((card) => card.price_minor)),
    compare_at_from_minor: cheapest.compare_at_price_minor,
    currency: view.currency,
    rating_average: row.rating_average,
    rating_count: row.rating_count,
    in_stock: cards.some((card) => card.in_stock),
  };
}

/** A picture with its words; null where there is none. */
export function imageOf(
  shop: Shop,
  image: { file: string | null; url?: string | null; alt: string | null },
): Image | null {
  const url = imageUrl(shop.env, image);
  return url ? { url, alt: image.alt } : null;
}
