/** Money that has come, and what it makes of its order: paid, a part of it, alive again, or more than it costs. */
import { updateCart } from '../cart/queries.ts';
import { missingMinor } from '../core/order-payment.ts';
import { orderTransition } from '../core/order-state.ts';
import { captureTenders, heldByTenders, releaseTenders } from '../gift-cards/tenders.ts';
import { deductStock } from '../inventory/reserve-stock.ts';
import { handOverPaid } from '../orders/hand-over.ts';
import { insertEvent, linesOf, updateOrder, type OrderRow } from '../orders/queries.ts';
import type { Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { setOrderMoney } from './book-refund.ts';
import { endLater } from './end-later.ts';
import { eventActor, flagOrder, unflagPromise, type AttentionCode, type BookedBy } from './flag-order.ts';
import { openPayments, type PaymentRow } from './queries.ts';
import { refundPayment } from './refund-payment.ts';
import { pendingRefundMinor } from './refund-queries.ts';
import { obstacleToRevival } from './revive-order.ts';

/** An order with what its refunds under way will take from what it was paid. */
type PaidOrder = OrderRow & { pending_minor: number };

interface Money {
  payment: PaymentRow;
  captured_minor: number;
  by: BookedBy;
}

/**
 * Counts what a payment captured towards its order. Together with what its tenders hold it pays the order, or is a part of it;
 * a cancelled order it revives, or goes back; an order that was paid before takes it as the difference an edit asked for, or gives
 * it back. What is more than the order costs always goes back. Order and payment must be locked.
 */
export async function bookPaid(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  payment: PaymentRow,
  captured_minor: number,
  by: BookedBy,
): Promise<void> {
  const money = { payment, captured_minor, by };
  // What was feared for has come.
  await unflagPromise(trx, order);
  const pending_minor = await pendingRefundMinor(trx, order);
  const paid = { ...order, pending_minor, paid_minor: order.paid_minor + captured_minor };
  if (order.status === 'cancelled') {
    const obstacle = await obstacleToRevival(trx, order, captured_minor);
    if (!obstacle) return await accept(shop, trx, paid, money);
    await setOrderMoney(trx, paid);
    const code = order.paid_at ? 'paid_twice' : 'paid_late';
    return await sendBack(shop, trx, order, money, captured_minor, { code, reason: obstacle });
  }
  if (order.status !== 'pending') return await bookDifference(shop, trx, { ...order, pending_minor }, money);
  const held_minor = missingMinor(paid) > 0 ? await heldByTenders(trx, order.id) : 0;
  if (missingMinor(paid, held_minor) > 0) return await bookPart(trx, paid, money);
  await accept(shop, trx, paid, money);
}

/** The money of an order is there. What its tenders hold becomes its money, too, as far as it is needed. */
async function accept(shop: Shop, trx: Transaction, paid: PaidOrder, money: Money): Promise<void> {
  const { payment, captured_minor, by } = money;
  const isLate = paid.status === 'cancelled';
  const next = orderTransition(paid.status, isLate ? 'revived' : 'paid') ?? paid.status;
  let tenders_minor = 0;
  if (missingMinor(paid) > 0) tenders_minor = await captureTenders(shop, trx, paid.id);
  else await releaseTenders(trx, paid.id);
  const paid_minor = paid.paid_minor + tenders_minor;
  await deductStock(trx, paid.id);
  await updateOrder(trx, paid.id, {
    status: next,
    payment_status: 'paid',
    paid_minor,
    paid_at: shop.now(),
    cancelled_at: null,
    cancel_reason: null,
  });
  if (isLate) {
    if (paid.cart) await updateCart(trx, paid.cart, { status: 'completed' });
    const message = 'Paid late; the goods were still there';
    await insertEvent(trx, { order: paid.id, kind: 'revived', message, ...eventActor(by) });
  }
  await insertEvent(trx, {
    order: paid.id,
    kind: 'paid',
    message: paidMessage(payment, captured_minor, tenders_minor, by),
    data: {
      payment: payment.id,
      amount_minor: captured_minor,
      ...(tenders_minor > 0 && { tenders_minor }),
      currency: payment.currency,
    },
    ...eventActor(by),
  });
  await handOverWhatIsPaid(trx, paid.id);
  await enqueue(trx, 'send-order-mail', { order: paid.id, template: 'order-paid' });
  await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [paid.id] });
  await endOthers(trx, payment);
  const surplus_minor = Math.min(
    captured_minor,
    paid_minor - paid.refunded_minor - paid.pending_minor - paid.total_minor,
  );
  if (surplus_minor <= 0) return;
  const reason = 'More was paid than the order costs';
  const { id, currency } = payment;
  await refundPayment(shop, trx, {
    order: paid.id,
    payment: id,
    amount_minor: surplus_minor,
    currency,
    reason,
  });
  if (by.actor_kind !== 'staff')
    await flagOrder(trx, paid, 'overpaid', `${reason}; the rest is being refunded`, by);
}

/** Downloads and gift cards are the shopper's as soon as all the money is there. */
async function handOverWhatIsPaid(trx: Transaction, order: string): Promise<void> {
  await handOverPaid(trx, order);
  const lines = await linesOf(trx, order);
  if (lines.some((line) => line.product_kind === 'gift_card'))
    await enqueue(trx, 'issue-gift-cards', { order });
}

/** An earlier attempt may have paid while a later one is still open: nobody is to pay that as well. */
async function endOthers(trx: Transaction, payment: PaymentRow): Promise<void> {
  for (const { id, provider_payment } of await openPayments(trx, payment.order))
    if (id !== payment.id && provider_payment !== null) await endLater(trx, id);
}

function paidMessage(
  payment: PaymentRow,
  captured_minor: number,
  tenders_minor: number,
  { actor_kind }: BookedBy,
): string {
  const own = 'gift cards or store credit';
  if (tenders_minor > 0 && captured_minor === 0) return `Paid with ${own}`;
  if (actor_kind === 'staff') return 'Marked as paid';
  return tenders_minor > 0 ? `Paid with ${payment.provider} and ${own}` : `Paid with ${payment.provider}`;
}

/** Not all of the money is there: the order waits for the rest. */
async function bookPart(
  trx: Transaction,
  paid: PaidOrder,
  { payment, captured_minor, by }: Money,
): Promise<void> {
  await setOrderMoney(trx, paid);
  await insertEvent(trx, {
    order: paid.id,
    kind: 'partly_paid',
    message: 'A part of the money has come',
    data: { payment: payment.id, amount_minor: captured_minor, missing_minor: missingMinor(paid) },
    ...eventActor(by),
  });
  await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [paid.id] });
}

/**
 * Further money for an order that was accepted: what it was accepted on the promise of, the difference an edit asked for, or money that
 * came twice.
 */
async function bookDifference(shop: Shop, trx: Transaction, order: PaidOrder, money: Money): Promise<void> {
  const { payment, captured_minor, by } = money;
  const isOwed = order.payment_status === 'partly_paid' || order.payment_status === 'authorised';
  const wanted_minor = isOwed ? Math.min(captured_minor, missingMinor(order)) : 0;
  const booked = { ...order, paid_minor: order.paid_minor + captured_minor };
  await setOrderMoney(trx, booked);
  if (wanted_minor > 0) {
    const isFirst = order.paid_at === null && missingMinor(booked) === 0;
    await insertEvent(trx, {
      order: order.id,
      kind: 'paid',
      message: order.paid_at === null ? 'The money has come' : 'The difference was paid',
      data: { payment: payment.id, amount_minor: wanted_minor, currency: payment.currency },
      ...eventActor(by),
    });
    if (isFirst) {
      await updateOrder(trx, order.id, { paid_at: shop.now() });
      await handOverWhatIsPaid(trx, order.id);
    }
    await endOthers(trx, payment);
    await enqueue(trx, 'send-order-mail', { order: order.id, template: 'order-paid' });
    await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [order.id] });
  }
  if (captured_minor > wanted_minor) {
    const why = { code: 'paid_twice', reason: 'The order had been paid already' } as const;
    await sendBack(shop, trx, order, money, captured_minor - wanted_minor, why);
  }
}

/** Money that has no order to pay goes back by itself, and staff are told. */
async function sendBack(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  { payment, by }: Money,
  amount_minor: number,
  { code, reason }: { code: AttentionCode; reason: string },
): Promise<void> {
  const { id, currency } = payment;
  await refundPayment(shop, trx, { order: order.id, payment: id, amount_minor, currency, reason });
  await flagOrder(trx, order, code, `${reason}; the money is being refunded`, by);
}
