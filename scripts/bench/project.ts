/** What listings and search read, made from a catalogue that was written past the triggers. */
import { rebuildListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import type { Settings } from '../environment.ts';
import { openDatabase } from '../setup.ts';
import { benchShop } from './bench-shop.ts';

export type Log = (line: string) => void;

/**
 * Works out the whole catalogue anew, saying how far it is. What jobs of a new shop go on working out for long in the background is taken
 * for done, or it would be measured with whatever it happens to meet.
 */
export async function project(env: Settings, log: Log): Promise<void> {
  const db = openDatabase(env);
  const shop = benchShop(db, env, (_fields, message) => log(message));
  let said = Date.now();
  try {
    await rebuildListings(shop, {
      onProgress: ({ done, total }) => {
        if (Date.now() - said < 5_000) return;
        said = Date.now();
        log(`${done.toLocaleString('en')} of ${total.toLocaleString('en')} projected`);
      },
    });
    await db.raw(
      `insert into commerce.recommendation_progress (job, state)
       values ('similar', '{}'), ('popularity', '{"latest": 0, "before": 0}') on conflict do nothing`,
    );
  } finally {
    await db.destroy();
  }
}
