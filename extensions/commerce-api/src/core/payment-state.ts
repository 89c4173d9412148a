/**
 * The states of a payment as data, and what they mean for its order: for each state and event the next state, or why nothing
 * changes. News from a provider may come twice, late or out of order. Gift cards and store credit move through the same
 * states: authorised when their balance is taken, paid with their order, cancelled when it closes.
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

/** `nothing_new`: we know. `out_of_date`: older than what we know. The others name what stands against it. */
export type PaymentRefusal =
  | 'nothing_new'
  | 'out_of_date'
  | 'not_paid'
  | 'already_paid'
  | 'already_refunded'
  | 'already_cancelled'
  | 'not_failed';

type Outcome = PaymentStatus | { refused: PaymentRefusal };
const refused = (reason: PaymentRefusal): Outcome => ({ refused: reason });

const PAYMENT_TRANSITIONS: Record<PaymentStatus, Record<PaymentEvent, Outcome>> = {
  pending: {
    requires_action: 'requires_action',
    processing: 'processing',
    authorised: 'authorised',
    paid: 'paid',
    failed: 'failed',
    cancelled: 'cancelled',
    partly_refunded: refused('not_paid'),
    refunded: refused('not_paid'),
    retried: refused('not_failed'),
  },
  requires_action: {
    requires_action: refused('nothing_new'),
    processing: 'processing',
    authorised: 'authorised',
    paid: 'paid',
    failed: 'failed',
    cancelled: 'cancelled',
    partly_refunded: refused('not_paid'),
    refunded: refused('not_paid'),
    retried: refused('not_failed'),
  },
  processing: {
    requires_action: refused('out_of_date'),
    processing: refused('nothing_new'),
    authorised: 'authorised',
    paid: 'paid',
    failed: 'failed',
    cancelled: 'cancelled',
    partly_refunded: refused('not_paid'),
    refunded: refused('not_paid'),
    retried: refused('not_failed'),
  },
  authorised: {
    requires_action: refused('out_of_date'),
    processing: refused('out_of_date'),
    authorised: refused('nothing_new'),
    paid: 'paid',
    failed: 'failed',
    cancelled: 'cancelled',
    partly_refunded: refused('not_paid'),
    refunded: refused('not_paid'),
    retried: refused('not_failed'),
  },
  paid: {
    requires_action: refused('out_of_date'),
    processing: refused('out_of_date'),
    authorised: refused('out_of_date'),
    paid: refused('nothing_new'),
    failed: refused('already_paid'),
    cancelled: refused('already_paid'),
    partly_refunded: 'partly_refunded',
    refunded: 'refunded',
    retried: refused('already_paid'),
  },
  // After a declined card the shopper may try another within the same provider payment, without a new attempt of ours.
  failed: {
    requires_action: 'requires_action',
    processing: 'processing',
    authorised: 'authorised',
    paid: 'paid',
    failed: refused('nothing_new'),
    cancelled: 'cancelled',
    partly_refunded: refused('not_paid'),
    refunded: refused('not_paid'),
    retried: 'pending',
  },
  // Money can outrun our cancellation. It is booked as what it is; its use case re-reserves the goods or refunds.
  cancelled: {
    requires_action: refused('already_cancelled'),
    processing: refused('already_cancelled'),
    authorised: refused('already_cancelled'),
    paid: 'paid',
    failed: refused('already_cancelled'),
    cancelled: refused('nothing_new'),
    partly_refunded: refused('not_paid'),
    refunded: refused('not_paid'),
    retried: refused('already_cancelled'),
  },
  partly_refunded: {
    requires_action: refused('out_of_date'),
    processing: refused('out_of_date'),
    authorised: refused('out_of_date'),
    paid: refused('out_of_date'),
    failed: refused('already_paid'),
    cancelled: refused('already_paid'),
    // A further part.
    partly_refunded: 'partly_refunded',
    refunded: 'refunded',
    retried: refused('already_paid'),
  },
  refunded: {
    requires_action: refused('out_of_date'),
    processing: refused('out_of_date'),
    authorised: refused('out_of_date'),
    paid: refused('out_of_date'),
    failed: refused('already_refunded'),
    cancelled: refused('already_refunded'),
    partly_refunded: refused('out_of_date'),
    refunded: refused('nothing_new'),
    retried: refused('already_refunded'),
  },
};

/** The next state (the same one for a further partial refund), or null when the event changes nothing in this one. */
export function paymentTransition(status: PaymentStatus, event: PaymentEvent): PaymentStatus | null {
  const outcome = PAYMENT_TRANSITIONS[status][event];
  return typeof outcome === 'string' ? outcome : null;
}

/** Why the event changes nothing, or null when it does. */
export function paymentRefusal(status: PaymentStatus, event: PaymentEvent): PaymentRefusal | null {
  const outcome = PAYMENT_TRANSITIONS[status][event];
  return typeof outcome === 'string' ? null : outcome.refused;
}

/** `partly_paid`: some of what the order costs is there, as after an edit that made it dearer. */
export const ORDER_PAYMENT_STATUSES = [
  'pending',
  'authorised',
  'partly_paid',
  'paid',
  'partly_refunded',
  'refunded',
  'failed',
] as const;
export type OrderPaymentStatus = (typeof ORDER_PAYMENT_STATUSES)[number];

/** What the order shows for the state of its payment, where it has but one. */
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
