import { describe, expect, test } from 'vitest';
import { lineDiscounts, stepOf, termsOf } from './promotion-discounts.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { reachesOf } from './promotion-reach.ts';
import {
  aPromotion,
  aScope,
  buyGet,
  fixed,
  freeShipping,
  offEach,
  percent,
  setFor,
  someGoods,
  tiered,
} from './sample-cart.ts';

const goods = [someGoods(3000, { quantity: 3 }), someGoods(500, { product: 'mug' }), someGoods(0)];
const onMugs = { scopes: [aScope({ product: 'mug' })] };

function discountsOf(promotion: PromotionFacts, left = [3000, 500, 0]) {
  const reach = reachesOf([promotion], goods).get(promotion)!;
  return lineDiscounts(termsOf(promotion, 0, 0)!, reach, goods, left);
}

describe('what a promotion takes off', () => {
  test.each<[string, PromotionFacts, number[]]>([
    ['a percentage of all goods', percent(10), [300, 50, 0]],
    ['a percentage of those in scope', percent(10, onMugs), [0, 50, 0]],
    ['a percentage, at most all of it', percent(150), [3000, 500, 0]],
    ['an amount over all goods', fixed(700), [600, 100, 0]],
    ['an amount over those in scope, at most what they are worth', fixed(700, onMugs), [0, 500, 0]],
    ['an amount off each unit', offEach(200), [600, 200, 0]],
    ['an amount off each unit in scope', offEach(200, onMugs), [0, 200, 0]],
    ['what is given for what is bought', buyGet(3, 1), [0, 500, 0]],
    ['what a set saves', setFor(2000, { buy_quantity: 3 }), [1000, 0, 0]],
    ['nothing off lines where it is for shipping', freeShipping(), [0, 0, 0]],
    ['nothing without a value', aPromotion({}), [0, 0, 0]],
    ['nothing without an amount', fixed(0, { amount_minor: null }), [0, 0, 0]],
    ['nothing off each without an amount', offEach(0, { amount_minor: null }), [0, 0, 0]],
  ])('%s', (_, promotion, expected) => {
    expect(discountsOf(promotion)).toEqual(expected);
  });

  test('is of what earlier discounts left', () => {
    expect(discountsOf(percent(10), [1000, 0, 0])).toEqual([100, 0, 0]);
    expect(discountsOf(fixed(700), [200, 100, 0])).toEqual([200, 100, 0]);
  });

  test.each([percent(-1), fixed(-1), offEach(-1)])(
    'is never negative: such a value is a RangeError',
    (one) => {
      expect(() => discountsOf(one)).toThrow(RangeError);
    },
  );
});

describe('fixed discount "each": per unit, never below zero', () => {
  test.each<[string, number, number[], number[]]>([
    ['is taken off every unit', 100, [3000, 500, 0], [300, 100, 0]],
    ['takes at most the unit', 600, [3000, 500, 0], [1800, 500, 0]],
    ['takes at most what is left of the line', 600, [1000, 100, 0], [1000, 100, 0]],
  ])('%s', (_, amount, left, expected) => {
    expect(discountsOf(offEach(amount), left)).toEqual(expected);
  });
});

describe('tiers: the highest one reached speaks', () => {
  const bySpend = tiered('spend', [
    { from: 5000, value_ppm: 50_000 },
    { from: 20_000, value_ppm: 150_000 },
    { from: 10_000, amount_minor: 1000 },
  ]);
  const byQuantity = {
    ...bySpend,
    tier_basis: 'quantity' as const,
    tiers: [{ from: 3, value_ppm: 100_000 }],
  };
  test.each<[string, PromotionFacts, number, number, Partial<PromotionFacts> | null]>([
    ['none below all', bySpend, 4999, 99, null],
    ['the first from its value on', bySpend, 5000, 1, { kind: 'percentage', value_ppm: 50_000 }],
    [
      'an amount goes over the order',
      bySpend,
      19_999,
      1,
      { kind: 'fixed_amount', allocation: 'across', amount_minor: 1000 },
    ],
    ['the last from its value on', bySpend, 99_999, 1, { kind: 'percentage', value_ppm: 150_000 }],
    ['none below a number of units', byQuantity, 99_999, 2, null],
    ['one from its number on', byQuantity, 1, 3, { kind: 'percentage', value_ppm: 100_000 }],
    ['none where there are none', tiered('spend', null), 1, 1, null],
  ])('%s', (_, promotion, spend, quantity, expected) => {
    const terms = termsOf(promotion, spend, quantity);
    if (expected === null) expect(terms).toBeNull();
    else expect(terms).toMatchObject(expected);
  });
});

describe('order of things: line discounts, then order discounts, then shipping discounts', () => {
  test.each<[string, PromotionFacts, number]>([
    ['a percentage is on lines', percent(10), 0],
    ['an amount off each unit is', offEach(10), 0],
    ['what is given is', buyGet(1, 1), 0],
    ['a set is', setFor(10), 0],
    ['a tier that is a percentage is', tiered('spend', [{ from: 0, value_ppm: 1 }]), 0],
    ['an amount across is on the order', fixed(10), 1],
    ['a tier that is an amount is', tiered('spend', [{ from: 0, amount_minor: 1 }]), 1],
    ['free shipping is last', freeShipping(), 2],
  ])('%s', (_, promotion, step) => {
    expect(stepOf(termsOf(promotion, 0, 0)!)).toBe(step);
  });
});
