/** Which units of an order still have to leave, which may come back, and how far the order is. All numbers are units. */
import { keptUnits } from './edit-order.ts';
import type { FulfilmentEvent, ShipmentStatus } from './fulfilment-state.ts';
import type { OrderEvent } from './order-state.ts';

export interface LineProgress {
  quantity: number;
  /** Left in a parcel, or handed over. */
  quantity_fulfilled: number;
  quantity_refunded: number;
  quantity_returned: number;
  /** In a parcel that is being packed. */
  packed: number;
}

/**
 * What of a line is still here and wanted, packed or not. A unit whose money went back and that did not come back as a return
 * never left, and stays.
 */
export function unsentUnits(line: LineProgress): number {
  return Math.max(0, line.quantity - keptUnits(line));
}

/** What of a line may go into a parcel: what is being packed may not go into another. */
export function openUnits(line: LineProgress): number {
  return Math.max(0, unsentUnits(line) - line.packed);
}

export interface Progress {
  fulfilment: FulfilmentEvent;
  /** In their order; none while something is still to leave. */
  order: OrderEvent[];
}

/**
 * How far an order is, or null when nothing has left. Parcels that have not left do not count. When all is out, an order without
 * parcels is delivered by that; one with parcels when all of them have arrived.
 */
export function progressOf(
  lines: readonly LineProgress[],
  parcels: readonly ShipmentStatus[],
): Progress | null {
  if (!lines.some((line) => line.quantity_fulfilled > 0)) return null;
  const isAllOut = lines.every((line) => unsentUnits(line) === 0);
  if (!isAllOut) return { fulfilment: 'part_fulfilled', order: [] };
  const sent = parcels.filter((status) => status === 'shipped' || status === 'delivered');
  if (sent.length === 0) return { fulfilment: 'rest_fulfilled', order: ['handed_over'] };
  const isArrived = sent.every((status) => status === 'delivered');
  return { fulfilment: 'rest_fulfilled', order: isArrived ? ['shipped', 'delivered'] : ['shipped'] };
}

export interface ReturnableLine {
  /** Sent in parcels. */
  shipped: number;
  /** Of these, sent so recently that they may still come back. */
  in_time: number;
  /** In returns that were not rejected. */
  in_returns: number;
}

export type ReturnRequestRefusal = 'not_shipped' | 'too_late' | 'more_than_left';

/** What of a line may be asked back: by shoppers within the shop's days, by staff whenever it left. */
export function returnableUnits(line: ReturnableLine, by: 'customer' | 'staff'): number {
  const left = line.shipped - line.in_returns;
  return Math.max(0, by === 'staff' ? left : Math.min(left, line.in_time));
}

/** Why so many units of a line cannot be asked back, or null when they can. */
export function returnRequestRefusal(
  line: ReturnableLine,
  quantity: number,
  by: 'customer' | 'staff',
): ReturnRequestRefusal | null {
  if (quantity <= returnableUnits(line, by)) return null;
  if (line.shipped === 0) return 'not_shipped';
  return quantity <= returnableUnits(line, 'staff') ? 'too_late' : 'more_than_left';
}
