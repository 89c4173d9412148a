import { describe, expect, test } from 'vitest';
import { asRead, asTyped, readTyped, toMinorUnits } from './amount.ts';

describe('reading what was typed', () => {
  test.each([
    ['19.99', 'EUR', 1999],
    ['19,99', 'EUR', 1999],
    [' 1 234.5 ', 'EUR', 123450],
    ['-5', 'USD', -500],
    ['1200', 'JPY', 1200],
    ['1.500', 'KWD', 1500],
    ['0.07', 'EUR', 7],
    ['90071992547409.91', 'EUR', Number.MAX_SAFE_INTEGER],
  ])('%j in %s is %d minor units', (text, currency, minor) => {
    expect(readTyped(text, currency)).toEqual({ minor });
  });

  test('nothing is no amount rather than zero', () => {
    expect(readTyped('  ', 'EUR')).toEqual({ minor: null });
  });

  test.each([
    ['1.999', 'EUR'],
    ['1,234.50', 'EUR'],
    ['1.5', 'JPY'],
    ['1,000', 'JPY'],
    ['1,000', 'KWD'],
    ['1e3', 'EUR'],
    ['abc', 'EUR'],
    ['.', 'EUR'],
    ['90071992547409.92', 'EUR'],
  ])('%j in %s is refused with a hint, never rounded', (text, currency) => {
    expect(readTyped(text, currency)).toEqual({ problem: expect.stringContaining('Write the amount like') });
  });

  test('the hint is written in the currency at hand', () => {
    expect(readTyped('x', 'JPY')).toEqual({ problem: 'Write the amount like 1234567, in whole units.' });
    expect(readTyped('x', 'KWD')).toEqual({
      problem: 'Write the amount like 1234.567, with at most 3 digits after the point.',
    });
  });
});

describe('showing an amount', () => {
  test('to edit, as an exact decimal', () => {
    expect(asTyped(1999, 'EUR')).toBe('19.99');
    expect(asTyped(5, 'KWD')).toBe('0.005');
    expect(asTyped(null, 'EUR')).toBe('');
  });

  test('to read, in the language and with every digit of the currency', () => {
    expect(asRead(1999, 'EUR', 'en-US')).toBe('€19.99');
    expect(asRead(123456, 'EUR', 'de-DE')).toBe('1.234,56\u00a0€');
    expect(asRead(1200, 'JPY', 'en-US')).toBe('¥1,200');
    expect(asRead(1500, 'KWD', 'en-US')).toBe('KWD\u00a01.500');
    expect(asRead(Number.MAX_SAFE_INTEGER, 'USD', 'en-US')).toBe('$90,071,992,547,409.91');
  });

  test('without a known currency, as bare minor units', () => {
    expect(asRead(1999, null, 'en-US')).toBe('1999');
    expect(asRead(1999, 'EU', 'en-US')).toBe('1999');
    expect(asTyped(1999, 'EU')).toBe('1999');
  });

  test('takes bigints that arrive as text, and nothing a number cannot hold', () => {
    expect(toMinorUnits('1999')).toBe(1999);
    expect(toMinorUnits(0)).toBe(0);
    expect(toMinorUnits(null)).toBeNull();
    expect(toMinorUnits('9007199254740993')).toBeNull();
  });
});
