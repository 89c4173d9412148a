import { describe, expect, test } from 'vitest';
import type { CartFacts } from './price-cart.ts';
import { priceCart } from './price-cart.ts';
import {
  aCart,
  aLine,
  aPromotion,
  aRate,
  aScope,
  buyGet,
  discountsOf,
  fixed,
  offEach,
  percent,
  reduced,
  someShipping,
  totalsOf,
} from './sample-cart.ts';

const spring = { promotion: 'spring', promotion_code: null, code: 'SPRING', label: 'Spring' };
const post = { promotion: null, promotion_code: null, code: null, label: 'Post' };

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
      tax_exemption: null,
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
          discounts: [{ ...spring, amount_minor: 600 }],
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
          discounts: [{ ...spring, amount_minor: 100 }],
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
        { ...spring, kind: 'discount', amount_minor: -700 },
        { ...post, kind: 'shipping', amount_minor: 500 },
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

  test('charges what staff wrote, whatever lists and taxes say', () => {
    const list = { starts_at: null, ends_at: null, priority: 0, customer_group: null, min_quantity: 1 };
    const prices = [{ ...list, price_list: 'sale', kind: 'sale' as const, amount_minor: 900 }];
    const line = aLine('a', 1000, { quantity: 2, prices, fixed_price_minor: 1100 });
    const quote = priceCart(aCart([line], { prices_include_tax: true, tax_exemption: 'customer' }));
    expect(quote.lines[0]).toMatchObject({
      unit_price_minor: 1100,
      price_reason: 'staff',
      price_list: null,
      subtotal_minor: 2200,
    });
  });

  test('says of each line which promotion took what off it, and for which code', () => {
    const promotions = [
      percent(10, { id: 'hats', name: 'Hats', stackable: true, scopes: [aScope({ tag: 'hat' })] }),
      fixed(100, {
        id: 'all',
        name: 'All',
        codes: [{ id: 'code 7', code: 'one-7', usage_left: 1 }],
      }),
    ];
    const cart = aCart([aLine('hat', 1000, { tags: ['hat'] }), aLine('mug', 100)], {
      promotions,
      codes: ['one-7'],
    });
    const quote = priceCart(cart);
    const hats = { promotion: 'hats', promotion_code: null, code: null, label: 'Hats' };
    const all = { promotion: 'all', promotion_code: 'code 7', code: 'ONE-7', label: 'All' };
    expect(quote.lines.map((line) => line.discounts)).toEqual([
      [
        { ...hats, amount_minor: 100 },
        { ...all, amount_minor: 90 },
      ],
      [{ ...all, amount_minor: 10 }],
    ]);
    expect(quote.adjustments).toEqual([
      { ...hats, kind: 'discount', amount_minor: -100 },
      { ...all, kind: 'discount', amount_minor: -100 },
    ]);
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

describe('fixed discount "each": per unit, never below zero', () => {
  test('three of 1000 and two of 50, each less 100', () => {
    const lines = [aLine('a', 1000, { quantity: 3 }), aLine('b', 50, { quantity: 2 })];
    expect(discountsOf(priceCart(aCart(lines, { promotions: [offEach(100)] })))).toEqual([300, 100]);
  });
});

describe('buy X get Y: the cheapest eligible units are free', () => {
  test('buy 3, get 1: of four units the cheapest, gift cards not counted', () => {
    const lines = [
      aLine('card', 500, { product_kind: 'gift_card' }),
      aLine('a', 3000, { quantity: 2 }),
      aLine('b', 2000),
      aLine('c', 1000),
    ];
    expect(discountsOf(priceCart(aCart(lines, { promotions: [buyGet(3, 1)] })))).toEqual([0, 0, 0, 1000]);
    const three = lines.slice(0, 3);
    expect(discountsOf(priceCart(aCart(three, { promotions: [buyGet(3, 1)] })))).toEqual([0, 0, 0]);
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

  test('follows the units and the weight that ship', () => {
    const lines = [
      aLine('a', 1000, { quantity: 3, weight_grams: 400 }),
      aLine('b', 1000, { quantity: 9, requires_shipping: false, product_kind: 'digital' }),
    ];
    const byItem = someShipping({ kind: 'per_item', per_item_minor: 50 });
    expect(priceCart(aCart(lines, { shipping: byItem })).shipping_minor).toBe(650);
    const tiers = [
      { from: 0, amount_minor: 400 },
      { from: 1200, amount_minor: 900 },
    ];
    const byWeight = someShipping({ kind: 'weight_tiers', tiers });
    expect(priceCart(aCart(lines, { shipping: byWeight })).shipping_minor).toBe(900);
  });

  test('is not charged by a method that does not take the goods', () => {
    const shipping = someShipping({ kind: 'price_tiers', tiers: [{ from: 5000, amount_minor: 700 }] });
    expect(priceCart(aCart([aLine('a', 4999)], { shipping }))).toMatchObject({
      requires_shipping: true,
      shipping: null,
      shipping_minor: 0,
    });
  });

  test('that costs nothing is listed', () => {
    const quote = priceCart(aCart([aLine('a', 1000)], { shipping: someShipping({ amount_minor: 0 }) }));
    expect(quote.adjustments).toEqual([{ ...post, kind: 'shipping', amount_minor: 0 }]);
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
