import { groupBy } from '../core/group-by.ts';
import { KontorError } from '../errors.ts';
import { brokenConstraint, inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { lockLevels, openStockLevels, writeChanges } from './queries.ts';

export interface Transfer {
  from: string;
  to: string;
  lines: readonly { variant: string; quantity: number }[];
  note?: string | null | undefined;
}

/**
 * Moves goods from one location to another: two movements per variant, tied by one transfer id. All lines or none. Locks the
 * variants' levels in order.
 * @throws KontorError INVALID_PAYLOAD when both locations are one; INSUFFICIENT_STOCK when less is free there than shall go; NOT_FOUND
 */
export async function transferStock(
  shop: Shop,
  transfer: Transfer,
  actor: string | null,
): Promise<{ transfer: string }> {
  const { from, to, lines, note } = transfer;
  if (from.toLowerCase() === to.toLowerCase())
    throw new KontorError('INVALID_PAYLOAD', { path: 'to', message: 'to: is where the goods are already' });
  const id = shop.newId();
  const wanted = [...groupBy(lines, (line) => line.variant.toLowerCase())].map(([variant, own]) => ({
    variant,
    quantity: own.reduce((sum, line) => sum + line.quantity, 0),
  }));
  const variants = wanted.map((each) => each.variant);
  try {
    await inTransaction(shop.db, async (trx) => {
      await openStockLevels(trx, to, variants);
      const levels = await lockLevels(trx, variants);
      const shortages = wanted.flatMap(({ variant, quantity: requested }) => {
        const level = levels.find((each) => each.variant === variant && each.location === from.toLowerCase());
        const available = level ? Math.max(0, level.on_hand - level.reserved) : 0;
        return requested > available ? [{ variant, requested, available }] : [];
      });
      if (shortages.length > 0) throw new KontorError('INSUFFICIENT_STOCK', { ...shortages[0], shortages });
      const changes = wanted.flatMap(({ variant, quantity }) => [
        { variant, location: from, delta_on_hand: -quantity, delta_reserved: 0 },
        { variant, location: to, delta_on_hand: quantity, delta_reserved: 0 },
      ]);
      await writeChanges(trx, changes, { reason: 'transfer', transfer: id, actor, note: note ?? null });
    });
  } catch (error) {
    if (brokenConstraint(error)?.endsWith('_foreign'))
      throw new KontorError('NOT_FOUND', { variants, to }, error);
    throw error;
  }
  return { transfer: id };
}
