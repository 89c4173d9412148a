/** What the clock clears away: keys nobody repeats, carts nobody returned to, questions nobody answered. */
import { forgetStaleCarts } from '../cart/forget-carts.ts';
import { deleteOldKeys } from '../checkout/idempotency.ts';
import { askAboutUncheckedVatIds } from '../customers/check-vat-id.ts';
import { forgetFailures } from '../gift-cards/find-gift-card.ts';
import { forgetOldNotices } from '../inventory/stock-notices.ts';
import { forgetReplacedTokens } from '../sessions/refuse-reused.ts';
import { closeStaleSetups } from '../payment-methods/sync-setup.ts';
import { forgetWebhookBodies } from '../payments/forget-webhook-bodies.ts';
import type { Shop } from '../platform/shop.ts';

/** May run twice. */
export async function cleanUp(shop: Shop): Promise<void> {
  await deleteOldKeys(shop);
  await forgetFailures(shop);
  const carts = await forgetStaleCarts(shop);
  await askAboutUncheckedVatIds(shop);
  await forgetOldNotices(shop);
  await closeStaleSetups(shop);
  await forgetReplacedTokens(shop);
  await forgetWebhookBodies(shop);
  shop.log.info({ carts }, 'Cleaned up');
}
