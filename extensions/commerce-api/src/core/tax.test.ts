import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaxRateFacts } from './tax.ts';
import { rateFor, taxOf } from './tax.ts';

const rate = (
  country: string,
  region: string | null,
  rate_ppm: number,
  tax_class = 'standard',
): TaxRateFacts => ({
  tax_class,
  country,
  region,
  name: `${country} ${region ?? ''}`.trim(),
  rate_ppm,
});

describe('the rate of a place', () => {
  const rates = [
    rate('*', 'ON', 1),
    rate('*', null, 10_000),
    rate('US', null, 0),
    rate('US', 'NY', 88_750),
    rate('DE', null, 190_000),
    rate('DE', null, 70_000, 'reduced'),
    rate('CA', 'QC', 149_750),
  ];

  test.each<[string, string, string, string | null, string | null]>([
    ['is that of the region', 'standard', 'US', 'NY', 'US NY'],
    ['is that of the country where the region has none', 'standard', 'US', 'TX', 'US'],
    ['is that of the country without a region', 'standard', 'US', null, 'US'],
    ['is that of anywhere for another country', 'standard', 'FR', null, '*'],
    ['is that of anywhere where only another region has one', 'standard', 'CA', 'ON', '*'],
    ['is that of the class', 'reduced', 'DE', null, 'DE'],
    ['is none where the class has none', 'reduced', 'FR', null, null],
    ['is none for an unknown class', 'luxury', 'DE', null, null],
    ['does not look at case or space', 'standard', ' us', 'ny ', 'US NY'],
  ])('%s', (_, tax_class, country, region, name) => {
    expect(rateFor(rates, tax_class, { country, region })?.name ?? null).toBe(name);
  });

  test('the order of the rates does not matter', () => {
    expect(rateFor(rates.toReversed(), 'standard', { country: 'US', region: 'NY' })?.name).toBe('US NY');
  });
});

describe('tax', () => {
  test.each<[number, number, boolean, number]>([
    [1000, 200_000, false, 200],
    [1200, 200_000, true, 200],
    [1999, 88_750, false, 177],
    [999, 190_000, true, 160],
    [1, 500_000, false, 1],
    [1, 499_999, false, 0],
    [3, 200_000, true, 1],
    [2, 200_000, true, 0],
    [1000, 0, true, 0],
    [0, 190_000, false, 0],
    [9_000_000_000_000_000, 190_000, true, 1_436_974_789_915_966],
  ])('of %i at %i ppm (included: %s) is %i', (amount, rate_ppm, included, expected) => {
    expect(taxOf(amount, rate_ppm, included)).toBe(expected);
  });

  test('contained in a price it is never more than the price', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 0, max: 3_000_000 }),
        (amount, rate_ppm) => {
          const tax = taxOf(amount, rate_ppm, true);
          expect(tax).toBeGreaterThanOrEqual(0);
          expect(tax).toBeLessThanOrEqual(amount);
        },
      ),
    );
  });

  test('contained in a price that was made from a net amount it is the tax that was added, at rates up to 100 %', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (net, rate_ppm) => {
          const tax = taxOf(net, rate_ppm, false);
          expect(taxOf(net + tax, rate_ppm, true)).toBe(tax);
        },
      ),
    );
  });
});
