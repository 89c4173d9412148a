import { returnTransition } from '../core/return-state.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { lockReturn } from './lock-return.ts';
import { insertEvent } from './queries.ts';
import { updateReturn } from './return-queries.ts';

const MESSAGES = { approved: 'The return was approved', rejected: 'The return was rejected' };

/**
 * Staff answer a wish to return; the shopper is written. Rejected units may be asked for again. Locks the order.
 * @param answer.reason what the shopper is told
 * @throws KontorError NOT_FOUND, RETURN_NOT_CHANGEABLE with its `reason`
 */
export function decideReturn(
  shop: Shop,
  id: string,
  { decision, reason = null }: { decision: 'approved' | 'rejected'; reason?: string | null | undefined },
  actor: string | null,
): Promise<{ order: string }> {
  return inTransaction(shop.db, async (trx) => {
    const { entry, order } = await lockReturn(trx, id, decision);
    const status = returnTransition(entry.status, decision) ?? entry.status;
    await updateReturn(trx, id, { status, reason });
    await insertEvent(trx, {
      order: order.id,
      kind: `return_${decision}`,
      message: reason ?? MESSAGES[decision],
      data: { return: id },
      actor_kind: 'staff',
      actor,
    });
    await enqueue(trx, 'send-order-mail', { order: order.id, template: `return-${decision}`, return: id });
    await enqueue(trx, 'announce', { action: 'update', collection: 'returns', keys: [id] });
    return { order: order.id };
  });
}
