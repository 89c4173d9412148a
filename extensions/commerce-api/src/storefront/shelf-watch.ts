/**
 * A change of a product may move it on shelves that did not show it, which is told once it has been worked out. Where nobody works
 * it out for a while, everything that shows a shelf is stale: the next reader works it out.
 */
import { productsOf, type Change } from './notices.ts';

const PATIENCE_MS = 200;

export interface ShelfWatch {
  notice: (change: Change) => void;
  stop: () => void;
}

export function shelfWatch(onOverdue: () => void): ShelfWatch {
  /** Products whose places are yet to be told, in the order they changed, each with when. */
  const waiting = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  function watch(): void {
    if (timer !== undefined || waiting.size === 0) return;
    const [first = 0] = waiting.values();
    timer = setTimeout(look, Math.max(0, first + PATIENCE_MS - Date.now()));
    timer.unref();
  }

  function look(): void {
    timer = undefined;
    const due = Date.now() - PATIENCE_MS;
    let is_overdue = false;
    for (const [product, since] of waiting) {
      if (since > due) break;
      waiting.delete(product);
      is_overdue = true;
    }
    if (is_overdue) onOverdue();
    watch();
  }

  return {
    notice(change) {
      const products = productsOf(change) ?? [ALL];
      if (change.of === 'catalog') {
        for (const product of products) if (!waiting.has(product)) waiting.set(product, Date.now());
        watch();
      } else if (change.of === 'listings') {
        if (change.products === null) waiting.clear();
        for (const product of products) waiting.delete(product);
        // All places at once are never told by name: the first batch says that somebody is at it.
        waiting.delete(ALL);
      }
    },
    stop: () => clearTimeout(timer),
  };
}

/** Stands for products that were too many to name. */
const ALL = '';
