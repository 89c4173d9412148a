import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  currencyDigits,
  formatMinor,
  isCurrency,
  mulDivHalfUp,
  requireAmount,
  shareByLargestRemainder,
  sumMinor,
  toMinor,
} from './money.ts';

const sumOf = (amounts: number[]) => amounts.reduce((sum, amount) => sum + amount, 0);
const anAmount = fc.integer({ min: 0, max: 1_000_000_000_000 });

describe('rounding: half up, once', () => {
  test.each([
    [1, 1, 2, 1],
    [1, 1, 3, 0],
    [2, 1, 3, 1],
    [5, 1, 10, 1],
    [4, 1, 10, 0],
    [25, 1, 10, 3],
    [-1, 1, 2, -1],
    [-25, 1, 10, -3],
    [-4, 1, 10, 0],
    [1999, 200_000, 1_000_000, 400],
    [0, 7, 9, 0],
    [Number.MAX_SAFE_INTEGER, 1_000_000, 1_000_000, Number.MAX_SAFE_INTEGER],
  ])('%i times %i over %i is %i', (value, numerator, denominator, expected) => {
    expect(mulDivHalfUp(value, numerator, denominator)).toBe(expected);
  });

  test.each([
    ['a fraction', 1.5, 1, 1],
    ['not a number', NaN, 1, 1],
    ['infinity', 1, Infinity, 1],
    ['an unsafe integer', 2 ** 53, 1, 1],
    ['a division by zero', 1, 1, 0],
    ['a negative denominator', 1, 1, -2],
    ['a fractional denominator', 1, 1, 0.5],
    ['a result that is not safe', Number.MAX_SAFE_INTEGER, 2, 1],
  ])('%s is a RangeError', (_, value, numerator, denominator) => {
    expect(() => mulDivHalfUp(value, numerator, denominator)).toThrow(RangeError);
  });

  test('a negative amount rounds like its positive one, so a refund mirrors its charge', () => {
    fc.assert(
      fc.property(
        anAmount,
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 1, max: 9999 }),
        (a, n, d) => {
          expect(mulDivHalfUp(-a, n, d) + mulDivHalfUp(a, n, d)).toBe(0);
        },
      ),
    );
  });

  test('the result is never further than half a unit from the exact one', () => {
    fc.assert(
      fc.property(
        anAmount,
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 1, max: 9999 }),
        (a, n, d) => {
          const error = 2n * (BigInt(mulDivHalfUp(a, n, d)) * BigInt(d) - BigInt(a) * BigInt(n));
          expect(error > -BigInt(d) && error <= BigInt(d)).toBe(true);
        },
      ),
    );
  });
});

describe('shares by largest remainder', () => {
  test.each([
    ['shares in proportion', 100, [300, 100], [75, 25]],
    ['the earlier line wins a tie', 100, [1, 1, 1], [34, 33, 33]],
    ['two units left over go to the first two of equals', 2, [5, 5, 5], [1, 1, 0]],
    ['the largest remainder gets the unit, not the first', 10, [333, 333, 334], [3, 3, 4]],
    ['worthless lines get nothing', 7, [0, 10, 0], [0, 7, 0]],
    ['nothing to share gives nothing', 0, [5, 0], [0, 0]],
    ['nothing over nobody is nothing', 0, [], []],
    ['nothing over the worthless is nothing', 0, [0], [0]],
    ['more than the weights is shared as well', 10, [1, 1], [5, 5]],
  ])('%s', (_, total, weights, shares) => {
    expect(shareByLargestRemainder(total, weights)).toEqual(shares);
  });

  test.each([
    ['a negative total', -1, [1]],
    ['a negative weight', 1, [2, -1]],
    ['a fractional weight', 1, [0.5]],
    ['something over nothing', 1, [0, 0]],
    ['something over nobody', 1, []],
  ])('%s is a RangeError', (_, total, weights) => {
    expect(() => shareByLargestRemainder(total, weights)).toThrow(RangeError);
  });

  test('parts add up to the whole, are never negative and stay within a unit of the exact share', () => {
    fc.assert(
      fc.property(anAmount, fc.array(anAmount, { minLength: 1, maxLength: 30 }), (total, weights) => {
        fc.pre(weights.some((weight) => weight > 0));
        const shares = shareByLargestRemainder(total, weights);
        const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
        expect(sumOf(shares)).toBe(total);
        for (const [index, share] of shares.entries()) {
          const off = BigInt(share) * whole - BigInt(total) * BigInt(weights[index]!);
          expect(share).toBeGreaterThanOrEqual(0);
          expect(off < whole && off > -whole).toBe(true);
        }
      }),
    );
  });

  test('a discount within the goods never takes more from a line than it is worth', () => {
    const aSplit = fc
      .array(anAmount, { minLength: 1, maxLength: 30 })
      .chain((weights) => fc.tuple(fc.constant(weights), fc.integer({ min: 0, max: sumOf(weights) })));
    fc.assert(
      fc.property(aSplit, ([weights, total]) => {
        const shares = shareByLargestRemainder(total, weights);
        for (const [index, share] of shares.entries()) expect(share).toBeLessThanOrEqual(weights[index]!);
      }),
    );
  });
});

describe('sums', () => {
  test('a sum adds all amounts', () => {
    expect(sumMinor([1, 2, -5])).toBe(-2);
    expect(sumMinor([])).toBe(0);
  });

  test('a sum beyond the safe integers is a RangeError', () => {
    expect(() => sumMinor([Number.MAX_SAFE_INTEGER, 1])).toThrow(RangeError);
  });

  test('an amount is zero or more', () => {
    expect(() => requireAmount(0)).not.toThrow();
    expect(() => requireAmount(-1)).toThrow(RangeError);
    expect(() => requireAmount(0.5)).toThrow(RangeError);
  });
});

describe('currencies', () => {
  test.each([
    ['JPY', 0],
    ['KRW', 0],
    ['UGX', 0],
    ['ISK', 0],
    ['XOF', 0],
    ['EUR', 2],
    ['USD', 2],
    ['IDR', 2],
    ['HUF', 2],
    ['AFN', 2],
    ['MGA', 2],
    ['KWD', 3],
    ['BHD', 3],
    ['TND', 3],
    ['CLF', 4],
  ])('%s has %i digits', (code, digits) => {
    expect(currencyDigits(code)).toBe(digits);
    expect(isCurrency(code)).toBe(true);
  });

  test.each(['usd', 'US', '', 'XAU', 'XXX', 'XTS', 'DEM', 'HRK', 'ABC', 'toString', ' USD'])(
    '%j is not a currency',
    (code) => {
      expect(isCurrency(code)).toBe(false);
      expect(() => currencyDigits(code)).toThrow(RangeError);
    },
  );
});

describe('decimals', () => {
  test.each([
    ['19.99', 'USD', 1999],
    ['19.9', 'USD', 1990],
    ['19', 'USD', 1900],
    ['0.05', 'EUR', 5],
    ['-0.05', 'EUR', -5],
    ['-0', 'EUR', 0],
    ['007.50', 'EUR', 750],
    ['1200', 'JPY', 1200],
    ['1.5', 'KWD', 1500],
    ['1.505', 'KWD', 1505],
    ['1.2345', 'CLF', 12345],
    ['0.29', 'USD', 29],
    ['4.35', 'USD', 435],
    ['90071992547409.91', 'USD', Number.MAX_SAFE_INTEGER],
  ])('%s %s is %i', (decimal, currency, minor) => {
    expect(toMinor(decimal, currency)).toBe(minor);
  });

  test.each([
    ['more digits than the currency has', '1.999', 'USD'],
    ['zeros beyond the digits of the currency', '1.000', 'EUR'],
    ['a fraction of yen', '1200.00', 'JPY'],
    ['a comma', '1,99', 'EUR'],
    ['a thousands separator', '1,000.00', 'USD'],
    ['an exponent', '1e3', 'USD'],
    ['an empty text', '', 'USD'],
    ['a bare sign', '-', 'USD'],
    ['a plus', '+1', 'USD'],
    ['a missing whole part', '.5', 'USD'],
    ['a missing fraction', '5.', 'USD'],
    ['a space', ' 5', 'USD'],
    ['a line end', '5\n', 'USD'],
    ['another script', '١٢', 'USD'],
    ['what does not fit', '90071992547409.92', 'USD'],
    ['a very long text', '9'.repeat(100_000), 'USD'],
    ['an unknown currency', '1', 'ABC'],
  ])('%s is a RangeError', (_, decimal, currency) => {
    expect(() => toMinor(decimal, currency)).toThrow(RangeError);
  });

  test.each([
    [1999, 'USD', '19.99'],
    [5, 'USD', '0.05'],
    [-5, 'USD', '-0.05'],
    [0, 'USD', '0.00'],
    [1200, 'JPY', '1200'],
    [-7, 'JPY', '-7'],
    [1500, 'KWD', '1.500'],
    [12345, 'CLF', '1.2345'],
  ])('%i of %s reads %s', (minor, currency, text) => {
    expect(formatMinor(minor, currency)).toBe(text);
  });

  test('half a unit is not an amount', () => {
    expect(() => formatMinor(0.5, 'USD')).toThrow(RangeError);
  });

  test('what is formatted is read back, with 0, 2, 3 and 4 digits', () => {
    const anyMinor = fc.maxSafeInteger();
    fc.assert(
      fc.property(anyMinor, fc.constantFrom('JPY', 'USD', 'KWD', 'CLF'), (minor, currency) => {
        expect(toMinor(formatMinor(minor, currency), currency)).toBe(minor);
      }),
    );
  });
});
