import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExemptionFacts, TaxExemption, TaxRateFacts } from './tax.ts';
import { exemptionOf, keepNet, netOf, rateFor, taxOf } from './tax.ts';

const rate = (
  country: string,
  region: string | null,
  rate_ppm: number,
  tax_class = 'standard',
): TaxRateFacts => ({
  tax_class,
  country,
  region,
  postal_pattern: null,
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
    expect(rateFor(rates, tax_class, { country, region, postal_code: null })?.name ?? null).toBe(name);
  });

  test('the order of the rates does not matter', () => {
    const place = { country: 'US', region: 'NY', postal_code: null };
    expect(rateFor(rates.toReversed(), 'standard', place)?.name).toBe('US NY');
  });
});

test('of two rows for one place, which the shop’s database does not hold, the first given speaks', () => {
  const rates = [rate('DE', null, 190_000), rate('DE', null, 70_000)];
  const place = { country: 'DE', region: null, postal_code: null };
  expect(rateFor(rates, 'standard', place)?.rate_ppm).toBe(190_000);
});

describe('the rate of a postal code', () => {
  const by = (name: string, country: string, region: string | null, postal_pattern: string | null) => ({
    ...rate(country, region, 10_000),
    name,
    postal_pattern,
  });
  const rates = [
    by('anywhere', '*', null, null),
    by('anywhere by code', '*', null, '9*'),
    by('country', 'US', null, null),
    by('region', 'US', 'TX', null),
    by('beginning', 'US', null, '787*'),
    by('range', 'US', null, '78000-78999'),
    by('range of the region', 'US', 'TX', '78000-78999'),
    by('code', 'US', 'TX', '78701'),
    by('b of two alike', 'US', null, '60600-60699'),
    by('a of two alike', 'US', null, '606*'),
    by('none', 'US', null, 'nowhere?'),
  ];

  test.each<[string, string, string | null, string | null, string]>([
    ['is that of the code itself', 'US', 'TX', '78701', 'code'],
    ['is that of its ZIP', 'US', 'TX', '78701-0001', 'code'],
    ['is that of the more exact pattern', 'US', 'TX', '78705', 'beginning'],
    ['is that of the region between patterns that cover as much', 'US', 'TX', '78999', 'range of the region'],
    ['is that of the country-wide pattern in another region', 'US', 'NM', '78999', 'range'],
    ['is closer than that of the region', 'US', 'TX', '78000', 'range of the region'],
    ['needs its region, too', 'US', 'NM', '78701', 'beginning'],
    ['is that of the pattern whose text comes first, all else alike', 'US', null, '60601', 'a of two alike'],
    ['is that of the region where no pattern holds it', 'US', 'TX', '10001', 'region'],
    ['is that of the region when it is not known', 'US', 'TX', null, 'region'],
    ['is that of the country', 'US', null, '10001', 'country'],
    ['is not looked for anywhere', 'FR', null, '90000', 'anywhere'],
    ['is not that of another country', 'DE', null, '78701', 'anywhere'],
  ])('%s', (_, country, region, postal_code, name) => {
    const place = { country, region, postal_code };
    expect(rateFor(rates, 'standard', place)?.name).toBe(name);
    expect(rateFor(rates.toReversed(), 'standard', place)?.name).toBe(name);
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

describe('a price without its tax', () => {
  test.each<[number, number, number]>([
    [1200, 200_000, 1000],
    [999, 190_000, 839],
    [3, 200_000, 2],
    [1000, 0, 1000],
    [0, 190_000, 0],
  ])('of %i at %i ppm is %i', (gross, rate_ppm, expected) => {
    expect(netOf(gross, rate_ppm)).toBe(expected);
  });

  test('and the tax in it are the price', () => {
    fc.assert(
      fc.property(fc.nat(1e12), fc.nat(1_000_000), (gross, rate_ppm) => {
        expect(netOf(gross, rate_ppm) + taxOf(gross, rate_ppm, true)).toBe(gross);
      }),
    );
  });
});

describe('a price that keeps its net', () => {
  test.each<[string, number, number, number, number]>([
    ['rises with the rate', 11_900, 190_000, 250_000, 12_500],
    ['falls with the rate', 11_900, 190_000, 70_000, 10_700],
    ['is the net where nothing is taxed', 11_900, 190_000, 0, 10_000],
    ['is rounded half up once', 3, 1_000_000, 0, 2],
  ])('%s', (_, gross, home, destination, expected) => {
    expect(keepNet(gross, home, destination)).toBe(expected);
  });

  test('stays what it is at the same rate', () => {
    fc.assert(
      fc.property(fc.nat(1e12), fc.nat(1_000_000), (gross, rate_ppm) => {
        expect(keepNet(gross, rate_ppm, rate_ppm)).toBe(gross);
      }),
    );
  });
});

describe('an exemption', () => {
  const business = {
    enabled: true,
    shop_country: 'DE',
    destination_country: 'FR',
    vat_id_valid: true,
  };
  type Case = Partial<Omit<ExemptionFacts, 'reverse_charge'>> & Partial<ExemptionFacts['reverse_charge']>;

  test.each<[string, Case, TaxExemption | null]>([
    ['is the customer’s own', { customer_exempt: true, group_exempt: true }, 'customer'],
    ['is that of the group', { group_exempt: true }, 'group'],
    ['is reverse charge between two members', {}, 'reverse_charge'],
    ['is reverse charge from outside into a member', { shop_country: 'CH' }, 'reverse_charge'],
    ['is none while the shop has not set reverse charge', { enabled: false }, null],
    ['is none without a valid VAT id', { vat_id_valid: false }, null],
    ['is none within the shop’s country', { destination_country: ' de' }, null],
    ['is none outside the union', { destination_country: 'CH' }, null],
  ])('%s', (_, { customer_exempt = false, group_exempt = false, ...charge }, expected) => {
    const reverse_charge = { ...business, ...charge };
    expect(exemptionOf({ customer_exempt, group_exempt, reverse_charge })).toBe(expected);
  });
});
