/** The tax of an order, one row per rate, as people read it. */
import { asRead } from '../money/amount.ts';
import { percentAsRead } from '../percent/percent.ts';

export interface TaxRow {
  name: string;
  rate: string;
  taxable: string;
  tax: string;
}

/** Rows of the json column that hold something; what is no list of rates has none. */
export function taxRows(summary: unknown, currency: string | null, language: string): TaxRow[] {
  if (!Array.isArray(summary)) return [];
  return summary
    .filter((entry): entry is Record<string, unknown> => entry !== null && typeof entry === 'object')
    .map((entry) => ({
      name: typeof entry['name'] === 'string' ? entry['name'] : '',
      rate: rateOf(entry['rate_ppm'], language),
      taxable: money(entry['taxable_minor'], currency, language),
      tax: money(entry['tax_minor'], currency, language),
    }));
}

function rateOf(ppm: unknown, language: string): string {
  return Number.isSafeInteger(ppm) ? percentAsRead(Number(ppm), language) : '';
}

function money(minor: unknown, currency: string | null, language: string): string {
  return Number.isSafeInteger(minor) ? asRead(Number(minor), currency, language) : '';
}
