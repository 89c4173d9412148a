import { expect, test } from 'vitest';
import { secretsOf, textMasker } from './masked-text.ts';

const mask = textMasker(['secret-of-the-shop']);

test.each([
  ['to ada.lovelace+shop@mail.example.com', 'to ***@mail.example.com'],
  [
    `insert … values ('ada@example.com') - duplicate key`,
    `insert … values ('***@example.com') - duplicate key`,
  ],
  ['key secret-of-the-shop!', 'key ***!'],
  ['Authorization: Bearer abcdef123456', 'Authorization: Bearer ***'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0.c2lnbmF0dXJl', '***'],
  ['GET /verify?token=abc123&x=1', 'GET /verify?token=***&x=1'],
  ['/items?limit=1&access_token=abc', '/items?limit=1&access_token=***'],
  ['{"x-cart-token":"abc","limit":"1"}', '{"x-cart-token":"***","limit":"1"}'],
  ['{"body":"{\\"password\\":\\"abc\\"}"}', '{"body":"{\\"password\\":\\"***\\"}"}'],
  ['{"authorization":"--redacted--"}', '{"authorization":"--redacted--"}'],
  ['connect postgres://kontor:pa55@db:5432/shop', 'connect postgres://***@db:5432/shop'],
  ['@directus/api at node_modules/@directus', '@directus/api at node_modules/@directus'],
  [
    '{"level":30,"msg":"Server started at http://127.0.0.1:8055"}',
    '{"level":30,"msg":"Server started at http://127.0.0.1:8055"}',
  ],
])('%s is written as %s', (text, written) => {
  expect(mask(text)).toBe(written);
});

test('secrets of an environment are found by the names of their variables', () => {
  expect(
    secretsOf({
      SECRET: 'string:k0123456789',
      STRIPE_WEBHOOK_SECRET: 'whsec_old1, whsec_new2',
      STRIPE_PUBLISHABLE_KEY: 'pk_live_123456',
      DB_PASSWORD: 'short',
      PUBLIC_URL: 'https://shop.example',
    }),
  ).toEqual(['k0123456789', 'whsec_old1', 'whsec_new2']);
});
