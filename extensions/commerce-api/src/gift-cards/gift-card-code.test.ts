import { describe, expect, test } from 'vitest';
import { readEnv } from '../platform/env.ts';
import { codeHash, codeOf, idOfSoldCard, last4Of, normalisedCode } from './gift-card-code.ts';

const env = readEnv({ SECRET: 'a secret of the tests' });
const other = readEnv({ SECRET: 'a secret of another shop' });
const CARD = '7f1a3c52-6d7e-4c0b-9f3e-2a5b8c9d0e1f';

describe('the code of a gift card', () => {
  test('has 16 unmistakable characters in groups of four, and is the same every time', () => {
    expect(codeOf(env, CARD)).toMatch(/^([A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}$/);
    expect(codeOf(env, CARD)).toBe(codeOf(env, CARD));
  });

  test('belongs to its card and its shop', () => {
    expect(codeOf(env, idOfSoldCard(CARD, 1))).not.toBe(codeOf(env, CARD));
    expect(codeOf(other, CARD)).not.toBe(codeOf(env, CARD));
  });

  test.each([
    ['small letters', (code: string) => code.toLowerCase()],
    ['spaces for dashes', (code: string) => ` ${code.replaceAll('-', ' ')} `],
    ['no groups', (code: string) => code.replaceAll('-', '')],
  ])('is found however it is typed: %s', (_how, typed) => {
    const code = codeOf(env, CARD);
    expect(codeHash(env, typed(code))).toBe(codeHash(env, code));
    expect(normalisedCode(typed(code))).toHaveLength(16);
  });

  test('is stored as a hash that another shop cannot make, and its last four characters', () => {
    const code = codeOf(env, CARD);
    expect(codeHash(env, code)).not.toBe(codeHash(other, code));
    expect(codeHash(env, code)).not.toContain(normalisedCode(code));
    expect(code.endsWith(last4Of(code))).toBe(true);
  });
});

describe('the card of a sold unit', () => {
  test('has the same id every time, another one for each unit, and it is a UUID', () => {
    expect(idOfSoldCard(CARD, 1)).toBe(idOfSoldCard(CARD, 1));
    expect(idOfSoldCard(CARD, 2)).not.toBe(idOfSoldCard(CARD, 1));
    expect(idOfSoldCard(CARD, 1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
