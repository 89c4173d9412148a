import { lockCartOfOrder } from '../cart/queries.ts';
import { returnRefusal, type ReturnEvent } from '../core/return-state.ts';
import { KontorError } from '../errors.ts';
import type { Transaction } from '../platform/database.ts';
import { lockOrder, type OrderRow } from './queries.ts';
import { returnById, type ReturnRow } from './return-queries.ts';

/**
 * Locks a return by its order, whose lock guards all of them; the order's cart first, because a refund locks it, too.
 * @throws KontorError NOT_FOUND; RETURN_NOT_CHANGEABLE with the `reason` why the step is refused
 */
export async function lockReturn(
  trx: Transaction,
  id: string,
  step: ReturnEvent,
): Promise<{ entry: ReturnRow; order: OrderRow }> {
  const found = await returnById(trx, id);
  if (found) await lockCartOfOrder(trx, found.order);
  const order = found && (await lockOrder(trx, found.order));
  const entry = await returnById(trx, id);
  if (!order || !entry) throw new KontorError('NOT_FOUND');
  const reason = returnRefusal(entry.status, step);
  if (reason) throw new KontorError('RETURN_NOT_CHANGEABLE', { reason });
  return { entry, order };
}
