import { shopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { deleteStaleCarts } from './queries.ts';

/** Deletes carts nobody has touched for `shop_settings.cart_days` and that are no order. May run twice. @returns how many */
export async function forgetStaleCarts(shop: Shop): Promise<number> {
  const { cart_days } = await shopSettings(shop.db);
  return deleteStaleCarts(shop.db, cart_days);
}
