/**
 * Keeps notices of changes and of the places they led to together. A change of a product may move it on shelves that did not show
 * it, which is told once it has been worked out. Where nobody works it out for a while, everything that shows a shelf is stale: the
 * next reader works it out.
 */
import { productsOf, type Change } from './notices.ts';

const PATIENCE_MS = 200;
/** Working out takes less: of a change that was heard so long before its end, it has taken notice. */
const WORK_MS = 50;

/** Stands for products that were too many to name. */
const ALL = '';

export interface ShelfWatch {
  /**
   * @returns the change as far as it is news: who shows a product was told of when it changed, and what was read since is right
   * whether or not its place had been worked out
   */
  notice: (change: Change) => Change;
  stop: () => void;
}

interface Waiting {
  since: number;
  last: number;
  /** Changes heard of since its place was last told. */
  changes: number;
}

export function shelfWatch(onOverdue: () => void): ShelfWatch {
  /** Products whose places are yet to be told, those that wait longest first. */
  const waiting = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;

  function watch(): void {
    if (timer !== undefined || waiting.size === 0) return;
    const [first] = waiting.values();
    timer = setTimeout(look, Math.max(0, (first?.since ?? 0) + PATIENCE_MS - Date.now()));
    timer.unref();
  }

  function look(): void {
    timer = undefined;
    const due = Date.now() - PATIENCE_MS;
    let is_overdue = false;
    for (const [product, { since }] of waiting) {
      if (since > due) break;
      waiting.delete(product);
      is_overdue = true;
    }
    if (is_overdue) onOverdue();
    watch();
  }

  function changed(product: string): void {
    const now = Date.now();
    const known = waiting.get(product);
    if (!known) waiting.set(product, { since: now, last: now, changes: 1 });
    else {
      known.last = now;
      known.changes += 1;
    }
  }

  /** @returns whether its change had been heard of */
  function toldOf(product: string): boolean {
    const known = waiting.get(product);
    waiting.delete(product);
    if (!known) return false;
    const now = Date.now();
    // One of several changes may have come too late for this time.
    if (known.changes > 1 && now - known.last < WORK_MS) {
      waiting.set(product, { since: now, last: known.last, changes: 1 });
    }
    return true;
  }

  return {
    notice(change) {
      const products = productsOf(change);
      if (change.of === 'catalog') {
        for (const product of products ?? [ALL]) changed(product);
        watch();
        return change;
      }
      if (change.of !== 'listings') return change;
      // All places at once are never told by name: the first of them says that somebody is at it.
      waiting.delete(ALL);
      if (products === null) {
        waiting.clear();
        return change;
      }
      return { ...change, products: products.filter((product) => !toldOf(product)) };
    },
    stop: () => clearTimeout(timer),
  };
}
