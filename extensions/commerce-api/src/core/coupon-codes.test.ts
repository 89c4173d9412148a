import { describe, expect, test } from 'vitest';
import { codesFor, normalCode } from './coupon-codes.ts';

describe('coupon codes: case-insensitive, trimmed, unique', () => {
  test('have one spelling', () => {
    expect(normalCode(' a b1 ')).toBe('A B1');
  });

  test('ask for a promotion by its own code and by its others', () => {
    const codes = [
      { id: '2', code: 'z-2', usage_left: 0 },
      { id: '1', code: ' a-1', usage_left: 1 },
      { id: '3', code: 'b-3', usage_left: null },
      { id: '4', code: 'not carried', usage_left: 1 },
    ];
    expect(codesFor({ code: 'own', codes }, ['B-3', 'Z-2', 'OWN', 'A-1'])).toEqual([
      { code: 'OWN', promotion_code: null, is_used_up: false },
      { code: 'A-1', promotion_code: '1', is_used_up: false },
      { code: 'B-3', promotion_code: '3', is_used_up: false },
      { code: 'Z-2', promotion_code: '2', is_used_up: true },
    ]);
  });

  test('do not ask for a promotion that has none', () => {
    expect(codesFor({ code: null, codes: [] }, ['A'])).toEqual([]);
  });
});
