import type { CartFacts } from './cart-facts.ts';
import type { Place } from './place.ts';
import { keepNet, netOf, rateFor, type TaxRateFacts } from './tax.ts';

/** How a cart is taxed, by the code of a class. */
export interface Taxation {
  /** Null where nothing is declared, and for the exempt. */
  rateOf: (tax_class: string) => TaxRateFacts | null;
  /**
   * A price as lists give it → as this shopper pays it, rounded once. Prices without tax stay what they are, and so do those
   * with tax, whatever the destination's rate: it only says how much of them is tax. Two change them: the exempt pay the net
   * of the rate that would have applied, and with `keep_net_prices` the net price at home stays instead.
   */
  priceOf: (amount_minor: number, tax_class: string) => number;
}

export function taxationOf(
  facts: Pick<
    CartFacts,
    | 'tax_rates'
    | 'address'
    | 'default_tax_country'
    | 'tax_exemption'
    | 'prices_include_tax'
    | 'keep_net_prices'
  >,
): Taxation {
  const home = { country: facts.default_tax_country, region: null, postal_code: null };
  const atHome = rateLookup(facts.tax_rates, home);
  const atDestination = rateLookup(facts.tax_rates, facts.address ?? home);
  const isExempt = facts.tax_exemption !== null;
  return {
    rateOf: (tax_class) => (isExempt ? null : atDestination(tax_class)),
    priceOf: (amount_minor, tax_class) => {
      if (!facts.prices_include_tax || !(isExempt || facts.keep_net_prices)) return amount_minor;
      const destination_ppm = atDestination(tax_class)?.rate_ppm ?? 0;
      if (!facts.keep_net_prices) return netOf(amount_minor, destination_ppm);
      const home_ppm = atHome(tax_class)?.rate_ppm ?? 0;
      return isExempt ? netOf(amount_minor, home_ppm) : keepNet(amount_minor, home_ppm, destination_ppm);
    },
  };
}

/** Rates by class, each looked up once: a shop may hold thousands of rows. */
function rateLookup(rates: readonly TaxRateFacts[], place: Place): Taxation['rateOf'] {
  const known = new Map<string, TaxRateFacts | null>();
  return (tax_class) => {
    const found = known.get(tax_class);
    if (found !== undefined) return found;
    const rate = rateFor(rates, tax_class, place);
    known.set(tax_class, rate);
    return rate;
  };
}
