import { localesFor, productCards } from '../catalog/product-cards.ts';
import { escapeHtml } from '../core/escape-html.ts';
import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import { breakWords, type Word } from './break-words.ts';
import { searchEngine } from './choose-engine.ts';
import { highlightText } from './highlight.ts';
import type { SuggestInput, SuggestionsFound } from './shapes.ts';
import { shopCurrency } from './suggest-queries.ts';

/** More products than are shown say better how what is typed may go on. */
const LOOKED_AT = 20;

/**
 * What may be meant by what is typed so far. Four statements; one more for the currency of the shop, and those a search adds for words
 * hardly anybody has. What shoppers may not see any more is left out, whatever the engine still knows.
 * @throws KontorError UNAVAILABLE while the shop has no settings
 */
export async function suggestProducts(shop: Shop, input: SuggestInput): Promise<SuggestionsFound> {
  const { q, limit, locale = null } = input;
  const currency = input.currency ?? (await shopCurrency(shop.db));
  if (currency === undefined) throw new KontorError('UNAVAILABLE');
  const found = await searchEngine(shop).suggest({ q, locale, currency, limit: LOOKED_AT });
  const view = { currency, locales: localesFor(locale ?? undefined) };
  const cards = (await productCards(shop, found.products, view)).flatMap(({ card }) => card ?? []);
  const typed = breakWords(q);
  const isMarked = (word: string) => typed.some(({ text }) => word.startsWith(text));
  return {
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
