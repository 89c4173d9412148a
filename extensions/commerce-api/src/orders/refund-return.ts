import { returnTransition } from '../core/return-state.ts';
import { requestRefunds } from '../payments/refund-order.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { lockReturn } from './lock-return.ts';
import { insertEvent } from './queries.ts';
import { returnLinesOf, updateReturn } from './return-queries.ts';

export interface ReturnRefund {
  /** At most what the lines (and the shipping) cost; all of it when not given. */
  amount_minor?: number | undefined;
  /** What was paid for shipping goes back, too. */
  include_shipping?: boolean | undefined;
  to?: 'original' | 'store_credit' | undefined;
  reason?: string | undefined;
}

/**
 * The money of goods that came back: what their lines cost, each rounded so that the parts of a line add up to it, optionally less, and
 * optionally what was paid for shipping. Asks for the refund and ends the return, together. Locks the cart, the order, its payments.
 * @throws KontorError NOT_FOUND, RETURN_NOT_CHANGEABLE with its `reason`, and what a refund refuses
 */
export function refundReturn(
  shop: Shop,
  id: string,
  { amount_minor, include_shipping, to, reason }: ReturnRefund,
  actor: string | null,
): Promise<{ order: string; refund_minor: number }> {
  return inTransaction(shop.db, async (trx) => {
    const { entry, order } = await lockReturn(trx, id, 'refunded');
    const lines = (await returnLinesOf(trx, id)).map(({ order_line, quantity }) => ({
      order_line,
      quantity,
    }));
    const refunds = await requestRefunds(
      shop,
      trx,
      order.id,
      { lines, amount_minor, include_shipping, to, reason: reason ?? 'Returned goods', return: id },
      { actor_kind: 'staff', actor },
    );
    const refund_minor = refunds.reduce((sum, refund) => sum + refund.amount_minor, 0);
    const status = returnTransition(entry.status, 'refunded') ?? entry.status;
    await updateReturn(trx, id, { status, refund: refunds[0]?.id ?? null, refund_minor });
    await insertEvent(trx, {
      order: order.id,
      kind: 'return_refunded',
      message: 'The return is being refunded',
      data: { return: id, amount_minor: refund_minor },
      actor_kind: 'staff',
      actor,
    });
    await enqueue(trx, 'send-order-mail', { order: order.id, template: 'return-refunded', return: id });
    await enqueue(trx, 'announce', { action: 'update', collection: 'returns', keys: [id] });
    return { order: order.id, refund_minor };
  });
}
