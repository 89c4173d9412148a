/** Reads as much of the postings as one search may cost, and scores what it finds. */
import type { Queryable } from '../platform/database.ts';
import type { LanguagePlan } from './plan-query.ts';
import { keyBytes } from './posting-key.ts';
import { candidates, shelfCandidates, type Candidates, type WantedList } from './rank-queries.ts';
import { scoreCandidates, type Candidate, type QueryPlan, type Scored } from './score-candidates.ts';

/** How far one search looks. */
export const LIMITS = {
  /** What is read of the lists of one word, at most: of the only one; of the rarest; of each other; of two words that are neighbours. */
  from_only: 100,
  from_rarest: 200,
  /** Such a part of it where words that are neighbours give much. */
  beside_pairs: 0.25,
  /** Of a word that more have than are read: so many of those that hardly mention it. */
  mentions: 100,
  from_others: 100,
  from_pairs: 60,
  /** So many times as much where what is found is narrowed, counted or put in another order: the best alone would not do. */
  thorough: 3,
  /** As many times as much for a further look. */
  further: 5,
  /** A shelf of so many is read whole. */
  small_shelf: 600,
  /** On a larger one so many times as much is read, because most of it is elsewhere. */
  shelf_depth: 6,
  /** So many that have all the words are enough of an answer: what has some of them is not looked for. */
  enough: 50,
  /** As are so many that have so much of what was asked. */
  many: 80,
  mostly: 0.6,
  /** Else what has so much of what was asked, beside what has most, is an answer, too. */
  most_of_it: 0.3,
};

interface Seen {
  ranked: Scored[];
  /** Whether there is no more. */
  is_all: boolean;
  /** How many there are, as far as that is known. */
  total: number;
}

export interface Found extends Seen {
  /** Whether a further look was not taken, and could find more. */
  has_further: boolean;
}

/** A place in the shop; its id is null where there is no such place. */
interface Within {
  id: string | null;
  size: number;
}

export interface Look {
  /** Null: anywhere. */
  within: Within | null;
  currency: string;
  /** What is found will be narrowed, counted or put in another order. */
  is_thorough: boolean;
  /** Somebody types. */
  is_begun: boolean;
  /** So many are shown, or were on the pages before. */
  needed: number;
}

/**
 * The best first. Where they are few, and for whoever turns page after page until they have been shown, a further look is taken: what it
 * finds beside them comes after them, so that no page shows what another one did.
 */
export async function findCandidates(
  db: Queryable,
  plans: readonly LanguagePlan[],
  look: Look,
): Promise<Found> {
  const { within, is_thorough, is_begun, needed } = look;
  if (plans.length === 0 || within?.id === null || within?.size === 0)
    return { ranked: [], is_all: true, total: 0, has_further: false };
  const best = await lookFor(db, plans, look, is_thorough ? LIMITS.thorough : 1);
  const { length } = best.ranked;
  const has_further = !best.is_all && !is_thorough && !is_begun;
  if (!has_further || (length >= LIMITS.enough && needed < length)) return { ...best, has_further };
  const further = await lookFor(db, plans, look, LIMITS.further);
  if (length < LIMITS.enough) return { ...further, has_further: false };
  const known = new Set(best.ranked.map(({ product }) => product));
  const ranked = [...best.ranked, ...further.ranked.filter(({ product }) => !known.has(product))];
  const total = Math.max(ranked.length, best.total);
  return { ranked, is_all: further.is_all, total, has_further: false };
}

async function lookFor(
  db: Queryable,
  plans: readonly LanguagePlan[],
  { within, currency, is_thorough, is_begun }: Look,
  times: number,
): Promise<Seen> {
  const keys = [...new Set(plans.flatMap(({ plan }) => keysOf(plan)))];
  if (keys.length === 0) return { ranked: [], is_all: true, total: 0 };
  const bytes = keys.map(keyBytes);
  const scored = (found: readonly Candidate[]) =>
    scoreCandidates(
      plans.map(({ plan }) => plan),
      keys,
      found,
    );
  const shelf = within && { shelf: within.id ?? '', currency };
  if (shelf && within.size <= LIMITS.small_shelf) {
    const languages = plans.map(({ plan }) => plan.language);
    const found = parse(await shelfCandidates(db, languages, bytes, shelf));
    return cut(scored(found), { has_all_whole: true, has_all: true, in_reach: 0 });
  }
  const isPaged = !shelf && !is_thorough && !is_begun;
  const depth = (shelf ? LIMITS.shelf_depth : 1) * times;
  const reads = plans.map((plan) => readsOf(plan, depth, isPaged));
  const words = reads.flatMap((each) => each.first);
  const pairs = reads.flatMap((each) => each.pairs);
  const others = reads.flatMap((each) => each.others);
  const found = parse(await candidates(db, { words, pairs }, bytes, shelf));
  const is_whole = reads.every((each) => each.is_whole);
  const best = scored(found);
  const in_reach = Math.max(...reads.map((each) => each.in_reach));
  const most_elsewhere = Math.max(...reads.map((each) => each.most_elsewhere));
  if (
    others.length === 0 ||
    best.filter(isWhole).length >= LIMITS.enough ||
    best.filter(({ share }) => share >= LIMITS.mostly).length >= LIMITS.many ||
    most_elsewhere < leastShare(best)
  )
    return cut(best, { has_all_whole: is_whole, has_all: is_whole, in_reach });
  const more = parse(await candidates(db, { words: others, pairs: [] }, bytes, shelf));
  const has_all = is_whole && reads.every((each) => each.has_others_whole);
  return cut(scored([...found, ...more]), { has_all_whole: is_whole, has_all, in_reach });
}

/** What has all the words, when that fills a page; else also what has most of what was asked, as far as anything has. */
function cut(
  ranked: Scored[],
  { has_all_whole, has_all, in_reach }: { has_all_whole: boolean; has_all: boolean; in_reach: number },
): Seen {
  const whole = ranked.filter(isWhole);
  const least = leastShare(ranked);
  const [kept, is_all] =
    whole.length >= LIMITS.enough
      ? [whole, has_all_whole]
      : [ranked.filter(({ share }) => share >= least), has_all];
  return { ranked: kept, is_all, total: is_all ? kept.length : Math.max(kept.length, in_reach) };
}

/** What has less of what was asked is no answer beside these. */
function leastShare(ranked: readonly Scored[]): number {
  return LIMITS.most_of_it * ranked.reduce((most, { share }) => Math.max(most, share), 0);
}

function isWhole({ share }: Scored): boolean {
  return share === 1;
}

function keysOf(plan: QueryPlan): number[] {
  return [...plan.alternatives.flatMap((each) => each.keys), ...plan.pairs.map(({ key }) => key)];
}

interface Reads {
  /** Has everything that has all the words, if the rarest of them is read whole. */
  first: WantedList[];
  /** Common words are each in many products, and together in few of the best of either: but those that name both together are known. */
  pairs: WantedList[];
  is_whole: boolean;
  /** The most of what was asked that anything else can have. */
  most_elsewhere: number;
  others: WantedList[];
  has_others_whole: boolean;
  /** How many of what has the only word there are and would be come to by turning pages; 0 where there are more words. */
  in_reach: number;
}

/** @param isPaged whether what is not among the best is shown on later pages: only then it is enough to know the best of the only word */
function readsOf({ plan, lists, counts }: LanguagePlan, depth: number, isPaged: boolean): Reads {
  const strong = plan.groups.flatMap(({ is_weak }, group) => (is_weak ? [] : [group]));
  const [rarest = 0, ...others] = [...strong].sort((a, b) => (counts[a] ?? 0) - (counts[b] ?? 0));
  const worth = (group: number) => plan.groups[group]?.worth ?? 0;
  const isOnly = isPaged && others.length === 0;
  const first = part(lists[rarest] ?? [], isOnly ? LIMITS.from_only : LIMITS.from_rarest, depth);
  const rest = others.map((group) => part(lists[group] ?? [], LIMITS.from_others, depth));
  const most = LIMITS.from_pairs * depth;
  const pairs = plan.pairs.flatMap(({ one, other, key }) =>
    strong.includes(one) && strong.includes(other) ? [{ term: key, most, least: 0, mentions: most }] : [],
  );
  return {
    first: first.lists,
    pairs: first.is_whole ? [] : pairs,
    is_whole: first.is_whole,
    most_elsewhere: first.is_whole
      ? 1 - worth(rarest) / strong.reduce((sum, group) => sum + worth(group), 0)
      : 1,
    others: rest.flatMap((each) => each.lists),
    has_others_whole: rest.every((each) => each.is_whole),
    in_reach: isOnly
      ? Math.min(
          Math.max(0, ...(lists[rarest] ?? []).map(({ documents }) => documents)),
          LIMITS.from_only * LIMITS.further,
        )
      : 0,
  };
}

/** The lists of one word: an equal part of the number for each, and what some do not need for the others, the best first. */
function part(
  lists: LanguagePlan['lists'][number],
  number: number,
  depth: number,
): { lists: WantedList[]; is_whole: boolean } {
  const equal = Math.floor((number * depth) / lists.length);
  let left = number * depth - lists.reduce((sum, { documents }) => sum + Math.min(documents, equal), 0);
  let is_whole = true;
  const read = lists.flatMap(({ key, documents }) => {
    const more = Math.min(Math.max(documents - equal, 0), left);
    left -= more;
    const most = Math.min(documents, equal) + more;
    if (most < documents) is_whole = false;
    const mentions = most < documents ? Math.min(most, LIMITS.mentions * depth) : most;
    const least = Math.ceil(most * LIMITS.beside_pairs);
    return most > 0 ? [{ term: key, most, least, mentions }] : [];
  });
  return { lists: read, is_whole };
}

function parse({ products, languages, priors, hits }: Candidates): Candidate[] {
  if (products === '{}') return [];
  const of = languages.slice(1, -1).split(',');
  const prior = priors.slice(1, -1).split(',');
  const rows = hits.slice(2, -2).split('},{');
  return products
    .slice(1, -1)
    .split(',')
    .map((product, index) => ({
      product,
      language: Number(of[index]),
      prior: Number(prior[index]),
      hits: (rows[index] ?? '').split(',').map(Number),
    }));
}
