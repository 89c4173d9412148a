import type { OrderMail } from '../notifications/order-mails.ts';
import { KontorError } from '../errors.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue, type JobPayload } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { wasEdited } from './edit-queries.ts';
import { insertEvent, lockOrder, type OrderRow } from './queries.ts';
import { returnsOf } from './return-queries.ts';
import { shipmentsOf } from './shipment-queries.ts';

/**
 * Writes to the shopper once more about an order as it is now; a mail on a parcel or a return tells of the newest it fits. Notes on the
 * timeline who had it sent. Locks the order.
 * @throws KontorError NOT_FOUND; MAIL_NOT_DUE when there is nothing it could tell of
 */
export async function resendMail(
  shop: Shop,
  id: string,
  template: OrderMail,
  actor: string | null,
): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    const order = await lockOrder(trx, id);
    if (!order) throw new KontorError('NOT_FOUND');
    const about = await subjectOf(trx, order, template);
    if (!about) throw new KontorError('MAIL_NOT_DUE', { template, status: order.status });
    await insertEvent(trx, {
      order: id,
      kind: 'mail_resent',
      message: `Mail sent again: ${template}`,
      data: { template, ...about },
      actor_kind: 'staff',
      actor,
    });
    await enqueue(trx, 'send-order-mail', { order: id, template, ...about });
  });
}

type MailSubject = Pick<JobPayload<'send-order-mail'>, 'shipment' | 'return'>;

/** What a mail would tell of, null when that has not happened. */
async function subjectOf(
  trx: Transaction,
  order: OrderRow,
  template: OrderMail,
): Promise<MailSubject | null> {
  switch (template) {
    case 'order-placed':
      return {};
    case 'order-paid':
      return order.paid_at === null || order.status === 'cancelled' ? null : {};
    case 'order-edited':
      return order.status !== 'cancelled' && (await wasEdited(trx, order.id)) ? {} : null;
    case 'order-cancelled':
      return order.status === 'cancelled' ? {} : null;
    case 'order-shipped':
    case 'order-delivered': {
      const told = template === 'order-delivered' ? ['delivered'] : ['shipped', 'delivered'];
      const shipment = (await shipmentsOf(trx, order.id)).findLast(({ status }) => told.includes(status));
      return shipment ? { shipment: shipment.id } : null;
    }
    default: {
      const told = RETURNS_TOLD[template];
      const found = (await returnsOf(trx, order.id)).findLast(({ status }) => told.includes(status));
      return found ? { return: found.id } : null;
    }
  }
}

/** In which states a return has been what the mail says. */
const RETURNS_TOLD: Record<Extract<OrderMail, `return-${string}`>, readonly string[]> = {
  'return-requested': ['requested'],
  'return-approved': ['approved'],
  'return-rejected': ['rejected'],
  'return-refunded': ['refunded'],
};
