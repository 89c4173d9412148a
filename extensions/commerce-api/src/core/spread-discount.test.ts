import { describe, expect, test } from 'vitest';
import { spreadDiscount } from './spread-discount.ts';

describe('a discount spread over lines', () => {
  test.each<[string, number, number[], number[], number[]]>([
    ['goes in proportion to their weights', 100, [0, 1], [300, 100], [75, 25]],
    ['leaves the other lines alone', 30, [0, 2], [100, 100, 100], [15, 0, 15]],
    ['gives the odd unit to the line named first', 1, [1, 0], [5, 5], [0, 1]],
    ['takes at most what the lines weigh', 999, [0, 1], [3, 4, 5], [3, 4, 0]],
    ['is nothing where there is nothing', 5, [], [7], [0]],
  ])('%s', (_, amount, lines, weights, shares) => {
    expect(spreadDiscount(amount, lines, weights)).toEqual(shares);
  });

  test('is never negative: such an amount is a RangeError', () => {
    expect(() => spreadDiscount(-1, [0], [5])).toThrow(RangeError);
  });
});
