/** Money that went back, or did not: refund rows and order follow what the provider, or our own books, say of it. */
import { orderPaymentStatus } from '../core/order-payment.ts';
import type { PaymentStatus } from '../core/payment-state.ts';
import { insertEvent, lockOrder, updateOrder, type OrderRow } from '../orders/queries.ts';
import type { Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { ProviderRefund } from '../providers/payment.ts';
import { eventActor, flagOrder, type BookedBy } from './flag-order.ts';
import { latestPayment, updatePayment, type PaymentRow } from './queries.ts';
import { addRefundedUnits, updateRefund, type RefundRow } from './refund-queries.ts';

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
  await setOrderMoney(trx, { ...order, refunded_minor: order.refunded_minor + back_minor });
  if (amount_minor > 0) {
    await insertEvent(trx, {
      order: order.id,
      kind: 'refunded',
      message: 'Money was given back',
      data: { amount_minor, currency: parts[0]?.payment.currency },
      ...eventActor(by),
    });
  }
  await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [order.id] });
}

/** Writes what a locked order was paid and gave back, and what that makes of it. @returns the order after it */
export async function setOrderMoney(trx: Transaction, order: OrderRow): Promise<OrderRow> {
  const newest = await latestPayment(trx, order.id);
  const { paid_minor, refunded_minor } = order;
  const payment_status = orderPaymentStatus({ ...order, newest: newest?.status ?? null });
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
      await updateRefund(trx, refund.id, { status, provider_refund });
    } else if (refund.provider_refund === null) {
      await updateRefund(trx, refund.id, { provider_refund });
    }
  }
}

/** Ends a refund that did not happen: its units count as bought again, and staff are told. The order must be locked. */
export async function failRefund(
  trx: Transaction,
  refund: RefundRow,
  why: string,
  by: BookedBy,
): Promise<void> {
  await updateRefund(trx, refund.id, { status: 'failed', provider_refund: refund.provider_refund });
  const units = (refund.lines ?? []).flatMap(({ order_line, quantity }) =>
    order_line === null ? [] : [{ order_line, quantity: -quantity }],
  );
  await addRefundedUnits(trx, units);
  const order = await lockOrder(trx, refund.order);
  if (!order) return;
  const message = `A refund failed: ${why}`;
  // The event names the refund; the flag itself needs no other.
  await flagOrder(trx, { id: order.id, needs_attention: true }, message, by);
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
