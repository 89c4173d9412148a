/**
 * The states of an order as data: for each state and event the next state, or why it is refused. On a refusal the use case
 * answers with an error or, for news that comes late or twice, changes nothing.
 */
import type { FulfilmentStatus } from './fulfilment-state.ts';

export const ORDER_STATUSES = ['pending', 'processing', 'shipped', 'delivered', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/**
 * `paid`: the money is there, or staff accepted the order. `edited`: staff changed what is ordered. `shipped`: the last open
 * line left. `handed_over`: there was nothing to ship (downloads, services, pick-up). `cancelled`: by shopper or staff, before
 * or after the payment; `expired`: unpaid past its hold. `revived`: the money of a cancelled order came late and its stock could
 * be reserved again.
 */
export const ORDER_EVENTS = [
  'paid',
  'edited',
  'shipped',
  'delivered',
  'handed_over',
  'cancelled',
  'expired',
  'revived',
] as const;
export type OrderEvent = (typeof ORDER_EVENTS)[number];

export type OrderRefusal =
  | 'not_paid'
  | 'already_paid'
  | 'not_shipped'
  | 'already_shipped'
  | 'already_delivered'
  | 'already_cancelled'
  | 'not_cancelled';

type Outcome = OrderStatus | { refused: OrderRefusal };
const refused = (reason: OrderRefusal): Outcome => ({ refused: reason });

const ORDER_TRANSITIONS: Record<OrderStatus, Record<OrderEvent, Outcome>> = {
  pending: {
    paid: 'processing',
    edited: 'pending',
    shipped: refused('not_paid'),
    delivered: refused('not_paid'),
    handed_over: refused('not_paid'),
    cancelled: 'cancelled',
    expired: 'cancelled',
    revived: refused('not_cancelled'),
  },
  processing: {
    paid: refused('already_paid'),
    edited: 'processing',
    shipped: 'shipped',
    delivered: refused('not_shipped'),
    handed_over: 'delivered',
    // Only while nothing has left, see `orderRefusal`.
    cancelled: 'cancelled',
    expired: refused('already_paid'),
    revived: refused('not_cancelled'),
  },
  shipped: {
    paid: refused('already_paid'),
    edited: refused('already_shipped'),
    shipped: refused('already_shipped'),
    delivered: 'delivered',
    handed_over: refused('already_shipped'),
    cancelled: refused('already_shipped'),
    expired: refused('already_paid'),
    revived: refused('not_cancelled'),
  },
  delivered: {
    paid: refused('already_paid'),
    edited: refused('already_delivered'),
    shipped: refused('already_delivered'),
    delivered: refused('already_delivered'),
    handed_over: refused('already_delivered'),
    cancelled: refused('already_delivered'),
    expired: refused('already_paid'),
    revived: refused('not_cancelled'),
  },
  cancelled: {
    paid: refused('already_cancelled'),
    edited: refused('already_cancelled'),
    shipped: refused('already_cancelled'),
    delivered: refused('already_cancelled'),
    handed_over: refused('already_cancelled'),
    cancelled: refused('already_cancelled'),
    expired: refused('already_cancelled'),
    revived: 'processing',
  },
};

/** The next state, or null when the event is refused in this one. See `orderRefusal` for what `fulfilment` decides. */
export function orderTransition(
  status: OrderStatus,
  event: OrderEvent,
  fulfilment: FulfilmentStatus = 'unfulfilled',
): OrderStatus | null {
  const outcome = outcomeOf(status, event, fulfilment);
  return typeof outcome === 'string' ? outcome : null;
}

/**
 * Why the event is refused, or null when it is not. An order of which something has left cannot be cancelled any more, even
 * while the rest is still being processed: what left comes back as a return.
 */
export function orderRefusal(
  status: OrderStatus,
  event: OrderEvent,
  fulfilment: FulfilmentStatus = 'unfulfilled',
): OrderRefusal | null {
  const outcome = outcomeOf(status, event, fulfilment);
  return typeof outcome === 'string' ? null : outcome.refused;
}

function outcomeOf(status: OrderStatus, event: OrderEvent, fulfilment: FulfilmentStatus): Outcome {
  const outcome = ORDER_TRANSITIONS[status][event];
  const hasLeft = fulfilment !== 'unfulfilled';
  return event === 'cancelled' && outcome === 'cancelled' && hasLeft ? refused('already_shipped') : outcome;
}
