import type { ShownText } from '../listings/filter-queries.ts';
import type { Shop } from '../platform/shop.ts';
import type { Highlight } from '../providers/search.ts';
import { breakWords } from './break-words.ts';
import { dictionaryOf } from './dictionaries.ts';
import { highlightPiece, highlightText, wordsLike } from './highlight.ts';
import { plainText } from './plain-text.ts';
import type { MarkedWords } from './rank-products.ts';
import { keptRules } from './search-rules.ts';
import { stemmerFor } from './stems.ts';

/** What was searched for, marked in the names and descriptions of one page. No statement, seldom one: stems a process knows it keeps. */
export async function highlightProducts(
  shop: Shop,
  texts: readonly ShownText[],
  marked: readonly MarkedWords[],
): Promise<Record<string, Highlight>> {
  if (texts.length === 0 || marked.length === 0) return {};
  const { original } = await keptRules(shop.db);
  const stems = new Set(marked.flatMap((each) => [...each.stems]));
  const words = new Set(marked.flatMap((each) => [...each.words]));
  const shown = texts.map((text) => ({
    ...text,
    name: broken(text.name),
    description: broken(plainText(text.description ?? '')),
  }));
  const highlights: Record<string, Highlight> = {};
  for (const code of new Set(shown.map((text) => text.code))) {
    const alike = shown.filter((text) => text.code === code);
    const like = wordsLike(
      alike.flatMap(({ name, description }) => [name.words, description.words]),
      stems,
    );
    const stem = await stemmerFor(shop.db, dictionaryOf(code === '' ? original : code), like);
    const isMarked = (word: string) => stems.has(stem(word) ?? word) || words.has(word);
    for (const { product, name, description } of alike) {
      const marks = {
        name: highlightText(name.text, isMarked, name.words),
        description: highlightPiece(description.text, isMarked, description.words),
      };
      const found = Object.entries(marks).filter(([, html]) => html !== undefined);
      if (found.length > 0) highlights[product] = Object.fromEntries(found);
    }
  }
  return highlights;
}

function broken(text: string) {
  return { text, words: breakWords(text) };
}
