import { expect, test } from 'vitest';
import { scoreCandidates, worthOf, type QueryPlan } from './score-candidates.ts';

const plan: QueryPlan = {
  language: 1,
  groups: [
    { worth: 4, is_weak: false },
    { worth: 2, is_weak: false },
    { worth: 1, is_weak: true },
  ],
  alternatives: [
    { from: 0, to: 0, keys: [10], weight: 1 },
    { from: 1, to: 1, keys: [20], weight: 1 },
    { from: 1, to: 1, keys: [21, 22], weight: 0.5 },
    { from: 2, to: 2, keys: [30], weight: 1 },
  ],
  pairs: [{ one: 0, other: 1, key: -5 }],
};
const KEYS = [10, 20, 21, 22, 30, -5];
const candidate = (product: string, hits: number[], more = {}) => ({
  product,
  language: 1,
  prior: 100,
  hits,
  ...more,
});
const order = (...candidates: ReturnType<typeof candidate>[]) =>
  scoreCandidates([plan], KEYS, candidates).map(({ product }) => product);

test('all words come before the rarest alone, and that before a common one', () => {
  expect(
    order(
      candidate('common', [0, 90, 0, 0, 0, 0]),
      candidate('rare', [90, 0, 0, 0, 0, 0]),
      candidate('both', [60, 60, 0, 0, 0, 0]),
    ),
  ).toEqual(['both', 'rare', 'common']);
});

test('an alternative of two terms needs both', () => {
  expect(order(candidate('one', [0, 0, 90, 0, 0, 0]))).toEqual([]);
  expect(order(candidate('two', [0, 0, 90, 80, 0, 0]))).toEqual(['two']);
});

test('a weak word finds nothing and breaks ties, as neighbours do', () => {
  expect(order(candidate('weak', [0, 0, 0, 0, 90, 0]))).toEqual([]);
  expect(order(candidate('a', [60, 60, 0, 0, 0, 0]), candidate('b', [60, 60, 0, 0, 60, 0]))).toEqual([
    'b',
    'a',
  ]);
  expect(order(candidate('a', [60, 60, 0, 0, 0, 0]), candidate('b', [60, 60, 0, 0, 0, 60]))).toEqual([
    'b',
    'a',
  ]);
});

test('equals are ordered by prior, then by key; a product found twice counts as its best', () => {
  expect(
    order(
      candidate('b', [60, 0, 0, 0, 0, 0]),
      candidate('a', [60, 0, 0, 0, 0, 0]),
      candidate('c', [60, 0, 0, 0, 0, 0], { prior: 110 }),
    ),
  ).toEqual(['c', 'a', 'b']);
  const [found, ...others] = scoreCandidates([plan], KEYS, [
    candidate('a', [20, 0, 0, 0, 0, 0]),
    candidate('a', [90, 60, 0, 0, 0, 0]),
  ]);
  expect(found?.share).toBe(1);
  expect(others).toEqual([]);
});

test('another language than those asked in is left out', () => {
  expect(order(candidate('a', [60, 60, 0, 0, 0, 0], { language: 2 }))).toEqual([]);
});

test('what is rare is worth more, and what everything has is worth something', () => {
  expect(worthOf(1, 1000)).toBeGreaterThan(worthOf(100, 1000));
  expect(worthOf(1000, 1000)).toBeGreaterThan(0);
  expect(worthOf(2000, 1000)).toBeGreaterThan(0);
});
