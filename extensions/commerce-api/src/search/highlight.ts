/** Marks what was searched for in what was found, as HTML: everything but `<mark>` is escaped. */
import { escapeHtml } from '../core/escape-html.ts';
import { breakWords, hasDigit, type Word } from './break-words.ts';

/** Says whether a word is one of those searched for. */
export type IsMarked = (word: string) => boolean;

/** How much of a description is shown around what was found. */
const SNIPPET = 160;

/**
 * The whole text. Undefined when nothing of it is marked.
 * @param words those of the text, where they are known
 */
export function highlightText(
  text: string,
  isMarked: IsMarked,
  words: readonly Word[] = breakWords(text),
): string | undefined {
  const hits = words.filter((word) => isMarked(word.text));
  return hits.length === 0 ? undefined : written(text, hits, 0, text.length);
}

/** A piece of a long text, where most different words that were searched for are. Undefined when none is. */
export function highlightPiece(
  text: string,
  isMarked: IsMarked,
  words: readonly Word[] = breakWords(text),
): string | undefined {
  if (text.length <= SNIPPET) return highlightText(text, isMarked, words);
  const hits = words.filter((word) => isMarked(word.text));
  const [first] = hits;
  if (!first) return undefined;
  let start = first.start;
  let most = 0;
  for (const hit of hits) {
    const within = hits.filter((other) => other.start >= hit.start && other.end <= hit.start + SNIPPET);
    const different = new Set(within.map((other) => other.text)).size;
    if (different > most) [most, start] = [different, hit.start];
  }
  // A few words before what was found, and no word cut in two.
  const from =
    words.find((word) => word.start >= Math.min(start - SNIPPET / 4, text.length - SNIPPET))?.start ?? 0;
  const begin = from < SNIPPET / 8 ? 0 : Math.min(from, start);
  const end = words.findLast((word) => word.end <= begin + SNIPPET)?.end ?? begin + SNIPPET;
  const last = end > text.length - SNIPPET / 8 ? text.length : end;
  const piece = written(text, hits, begin, last);
  return `${begin > 0 ? '… ' : ''}${piece}${last < text.length ? ' …' : ''}`;
}

function written(text: string, hits: readonly Word[], begin: number, end: number): string {
  let html = '';
  let done = begin;
  for (const hit of hits) {
    if (hit.start < done || hit.end > end) continue;
    html += `${escapeHtml(text.slice(done, hit.start))}<mark>${escapeHtml(text.slice(hit.start, hit.end))}</mark>`;
    done = hit.end;
  }
  return html + escapeHtml(text.slice(done, end));
}

/** Which words of texts may have one of these stems: looking up the stem of every word would cost more than the search. */
export function wordsLike(texts: readonly (readonly Word[])[], stems: Iterable<string>): Set<string> {
  // Stemmers leave the beginning of a word alone.
  const beginnings = [...stems].map((stem) => stem.slice(0, Math.max(2, stem.length - 2)));
  const like = new Set<string>();
  for (const text of texts)
    for (const { text: word } of text)
      if (!hasDigit(word) && beginnings.some((beginning) => word.startsWith(beginning))) like.add(word);
  return like;
}
