import { expect, test } from 'vitest';
import { editDistance } from './edit-distance.ts';

test.each([
  ['shoes', 'shoes', 0],
  ['shoes', 'shoe', 1],
  ['hedphones', 'headphones', 1],
  ['haedphones', 'headphones', 1],
  ['kitten', 'sitting', 3],
  ['', 'ab', 2],
])('%s and %s are %d apart', (from, to, distance) => {
  expect(editDistance(from, to, 5)).toBe(distance);
});

test('stops past what is asked', () => {
  expect(editDistance('abcdefgh', 'stuvwxyz', 2)).toBe(3);
  expect(editDistance('a', 'abcd', 2)).toBe(3);
});
