import { KontorError } from '../errors.ts';
import { restockLines } from '../inventory/restock-lines.ts';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { insertEvent, lockOrder } from './queries.ts';

export interface OrderRestock {
  lines: readonly { order_line: string; quantity: number }[];
  /** Where the goods are put; by default where they left from. */
  location?: string | undefined;
  note?: string | undefined;
}

/**
 * Puts sold goods back without a return: a parcel that never left, goods that were found again. Never more than the order took.
 * Locks the order, then stock. Asking for more than is left puts back what is left, with an event only if something moved.
 * @throws KontorError NOT_FOUND for an unknown order, line or location
 */
export async function restockOrder(
  shop: Shop,
  order: string,
  restock: OrderRestock,
  actor: string | null,
): Promise<{ units: number }> {
  return inTransaction(shop.db, async (trx) => {
    const locked = await lockOrder(trx, order);
    if (!locked) throw new KontorError('NOT_FOUND');
    const units = await restockLines(trx, { ...restock, order: locked.id, reason: 'restock', actor });
    if (units > 0) {
      await insertEvent(trx, {
        order: locked.id,
        kind: 'restocked',
        message: units === 1 ? 'One unit was put back into stock' : `${units} units were put back into stock`,
        data: { lines: restock.lines, location: restock.location ?? null, note: restock.note ?? null },
        actor_kind: 'staff',
        actor,
      });
    }
    return { units };
  });
}
