/** What the clock clears away: keys nobody repeats, carts nobody returned to. */
import { forgetStaleCarts } from '../cart/forget-carts.ts';
import { deleteOldKeys } from '../checkout/idempotency.ts';
import type { Shop } from '../platform/shop.ts';

/** May run twice. */
export async function cleanUp(shop: Shop): Promise<void> {
  await deleteOldKeys(shop);
  const carts = await forgetStaleCarts(shop);
  shop.log.info({ carts }, 'Cleaned up');
}
