/** Works out how products are listed, by the same cards and prices shoppers are shown. */
import { localesFor, productCards } from '../catalog/product-cards.ts';
import type { ProductCard } from '../catalog/shapes.ts';
import { earliest } from '../core/earliest.ts';
import { nameKey } from '../core/name-key.ts';
import { priceStep } from '../core/price-steps.ts';
import type { Shop } from '../platform/shop.ts';
import { ALL_PRODUCTS } from './all-products.ts';
import { forStoring } from './document-address.ts';
import { optionFacet } from './listing-filter.ts';
import type { FreshListing, KnownProduct, ListingFacts } from './refresh-queries.ts';

export interface Projection {
  listings: FreshListing[];
  /** Of every product that exists. */
  known: KnownProduct[];
}

/** One statement for each currency. `locales` are those that names are sorted in. */
export async function projectProducts(
  shop: Shop,
  facts: readonly ListingFacts[],
  locales: readonly string[],
): Promise<Projection> {
  const storing = forStoring(shop);
  const listings: FreshListing[] = [];
  const dueOf = new Map<string, Date | null>(facts.map(({ product }) => [product, null]));
  const factsOf = new Map(facts.map((each) => [each.product, each]));
  for (const currency of new Set(facts.flatMap(({ currencies }) => currencies))) {
    const sold = facts.filter(({ currencies }) => currencies.includes(currency));
    const ids = sold.map(({ product }) => product);
    for (const { product, card, due_at } of await productCards(storing, ids, { currency, locales: [] })) {
      dueOf.set(product, earliest([dueOf.get(product) ?? null, due_at]));
      const of = factsOf.get(product);
      if (card && of) listings.push(listing(of, card, locales));
    }
  }
  const known = facts.map(({ product, text_hash }) => ({
    product,
    due_at: dueOf.get(product) ?? null,
    text_hash,
  }));
  return { listings, known };
}

function listing(of: ListingFacts, card: ProductCard, locales: readonly string[]): FreshListing {
  return {
    currency: card.currency,
    product: of.product,
    newest_at: of.newest_at,
    price_from_minor: card.price_from_minor,
    price_to_minor: card.price_to_minor,
    name_key: nameKey(of.name),
    name_keys: Object.fromEntries(locales.map((locale) => [locale, nameKey(nameIn(of, locale))])),
    rating: of.rating,
    rating_count: card.rating_count,
    popularity: of.popularity,
    in_stock: card.in_stock,
    featured: of.featured,
    sort: of.sort,
    brand: of.brand,
    shelves: [ALL_PRODUCTS, ...of.categories, ...(of.brand === null ? [] : [of.brand]), ...of.tags],
    facets: facetsOf(of, card),
    ...ranks(of, card),
    card: JSON.stringify(card),
  };
}

function nameIn(of: ListingFacts, locale: string): string {
  const spoken = localesFor(locale).find((each) => of.names[each] !== undefined);
  return spoken === undefined ? of.name : (of.names[spoken] ?? of.name);
}

/** "facet:value", each once. */
function facetsOf(of: ListingFacts, card: ProductCard): string[] {
  const options = card.variants.flatMap((variant) => Object.entries(variant.option_values));
  return [
    ...of.categories.map((category) => `category:${category}`),
    ...(of.brand === null ? [] : [`brand:${of.brand}`]),
    ...of.tags.map((tag) => `tag:${tag}`),
    ...new Set(options.map(([name, value]) => optionFacet(name, value))),
    `in_stock:${card.in_stock}`,
    `featured:${of.featured}`,
    `price:${priceStep(card.price_from_minor)}`,
    ...(of.rating === null ? [] : [`rating:${Math.floor(of.rating)}`]),
  ];
}

const NEVER_SORTED = 2 ** 31;
const STANDARD = 2 ** 33;

/** What is sorted by, ascending, best first; whole numbers, so that a place in the order can be told exactly. */
function ranks(of: ListingFacts, card: ProductCard) {
  return {
    age_rank: of.age_rank,
    featured_rank: (of.featured ? 0 : STANDARD) + (of.sort ?? NEVER_SORTED),
    popularity_rank: of.popularity === null ? 0 : -Math.round(of.popularity * 10_000),
    rating_rank:
      of.rating === null
        ? 0
        : -(Math.round(of.rating * 100) * 1_000_000 + Math.min(card.rating_count, 999_999)),
  };
}
