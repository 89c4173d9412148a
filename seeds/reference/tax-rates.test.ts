import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  EU_COUNTRIES,
  isPostalPattern,
  postalCoverage,
} from '../../extensions/commerce-api/src/core/place.ts';
import { rateFor } from '../../extensions/commerce-api/src/core/tax.ts';
import { VAT_RATES } from './eu-vat-rates.ts';
import { TAX_CLASSES, TAX_RATES } from './tax-rates.ts';

/** What the rates were copied from, where a developer has it. */
const SOURCE = new URL('../../../shared/data/tax-geo/eu-vat-rates.json', import.meta.url);
const COPIED_ON = '2025-08-12';

interface SourcePeriod {
  effective_from: string;
  rates: Record<string, number>;
  exceptions?: { name: string; postcode: string; standard: number }[];
}

describe('the rates a shop starts with', () => {
  test('are those of all 27 members and Great Britain, Switzerland and Norway, for every class', () => {
    expect(Object.keys(VAT_RATES).sort()).toEqual([...EU_COUNTRIES, 'GB'].sort());
    for (const country of [...EU_COUNTRIES, 'GB', 'CH', 'NO']) {
      for (const { code } of TAX_CLASSES) {
        const place = { country, region: null, postal_code: null };
        expect(rateFor(TAX_RATES, code, place), `${code} in ${country}`).not.toBeNull();
      }
    }
  });

  test.each([
    ['standard', 'FI', '00100', 255_000, 'VAT 25.5 %'],
    ['reduced', 'FR', '75001', 55_000, 'VAT 5.5 %'],
    ['reduced', 'DK', '1050', 250_000, 'VAT 25 %'],
    ['standard', 'ES', '38001', 0, 'VAT 0 % (Canary Islands)'],
    ['reduced', 'ES', '38001', 0, 'VAT 0 % (Canary Islands)'],
    ['standard', 'DE', '27498', 0, 'VAT 0 % (Heligoland)'],
    ['standard', 'FR', '97400', 85_000, 'VAT 8.5 % (Réunion)'],
    ['reduced', 'FR', '97400', 55_000, 'VAT 5.5 %'],
    ['standard', 'PT', '9000-018', 220_000, 'VAT 22 % (Madeira)'],
    ['standard', 'AT', '6992', 190_000, 'VAT 19 % (Mittelberg)'],
    ['zero', 'JP', '100-0001', 0, 'Zero rate'],
  ])('%s in %s %s are %i ppm, %s', (tax_class, country, postal_code, rate_ppm, name) => {
    const rate = rateFor(TAX_RATES, tax_class, { country, region: null, postal_code });
    expect(rate).toMatchObject({ rate_ppm, name });
  });

  test('name each place once, by patterns that are some', () => {
    const places = TAX_RATES.map((rate) => [rate.tax_class, rate.country, rate.postal_pattern].join(' '));
    expect(new Set(places).size).toBe(places.length);
    const patterns = TAX_RATES.flatMap((rate) => rate.postal_pattern ?? []);
    expect(patterns.filter((pattern) => !isPostalPattern(pattern))).toEqual([]);
  });
});

describe.skipIf(!existsSync(SOURCE))('the copy of the source (only where ../shared holds the source)', () => {
  /** What we know better, by our name. */
  const CORRECTED: Record<string, { source: number; ours: number }> = { Azores: { source: 18, ours: 16 } };
  const source = () =>
    (JSON.parse(readFileSync(SOURCE, 'utf8')) as { items: Record<string, SourcePeriod[]> }).items;
  const periodOf = (periods: SourcePeriod[]) =>
    periods
      .filter((period) => period.effective_from <= COPIED_ON)
      .reduce((newest, period) => (period.effective_from > newest.effective_from ? period : newest));

  test('has its countries, standard and reduced rates', () => {
    const rates = Object.entries(source()).map(([country, periods]) => {
      const { standard, ...others } = periodOf(periods).rates;
      const reduced = Object.keys(others).filter((name) => name.startsWith('reduced'));
      return [country, { standard, reduced: reduced.map((name) => others[name]!).sort((a, b) => a - b) }];
    });
    const ours = Object.entries(VAT_RATES).map(([country, { standard, reduced }]) => [
      country,
      { standard, reduced },
    ]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(rates));
  });

  test('has the same places apart, each with its rate and exactly its postal codes', () => {
    for (const [country, periods] of Object.entries(source())) {
      const exceptions = periodOf(periods).exceptions ?? [];
      const parts = VAT_RATES[country]?.elsewhere ?? [];
      expect(parts, country).toHaveLength(exceptions.length);
      for (const [index, { name, postal_patterns, standard }] of parts.entries()) {
        const exception = exceptions[index]!;
        const rates = { source: exception.standard, ours: standard };
        expect(rates, name).toEqual(CORRECTED[name] ?? { source: standard, ours: standard });
        const whole = new RegExp(`^${exception.postcode}$`);
        const theirs = codesOf(country).filter((code) => whole.test(code));
        const ours = codesOf(country).filter((code) =>
          postal_patterns.some((pattern) => postalCoverage(pattern, code) !== null),
        );
        expect(ours, name).toEqual(theirs);
      }
    }
  });
});

/** Every code as long as the country's; of Portugal's seven digits the first four, which say the place. */
function codesOf(country: string): string[] {
  const length = country === 'AT' || country === 'PT' ? 4 : 5;
  return Array.from({ length: 10 ** length }, (_, code) => String(code).padStart(length, '0'));
}
