import { compareText } from './compare-text.ts';
import { groupBy } from './group-by.ts';
import { requireAmount, sumMinor } from './money.ts';

export interface StockRequest {
  variant: string;
  quantity: number;
  allow_backorder: boolean;
  track_stock: boolean;
}

/** A row of `stock_levels` at an active location, with that location's priority. */
export interface StockLevelFacts {
  variant: string;
  location: string;
  on_hand: number;
  reserved: number;
  priority: number;
}

export interface StockReservation {
  variant: string;
  location: string;
  quantity: number;
  /** What was free there when this was worked out, never below zero. */
  expected_available: number;
  /** Whether to reserve even if less than `quantity` is free when it is written. */
  allow_backorder: boolean;
}

export interface StockShortage {
  variant: string;
  requested: number;
  available: number;
}

export type StockAllocation =
  | { ok: true; reservations: StockReservation[] }
  | { ok: false; shortages: StockShortage[] };

/**
 * Says where each variant is taken from. Lines of one variant count together. The first location that can serve it wholly
 * does, by priority (higher number first), then location id; if none can, locations are emptied in that order and what is
 * missing is backordered at the first. Stock below zero counts as none. Untracked variants reserve nothing.
 *
 * All or nothing: one shortage, and nothing is reserved; every short variant is listed. A variant without any level is short
 * even when it may be backordered, since there is nowhere to write the debt.
 *
 * The result is sorted by variant, then location: the order in which rows are locked.
 * @throws RangeError when a quantity is not a whole number of zero or more.
 */
export function allocate(
  requests: readonly StockRequest[],
  levels: readonly StockLevelFacts[],
): StockAllocation {
  const levelsOf = groupBy(levels, (level) => level.variant);
  const wanted = [...groupBy(requests, (request) => request.variant).values()]
    .map(combined)
    .filter((request) => request.track_stock && request.quantity > 0)
    .sort((a, b) => compareText(a.variant, b.variant));

  const reservations: StockReservation[] = [];
  const shortages: StockShortage[] = [];
  for (const request of wanted) {
    const places = placesOf(levelsOf.get(request.variant) ?? []);
    const available = sumMinor(places.map((place) => place.available));
    const canWait = request.allow_backorder && places.length > 0;
    if (available < request.quantity && !canWait) {
      shortages.push({ variant: request.variant, requested: request.quantity, available });
    } else {
      reservations.push(...reservationsOf(request, places));
    }
  }
  return shortages.length > 0 ? { ok: false, shortages } : { ok: true, reservations };
}

interface Place {
  location: string;
  available: number;
}

/** One request per variant. Lines of a variant share its row, so their flags agree; if not, the stricter holds. */
function combined(requests: StockRequest[]): StockRequest {
  for (const request of requests) requireAmount(request.quantity);
  return {
    variant: requests[0]!.variant,
    quantity: sumMinor(requests.map((request) => request.quantity)),
    allow_backorder: requests.every((request) => request.allow_backorder),
    track_stock: requests.some((request) => request.track_stock),
  };
}

function placesOf(levels: readonly StockLevelFacts[]): Place[] {
  return [...levels]
    .sort((a, b) => b.priority - a.priority || compareText(a.location, b.location))
    .map(({ location, on_hand, reserved }) => ({ location, available: Math.max(0, on_hand - reserved) }));
}

function reservationsOf(request: StockRequest, places: readonly Place[]): StockReservation[] {
  const whole = places.find((place) => place.available >= request.quantity);
  let missing = request.quantity;
  const taken = (whole ? [whole] : places).map(({ location, available }) => {
    const quantity = Math.min(available, missing);
    missing -= quantity;
    return { location, quantity, expected_available: available };
  });
  taken[0]!.quantity += missing;
  return taken
    .filter(({ quantity }) => quantity > 0)
    .map((place) => ({ variant: request.variant, ...place, allow_backorder: request.allow_backorder }))
    .sort((a, b) => compareText(a.location, b.location));
}
