import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PromotionContext, PromotionFacts } from './promotions.ts';
import { applyPromotions, normalCode } from './promotions.ts';
import { aPromotion, fixed, percent } from './sample-cart.ts';

const percentOff = (id: string, value: number, rest: Partial<PromotionFacts> = {}) =>
  percent(value, { id, ...rest });
const amountOff = (id: string, amount_minor: number, rest: Partial<PromotionFacts> = {}) =>
  fixed(amount_minor, { id, ...rest });
const freeShipping = (id: string, rest: Partial<PromotionFacts> = {}) =>
  aPromotion({ id, kind: 'free_shipping', ...rest });

function aContext(context: Partial<PromotionContext>): PromotionContext {
  return {
    promotions: [],
    codes: [],
    currency: 'EUR',
    now: '2026-03-01T12:00:00Z',
    customer_group: null,
    eligible_minor: 10_000,
    other_goods_minor: 0,
    shipping: { amount_minor: 500, free_above_minor: null },
    ...context,
  };
}
function takenOff(promotions: PromotionFacts[], context: Partial<PromotionContext> = {}) {
  const { applied } = applyPromotions(aContext({ promotions, ...context }));
  return applied.map(({ promotion, amount_minor }) => `${promotion.id} ${amount_minor}`);
}
const stackable = { stackable: true };

describe('what a promotion takes off', () => {
  test.each<[string, PromotionFacts[], Partial<PromotionContext>, string[]]>([
    ['a percentage of the eligible goods', [percentOff('p', 10)], {}, ['p 1000']],
    ['rounded half up once', [percentOff('p', 15)], { eligible_minor: 1990 }, ['p 299']],
    ['an amount', [amountOff('f', 750)], {}, ['f 750']],
    ['an amount, at most the eligible goods', [amountOff('f', 750)], { eligible_minor: 700 }, ['f 700']],
    ['a percentage, at most all of it', [percentOff('p', 150)], {}, ['p 10000']],
    ['all shipping', [freeShipping('s')], {}, ['s 500']],
    ['nothing where there is no shipping', [freeShipping('s')], { shipping: null }, []],
    [
      'nothing from what may not be discounted',
      [percentOff('p', 10)],
      { eligible_minor: 0, other_goods_minor: 9 },
      [],
    ],
    [
      'nothing without a value',
      [aPromotion({}), amountOff('f', 0, { amount_minor: null, ...stackable })],
      {},
      [],
    ],
  ])('%s', (_, promotions, context, expected) => {
    expect(takenOff(promotions, context)).toEqual(expected);
  });

  test('is never negative: such an amount is a RangeError', () => {
    expect(() => takenOff([amountOff('f', -1)])).toThrow(RangeError);
    expect(() => takenOff([percentOff('p', -1)])).toThrow(RangeError);
  });
});

describe('order of things: line discounts, then order discounts, then shipping discounts', () => {
  test('whatever the priorities', () => {
    const promotions = [
      freeShipping('s', { ...stackable, priority: 9 }),
      amountOff('f', 1000, { ...stackable, priority: 5 }),
      percentOff('p', 10, { ...stackable, priority: 1 }),
    ];
    expect(takenOff(promotions)).toEqual(['p 1000', 'f 1000', 's 500']);
  });

  test('each takes from what the ones before left', () => {
    expect(takenOff([percentOff('a', 10, stackable), percentOff('b', 10, stackable)])).toEqual([
      'a 1000',
      'b 900',
    ]);
    expect(takenOff([percentOff('a', 50, stackable), amountOff('b', 9000, stackable)])).toEqual([
      'a 5000',
      'b 5000',
    ]);
  });

  test('a discount never makes the order negative', () => {
    expect(takenOff([percentOff('a', 100, stackable), amountOff('b', 1, stackable)])).toEqual(['a 10000']);
  });

  test('free shipping by value looks at the goods after their discounts, the undiscountable included', () => {
    const shipping = { amount_minor: 500, free_above_minor: 5000 };
    const half = [percentOff('p', 50, stackable)];
    expect(applyPromotions(aContext({ promotions: half, shipping })).shipping_minor).toBe(0);
    const lessByOne = aContext({ promotions: half, shipping, eligible_minor: 9999 });
    expect(applyPromotions(lessByOne).shipping_minor).toBe(500);
    expect(applyPromotions(aContext({ promotions: [], shipping, eligible_minor: 4999 })).shipping_minor).toBe(
      500,
    );
    const withGiftCard = { shipping, eligible_minor: 4998, other_goods_minor: 2 };
    expect(applyPromotions(aContext(withGiftCard)).shipping_minor).toBe(0);
  });
});

describe('combination', () => {
  test.each<[string, PromotionFacts[], string[]]>([
    [
      'of those that compete the shopper gets the best one',
      [percentOff('a', 10), amountOff('b', 1001)],
      ['b 1001'],
    ],
    [
      'priority does not beat a better one',
      [percentOff('a', 10, { priority: 9 }), amountOff('b', 1001)],
      ['b 1001'],
    ],
    [
      'between equals priority decides',
      [percentOff('a', 10), amountOff('b', 1000, { priority: 1 })],
      ['b 1000'],
    ],
    ['and then the id', [percentOff('b', 10), percentOff('a', 10)], ['a 1000']],
    ['free shipping competes too', [amountOff('a', 499), freeShipping('b')], ['b 500']],
    [
      'stackable ones apply on top, after the one that competes',
      [percentOff('a', 10, { ...stackable, priority: 9 }), percentOff('b', 20), percentOff('c', 30)],
      ['c 3000', 'a 700'],
    ],
    [
      'stackable ones go by priority, higher first, then id',
      [
        percentOff('c', 10, stackable),
        percentOff('b', 20, stackable),
        percentOff('a', 50, { ...stackable, priority: 1 }),
      ],
      ['a 5000', 'b 1000', 'c 400'],
    ],
    [
      'the best one is the best together with the stackable ones',
      [freeShipping('top', stackable), freeShipping('alone'), amountOff('f', 400)],
      ['f 400', 'top 500'],
    ],
    ['shipping is free once', [freeShipping('b', stackable), freeShipping('a', stackable)], ['a 500']],
  ])('%s', (_, promotions, expected) => {
    expect(takenOff(promotions)).toEqual(expected);
  });

  test('a discount that would lose free shipping worth more is not taken', () => {
    const shipping = { amount_minor: 500, free_above_minor: 10_000 };
    expect(takenOff([amountOff('f', 400)], { shipping })).toEqual([]);
    expect(takenOff([amountOff('f', 400, stackable)], { shipping })).toEqual([]);
    expect(takenOff([amountOff('f', 600)], { shipping })).toEqual(['f 600']);
  });

  test('a stackable one that would lose free shipping does not spoil the one that competes', () => {
    const shipping = { amount_minor: 500, free_above_minor: 9000 };
    expect(takenOff([amountOff('a', 1000), amountOff('b', 100, stackable)], { shipping })).toEqual([
      'a 1000',
    ]);
  });
});

describe('a promotion is not open', () => {
  const now = '2026-03-01T12:00:00Z';
  test.each<[string, Partial<PromotionFacts>, string]>([
    ['before it starts', { starts_at: '2026-03-01T12:00:01Z' }, 'not_started'],
    ['once it has ended', { ends_at: now }, 'expired'],
    ['to a cart in another currency', { currency: 'USD' }, 'other_currency'],
    ['to anyone else than its group', { customer_group: 'vip' }, 'other_customer_group'],
    ['when it is used up', { usage_left: 0 }, 'used_up'],
    ['when it is oversold', { usage_left: -1 }, 'used_up'],
    ['when this customer has used it up', { customer_usage_left: 0 }, 'used_up_by_customer'],
    ['below its minimum', { minimum_subtotal_minor: 10_001 }, 'minimum_not_met'],
    ['when staff switched it off, and its code is as good as unknown', { status: 'inactive' }, 'unknown'],
  ])('%s', (_, rest, reason) => {
    const promotion = percentOff('p', 10, { code: 'SPRING', ...rest });
    const { applied, codes } = applyPromotions(aContext({ promotions: [promotion], codes: ['SPRING'] }));
    expect(applied).toEqual([]);
    expect(codes).toEqual([{ code: 'SPRING', applied: false, reason }]);
    expect(takenOff([{ ...promotion, code: null }])).toEqual([]);
  });

  test('as an amount of no currency', () => {
    expect(takenOff([amountOff('f', 500, { currency: null })])).toEqual([]);
  });

  test.each<[string, Partial<PromotionFacts>]>([
    ['from its first moment', { starts_at: now }],
    ['with one use left', { usage_left: 1, customer_usage_left: 1 }],
    ['at exactly its minimum', { minimum_subtotal_minor: 10_000 }],
    ['in its currency', { currency: 'EUR' }],
    ['to its group', { customer_group: 'vip' }],
  ])('but is %s', (_, rest) => {
    expect(takenOff([percentOff('p', 10, rest)], { customer_group: 'vip' })).toEqual(['p 1000']);
  });

  test('for goods that may not be discounted: they do not count towards its minimum', () => {
    const promotion = percentOff('p', 10, { minimum_subtotal_minor: 5000 });
    expect(takenOff([promotion], { eligible_minor: 4999, other_goods_minor: 9000 })).toEqual([]);
  });
});

describe('coupon codes: case-insensitive, trimmed, unique', () => {
  const spring = percentOff('p', 10, { code: 'Spring ' });

  test.each([' spring', 'SPRING', 'sPrInG\n'])('%j asks for it', (code) => {
    expect(takenOff([spring], { codes: [code] })).toEqual(['p 1000']);
  });

  test('it is not given unasked', () => {
    expect(takenOff([spring])).toEqual([]);
    expect(takenOff([spring], { codes: ['summer'] })).toEqual([]);
  });

  test('entered twice it counts once and is answered once', () => {
    const { applied, codes } = applyPromotions(
      aContext({ promotions: [{ ...spring, stackable: true }], codes: ['spring', 'SPRING '] }),
    );
    expect(applied).toHaveLength(1);
    expect(codes).toEqual([{ code: 'SPRING', applied: true, reason: null }]);
  });

  test('each is answered, in the order entered', () => {
    const promotions = [
      spring,
      percentOff('better', 20, { code: 'BETTER' }),
      freeShipping('ship', { code: 'SHIP', stackable: true }),
    ];
    const codes = ['ship', 'nope', 'spring', 'better'];
    expect(applyPromotions(aContext({ promotions, codes, shipping: null })).codes).toEqual([
      { code: 'SHIP', applied: false, reason: 'no_benefit' },
      { code: 'NOPE', applied: false, reason: 'unknown' },
      { code: 'SPRING', applied: false, reason: 'better_offer' },
      { code: 'BETTER', applied: true, reason: null },
    ]);
  });

  test('have one spelling', () => {
    expect(normalCode(' a b1 ')).toBe('A B1');
  });
});

describe('whatever the promotions', () => {
  const anyPromotion = fc
    .record({
      kind: fc.constantFrom('percentage' as const, 'fixed_amount' as const, 'free_shipping' as const),
      code: fc.constantFrom(null, null, 'A', 'B', 'C'),
      value_ppm: fc.integer({ min: 0, max: 1_200_000 }),
      amount_minor: fc.integer({ min: 0, max: 20_000 }),
      currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'USD', null),
      minimum_subtotal_minor: fc.constantFrom(null, 0, 5000, 10_000),
      usage_left: fc.constantFrom(null, 0, 1),
      stackable: fc.boolean(),
      priority: fc.integer({ min: 0, max: 2 }),
    })
    .map((promotion) => aPromotion(promotion));
  const anyPromotions = fc
    .array(anyPromotion, { maxLength: 12 })
    .map((promotions) => promotions.map((promotion, index) => ({ ...promotion, id: `p${index}` })));
  const anyContext = fc.record({
    promotions: anyPromotions,
    codes: fc.subarray(['a', 'b', 'c', 'x']),
    eligible_minor: fc.integer({ min: 0, max: 20_000 }),
    other_goods_minor: fc.integer({ min: 0, max: 5000 }),
    shipping: fc.option(
      fc.record({
        amount_minor: fc.integer({ min: 0, max: 3000 }),
        free_above_minor: fc.option(fc.integer({ min: 0, max: 20_000 })),
      }),
    ),
  });
  function costOf(context: PromotionContext) {
    const { applied, shipping_minor } = applyPromotions(context);
    const off = applied.reduce((sum, one) => sum + one.amount_minor, 0);
    return context.eligible_minor + context.other_goods_minor + shipping_minor - off;
  }

  test('they never take more than there is, and each takes something', () => {
    fc.assert(
      fc.property(anyContext, (facts) => {
        const context = aContext(facts);
        const { applied, shipping_minor } = applyPromotions(context);
        const off = (kind: string) =>
          applied.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.amount_minor, 0);
        expect(off('discount')).toBeLessThanOrEqual(context.eligible_minor);
        expect(off('shipping_discount')).toBeLessThanOrEqual(shipping_minor);
        for (const one of applied) expect(one.amount_minor).toBeGreaterThan(0);
        expect(applied.filter((one) => !one.promotion.stackable).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('they never make the cart dearer, and no single one alone would be cheaper', () => {
    fc.assert(
      fc.property(anyContext, (facts) => {
        const context = aContext(facts);
        const cost = costOf(context);
        expect(cost).toBeLessThanOrEqual(costOf({ ...context, promotions: [] }));
        for (const promotion of context.promotions.filter((one) => !one.stackable)) {
          expect(cost).toBeLessThanOrEqual(costOf({ ...context, promotions: [promotion] }));
        }
      }),
    );
  });

  test('their order does not matter', () => {
    fc.assert(
      fc.property(anyContext, (facts) => {
        const context = aContext(facts);
        const { applied } = applyPromotions(context);
        const reversed = applyPromotions({
          ...context,
          promotions: context.promotions.toReversed(),
          codes: context.codes.toReversed(),
        });
        expect(reversed.applied).toEqual(applied);
      }),
    );
  });
});
