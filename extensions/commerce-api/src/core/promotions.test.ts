import { describe, expect, test } from 'vitest';
import type { PromotionFacts } from './promotion-facts.ts';
import { applyPromotions, type PromotionContext } from './promotions.ts';
import { aScope, buyGet, fixed, freeShipping, percent, someGoods } from './sample-cart.ts';

function aContext(context: Partial<PromotionContext>): PromotionContext {
  return {
    promotions: [],
    codes: [],
    currency: 'EUR',
    now: '2026-03-01T12:00:00Z',
    customer_group: null,
    has_ordered_before: false,
    goods: [someGoods(10_000)],
    other_goods_minor: 0,
    shippingFor: () => 500,
    ...context,
  };
}
function takenOff(promotions: PromotionFacts[], context: Partial<PromotionContext> = {}) {
  const { applied } = applyPromotions(aContext({ promotions, ...context }));
  return applied.map(({ promotion, amount_minor }) => `${promotion.id} ${amount_minor}`);
}
const outcomes = (context: Partial<PromotionContext>) =>
  applyPromotions(aContext(context)).codes.map(({ code, applied, reason }) => {
    expect(applied).toBe(reason === null);
    return `${code}: ${reason ?? 'applied'}`;
  });
const stackable = { stackable: true };

describe('coupon codes: case-insensitive, trimmed, unique', () => {
  const spring = percent(10, { id: 'p', code: 'Spring ' });

  test.each([' spring', 'SPRING', 'sPrInG\n'])('%j asks for it', (code) => {
    expect(takenOff([spring], { codes: [code] })).toEqual(['p 1000']);
  });

  test('it is not given unasked', () => {
    expect(takenOff([spring])).toEqual([]);
    expect(takenOff([spring], { codes: ['summer'] })).toEqual([]);
  });

  test('entered twice it counts once and is answered once', () => {
    const { applied, codes } = applyPromotions(
      aContext({ promotions: [{ ...spring, ...stackable }], codes: ['spring', 'SPRING '] }),
    );
    expect(applied).toHaveLength(1);
    expect(codes).toEqual([{ code: 'SPRING', applied: true, reason: null }]);
  });

  test('each is answered, in the order entered', () => {
    const promotions = [
      spring,
      percent(20, { id: 'better', code: 'BETTER' }),
      freeShipping({ id: 'ship', code: 'SHIP', ...stackable }),
    ];
    const codes = ['ship', 'nope', 'spring', 'better'];
    expect(outcomes({ promotions, codes, shippingFor: () => null })).toEqual([
      'SHIP: no_benefit',
      'NOPE: unknown',
      'SPRING: better_offer',
      'BETTER: applied',
    ]);
  });
});

describe('many codes of one promotion', () => {
  const codes = [
    { id: '1', code: 'one-1', usage_left: 1 },
    { id: '2', code: 'one-2', usage_left: null },
    { id: '3', code: 'one-3', usage_left: 0 },
  ];
  const promotion = percent(10, { id: 'p', code: 'own', codes, ...stackable });
  const given = (carried: string[], rest: Partial<PromotionFacts> = {}) =>
    applyPromotions(aContext({ promotions: [{ ...promotion, ...rest }], codes: carried }));

  test('it is given for the one the cart carries', () => {
    const { applied } = given(['ONE-2']);
    expect(applied).toMatchObject([{ amount_minor: 1000, code: { promotion_code: '2', code: 'ONE-2' } }]);
  });

  test('it is given once for all of them, for the same one whatever their order', () => {
    expect(given(['one-2', 'one-1']).applied).toMatchObject([{ code: { promotion_code: '1' } }]);
    expect(given(['one-1', 'one-2']).applied).toMatchObject([{ code: { promotion_code: '1' } }]);
    expect(given(['one-1', 'own']).applied).toMatchObject([{ code: { promotion_code: null, code: 'OWN' } }]);
  });

  test('of those that are used up each is answered, and another still counts', () => {
    expect(outcomes({ promotions: [promotion], codes: ['one-3'] })).toEqual(['ONE-3: code_used_up']);
    expect(outcomes({ promotions: [promotion], codes: ['one-3', 'one-2', 'one-1'] })).toEqual([
      'ONE-3: code_used_up',
      'ONE-2: other_code_applied',
      'ONE-1: applied',
    ]);
  });

  test('one that requires none is given without, and is not kept back by a code that is used up', () => {
    const automatic = { requires_code: false };
    expect(given([], automatic).applied).toMatchObject([{ code: null }]);
    expect(given(['one-3'], automatic).applied).toMatchObject([{ code: null }]);
    expect(given(['one-2'], automatic).applied).toMatchObject([{ code: { code: 'ONE-2' } }]);
  });
});

describe('why a code gives nothing', () => {
  const now = '2026-03-01T12:00:00Z';
  const onMugs = { scopes: [aScope({ tag: 'mug' })] };
  test.each<[string, PromotionFacts, string]>([
    ['not_started', percent(10, { starts_at: '2026-03-01T12:00:01Z' }), 'not_started'],
    ['expired', percent(10, { ends_at: now }), 'expired'],
    ['other_currency', percent(10, { currency: 'USD' }), 'other_currency'],
    ['other_customer_group', percent(10, { customer_group: 'vip' }), 'other_customer_group'],
    ['first_order_only', percent(10, { first_order_only: true }), 'first_order_only'],
    ['used_up', percent(10, { usage_left: 0 }), 'used_up'],
    ['used_up_by_customer', percent(10, { customer_usage_left: 0 }), 'used_up_by_customer'],
    ['budget_exhausted when nothing is left of it', fixed(9, { budget_left_minor: 0 }), 'budget_exhausted'],
    ['budget_exhausted when the whole does not fit', fixed(9, { budget_left_minor: 8 }), 'budget_exhausted'],
    ['no_eligible_goods', percent(10, onMugs), 'no_eligible_goods'],
    ['minimum_not_met', percent(10, { minimum_subtotal_minor: 10_001 }), 'minimum_not_met'],
    ['minimum_quantity_not_met', percent(10, { minimum_quantity: 2 }), 'minimum_quantity_not_met'],
    ['minimum_quantity_not_met when too little is bought', buyGet(1, 1), 'minimum_quantity_not_met'],
    ['unknown when staff switched it off', percent(10, { status: 'inactive' }), 'unknown'],
    ['no_benefit when there is nothing to take off', percent(0), 'no_benefit'],
  ])('%s', (_, promotion, reason) => {
    const context = { codes: ['SPRING'], has_ordered_before: true };
    const coded = { ...promotion, code: 'SPRING', requires_code: true };
    expect(outcomes({ ...context, promotions: [coded] })).toEqual([`SPRING: ${reason}`]);
    expect(takenOff([coded], context)).toEqual([]);
    expect(takenOff([{ ...promotion, requires_code: false }], { has_ordered_before: true })).toEqual([]);
  });

  test('better_offer when others leave nothing to take off', () => {
    const promotions = [
      percent(100, { id: 'all', ...stackable }),
      fixed(1, { id: 'a', code: 'ONE', ...stackable }),
    ];
    expect(outcomes({ promotions, codes: ['ONE'] })).toEqual(['ONE: better_offer']);
  });
});

test('goods that may not be discounted do not count towards a minimum', () => {
  const promotion = percent(10, { minimum_subtotal_minor: 5000 });
  expect(takenOff([promotion], { goods: [someGoods(4999)], other_goods_minor: 9000 })).toEqual([]);
});
