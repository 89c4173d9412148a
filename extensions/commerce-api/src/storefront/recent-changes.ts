/** The last changes in their order, for answers that were being made while some arrived. */
import { isStale, type Change, type Dependence } from './notices.ts';

const MOST_REMEMBERED = 500;

export interface RecentChanges {
  /** The moment now, in changes: what `isUntouchedSince` is asked with later. */
  now: () => number;
  add: (change: Change) => void;
  /** Whether nothing that matters to an answer changed since. Said too seldom where too much did to remember. */
  isUntouchedSince: (moment: number, dependence: Dependence) => boolean;
}

export function recentChanges(): RecentChanges {
  const ring: (Change | undefined)[] = new Array<Change | undefined>(MOST_REMEMBERED);
  let counted = 0;
  return {
    now: () => counted,
    add(change) {
      ring[counted % MOST_REMEMBERED] = change;
      counted += 1;
    },
    isUntouchedSince(moment, dependence) {
      if (counted - moment > MOST_REMEMBERED) return false;
      for (let each = moment; each < counted; each += 1) {
        const change = ring[each % MOST_REMEMBERED];
        if (change && isStale(dependence, change)) return false;
      }
      return true;
    },
  };
}
