/**
 * What is bought together, from orders that count: item-to-item co-occurrence. A basket counts one over the number of its products for
 * each pair, as baskets scaled to unit length do, so that a wholesaler's order of hundreds of lines says little; half as much after
 * a hundred and twenty days. What both are in is divided by how often the other is bought at all, to the power of 0.2 (Deshpande and
 * Karypis, "Item-based top-N recommendation algorithms", 2004: their conditional probability with an exponent), and few baskets are
 * doubted (n / (n + 3), the shrinkage of Bell and Koren, 2007). The numbers were chosen on the orders of one summer and measured on
 * those of the next month: `npm run bench -- recommendations`.
 *
 * Bounds: of a basket 50 products, of a product its latest 20,000 baskets, of orders the last two years; a statement looks at no more
 * than about a million pairs. A million products with ten million lines are five hundred million pairs at most.
 */
import { inTransaction, type Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import {
  dropOthers,
  gatherBaskets,
  nextItems,
  writeBoughtTogether,
  type BasketRules,
  type Measure,
} from './bought-together-queries.ts';
import { notifyLists } from './notice-queries.ts';
import { forgetProgress, lockProgress, readProgress, writeProgress } from './progress-queries.ts';

interface Progress {
  /** The last item whose list is done. */
  cursor: number;
  /** The number of the last one. */
  last: number;
}

const JOB = 'bought_together';
const RULES: BasketRules = { window_days: 730, half_life_days: 120, most_products: 50, most_baskets: 20_000 };
const MEASURE: Measure = { most: 24, least_baskets: 2, common_exponent: 0.2, doubt: 3 };
const LINES_AT_ONCE = 20_000;

/**
 * Works out all lists and writes those that changed. A run that was killed is gone on with; two at once share the work. Locks nothing
 * but its own tables.
 */
export async function computeBoughtTogether(shop: Shop): Promise<void> {
  if ((await readProgress<Progress>(shop.db, JOB)) === null) await inTransaction(shop.db, gather);
  while (await inTransaction(shop.db, computeSome)) continue;
}

async function gather(trx: Transaction): Promise<void> {
  await writeProgress(trx, JOB, { cursor: 0, last: 0 } satisfies Progress);
  const last = await gatherBaskets(trx, RULES);
  await writeProgress(trx, JOB, { cursor: 0, last } satisfies Progress);
}

/** @returns whether there is more */
async function computeSome(trx: Transaction): Promise<boolean> {
  const progress = await lockProgress<Progress>(trx, JOB);
  if (!progress) return false;
  const last = await nextItems(trx, progress.cursor, LINES_AT_ONCE);
  if (last === undefined) {
    // Work tables are not logged: after a crash of the database they are empty, and what was gathered is gathered again.
    if (progress.cursor < progress.last) await gather(trx);
    else {
      await notifyLists(trx, await dropOthers(trx));
      await forgetProgress(trx, JOB);
    }
    return progress.cursor < progress.last;
  }
  await notifyLists(trx, await writeBoughtTogether(trx, { after: progress.cursor, last }, MEASURE));
  await writeProgress(trx, JOB, { ...progress, cursor: last } satisfies Progress);
  return true;
}
