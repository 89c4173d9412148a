/** The tax of an order, one row per rate, as people read it. */
import { asRead } from '../money/amount.ts';

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
      rate: percent(entry['rate_ppm'], language),
      taxable: money(entry['taxable_minor'], currency, language),
      tax: money(entry['tax_minor'], currency, language),
    }));
}

/** Parts per million as a percentage, to its last digit: 82,500 is 8.25 %. */
function percent(ppm: unknown, language: string): string {
  if (!Number.isSafeInteger(ppm)) return '';
  const format = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 4 });
  return format.format(Number(ppm) / 1_000_000);
}

function money(minor: unknown, currency: string | null, language: string): string {
  return Number.isSafeInteger(minor) ? asRead(Number(minor), currency, language) : '';
}
