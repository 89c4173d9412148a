import { expect, test } from 'vitest';
import { CODE_ALPHABET, randomCode, shortestLength } from './random-code.ts';

test('a code has its length and no letter that is read for another', () => {
  expect(randomCode(32)).toMatch(/^[2-9A-HJKMNP-TV-Z]{32}$/);
  expect(CODE_ALPHABET).not.toMatch(/[01ILOU]/);
});

test('every letter comes equally often', () => {
  const counts = new Map<string, number>();
  for (const letter of randomCode(30_000)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect(counts.size).toBe(30);
  // A thousand each; six standard deviations are 187.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(187);
});

test.each([
  [1, 5],
  [700, 6],
  [800, 7],
  [10_000, 7],
  [100_000, 8],
])('for %i codes they have at least %i letters', (count, length) => {
  expect(shortestLength(count)).toBe(length);
});
