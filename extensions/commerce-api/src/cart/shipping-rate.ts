/** What carriers asked for a cart: used while it is fresh and the cart is the one they were asked about. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import type { ShippingZoneFacts } from '../core/shipping.ts';
import type { MethodRow } from './pricing-queries.ts';
import type { CartState } from './quote-cart.ts';

type Zones = readonly ShippingZoneFacts<MethodRow>[];

/**
 * Zones whose carrier methods know what the carrier asked for this cart.
 * @returns with them, whether nothing is left to ask: there are no such methods, or carriers have answered for this very cart
 */
export function withQuotedRates(
  zones: Zones,
  state: CartState,
  now: string,
): { zones: Zones; is_complete: boolean } {
  const hasCarriers = zones.some((zone) => zone.methods.some((method) => method.kind === 'carrier'));
  if (!hasCarriers) return { zones, is_complete: true };
  if (!hasFittingRate(state, now)) return { zones, is_complete: false };
  const rates = new Map(state.cart.shipping_rate?.rates.map((rate) => [rate.method, rate]));
  const quoted = mapCarriers(zones, (method) => {
    const rate = rates.get(method.id);
    return {
      quoted_minor: rate?.amount_minor ?? null,
      min_days: rate?.min_days ?? method.min_days,
      max_days: rate?.max_days ?? method.max_days,
    };
  });
  return { zones: quoted, is_complete: true };
}

/** As if every carrier took the parcel, to see which have to be asked. */
export function withAnyRate(zones: Zones): Zones {
  return mapCarriers(zones, () => ({ quoted_minor: 0 }));
}

/** Whether carriers have answered for this very cart, and their answer still holds. */
export function hasFittingRate(state: CartState, now: string): boolean {
  const { shipping_rate: rate } = state.cart;
  return (
    rate !== null &&
    Date.parse(rate.expires_at) > Date.parse(now) &&
    rate.fingerprint === fingerprintOf(state)
  );
}

/** Equal for carts a carrier would not tell apart: the same goods to the same address, to be paid in the same currency. */
export function fingerprintOf({ cart, lines }: CartState): string {
  const goods = new Map<string, number>();
  for (const { variant, quantity } of lines) goods.set(variant, (goods.get(variant) ?? 0) + quantity);
  const content = {
    address: cart.shipping_address,
    currency: cart.currency,
    goods: Object.fromEntries(goods),
  };
  return createHash('sha256').update(canonicalJson(content)).digest('base64url');
}

function mapCarriers(zones: Zones, change: (method: MethodRow) => Partial<MethodRow>): Zones {
  return zones.map((zone) => ({
    ...zone,
    methods: zone.methods.map((method) =>
      method.kind === 'carrier' ? { ...method, ...change(method) } : method,
    ),
  }));
}
