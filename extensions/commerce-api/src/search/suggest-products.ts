import type { ProductCard } from '../catalog/shapes.ts';
import { earliest } from '../core/earliest.ts';
import { escapeHtml } from '../core/escape-html.ts';
import { ALL_PRODUCTS } from '../listings/all-products.ts';
import { withAddress } from '../listings/document-address.ts';
import { cardTexts, requireCurrency } from '../listings/documents.ts';
import { aspectsOf } from '../listings/listing-aspects.ts';
import { readCards, readFreshState } from '../listings/read-listing.ts';
import type { Shown } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import { breakWords, type Word } from './break-words.ts';
import { searchEngine } from './choose-engine.ts';
import { highlightText } from './highlight.ts';
import type { SuggestInput, SuggestionsFound } from './shapes.ts';

/** More products than are shown say better how what is typed may go on. */
const LOOKED_AT = 20;

/**
 * What may be meant by what is typed so far. Five statements where cards are kept; those a search adds for words hardly anybody has, or
 * that few have all of, and two for cards that are not. What shoppers may not see any more is left out, whatever the engine still knows.
 * @throws KontorError UNAVAILABLE while the shop has no settings
 */
export async function suggestProducts(
  shop: Shop,
  input: SuggestInput,
): Promise<{ suggestions: SuggestionsFound; shown: Shown }> {
  const { q, limit, locale } = input;
  // Categories and brands are looked up beside the products: what waits is worked out before either.
  const before = await readFreshState(shop, input.currency);
  requireCurrency(before);
  const { currency } = before;
  const wanted = { q, locale: locale ?? null, currency, limit: LOOKED_AT };
  const found = await searchEngine(shop).suggest(wanted);
  const { state, products } = await readCards(shop, found.products, currency, locale);
  const { cards: texts, until } = await cardTexts(shop, state, products);
  const cards = texts.map(({ text }) => JSON.parse(withAddress(shop, text)) as ProductCard);
  const typed = breakWords(q);
  const isMarked = (word: string) => typed.some(({ text }) => word.startsWith(text));
  const suggestions: SuggestionsFound = {
    queries: completions(q, typed, cards).slice(0, limit),
    products: cards.slice(0, limit).map(({ id, slug, name, image, price_from_minor }) => ({
      id,
      slug,
      name,
      name_html: found.highlights[id]?.name ?? highlightText(name, isMarked) ?? escapeHtml(name),
      image,
      price_from_minor,
      currency,
    })),
    categories: found.categories.slice(0, limit),
    brands: found.brands.slice(0, limit),
    did_you_mean: found.did_you_mean,
  };
  return {
    suggestions,
    shown: {
      products: found.products,
      // Whether a place has something for sale is seen there too: who comes to it or leaves it has other options.
      shelves: [ALL_PRODUCTS],
      aspects: aspectsOf('relevance', {}, ['category', 'brand'], true),
      until: earliest([state.until, until]),
    },
  };
}

/** The last word, as names that were found write it out, the most frequent first. */
function completions(q: string, typed: readonly Word[], cards: readonly { name: string }[]): string[] {
  const last = typed.at(-1);
  if (!last) return [];
  const counts = new Map<string, number>();
  for (const { name } of cards)
    for (const word of new Set(breakWords(name).map(({ text }) => text)))
      if (word.startsWith(last.text) && word !== last.text) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([one, of], [other, than]) => than - of || one.length - other.length || (one < other ? -1 : 1))
    .map(([word]) => q.slice(0, last.start) + word);
}
