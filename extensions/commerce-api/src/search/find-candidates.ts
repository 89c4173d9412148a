/** Reads as much of the postings as one search may cost, and scores what it finds. */
import type { Queryable } from '../platform/database.ts';
import {
  candidates,
  candidatesOnShelf,
  shelfCandidates,
  type Candidates,
  type WantedList,
} from './rank-queries.ts';
import type { LanguagePlan } from './plan-query.ts';
import { scoreCandidates, type Candidate, type QueryPlan, type Scored } from './score-candidates.ts';

/** What is read of the lists of one group, at most: of the rarest, and of each other. */
const FROM_RAREST = 500;
const FROM_OTHERS = 250;
/** A shelf of so many is read whole. */
const SMALL_SHELF = 600;
/** On a larger one so many times as much is read, because most of it is elsewhere. */
const SHELF_DEPTH = 6;

export interface Found {
  ranked: Scored[];
  /** Whether everything was read that has all the words; that has any of them. */
  has_all_whole: boolean;
  has_all: boolean;
}

export async function findCandidates(
  db: Queryable,
  plans: readonly LanguagePlan[],
  /** Null: anywhere. Its id is null where there is no such place. */
  within: { id: string | null; size: number } | null,
  currency: string,
): Promise<Found> {
  const nothing = { ranked: [], has_all_whole: true, has_all: true };
  if (plans.length === 0) return nothing;
  const shelf = within && { shelf: within.id ?? '', currency };
  if (within?.id === null || within?.size === 0) return nothing;
  const keys = [...new Set(plans.flatMap(({ plan }) => keysOf(plan)))];
  const ranked = (found: Candidates) =>
    scoreCandidates(
      plans.map(({ plan }) => plan),
      keys,
      parse(found),
    );
  if (shelf && within.size <= SMALL_SHELF) {
    const languages = plans.map(({ plan }) => plan.language);
    const found = await shelfCandidates(db, languages, keys, shelf);
    return { ranked: ranked(found), has_all_whole: true, has_all: true };
  }
  const depth = shelf ? SHELF_DEPTH : 1;
  const reads = plans.map((plan) => listsOf(plan, depth));
  const lists = reads.flatMap((read) => read.lists);
  const found = shelf ? await candidatesOnShelf(db, lists, keys, shelf) : await candidates(db, lists, keys);
  return {
    ranked: ranked(found),
    has_all_whole: reads.every((read) => read.has_all_whole),
    has_all: reads.every((read) => read.has_all),
  };
}

function keysOf(plan: QueryPlan): number[] {
  return [...plan.alternatives.flatMap((each) => each.keys), ...plan.pairs.map(({ key }) => key)];
}

interface Reads {
  lists: WantedList[];
  has_all_whole: boolean;
  has_all: boolean;
}

function listsOf({ plan, lists, counts }: LanguagePlan, depth: number): Reads {
  const strong = plan.groups.flatMap(({ is_weak }, group) => (is_weak ? [] : [group]));
  const [rarest] = [...strong].sort((a, b) => (counts[a] ?? 0) - (counts[b] ?? 0));
  const wanted = new Map<number, number>();
  const whole: boolean[] = [];
  for (const group of strong) {
    let left = (group === rarest ? FROM_RAREST : FROM_OTHERS) * depth;
    let is_whole = true;
    for (const { key, documents } of lists[group] ?? []) {
      const most = Math.min(documents, left);
      left -= most;
      if (most < documents) is_whole = false;
      if (most > 0) wanted.set(key, Math.max(wanted.get(key) ?? 0, most));
    }
    whole.push(is_whole);
  }
  for (const { one, other, key } of plan.pairs)
    if (strong.includes(one) && strong.includes(other)) wanted.set(key, FROM_OTHERS * depth);
  return {
    lists: [...wanted].map(([term, most]) => ({ term, most })),
    has_all_whole: whole.some(Boolean),
    has_all: whole.every(Boolean),
  };
}

function parse({ products, languages, priors, hits }: Candidates): Candidate[] {
  if (products === '{}') return [];
  const keys = products.slice(1, -1).split(',');
  const of = languages.slice(1, -1).split(',');
  const prior = priors.slice(1, -1).split(',');
  const rows = hits.slice(2, -2).split('},{');
  return keys.map((product, index) => ({
    product,
    language: Number(of[index]),
    prior: Number(prior[index]),
    hits: (rows[index] ?? '').split(',').map(Number),
  }));
}
