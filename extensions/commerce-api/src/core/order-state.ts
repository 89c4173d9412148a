/**
 * The states of an order as data. What the table does not list is refused: the use case answers with an error or, for news
 * that comes late or twice, changes nothing.
 */

export const ORDER_STATUSES = ['pending', 'processing', 'shipped', 'delivered', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/**
 * `paid`: the money is there, or staff accepted the order. `shipped`: the last open line left. `handed_over`: there was
 * nothing to ship (downloads, services, pick-up). `cancelled`: by shopper or staff; `expired`: unpaid past its hold.
 * `revived`: the money of a cancelled order came late and its stock could be reserved again.
 */
export const ORDER_EVENTS = [
  'paid',
  'shipped',
  'delivered',
  'handed_over',
  'cancelled',
  'expired',
  'revived',
] as const;
export type OrderEvent = (typeof ORDER_EVENTS)[number];

const ORDER_TRANSITIONS: Record<OrderStatus, Partial<Record<OrderEvent, OrderStatus>>> = {
  pending: { paid: 'processing', cancelled: 'cancelled', expired: 'cancelled' },
  processing: { shipped: 'shipped', handed_over: 'delivered', cancelled: 'cancelled' },
  shipped: { delivered: 'delivered' },
  delivered: {},
  cancelled: { revived: 'processing' },
};

/** The next state, or null when the event is refused in this one. */
export function orderTransition(status: OrderStatus, event: OrderEvent): OrderStatus | null {
  return ORDER_TRANSITIONS[status][event] ?? null;
}
