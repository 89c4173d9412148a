/**
 * How much of an order has been handed on, and the states of its shipments, as data: for each state and event the next state,
 * or why it is refused. Both move forward only; returned goods do not undo a shipment.
 */

export const FULFILMENT_STATUSES = ['unfulfilled', 'partly_fulfilled', 'fulfilled'] as const;
export type FulfilmentStatus = (typeof FULFILMENT_STATUSES)[number];

/** A shipment (or hand-over) was recorded, and lines are still open, or none is. */
export const FULFILMENT_EVENTS = ['part_fulfilled', 'rest_fulfilled'] as const;
export type FulfilmentEvent = (typeof FULFILMENT_EVENTS)[number];

export type FulfilmentRefusal = 'already_fulfilled';

const FULFILMENT_TRANSITIONS: Record<
  FulfilmentStatus,
  Record<FulfilmentEvent, FulfilmentStatus | { refused: FulfilmentRefusal }>
> = {
  unfulfilled: { part_fulfilled: 'partly_fulfilled', rest_fulfilled: 'fulfilled' },
  partly_fulfilled: { part_fulfilled: 'partly_fulfilled', rest_fulfilled: 'fulfilled' },
  fulfilled: {
    part_fulfilled: { refused: 'already_fulfilled' },
    rest_fulfilled: { refused: 'already_fulfilled' },
  },
};

/** The next state (the same one for a further part), or null when everything has been handed on already. */
export function fulfilmentTransition(
  status: FulfilmentStatus,
  event: FulfilmentEvent,
): FulfilmentStatus | null {
  const outcome = FULFILMENT_TRANSITIONS[status][event];
  return typeof outcome === 'string' ? outcome : null;
}

/** Why the event is refused, or null when it is not. */
export function fulfilmentRefusal(
  status: FulfilmentStatus,
  event: FulfilmentEvent,
): FulfilmentRefusal | null {
  const outcome = FULFILMENT_TRANSITIONS[status][event];
  return typeof outcome === 'string' ? null : outcome.refused;
}

/** `pending`: being packed; its goods are still here. */
export const SHIPMENT_STATUSES = ['pending', 'shipped', 'delivered', 'cancelled'] as const;
export type ShipmentStatus = (typeof SHIPMENT_STATUSES)[number];

export const SHIPMENT_EVENTS = ['shipped', 'delivered', 'cancelled'] as const;
export type ShipmentEvent = (typeof SHIPMENT_EVENTS)[number];

export type ShipmentRefusal = 'not_shipped' | 'already_shipped' | 'already_delivered' | 'already_cancelled';

const SHIPMENT_TRANSITIONS: Record<
  ShipmentStatus,
  Record<ShipmentEvent, ShipmentStatus | { refused: ShipmentRefusal }>
> = {
  pending: { shipped: 'shipped', delivered: { refused: 'not_shipped' }, cancelled: 'cancelled' },
  shipped: {
    shipped: { refused: 'already_shipped' },
    delivered: 'delivered',
    cancelled: { refused: 'already_shipped' },
  },
  delivered: {
    shipped: { refused: 'already_delivered' },
    delivered: { refused: 'already_delivered' },
    cancelled: { refused: 'already_delivered' },
  },
  cancelled: {
    shipped: { refused: 'already_cancelled' },
    delivered: { refused: 'already_cancelled' },
    cancelled: { refused: 'already_cancelled' },
  },
};

/** The next state, or null when the event is refused in this one. */
export function shipmentTransition(status: ShipmentStatus, event: ShipmentEvent): ShipmentStatus | null {
  const outcome = SHIPMENT_TRANSITIONS[status][event];
  return typeof outcome === 'string' ? outcome : null;
}

/** Why the event is refused, or null when it is not. */
export function shipmentRefusal(status: ShipmentStatus, event: ShipmentEvent): ShipmentRefusal | null {
  const outcome = SHIPMENT_TRANSITIONS[status][event];
  return typeof outcome === 'string' ? null : outcome.refused;
}
