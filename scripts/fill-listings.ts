/** Leaves a database that has just been set up with what its storefront lists worked out, so that the first shopper does not wait. */
import type { Knex } from 'knex';
import {
  drainBulk,
  fillListings,
  outdateListings,
  type RebuildProgress,
} from '../extensions/commerce-api/src/listings/refresh-listings.ts';
import { readEnv } from '../extensions/commerce-api/src/platform/env.ts';
import { row } from '../extensions/commerce-api/src/platform/database.ts';
import { makeShop } from '../extensions/commerce-api/src/platform/shop.ts';
import { vatCheck } from '../extensions/commerce-api/src/providers/vat-check.ts';
import type { Settings } from './environment.ts';

const API = 'extensions/commerce-api/src';
/** What decides what a card or page says: when this changes, what was worked out before is out of date. */
export const LISTING_INPUTS = ['catalog', 'core', 'listings'].map((folder) => `${API}/${folder}`);

/** A shop that had listings goes on with those; what is not done by then, its jobs do. */
const MOST_MS = 30_000;
const SAY_EVERY_MS = 5_000;

/** @param hash of `LISTING_INPUTS` */
export async function listCatalogue(
  db: Knex,
  env: Settings,
  hash: string,
  progress: (line: string) => void,
): Promise<void> {
  const shop = makeShop({
    db,
    env: readEnv(env),
    log: console,
    payments: () => ({}),
    vat_check: vatCheck,
    shipping_rates: () => null,
  });
  const known = await row<{ hash: string }>(
    db,
    `select hash from commerce.setup_ledger where name = 'listings'`,
  );
  let said = Date.now();
  const onProgress = ({ done, total }: RebuildProgress) => {
    if (Date.now() - said < SAY_EVERY_MS) return;
    said = Date.now();
    progress(`Listings: ${done} of ${total} products`);
  };
  if (known === undefined) await fillListings(shop, { onProgress });
  else {
    if (known.hash !== hash) await outdateListings(shop);
    await drainBulk(shop, { end: Date.now() + MOST_MS, onProgress });
  }
  await db.raw(
    `insert into commerce.setup_ledger (name, hash) values ('listings', ?)
     on conflict (name) do update set hash = excluded.hash, applied_at = now()`,
    [hash],
  );
}
