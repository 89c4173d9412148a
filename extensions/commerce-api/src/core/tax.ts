import { compareText } from './compare-text.ts';
import { mulDivHalfUp } from './money.ts';
import { isEuCountry, normalPlace, postalCoverage, type Place } from './place.ts';

/** A row of `tax_rates`; `tax_class` is the class's code, country `*` means anywhere. */
export interface TaxRateFacts {
  tax_class: string;
  country: string;
  region: string | null;
  /** See `isPostalPattern`; null for the whole region or country. */
  postal_pattern: string | null;
  name: string;
  rate_ppm: number;
}

const MILLION = 1_000_000;

/**
 * The rate of a class at a place, or null where none is declared. What a row names must all be met, and the closest row wins:
 * by postal code (the more exact pattern first), then by region, by country, anywhere. A row for anywhere has neither region
 * nor postal pattern. Looks at each row of the class once; their order does not matter.
 */
export function rateFor(
  tax_rates: readonly TaxRateFacts[],
  tax_class: string,
  place: Place,
): TaxRateFacts | null {
  let best: RankedRate | null = null;
  for (const rate of tax_rates) {
    if (rate.tax_class !== tax_class) continue;
    const ranked = rankedRate(rate, place);
    if (ranked && (!best || isCloser(ranked, best))) best = ranked;
  }
  return best?.rate ?? null;
}

/**
 * The tax of an amount in minor units, rounded half up once. With `prices_include_tax` it is the part contained in the gross
 * amount, `gross * rate / (1 + rate)`; without, what comes on top of the net amount.
 */
export function taxOf(amount_minor: number, rate_ppm: number, prices_include_tax: boolean): number {
  return mulDivHalfUp(amount_minor, rate_ppm, prices_include_tax ? MILLION + rate_ppm : MILLION);
}

/**
 * A gross amount without the tax in it: what is left when `taxOf` is taken out, so that net and tax are the gross again and
 * the exempt pay exactly the tax less. One rounding, that of the tax.
 */
export function netOf(gross_minor: number, rate_ppm: number): number {
  return gross_minor - taxOf(gross_minor, rate_ppm, true);
}

/**
 * The gross price at a destination that leaves the shop the net price it has at home: gross × (1 + destination rate) / (1 +
 * home rate), rounded half up once.
 */
export function keepNet(gross_minor: number, home_rate_ppm: number, destination_rate_ppm: number): number {
  return mulDivHalfUp(gross_minor, MILLION + destination_rate_ppm, MILLION + home_rate_ppm);
}

/** Why an order bears no tax, as `orders.tax_exemption` says it. */
export const TAX_EXEMPTIONS = ['customer', 'group', 'reverse_charge'] as const;
export type TaxExemption = (typeof TAX_EXEMPTIONS)[number];

export interface ExemptionFacts {
  customer_exempt: boolean;
  group_exempt: boolean;
  reverse_charge: {
    /** The shop's setting. */
    enabled: boolean;
    shop_country: string;
    destination_country: string;
    /** That `servesReverseCharge` of vat-id.ts holds and no online check has said otherwise. */
    vat_id_valid: boolean;
  };
}

/**
 * Whether somebody pays no tax, and for which reason; the customer's own comes first, then the group's. By reverse charge the
 * buyer owes the tax instead of the shop: a supply to a business in another member of the European Union (Directive
 * 2006/112/EC, article 138, and 196 for services).
 */
export function exemptionOf({
  customer_exempt,
  group_exempt,
  reverse_charge,
}: ExemptionFacts): TaxExemption | null {
  if (customer_exempt) return 'customer';
  if (group_exempt) return 'group';
  const { enabled, shop_country, destination_country, vat_id_valid } = reverse_charge;
  const isAbroad = normalPlace(destination_country) !== normalPlace(shop_country);
  return enabled && vat_id_valid && isAbroad && isEuCountry(destination_country) ? 'reverse_charge' : null;
}

interface RankedRate {
  rate: TaxRateFacts;
  /** How many postal codes its pattern covers; Infinity without one. */
  coverage: number;
  /** 0 anywhere, 1 by country, 2 by region as well. */
  closeness: number;
}

/** Null when the rate is not for this place. */
function rankedRate(rate: TaxRateFacts, place: Place): RankedRate | null {
  const { country, region, postal_pattern } = rate;
  if (country === '*') {
    const isAnywhere = region === null && postal_pattern === null;
    return isAnywhere ? { rate, coverage: Infinity, closeness: 0 } : null;
  }
  if (normalPlace(country) !== normalPlace(place.country)) return null;
  if (region !== null && normalPlace(region) !== normalPlace(place.region ?? '')) return null;
  const coverage =
    postal_pattern === null ? Infinity : postalCoverage(postal_pattern, place.postal_code ?? '');
  return coverage === null ? null : { rate, coverage, closeness: region === null ? 1 : 2 };
}

/** Between patterns that cover as much, the region decides, then the pattern's text: some order has to. */
function isCloser(a: RankedRate, b: RankedRate): boolean {
  if (a.coverage !== b.coverage) return a.coverage < b.coverage;
  if (a.closeness !== b.closeness) return a.closeness > b.closeness;
  return compareText(a.rate.postal_pattern ?? '', b.rate.postal_pattern ?? '') < 0;
}
