/** Money that went back, or did not: refund rows and order follow what the provider, or our own books, say of it. */
import { orderPaymentStatus } from '../core/order-payment.ts';
import type { PaymentStatus } from '../core/payment-state.ts';
import { emptyWithdrawn, endSoldCards, restoreWithdrawn } from '../gift-cards/sold-gift-cards.ts';
import { insertEvent, linesOf, lockOrder, updateOrder, type OrderRow } from '../orders/queries.ts';
import type { Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { ProviderRefund } from '../providers/payment.ts';
import { eventActor, flagOrder, type BookedBy } from './flag-order.ts';
import { latestPayment, updatePayment, type PaymentRow } from './queries.ts';
import {
  addRefundedUnits,
  clearUnclearFlag,
  pendingRefundMinor,
  refundsOfPayment,
  updateRefund,
  type RefundRow,
} from './refund-queries.ts';

/** The state of a payment that captured money, from what of it went back. */
export function capturedStatus({
  captured_minor,
  refunded_minor,
}: Pick<PaymentRow, 'captured_minor' | 'refunded_minor'>): PaymentStatus {
  if (refunded_minor <= 0) return 'paid';
  return refunded_minor < captured_minor ? 'partly_refunded' : 'refunded';
}

export interface GivenBack {
  payment: Pick<PaymentRow, 'id' | 'captured_minor' | 'refunded_minor' | 'currency'>;
  /** Negative when money came back that had been given back: a bank returned a refund. */
  amount_minor: number;
}

/**
 * Books money that went back from payments of an order; all of them are locked. What was paid in another currency than the order's
 * never counted towards it, and does not now.
 */
export async function bookGivenBack(
  trx: Transaction,
  order: OrderRow,
  parts: readonly GivenBack[],
  by: BookedBy,
): Promise<void> {
  for (const { payment, amount_minor } of parts) {
    const refunded_minor = payment.refunded_minor + amount_minor;
    await updatePayment(trx, payment.id, {
      status: capturedStatus({ ...payment, refunded_minor }),
      refunded_minor,
    });
  }
  const amount_minor = parts.reduce((sum, part) => sum + part.amount_minor, 0);
  const ofOrder = parts.filter(({ payment }) => payment.currency === order.currency);
  const back_minor = ofOrder.reduce((sum, part) => sum + part.amount_minor, 0);
  const booked = await setOrderMoney(trx, { ...order, refunded_minor: order.refunded_minor + back_minor });
  if (amount_minor > 0) {
    await insertEvent(trx, {
      order: order.id,
      kind: 'refunded',
      message: 'Money was given back',
      data: { amount_minor, currency: parts[0]?.payment.currency },
      ...eventActor(by),
    });
  }
  if (await wasGivenOutside(trx, parts)) await meetSoldCards(trx, booked, by);
  await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [order.id] });
}

/** Whether some of it went back without a refund of ours: in the provider's dashboard. */
async function wasGivenOutside(trx: Transaction, parts: readonly GivenBack[]): Promise<boolean> {
  for (const { payment, amount_minor } of parts) {
    if (amount_minor <= 0) continue;
    const ours_minor = (await refundsOfPayment(trx, payment.id))
      .filter((refund) => refund.status === 'succeeded')
      .reduce((sum, refund) => sum + refund.amount_minor, 0);
    if (payment.refunded_minor + amount_minor > ours_minor) return true;
  }
  return false;
}

/**
 * Nobody was asked whether gift cards the order sold may go back with the money. All of it went back: unspent ones end, and staff are
 * told of the others. Only a part: nobody knows what for, so staff decide.
 */
async function meetSoldCards(trx: Transaction, order: OrderRow, by: BookedBy): Promise<void> {
  const sold = (await linesOf(trx, order.id)).filter(
    (line) => line.product_kind === 'gift_card' && line.quantity_refunded < line.quantity,
  );
  if (sold.length === 0) return;
  if (order.payment_status !== 'refunded')
    return await flagOrder(
      trx,
      order,
      'gift_cards_sold',
      'A part of the money went back at the provider; the gift cards it sold can still be spent',
      by,
    );
  const left = await endSoldCards(
    trx,
    sold.map((line) => line.id),
  );
  if (left > 0)
    await flagOrder(
      trx,
      order,
      'gift_cards_sold',
      'The money went back at the provider; gift cards it sold were spent',
      by,
    );
}

/** A refund is done: what was withdrawn for it is worth nothing any more. The order must be locked. */
export async function succeedRefund(
  trx: Transaction,
  refund: RefundRow,
  provider_refund: string | null,
): Promise<void> {
  await updateRefund(trx, refund.id, { status: 'succeeded', provider_refund, is_unclear: false });
  if (refund.is_unclear) await clearUnclearFlag(trx, refund.order);
  await emptyWithdrawn(trx, withdrawnFor(refund), refund.actor);
}

function withdrawnFor(refund: RefundRow): string[] {
  return (refund.lines ?? []).flatMap((unit) => unit.gift_cards ?? []);
}

/** Writes what a locked order was paid and gave back, and what that makes of it. @returns the order after it */
export async function setOrderMoney(trx: Transaction, order: OrderRow): Promise<OrderRow> {
  const newest = await latestPayment(trx, order.id);
  const { paid_minor, refunded_minor } = order;
  const payment_status = orderPaymentStatus({
    ...order,
    pending_minor: await pendingRefundMinor(trx, order),
    newest: newest?.status ?? null,
    promised_minor: newest?.status === 'authorised' ? newest.amount_minor : 0,
  });
  await updateOrder(trx, order.id, { paid_minor, refunded_minor, payment_status });
  return { ...order, payment_status };
}

/** What of a payment went to store credit instead of back the way it came: its provider knows nothing of that. */
export function creditedMinor(refunds: readonly RefundRow[]): number {
  return refunds
    .filter((refund) => refund.store_credit !== null && refund.status === 'succeeded')
    .reduce((sum, refund) => sum + refund.amount_minor, 0);
}

/** Refunds of ours that the provider took for done and that its bank has sent back since. */
export function cameBack(ours: readonly RefundRow[], theirs: readonly ProviderRefund[]): boolean {
  return ours.some(
    (refund) => refund.status === 'succeeded' && theirsOf(refund, theirs)?.status === 'failed',
  );
}

/** Lets our refund rows follow the provider's. The amounts are booked with the payment's. Order and payment must be locked. */
export async function followRefunds(
  trx: Transaction,
  ours: readonly RefundRow[],
  theirs: readonly ProviderRefund[],
  by: BookedBy,
): Promise<void> {
  for (const refund of ours) {
    const found = theirsOf(refund, theirs);
    if (!found) continue;
    const { provider_refund, status } = found;
    if (status === 'failed' && refund.status !== 'failed') {
      await failRefund(trx, { ...refund, provider_refund }, 'the provider could not pay it out', by);
    } else if (status === 'succeeded' && refund.status !== 'succeeded') {
      await succeedRefund(trx, refund, provider_refund);
    } else if (refund.provider_refund === null) {
      await updateRefund(trx, refund.id, { provider_refund });
    }
  }
}

/**
 * Ends a refund that did not happen: its units count as bought again, the gift cards among them are good again, and staff are told.
 * The order must be locked.
 */
export async function failRefund(
  trx: Transaction,
  refund: RefundRow,
  why: string,
  by: BookedBy,
): Promise<void> {
  await updateRefund(trx, refund.id, {
    status: 'failed',
    provider_refund: refund.provider_refund,
    is_unclear: false,
  });
  if (refund.is_unclear) await clearUnclearFlag(trx, refund.order);
  const units = (refund.lines ?? []).flatMap(({ order_line, quantity }) =>
    order_line === null ? [] : [{ order_line, quantity: -quantity }],
  );
  await addRefundedUnits(trx, units);
  // Cards that were not issued because their price was on its way back.
  if (refund.lines?.some((unit) => unit.gift_cards))
    await enqueue(trx, 'issue-gift-cards', { order: refund.order });
  const order = await lockOrder(trx, refund.order);
  if (!order) return;
  const withdrawn = withdrawnFor(refund);
  // Refused because all of the money went back another way: its cards are not good again.
  if (refund.status === 'pending' && order.payment_status === 'refunded')
    await emptyWithdrawn(trx, withdrawn, refund.actor);
  else await restoreWithdrawn(trx, withdrawn, refund.status === 'succeeded');
  // What did not go is kept after all.
  await setOrderMoney(trx, order);
  const message = `A refund failed: ${why}`;
  // The event below names the refund, too.
  await flagOrder(trx, order, 'refund_failed', message, by, { is_told: true });
  await insertEvent(trx, {
    order: order.id,
    kind: 'refund_failed',
    message,
    data: { refund: refund.id, amount_minor: refund.amount_minor },
    ...eventActor(by),
  });
}

function theirsOf(ours: RefundRow, theirs: readonly ProviderRefund[]): ProviderRefund | undefined {
  if (ours.store_credit !== null) return undefined;
  return theirs.find(
    (each) => each.refund === ours.id || each.provider_refund === (ours.provider_refund ?? undefined),
  );
}
