import { expect, test } from 'vitest';
import { furtherLimits } from './account-limits.ts';

const post = (path: string, body: unknown) => furtherLimits({ method: 'POST', path, body });

test.each([
  ['/auth/login', 'login_account'],
  ['/auth/login/ldap', 'login_account'],
  ['/Store/Auth/Login/', 'login_account'],
  ['/store/auth/register', 'registration_account'],
  ['/auth/password/request', 'password_reset_account'],
])('%s counts the account as well, however it is written', (path, of) => {
  expect(post(path, { email: ' Ada@Example.com' })).toEqual([{ of, account: 'ada@example.com', times: 1 }]);
});

test('an account of LDAP is counted by its identifier', () => {
  expect(post('/auth/login/ldap', { identifier: 'ada' })).toEqual([
    { of: 'login_account', account: 'ada', times: 1 },
  ]);
});

test.each([undefined, null, 'ada', [], {}, { email: 1 }, { email: null }])(
  'a body of %j names no account',
  (body) => {
    expect(post('/auth/login', body)).toEqual([]);
  },
);

test('codes a cart starts with are tries like any other', () => {
  expect(post('/store/carts', { codes: ['TEN'] })).toEqual([{ of: 'coupon_codes', account: null, times: 1 }]);
  expect(post('/store/carts', { codes: [] })).toEqual([]);
  expect(post('/store/carts', {})).toEqual([]);
});

test('sign-ins by GraphQL are counted one by one', () => {
  const query =
    'mutation { a: auth_login(email: "a", password: "b") { access_token } b: auth_login(email: "a") { x } }';
  expect(post('/graphql/system', { query })).toEqual([
    { of: 'login', account: null, times: 2, is_blind: true },
  ]);
  expect(post('/graphql/system', { query: 'mutation { auth_password_request(email: "a") }' })).toMatchObject([
    { of: 'password_reset', times: 1 },
  ]);
  expect(post('/graphql/system', { query: '{ users_me { id } }' })).toEqual([]);
  expect(post('/graphql/system', { query: 7 })).toEqual([]);
});

test('what reads names nobody', () => {
  expect(furtherLimits({ method: 'GET', path: '/auth/login', body: { email: 'a@b.c' } })).toEqual([]);
});
