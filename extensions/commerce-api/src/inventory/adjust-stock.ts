import { KontorError } from '../errors.ts';
import { brokenConstraint, inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { lockLevels, openStockLevels, writeChanges } from './queries.ts';

export interface Adjustment {
  variant: string;
  location: string;
  /** Units that came (positive) or went (negative). */
  delta: number;
  note?: string | undefined;
}

/**
 * Books goods that came or went outside of an order: a delivery, breakage, a sale at the counter. Locks the level.
 * @returns what is there afterwards
 * @throws KontorError INSUFFICIENT_STOCK when more would leave than orders leave free; NOT_FOUND for an unknown variant or location
 */
export async function adjustStock(
  shop: Shop,
  adjustment: Adjustment,
  actor: string | null,
): Promise<{ on_hand: number; reserved: number }> {
  const { variant, location, delta, note } = adjustment;
  try {
    return await inTransaction(shop.db, async (trx) => {
      await openStockLevels(trx, location, [variant]);
      const level = (await lockLevels(trx, [variant])).find((each) => each.location === location);
      if (!level) throw new KontorError('NOT_FOUND', { location });
      const free = level.on_hand - level.reserved;
      if (free + delta < 0)
        throw new KontorError('INSUFFICIENT_STOCK', {
          variant,
          requested: -delta,
          available: Math.max(0, free),
        });
      await writeChanges(trx, [{ variant, location, delta_on_hand: delta, delta_reserved: 0 }], {
        reason: 'adjustment',
        actor,
        note: note ?? null,
      });
      return { on_hand: level.on_hand + delta, reserved: level.reserved };
    });
  } catch (error) {
    if (brokenConstraint(error)?.endsWith('_foreign'))
      throw new KontorError('NOT_FOUND', { variant, location }, error);
    throw error;
  }
}
