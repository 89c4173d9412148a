/** Which shipping methods serve an address and a parcel, and what they cost. */
import { compareText } from './compare-text.ts';
import { mulDivHalfUp, sumMinor } from './money.ts';
import { normalPlace, postalCoverage, type Place } from './place.ts';

/**
 * What a method's price follows: nothing (`flat`), the units that ship, their weight, what they cost, or a carrier's answer.
 * `pickup` is fetched at a location and costs its amount, usually nothing.
 */
export const SHIPPING_KINDS = [
  'flat',
  'per_item',
  'weight_tiers',
  'price_tiers',
  'pickup',
  'carrier',
] as const;
export type ShippingKind = (typeof SHIPPING_KINDS)[number];

/** From this weight in grams, or value of goods in minor units, on. */
export interface ShippingTier {
  from: number;
  amount_minor: number;
}

/** What the amount of a method follows from. */
export interface ShippingPrice {
  kind: ShippingKind;
  amount_minor: number;
  /** Of `per_item`, for each unit that ships, on top of the amount. */
  per_item_minor: number | null;
  /** Of `weight_tiers` and `price_tiers`, in any order. */
  tiers: readonly ShippingTier[] | null;
  free_above_minor: number | null;
  /** Of `carrier`: what it asked for this parcel; null or missing when it gave no answer. */
  quoted_minor?: number | null;
}

/** A row of `shipping_methods` as zones carry it. */
export interface ShippingMethodFacts extends ShippingPrice {
  id: string;
  name: string;
  active: boolean;
  currency: string;
  max_weight_grams: number | null;
  /** For the longest side of any unit. */
  max_length_mm: number | null;
  /** Both ends belong to what the method serves. */
  min_subtotal_minor: number | null;
  max_subtotal_minor: number | null;
  /** Days until the goods arrive, both null where nobody knows. */
  min_days: number | null;
  max_days: number | null;
  /** Of `pickup`: the stock location where the goods wait. */
  location: string | null;
  carrier: string | null;
  carrier_service: string | null;
  sort: number | null;
}

/**
 * A row of `shipping_zones`: countries by code, `*` for all; regions and postal patterns (of those countries) null or empty
 * for all.
 */
export interface ShippingZoneFacts<Method extends ShippingMethodFacts = ShippingMethodFacts> {
  id: string;
  countries: readonly string[];
  regions: readonly string[] | null;
  postal_patterns: readonly string[] | null;
  priority: number;
  methods: readonly Method[];
}

/** What of a cart is to be shipped. */
export interface Parcel {
  /** All goods after their discounts, as the shopper sees them (gross when prices include tax). */
  subtotal_minor: number;
  /** Units that ship. */
  quantity: number;
  /** Of those whose weight is known. */
  weight_grams: number;
  /** The longest side of any unit; a unit nobody measured counts as 0. */
  longest_mm: number;
  has_unknown_weight: boolean;
}

/** The chosen method of a cart; `tax_class` is the class's code. */
export interface ShippingFacts extends ShippingPrice {
  method: string;
  name: string;
  tax_class: string;
}

/**
 * The methods one may choose, in order. Exactly one zone serves an address: of those that contain it the one with the higher
 * priority, then the closer one (postal code by the more exact pattern, region, country, anywhere), then the lower id. Its
 * active methods in the cart's currency that take the parcel and know what it costs are the answer. Pick-up is a method of its
 * zone like the others. No address, no zone: none.
 */
export function methodsFor<Method extends ShippingMethodFacts>(
  zones: readonly ShippingZoneFacts<Method>[],
  address: Place | null,
  currency: string,
  parcel: Parcel,
): Method[] {
  if (address === null) return [];
  const [closest] = zones
    .flatMap((zone) => rankedZone(zone, address))
    .sort(
      (a, b) =>
        b.zone.priority - a.zone.priority ||
        compareCoverage(a.coverage, b.coverage) ||
        b.closeness - a.closeness ||
        compareText(a.zone.id, b.zone.id),
    );
  if (!closest) return [];
  return closest.zone.methods
    .filter((method) => method.active && method.currency === currency && takes(method, parcel))
    .sort((a, b) => sortOf(a) - sortOf(b) || compareText(a.id, b.id));
}

/**
 * What a method costs before shipping discounts, or null when it is not offered: no tier is reached, the weight its tiers ask
 * for is not known, or the carrier gave no answer. Of the tiers the highest reached one speaks. Nothing from
 * `free_above_minor` on, compared with the goods after their discounts.
 * @throws RangeError when the amount is no safe integer.
 */
export function shippingAmount(
  method: ShippingPrice,
  parcel: Pick<Parcel, 'subtotal_minor' | 'quantity' | 'weight_grams' | 'has_unknown_weight'>,
): number | null {
  const amount_minor = chargeOf(method, parcel);
  const isFree = method.free_above_minor !== null && parcel.subtotal_minor >= method.free_above_minor;
  return amount_minor !== null && isFree ? 0 : amount_minor;
}

/**
 * Where an order is taxed: where its goods are handed over. For pick-up that is the location, when it has said its country;
 * otherwise the shipping address.
 */
export function destinationOf(
  method: Pick<ShippingMethodFacts, 'kind'> | null,
  shipping_address: Place | null,
  pickup_location: (Omit<Place, 'country'> & { country: string | null }) | null,
): Place | null {
  if (method?.kind !== 'pickup' || !pickup_location?.country) return shipping_address;
  const { country, region, postal_code } = pickup_location;
  return { country, region, postal_code };
}

function chargeOf(
  method: ShippingPrice,
  parcel: Pick<Parcel, 'subtotal_minor' | 'quantity' | 'weight_grams' | 'has_unknown_weight'>,
): number | null {
  switch (method.kind) {
    case 'flat':
    case 'pickup':
      return method.amount_minor;
    case 'per_item':
      return sumMinor([method.amount_minor, mulDivHalfUp(method.per_item_minor ?? 0, parcel.quantity, 1)]);
    case 'weight_tiers':
      return parcel.has_unknown_weight ? null : reachedTier(method.tiers, parcel.weight_grams);
    case 'price_tiers':
      return reachedTier(method.tiers, parcel.subtotal_minor);
    case 'carrier':
      return method.quoted_minor ?? null;
  }
}

function reachedTier(tiers: readonly ShippingTier[] | null, reached: number): number | null {
  let best: ShippingTier | null = null;
  for (const tier of tiers ?? []) {
    if (tier.from <= reached && (!best || tier.from > best.from)) best = tier;
  }
  return best?.amount_minor ?? null;
}

/** A weight nobody knows cannot be shown to be light enough. */
function takes(method: ShippingMethodFacts, parcel: Parcel): boolean {
  const { max_weight_grams, max_length_mm, min_subtotal_minor, max_subtotal_minor } = method;
  const isLight =
    max_weight_grams === null || (!parcel.has_unknown_weight && parcel.weight_grams <= max_weight_grams);
  return (
    isLight &&
    parcel.longest_mm <= (max_length_mm ?? Infinity) &&
    parcel.subtotal_minor >= (min_subtotal_minor ?? 0) &&
    parcel.subtotal_minor <= (max_subtotal_minor ?? Infinity) &&
    shippingAmount(method, parcel) !== null
  );
}

interface RankedZone<Zone> {
  zone: Zone;
  /** How many postal codes the pattern it was found by covers; Infinity without one. */
  coverage: number;
  /** 1 anywhere, 2 by its country, 3 or 4 by its region as well. */
  closeness: number;
}

/** None when the address is not in the zone. */
function rankedZone<Zone extends Pick<ShippingZoneFacts, 'countries' | 'regions' | 'postal_patterns'>>(
  zone: Zone,
  address: Place,
): RankedZone<Zone>[] {
  const country = normalPlace(address.country);
  const isNamed = zone.countries.some((code) => normalPlace(code) === country);
  if (!isNamed && !zone.countries.includes('*')) return [];
  const regions = zone.regions ?? [];
  const region = normalPlace(address.region ?? '');
  if (regions.length > 0 && !regions.some((code) => normalPlace(code) === region)) return [];
  const coverage = bestCoverage(zone.postal_patterns ?? [], address.postal_code ?? '');
  if (coverage === null) return [];
  return [{ zone, coverage, closeness: (isNamed ? 2 : 1) + (regions.length > 0 ? 2 : 0) }];
}

/** Of the most exact pattern that holds the code; Infinity where there are no patterns, null where none holds it. */
function bestCoverage(patterns: readonly string[], postal_code: string): number | null {
  if (patterns.length === 0) return Infinity;
  const covering = patterns.flatMap((pattern) => postalCoverage(pattern, postal_code) ?? []);
  return covering.length === 0 ? null : Math.min(...covering);
}

/** The difference of two infinities is no number. */
function compareCoverage(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function sortOf(method: ShippingMethodFacts): number {
  return method.sort ?? Number.MAX_SAFE_INTEGER;
}
