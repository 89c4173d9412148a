/** From words to keys: what is known of a query's words, in one language, and what else may stand for them. */
import { groupBy } from '../core/group-by.ts';
import { editDistance } from './edit-distance.ts';
import { hasDigit } from './break-words.ts';
import { pairKey } from './posting-key.ts';
import type { AskedWord, KnownWord, LookedUp, SimilarWord } from './rank-queries.ts';
import type { ReadQuery } from './read-query.ts';
import { worthOf, type QueryPlan } from './score-candidates.ts';
import { pairOf } from './weigh-terms.ts';

export interface WordList {
  key: number;
  /** How many documents it has, or may have. */
  documents: number;
}

export interface LanguagePlan {
  plan: QueryPlan;
  query: ReadQuery;
  /** How many documents there are, and how many the words of each group are in. */
  documents: number;
  counts: number[];
  /** By group: what is read to find candidates, the best first. */
  lists: WordList[][];
  /** What a highlight marks. */
  marked: { stems: Set<string>; words: Set<string> };
  /** Word typed → word meant. */
  corrections: Map<string, string>;
}

/** A word that more products have is meant as it is written: no corrections, no completions. */
const RARE = 3;
export const UNFINISHED = 25;
/** Each word that stands for another is looked for in every candidate. While somebody types, as many as are known do. */
const MOST_COMPLETIONS = 8;
const SHORTEST_CORRECTED = 4;
const MOST_CORRECTIONS = 5;
/** How many times as common what is meant must be. */
const MUCH_COMMONER = 10;

/** What stands for a word, by how much it is worth beside it. */
export const INSTEAD = { begun: 0.8, one_typo: 0.75, two_typos: 0.5 };

export function planQuery(
  query: ReadQuery,
  language: LookedUp['languages'][number],
  found: LookedUp,
  { is_begun = false }: { is_begun?: boolean | undefined },
): LanguagePlan {
  const terms = new Map(
    found.terms.filter((each) => each.language === language.id).map((each) => [each.term, each]),
  );
  const counts = query.groups.map(() => 0);
  const alternatives: QueryPlan['alternatives'] = [];
  const lists: WordList[][] = query.groups.map(() => []);
  const marked = { stems: new Set<string>(), words: new Set<string>() };
  for (const { from, to, terms: wanted, weight, is_pair } of query.alternatives) {
    const known = wanted.flatMap((term) => terms.get(term) ?? []);
    if (known.length < wanted.length) continue;
    const pair = wanted.length === 2 ? pairKey(language.id, pairOf(wanted[0] ?? '', wanted[1] ?? '')) : null;
    alternatives.push({
      from,
      to,
      weight,
      keys: is_pair && pair !== null ? [pair] : known.map(({ id }) => id),
    });
    for (const term of wanted) marked.stems.add(term);
    const documents = Math.min(...known.map((term) => term.documents));
    for (let group = from; group <= to; group += 1)
      counts[group] = (counts[group] ?? 0) + (is_pair ? 0 : documents);
    if (query.groups.slice(from, to + 1).some(({ is_weak }) => !is_weak))
      lists[from]?.push({ key: pair ?? known[0]?.id ?? 0, documents });
  }
  const planned: LanguagePlan = {
    query,
    documents: language.documents,
    counts,
    lists,
    marked,
    corrections: new Map(),
    plan: {
      language: language.id,
      alternatives,
      groups: query.groups.map(({ is_weak }) => ({ is_weak, worth: 0 })),
      pairs: query.groups.slice(1).map((group, index) => ({
        one: index,
        other: index + 1,
        key: pairKey(language.id, pairOf(query.groups[index]?.term ?? '', group.term)),
      })),
    },
  };
  const last = query.groups.length - 1;
  if (query.groups[last]?.is_last && (is_begun || (counts[last] ?? 0) < UNFINISHED))
    for (const word of found.begun
      .filter((each) => each.language === language.id)
      .slice(0, is_begun ? undefined : MOST_COMPLETIONS))
      standIn(planned, last, word, INSTEAD.begun);
  counts.forEach((_, group) => weigh(planned, group));
  return planned;
}

/** Lets a word stand for a group. */
function standIn(
  { plan, lists, counts, marked }: LanguagePlan,
  group: number,
  word: KnownWord,
  weight: number,
): void {
  if (plan.alternatives.some(({ from, keys }) => from === group && keys.length === 1 && keys[0] === word.id))
    return;
  plan.alternatives.push({ from: group, to: group, keys: [word.id], weight });
  lists[group]?.push({ key: word.id, documents: word.documents });
  counts[group] = (counts[group] ?? 0) + word.documents;
  marked.words.add(word.word);
}

function weigh({ plan, counts, documents }: LanguagePlan, index: number): void {
  const group = plan.groups[index];
  if (group) group.worth = worthOf(counts[index] ?? 0, documents);
}

/** The words that may be mistyped: hardly anybody has them. */
export function doubtful({ plan, query, counts }: LanguagePlan): AskedWord[] {
  return query.groups.flatMap(({ word, is_weak }, index) => {
    const documents = counts[index] ?? 0;
    if (is_weak || documents > RARE || word.length < SHORTEST_CORRECTED || hasDigit(word)) return [];
    const distance = mostTypos(word, documents);
    return [{ language: plan.language, word, distance, least: documents * MUCH_COMMONER + 1 }];
  });
}

/** One letter may be wrong in a short word, two in a long one that nobody has. */
function mostTypos(word: string, documents: number): number {
  return word.length >= 8 && documents === 0 ? 2 : 1;
}

/** Lets what is similar stand for a word. */
export function addSimilar(planned: LanguagePlan, similar: readonly SimilarWord[]): void {
  const { plan, query, counts, corrections } = planned;
  query.groups.forEach(({ word }, index) => {
    const before = counts[index] ?? 0;
    const most = mostTypos(word, before);
    const near = similar
      .filter((other) => other.language === plan.language && other.asked === word)
      .map((other) => ({ ...other, distance: editDistance(word, other.word, most) }))
      .filter(({ distance }) => distance > 0 && distance <= most)
      .sort((a, b) => a.distance - b.distance || b.documents - a.documents)
      .slice(0, MOST_CORRECTIONS);
    const [best] = near;
    if (!best) return;
    if (before === 0 || best.distance === 1) corrections.set(word, best.word);
    for (const [nearest] of groupBy(near, ({ id }) => id).values())
      if (nearest)
        standIn(planned, index, nearest, nearest.distance === 1 ? INSTEAD.one_typo : INSTEAD.two_typos);
    weigh(planned, index);
  });
}

/** What was typed with its corrections; null where there are none. */
export function correctionOf(q: string, plans: readonly LanguagePlan[]): string | null {
  const corrected = plans.find(({ corrections }) => corrections.size > 0);
  if (!corrected) return null;
  let text = '';
  let done = 0;
  for (const { word, start, end } of corrected.query.groups) {
    text += q.slice(done, start) + (corrected.corrections.get(word) ?? q.slice(start, end));
    done = end;
  }
  return (text + q.slice(done)).trim();
}
