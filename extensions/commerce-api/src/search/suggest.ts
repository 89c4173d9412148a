import { localesFor } from '../catalog/product-cards.ts';
import type { Shop } from '../platform/shop.ts';
import type { Suggestions, SuggestWanted } from '../providers/search.ts';
import { highlightProducts } from './highlight-products.ts';
import { rankProducts } from './rank-products.ts';
import { namedLike } from './suggest-queries.ts';

/** What may be meant by what is typed so far. Five statements at most. */
export async function suggest(
  shop: Shop,
  { q, locale, currency, limit }: SuggestWanted,
): Promise<Suggestions> {
  const ranked = await rankProducts(shop, { q, locale, currency, within: null, limit, is_begun: true });
  const products = ranked.candidates.map(({ product }) => product);
  return {
    products,
    highlights: await highlightProducts(shop, products, { locale, marked: ranked.marked }),
    ...(await namedLike(shop.db, {
      text: q.trim().toLowerCase(),
      currency,
      locales: localesFor(locale ?? undefined),
      limit,
    })),
    did_you_mean: ranked.did_you_mean,
  };
}
