import type { Shop } from '../platform/shop.ts';
import { deleteStaleCarts } from './queries.ts';

const STALE_DAYS = 90;

/** Deletes carts nobody returned to and that are no order. May run twice. @returns how many */
export function forgetStaleCarts(shop: Shop): Promise<number> {
  return deleteStaleCarts(shop.db, STALE_DAYS);
}
