/**
 * The books of payments: what a provider says becomes states of ours. This domain alone writes `payments` and `refunds`, stores
 * `webhook_events`, and moves the money of orders. The *truth* is a payment as its provider knows it. Repeated, late or reordered
 * news changes nothing, because the state tables decide and every caller holds the locks of order and payment.
 */
import { lockCartOfOrder, updateCart } from '../cart/queries.ts';
import { orderTransition } from '../core/order-state.ts';
import { PAYMENT_STATUS_OF_ORDER, paymentTransition, type PaymentEvent } from '../core/payment-state.ts';
import { isKontorError } from '../errors.ts';
import { deductStock, reserveStock } from '../inventory/reserve-stock.ts';
import {
  insertEvent,
  linesOf,
  liveOrderOfCart,
  lockOrder,
  updateOrder,
  type OrderRow,
} from '../orders/queries.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import type { ProviderPayment } from '../providers/payment.ts';
import { requestRefund } from './refund-payment.ts';
import { lockPayment, updatePayment, type PaymentChange, type PaymentRow } from './queries.ts';

export interface BookedBy {
  actor_kind: 'provider' | 'staff';
  actor?: string | null;
}

/**
 * Books the provider's truth on a payment whose order and row are locked, and lets the order follow: paid deducts its stock
 * and sends its mail. Money of another amount or currency than the payment's is never booked as paid: the order is flagged.
 */
export async function bookTruth(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  payment: PaymentRow,
  truth: ProviderPayment,
  by: BookedBy = { actor_kind: 'provider' },
): Promise<void> {
  const facts: PaymentChange = {
    provider_payment: truth.provider_payment,
    client_data: truth.client_data,
    error_code: truth.error_code,
    error_message: truth.error_message,
  };
  if (truth.amount_minor !== payment.amount_minor || truth.currency !== payment.currency) {
    if (hasNewFacts(payment, facts)) await updatePayment(trx, payment.id, facts);
    await flag(
      trx,
      order,
      `${payment.provider} reports ${truth.amount_minor} ${truth.currency} for a payment of ${payment.amount_minor} ${payment.currency}`,
      by,
    );
    return;
  }
  const event = eventOf(payment, truth);
  const status = event && paymentTransition(payment.status, event);
  if (!status) {
    if (hasNewFacts(payment, facts)) await updatePayment(trx, payment.id, facts);
    return;
  }
  await updatePayment(trx, payment.id, {
    ...facts,
    status,
    captured_minor: truth.captured_minor,
    ...(event === 'paid' ? { paid_at: shop.now() } : { refunded_minor: truth.refunded_minor }),
  });
  if (event !== 'paid') return await bookOther(trx, order, payment, truth, event, by);
  await bookPaid(shop, trx, order, payment, truth, by);
  if (truth.refunded_minor > 0) await bookAgain(shop, trx, payment, truth, by);
}

/** Money that went back before we heard that it had come is two steps of ours. */
async function bookAgain(
  shop: Shop,
  trx: Transaction,
  seen: PaymentRow,
  truth: ProviderPayment,
  by: BookedBy,
): Promise<void> {
  const locked = await lockOrderAndPayment(trx, seen);
  if (locked) await bookTruth(shop, trx, locked.order, locked.payment, truth, by);
}

/**
 * Books an answer of the provider, unless our row has moved since it was asked: then the answer may be the older one.
 * Locks the order's cart, the order and the payment.
 * @returns whether it was booked
 */
export function bookUnlessMoved(shop: Shop, seen: PaymentRow, truth: ProviderPayment): Promise<boolean> {
  return inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, seen);
    if (!locked || locked.payment.version !== seen.version) return false;
    await bookTruth(shop, trx, locked.order, locked.payment, truth);
    return true;
  });
}

/** Locks the cart of a payment's order, the order, then the payment. Null when it does not exist. */
export async function lockOrderAndPayment(
  trx: Transaction,
  payment: Pick<PaymentRow, 'id' | 'order'>,
): Promise<{ order: OrderRow; payment: PaymentRow } | null> {
  await lockCartOfOrder(trx, payment.order);
  const order = await lockOrder(trx, payment.order);
  const locked = await lockPayment(trx, payment.id);
  return order && locked ? { order, payment: locked } : null;
}

/** Which event of our tables the provider's state is, seen from ours; null when it says nothing new. */
function eventOf(payment: PaymentRow, truth: ProviderPayment): PaymentEvent | null {
  if (truth.status === 'pending') return null;
  if (truth.status !== 'paid') return truth.status;
  const isBooked =
    payment.status === 'paid' || payment.status === 'partly_refunded' || payment.status === 'refunded';
  if (!isBooked) return 'paid';
  if (truth.refunded_minor <= payment.refunded_minor) return null;
  return truth.refunded_minor >= truth.captured_minor ? 'refunded' : 'partly_refunded';
}

function hasNewFacts(payment: PaymentRow, facts: PaymentChange): boolean {
  return (
    facts.provider_payment !== payment.provider_payment ||
    facts.error_code !== payment.error_code ||
    JSON.stringify(facts.client_data) !== JSON.stringify(payment.client_data)
  );
}

async function bookPaid(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  payment: PaymentRow,
  truth: ProviderPayment,
  by: BookedBy,
): Promise<void> {
  const isLate = order.status === 'cancelled';
  const next = orderTransition(order.status, isLate ? 'revived' : 'paid');
  const obstacle = isLate ? await obstacleToRevival(trx, order) : null;
  await updateOrder(trx, order.id, { paid_minor: order.paid_minor + truth.captured_minor });
  if (!next || obstacle) {
    const reason = obstacle ?? 'The order had been paid already';
    const amount_minor = truth.captured_minor - truth.refunded_minor;
    if (amount_minor > 0) {
      await requestRefund(shop, trx, {
        order: order.id,
        payment: payment.id,
        amount_minor,
        currency: payment.currency,
        reason,
      });
    }
    await flag(trx, order, `${reason}; the money is being refunded`, by);
    return;
  }
  await deductStock(trx, order.id);
  await updateOrder(trx, order.id, {
    status: next,
    payment_status: 'paid',
    paid_at: shop.now(),
    cancelled_at: null,
    cancel_reason: null,
  });
  if (isLate) {
    if (order.cart) await updateCart(trx, order.cart, { status: 'completed' });
    await insertEvent(trx, {
      order: order.id,
      kind: 'revived',
      message: 'Paid late; the goods were still there',
      ...by,
    });
  }
  await insertEvent(trx, {
    order: order.id,
    kind: 'paid',
    message: by.actor_kind === 'staff' ? 'Marked as paid' : `Paid with ${payment.provider}`,
    data: { payment: payment.id, amount_minor: truth.captured_minor, currency: payment.currency },
    ...by,
  });
  await enqueue(trx, 'send-order-mail', { order: order.id, template: 'order-paid' });
  await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [order.id] });
}

async function bookOther(
  trx: Transaction,
  order: OrderRow,
  payment: PaymentRow,
  truth: ProviderPayment,
  event: PaymentEvent,
  by: BookedBy,
): Promise<void> {
  if (event === 'refunded' || event === 'partly_refunded') {
    const back_minor = truth.refunded_minor - payment.refunded_minor;
    const refunded_minor = order.refunded_minor + back_minor;
    await updateOrder(trx, order.id, {
      refunded_minor,
      payment_status: statusAfterRefund(order, refunded_minor),
    });
    await insertEvent(trx, {
      order: order.id,
      kind: 'refunded',
      message: 'Money was given back',
      data: { amount_minor: back_minor },
      ...by,
    });
    return;
  }
  if (order.status !== 'pending') return;
  const payment_status = event === 'retried' ? 'pending' : PAYMENT_STATUS_OF_ORDER[event];
  if (payment_status !== order.payment_status) await updateOrder(trx, order.id, { payment_status });
  await insertEvent(trx, {
    order: order.id,
    kind: `payment_${event}`,
    message: MESSAGES[event] ?? `Payment: ${event}`,
    data: { payment: payment.id, error_code: truth.error_code },
    ...by,
  });
}

const MESSAGES: Partial<Record<PaymentEvent, string>> = {
  requires_action: 'The shopper has to confirm the payment',
  processing: 'The provider is processing the payment',
  authorised: 'The payment is authorised',
  failed: 'The payment failed; the shopper may try again',
  cancelled: 'The payment was cancelled',
};

/** An order that was paid twice stays paid when one of the two goes back. */
function statusAfterRefund({ paid_minor, total_minor }: OrderRow, refunded_minor: number) {
  if (refunded_minor >= paid_minor) return 'refunded';
  return paid_minor - refunded_minor >= total_minor ? 'paid' : 'partly_refunded';
}

/** Why a cancelled order whose money has come cannot live again. Takes its goods when it can. */
async function obstacleToRevival(trx: Transaction, order: OrderRow): Promise<string | null> {
  if (order.cart && (await liveOrderOfCart(trx, order.cart))) {
    return 'The money came after the order was cancelled, and its cart was ordered again';
  }
  return (await reserveAgain(trx, order))
    ? null
    : 'The money came after the order was cancelled, and the goods are gone';
}

/** For money that comes after its order was cancelled: takes the goods again, if all of them are still there. */
async function reserveAgain(trx: Transaction, order: OrderRow): Promise<boolean> {
  const lines = await linesOf(trx, order.id);
  if (lines.some((line) => line.variant === null)) return false;
  const requests = lines.map((line) => ({
    variant: line.variant!,
    sku: line.sku,
    quantity: line.quantity,
    track_stock: line.track_stock,
    allow_backorder: false,
  }));
  try {
    await reserveStock(trx, order.id, requests);
    return true;
  } catch (error) {
    if (isKontorError(error, 'INSUFFICIENT_STOCK')) return false;
    throw error;
  }
}

/** Puts the order on the staff's list, once per reason. */
async function flag(trx: Transaction, order: OrderRow, reason: string, by: BookedBy): Promise<void> {
  await updateOrder(trx, order.id, { needs_attention: true, attention_reason: reason });
  if (!order.needs_attention)
    await insertEvent(trx, { order: order.id, kind: 'flagged', message: reason, ...by });
}
