import { expect, test } from 'vitest';
import { aLine } from './sample-cart.ts';
import { shippedGoods } from './shipped-goods.ts';

const digital = aLine('file', 500, { requires_shipping: false, quantity: 9, weight_grams: 1 });

test('units and their weights are counted where they ship', () => {
  const lines = [
    aLine('a', 100, { quantity: 2, weight_grams: 250 }),
    aLine('b', 100, { weight_grams: 1 }),
    digital,
  ];
  expect(shippedGoods(lines)).toEqual({ quantity: 3, weight_grams: 501, has_unknown_weight: false });
});

test('an unknown weight is said, if it ships', () => {
  const lines = [aLine('a', 100, { weight_grams: null }), aLine('b', 100, { weight_grams: 5 })];
  expect(shippedGoods(lines)).toEqual({ quantity: 2, weight_grams: 5, has_unknown_weight: true });
  expect(shippedGoods([{ ...digital, weight_grams: null }]).has_unknown_weight).toBe(false);
});
