import { describe, expect, test } from 'vitest';
import { aRate, reduced } from './sample-cart.ts';
import { taxationOf } from './taxation.ts';

const place = (country: string) => ({ country, region: null, postal_code: null });
const facts: Parameters<typeof taxationOf>[0] = {
  tax_rates: [
    aRate('DE VAT', 19, { country: 'DE' }),
    aRate('FR VAT', 20, { country: 'FR' }),
    aRate('DE reduced', 7, { ...reduced, country: 'DE' }),
  ],
  address: place('FR'),
  default_tax_country: 'DE',
  tax_exemption: null,
  prices_include_tax: true,
  keep_net_prices: false,
};

describe('the rate', () => {
  test('is that of the destination', () => {
    expect(taxationOf(facts).rateOf('standard')?.name).toBe('FR VAT');
    expect(taxationOf(facts).rateOf('reduced')).toBeNull();
  });

  test('is that of the shop before there is a destination', () => {
    expect(taxationOf({ ...facts, address: null }).rateOf('standard')?.name).toBe('DE VAT');
  });

  test('is looked up once for each class', () => {
    const taxation = taxationOf({ ...facts, address: null });
    expect(taxation.rateOf('reduced')).toBe(taxation.rateOf('reduced'));
  });

  test('is none for the exempt', () => {
    expect(taxationOf({ ...facts, tax_exemption: 'group' }).rateOf('standard')).toBeNull();
  });
});

describe('a price of 1190 with tax in it', () => {
  test.each<[string, Partial<typeof facts>, number]>([
    ['stays for a destination of another rate', {}, 1190],
    ['stays where nothing is taxed', { address: place('US') }, 1190],
    ['is without the tax of the destination for the exempt', { tax_exemption: 'customer' }, 992],
    [
      'is what it is for the exempt where nothing is taxed',
      { address: place('US'), tax_exemption: 'customer' },
      1190,
    ],
    ['keeps its net price with the tax of the destination', { keep_net_prices: true }, 1200],
    ['is its net price where nothing is taxed', { keep_net_prices: true, address: place('US') }, 1000],
    ['stays at home', { keep_net_prices: true, address: place('DE') }, 1190],
    [
      'is its net price for the exempt, wherever',
      { keep_net_prices: true, tax_exemption: 'reverse_charge' },
      1000,
    ],
  ])('%s', (_, rest, expected) => {
    expect(taxationOf({ ...facts, ...rest }).priceOf(1190, 'standard')).toBe(expected);
  });

  test('keeps all of it where home taxes nothing', () => {
    const taxation = taxationOf({ ...facts, keep_net_prices: true, default_tax_country: 'US' });
    expect(taxation.priceOf(1190, 'standard')).toBe(1428);
  });
});

test.each<Partial<typeof facts>>([{}, { tax_exemption: 'customer' }, { keep_net_prices: true }])(
  'a price without tax stays what it is: %o',
  (rest) => {
    expect(taxationOf({ ...facts, ...rest, prices_include_tax: false }).priceOf(1190, 'standard')).toBe(1190);
  },
);
