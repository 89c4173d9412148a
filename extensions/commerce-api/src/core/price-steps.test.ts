import { describe, expect, test } from 'vitest';
import { PRICE_STEPS, priceRanges, priceStep } from './price-steps.ts';

describe('the step of a price', () => {
  test.each([
    [0, 0],
    [1, 1],
    [14, 10],
    [15, 15],
    [1999, 1500],
    [2000, 2000],
    [7499, 6000],
    [7500, 7500],
    [9_007_199_254_740_991, 7_500_000_000_000_000],
  ])('of %i begins at %i', (price, start) => {
    expect(priceStep(price)).toBe(start);
  });

  test('is known for every amount, and steps ascend', () => {
    expect(PRICE_STEPS).toEqual([...new Set(PRICE_STEPS)].sort((a, b) => a - b));
    expect(PRICE_STEPS.every(Number.isSafeInteger)).toBe(true);
    for (const start of PRICE_STEPS) expect(priceStep(start)).toBe(start);
  });
});

describe('price ranges', () => {
  test('of nothing are none', () => {
    expect(priceRanges([])).toEqual([]);
    expect(priceRanges([{ start: 100, count: 0 }])).toEqual([]);
  });

  test('of one step are one open range', () => {
    expect(priceRanges([{ start: 1000, count: 7 }])).toEqual([{ from_minor: 0, to_minor: null, count: 7 }]);
  });

  test('hold about as many each, meet without a gap, and count everything', () => {
    const steps = [100, 150, 200, 300, 500, 1000, 2000, 5000].map((start) => ({ start, count: 10 }));
    const ranges = priceRanges(steps.toReversed());
    expect(ranges).toEqual([
      { from_minor: 0, to_minor: 199, count: 20 },
      { from_minor: 200, to_minor: 499, count: 20 },
      { from_minor: 500, to_minor: 999, count: 10 },
      { from_minor: 1000, to_minor: 4999, count: 20 },
      { from_minor: 5000, to_minor: null, count: 10 },
    ]);
  });

  test('are fewer where most products cost the same', () => {
    const ranges = priceRanges([
      { start: 100, count: 1 },
      { start: 200, count: 97 },
      { start: 300, count: 1 },
      { start: 400, count: 1 },
    ]);
    expect(ranges).toEqual([
      { from_minor: 0, to_minor: 299, count: 98 },
      { from_minor: 300, to_minor: 399, count: 1 },
      { from_minor: 400, to_minor: null, count: 1 },
    ]);
  });
});
