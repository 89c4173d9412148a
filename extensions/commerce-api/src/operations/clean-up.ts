/** What the clock clears away: keys nobody repeats, carts nobody returned to. */
import { deleteStaleCarts } from '../cart/queries.ts';
import { deleteOldKeys } from '../checkout/idempotency.ts';
import type { Shop } from '../platform/shop.ts';

const STALE_CART_DAYS = 90;

/** May run twice. */
export async function cleanUp(shop: Shop): Promise<void> {
  await deleteOldKeys(shop.db);
  const carts = await deleteStaleCarts(shop.db, STALE_CART_DAYS);
  shop.log.info({ carts }, 'Cleaned up');
}
