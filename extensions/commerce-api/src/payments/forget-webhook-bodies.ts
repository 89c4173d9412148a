import type { Shop } from '../platform/shop.ts';
import { dropWebhookBodies } from './queries.ts';

/** As long as anybody will ask what a provider sent. */
const KEPT_DAYS = 30;

/**
 * What a provider sent names shoppers. Once it is settled and a month old, its body goes; which event it was of which payment stays, and
 * it can still be processed again. May run twice.
 */
export async function forgetWebhookBodies(shop: Shop): Promise<void> {
  await dropWebhookBodies(shop.db, KEPT_DAYS);
}
