/** What caches are told when listings change: whose products, on which shelves, and what of them. */
import type { Aspect } from '../platform/http.ts';
import { groupBy } from '../core/group-by.ts';
import type { Listing } from './refresh-queries.ts';

interface Notice {
  /** Null when there are too many to name: all. */
  products: string[] | null;
  shelves: string[] | null;
  aspects: Aspect[];
}

const MOST_PRODUCTS = 60;
const MOST_SHELVES = 90;

/**
 * Notices for a batch of refreshed products, as payloads. Products that changed alike share one. A product whose place did not
 * change is named without shelves: only what shows it is stale.
 * @param reworded products that are found by other words now
 */
export function noticesOf(
  products: readonly string[],
  before: readonly Listing[],
  after: readonly Listing[],
  reworded: ReadonlySet<string>,
): string[] {
  const old = groupBy(before, ({ product }) => product);
  const now = groupBy(after, ({ product }) => product);
  const changes = products.flatMap((product) =>
    changesOf(old.get(product) ?? [], now.get(product) ?? [], reworded.has(product)).map((change) => ({
      product,
      ...change,
    })),
  );
  return [...groupBy(changes, ({ aspects }) => aspects.join()).values()].map((alike) => {
    const named = [...new Set(alike.map(({ product }) => product))];
    const shelves = [...new Set(alike.flatMap((change) => change.shelves))];
    const notice: Notice = {
      products: named.length > MOST_PRODUCTS ? null : named,
      shelves: shelves.length > MOST_SHELVES ? null : shelves,
      aspects: alike[0]?.aspects ?? [],
    };
    return JSON.stringify(notice);
  });
}

interface Change {
  shelves: string[];
  aspects: Aspect[];
}

/**
 * Compares a product's listings in every currency it was or is sold in. Shelves it came to or left know a new member, those that kept
 * it only what of it changed.
 */
function changesOf(before: readonly Listing[], after: readonly Listing[], is_reworded: boolean): Change[] {
  const moved = new Set<string>();
  const kept = new Set<string>();
  const aspects = new Set<Aspect>();
  for (const currency of new Set([...before, ...after].map((each) => each.currency))) {
    const old = before.find((each) => each.currency === currency);
    const now = after.find((each) => each.currency === currency);
    for (const shelf of new Set([...(old?.shelves ?? []), ...(now?.shelves ?? [])])) {
      const stayed = old?.shelves.includes(shelf) && now?.shelves.includes(shelf);
      (stayed ? kept : moved).add(shelf);
    }
    if (old && now) for (const aspect of aspectsBetween(old, now)) aspects.add(aspect);
  }
  if (is_reworded && kept.size > 0) aspects.add('text');
  const changes: Change[] = [];
  if (moved.size > 0) changes.push({ shelves: [...moved], aspects: ['membership'] });
  if (aspects.size > 0) changes.push({ shelves: [...kept], aspects: [...aspects].sort() });
  return changes.length > 0 ? changes : [{ shelves: [], aspects: [] }];
}

function aspectsBetween(old: Listing, now: Listing): Aspect[] {
  const changed: [Aspect, boolean][] = [
    ['newest', old.newest_at !== now.newest_at],
    ['price', old.price_from_minor !== now.price_from_minor],
    ['name', old.name_key !== now.name_key || !isSameObject(old.name_keys, now.name_keys)],
    ['popularity', old.popularity !== now.popularity],
    ['rating', old.rating !== now.rating || old.rating_count !== now.rating_count],
    ['stock', old.in_stock !== now.in_stock],
    ['featured', old.featured !== now.featured || old.sort !== now.sort],
    ['options', !isSame(labels(old), labels(now))],
  ];
  return changed.filter(([, is]) => is).map(([aspect]) => aspect);
}

/** What is counted beside a list by name: categories, brand, tags and options. */
function labels({ facets }: Listing): string[] {
  return facets.filter((facet) => /^(category|brand|tag|option):/.test(facet));
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && new Set([...one, ...other]).size === one.length;
}

function isSameObject(one: Record<string, string>, other: Record<string, string>): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}
