/**
 * What is alike by content, for products nobody bought yet as much as for others: the cosine of TF-IDF vectors over a product's
 * categories, tags, brand, option values and the words of its name. Every change of the catalogue is noted by the database; every five
 * minutes what changed is read anew, compared, and put into the lists of others where it belongs.
 *
 * Bounds: of a product those candidates are looked at that share its rarest features, two thousand or so; a feature that more than
 * twenty thousand products have finds none. So a product costs the same among a thousand as among a million. Rarities are those of the
 * moment a product was last compared.
 */
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { notifyLists } from './notice-queries.ts';
import { readProgress, writeProgress } from './progress-queries.ts';
import {
  countCompared,
  measureChanged,
  noteAllProducts,
  takeChanges,
  takeDue,
  takeTurn,
  updateFeatures,
  writeSimilar,
  type Nearness,
} from './similarity-queries.ts';

const JOB = 'similar';
const NEARNESS: Nearness = { most: 24, most_candidates: 2000, most_of_one: 20_000 };
const CHANGES_AT_ONCE = 1000;
const DUE_AT_ONCE = 50;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Brings the lists of similar products up to date. The first time all products are looked at. May run twice and be killed; of
 * two at once one goes home.
 */
export async function refreshSimilar(shop: Shop): Promise<void> {
  if ((await readProgress(shop.db, JOB)) === null) {
    await inTransaction(shop.db, async (trx) => {
      if (!(await takeTurn(trx))) return;
      await noteAllProducts(trx);
      await writeProgress(trx, JOB, {});
    });
  }
  // All features are counted before any are compared by their rarity.
  while ((await readChanges(shop)) === CHANGES_AT_ONCE) continue;
  const among = await countCompared(shop.db);
  for (let after: string | undefined = FIRST; after !== undefined; )
    after = await measure(shop, { after, among });
  // Those that changed make others due.
  while ((await compareDue(shop, among)) > 0) continue;
}

/** @returns how many changes were taken, at most */
async function readChanges(shop: Shop): Promise<number> {
  return inTransaction(shop.db, async (trx) => {
    if (!(await takeTurn(trx))) return 0;
    const { notes, products } = await takeChanges(trx, CHANGES_AT_ONCE);
    if (notes > 0) await updateFeatures(trx, products);
    return notes;
  });
}

async function measure(
  shop: Shop,
  { after, among }: { after: string; among: number },
): Promise<string | undefined> {
  return inTransaction(shop.db, async (trx) => {
    if (!(await takeTurn(trx))) return undefined;
    return measureChanged(trx, { after, among, limit: CHANGES_AT_ONCE });
  });
}

async function compareDue(shop: Shop, among: number): Promise<number> {
  return inTransaction(shop.db, async (trx) => {
    if (!(await takeTurn(trx))) return 0;
    const due = await takeDue(trx, DUE_AT_ONCE);
    if (due.length === 0) return 0;
    await notifyLists(trx, await writeSimilar(trx, due, among, NEARNESS));
    return due.length;
  });
}
