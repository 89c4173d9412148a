/** Keeps the listings: whatever changed in the catalogue, or began or ended by the clock, is worked out anew. */
import { canonicalJson } from '../core/canonical-json.ts';
import { groupBy } from '../core/group-by.ts';
import { inTransaction, isTransient, type Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { enqueueIndexing } from '../search/enqueue-indexing.ts';
import { indexProducts, tidyIndex } from '../search/index-products.ts';
import { noticesOf } from './listing-notices.ts';
import { projectProducts } from './project-products.ts';
import {
  boundedRefreshLock,
  countChangedProducts,
  expandWideChanges,
  hasWideChanges,
  LOCK_NOT_AVAILABLE,
  markAllProducts,
  refreshLock,
  takeChangedProducts,
  tidyQueue,
} from './queue-queries.ts';
import {
  countShelves,
  listingFacts,
  listingsOf,
  notify,
  openLocales,
  textHashes,
  writeDocuments,
  writeListings,
  writeVersions,
  type FreshListing,
  type Listing,
} from './refresh-queries.ts';

/** Between batches others read and write: in the background it is better to be soon done with each. */
const BATCH = 200;
/** How many changes a reader takes at once. */
const REPAIR_BATCH = 200;
/** After more than these, what is left of them in the queue is cleared away at once. */
const MANY = 5_000;
const REPAIR_WAIT_MS = 1_500;
const REPAIR_WORK_MS = 2_000;
/** After a repair that was not soon done, others are not tried for so long. */
const GIVE_UP_MS = 2_000;

/** Works out everything that changed, batch by batch, each in a transaction of its own; what is left at the moment `end` is left. */
export async function drainListings(
  shop: Shop,
  {
    limit = BATCH,
    onProgress,
    end = Infinity,
    is_first = false,
  }: { limit?: number; onProgress?: (done: number) => void; end?: number; is_first?: boolean } = {},
): Promise<number> {
  for (let done = 0; ; ) {
    const { refreshed, is_left } = await inTransaction(shop.db, async (trx) => {
      await refreshLock(trx);
      return refreshBatch(shop, trx, limit, { is_first });
    });
    done += refreshed;
    if (refreshed > 0) onProgress?.(done);
    if (is_left && Date.now() < end) continue;
    if (done > MANY) await tidyQueue(shop.db);
    return done;
  }
}

/** When a repair last came to nothing, by database. */
const gaveUpAt = new WeakMap<Shop['db'], number>();

/**
 * For a reader that finds a few changes waiting: works them out first, if that is soon done.
 * @returns false when it was not; what is read is then to be checked product by product
 */
export async function repairListings(shop: Shop): Promise<boolean> {
  if (Date.now() - (gaveUpAt.get(shop.db) ?? 0) < GIVE_UP_MS) return false;
  try {
    await shop.db.transaction(async (trx) => {
      await boundedRefreshLock(trx, REPAIR_WAIT_MS, REPAIR_WORK_MS);
      const end = Date.now() + REPAIR_WORK_MS;
      while ((await refreshBatch(shop, trx, REPAIR_BATCH)).is_left && Date.now() < end);
    });
    return true;
  } catch (error) {
    if (!isGivingUp(error)) throw error;
    gaveUpAt.set(shop.db, Date.now());
    return false;
  }
}

const QUERY_CANCELED = '57014';

/** Postgres ended a statement or a wait for its lateness, or in favour of another. */
function isGivingUp(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === LOCK_NOT_AVAILABLE || code === QUERY_CANCELED || isTransient(error);
}

interface Batch {
  /** How many products were worked out. */
  refreshed: number;
  /** Whether more may wait. Wide changes are expanded so many at a time, and those of a batch may reach no product. */
  is_left: boolean;
}

/** Works out one batch of what changed, and tells caches. */
async function refreshBatch(
  shop: Shop,
  trx: Transaction,
  limit: number,
  { is_first = false }: { is_first?: boolean } = {},
): Promise<Batch> {
  const isWide = await hasWideChanges(trx);
  if (isWide) await expandWideChanges(trx);
  const products = await takeChangedProducts(trx, limit);
  if (products.length === 0) return { refreshed: 0, is_left: isWide };
  const facts = await listingFacts(trx, products);
  const locales = await openLocales(trx, [...new Set(facts.flatMap(({ names }) => Object.keys(names)))]);
  const { listings, known } = await projectProducts({ ...shop, db: trx }, facts, locales);
  const before = await listingsOf(trx, products);
  const hashes = new Map((await textHashes(trx, products)).map((each) => [each.product, each.text_hash]));
  const { moved, moving } = differenceOf(before, listings);
  if (moved.length > 0) await writeListings(trx, moved, moving, { is_first });
  await writeDocuments(trx, products, listings);
  await writeVersions(trx, products, known);
  await indexProducts(trx, products);
  await enqueueIndexing(trx, shop, products);
  const reworded = known.filter(({ product, text_hash }) => hashes.get(product) !== text_hash);
  await notify(trx, noticesOf(products, before, listings, new Set(reworded.map(({ product }) => product))));
  return { refreshed: products.length, is_left: true };
}

/** The products that are listed otherwise than before, with what is listed of them now. A row that stays is not touched. */
function differenceOf(
  before: readonly Listing[],
  now: readonly FreshListing[],
): { moved: string[]; moving: FreshListing[] } {
  const textOf = ({ card: _card, ...listing }: Listing & { card?: string }) => canonicalJson(listing);
  const old = groupBy(before, ({ product }) => product);
  const fresh = groupBy(now, ({ product }) => product);
  const moved = [...new Set([...old.keys(), ...fresh.keys()])].filter((product) => {
    const texts = [old, fresh].map((each) => (each.get(product) ?? []).map(textOf).sort().join());
    return texts[0] !== texts[1];
  });
  return { moved, moving: moved.flatMap((product) => fresh.get(product) ?? []) };
}

const BULK_BATCH = 5_000;

export interface RebuildProgress {
  done: number;
  total: number;
}

/** Works out every product anew. What is read meanwhile is right. */
export async function rebuildListings(
  shop: Shop,
  { onProgress = () => undefined }: { onProgress?: (progress: RebuildProgress) => void } = {},
): Promise<void> {
  await markAllProducts(shop.db);
  await drainBulk(shop, { onProgress });
  await inTransaction(shop.db, async (trx) => {
    await refreshLock(trx);
    await tidyIndex(trx);
  });
}

/** Works out a shop that nobody reads yet, and counts its shelves once. Ended before its end, it is to be run again. */
export async function fillListings(
  shop: Shop,
  { onProgress }: { onProgress: (progress: RebuildProgress) => void },
): Promise<void> {
  await markAllProducts(shop.db);
  await drainBulk(shop, { onProgress, is_first: true });
  await inTransaction(shop.db, async (trx) => {
    await refreshLock(trx);
    await countShelves(trx);
    await tidyIndex(trx);
  });
}

/** Works out what waits in large batches; what is left at the moment `end` is left. */
export async function drainBulk(
  shop: Shop,
  {
    onProgress,
    end = Infinity,
    is_first = false,
  }: { onProgress: (progress: RebuildProgress) => void; end?: number; is_first?: boolean },
): Promise<void> {
  const total = await countChangedProducts(shop.db);
  await drainListings(shop, {
    limit: BULK_BATCH,
    end,
    is_first,
    onProgress: (done) => onProgress({ done, total: Math.max(total, done) }),
  });
}

/** For a new version of what works listings out: has every product worked out anew. */
export async function outdateListings(shop: Shop): Promise<void> {
  await markAllProducts(shop.db);
}
