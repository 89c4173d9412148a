import type { Shop } from '../platform/shop.ts';
import { groupBy } from '../core/group-by.ts';
import { imageUrl } from './image-url.ts';
import { cardFacts, type CardFacts, type SummaryRow, type VariantRow } from './queries.ts';
import type { Image, ProductCard, ProductSummary, VariantCard } from './shapes.ts';
import { nextPriceChange, shopperPrice } from './variant-price.ts';

/** For whom the catalogue is shown: the currency prices are in, and the languages texts may be in, most wanted first. */
export interface Viewing {
  currency: string;
  /** Empty for the original texts. */
  locales: string[];
}

/** The same at a moment, the database's: the one by which carts are priced too. */
export interface ViewingNow extends Viewing {
  now: Date;
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

/** A product as lists show it. */
export interface CardOfProduct {
  product: string;
  /** Null when shoppers may not see it, or nothing of it is for sale. */
  card: ProductCard | null;
  /** When it next changes by the clock: it begins to be seen, or a price list starts or ends. */
  due_at: Date | null;
}

/** Cards of products in the order of `ids`, leaving out what there is no such product of. One statement whatever their number. */
export async function productCards(
  shop: Shop,
  ids: readonly string[],
  view: Viewing,
): Promise<CardOfProduct[]> {
  if (ids.length === 0) return [];
  return cardsOf(shop, ids, await cardFacts(shop.db, [...ids], view), view);
}

/** The same from facts that are known already. */
export function cardsOf(
  shop: Shop,
  ids: readonly string[],
  facts: CardFacts,
  view: Viewing,
): CardOfProduct[] {
  const at = { ...view, now: facts.now };
  const summaryOf = new Map(facts.summaries.map((summary) => [summary.id, summary]));
  const variantsOf = groupBy(facts.variants, (variant) => variant.product);
  return ids.flatMap((product) => {
    const row = summaryOf.get(product);
    if (!row) return [];
    const variants = variantsOf.get(product) ?? [];
    const forSale = variantsForSale(variants, at);
    const summary = row.is_visible ? summarise(shop, row, forSale, at) : null;
    const card = summary && {
      ...summary,
      options: row.options ?? [],
      variants: forSale.map((variant) => variant.card),
    };
    return [{ product, card, due_at: nextMoment(row, variants, facts.now) }];
  });
}

function nextMoment(row: SummaryRow, variants: readonly VariantRow[], now: Date): Date | null {
  // PostgreSQL counts microseconds: within the millisecond it begins in, it may not have begun.
  const begins = row.published_at === null ? 0 : new Date(row.published_at).getTime() + 1;
  if (begins > now.getTime()) return new Date(begins);
  return nextPriceChange(
    variants.flatMap((variant) => variant.prices),
    now,
  );
}

/** The variants that have a price in the viewed currency. */
export function variantsForSale(variants: readonly VariantRow[], view: ViewingNow): VariantForSale[] {
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
function summarise(
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
