import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, test } from 'vitest';

const config = new URL('../eslint.config.js', import.meta.url).href;
const { bounds } = (await import(config)) as { bounds: Linter.Config[] };

const API = 'extensions/commerce-api/src';
const linter = new Linter();

function problems(file: string, code: string): string[] {
  const parsing = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { '@typescript-eslint': tseslint.plugin },
  };
  return linter
    .verify(code, [parsing as Linter.Config, ...bounds], `${API}/${file}`)
    .map(({ message }) => message);
}

test.each([
  ['core importing a domain', 'core/money.ts', `import { addLines } from '../cart/change-cart.ts';`],
  ['core importing a package', 'core/money.ts', `import { z } from 'zod';`],
  ['core importing a type from outside', 'core/money.ts', `import type { Shop } from '../platform/shop.ts';`],
  ['core waiting', 'core/money.ts', 'export async function wait() {}'],
  ['core promising', 'core/money.ts', 'export const later = Promise.resolve(1);'],
  ['core reading the clock', 'core/money.ts', 'export const now = () => Date.now();'],
  ['core making the current date', 'core/money.ts', 'export const now = () => new Date();'],
  ['core rolling dice', 'core/money.ts', 'export const dice = () => Math.random();'],
  ['queries calling a use case', 'orders/queries.ts', `import { closeOrder } from './close-order.ts';`],
  [
    'queries calling core',
    'checkout/redemption-queries.ts',
    `import { priceCart } from '../core/price-cart.ts';`,
  ],
  [
    'the shield calling a domain',
    'shield/paths.ts',
    `import { closeOrder } from '../orders/close-order.ts';`,
  ],
  ['platform calling a domain', 'platform/http.ts', `import { closeOrder } from '../orders/close-order.ts';`],
  [
    'a provider reading the database',
    'providers/payment-stripe.ts',
    `import { row } from '../platform/database.ts';`,
  ],
  [
    'a provider calling a domain',
    'providers/payment-stripe.ts',
    `import { syncPayment } from '../payments/sync-payment.ts';`,
  ],
  ['routes calling queries', 'orders/routes.ts', `import { orderById } from './queries.ts';`],
  [
    'routes calling split queries',
    'customers/staff-routes.ts',
    `import { addressesOf } from './address-queries.ts';`,
  ],
  ['routes writing SQL', 'orders/routes.ts', `import { row } from '../platform/database.ts';`],
  ['routes calculating', 'orders/routes.ts', 'export const gross = (net: number) => net * 12;'],
  ['a surface calling queries', 'webhooks.ts', `import { paymentById } from './payments/queries.ts';`],
  [
    'a use case writing SQL',
    'orders/close-order.ts',
    `import { rows, type Transaction } from '../platform/database.ts';`,
  ],
  ['a use case knowing requests', 'catalog/read-product.ts', `import type { Request } from 'express';`],
  ['a use case calling Stripe', 'payments/start-payment.ts', `import Stripe from 'stripe';`],
  [
    'a use case calling another domain’s queries',
    'catalog/read-product.ts',
    `import { levels } from '../inventory/queries.ts';`,
  ],
  [
    'the same from a folder below',
    'catalog/import/write-product.ts',
    `import { lockPromotions } from '../../checkout/redemption-queries.ts';`,
  ],
  [
    'a selling use case calling queries beyond selling',
    'orders/close-order.ts',
    `import { lockCustomer } from '../customers/queries.ts';`,
  ],
])('%s is refused', (_what, file, code) => {
  expect(problems(file, code)).toHaveLength(1);
});

test.each([
  ['core calling core', 'core/price-cart.ts', `import { share } from './money.ts';`],
  ['core reading a given date', 'core/period.ts', 'export const moment = (text: string) => new Date(text);'],
  [
    'queries taking types of core',
    'orders/queries.ts',
    `import type { OrderStatus } from '../core/order-state.ts';`,
  ],
  [
    'platform naming a port',
    'platform/shop.ts',
    `import type { PaymentProvider } from '../providers/payment.ts';`,
  ],
  ['routes naming the type of a row', 'orders/routes.ts', `import type { OrderRow } from './queries.ts';`],
  [
    'a use case calling its own queries',
    'catalog/read-product.ts',
    `import { productIds } from './queries.ts';`,
  ],
  [
    'the same from a folder below',
    'catalog/import/write-product.ts',
    `import { insertProduct } from '../queries.ts';`,
  ],
  [
    'a use case calling another’s',
    'catalog/read-product.ts',
    `import { availability } from '../inventory/availability.ts';`,
  ],
  [
    'selling domains sharing their transaction',
    'checkout/pay-order.ts',
    `import { lockOrder } from '../orders/queries.ts';`,
  ],
  [
    'a use case opening a transaction',
    'orders/close-order.ts',
    `import { inTransaction } from '../platform/database.ts';`,
  ],
])('%s is allowed', (_what, file, code) => {
  expect(problems(file, code)).toEqual([]);
});
