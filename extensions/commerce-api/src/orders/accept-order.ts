/** Staff accept an order whose money is promised and has not come: cash on delivery, or an authorised payment that is taken later. */
import { paymentTransition } from '../core/payment-state.ts';
import { orderTransition } from '../core/order-state.ts';
import { KontorError } from '../errors.ts';
import { captureTenders } from '../gift-cards/tenders.ts';
import { deductStock } from '../inventory/reserve-stock.ts';
import { lockOrderAndPayment } from '../payments/book-payment.ts';
import { setOrderMoney } from '../payments/book-refund.ts';
import { providerOf } from '../payments/provider-of.ts';
import { latestPayment, updatePayment, type PaymentRow } from '../payments/queries.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { insertEvent, updateOrder, type OrderRow } from './queries.ts';

/**
 * Lets an unpaid order be sent: its stock leaves, its gift cards and store credit become its money, and the rest stays promised until it
 * is taken (`capturePayment`) or received (`receiveMoney`). What is had at once, downloads and gift cards, waits for the money. Locks the
 * cart, the order, the payment, tenders, stock. Repeating it on an accepted order changes nothing.
 * @throws KontorError ORDER_NOT_ACCEPTABLE with its `reason`: nothing_promised, or the order's status
 */
export async function acceptOrder(
  shop: Shop,
  { id }: Pick<OrderRow, 'id'>,
  actor: string | null,
): Promise<void> {
  const latest = await latestPayment(shop.db, id);
  if (!latest) throw new KontorError('ORDER_NOT_ACCEPTABLE', { reason: 'nothing_promised' });
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, latest);
    if (!locked) throw new KontorError('NOT_FOUND');
    const { order, payment } = locked;
    if (order.status === 'processing' && payment.status === 'authorised') return;
    if (order.status !== 'pending') throw new KontorError('ORDER_NOT_ACCEPTABLE', { reason: order.status });
    if (!isPromised(shop, payment))
      throw new KontorError('ORDER_NOT_ACCEPTABLE', { reason: 'nothing_promised' });
    const authorised = paymentTransition(payment.status, 'authorised');
    if (authorised) await updatePayment(trx, payment.id, { status: authorised });
    const tenders_minor = await captureTenders(shop, trx, id);
    await deductStock(trx, id);
    const status = orderTransition(order.status, 'paid') ?? order.status;
    await updateOrder(trx, id, { status });
    await setOrderMoney(trx, { ...order, status, paid_minor: order.paid_minor + tenders_minor });
    await insertEvent(trx, {
      order: id,
      kind: 'accepted',
      message: 'Accepted; the money comes later',
      data: { payment: payment.id, amount_minor: payment.amount_minor, currency: payment.currency },
      actor_kind: 'staff',
      actor,
    });
    await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [id] });
  });
}

function isPromised(shop: Shop, { provider, status }: PaymentRow): boolean {
  return (
    status === 'authorised' || (status === 'pending' && providerOf(shop, provider).pays_on_delivery === true)
  );
}
