/** Stems of words, by PostgreSQL's own dictionaries. A stem never changes, so a process keeps those it has asked for. */
import { LRUCache } from 'lru-cache';
import type { Queryable } from '../platform/database.ts';
import { hasDigit } from './break-words.ts';
import type { Dictionary } from './dictionaries.ts';
import { stemsOf } from './index-queries.ts';

const MOST_KEPT = 60_000;
/** Empty: a word the language has everywhere. */
const kept = new LRUCache<string, string>({ max: MOST_KEPT });

/** The stem of a word, null for one the language has everywhere. */
export type Stemmer = (word: string) => string | null;

/** @returns a stemmer that knows these words; others stay as they are */
export async function stemmerFor(
  db: Queryable,
  dictionary: Dictionary,
  words: Iterable<string>,
): Promise<Stemmer> {
  if (dictionary === 'simple') return (word) => word;
  const stems = new Map<string, string>();
  const missing: string[] = [];
  for (const word of words) {
    if (stems.has(word) || hasDigit(word)) continue;
    const known = kept.get(`${dictionary} ${word}`);
    stems.set(word, known ?? '');
    if (known === undefined) missing.push(word);
  }
  if (missing.length > 0) {
    for (const { word, stem } of await stemsOf(db, `${dictionary}_stem`, missing)) {
      stems.set(word, stem);
      kept.set(`${dictionary} ${word}`, stem);
    }
  }
  return (word) => {
    const stem = stems.get(word);
    return stem === undefined ? word : stem === '' ? null : stem;
  };
}
