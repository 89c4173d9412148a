import { expect, test } from 'vitest';
import { storeRoutes } from '../surfaces.ts';
import { classOf, RATE_CLASSES, RATE_LIMITS } from './rate-classes.ts';

test.each([
  ['POST', '/auth/login', 'login'],
  ['POST', '/auth/login/ldap', 'login'],
  ['POST', '/store/auth/login', 'login'],
  ['POST', '/users/me/tfa/disable', 'login'],
  ['POST', '/store/me/password', 'login'],
  ['POST', '/store/auth/register', 'registration'],
  ['POST', '/users/register', 'registration'],
  ['POST', '/auth/password/request', 'password_reset'],
  ['POST', '/store/auth/password/request', 'password_reset'],
  ['POST', '/auth/password/reset', 'mailed_token'],
  ['POST', '/store/auth/password/reset', 'mailed_token'],
  ['POST', '/store/auth/verify', 'mailed_token'],
  ['POST', '/users/invite/accept', 'mailed_token'],
  ['POST', '/store/carts/recover', 'mailed_token'],
  ['POST', '/store/stock/notices', 'notices'],
  ['POST', '/store/carts/0/codes', 'coupon_codes'],
  ['POST', '/store/carts/0/gift-cards', 'gift_cards'],
  ['POST', '/store/gift-cards/balance', 'gift_cards'],
  ['POST', '/store/carts/0/complete', 'checkout'],
  ['POST', '/store/orders/0/pay', 'payments'],
  ['POST', '/store/me/payment-methods', 'payments'],
  ['GET', '/store/orders/0/payment', 'payment_status'],
  ['GET', '/store/me/payment-methods/setups/0', 'payment_status'],
  ['GET', '/store/search/suggest?q=te', 'search'],
  ['GET', '/store/products?limit=3&q=tent', 'search'],
  ['HEAD', '/store/products?q=tent', 'search'],
  ['GET', '/items/products?search=tent', 'search'],
  ['GET', '/items/products?search[]=tent', 'search'],
  ['GET', '/items/products?%73earch=tent', 'search'],
  ['SEARCH', '/items/products', 'search'],
  ['POST', '/webhooks/stripe', 'webhooks'],
  ['GET', '/staff/orders/attention', 'staff'],
  ['GET', '/store/products', 'everything'],
  ['GET', '/store/products?brand=q', 'everything'],
  ['GET', '/store/carts/0/codes', 'everything'],
  ['POST', '/store/carts', 'everything'],
  ['GET', '/auth/login/google', 'everything'],
  ['GET', '/', 'everything'],
])('%s %s is of the class %s', (method, target, name) => {
  expect(classOf(method, target)).toBe(name);
});

test.each(['/AUTH/Login', '/auth/login/', '/auth//login', '/auth/login?mode=json', '/Store/Auth/LOGIN//'])(
  'POST %s signs in as well, as Express sees it',
  (target) => {
    expect(classOf('POST', target)).toBe('login');
  },
);

test('preflights and the question whether the server lives are not limited', () => {
  expect(classOf('OPTIONS', '/auth/login')).toBeNull();
  expect(classOf('GET', '/server/ping')).toBeNull();
});

test('every class is that of some request, or of an account beside one', () => {
  const routes = storeRoutes.map(({ method, path }) => classOf(method.toUpperCase(), `/store${path}`));
  const others = [
    classOf('POST', '/auth/password/request'),
    classOf('POST', '/webhooks/x'),
    classOf('GET', '/staff/x'),
  ];
  const accounts = RATE_CLASSES.filter((name) => name.endsWith('_account'));
  expect(new Set([...routes, ...others, ...accounts])).toEqual(new Set(RATE_CLASSES));
});

test('one address alone never uses up the wrong gift card codes the whole shop takes', () => {
  expect(RATE_LIMITS.gift_cards.failures.most).toBeLessThan(100);
  expect(RATE_LIMITS.gift_cards.seconds).toBe(10 * 60);
});
