/**
 * The states of a payment as data, and what they mean for its order. News from a provider may come twice, late or out of
 * order; what the table does not list changes nothing.
 */

export const PAYMENT_STATUSES = [
  'pending',
  'requires_action',
  'processing',
  'authorised',
  'paid',
  'failed',
  'cancelled',
  'partly_refunded',
  'refunded',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** `retried`: we start the next attempt after a definite failure. The others are the provider's (or staff's) news. */
export const PAYMENT_EVENTS = [
  'requires_action',
  'processing',
  'authorised',
  'paid',
  'failed',
  'cancelled',
  'partly_refunded',
  'refunded',
  'retried',
] as const;
export type PaymentEvent = (typeof PAYMENT_EVENTS)[number];

const PAYMENT_TRANSITIONS: Record<PaymentStatus, Partial<Record<PaymentEvent, PaymentStatus>>> = {
  pending: {
    requires_action: 'requires_action',
    processing: 'processing',
    authorised: 'authorised',
    paid: 'paid',
    failed: 'failed',
    cancelled: 'cancelled',
  },
  requires_action: {
    processing: 'processing',
    authorised: 'authorised',
    paid: 'paid',
    failed: 'failed',
    cancelled: 'cancelled',
  },
  processing: { authorised: 'authorised', paid: 'paid', failed: 'failed', cancelled: 'cancelled' },
  authorised: { paid: 'paid', failed: 'failed', cancelled: 'cancelled' },
  paid: { partly_refunded: 'partly_refunded', refunded: 'refunded' },
  // After a declined card the shopper may try another within the same provider payment, without a new attempt of ours.
  failed: {
    requires_action: 'requires_action',
    processing: 'processing',
    authorised: 'authorised',
    paid: 'paid',
    cancelled: 'cancelled',
    retried: 'pending',
  },
  // Money can outrun our cancellation. It is booked as what it is; its use case re-reserves the goods or refunds.
  cancelled: { paid: 'paid' },
  partly_refunded: { partly_refunded: 'partly_refunded', refunded: 'refunded' },
  refunded: {},
};

/** The next state (the same one for a further partial refund), or null when the event changes nothing in this one. */
export function paymentTransition(status: PaymentStatus, event: PaymentEvent): PaymentStatus | null {
  return PAYMENT_TRANSITIONS[status][event] ?? null;
}

export const ORDER_PAYMENT_STATUSES = [
  'pending',
  'authorised',
  'paid',
  'partly_refunded',
  'refunded',
  'failed',
] as const;
export type OrderPaymentStatus = (typeof ORDER_PAYMENT_STATUSES)[number];

/** What the order shows for the state of its payment. */
export const PAYMENT_STATUS_OF_ORDER: Record<PaymentStatus, OrderPaymentStatus> = {
  pending: 'pending',
  requires_action: 'pending',
  processing: 'pending',
  authorised: 'authorised',
  paid: 'paid',
  failed: 'failed',
  cancelled: 'failed',
  partly_refunded: 'partly_refunded',
  refunded: 'refunded',
};
