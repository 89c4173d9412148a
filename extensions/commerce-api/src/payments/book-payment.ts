/**
 * The books of payments: what a provider says becomes states of ours. This domain writes `payments` (but for the rows of our own
 * tenders, which `gift-cards/` writes) and `refunds`, stores `webhook_events`, and moves the money of orders. The *truth* is a
 * payment as its provider knows it. Repeated, late or reordered news changes nothing, because the state tables decide and every
 * caller holds the locks of order and payment.
 */
import { lockCartOfOrder } from '../cart/queries.ts';
import { formatMinor, isCurrency } from '../core/money.ts';
import { PAYMENT_STATUS_OF_ORDER, paymentTransition, type PaymentEvent } from '../core/payment-state.ts';
import { insertEvent, lockOrder, updateOrder, type OrderRow } from '../orders/queries.ts';
import { keepMethod } from '../payment-methods/keep-method.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import type { ProviderPayment } from '../providers/payment.ts';
import { bookPaid } from './book-money.ts';
import { followDisputes } from './book-dispute.ts';
import { bookGivenBack, cameBack, creditedMinor, followRefunds, setOrderMoney } from './book-refund.ts';
import { endLater } from './end-later.ts';
import { eventActor, flagOrder, type BookedBy } from './flag-order.ts';
import {
  insertPayment,
  latestPayment,
  lockPayment,
  paymentById,
  updatePayment,
  updatePaymentAt,
  type PaymentChange,
  type PaymentRow,
} from './queries.ts';
import { refundsOfPayment } from './refund-queries.ts';

/**
 * Books the provider's truth on a payment whose order and row are locked, and lets the order follow: once its money is there it
 * deducts its stock and sends its mail. Money of another amount or currency than the payment's is never booked as paid: the order
 * is flagged, and staff settle it.
 */
export async function bookTruth(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  payment: PaymentRow,
  truth: ProviderPayment,
  by: BookedBy = { actor_kind: 'provider' },
): Promise<void> {
  const facts = factsOf(payment, truth);
  if (isPaidAgain(payment, truth)) {
    const { amount_minor, captured_minor } = truth;
    await updatePayment(trx, payment.id, { ...facts, amount_minor, captured_minor });
    return await bookPaid(shop, trx, order, payment, captured_minor - payment.captured_minor, by);
  }
  if (differs(payment, truth)) {
    if (hasNewFacts(payment, facts)) await updatePayment(trx, payment.id, facts);
    const told = `${wordsOf(truth.amount_minor, truth.currency)} for a payment of ${wordsOf(payment.amount_minor, payment.currency)}`;
    await flagOrder(trx, order, 'amount_differs', `${payment.provider} reports ${told}`, by);
    return;
  }
  const event = eventOf(truth);
  const status = event && paymentTransition(payment.status, event);
  if (!event || !status) {
    if (hasNewFacts(payment, facts)) await updatePayment(trx, payment.id, facts);
    if (payment.status === 'cancelled' && isAlive(payment, truth)) await endLater(trx, payment.id);
    if (truth.status === 'paid') await bookAfterwards(shop, trx, order, payment, truth, by);
    return;
  }
  await keepSaved(trx, order, payment, truth, event);
  if (event !== 'paid') {
    await updatePayment(trx, payment.id, { ...facts, status });
    await bookStep(trx, order, payment, truth, event, by);
    if (event === 'cancelled') await askAgain(shop, trx, order, payment, by);
    return;
  }
  const { captured_minor } = truth;
  await updatePayment(trx, payment.id, { ...facts, status, captured_minor, paid_at: shop.now() });
  await bookPaid(shop, trx, order, payment, captured_minor, by);
  // Money that went back before we heard that it had come is two steps of ours.
  const isMore = truth.refunded_minor > 0 || truth.disputes.length > 0;
  const locked = isMore && (await lockOrderAndPayment(trx, payment));
  if (locked) await bookAfterwards(shop, trx, locked.order, locked.payment, truth, by);
}

/**
 * Whether a payment that is over here could still bind money there, where it can be ended: an authorised amount, or a form of the
 * provider that somebody may have open.
 */
function isAlive({ flow }: PaymentRow, { status }: ProviderPayment): boolean {
  if (status === 'authorised') return true;
  return flow === 'element' && (status === 'pending' || status === 'requires_action' || status === 'failed');
}

/** As people write it; a provider may name a currency nobody knows. */
function wordsOf(amount_minor: number, currency: string): string {
  return isCurrency(currency)
    ? `${formatMinor(amount_minor, currency)} ${currency}`
    : `${amount_minor} ${currency}`;
}

/** The method a shopper asked to have kept, once: as soon as money is promised or has come. One deleted since stays deleted. */
async function keepSaved(
  trx: Transaction,
  { customer }: OrderRow,
  { provider, request, status }: PaymentRow,
  { saved_method }: ProviderPayment,
  event: PaymentEvent,
): Promise<void> {
  const isFirst = event === 'authorised' || (event === 'paid' && status !== 'authorised');
  if (!isFirst || !request?.save_method || !saved_method || customer === null) return;
  await keepMethod(trx, { customer, provider, method: saved_method, make_default: false });
}

/** A shopper who has agreed, while the shop may not take the money, has got no further than to the last step. */
function eventOf({
  status,
}: ProviderPayment): Exclude<PaymentEvent, 'retried' | 'partly_refunded' | 'refunded'> | null {
  if (status === 'pending') return null;
  return status === 'approved' ? 'requires_action' : status;
}

/** What becomes of money that has come: refunds, and disputes. */
async function bookAfterwards(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  payment: PaymentRow,
  truth: ProviderPayment,
  by: BookedBy,
): Promise<void> {
  await bookRefunded(trx, order, payment, truth, by);
  await followDisputes(shop, trx, order, payment, truth.disputes, by);
}

/** Whether the provider's payment is about other money than ours: it must not be booked as it is. */
export function differs(payment: PaymentRow, truth: ProviderPayment): boolean {
  return truth.amount_minor !== payment.amount_minor || truth.currency !== payment.currency;
}

/**
 * Whether a payment that is booked has been paid once more, as on a second page of the same reference: that is money an order does not
 * need, and goes back like any other.
 */
function isPaidAgain(payment: PaymentRow, truth: ProviderPayment): boolean {
  const { captured_minor, amount_minor, currency } = truth;
  const isMore = payment.captured_minor > 0 && captured_minor > payment.captured_minor;
  return (
    isMore && captured_minor === amount_minor && currency === payment.currency && differs(payment, truth)
  );
}

/**
 * Books an answer of the provider, unless our row has moved since it was asked: then the answer may be the older one.
 * Locks the order's cart, the order and the payment; an answer that moves no state, as when a payment has just been started,
 * is written without.
 * @returns the payment after it; null when it had moved, and nothing was booked
 */
export async function bookUnlessMoved(
  shop: Shop,
  seen: PaymentRow,
  truth: ProviderPayment,
): Promise<PaymentRow | null> {
  if (truth.status === 'pending' && seen.status !== 'cancelled' && !differs(seen, truth)) {
    const facts = factsOf(seen, truth);
    if (hasNewFacts(seen, facts)) return (await updatePaymentAt(shop.db, seen, facts)) ?? null;
    const current = await paymentById(shop.db, seen.id);
    return current?.version === seen.version ? current : null;
  }
  const isBooked = await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, seen);
    if (!locked || locked.payment.version !== seen.version) return false;
    await bookTruth(shop, trx, locked.order, locked.payment, truth);
    return true;
  });
  return isBooked ? ((await paymentById(shop.db, seen.id)) ?? seen) : null;
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

/** What the provider says of a payment besides its state. Not all of them tell twice where their page is. */
function factsOf(payment: PaymentRow, truth: ProviderPayment): PaymentChange {
  const isTold = Object.keys(truth.client_data).length > 0 || payment.client_data === null;
  return {
    provider_payment: truth.provider_payment,
    client_data: isTold ? truth.client_data : payment.client_data,
    error_code: truth.error_code,
    error_message: truth.error_message,
    // Only what waits to be taken is lost at some moment.
    ...(truth.capture_before && { expires_at: truth.capture_before }),
  };
}

function hasNewFacts(payment: PaymentRow, facts: PaymentChange): boolean {
  return (
    facts.provider_payment !== payment.provider_payment ||
    facts.error_code !== payment.error_code ||
    (facts.expires_at && facts.expires_at.getTime() !== payment.expires_at?.getTime()) ||
    JSON.stringify(facts.client_data) !== JSON.stringify(payment.client_data)
  );
}

/**
 * What of a captured payment has gone back, and which refunds of ours that settles. Less than we know counts only where the
 * provider says that a refund came back: an older answer must not undo a newer one. What went to store credit may go back at the
 * provider, too: more than was captured is not ours to book, so staff are told.
 */
async function bookRefunded(
  trx: Transaction,
  order: OrderRow,
  payment: PaymentRow,
  truth: ProviderPayment,
  by: BookedBy,
): Promise<void> {
  const ours = await refundsOfPayment(trx, payment.id);
  const back_minor = truth.refunded_minor + creditedMinor(ours);
  const { captured_minor, currency } = payment;
  const amount_minor = Math.min(back_minor, captured_minor) - payment.refunded_minor;
  await followRefunds(trx, ours, truth.refunds, by);
  if (amount_minor > 0 || (amount_minor < 0 && cameBack(ours, truth.refunds)))
    await bookGivenBack(trx, order, [{ payment, amount_minor }], by);
  if (back_minor > captured_minor) {
    const told = `${formatMinor(back_minor, currency)} of ${wordsOf(captured_minor, currency)}`;
    const reason = `More went back than came in: ${told}`;
    await flagOrder(trx, order, 'refunded_too_much', reason, by, { once: true });
  }
}

/**
 * What an accepted order is still owed is owed even when its payment was cancelled at the provider: another one asks for it, which the
 * shopper starts. An edit that withdraws the difference has cancelled the payment before its provider tells. Where goods were sent on a
 * promise of money that has ended, staff are told.
 */
async function askAgain(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  payment: PaymentRow,
  by: BookedBy,
): Promise<void> {
  const isOwed = order.payment_status === 'partly_paid' || order.payment_status === 'authorised';
  if (order.status === 'pending' || order.status === 'cancelled' || !isOwed) return;
  const latest = await latestPayment(trx, order.id);
  if (latest?.id !== payment.id) return;
  // Nobody has agreed to be charged once more by the same method.
  const request = payment.request && { ...payment.request, provider_method: null, off_session: false };
  await insertPayment(trx, { ...payment, id: shop.newId(), request, payment_method: null });
  const now = await setOrderMoney(trx, order);
  if (payment.status === 'authorised')
    await flagOrder(
      trx,
      now,
      'authorisation_lost',
      'The promised money was given up before it was taken',
      by,
    );
}

/** A step of a payment on its way; the order shows it while it waits and no part of its money is there. */
async function bookStep(
  trx: Transaction,
  order: OrderRow,
  payment: PaymentRow,
  truth: ProviderPayment,
  event: Exclude<PaymentEvent, 'paid' | 'retried' | 'partly_refunded' | 'refunded'>,
  by: BookedBy,
): Promise<void> {
  if (order.status !== 'pending') {
    // What an accepted order is owed is promised again.
    if (event === 'authorised' && order.status !== 'cancelled') await setOrderMoney(trx, order);
    return;
  }
  const payment_status = PAYMENT_STATUS_OF_ORDER[event];
  if (payment_status !== order.payment_status && order.payment_status !== 'partly_paid')
    await updateOrder(trx, order.id, { payment_status });
  await insertEvent(trx, {
    order: order.id,
    kind: `payment_${event}`,
    message: MESSAGES[event],
    data: { payment: payment.id, error_code: truth.error_code },
    ...eventActor(by),
  });
}

const MESSAGES = {
  requires_action: 'The shopper has to confirm the payment',
  processing: 'The provider is processing the payment',
  authorised: 'The payment is authorised',
  failed: 'The payment failed; the shopper may try again',
  cancelled: 'The payment was cancelled',
} as const;
