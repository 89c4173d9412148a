import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import { setLowStockMark } from './queries.ts';

/**
 * Sets from how many free units on a level is low; null for the shop's own mark. Tells nobody: an alert is sent when a movement
 * takes the level down to its mark.
 * @throws KontorError NOT_FOUND where the variant is not kept
 */
export async function markLowStock(
  shop: Shop,
  level: { variant: string; location: string; low_stock_at: number | null },
): Promise<{ on_hand: number; reserved: number; low_stock_at: number | null }> {
  const marked = await setLowStockMark(shop.db, level, level.low_stock_at);
  if (!marked) throw new KontorError('NOT_FOUND', { variant: level.variant, location: level.location });
  return marked;
}
