import { expect, test } from 'vitest';
import { fromMajorAmount, toMajorAmount } from './flutterwave-amounts.ts';

test.each([
  [750_000, 'NGN', '7500.00'],
  [1999, 'GHS', '19.99'],
  [5, 'KES', '0.05'],
  [1200, 'UGX', '1200'],
  [1, 'XOF', '1'],
  [1500, 'KWD', '1.500'],
  [Number.MAX_SAFE_INTEGER, 'NGN', '90071992547409.91'],
])('%i minor units of %s are sent as %s, and read back', (amount_minor, currency, amount) => {
  expect(toMajorAmount(amount_minor, currency)).toBe(amount);
  expect(fromMajorAmount(amount, currency)).toBe(amount_minor);
});

test.each([
  [7500, 'NGN', 750_000],
  [19.9, 'NGN', 1990],
  [0.29, 'NGN', 29],
  [1.1, 'KWD', 1100],
  [0, 'NGN', 0],
  ['7500', 'NGN', 750_000],
  ['1200.00', 'UGX', 1200],
  ['100', 'UGX', 100],
  ['10.5000', 'NGN', 1050],
])('%s in %s is %i minor units', (amount, currency, amount_minor) => {
  expect(fromMajorAmount(amount, currency)).toBe(amount_minor);
});

test.each([
  [7500.005, 'NGN'],
  [1200.5, 'UGX'],
  [-1, 'NGN'],
  [1e21, 'NGN'],
  [Number.NaN, 'NGN'],
  ['7,500', 'NGN'],
  ['', 'NGN'],
  ['0x10', 'NGN'],
  [100, 'ZZZ'],
])('%s in %s is no amount', (amount, currency) => {
  expect(() => fromMajorAmount(amount, currency)).toThrow(RangeError);
});
