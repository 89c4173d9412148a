import { expect, test } from 'vitest';
import { readEnv } from './env.ts';
import { seal, unseal } from './sealed.ts';

const OLD = 'the-secret-of-yesterday-0123456789';
const NEW = 'the-secret-of-today-0123456789abcd';
const before = readEnv({ SECRET: OLD });
const between = readEnv({ SECRET: NEW, SECRET_PREVIOUS: OLD });
const after = readEnv({ SECRET: NEW });

test('what is sealed opens again, and looks different each time', () => {
  const sealed = seal(before, 'ABCD-EFGH', 'card 1');
  expect(unseal(before, sealed, 'card 1')).toBe('ABCD-EFGH');
  expect(sealed).not.toContain('ABCD');
  expect(seal(before, 'ABCD-EFGH', 'card 1')).not.toBe(sealed);
});

test('it opens under the secret before while that is named, and not afterwards', () => {
  const sealed = seal(before, 'ABCD-EFGH', 'card 1');
  expect(unseal(between, sealed, 'card 1')).toBe('ABCD-EFGH');
  expect(unseal(after, sealed, 'card 1')).toBeNull();
  expect(unseal(after, seal(between, 'ABCD-EFGH', 'card 1'), 'card 1')).toBe('ABCD-EFGH');
});

test('it opens for nothing else, and not once it was changed', () => {
  const sealed = seal(before, 'ABCD-EFGH', 'card 1');
  expect(unseal(before, sealed, 'card 2')).toBeNull();
  const last = sealed.endsWith('A') ? 'B' : 'A';
  expect(unseal(before, `${sealed.slice(0, -3)}${last}${sealed.slice(-2)}`, 'card 1')).toBeNull();
});

test.each(['', 'v1', 'v1.', 'v1.AAAA', 'v2.AAAA', 'ABCD-EFGH'])('%j opens to nothing', (text) => {
  expect(unseal(before, text, 'card 1')).toBeNull();
});
