import { describe, expect, test } from 'vitest';
import { isExpired } from './method-view.ts';

describe('a method', () => {
  test.each([
    ['in the month before', '2028-11-15T12:00:00Z', false],
    ['in the last second of its month', '2028-12-31T23:59:59.999Z', false],
    ['in the first moment of the next month', '2029-01-01T00:00:00Z', true],
    ['years later', '2035-06-01T00:00:00Z', true],
  ])('that is good until December is judged %s', (_when, now, expected) => {
    expect(isExpired({ exp_month: 12, exp_year: 2028 }, new Date(now))).toBe(expected);
  });

  test('that names no month does not expire', () => {
    const now = new Date('2099-01-01T00:00:00Z');
    expect(isExpired({ exp_month: null, exp_year: null }, now)).toBe(false);
    expect(isExpired({ exp_month: null, exp_year: 2020 }, now)).toBe(false);
  });
});
