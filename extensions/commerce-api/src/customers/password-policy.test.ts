import { expect, test } from 'vitest';
import { passwordFault } from './password-policy.ts';

test.each([
  ['', 'too_short'],
  ['1234567', 'too_short'],
  ['🙂🙂🙂🙂', 'too_short'],
  ['x'.repeat(257), 'too_long'],
  ['Password', 'too_common'],
  ['QWERTYUIOP', 'too_common'],
  ['12345678', 'too_common'],
  ['aaaaaaaaaaaa', 'too_common'],
  ['Ada.Lovelace@Example.com', 'is_your_email'],
  ['ada.lovelace', 'is_your_email'],
  ['tulips-on-tuesday', null],
  ['пароль-для-магазина', null],
  ['x1'.repeat(128), null],
])('%j is refused as %s', (password, fault) => {
  expect(passwordFault(password, 'ada.lovelace@example.com')).toBe(fault);
});
