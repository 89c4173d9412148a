/** What an order shows of its money, from its total and from what came and went back. Amounts are integers in minor units. */
import type { OrderStatus } from './order-state.ts';
import { PAYMENT_STATUS_OF_ORDER, type OrderPaymentStatus, type PaymentStatus } from './payment-state.ts';

export interface OrderMoney {
  status: OrderStatus;
  total_minor: number;
  /** What all its payments captured, gift cards and store credit among them. */
  paid_minor: number;
  refunded_minor: number;
  /** Refunds asked for and not settled yet; none when not given. What is promised back is not kept. */
  pending_minor?: number | undefined;
  /** The newest payment of a provider; null where there is none. */
  newest: PaymentStatus | null;
  /** What that payment promises while it is authorised; none when not given. */
  promised_minor?: number | undefined;
}

/** Payments that may still bring money; after a failure the shopper may try again. */
const OPEN: ReadonlySet<PaymentStatus> = new Set([
  'pending',
  'requires_action',
  'processing',
  'authorised',
  'failed',
]);

export function isOpenPayment(status: PaymentStatus): boolean {
  return OPEN.has(status);
}

/**
 * While an order waits it shows its newest payment, or that a part of the money is there. Once it is accepted it is paid as long as
 * what was kept covers its total; less is `authorised` while the rest is promised, `partly_paid` while a payment
 * for the rest is open or nothing goes back, and `partly_refunded` otherwise. An order paid twice stays paid when one of the two goes
 * back.
 */
export function orderPaymentStatus(money: OrderMoney): OrderPaymentStatus {
  const {
    status,
    total_minor,
    paid_minor,
    refunded_minor,
    pending_minor = 0,
    newest,
    promised_minor = 0,
  } = money;
  const kept_minor = paid_minor - refunded_minor;
  const isOpen = newest !== null && isOpenPayment(newest);
  if (status === 'pending') {
    if (kept_minor > 0) return 'partly_paid';
    if (newest === 'cancelled') return 'failed';
    return isOpen ? PAYMENT_STATUS_OF_ORDER[newest] : 'pending';
  }
  const isPromised = newest === 'authorised' && kept_minor - pending_minor + promised_minor >= total_minor;
  if (paid_minor > 0 && kept_minor <= 0 && (status === 'cancelled' || !isPromised)) return 'refunded';
  if (status === 'cancelled') {
    if (paid_minor === 0) return 'failed';
    return refunded_minor > 0 ? 'partly_refunded' : 'paid';
  }
  if (kept_minor - pending_minor >= total_minor) return 'paid';
  if (isPromised) return 'authorised';
  return isOpen || refunded_minor + pending_minor === 0 ? 'partly_paid' : 'partly_refunded';
}

/** Whether a shopper may pay now: nothing was paid yet, or the order became dearer since. */
export function isPayable(order: { status: OrderStatus; payment_status: OrderPaymentStatus }): boolean {
  return (
    order.status === 'pending' || (order.status !== 'cancelled' && order.payment_status === 'partly_paid')
  );
}

/** What is still to be paid of an order that costs more than was kept; its tenders hold `held_minor` of it. */
export function missingMinor(
  {
    total_minor,
    paid_minor,
    refunded_minor,
    pending_minor = 0,
  }: Pick<OrderMoney, 'total_minor' | 'paid_minor' | 'refunded_minor' | 'pending_minor'>,
  held_minor = 0,
): number {
  return Math.max(0, total_minor - held_minor - (paid_minor - refunded_minor - pending_minor));
}
