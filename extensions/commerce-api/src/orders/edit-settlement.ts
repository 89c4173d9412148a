/** The money of an edit: what an unpaid order is to be paid by, and what goes back or is still asked for once it is paid. */
import type { OrderTotals } from '../core/edit-order.ts';
import { sumMinor } from '../core/money.ts';
import { isOpenPayment, missingMinor } from '../core/order-payment.ts';
import { paymentTransition } from '../core/payment-state.ts';
import { KontorError } from '../errors.ts';
import { heldByTenders, reduceTenders } from '../gift-cards/tenders.ts';
import { bookTruth, lockOrderAndPayment } from '../payments/book-payment.ts';
import { cancelAtProvider } from '../payments/cancel-at-provider.ts';
import { collectDifference } from '../payments/collect-difference.ts';
import { ownTruth } from '../payments/own-truth.ts';
import { renewedTerms } from '../payments/payment-terms.ts';
import { providerOf } from '../payments/provider-of.ts';
import {
  insertPayment,
  latestPayment,
  lockPayment,
  paymentById,
  updatePayment,
  type PaymentRow,
} from '../payments/queries.ts';
import { requestRefunds } from '../payments/refund-order.ts';
import { lockCapturedPayments, pendingRefundMinor } from '../payments/refund-queries.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import type { Transaction } from '../platform/database.ts';
import { holdMs, shopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import type { Settlement } from './edit-wish.ts';
import { lockOrder, updateOrder, type OrderRow } from './queries.ts';

export interface EditTerms {
  /** Of what is still to be paid; that of the payment before, when it is not said. */
  provider: string | undefined;
  reason: string;
  actor: string | null;
  /** The payment its provider has ended for this edit, or null for none; undefined while it has not been asked. */
  ended: PaymentRow | null | undefined;
}

export interface Settled {
  settlement: Settlement;
  /** The open payment that does not fit any more, which must be ended at its provider before this is done in earnest. */
  open_payment: PaymentRow | null;
  /** The new one. */
  payment: PaymentRow | null;
}

const NOTHING: Settled = {
  settlement: { kind: 'none', amount_minor: 0 },
  open_payment: null,
  payment: null,
};

/**
 * Settles what an edit changes, in the edit's transaction. An unpaid order gets a payment over what its gift cards and store credit
 * do not cover. A paid one gets the difference back, or is asked for it; what it was asked for by an earlier edit and has not
 * paid is set off. Locks the payment, then store credit and gift cards. The order must be locked, and is given as it was.
 * @throws KontorError ORDER_CHANGED when another payment is open than the one that was ended
 */
export async function settleEdit(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  totals: OrderTotals,
  terms: EditTerms,
): Promise<Settled> {
  const latest = await latestPayment(trx, order.id);
  const payment = latest && (await lockPayment(trx, latest.id));
  if (!payment) throw new Error(`order ${order.id} has no payment`);
  const settled =
    order.status === 'pending'
      ? await settleUnpaid(shop, trx, order, totals, payment, terms)
      : await settlePaid(shop, trx, order, totals, payment, terms);
  if (terms.ended !== undefined && terms.ended?.id !== settled.open_payment?.id)
    throw new KontorError('ORDER_CHANGED', { version: order.version });
  return settled;
}

/**
 * Ends a payment at its provider, so that nobody pays the old amount. Takes no lock.
 * @throws KontorError ORDER_CHANGED when it was paid meanwhile, which is booked; ORDER_NOT_EDITABLE while it is under way
 */
export async function endAtProvider(shop: Shop, payment: PaymentRow): Promise<void> {
  if (payment.status === 'cancelled') return;
  const outcome = await cancelAtProvider(shop, payment);
  if (outcome === 'cancelled') return;
  if (outcome === 'cannot_cancel')
    throw new KontorError('ORDER_NOT_EDITABLE', { reason: 'payment_under_way', payment: payment.id });
  await syncPayment(shop, payment.id);
  throw new KontorError('ORDER_CHANGED', { payment: 'paid' });
}

/**
 * Nothing is left to pay: the order is paid by that, and what was paid of it before beyond that goes back. Call it when everything
 * else of the edit is written.
 */
export async function bookFree(
  shop: Shop,
  trx: Transaction,
  payment: PaymentRow,
  { reason, actor }: Pick<EditTerms, 'reason' | 'actor'>,
): Promise<void> {
  const locked = await lockOrderAndPayment(trx, payment);
  if (!locked) throw new Error(`payment ${payment.id} has vanished under its lock`);
  const truth = ownTruth(locked.payment, { provider_payment: `free-${payment.id}` });
  await bookTruth(shop, trx, locked.order, locked.payment, truth);
  const paid = (await lockOrder(trx, payment.order)) ?? locked.order;
  const kept_minor = paid.paid_minor - paid.refunded_minor - (await pendingRefundMinor(trx, paid));
  const amount_minor = kept_minor - paid.total_minor;
  if (amount_minor > 0)
    await requestRefunds(shop, trx, payment.order, { amount_minor, reason }, { actor_kind: 'staff', actor });
}

async function settleUnpaid(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  { total_minor }: OrderTotals,
  payment: PaymentRow,
  terms: EditTerms,
): Promise<Settled> {
  const held_minor = await heldByTenders(trx, order.id);
  const edited = { ...order, total_minor, pending_minor: await pendingRefundMinor(trx, order) };
  const without_minor = missingMinor(edited);
  const amount_minor = missingMinor(edited, held_minor);
  if (held_minor > without_minor) await reduceTenders(trx, order.id, held_minor - without_minor);
  const provider = providerOf(shop, terms.provider ?? payment.provider);
  // One that brought a part of the money is no longer asked for any.
  const open = payment.captured_minor === 0 ? payment : null;
  if (open?.amount_minor === amount_minor && provider.name === payment.provider) return NOTHING;
  const status = open && paymentTransition(open.status, 'cancelled');
  if (status) await updatePayment(trx, payment.id, { status });
  const id = shop.newId();
  const asked_with = await renewedTerms(trx, provider, order, payment);
  await insertPayment(trx, { ...payment, ...asked_with, id, provider: provider.name, amount_minor });
  const until = shop.now().getTime() + holdMs(await shopSettings(trx), provider.is_manual);
  await updateOrder(trx, order.id, {
    payment_status: order.paid_minor > order.refunded_minor ? 'partly_paid' : 'pending',
    // Whoever is told of a new amount needs the time to pay it.
    expires_at: new Date(Math.max(until, order.expires_at?.getTime() ?? until)),
  });
  return {
    settlement: { kind: 'payment', amount_minor },
    open_payment: open,
    payment: (await paymentById(trx, id)) ?? null,
  };
}

async function settlePaid(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  totals: OrderTotals,
  payment: PaymentRow,
  { provider, reason, actor }: EditTerms,
): Promise<Settled> {
  const by = { actor_kind: 'staff' as const, actor };
  const edited = { ...order, ...totals };
  const difference_minor = totals.total_minor - order.total_minor;
  if (difference_minor === 0) return NOTHING;
  // Whatever the order shows: an open payment is the ask, as far as what is kept, and not on its way back, leaves something to pay.
  const open = isOpenPayment(payment.status) ? payment : null;
  const missing_minor = missingMinor({ ...order, pending_minor: await pendingRefundMinor(trx, order) });
  const due_minor = Math.min(open?.amount_minor ?? 0, missing_minor) + difference_minor;
  const asked =
    open || due_minor > 0
      ? await collectDifference(shop, trx, edited, { amount_minor: Math.max(0, due_minor), provider }, by)
      : null;
  if (due_minor >= 0) {
    return { settlement: { kind: 'collect', amount_minor: due_minor }, open_payment: open, payment: asked };
  }
  // Money that went back before without being for certain goods may have been for these.
  const amount_minor = Math.min(-due_minor, await refundableMinor(trx, order));
  if (amount_minor > 0) await requestRefunds(shop, trx, order.id, { amount_minor, reason }, by);
  const kind = amount_minor > 0 ? 'refund' : 'none';
  return { settlement: { kind, amount_minor }, open_payment: open, payment: null };
}

/** What was captured and is neither given back nor on its way. Locks the payments that captured money. */
async function refundableMinor(trx: Transaction, { id, currency }: OrderRow): Promise<number> {
  const captured = await lockCapturedPayments(trx, id);
  return sumMinor(
    captured
      .filter((payment) => payment.currency === currency)
      .map((payment) => payment.captured_minor - payment.refunded_minor - payment.pending_minor),
  );
}
