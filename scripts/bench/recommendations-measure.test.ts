import { expect, test } from 'vitest';
import { mostBought, mostTogether, qualityOf } from './recommendations-measure.ts';

const BASKETS = [
  ['a', 'b'],
  ['a', 'b', 'c'],
  ['a', 'd'],
  ['b', 'd'],
];

test('the most bought and the most bought with one are counted', () => {
  expect(mostBought(BASKETS, 2)('a')).toEqual(['b', 'd']);
  expect(mostBought(BASKETS, 2)('c')).toEqual(['a', 'b']);
  expect(mostTogether(BASKETS, 2)('a')).toEqual(['b', 'c']);
  expect(mostTogether(BASKETS, 2)('x')).toEqual([]);
});

test('a basket counts as one, and each of its products is given once', () => {
  const recommend = (product: string) => (product === 'a' ? ['b', 'x'] : []);
  // Of the first basket a finds the one other, b none; of the second a finds one of two others.
  const { any, named, coverage } = qualityOf(
    recommend,
    [
      ['a', 'b'],
      ['a', 'b', 'c'],
    ],
    ['a', 'b', 'c', 'x'],
  );
  expect(any).toBeCloseTo((1 / 2 + 1 / 3) / 2);
  expect(named).toBeCloseTo((1 / 2 + 1 / 2 / 3) / 2);
  expect(coverage).toBe(0.5);
});

test('no baskets are no quality', () => {
  expect(qualityOf(() => [], [], [])).toEqual({ any: 0, named: 0, coverage: 0 });
});
