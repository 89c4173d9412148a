import { lockCartOfOrder } from '../cart/queries.ts';
import { releaseRedemptions } from '../checkout/redemption-queries.ts';
import { isOpenPayment } from '../core/order-payment.ts';
import { orderRefusal, orderTransition, type OrderStatus } from '../core/order-state.ts';
import { paymentTransition } from '../core/payment-state.ts';
import { KontorError } from '../errors.ts';
import { restockLines } from '../inventory/restock-lines.ts';
import { cancelAtProvider } from '../payments/cancel-at-provider.ts';
import { setOrderMoney } from '../payments/book-refund.ts';
import { endLater } from '../payments/end-later.ts';
import { unflagPromise } from '../payments/flag-order.ts';
import {
  latestPayment,
  lockPayment,
  openPayments,
  updatePayment,
  type OpenPayment,
} from '../payments/queries.ts';
import { requestRefunds } from '../payments/refund-order.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import { inTransaction, type Queryable, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import type { CancelledBy } from './close-order.ts';
import { insertEvent, linesOf, lockOrder, updateOrder, type OrderRow } from './queries.ts';
import { cancelPendingShipments, shipmentsOf } from './shipment-queries.ts';

/**
 * Cancels an order that was paid and of which nothing has left: all its money is asked back, its goods go back on the shelf unless
 * `restock` is false, its promotions may be used again, and parcels that were being packed are unpacked. Its cart stays closed.
 * Shoppers may do so until the first parcel is being packed; what was handed over at once (downloads, gift cards) counts as having
 * left. What an edit still asked for is not asked for any more. Locks the cart, the order, its payments and tenders, promotions,
 * stock. Repeating it changes nothing.
 * @throws KontorError ORDER_NOT_CANCELLABLE with its `reason`; PROVIDER_FAILED
 */
export async function cancelPaidOrder(shop: Shop, seen: OrderRow, by: CancelledBy): Promise<void> {
  const { id } = seen;
  const { restock = true, reason = null, actor_kind, actor = null } = by;
  await requireCancellable(shop.db, seen, by);
  await endPromised(shop, seen);
  await inTransaction(shop.db, async (trx) => {
    await lockCartOfOrder(trx, id);
    const order = await lockOrder(trx, id);
    if (!order || order.status === 'cancelled') return;
    const { next, isPacked } = await requireCancellable(trx, order, by);
    // Nothing has left, so all of it is still here, refunded or not; what was put back before is not put back again.
    const sold = (await linesOf(trx, id)).map((line) => ({ order_line: line.id, quantity: line.quantity }));
    await updateOrder(trx, id, { status: next, cancelled_at: shop.now(), cancel_reason: reason });
    for (const open of await openPayments(trx, id)) await closePayment(trx, open);
    await unflagPromise(trx, order);
    const now = await setOrderMoney(trx, { ...order, status: next });
    const unpacked = isPacked ? await cancelPendingShipments(trx, id) : [];
    const refunds =
      now.paid_minor > now.refunded_minor
        ? await requestRefunds(shop, trx, id, { reason: reason ?? 'Cancelled' }, { actor_kind, actor })
        : [];
    await insertEvent(trx, {
      order: id,
      kind: 'cancelled',
      message: reason ?? 'Cancelled',
      data: {
        refund_minor: refunds.reduce((sum, refund) => sum + refund.amount_minor, 0),
        ...(unpacked.length > 0 && { shipments: unpacked }),
      },
      actor_kind,
      actor,
    });
    await enqueue(trx, 'send-order-mail', { order: id, template: 'order-cancelled' });
    await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [id] });
    await releaseRedemptions(trx, id);
    if (restock) await restockLines(trx, { order: id, lines: sold, reason: 'restock', actor });
  });
}

/** @throws KontorError ORDER_NOT_CANCELLABLE with its `reason` */
async function requireCancellable(
  db: Queryable,
  { id, status, fulfilment_status }: OrderRow,
  { actor_kind }: CancelledBy,
): Promise<{ next: OrderStatus; isPacked: boolean }> {
  const next = orderTransition(status, 'cancelled', fulfilment_status);
  const isPacked = (await shipmentsOf(db, id)).some((parcel) => parcel.status === 'pending');
  if (next && !(isPacked && actor_kind === 'customer')) return { next, isPacked };
  const reason = orderRefusal(status, 'cancelled', fulfilment_status) ?? 'being_packed';
  throw new KontorError('ORDER_NOT_CANCELLABLE', { reason, status });
}

/**
 * What is still asked for, or promised, is ended at its provider before the order is cancelled. If the difference of an edit moved or
 * cannot be ended, its money goes back with the rest, or when it comes.
 * @throws KontorError ORDER_NOT_CANCELLABLE where promised money of an accepted order cannot be given up now
 */
async function endPromised(shop: Shop, { id, paid_at, status }: OrderRow): Promise<void> {
  const payment = await latestPayment(shop.db, id);
  if (!payment || !isOpenPayment(payment.status)) return;
  const outcome = await cancelAtProvider(shop, payment);
  if (outcome === 'paid') await syncPayment(shop, payment.id);
  if (outcome === 'cannot_cancel' && paid_at === null)
    throw new KontorError('ORDER_NOT_CANCELLABLE', { reason: 'payment_under_way', status });
}

/** What no provider could end, or nobody asked about, is ended by a job, and its money goes back if it comes. */
async function closePayment(trx: Transaction, { id, provider_payment }: OpenPayment): Promise<void> {
  const payment = await lockPayment(trx, id);
  const status = payment && paymentTransition(payment.status, 'cancelled');
  if (status) await updatePayment(trx, id, { status });
  if (provider_payment !== null) await endLater(trx, id);
}
