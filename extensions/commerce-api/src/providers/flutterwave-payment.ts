/**
 * What Flutterwave's transactions and refunds of one reference make of our payment. One reference may hold several transactions:
 * failed tries, and two that were paid, because nothing at Flutterwave keeps two links of one reference from being paid both.
 */
import { fromMajorAmount } from './flutterwave-amounts.ts';
import { unreadable, type FlutterwaveRefund, type FlutterwaveTransaction } from './flutterwave-api.ts';
import type { ProviderPayment, ProviderRefund } from './payment.ts';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const OUR_REFERENCE = new RegExp(`^(${UUID})-[1-9]\\d*$`);
const OUR_COMMENT = new RegExp(`refund:(${UUID})(?![0-9a-f-])`);

/** Ours for one attempt at a payment; well below the 100 characters Flutterwave takes. */
export function referenceOf(payment: string, attempt: number): string {
  return `${payment}-${attempt}`;
}

/** Our payment id in a reference; null when it is not one of ours. */
export function paymentOf(tx_ref: string): string | null {
  return OUR_REFERENCE.exec(tx_ref)?.[1] ?? null;
}

/** What we write into the comment of a refund, to know it again. */
export function commentOf(refund: string): string {
  return `refund:${refund}`;
}

function refundOf(comment: string | null): string | null {
  return OUR_COMMENT.exec(comment ?? '')?.[1] ?? null;
}

/** An amount in minor units. @throws PaymentProviderError when it is none in that currency */
export function minorOf(amount: number | string, currency: string): number {
  try {
    return fromMajorAmount(amount, currency);
  } catch (error) {
    throw unreadable(error);
  }
}

/** A refund is counted in the currency of its transaction: it carries none of its own. */
export function providerRefund(refund: FlutterwaveRefund, currency: string): ProviderRefund {
  return {
    provider_refund: String(refund.id),
    refund: refundOf(refund.comment),
    amount_minor: minorOf(refund.amount_refunded, currency),
    status: refundStatus(refund),
  };
}

/**
 * `completed-momo`, `completed-bank-transfer` and the like are paid out. A bare `completed` says that the merchant's balance was
 * charged; refunds to cards stay at it for years, so it is as final as they get unless a payout of their own is under way.
 */
export function refundStatus({
  status,
  disburse_status,
}: Pick<FlutterwaveRefund, 'status' | 'disburse_status'>): ProviderRefund['status'] {
  if (/^(failed|cancell?ed|rejected)/.test(status) || disburse_status === 'failed') return 'failed';
  if (/^(completed-|success|succeeded)/.test(status)) return 'succeeded';
  if (status === 'completed') return disburse_status === 'pending' ? 'pending' : 'succeeded';
  return 'pending';
}

/**
 * The payment behind a reference. `amount_minor` is what was paid in all, so that a second success shows as another amount than ours;
 * a transaction that others gave back whole is left out while another one stands, which is how staff undo a double payment.
 * @param transactions of one reference; at least one
 */
export function providerPayment(
  tx_ref: string,
  transactions: readonly FlutterwaveTransaction[],
  refunds: readonly FlutterwaveRefund[],
): ProviderPayment {
  const oldestFirst = transactions.toSorted((a, b) => a.id - b.id);
  const paid = oldestFirst.filter(({ status }) => status === 'successful');
  const first = paid[0] ?? oldestFirst.findLast(isUnderWay) ?? oldestFirst.at(-1);
  if (!first) throw new RangeError(`${tx_ref} has no transaction`);
  const { currency } = first;
  const madeFor = ({ id }: FlutterwaveTransaction) =>
    refunds.filter(({ transaction }) => transaction === id).map((refund) => providerRefund(refund, currency));
  const counted = paid.filter(
    (transaction) => transaction.currency === currency && !isUndone(transaction, madeFor(transaction)),
  );
  const standing = counted.length > 0 ? counted : paid.slice(0, 1);
  const captured_minor = standing.reduce((sum, { amount }) => sum + minorOf(amount, currency), 0);
  const made = standing.flatMap(madeFor);
  const isPaid = paid.length > 0;
  const hasOthers = standing.length > 1 || paid.some((transaction) => transaction.currency !== currency);
  return {
    provider_payment: tx_ref,
    payment: paymentOf(tx_ref),
    status: isPaid ? 'paid' : isUnderWay(first) ? 'processing' : 'failed',
    amount_minor: isPaid ? captured_minor : minorOf(first.amount, currency),
    currency,
    captured_minor,
    refunded_minor: sumOf(made.filter(({ status }) => status === 'succeeded')),
    refunds: made,
    disputes: [],
    capture_before: null,
    saved_method: null,
    // The link is told once, where it is made.
    client_data: {},
    ...errorOf(first, isPaid, hasOthers),
  };
}

function errorOf(transaction: FlutterwaveTransaction, isPaid: boolean, hasOthers: boolean) {
  if (hasOthers) return { error_code: 'paid_more_than_once', error_message: null };
  if (isPaid || isUnderWay(transaction)) return { error_code: null, error_message: null };
  return { error_code: 'failed', error_message: transaction.processor_response ?? null };
}

/** Anything that is neither paid nor over may still become either, whatever it is called. */
export function isUnderWay({ status }: FlutterwaveTransaction): boolean {
  return status !== 'successful' && !/^(failed|cancell?ed|abandoned|voided)$/.test(status);
}

function isUndone({ amount, currency }: FlutterwaveTransaction, made: readonly ProviderRefund[]): boolean {
  const byOthers = made.filter(({ refund, status }) => refund === null && status === 'succeeded');
  return sumOf(byOthers) >= minorOf(amount, currency);
}

function sumOf(refunds: readonly ProviderRefund[]): number {
  return refunds.reduce((sum, { amount_minor }) => sum + amount_minor, 0);
}
