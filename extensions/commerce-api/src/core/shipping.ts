import { compareText } from './compare-text.ts';
import { normalPlace } from './tax.ts';

/** A row of `shipping_methods` as zones carry it. */
export interface ShippingMethodFacts {
  id: string;
  name: string;
  active: boolean;
  amount_minor: number;
  currency: string;
  free_above_minor: number | null;
  sort: number | null;
}

/** A row of `shipping_zones`: countries by code, `*` for all; regions (of those countries) null or empty for all. */
export interface ShippingZoneFacts<Method extends ShippingMethodFacts = ShippingMethodFacts> {
  id: string;
  countries: readonly string[];
  regions: readonly string[] | null;
  priority: number;
  methods: readonly Method[];
}

/** The chosen method of a cart; `tax_class` is the class's code. */
export interface ShippingFacts {
  method: string;
  name: string;
  amount_minor: number;
  free_above_minor: number | null;
  tax_class: string;
}

/**
 * The methods one may choose, in order. Exactly one zone serves an address: of those that contain it the one with the higher
 * priority, then the closer one (region, country, anywhere), then the lower id; its active methods in the cart's currency are
 * the answer. No address, no zone: none.
 */
export function methodsFor<Method extends ShippingMethodFacts>(
  zones: readonly ShippingZoneFacts<Method>[],
  address: { country: string; region: string | null } | null,
  currency: string,
): Method[] {
  if (address === null) return [];
  const [closest] = zones
    .map((zone) => ({ zone, closeness: closenessOf(zone, address) }))
    .filter(({ closeness }) => closeness > 0)
    .sort(
      (a, b) =>
        b.zone.priority - a.zone.priority || b.closeness - a.closeness || compareText(a.zone.id, b.zone.id),
    );
  if (!closest) return [];
  return closest.zone.methods
    .filter((method) => method.active && method.currency === currency)
    .sort((a, b) => sortOf(a) - sortOf(b) || compareText(a.id, b.id));
}

/**
 * What a method costs before shipping discounts: nothing from `free_above_minor` on, compared with the goods after their
 * discounts as the shopper sees them (gross when prices include tax).
 */
export function shippingAmount(
  shipping: Pick<ShippingFacts, 'amount_minor' | 'free_above_minor'>,
  goods_minor: number,
): number {
  const isFree = shipping.free_above_minor !== null && goods_minor >= shipping.free_above_minor;
  return isFree ? 0 : shipping.amount_minor;
}

/** 0 not in the zone, 1 anywhere, 2 by its country, 3 or 4 by its region as well. */
function closenessOf(
  { countries, regions }: Pick<ShippingZoneFacts, 'countries' | 'regions'>,
  address: { country: string; region: string | null },
): number {
  const country = normalPlace(address.country);
  const named = countries.some((code) => normalPlace(code) === country);
  if (!named && !countries.includes('*')) return 0;
  const byCountry = named ? 2 : 1;
  if (regions === null || regions.length === 0) return byCountry;
  const region = normalPlace(address.region ?? '');
  return regions.some((code) => normalPlace(code) === region) ? byCountry + 2 : 0;
}

function sortOf(method: ShippingMethodFacts): number {
  return method.sort ?? Number.MAX_SAFE_INTEGER;
}
