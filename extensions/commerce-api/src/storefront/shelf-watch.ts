/**
 * Keeps notices of changes and of the places they led to together. A change of a product may move it on shelves that did not show
 * it, which is told once it has been worked out. Where nobody works it out for a while, this process does. Where that takes long, too,
 * everything that shows a shelf is stale: not at once, because whoever is at it may only be slow, and all of it would be made anew.
 */
import { productsOf, type Change } from './notices.ts';

const LATE_MS = 200;
/** With what a reader waits for then, everybody sees a change within a second. */
const OVERDUE_MS = 600;
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
  /** Whether somebody was asked to work it out. */
  is_late: boolean;
}

/** `onLate` is to have places worked out, `onOverdue` to have nothing rely on them. Each is called once for what waited so long. */
export function shelfWatch({ onLate, onOverdue }: { onLate: () => void; onOverdue: () => void }): ShelfWatch {
  /** Products whose places are yet to be told, those that wait longest first. */
  const waiting = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;

  function watch(): void {
    if (timer !== undefined || waiting.size === 0) return;
    let next = Infinity;
    for (const { since, is_late } of waiting.values()) {
      next = Math.min(next, since + (is_late ? OVERDUE_MS : LATE_MS));
      if (!is_late) break;
    }
    // No later than a change that is heard of meanwhile would be late.
    timer = setTimeout(look, Math.min(LATE_MS, Math.max(0, next - Date.now())));
    timer.unref();
  }

  function look(): void {
    timer = undefined;
    const now = Date.now();
    let [has_late, has_overdue] = [false, false];
    for (const [product, known] of waiting) {
      if (known.since > now - LATE_MS) break;
      if (known.since <= now - OVERDUE_MS) {
        waiting.delete(product);
        has_overdue = true;
      } else if (!known.is_late) {
        known.is_late = true;
        has_late = true;
      }
    }
    if (has_overdue) onOverdue();
    if (has_late) onLate();
    watch();
  }

  function changed(product: string): void {
    const now = Date.now();
    const known = waiting.get(product);
    if (!known) waiting.set(product, { since: now, last: now, changes: 1, is_late: false });
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
      waiting.set(product, { since: now, last: known.last, changes: 1, is_late: false });
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
