import { describe, expect, test } from 'vitest';
import { formatMinor, toMinor } from './money.ts';
import { priceCart } from './price-cart.ts';
import { aCart, aLine, aRate, discountsOf, fixed, percent, reduced, totalsOf } from './sample-cart.ts';

describe('rounding: half up, once per computed amount', () => {
  test.each([
    [5, 10, 1],
    [4, 10, 0],
    [15, 10, 2],
    [25, 10, 3],
  ])('%i at %i %% is %i of tax', (price, percentage, tax) => {
    expect(priceCart(aCart([aLine('a', price)], { tax_rates: [aRate('VAT', percentage)] })).tax_minor).toBe(
      tax,
    );
  });

  test('a line is taxed as a whole, not unit by unit', () => {
    const quote = priceCart(aCart([aLine('a', 4, { quantity: 10 })], { tax_rates: [aRate('VAT', 10)] }));
    expect(quote.tax_minor).toBe(4);
  });
});

describe('shares by largest remainder, the earlier line wins a tie', () => {
  test('between equal lines the first gets the unit left over', () => {
    const quote = priceCart(
      aCart([aLine('z', 500), aLine('a', 500), aLine('m', 500)], { promotions: [fixed(100)] }),
    );
    expect(discountsOf(quote)).toEqual([34, 33, 33]);
  });

  test('between lines of unequal value it goes to the larger, wherever it stands', () => {
    const facts = { promotions: [fixed(2)], tax_rates: [aRate('VAT', 40)] };
    const lines = [aLine('small', 1), aLine('large', 3)];
    const quote = priceCart(aCart(lines, facts));
    expect(discountsOf(quote)).toEqual([0, 2]);
    expect(totalsOf(priceCart(aCart(lines.toReversed(), facts)))).toEqual(totalsOf(quote));
  });

  test('between lines of unequal rates it goes to the lower rate, wherever it stands', () => {
    const tax_rates = [aRate('VAT', 50), aRate('Reduced VAT', 5, reduced)];
    const lines = [aLine('full', 500), aLine('low', 500, reduced)];
    const quote = priceCart(aCart(lines, { promotions: [fixed(1)], tax_rates }));
    const reversed = priceCart(aCart(lines.toReversed(), { promotions: [fixed(1)], tax_rates }));
    expect(discountsOf(quote)).toEqual([0, 1]);
    expect(totalsOf(reversed)).toEqual(totalsOf(quote));
  });

  test('between rates of one height it goes by their names, the untaxed first', () => {
    const tax_rates = [aRate('B', 0), aRate('A', 0, reduced)];
    const lines = [aLine('b', 500), aLine('a', 500, reduced), aLine('none', 500, { tax_class: 'none' })];
    expect(discountsOf(priceCart(aCart(lines, { promotions: [fixed(2)], tax_rates })))).toEqual([0, 1, 1]);
  });
});

describe('currencies of 0, 2 and 3 digits', () => {
  test.each([
    ['JPY', '1980', '594', '535', '5881'],
    ['EUR', '19.80', '5.94', '5.35', '58.81'],
    ['KWD', '1.985', '0.596', '0.536', '5.895'],
  ])('in %s three of %s less 10 %% (%s), taxed 10 %% (%s), cost %s', (currency, price, off, tax, total) => {
    const line = aLine('a', toMinor(price, currency), { quantity: 3 });
    const quote = priceCart(
      aCart([line], { currency, promotions: [percent(10)], tax_rates: [aRate('VAT', 10)] }),
    );
    const printed = [quote.discount_minor, quote.tax_minor, quote.total_minor];
    expect(printed.map((amount) => formatMinor(amount, currency))).toEqual([off, tax, total]);
  });
});
