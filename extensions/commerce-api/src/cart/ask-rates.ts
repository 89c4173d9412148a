import type { RateRequest, ShippingRate } from '../providers/shipping-rates.ts';
import { isShipped } from '../core/product-kind.ts';
import type { Shop } from '../platform/shop.ts';
import { weightOf, type QuotedCart } from './quote-cart.ts';
import type { ShippingRateRow } from './queries.ts';
import { fingerprintOf } from './shipping-rate.ts';

/** What a carrier asked is kept as long as a shopper needs to check out. */
const KEEP_MS = 30 * 60_000;

/** Whether carriers have to be asked before all methods of the cart are known. */
export function wantsRates(shop: Shop, quoted: QuotedCart): boolean {
  return shop.providers.shipping_rates !== null && quoted.unrated.length > 0;
}

/**
 * Asks the carriers what they want for this cart. Never inside a transaction.
 * @returns null when they do not answer: their methods are not offered then, and the shopper chooses another
 */
export async function askRates(shop: Shop, quoted: QuotedCart): Promise<ShippingRateRow | null> {
  const { cart, lines } = quoted;
  const request = requestOf(quoted);
  if (!shop.providers.shipping_rates || !request) return null;
  let rates: ShippingRate[];
  try {
    rates = await shop.providers.shipping_rates.quote(request);
  } catch (error) {
    shop.log.warn({ err: error, cart: cart.id }, 'Carriers could not be asked for their rates');
    return null;
  }
  return {
    currency: cart.currency,
    fingerprint: fingerprintOf({ cart, lines }),
    expires_at: new Date(shop.now().getTime() + KEEP_MS).toISOString(),
    rates,
  };
}

function requestOf({ cart, lines, parcel, unrated }: QuotedCart): RateRequest | null {
  const { shipping_address: to, currency } = cart;
  if (!to) return null;
  const shipped = lines.filter((line) => isShipped(line.product_kind));
  return {
    currency,
    destination: {
      country: to.country,
      region: to.region ?? null,
      postal_code: to.postal_code ?? null,
      city: to.city,
      line1: to.line1,
      line2: to.line2 ?? null,
      company: to.company ?? null,
    },
    parcel: {
      subtotal_minor: parcel.subtotal_minor,
      quantity: parcel.quantity,
      weight_grams: parcel.has_unknown_weight ? null : parcel.weight_grams,
      longest_mm: parcel.longest_mm,
    },
    items: shipped.map((line) => ({
      sku: line.sku,
      quantity: line.quantity,
      weight_grams: weightOf(line),
    })),
    methods: unrated.map(({ id, carrier, carrier_service }) => ({
      method: id,
      carrier: carrier ?? '',
      service: carrier_service,
    })),
  };
}
