import { mulDivHalfUp } from './money.ts';

/** A row of `tax_rates`; `tax_class` is the class's code, country `*` means anywhere. */
export interface TaxRateFacts {
  tax_class: string;
  country: string;
  region: string | null;
  name: string;
  rate_ppm: number;
}

const MILLION = 1_000_000;

/**
 * The rate of a class at a place, or null where none is declared. The closest row wins: country and region, then country,
 * then anywhere. Codes are compared without case or surrounding space.
 */
export function rateFor(
  tax_rates: readonly TaxRateFacts[],
  tax_class: string,
  place: { country: string; region: string | null },
): TaxRateFacts | null {
  const country = normalPlace(place.country);
  const region = place.region === null ? null : normalPlace(place.region);
  const rates = tax_rates.filter((rate) => rate.tax_class === tax_class);
  const inCountry = rates.filter((rate) => normalPlace(rate.country) === country);
  return (
    inCountry.find((rate) => rate.region !== null && normalPlace(rate.region) === region) ??
    inCountry.find((rate) => rate.region === null) ??
    rates.find((rate) => rate.country === '*' && rate.region === null) ??
    null
  );
}

/**
 * The tax of an amount in minor units, rounded half up once. With `prices_include_tax` it is the part contained in the gross
 * amount, `gross * rate / (1 + rate)`; without, what comes on top of the net amount.
 */
export function taxOf(amount_minor: number, rate_ppm: number, prices_include_tax: boolean): number {
  return mulDivHalfUp(amount_minor, rate_ppm, prices_include_tax ? MILLION + rate_ppm : MILLION);
}

/** Country and region codes as they are compared: trimmed, upper case. */
export function normalPlace(text: string): string {
  return text.trim().toUpperCase();
}
