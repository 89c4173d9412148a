import { expect, test } from 'vitest';
import { classOf } from './work-classes.ts';

test.each([
  ['OPTIONS', '/store/carts', null],
  ['GET', '/', null],
  ['GET', '/server/ping', null],
  ['GET', '/server/health', null],
  ['GET', '/metrics', null],
  ['GET', '/admin/content/orders', null],
  ['GET', '/docs/redoc', null],
  ['GET', '/docs/openapi.json', 'reads'],
  ['GET', '/store/products', 'reads'],
  ['GET', '/items/products', 'reads'],
  ['POST', '/graphql', 'reads'],
  ['GET', '/assets/1', 'reads'],
  ['GET', '/staff/orders', 'reads'],
  ['POST', '/store/carts', 'carts'],
  ['PATCH', '/STORE//Carts/1/', 'carts'],
  ['GET', '/store/cart', 'carts'],
  ['POST', '/store/auth/login', 'carts'],
  ['POST', '/auth/refresh', 'carts'],
  ['POST', '/store/carts/1/complete', 'checkout'],
  ['GET', '/store/orders/1/payment', 'checkout'],
  ['POST', '/webhooks/stripe', 'checkout'],
])('a stranger’s %s %s is %s', (method, path, expected) => {
  expect(classOf(method, path, () => false)).toBe(expected);
});

test.each([
  ['GET', '/staff/orders', 'staff'],
  ['GET', '/items/orders', 'staff'],
  ['GET', '/store/products', 'reads'],
  ['POST', '/store/carts/1/complete', 'checkout'],
])('staff’s %s %s is %s', (method, path, expected) => {
  expect(classOf(method, path, () => true)).toBe(expected);
});
