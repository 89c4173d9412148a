import jwt from 'jsonwebtoken';
import { expect, test } from 'vitest';
import { staffProof } from './staff-tokens.ts';

const SECRET = 'secret-of-the-tests';
const PREVIOUS = 'secret-that-is-being-replaced';
const isStaff = staffProof([SECRET, PREVIOUS], 'directus_session_token');
const token = (claims: object, secret = SECRET, issuer = 'directus') => jwt.sign(claims, secret, { issuer });

test('staff are known by their token, in a header or in the cookie of their session', () => {
  const given = token({ app_access: true, admin_access: false });
  expect(isStaff({ authorization: `Bearer ${given}` })).toBe(true);
  expect(isStaff({ cookie: `a=b; directus_session_token=${given}` })).toBe(true);
  expect(isStaff({ authorization: `Bearer ${token({ admin_access: true })}` })).toBe(true);
});

test('staff counted as readers while the secret was replaced: what the one before signed still proves them', () => {
  expect(isStaff({ authorization: `Bearer ${token({ app_access: true }, PREVIOUS)}` })).toBe(true);
});

test.each([
  ['nothing', {}],
  ['a cookie of another name', { cookie: `x=${token({ app_access: true })}` }],
  ['a static token', { authorization: 'Bearer abc' }],
  ['a customer’s token', { authorization: `Bearer ${token({ app_access: false })}` }],
  ['a token somebody else signed', { authorization: `Bearer ${token({ app_access: true }, 'other')}` }],
  ['a token of another issuer', { authorization: `Bearer ${token({ app_access: true }, SECRET, 'me')}` }],
])('nobody is by %s', (_what, headers) => {
  expect(isStaff(headers)).toBe(false);
});
