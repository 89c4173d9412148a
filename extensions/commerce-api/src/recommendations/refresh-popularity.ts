/**
 * What is popular now: every order of a product counts 1 + ln(units), since ten units in one order are not ten customers, and
 * half as much with every fourteen days. On the orders of a real shop half-lives from one week to two months were about as good
 * at telling what sells next, all of them better than none; two weeks let a season's goods leave within weeks. Cancelled and
 * unpaid orders and units that were taken back do not count.
 *
 * The decay is forward decay (Cormode, Shkapenyuk, Srivastava and Xu, 2009): what is kept does not change by time passing, so
 * only products that sold are ever written, however many there are.
 */
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { latestEvent, nextProducts, productsOfEvents, updatePopularity } from './popularity-queries.ts';
import { readProgress, writeProgress } from './progress-queries.ts';

interface Progress {
  /** The newest event the last run saw, and the one before it. */
  latest: number;
  before: number;
}

const JOB = 'popularity';
const BATCH = 2000;
/** In half-lives, as scores are: 1.4 % of a product's sales. Less is no news to anybody who sorts. */
const TOLERANCE = 0.02;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Brings popularity up to date with the orders: of products in orders that something happened to since the run before the last one,
 * since transactions end in another order than they number their events; or, `whole` and the first time, of all products. May run
 * twice, and at once with itself. @returns how many products changed
 */
export async function refreshPopularity(
  shop: Shop,
  { whole = false }: { whole?: boolean } = {},
): Promise<number> {
  const progress = await readProgress<Progress>(shop.db, JOB);
  const latest = await latestEvent(shop.db);
  const batches =
    whole || !progress ? allProducts(shop) : slices(await productsOfEvents(shop.db, progress.before));
  let changed = 0;
  for await (const products of batches) {
    changed += await inTransaction(shop.db, (trx) => updatePopularity(trx, products, TOLERANCE));
  }
  await writeProgress(shop.db, JOB, { latest, before: progress?.latest ?? latest } satisfies Progress);
  return changed;
}

async function* allProducts(shop: Shop): AsyncGenerator<string[]> {
  for (let after = FIRST; ; ) {
    const products = await nextProducts(shop.db, after, BATCH);
    const last = products.at(-1);
    if (last === undefined) return;
    yield products;
    after = last;
  }
}

function* slices(products: readonly string[]): Generator<string[]> {
  for (let start = 0; start < products.length; start += BATCH) yield products.slice(start, start + BATCH);
}
