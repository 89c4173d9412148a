/** What a variant costs a shopper who is in no customer group, by the rule that prices carts. */
import { earliest } from '../core/earliest.ts';
import type { Moment } from '../core/period.ts';
import { choosePrice, type PriceFacts } from '../core/prices.ts';

export interface PricedVariant {
  currency: string;
  price_minor: number;
  compare_at_price_minor: number | null;
  prices: readonly PriceFacts[];
}

export interface ShopperPrice {
  price_minor: number;
  compare_at_price_minor: number | null;
}

/**
 * The price of one unit in `currency`, in minor units. Null when the variant has no base price in it and so is not for sale.
 * What is struck through is the higher of the merchant's compare-at price and the price before a sale.
 */
export function shopperPrice(variant: PricedVariant, currency: string, now: Moment): ShopperPrice | null {
  const base_price_minor = basePrice(variant, currency);
  if (base_price_minor === null) return null;
  const at = { now, customer_group: null };
  const line = { quantity: 1, base_price_minor, prices: variant.prices };
  const price_minor = choosePrice(line, at).unit_price_minor;
  const before_sale = choosePrice({ ...line, prices: variant.prices.filter(isNoSale) }, at).unit_price_minor;
  const declared = variant.currency === currency ? (variant.compare_at_price_minor ?? 0) : 0;
  const highest = Math.max(before_sale, declared);
  return { price_minor, compare_at_price_minor: highest > price_minor ? highest : null };
}

/** Unit prices that change at a higher quantity, ascending by quantity. Empty when the variant is not for sale. */
export function priceTiers(
  variant: PricedVariant,
  currency: string,
  now: Moment,
): { min_quantity: number; price_minor: number }[] {
  const base_price_minor = basePrice(variant, currency);
  if (base_price_minor === null) return [];
  const quantities = [...new Set([1, ...variant.prices.map((price) => price.min_quantity)])].sort(
    (a, b) => a - b,
  );
  const steps = quantities.map((quantity) => ({
    min_quantity: quantity,
    price_minor: choosePrice(
      { quantity, base_price_minor, prices: variant.prices },
      { now, customer_group: null },
    ).unit_price_minor,
  }));
  return steps.filter((step, index) => index > 0 && step.price_minor !== steps[index - 1]?.price_minor);
}

/** The next moment at which a list of these prices starts or ends; null when none does. */
export function nextPriceChange(prices: readonly PriceFacts[], now: Moment): Date | null {
  const at = new Date(now);
  const moments = prices
    .flatMap(({ starts_at, ends_at }) => [starts_at, ends_at])
    .map((moment) => (moment === null ? null : new Date(moment)))
    .filter((moment) => moment && moment > at);
  return earliest(moments);
}

/** A base price row of the currency speaks before the variant's own price, as it does in `choosePrice`. */
function basePrice(variant: PricedVariant, currency: string): number | null {
  const own = variant.prices.find((price) => price.price_list === null && price.min_quantity === 1);
  return own?.amount_minor ?? (variant.currency === currency ? variant.price_minor : null);
}

function isNoSale(price: PriceFacts): boolean {
  return price.kind !== 'sale';
}
