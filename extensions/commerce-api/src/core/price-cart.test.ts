import { describe, expect, test } from 'vitest';
import { formatMinor, toMinor } from './money.ts';
import type { CartFacts } from './price-cart.ts';
import { priceCart } from './price-cart.ts';
import {
  aCart,
  aLine,
  aPromotion,
  aRate,
  discountsOf,
  fixed,
  percent,
  reduced,
  someShipping,
  taxesOf,
  totalsOf,
} from './sample-cart.ts';

describe('a whole cart', () => {
  const lines = [
    aLine('shirt', 1999, { quantity: 3 }),
    aLine('book', 1000, { tax_class: 'reduced', product_kind: 'digital', requires_shipping: false }),
  ];
  const facts = {
    shipping: someShipping(),
    promotions: [percent(10, { id: 'spring', name: 'Spring', code: 'SPRING' })],
    codes: ['spring'],
    tax_rates: [aRate('VAT', 20), aRate('Reduced VAT', 5, reduced)],
  };

  test('without tax in its prices', () => {
    expect(priceCart(aCart(lines, facts))).toEqual({
      currency: 'EUR',
      prices_include_tax: false,
      requires_shipping: true,
      lines: [
        {
          id: 'shirt',
          variant: 'variant of shirt',
          quantity: 3,
          unit_price_minor: 1999,
          price_reason: 'base',
          price_list: null,
          subtotal_minor: 5997,
          discount_minor: 600,
          tax_minor: 1079,
          total_minor: 6476,
          tax_rate_ppm: 200_000,
          tax_name: 'VAT',
        },
        {
          id: 'book',
          variant: 'variant of book',
          quantity: 1,
          unit_price_minor: 1000,
          price_reason: 'base',
          price_list: null,
          subtotal_minor: 1000,
          discount_minor: 100,
          tax_minor: 45,
          total_minor: 945,
          tax_rate_ppm: 50_000,
          tax_name: 'Reduced VAT',
        },
      ],
      shipping: {
        method: 'post',
        name: 'Post',
        amount_minor: 500,
        discount_minor: 0,
        tax_minor: 100,
        total_minor: 600,
        tax_rate_ppm: 200_000,
        tax_name: 'VAT',
      },
      adjustments: [
        { kind: 'discount', code: 'SPRING', label: 'Spring', promotion: 'spring', amount_minor: -700 },
        { kind: 'shipping', code: null, label: 'Post', promotion: null, amount_minor: 500 },
      ],
      codes: [{ code: 'SPRING', applied: true, reason: null }],
      tax_summary: [
        { name: 'VAT', rate_ppm: 200_000, taxable_minor: 5897, tax_minor: 1179 },
        { name: 'Reduced VAT', rate_ppm: 50_000, taxable_minor: 900, tax_minor: 45 },
      ],
      subtotal_minor: 6997,
      discount_minor: 700,
      shipping_minor: 500,
      tax_minor: 1224,
      total_minor: 8021,
    });
  });

  test('with tax in its prices', () => {
    const quote = priceCart(aCart(lines, { ...facts, prices_include_tax: true }));
    expect(totalsOf(quote)).toEqual([6997, 700, 500, 900 + 43 + 83, 6797]);
    expect(quote.lines.map((line) => line.total_minor)).toEqual([5397, 900]);
    expect(quote.shipping?.total_minor).toBe(500);
    expect(quote.tax_summary).toEqual([
      { name: 'VAT', rate_ppm: 200_000, taxable_minor: 4497 + 417, tax_minor: 983 },
      { name: 'Reduced VAT', rate_ppm: 50_000, taxable_minor: 857, tax_minor: 43 },
    ]);
  });

  test('without lines is nothing, and ships nothing', () => {
    const quote = priceCart(aCart([], { ...facts, promotions: [fixed(500)] }));
    expect(totalsOf(quote)).toEqual([0, 0, 0, 0, 0]);
    expect(quote).toMatchObject({
      requires_shipping: false,
      shipping: null,
      adjustments: [],
      tax_summary: [],
    });
  });

  test('uses the price its list, quantity and group give', () => {
    const list = { starts_at: null, ends_at: null, priority: 0, customer_group: 'vip', min_quantity: 2 };
    const prices = [{ ...list, price_list: 'vip sale', kind: 'sale' as const, amount_minor: 900 }];
    const quote = priceCart(aCart([aLine('a', 1000, { quantity: 2, prices })], { customer_group: 'vip' }));
    expect(quote.lines[0]).toMatchObject({
      unit_price_minor: 900,
      price_reason: 'sale',
      price_list: 'vip sale',
      subtotal_minor: 1800,
    });
  });

  test('does not change its facts', () => {
    const frozen = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) return value;
      Object.values(value).forEach(frozen);
      return Object.freeze(value);
    };
    const cart = aCart(lines, facts);
    expect(priceCart(frozen(structuredClone(cart)) as CartFacts)).toEqual(priceCart(cart));
  });
});

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

describe('percent discount: on the eligible sum, rounded once, then shared over the lines', () => {
  test('three lines of 5 at 10 % give 2, not three times 1', () => {
    const quote = priceCart(
      aCart([aLine('a', 5), aLine('b', 5), aLine('c', 5)], { promotions: [percent(10)] }),
    );
    expect(quote.discount_minor).toBe(2);
    expect(discountsOf(quote)).toEqual([1, 1, 0]);
  });

  test('gift cards are never discounted', () => {
    const lines = [aLine('card', 5000, { product_kind: 'gift_card' }), aLine('mug', 1000)];
    expect(discountsOf(priceCart(aCart(lines, { promotions: [percent(50)] })))).toEqual([0, 500]);
    expect(discountsOf(priceCart(aCart(lines, { promotions: [fixed(9999)] })))).toEqual([0, 1000]);
  });
});

describe('order of things: line, order and shipping discounts, then tax on what is left', () => {
  test('each step sees what the one before left', () => {
    const promotions = [
      aPromotion({ id: 'ship', name: 'Free', kind: 'free_shipping', stackable: true }),
      fixed(300, { id: 'order', name: 'Three off', stackable: true }),
      percent(10, { id: 'line', name: 'Tenth' }),
    ];
    const cart = aCart([aLine('a', 5000)], {
      promotions,
      shipping: someShipping(),
      tax_rates: [aRate('VAT', 20)],
    });
    const quote = priceCart(cart);
    expect(
      quote.adjustments.map(({ kind, promotion, amount_minor }) => [kind, promotion, amount_minor]),
    ).toEqual([
      ['discount', 'line', -500],
      ['discount', 'order', -300],
      ['shipping', null, 500],
      ['shipping_discount', 'ship', -500],
    ]);
    expect(totalsOf(quote)).toEqual([5000, 800, 0, 840, 5040]);
    expect(quote.shipping).toMatchObject({
      amount_minor: 500,
      discount_minor: 500,
      tax_minor: 0,
      total_minor: 0,
    });
  });

  test('a discount never makes a line or the order negative', () => {
    const promotions = [
      percent(90, { id: 'a', stackable: true }),
      fixed(9999, { id: 'b', stackable: true }),
      fixed(9999, { id: 'c' }),
    ];
    const quote = priceCart(
      aCart([aLine('a', 333), aLine('b', 1)], { promotions, tax_rates: [aRate('VAT', 20)] }),
    );
    expect(discountsOf(quote)).toEqual([333, 1]);
    expect(totalsOf(quote)).toEqual([334, 334, 0, 0, 0]);
    expect(quote.tax_summary).toEqual([]);
  });

  test('free shipping by value is for the goods after their discounts', () => {
    const shipping = someShipping({ free_above_minor: 5000 });
    expect(priceCart(aCart([aLine('a', 5000)], { shipping })).shipping_minor).toBe(0);
    const quote = priceCart(aCart([aLine('a', 5000)], { shipping, promotions: [percent(20)] }));
    expect(totalsOf(quote)).toEqual([5000, 1000, 500, 0, 4500]);
  });
});

describe('combination: non-stackable promotions compete, stackable ones apply on top in priority order', () => {
  test('the shopper gets the best single one', () => {
    const promotions = [
      percent(10, { id: 'ten' }),
      fixed(1500, { id: 'fifteen off', code: 'FIFTEEN' }),
      percent(50, { id: 'not asked', code: 'HALF' }),
      percent(5, { id: 'on top', stackable: true }),
    ];
    const quote = priceCart(aCart([aLine('a', 10_000)], { promotions, codes: ['fifteen'] }));
    expect(quote.adjustments.map(({ promotion, amount_minor }) => [promotion, amount_minor])).toEqual([
      ['on top', -500],
      ['fifteen off', -1500],
    ]);
    expect(quote.codes).toEqual([{ code: 'FIFTEEN', applied: true, reason: null }]);
  });
});

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

  test.each([true, false])('the exempt pay none (tax in the prices: %s)', (prices_include_tax) => {
    const quote = priceCart(aCart([aLine('a', 1200)], { tax_rates, prices_include_tax, tax_exempt: true }));
    expect(totalsOf(quote)).toEqual([1200, 0, 0, 0, 1200]);
    expect(quote.tax_summary).toEqual([]);
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

describe('shipping', () => {
  test('is taxed by the class of its method', () => {
    const tax_rates = [aRate('VAT', 20), aRate('Reduced VAT', 10, reduced)];
    const quote = priceCart(aCart([aLine('a', 1000)], { shipping: someShipping(reduced), tax_rates }));
    expect(quote.shipping).toMatchObject({ tax_minor: 50, total_minor: 550, tax_name: 'Reduced VAT' });
  });

  test('is not charged when nothing is shipped', () => {
    const quote = priceCart(
      aCart([aLine('a', 1000, { requires_shipping: false })], { shipping: someShipping() }),
    );
    expect(quote).toMatchObject({
      requires_shipping: false,
      shipping: null,
      shipping_minor: 0,
      total_minor: 1000,
    });
  });

  test('is still to be chosen when something is shipped', () => {
    expect(priceCart(aCart([aLine('a', 1000)]))).toMatchObject({ requires_shipping: true, shipping: null });
  });

  test('that costs nothing is listed', () => {
    const quote = priceCart(aCart([aLine('a', 1000)], { shipping: someShipping({ amount_minor: 0 }) }));
    expect(quote.adjustments).toEqual([
      { kind: 'shipping', code: null, label: 'Post', promotion: null, amount_minor: 0 },
    ]);
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

describe('impossible facts are a RangeError', () => {
  test.each<[string, CartFacts]>([
    ['no quantity', aCart([aLine('a', 100, { quantity: 0 })])],
    ['a negative quantity', aCart([aLine('a', 100, { quantity: -1 })])],
    ['half a quantity', aCart([aLine('a', 100, { quantity: 1.5 })])],
    ['a quantity that is no number', aCart([aLine('a', 100, { quantity: NaN })])],
    ['a negative price', aCart([aLine('a', -1)])],
    ['half a unit', aCart([aLine('a', 0.5)])],
    ['a line beyond the safe integers', aCart([aLine('a', Number.MAX_SAFE_INTEGER, { quantity: 2 })])],
    ['a sum beyond them', aCart([aLine('a', Number.MAX_SAFE_INTEGER), aLine('b', 1)])],
    ['negative shipping', aCart([aLine('a', 1)], { shipping: someShipping({ amount_minor: -1 }) })],
  ])('%s', (_, cart) => {
    expect(() => priceCart(cart)).toThrow(RangeError);
  });
});
