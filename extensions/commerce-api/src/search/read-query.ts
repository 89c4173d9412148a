/** What a query asks for: groups, one for each word that counts, and what may stand for them. Knows no database. */
import { breakWords, codeOf, hasDigit, type Word } from './break-words.ts';
import { isForLanguage, type SearchRules } from './search-rules.ts';
import type { Stemmer } from './stems.ts';

/** Past these a query is no longer read: nobody types so many, and each costs. */
const MOST_WORDS = 12;

/** A word that counts. */
export interface Group {
  word: string;
  term: string;
  /** Where it stands in what was typed. */
  start: number;
  end: number;
  /**
   * It ranks what other words find, and finds nothing itself: a word its language has everywhere, or one that is not to be there, as
   * "stem" in "glasses without stem".
   */
  is_weak: boolean;
  /** The shopper may not have finished typing it. */
  is_last: boolean;
}

/** Something that stands for the groups `from`..`to`. All its terms must be there. */
export interface Alternative {
  from: number;
  to: number;
  terms: string[];
  /** 1 is as good as the word itself. */
  weight: number;
  /** Its two terms must be neighbours in the name. */
  is_pair: boolean;
}

export interface ReadQuery {
  groups: Group[];
  alternatives: Alternative[];
}

const SYNONYM = 0.9;
const JOINED = 0.95;

export function wordsAsked(q: string): Word[] {
  return breakWords(q).slice(0, MOST_WORDS);
}

/** Everything a stemmer must know to read the query. */
export function wordsToStem(words: readonly Word[], { synonyms }: SearchRules): string[] {
  const texts = words.map(({ text }) => text);
  const joined = texts.slice(1).map((text, index) => (texts[index] ?? '') + text);
  const known = new Set(texts);
  const others = synonyms
    .filter(({ typed }) => typed.every((word) => known.has(word)))
    .flatMap(({ also }) => also.flat());
  return [...texts, ...joined, ...texts.flatMap(split), ...others];
}

/** "17inch" is "17 inch": numbers and the letters after them. */
export function split(word: string): string[] {
  const parts = /^([0-9]+(?:\.[0-9]+)?)(\p{L}{1,12})$/u.exec(word);
  return parts ? [parts[1] ?? '', parts[2] ?? ''] : [];
}

export function readQuery(
  words: readonly Word[],
  stem: Stemmer,
  rules: SearchRules,
  code: string,
  { is_begun, without }: { is_begun: boolean; without: string | null },
): ReadQuery {
  const isStopped = (word: string) =>
    rules.stop_words.some((each) => each.word === word && isForLanguage(each.language, code, rules.original));
  const left = words.filter(({ text }) => !isStopped(text));
  const counted = left.length > 0 ? left : words;
  const border = counted.findIndex(({ text }) => text === without);
  const isWanted = (index: number) => border <= 0 || index < border;
  const hasStrong = counted.some(({ text }, index) => isWanted(index) && stem(text) !== null);
  const groups = counted.map(({ text, start, end }, index): Group => {
    const is_last = is_begun && index === counted.length - 1;
    return {
      word: text,
      term: stem(text) ?? text,
      start,
      end,
      is_weak: hasStrong && (stem(text) === null || !isWanted(index)),
      is_last,
    };
  });
  const alternatives = groups.map(({ term }, index): Alternative => one(index, index, [term], 1));
  groups.forEach(({ word }, index) => {
    const next = groups[index + 1];
    if (next && counted[index + 1]?.at === (counted[index]?.at ?? 0) + 1) {
      const joined = word + next.word;
      alternatives.push(one(index, index + 1, [stem(joined) ?? joined], JOINED));
    }
    const parts = split(word);
    if (parts.length === 2)
      alternatives.push({
        ...one(
          index,
          index,
          parts.map((part) => stem(part) ?? part),
          JOINED,
        ),
        is_pair: true,
      });
  });
  alternatives.push(...synonymsOf(groups, stem, rules, code));
  return { groups, alternatives };
}

function one(from: number, to: number, terms: string[], weight: number): Alternative {
  return { from, to, terms, weight, is_pair: false };
}

/** Phrases are compared by their stems, so that "sofas" are couches, too. */
function synonymsOf(
  groups: readonly Group[],
  stem: Stemmer,
  rules: SearchRules,
  code: string,
): Alternative[] {
  const termsOf = (phrase: readonly string[]) => phrase.map((word) => stem(word) ?? word);
  return rules.synonyms.flatMap(({ language, typed, also }) => {
    if (typed.length === 0 || !isForLanguage(language, code, rules.original)) return [];
    const terms = termsOf(typed);
    return groups.flatMap((_, from) => {
      if (!terms.every((term, index) => groups[from + index]?.term === term)) return [];
      return also.map((phrase) => one(from, from + terms.length - 1, termsOf(phrase), SYNONYM));
    });
  });
}

/** What of a query may be a SKU or barcode, whole: all of it, or any word with a digit. */
export function articleCodes(q: string, words: readonly Word[]): string[] {
  const parts = [q, ...q.split(/\s+/), ...words.map(({ text }) => text)].map(codeOf);
  return [...new Set(parts.filter((code) => code.length >= 3 && code.length <= 64 && hasDigit(code)))];
}
