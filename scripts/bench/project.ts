/** What listings and search read, made from a catalogue that was written past the triggers. */
import { readFileSync } from 'node:fs';
import type { Knex } from 'knex';
import { fillListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
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
    await withoutIndexes(db, () =>
      fillListings(shop, {
        onProgress: ({ done, total }) => {
          if (Date.now() - said < 5_000) return;
          said = Date.now();
          log(`${done.toLocaleString('en')} of ${total.toLocaleString('en')} projected`);
        },
      }),
    );
    await db.raw('truncate commerce.similarity_changes, commerce.similarity_due');
    await db.raw(
      `insert into commerce.recommendation_progress (job, state)
       values ('similar', '{}'), ('popularity', '{"latest": 0, "before": 0}') on conflict do nothing`,
    );
  } finally {
    await db.destroy();
  }
}

const TABLES = 'snapshots/sql/0008_listings.sql';

/** Makes the indexes tables are only read by once these are full: kept up to date row by row they were a third of all work. */
async function withoutIndexes(db: Knex, work: () => Promise<void>): Promise<void> {
  const made = /^create index if not exists (shelf_\w+|listings_(?:facets_search|price_list)) on .*;$/gm;
  const indexes = [...readFileSync(new URL(`../../${TABLES}`, import.meta.url), 'utf8').matchAll(made)];
  for (const [, name] of indexes) await db.raw(`drop index if exists commerce.${name}`);
  await work();
  for (const [statement] of indexes) await db.raw(statement);
}
