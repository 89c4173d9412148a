import { expect, test } from 'vitest';
import { readEnv } from '../platform/env.ts';
import { allowances } from './allowance.ts';
import { RATE_CLASSES } from './rate-classes.ts';
import { leftOf, policyOf, secondsOf } from './rate-headers.ts';

const scaleOf = (RATE_LIMIT_SCALE: string) =>
  readEnv({ SECRET: 'a-secret-of-enough-length', RATE_LIMIT_SCALE }).RATE_LIMIT_SCALE;

test('a failure costs so much that no more than the table says are possible', () => {
  const { login, checkout } = allowances('1');
  expect(login).toMatchObject({ points: 300, cost: 10, seconds: 900 });
  expect(checkout).toEqual({ points: 60, cost: 1, seconds: 600, failing: [] });
});

test('one factor widens every limit', () => {
  const single = allowances('1');
  const wide = allowances('2.5');
  for (const name of RATE_CLASSES)
    expect(wide[name].points, name).toBe(Math.round(single[name].points * 2.5));
});

test('a class may have a factor of its own', () => {
  const { search, login, checkout } = allowances('2, search=10,login=0.5');
  expect([search.points, login.points, checkout.points]).toEqual([3000, 150, 120]);
});

test('however narrow, one request is left of each class', () => {
  for (const [name, { points, cost }] of Object.entries(allowances('0'))) {
    expect(Math.floor(points / cost), name).toBe(1);
  }
});

test('a factor for what is no class is refused with the names of those there are', () => {
  expect(() => allowances('logins=2')).toThrow(/logins is none of login, /);
  expect(() => allowances('constructor=2')).toThrow(/constructor is none/);
});

test.each(['search', '-1', '101', '2,', '1e3', 'search=', '=2', '2;3'])(
  'RATE_LIMIT_SCALE=%s is not taken for a factor',
  (text) => {
    expect(() => scaleOf(text)).toThrow('RATE_LIMIT_SCALE');
  },
);

test.each(['0', '2', '0.25', '100', '2,search=10', '2, search=10', 'login=0.1'])(
  'RATE_LIMIT_SCALE=%s is',
  (text) => {
    expect(scaleOf(text)).toBe(text);
  },
);

test('the headers count requests as if each failed', () => {
  const { login } = allowances('1');
  expect(policyOf('login', login)).toBe('"login";q=30;w=900');
  expect(leftOf('login', login, { remainingPoints: 279, msBeforeNext: 840_001 })).toBe('"login";r=27;t=841');
});

test('nobody is told to come back at once', () => {
  expect([0, 1, 1000, 1001].map(secondsOf)).toEqual([1, 1, 1, 2]);
});
