import type { Transaction } from '../platform/database.ts';
import { advanceOrder } from './advance-order.ts';
import { insertEvent, lockOrder } from './queries.ts';
import { handOverLines } from './shipment-queries.ts';

/**
 * Hands over what is bought and had at once: downloads and gift cards, as soon as their order is paid. An order of nothing else
 * is delivered by that. Services wait for staff, who hand them over with `shipOrder`. Call it in the transaction that books the
 * payment, after the order's status. May run twice.
 */
export async function handOverPaid(trx: Transaction, id: string): Promise<void> {
  if ((await handOverLines(trx, id)) === 0) return;
  const order = await lockOrder(trx, id);
  if (!order) throw new Error(`order ${id} was paid and does not exist`);
  await insertEvent(trx, {
    order: id,
    kind: 'handed_over',
    message: 'What needs no shipping is yours',
    actor_kind: 'system',
  });
  await advanceOrder(trx, order);
}
