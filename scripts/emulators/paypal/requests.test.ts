import { expect, test } from 'vitest';
import { freshEmulator, orderFor, tokenFor } from './emulator-under-test.ts';

const ORDERS = '/v2/checkout/orders';
const CONTEXT = '/payment_source/paypal/experience_context';

test.each([
  [
    'no intent',
    { purchase_units: [] },
    [
      ['MISSING_REQUIRED_PARAMETER', '/intent'],
      ['INVALID_ARRAY_MIN_ITEMS', '/purchase_units'],
    ],
  ],
  ['an unknown intent', orderFor({ intent: 'GIVE' }), [['INVALID_PARAMETER_VALUE', '/intent']]],
  [
    'an amount as a number',
    orderFor({ unit: { amount: { currency_code: 'EUR', value: 20 } } }),
    [['INVALID_PARAMETER_SYNTAX', '/purchase_units/0/amount/value']],
  ],
  [
    'an amount with a comma',
    orderFor({ value: '20,00' }),
    [['INVALID_PARAMETER_SYNTAX', '/purchase_units/0/amount/value']],
  ],
  [
    'an id of 128 characters',
    orderFor({ unit: { custom_id: 'x'.repeat(128) } }),
    [['INVALID_STRING_LENGTH', '/purchase_units/0/custom_id']],
  ],
  [
    'an unknown name',
    orderFor({ unit: { metadata: {} } }),
    [['INVALID_PARAMETER_SYNTAX', '/purchase_units/0/metadata']],
  ],
  [
    'an unknown name deep inside',
    { ...orderFor(), payment_source: { paypal: { experience_context: { colour: 'red' } } } },
    [['INVALID_PARAMETER_SYNTAX', `${CONTEXT}/colour`]],
  ],
  [
    'what is not simulated',
    orderFor({ unit: { items: [] } }),
    [['INVALID_PARAMETER_SYNTAX', '/purchase_units/0/items']],
  ],
])('%s is refused with the field named', async (_what, request, problems) => {
  const { emulator, ask } = await freshEmulator();
  const { status, body } = await ask('POST', ORDERS, request);
  expect([status, body.name]).toEqual([400, 'INVALID_REQUEST']);
  expect(body.details.map(({ issue, field }: Record<string, string>) => [issue, field])).toEqual(problems);
  expect(body.details.every(({ description }: Record<string, string>) => description)).toBe(true);
  expect(emulator.ledger().orders).toEqual([]);
});

test('a body that is not JSON, does not say so, or is far too large is refused', async () => {
  const { emulator, ask } = await freshEmulator();
  expect((await ask('POST', ORDERS, orderFor(), { 'content-type': 'text/plain' })).status).toBe(415);
  const { access_token } = (await (await tokenFor(emulator)).json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const broken = await fetch(`${emulator.url}${ORDERS}`, { method: 'POST', headers, body: '{' });
  expect(broken.status).toBe(400);
  const large = await fetch(`${emulator.url}${ORDERS}`, {
    method: 'POST',
    headers,
    body: ' '.repeat(2 ** 20 + 1),
  });
  expect(large.status).toBe(413);
});

test.each([
  '/v2/checkout/orders/NONE',
  '/v2/payments/captures/NONE',
  '/v2/payments/authorizations/NONE',
  '/v2/payments/refunds/NONE',
])('%s is not found', async (path) => {
  const { ask } = await freshEmulator();
  const { status, body } = await ask('GET', path);
  expect([status, body.name, body.details[0].issue]).toEqual([
    404,
    'RESOURCE_NOT_FOUND',
    'INVALID_RESOURCE_ID',
  ]);
});

test('what is not simulated is not there', async () => {
  const { emulator, ask } = await freshEmulator();
  const { body } = await ask('POST', ORDERS, orderFor());
  const answer = await fetch(`${emulator.url}${ORDERS}/${body.id}`, { method: 'PATCH' });
  expect(answer.status).toBe(404);
});

test('nothing is answered without a token, nor with one that was revoked or has run out', async () => {
  const { emulator, ask } = await freshEmulator();
  expect((await ask('POST', ORDERS, orderFor(), { authorization: 'Bearer A21AAno' })).status).toBe(401);
  emulator.revokeTokens();
  expect((await ask('POST', ORDERS, orderFor())).body.name).toBe('AUTHENTICATION_FAILURE');
  const brief = await freshEmulator({ token_lifetime_s: 0 });
  expect((await brief.ask('POST', ORDERS, orderFor())).status).toBe(401);
});

test('a token is given for the right secret only, where one is set', async () => {
  const { emulator } = await freshEmulator({ client_id: 'shop', client_secret: 'secret' });
  const good = await tokenFor(emulator, 'shop:secret');
  expect(await good.json()).toMatchObject({ token_type: 'Bearer', expires_in: 32_400 });
  for (const wrong of ['shop:other', 'other:secret', 'shop', ':']) {
    const refusal = await tokenFor(emulator, wrong);
    expect([refusal.status, await refusal.json()]).toMatchObject([401, { error: 'invalid_client' }]);
  }
});

test('a repeat with the same request id makes nothing new, and hears of the latest status', async () => {
  const { emulator, ask } = await freshEmulator();
  const once = { 'paypal-request-id': 'payment-1:1' };
  const first = await ask('POST', ORDERS, orderFor(), once);
  emulator.shopper.approve(first.body.id);
  const again = await ask('POST', ORDERS, orderFor(), once);
  expect(again).toMatchObject({ status: 200, body: { id: first.body.id, status: 'APPROVED' } });
  const other = await ask('POST', ORDERS, orderFor(), { 'paypal-request-id': 'payment-1:2' });
  expect(other.body.id).not.toBe(first.body.id);
  expect(emulator.ledger().orders).toHaveLength(2);
});

test('captures and refunds are repeated without moving money twice', async () => {
  const { emulator, ask } = await freshEmulator();
  const { id } = (await ask('POST', ORDERS, orderFor())).body;
  emulator.shopper.approve(id);
  const capture = () => ask('POST', `${ORDERS}/${id}/capture`, {}, { 'paypal-request-id': 'capture' });
  const [first, second] = [await capture(), await capture()];
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body.purchase_units).toEqual(first.body.purchase_units);
  const path = `/v2/payments/captures/${first.body.purchase_units[0].payments.captures[0].id}/refund`;
  const part = { amount: { currency_code: 'EUR', value: '5.00' } };
  const refund = () => ask('POST', path, part, { 'paypal-request-id': 'refund' });
  expect((await refund()).body.id).toBe((await refund()).body.id);
  expect(emulator.ledger().orders).toMatchObject([{ captured_minor: 2000, refunded_minor: 500 }]);
  emulator.forgetKeys();
  await refund();
  expect(emulator.ledger().orders).toMatchObject([{ refunded_minor: 1000 }]);
});

test('a decline is kept for its request id, a mistake is not', async () => {
  const { emulator, ask } = await freshEmulator();
  const { id } = (await ask('POST', ORDERS, orderFor())).body;
  const capture = async (key: string) => {
    const { status, body } = await ask('POST', `${ORDERS}/${id}/capture`, {}, { 'paypal-request-id': key });
    return [status, body.details?.[0].issue];
  };
  expect(await capture('a')).toEqual([422, 'ORDER_NOT_APPROVED']);
  emulator.shopper.approve(id, 'declined');
  expect(await capture('a')).toEqual([422, 'INSTRUMENT_DECLINED']);
  emulator.shopper.approve(id);
  expect(await capture('a')).toEqual([422, 'INSTRUMENT_DECLINED']);
  expect(await capture('b')).toEqual([201, undefined]);
});

test('of two requests with one id at once, the second is refused', async () => {
  const { emulator, ask } = await freshEmulator();
  emulator.faults.add({ kind: 'delay', delay_ms: 500, route: `POST ${ORDERS}` });
  const once = { 'paypal-request-id': 'payment-1:1' };
  const answers = await Promise.all([
    ask('POST', ORDERS, orderFor(), once),
    ask('POST', ORDERS, orderFor(), once),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  expect(emulator.ledger().orders).toHaveLength(1);
});

test('a request id longer than 108 characters is refused', async () => {
  const { ask } = await freshEmulator();
  expect((await ask('POST', ORDERS, orderFor(), { 'paypal-request-id': 'x'.repeat(109) })).status).toBe(400);
  expect((await ask('POST', ORDERS, orderFor(), { 'paypal-request-id': 'x'.repeat(108) })).status).toBe(201);
});
