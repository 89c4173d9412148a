/** Orders that end before they are sent: those never paid give their stock, their promotions and their cart back. */
import { orderTransition } from '../core/order-state.ts';
import { paymentTransition } from '../core/payment-state.ts';
import { lockCart, updateCart } from '../cart/queries.ts';
import { KontorError } from '../errors.ts';
import { releaseTenders } from '../gift-cards/tenders.ts';
import { releaseStock } from '../inventory/reserve-stock.ts';
import { cancelAtProvider } from '../payments/cancel-at-provider.ts';
import { unflagPromise } from '../payments/flag-order.ts';
import { lockPayment, latestPayment, updatePayment, type PaymentRow } from '../payments/queries.ts';
import { requestRefunds } from '../payments/refund-order.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { releaseRedemptions } from '../checkout/redemption-queries.ts';
import { cancelPaidOrder } from './cancel-paid-order.ts';
import { expiredOrders, insertEvent, lockOrder, orderById, updateOrder, type OrderRow } from './queries.ts';

export interface ClosedBy {
  actor_kind: 'customer' | 'staff' | 'system';
  actor?: string | null;
  reason?: string | null;
}

export interface CancelledBy extends ClosedBy {
  /** Whether the goods of a paid order go back on the shelf; they do when not given. */
  restock?: boolean | undefined;
}

const MAX_ROUNDS = 5;

/**
 * Cancels an order. One that has not been paid: its provider is asked first, and money that already moved wins over the wish to
 * cancel; when the order or its payment moved while the provider was asked, both are looked at again. One that was paid and of
 * which nothing has left: see `cancelPaidOrder`. Whoever saw it unpaid is told when it was paid meanwhile, rather than having it
 * refunded unasked. Repeating it on a cancelled order changes nothing.
 * @throws KontorError ORDER_NOT_CANCELLABLE with its `reason`: already_paid (meanwhile), payment_under_way (the provider cannot take
 * it back now), already_shipped, already_delivered, being_packed (shoppers only); PROVIDER_FAILED
 */
export async function cancelOrder(shop: Shop, { id }: Pick<OrderRow, 'id'>, by: CancelledBy): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const order = await orderById(shop.db, id);
    if (!order || order.status === 'cancelled') return;
    const { status } = order;
    if (status !== 'pending') {
      if (round > 0) throw new KontorError('ORDER_NOT_CANCELLABLE', { reason: 'already_paid', status });
      return await cancelPaidOrder(shop, order, by);
    }
    const payment = await latestPayment(shop.db, id);
    const outcome = payment && isOpen(payment) ? await cancelAtProvider(shop, payment) : 'cancelled';
    if (payment && outcome === 'paid') await syncPayment(shop, payment.id);
    if (outcome !== 'cancelled') {
      const reason = outcome === 'paid' ? 'already_paid' : 'payment_under_way';
      throw new KontorError('ORDER_NOT_CANCELLABLE', { reason, status, payment: outcome });
    }
    if (await close(shop, order, payment, 'cancelled', by)) return;
  }
  throw new Error(`order ${id} moved ${MAX_ROUNDS} times while it was being cancelled`);
}

/**
 * The job for one order whose hold has ended. May run twice. Cancelled at the provider: the stock goes back. Paid after all: it
 * is booked. Being processed: the hold goes on. Cannot be cancelled: the stock goes back at the deadline all the same, and money
 * that comes later is met when it comes. An order that moved meanwhile is left to the next minute's job.
 */
export async function expireOrder(shop: Shop, id: string): Promise<void> {
  const order = await orderById(shop.db, id);
  if (!order || order.status !== 'pending' || !order.is_expired) return;
  const latest = await latestPayment(shop.db, id);
  const payment = latest && (await syncPayment(shop, latest.id));
  if (payment) {
    if (payment.status === 'processing' || payment.status === 'authorised') return;
    if (isOpen(payment) && (await cancelAtProvider(shop, payment)) === 'paid') {
      await syncPayment(shop, payment.id);
      return;
    }
  }
  await close(shop, order, payment, 'expired', { actor_kind: 'system', reason: 'Not paid in time' });
}

/** The clock's job: one job for each order whose hold has ended. */
export async function expireUnpaidOrders(shop: Shop): Promise<void> {
  for (const order of await expiredOrders(shop.db, 500)) {
    await enqueue(shop.db, 'expire-order', { order }, { job_key: `expire-order:${order}` });
  }
}

/** A payment that brought a part of the money has nothing left to cancel: its part is given back. */
function isOpen(payment: PaymentRow): boolean {
  return payment.captured_minor === 0;
}

/** @returns false, with nothing changed, when the order is not pending or its payment not the one whose end was agreed */
async function close(
  shop: Shop,
  seen: OrderRow,
  agreed: PaymentRow | undefined,
  event: 'cancelled' | 'expired',
  by: ClosedBy,
): Promise<boolean> {
  return inTransaction(shop.db, async (trx) => {
    if (seen.cart) await lockCart(trx, seen.cart);
    const order = await lockOrder(trx, seen.id);
    const next = order && orderTransition(order.status, event);
    if (!next || order.status !== 'pending') return false;
    const latest = await latestPayment(trx, order.id);
    const payment = latest && (await lockPayment(trx, latest.id));
    if (payment?.id !== agreed?.id || payment?.version !== agreed?.version) return false;
    const payment_status = payment && paymentTransition(payment.status, 'cancelled');
    if (payment && payment_status) await updatePayment(trx, payment.id, { status: payment_status });
    const isPartPaid = order.paid_minor > order.refunded_minor;
    await updateOrder(trx, order.id, {
      status: next,
      payment_status: isPartPaid ? order.payment_status : 'failed',
      cancelled_at: shop.now(),
      cancel_reason: by.reason ?? null,
    });
    await unflagPromise(trx, order);
    if (isPartPaid) await requestRefunds(shop, trx, order.id, { reason: by.reason ?? 'Cancelled' }, by);
    await releaseTenders(trx, order.id);
    await releaseRedemptions(trx, order.id);
    await releaseStock(trx, order.id);
    if (order.cart) await updateCart(trx, order.cart, { status: 'active' });
    await insertEvent(trx, {
      order: order.id,
      kind: event,
      message: by.reason ?? (event === 'expired' ? 'Expired' : 'Cancelled'),
      actor_kind: by.actor_kind,
      actor: by.actor ?? null,
    });
    if (event === 'cancelled' && by.actor_kind !== 'customer')
      await enqueue(trx, 'send-order-mail', { order: order.id, template: 'order-cancelled' });
    await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [order.id] });
    return true;
  });
}
