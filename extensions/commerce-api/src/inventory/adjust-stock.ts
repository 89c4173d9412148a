import { KontorError } from '../errors.ts';
import { brokenConstraint, inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { lockLevels, openStockLevels, writeChanges } from './queries.ts';

/** Why staff change a count. */
export const ADJUSTMENT_REASONS = [
  'adjustment',
  'received',
  'damaged',
  'lost',
  'found',
  'sold_elsewhere',
  'count',
] as const;
export type AdjustmentReason = (typeof ADJUSTMENT_REASONS)[number];

/** Reasons that are one-way; the others go both. */
const DIRECTION: Partial<Record<AdjustmentReason, 1 | -1>> = {
  received: 1,
  found: 1,
  damaged: -1,
  lost: -1,
  sold_elsewhere: -1,
};

const MAX_DELTA = 1_000_000;

export interface Adjustment {
  variant: string;
  location: string;
  /** Units that came (positive) or went (negative). */
  delta: number;
  /** `adjustment` when nothing is given. */
  reason?: AdjustmentReason | undefined;
  note?: string | null | undefined;
}

/**
 * Books goods that came or went outside of an order: a delivery, breakage, a sale at the counter. Locks the variant's levels.
 * @returns what is there afterwards
 * @throws KontorError INVALID_PAYLOAD at `delta` when nothing moves, or against its reason; INSUFFICIENT_STOCK when more would
 * leave than orders leave free; NOT_FOUND for an unknown variant or location
 */
export async function adjustStock(
  shop: Shop,
  adjustment: Adjustment,
  actor: string | null,
): Promise<{ on_hand: number; reserved: number }> {
  const { variant, location, delta, reason = 'adjustment', note } = adjustment;
  requireSense(delta, reason);
  try {
    return await inTransaction(shop.db, async (trx) => {
      await openStockLevels(trx, location, [variant]);
      const level = (await lockLevels(trx, [variant])).find(
        (each) => each.location === location.toLowerCase(),
      );
      if (!level) throw new Error(`level of ${variant} at ${location} has vanished under its lock`);
      const free = level.on_hand - level.reserved;
      if (delta < 0 && free + delta < 0)
        throw new KontorError('INSUFFICIENT_STOCK', {
          variant,
          requested: -delta,
          available: Math.max(0, free),
        });
      await writeChanges(trx, [{ variant, location, delta_on_hand: delta, delta_reserved: 0 }], {
        reason,
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

function requireSense(delta: number, reason: AdjustmentReason): void {
  const refuse = (what: string) =>
    new KontorError('INVALID_PAYLOAD', { path: 'delta', message: `delta: ${what}` });
  if (delta === 0) throw refuse('is zero');
  if (Math.abs(delta) > MAX_DELTA) throw refuse(`is more than ${MAX_DELTA}`);
  const direction = DIRECTION[reason];
  if (direction !== undefined && Math.sign(delta) !== direction)
    throw refuse(
      `must be ${direction > 0 ? 'positive' : 'negative'} for goods that were ${reason.replace('_', ' ')}`,
    );
}
