/** The answers that are kept while changes are heard of, and the judgement whether one may be. */
import { keepRefreshing } from '../listings/keep-refreshing.ts';
import { readFreshState } from '../listings/read-listing.ts';
import type { Log, Shop } from '../platform/shop.ts';
import { clock, SHOP_CLOCKS } from './clock.ts';
import type { Counters } from './counters.ts';
import { entries, type Entries, type Entry } from './entries.ts';
import type { Change, Dependence } from './notices.ts';
import type { PreparedAnswer } from './prepared-answer.ts';
import type { ClockColumn } from './queries.ts';
import { recentChanges } from './recent-changes.ts';
import { shelfWatch } from './shelf-watch.ts';

/** When an answer began to be made. */
export interface Beginning {
  change: number;
  hearing: number;
}

export interface Making {
  key: string;
  url: string;
  answer: PreparedAnswer;
  dependence: Dependence;
  /** Columns whose next moment ends it, where the answer does not say itself when. */
  clocks: readonly ClockColumn[];
}

export interface KeptAnswers {
  entries: Entries;
  isListening: () => boolean;
  /** The entry that is still right. */
  find: (key: string) => Entry | undefined;
  findByUrl: (url: string) => Entry | undefined;
  beginning: () => Beginning;
  /** Whether nothing that matters to such an answer changed since. */
  isUntouched: (since: Beginning, dependence: Dependence) => boolean;
  /** Keeps an answer that is still right. `passed` is one that could not be kept, but may be given to whoever waited for it. */
  keep: (since: Beginning, made: Making) => Promise<'kept' | 'passed' | 'overtaken'>;
  notice: (change: Change) => void;
  begin: () => void;
  pause: () => void;
}

/** Nothing is kept longer, whatever was not told. */
const LONGEST_MS = 5 * 60_000;

export function keptAnswers(shop: Shop, max_bytes: number, counted: Counters): KeptAnswers {
  const kept = entries(max_bytes, () => (counted.evictions += 1));
  const changes = recentChanges();
  const moments = clock(shop.db);
  // As a reader would; what that comes to is told like any other change.
  const workOut = keepRefreshing(shop, () => readFreshState(shop, undefined));
  const shelves = shelfWatch({
    onLate() {
      counted.late += 1;
      workOut();
    },
    onOverdue() {
      counted.overdue += 1;
      apply({ of: 'listings', products: [], shelves: null, aspects: ['membership'] });
    },
  });
  let is_listening = false;
  /** Counts the times hearing began or ended: nothing made across one is kept. */
  let hearing = 0;

  function apply(change: Change): void {
    changes.add(change);
    counted.invalidations += kept.dropStale(change);
  }

  function current(entry: Entry | undefined): Entry | undefined {
    if (entry === undefined || entry.until > Date.now()) return entry;
    kept.drop(entry);
    return undefined;
  }

  async function endOf({ dependence, clocks }: Making): Promise<number> {
    const longest = Date.now() + LONGEST_MS;
    if (dependence.surface === 'store' && dependence.shown) {
      const { until } = dependence.shown;
      return until === null ? longest : Math.min(longest, moments.ours(until));
    }
    return Math.min(longest, await moments.next(clocks));
  }

  return {
    entries: kept,
    isListening: () => is_listening,
    find: (key) => current(kept.byKey(key)),
    findByUrl: (url) => current(kept.byUrl(url)),
    beginning: () => ({ change: changes.now(), hearing }),
    isUntouched: (since, dependence) =>
      since.hearing === hearing && changes.isUntouchedSince(since.change, dependence),
    async keep(since, made) {
      const until = await endOf(made).catch((error: unknown) => reported(shop.log, error));
      // Across a loss of hearing nobody knows what changed.
      if (since.hearing !== hearing || !changes.isUntouchedSince(since.change, made.dependence)) {
        counted.overtaken += 1;
        return 'overtaken';
      }
      if (until <= Date.now()) return 'passed';
      const entry = kept.add({ ...made, until });
      if (entry === null) return 'passed';
      kept.nameBy(entry, made.url);
      return 'kept';
    },
    notice(change) {
      moments.notice(change);
      apply(shelves.notice(change));
    },
    begin() {
      hearing += 1;
      is_listening = true;
      moments.notice({ of: 'everything' });
      kept.clear();
      // Asked once beforehand, so that it is known how far the clocks are apart.
      moments.next(SHOP_CLOCKS).catch((error: unknown) => reported(shop.log, error));
    },
    pause() {
      hearing += 1;
      is_listening = false;
      counted.invalidations += kept.clear();
    },
  };
}

/** @returns a moment that has passed: nothing is kept until it */
function reported(log: Log, error: unknown): number {
  log.warn({ err: error }, 'When something next begins or ends could not be found out');
  return 0;
}
