import { describe, expect, test } from 'vitest';
import { priceCart } from './price-cart.ts';
import { aCart, aLine, aRate, fixed, someShipping, taxesOf, totalsOf } from './sample-cart.ts';

describe('tax in the price: the gross price stays when the destination has another rate', () => {
  const tax_rates = [aRate('DE VAT', 19, { country: 'DE' }), aRate('FR VAT', 20, { country: 'FR' })];
  const facts = { tax_rates, prices_include_tax: true };
  const sentTo = (country: string) => ({ address: { country, region: null, postal_code: null } });

  test.each([
    ['FR', 200, 'FR VAT'],
    ['DE', 192, 'DE VAT'],
    ['US', 0, null],
  ])('in %s %i of 1200 are tax', (country, tax, tax_name) => {
    const quote = priceCart(aCart([aLine('a', 1200)], { ...facts, ...sentTo(country) }));
    expect(totalsOf(quote)).toEqual([1200, 0, 0, tax, 1200]);
    expect(quote.lines[0]?.tax_name).toBe(tax_name);
  });

  test('without tax in the price the total follows the destination', () => {
    const totalIn = (country: string) =>
      priceCart(aCart([aLine('a', 1000)], { tax_rates, ...sentTo(country) })).total_minor;
    expect([totalIn('FR'), totalIn('DE'), totalIn('US')]).toEqual([1200, 1190, 1000]);
  });

  test('before there is an address the country of the shop is taxed', () => {
    expect(priceCart(aCart([aLine('a', 1000)], { tax_rates })).tax_minor).toBe(190);
  });

  test('a region may have its own rate', () => {
    const newYork = aRate('NY', 8.875, { country: 'US', region: 'NY' });
    const address = { country: 'us', region: 'ny', postal_code: '10001' };
    expect(priceCart(aCart([aLine('a', 10_000)], { tax_rates: [newYork], address })).tax_minor).toBe(888);
  });

  test('unless the shop keeps its net prices instead', () => {
    const keeping = { ...facts, keep_net_prices: true };
    const lines = [aLine('a', 1190, { quantity: 3 })];
    const quote = priceCart(aCart(lines, { ...keeping, ...sentTo('FR'), shipping: someShipping() }));
    expect(quote.lines[0]).toMatchObject({ unit_price_minor: 1200, tax_minor: 600, total_minor: 3600 });
    expect(quote.shipping).toMatchObject({ amount_minor: 504, tax_minor: 84, total_minor: 504 });
    const atHome = priceCart(aCart(lines, { ...keeping, ...sentTo('DE') }));
    expect(atHome.lines[0]).toMatchObject({ unit_price_minor: 1190, tax_minor: 570 });
    const abroad = priceCart(aCart(lines, { ...keeping, ...sentTo('US') }));
    expect(abroad.lines[0]).toMatchObject({ unit_price_minor: 1000, tax_minor: 0, total_minor: 3000 });
  });
});

describe('the exempt pay the price without tax', () => {
  const facts = {
    tax_rates: [aRate('VAT', 20)],
    shipping: someShipping({ amount_minor: 600 }),
    promotions: [fixed(100, { id: 'off', name: 'Off' })],
  };

  test.each(['customer', 'group', 'reverse_charge'] as const)(
    'by %s: the net of what it would be',
    (tax_exemption) => {
      const lines = [aLine('a', 1200, { quantity: 2 })];
      const quote = priceCart(aCart(lines, { ...facts, prices_include_tax: true, tax_exemption }));
      expect(quote.lines[0]).toMatchObject({
        unit_price_minor: 1000,
        subtotal_minor: 2000,
        discount_minor: 100,
      });
      expect(quote.lines[0]).toMatchObject({ tax_minor: 0, tax_rate_ppm: 0, tax_name: null });
      expect(totalsOf(quote)).toEqual([2000, 100, 500, 0, 2400]);
      expect(quote).toMatchObject({ tax_exemption, tax_summary: [] });
    },
  );

  test('which it is already where prices do not include tax', () => {
    const quote = priceCart(aCart([aLine('a', 1200)], { ...facts, tax_exemption: 'customer' }));
    expect(totalsOf(quote)).toEqual([1200, 100, 600, 0, 1700]);
    expect(quote.tax_summary).toEqual([]);
  });

  test('and free shipping by value looks at that', () => {
    const shipping = someShipping({ free_above_minor: 1000 });
    const cart = aCart([aLine('a', 1100)], {
      tax_rates: facts.tax_rates,
      prices_include_tax: true,
      shipping,
    });
    expect(priceCart(cart).shipping_minor).toBe(0);
    expect(priceCart({ ...cart, tax_exemption: 'customer' }).shipping_minor).toBe(417);
  });
});

describe('tax rounding: per line, the summary per rate is the sum of its lines', () => {
  test('three lines of 3 at 20 % give three times 1, not 2', () => {
    const lines = [aLine('a', 3), aLine('b', 3), aLine('c', 3)];
    const quote = priceCart(aCart(lines, { tax_rates: [aRate('VAT', 20)] }));
    expect(taxesOf(quote)).toEqual([1, 1, 1]);
    expect(quote.tax_summary).toEqual([{ name: 'VAT', rate_ppm: 200_000, taxable_minor: 9, tax_minor: 3 }]);
  });

  test('rates are listed from high to low, then by name, also those of nothing', () => {
    const tax_rates = [
      aRate('Zero', 0),
      aRate('B', 7, { tax_class: 'b' }),
      aRate('A', 7, { tax_class: 'a' }),
      aRate('High', 20, { tax_class: 'high' }),
    ];
    const lines = ['standard', 'b', 'a', 'high', 'none'].map((tax_class) =>
      aLine(tax_class, 100, { tax_class }),
    );
    const quote = priceCart(aCart(lines, { tax_rates }));
    expect(quote.tax_summary.map((entry) => entry.name)).toEqual(['High', 'A', 'B', 'Zero']);
  });

  test('a part that is all tax still counts', () => {
    const quote = priceCart(
      aCart([aLine('a', 1)], { tax_rates: [aRate('Levy', 200)], prices_include_tax: true }),
    );
    expect(quote.tax_summary).toEqual([
      { name: 'Levy', rate_ppm: 2_000_000, taxable_minor: 0, tax_minor: 1 },
    ]);
  });
});
