import { expect, test } from 'vitest';
import { problemOf, rowsOf, tiersOf } from './tiers.ts';

const TIERS = [
  { from: 0, amount_minor: 490 },
  { from: 5000, value_ppm: 100_000 },
];

test('tiers come back from the form as they went in', () => {
  expect(tiersOf(rowsOf(TIERS))).toEqual(TIERS);
  expect(rowsOf([{ from: '0', value_ppm: null, amount_minor: '490' }])).toEqual([
    { from: 0, gives: 'amount', value: 490 },
  ]);
});

test.each([null, undefined, {}, 'tiers', [], [null, 3]])('%j has no tiers', (value) => {
  expect(rowsOf(value)).toEqual([]);
  expect(tiersOf(rowsOf(value))).toBeNull();
});

test('a row that is not complete is not kept, and the form says so', () => {
  const rows = [...rowsOf(TIERS), { from: 9000, gives: 'amount' as const, value: null }];
  expect(tiersOf(rows)).toEqual(TIERS);
  expect(problemOf(rows)).toContain('both values');
  expect(rowsOf([{ from: 'many', amount_minor: 1 }])[0]?.from).toBeNull();
});

test('two tiers that begin at the same value are a problem, and others are none', () => {
  expect(problemOf(rowsOf([TIERS[0], TIERS[0]]))).toContain('same value');
  expect(problemOf(rowsOf(TIERS))).toBeNull();
});
