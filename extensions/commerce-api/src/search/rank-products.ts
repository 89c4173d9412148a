/** Finds the products that some words ask for, best first, at a cost that does not grow with the catalogue. */
import { localesFor } from '../catalog/product-cards.ts';
import { isBehind, readFresh } from '../listings/read-listing.ts';
import type { Queryable } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import type { Word } from './break-words.ts';
import { dictionaryOf, wordForWithout } from './dictionaries.ts';
import { findCandidates } from './find-candidates.ts';
import {
  addSimilar,
  correctionOf,
  doubtful,
  planQuery,
  UNFINISHED,
  type LanguagePlan,
} from './plan-query.ts';
import { lookUp, similarWords, type LookedUp } from './rank-queries.ts';
import { articleCodes, readQuery, wordsAsked, wordsToStem, type ReadQuery } from './read-query.ts';
import { keptRules, readRules, type SearchRules } from './search-rules.ts';
import { stemmerFor } from './stems.ts';

/** A place in the shop, by its slug. */
export type Place = { category: string } | { brand: string } | { tag: string };

export interface RankWanted {
  q: string;
  locale: string | null;
  currency: string;
  /** Only products that are there. */
  within: Place | null;
  /** How many at most. */
  limit: number;
  /** So many are shown, or were on the pages before. */
  needed?: number;
  /** What is found will be narrowed, counted or put in another order. */
  is_thorough?: boolean;
  /** While somebody types: the last word may be the beginning of any other, however well known it is itself. */
  is_begun?: boolean;
}

export interface Ranked {
  /** Best first. */
  candidates: { product: string; score: number }[];
  /** How many there are, as far as that is known. */
  total: number;
  /** Whether more would be found for somebody who needs more. */
  has_further: boolean;
  /** Whether these are known to be all there are: not while changes of the catalogue wait. */
  is_all: boolean;
  /** What was looked for, for highlights. */
  marked: MarkedWords[];
  did_you_mean: string | null;
}

export interface MarkedWords {
  stems: ReadonlySet<string>;
  words: ReadonlySet<string>;
}

/** An article typed by its number comes before everything. */
const BY_CODE = 1_000_000;

/** Two statements; another for words hardly anybody has, and one where few have all of them. Works out first what changed and waits, if that is little. */
export async function rankProducts(shop: Shop, wanted: RankWanted): Promise<Ranked> {
  const { db } = shop;
  const words = wordsAsked(wanted.q);
  let rules = await keptRules(db);
  let found = await readFresh(shop, () => ask(db, words, rules, wanted));
  if (found.rules_version !== rules.version) {
    rules = await readRules(db);
    found = await ask(db, words, rules, wanted);
  }
  const plans = found.queries.flatMap(({ code, query }) => {
    const language = found.languages.find((each) => each.code === code);
    const isAsked = language && language.documents > 0 && query.groups.length > 0;
    return isAsked ? [planQuery(query, language, found, wanted)] : [];
  });
  await correct(db, plans);
  const { ranked, is_all, total, has_further } = await findCandidates(db, plans, {
    within: wanted.within && { id: found.shelf, size: found.shelf_size ?? 0 },
    currency: wanted.currency,
    is_thorough: wanted.is_thorough ?? false,
    is_begun: wanted.is_begun ?? false,
    needed: wanted.needed ?? 0,
  });
  const coded = new Set(found.coded);
  const all = [
    ...found.coded.map((product) => ({ product, score: BY_CODE })),
    ...ranked.filter(({ product }) => !coded.has(product)),
  ];
  return {
    candidates: all.slice(0, wanted.limit).map(({ product, score }) => ({ product, score })),
    total: Math.min(total + found.coded.length, wanted.limit),
    has_further,
    is_all: is_all && all.length <= wanted.limit && !isBehind(found),
    marked: plans.map(({ marked }) => marked),
    did_you_mean: correctionOf(wanted.q, plans),
  };
}

type Asked = LookedUp & { queries: { code: string; query: ReadQuery }[] };

/** Reads the query in each language that may be shown, and looks its words up in all of them at once. */
async function ask(
  db: Queryable,
  words: readonly Word[],
  rules: SearchRules,
  wanted: RankWanted,
): Promise<Asked> {
  const is_begun = !/\s$/.test(wanted.q);
  const queries: Asked['queries'] = [];
  for (const code of [...localesFor(wanted.locale ?? undefined), '']) {
    const dictionary = dictionaryOf(code === '' ? rules.original : code);
    const stem = await stemmerFor(db, dictionary, wordsToStem(words, rules));
    queries.push({
      code,
      query: readQuery(words, stem, rules, code, { is_begun, without: wordForWithout(dictionary) }),
    });
  }
  const terms = queries.flatMap(({ code, query }) =>
    [...new Set(query.alternatives.flatMap((each) => each.terms))].map((term) => ({ code, term })),
  );
  const last = queries[0]?.query.groups.at(-1);
  const found = await lookUp(db, {
    codes: queries.map(({ code }) => code),
    term_codes: terms.map(({ code }) => code),
    terms: terms.map(({ term }) => term),
    beginning: last?.is_last ? last.word : '',
    endings: queries.map(({ query }) => (wanted.is_begun ? null : (query.groups.at(-1)?.term ?? null))),
    common: UNFINISHED,
    article_codes: articleCodes(wanted.q, words),
    category: null,
    brand: null,
    tag: null,
    ...wanted.within,
    currency: wanted.currency,
  });
  return { ...found, queries };
}

async function correct(db: Queryable, plans: readonly LanguagePlan[]): Promise<void> {
  const asked = plans.flatMap(doubtful);
  if (asked.length === 0) return;
  const similar = await similarWords(db, asked);
  for (const planned of plans) addSimilar(planned, similar);
}
