import { expect, test } from 'vitest';
import { percentAsRead, percentAsTyped, readPercent } from './percent.ts';

test.each([
  ['10', 100_000],
  ['10 %', 100_000],
  ['8.875', 88_750],
  ['8,875', 88_750],
  ['0.0001', 1],
  ['7.', 70_000],
  ['100', 1_000_000],
  ['0', 0],
  ['', null],
  ['  ', null],
])('what is typed as “%s” is %s parts per million', (text, ppm) => {
  expect(readPercent(text)).toEqual({ ppm });
});

test.each(['100.0001', '101', '7.12345', '-5', '.5', 'ten', '1e2', '1,000.5'])('“%s” is refused', (text) => {
  expect(readPercent(text)).toHaveProperty('problem');
});

test.each([
  [100_000, '10', '10%'],
  [88_750, '8.875', '8.875%'],
  [1, '0.0001', '0.0001%'],
  [1_000_000, '100', '100%'],
  [0, '0', '0%'],
  [333_333, '33.3333', '33.3333%'],
])('%s parts per million are edited as %s and read as %s', (ppm, typed, read) => {
  expect(percentAsTyped(ppm)).toBe(typed);
  expect(percentAsRead(ppm, 'en-US')).toBe(read);
});

test('every rate comes back from its text as it went in', () => {
  for (let ppm = 0; ppm <= 1_000_000; ppm += 37) expect(readPercent(percentAsTyped(ppm))).toEqual({ ppm });
});

test('nothing is edited as nothing', () => {
  expect(percentAsTyped(null)).toBe('');
});
