/** The words merchants say mean the same, and those they have left out. A process keeps them until their version is another. */
import type { Queryable } from '../platform/database.ts';
import { breakWords } from './break-words.ts';
import { searchRules } from './rules-queries.ts';

/** Folded words of a phrase. */
export type Phrase = readonly string[];

export interface SearchRules {
  version: number;
  /** The language of the original texts. */
  original: string;
  /** A phrase typed, and what else it finds. */
  synonyms: readonly { language: string | null; typed: Phrase; also: readonly Phrase[] }[];
  stop_words: readonly { language: string | null; word: string }[];
}

/** By database: tests have several in one process. */
const kept = new WeakMap<object, SearchRules>();

/** Those this process knows. Whoever looks words up learns whether their version still counts. */
export async function keptRules(db: Queryable): Promise<SearchRules> {
  return kept.get(db) ?? readRules(db);
}

export async function readRules(db: Queryable): Promise<SearchRules> {
  const { version, original, synonyms, stop_words } = await searchRules(db);
  const rules: SearchRules = {
    version,
    original,
    synonyms: synonyms.flatMap(({ kind, word, words, language }) => {
      const phrases = words.map(phraseOf).filter((phrase) => phrase.length > 0);
      if (kind === 'one_way') return [{ language, typed: phraseOf(word ?? ''), also: phrases }];
      return phrases.map((typed) => ({
        language,
        typed,
        also: phrases.filter((phrase) => phrase !== typed),
      }));
    }),
    stop_words: stop_words.flatMap(({ word, language }) =>
      phraseOf(word).map((each) => ({ language, word: each })),
    ),
  };
  kept.set(db, rules);
  return rules;
}

function phraseOf(text: string): Phrase {
  return breakWords(text).map((word) => word.text);
}

/** Whether a rule for a language, or for all, counts for texts in this one. The empty code stands for the original texts. */
export function isForLanguage(rule: string | null, code: string, original: string): boolean {
  if (rule === null) return true;
  const language = rule.toLowerCase();
  return language === code.toLowerCase() || (code === '' && language.split(/[-_]/, 1)[0] === original);
}
