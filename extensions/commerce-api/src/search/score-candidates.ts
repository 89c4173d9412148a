/** Orders what was found: the part of BM25F that depends on the query. Knows no database. */

import { MOST_IMPACT } from './posting-key.ts';

/** What a search is looking for, in numbers. Keys are those of the postings. */
export interface QueryPlan {
  language: number;
  groups: PlannedGroup[];
  /** What may stand for groups `from`..`to`: all of its keys must be there. */
  alternatives: { from: number; to: number; keys: number[]; weight: number }[];
  /** Groups that were typed beside each other, and the key of their pair. */
  pairs: { one: number; other: number; key: number }[];
}

export interface PlannedGroup {
  /** How rare it is: what finding it is worth. */
  worth: number;
  is_weak: boolean;
}

export interface Candidate {
  product: string;
  language: number;
  prior: number;
  /** One impact for each of the keys; 0 where it has it not. */
  hits: readonly number[];
}

export interface Scored {
  product: string;
  score: number;
  /** How much of what was asked it has, by worth: 1 when every word that counts was found. */
  share: number;
}

export const SCORING = {
  /** What a weak word is worth beside another. */
  weak: 0.3,
  /** How much what has all words comes before what has the rarest only. */
  coverage: 2,
  /** What a pair of neighbours adds, as a share of its rarer word. */
  pair: 0.3,
  /** How much a product's prior counts: 1 as it is kept, 0 not at all. */
  prior: 1,
};

/** How rare a term is, by the numbers of documents that have it and that there are. */
export function worthOf(documents: number, all: number): number {
  return Math.log(1 + (Math.max(all, documents) - documents + 0.5) / (documents + 0.5));
}

/** The score of each candidate that has any word that counts, best first. A product found in several languages counts as its best. */
export function scoreCandidates(
  plans: readonly QueryPlan[],
  keys: readonly number[],
  found: readonly Candidate[],
): Scored[] {
  const indexOf = new Map(keys.map((key, index) => [key, index]));
  const scorers = new Map(plans.map((plan) => [plan.language, scorerOf(plan, indexOf)]));
  const best = new Map<string, Scored>();
  for (const candidate of found) {
    const scored = scorers.get(candidate.language)?.(candidate);
    if (!scored) continue;
    const known = best.get(scored.product);
    if (!known || known.score < scored.score) best.set(scored.product, scored);
  }
  // The key decides between equals, so that pages follow each other.
  return [...best.values()].sort((a, b) => b.score - a.score || (a.product < b.product ? -1 : 1));
}

function scorerOf(
  plan: QueryPlan,
  indexOf: ReadonlyMap<number, number>,
): (candidate: Candidate) => Scored | null {
  const at = (key: number) => indexOf.get(key) ?? -1;
  const alternatives = plan.alternatives.map((each) => ({ ...each, keys: each.keys.map(at) }));
  const pairs = plan.pairs.map(({ one, other, key }) => ({
    one,
    other,
    at: at(key),
    worth: Math.min(plan.groups[one]?.worth ?? 0, plan.groups[other]?.worth ?? 0),
  }));
  const total = plan.groups.reduce((sum, { worth, is_weak }) => sum + (is_weak ? 0 : worth), 0);
  return ({ product, prior, hits }) => {
    const impacts = plan.groups.map(() => 0);
    for (const { from, to, keys, weight } of alternatives) {
      let least = MOST_IMPACT;
      for (const key of keys) least = Math.min(least, hits[key] ?? 0);
      if (least === 0) continue;
      for (let group = from; group <= to; group += 1)
        impacts[group] = Math.max(impacts[group] ?? 0, least * weight);
    }
    let score = 0;
    let covered = 0;
    let isWhole = true;
    plan.groups.forEach(({ worth, is_weak }, index) => {
      const impact = impacts[index] ?? 0;
      score += worth * impact * (is_weak ? SCORING.weak : 1);
      if (is_weak) return;
      if (impact > 0) covered += worth;
      else isWhole = false;
    });
    if (covered === 0) return null;
    for (const pair of pairs) score += SCORING.pair * pair.worth * (hits[pair.at] ?? 0);
    const share = isWhole ? 1 : covered / total;
    return {
      product,
      share,
      score: (score / MOST_IMPACT) * share ** SCORING.coverage * (prior / 100) ** SCORING.prior,
    };
  };
}
