import { compareText } from './compare-text.ts';
import { groupBy } from './group-by.ts';
import { requireAmount, sumMinor } from './money.ts';

export interface StockRequest {
  variant: string;
  quantity: number;
  allow_backorder: boolean;
  track_stock: boolean;
}

/** A row of `stock_levels` with what its location and its variant say of it. */
export interface StockLevelFacts {
  variant: string;
  location: string;
  on_hand: number;
  reserved: number;
  priority: number;
  /** Whether its location sells. What an inactive one owes still counts against the limit. */
  active: boolean;
  /** How many units of the variant may be owed over all locations; null: any number. */
  backorder_limit: number | null;
}

export interface StockReservation {
  variant: string;
  location: string;
  quantity: number;
  /** How many of them are not there yet. */
  backordered: number;
}

export interface StockShortage {
  variant: string;
  requested: number;
  /** What could be promised instead, with what may be backordered. */
  available: number;
}

export type StockAllocation =
  | { ok: true; reservations: StockReservation[] }
  | { ok: false; shortages: StockShortage[] };

/** The stock of one variant over all locations. */
export interface VariantStock {
  /** On hand and not reserved at active locations; a location below zero counts as none. */
  available: number;
  /** Promised beyond what is on hand, at any location. */
  owed: number;
  backorder_limit: number | null;
  /** Whether an active location keeps it at all. Without one there is nowhere to write a debt. */
  has_level: boolean;
}

/** How many more units may be owed; Infinity without a limit. */
export function backorderLeft(stock: VariantStock, allow_backorder: boolean): number {
  if (!allow_backorder || !stock.has_level) return 0;
  return stock.backorder_limit === null ? Infinity : Math.max(0, stock.backorder_limit - stock.owed);
}

/**
 * The variants of which more is wanted than may be promised, sorted. Lines of one variant count together; untracked ones are never
 * short, and a variant without stock facts has none.
 * @throws RangeError when a quantity is not a whole number of zero or more
 */
function shortagesOf(
  requests: readonly StockRequest[],
  stock: ReadonlyMap<string, VariantStock>,
): StockShortage[] {
  return combined(requests).flatMap(({ variant, quantity, allow_backorder }) => {
    const facts = stock.get(variant);
    const available = facts ? facts.available + backorderLeft(facts, allow_backorder) : 0;
    return quantity > available ? [{ variant, requested: quantity, available }] : [];
  });
}

/**
 * Says where each variant is taken from. The first location that can serve the whole order does; if none can, each variant comes
 * whole from the first location that has enough of it; a variant that no location has enough of is taken from all of them in
 * turn, and what is missing is backordered at the first. Locations go by priority (higher number first), then by id.
 *
 * All or nothing: one shortage, and nothing is reserved; every short variant is listed. Lines of one variant count together.
 * What is owed already, anywhere, counts against the backorder limit. Untracked variants reserve nothing.
 *
 * The result is sorted by variant, then location: the order in which rows are locked.
 * @throws RangeError when a quantity is not a whole number of zero or more
 */
export function allocate(
  requests: readonly StockRequest[],
  levels: readonly StockLevelFacts[],
): StockAllocation {
  const levelsOf = groupBy(levels, (level) => level.variant);
  const stock = new Map([...levelsOf].map(([variant, own]) => [variant, stockOf(own)]));
  const shortages = shortagesOf(requests, stock);
  if (shortages.length > 0) return { ok: false, shortages };

  const wanted = combined(requests).map(({ variant, quantity }) => {
    const places = placesOf(levelsOf.get(variant)!);
    return { variant, quantity, places, whole: places.filter((place) => place.available >= quantity) };
  });
  // Every variant lists its locations in the same order, so the first of one's that all share is the first of all.
  const sole = wanted[0]?.whole.find(({ location }) =>
    wanted.every(({ whole }) => whole.some((place) => place.location === location)),
  );
  const reservations = wanted.flatMap(({ variant, quantity, places, whole }) => {
    const source = sole ? whole.find((place) => place.location === sole.location) : whole[0];
    return takenFrom(source ? [source] : places, variant, quantity);
  });
  return { ok: true, reservations };
}

interface Place {
  location: string;
  available: number;
}

/** One request per tracked variant. Lines of a variant share its row, so their flags agree; if not, the stricter holds. */
function combined(requests: readonly StockRequest[]): StockRequest[] {
  for (const request of requests) requireAmount(request.quantity);
  return [...groupBy(requests, (request) => request.variant)]
    .map(([variant, own]) => ({
      variant,
      quantity: sumMinor(own.map((request) => request.quantity)),
      allow_backorder: own.every((request) => request.allow_backorder),
      track_stock: own.some((request) => request.track_stock),
    }))
    .filter((request) => request.track_stock && request.quantity > 0)
    .sort((a, b) => compareText(a.variant, b.variant));
}

function stockOf(levels: readonly StockLevelFacts[]): VariantStock {
  const places = placesOf(levels);
  return {
    available: sumMinor(places.map((place) => place.available)),
    owed: sumMinor(levels.map(({ on_hand, reserved }) => Math.max(0, reserved - on_hand))),
    backorder_limit: levels[0]!.backorder_limit,
    has_level: places.length > 0,
  };
}

/** Where a variant may be taken from, in order. */
function placesOf(levels: readonly StockLevelFacts[]): Place[] {
  return levels
    .filter((level) => level.active)
    .sort((a, b) => b.priority - a.priority || compareText(a.location, b.location))
    .map(({ location, on_hand, reserved }) => ({ location, available: Math.max(0, on_hand - reserved) }));
}

function takenFrom(places: readonly Place[], variant: string, wanted: number): StockReservation[] {
  let missing = wanted;
  const taken = places.map(({ location, available }) => {
    const quantity = Math.min(available, missing);
    missing -= quantity;
    return { variant, location, quantity, backordered: 0 };
  });
  taken[0]!.quantity += missing;
  taken[0]!.backordered = missing;
  return taken.filter(({ quantity }) => quantity > 0).sort((a, b) => compareText(a.location, b.location));
}
