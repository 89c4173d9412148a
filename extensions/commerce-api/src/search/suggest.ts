import { localesFor } from '../catalog/product-cards.ts';
import type { Shop } from '../platform/shop.ts';
import type { Suggestions, SuggestWanted } from '../providers/search.ts';
import { rankProducts } from './rank-products.ts';
import { namedLike } from './suggest-queries.ts';

/** What may be meant by what is typed so far. Three statements, as far as every word is known. */
export async function suggest(
  shop: Shop,
  { q, locale, currency, limit }: SuggestWanted,
): Promise<Suggestions> {
  const locales = localesFor(locale ?? undefined);
  const [ranked, named] = await Promise.all([
    rankProducts(shop, { q, locale, currency, within: null, limit, is_begun: true }),
    namedLike(shop.db, { text: q.trim().toLowerCase(), currency, locales, limit }),
  ]);
  return {
    products: ranked.candidates.map(({ product }) => product),
    // Names are marked where they are read: by what was typed, as far as it goes.
    highlights: {},
    ...named,
    did_you_mean: ranked.did_you_mean,
  };
}
