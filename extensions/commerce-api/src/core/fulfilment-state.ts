/** How much of an order has been handed on, as data; moves forward only, returned goods do not undo a shipment. */

export const FULFILMENT_STATUSES = ['unfulfilled', 'partly_fulfilled', 'fulfilled'] as const;
export type FulfilmentStatus = (typeof FULFILMENT_STATUSES)[number];

/** A shipment (or hand-over) was recorded, and lines are still open, or none is. */
export const FULFILMENT_EVENTS = ['part_fulfilled', 'rest_fulfilled'] as const;
export type FulfilmentEvent = (typeof FULFILMENT_EVENTS)[number];

const FULFILMENT_TRANSITIONS: Record<FulfilmentStatus, Partial<Record<FulfilmentEvent, FulfilmentStatus>>> = {
  unfulfilled: { part_fulfilled: 'partly_fulfilled', rest_fulfilled: 'fulfilled' },
  partly_fulfilled: { part_fulfilled: 'partly_fulfilled', rest_fulfilled: 'fulfilled' },
  fulfilled: {},
};

/** The next state (the same one for a further part), or null when everything has been handed on already. */
export function fulfilmentTransition(
  status: FulfilmentStatus,
  event: FulfilmentEvent,
): FulfilmentStatus | null {
  return FULFILMENT_TRANSITIONS[status][event] ?? null;
}
