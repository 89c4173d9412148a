/** Whether and how well a document matches a query: words, prefixes, typos and synonyms. */
import { tokens, wordsOf, type Document } from './documents.ts';
import type { Settings } from './settings.ts';

/** More words are not looked at. */
const MOST_WORDS = 10;
const LONGEST_SYNONYM = 3;

export type Query = {
  words: string[];
  /** The last word may be the beginning of one. */
  is_prefix: boolean;
};

/** How one word of the query was found. */
export type WordMatch = {
  typos: number;
  /** Position of the attribute among the searchable ones. */
  attribute: number;
  is_exact: boolean;
};

/** By word of the query; undefined where it was not found. */
export type Match = (WordMatch | undefined)[];

export function readQuery(q: string, { stopWords }: Settings): Query {
  const stopped = new Set(stopWords.flatMap((word) => tokens(word).map((token) => token.word)));
  const all = tokens(q).slice(0, MOST_WORDS);
  const last = all.at(-1);
  const words = all.map(({ word }) => word).filter((word) => !stopped.has(word));
  return { words, is_prefix: last !== undefined && last.word === words.at(-1) && !/\s$/.test(q) };
}

export function matchDocument(
  { words, is_prefix }: Query,
  document: Document,
  attributes: readonly string[],
  settings: Settings,
): Match {
  const match: Match = words.map(() => undefined);
  attributes.forEach((attribute, position) => {
    const said = wordsOf(document, attribute);
    if (said.length === 0) return;
    const isTypoFree = settings.typoTolerance.disableOnAttributes.includes(attribute);
    words.forEach((word, index) => {
      const allowed = isTypoFree ? 0 : typosAllowed(word, settings);
      const isPrefix = is_prefix && index === words.length - 1;
      for (const each of said) {
        const found = compare(word, each, allowed, isPrefix);
        if (found) better(match, index, { ...found, attribute: position });
      }
    });
    for (const { from, count, phrases } of synonymsOf(words, settings)) {
      if (!phrases.some((phrase) => holdsPhrase(said, phrase))) continue;
      for (let index = from; index < from + count; index += 1)
        better(match, index, { typos: 0, attribute: position, is_exact: false });
    }
  });
  return match;
}

function better(match: Match, index: number, found: WordMatch): void {
  const known = match[index];
  const rank = ({ typos, is_exact, attribute }: WordMatch) =>
    typos * 10_000 + (is_exact ? 0 : 1000) + attribute;
  if (!known || rank(found) < rank(known)) match[index] = found;
}

function typosAllowed(word: string, { typoTolerance }: Settings): number {
  const { enabled, disableOnNumbers, disableOnWords, minWordSizeForTypos } = typoTolerance;
  if (!enabled || disableOnWords.includes(word) || (disableOnNumbers && /^\p{N}+$/u.test(word))) return 0;
  if (word.length >= minWordSizeForTypos.twoTypos) return 2;
  return word.length >= minWordSizeForTypos.oneTypo ? 1 : 0;
}

/** How a word of a query is in a word of a document. */
export function compare(
  word: string,
  said: string,
  allowed: number,
  is_prefix: boolean,
): Pick<WordMatch, 'typos' | 'is_exact'> | undefined {
  if (word === said) return { typos: 0, is_exact: true };
  if (is_prefix && said.startsWith(word)) return { typos: 0, is_exact: false };
  if (allowed === 0) return undefined;
  const lengths = is_prefix ? [-2, -1, 0, 1, 2].map((more) => word.length + more) : [said.length];
  let least = allowed + 1;
  for (const length of lengths) {
    if (length < 1 || Math.abs(length - word.length) > allowed || length > said.length) continue;
    least = Math.min(least, distance(word, said.slice(0, length)));
  }
  return least <= allowed ? { typos: least, is_exact: false } : undefined;
}

/** Letters changed, added, left out or exchanged with their neighbour. A first letter that differs counts twice. */
function distance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const cost = one[i - 1] === other[j - 1] ? 0 : 1;
      let least = Math.min(at(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, at(rows, i - 1, j - 1) + cost);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        least = Math.min(least, at(rows, i - 2, j - 2) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  const edits = at(rows, one.length, other.length);
  return edits > 0 && one[0] !== other[0] ? edits + 1 : edits;
}

function at(rows: readonly number[][], i: number, j: number): number {
  return rows[i]?.[j] ?? 0;
}

/** What stands for words of the query, one after the other. */
function synonymsOf(
  words: readonly string[],
  { synonyms }: Settings,
): { from: number; count: number; phrases: string[][] }[] {
  const entries = Object.entries(synonyms).map(([key, others]) => [phraseOf(key).join(' '), others] as const);
  if (entries.length === 0) return [];
  const known = new Map(entries);
  const found: { from: number; count: number; phrases: string[][] }[] = [];
  for (let count = 1; count <= LONGEST_SYNONYM; count += 1)
    for (let from = 0; from + count <= words.length; from += 1) {
      const others = known.get(words.slice(from, from + count).join(' '));
      if (others) found.push({ from, count, phrases: others.map(phraseOf) });
    }
  return found;
}

function phraseOf(text: string): string[] {
  return tokens(text).map(({ word }) => word);
}

function holdsPhrase(said: readonly string[], phrase: readonly string[]): boolean {
  if (phrase.length === 0) return false;
  return said.some((_, from) => phrase.every((word, index) => said[from + index] === word));
}
