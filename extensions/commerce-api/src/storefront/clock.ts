/** When something next begins or ends by the clock. The database's clock decides; ours is read against it. */
import type { Queryable } from '../platform/database.ts';
import type { Change } from './notices.ts';
import { nextMoment, type ClockColumn } from './queries.ts';

/** What the routes of the shop look at: publication, and the time of price lists. */
export const SHOP_CLOCKS: readonly ClockColumn[] = [
  { table: 'products', column: 'published_at' },
  { table: 'price_lists', column: 'starts_at' },
  { table: 'price_lists', column: 'ends_at' },
];

/** A day ahead is as good as never: nothing is kept that long. */
const NEVER = Number.POSITIVE_INFINITY;

export interface Clock {
  /** The next moment any of these columns holds, in milliseconds of our clock. */
  next: (columns: readonly ClockColumn[]) => Promise<number>;
  /** A moment of the database's clock in milliseconds of ours. */
  ours: (moment: Date) => number;
  /** Forgets what a change may have moved. */
  notice: (change: Change) => void;
}

export function clock(db: Queryable): Clock {
  const known = new Map<string, Promise<number>>();
  let database_is_ahead_ms = 0;

  async function ask(column: ClockColumn): Promise<number> {
    const began = Date.now();
    const { now, next } = await nextMoment(db, column);
    database_is_ahead_ms = now.getTime() - (began + Date.now()) / 2;
    return next === null ? NEVER : next.getTime() - database_is_ahead_ms;
  }

  async function nextOf(column: ClockColumn): Promise<number> {
    const name = `${column.table}.${column.column}`;
    let asked = known.get(name);
    if (!asked) {
      asked = ask(column);
      known.set(name, asked);
      asked.catch(() => known.delete(name));
    }
    const at = await asked;
    if (at > Date.now()) return at;
    if (known.get(name) === asked) known.delete(name);
    return nextOf(column);
  }

  return {
    next: async (columns) => Math.min(NEVER, ...(await Promise.all(columns.map(nextOf)))),
    ours: (moment) => moment.getTime() - database_is_ahead_ms,
    notice(change) {
      if (change.of === 'listings' || (change.of === 'settings' && change.table.startsWith('directus_fi')))
        return;
      const table = change.of === 'catalog' ? change.collection : null;
      for (const name of known.keys()) if (table === null || name.startsWith(`${table}.`)) known.delete(name);
    },
  };
}
