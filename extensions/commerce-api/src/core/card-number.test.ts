import { describe, expect, test } from 'vitest';
import { holdsCardNumber } from './card-number.ts';

describe('a card number', () => {
  test.each([
    '4242424242424242',
    'please charge 4242 4242 4242 4242, thanks',
    '5555-5555-5555-4444',
    '378282246310005',
    '6011 1111 1111 1117',
    '2223003122003222',
  ])('is found in “%s”', (text) => {
    expect(holdsCardNumber(text)).toBe(true);
  });

  test.each([
    'ring twice',
    '4242424242424241',
    '+49 170 1234567',
    'order 1234567890123',
    '9212345678901234567890',
    '00000000-0000-4000-8000-000000000000',
    '',
  ])('is not seen in “%s”', (text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });
});
