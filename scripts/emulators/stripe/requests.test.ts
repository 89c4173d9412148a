import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { clientOf, freshEmulator, postRaw, refusalOf } from './emulator-under-test.ts';

const create = '/v1/payment_intents';

async function errorOf(response: Response): Promise<unknown> {
  const { error } = (await response.json()) as { error: unknown };
  return error;
}

test('payment_method_types is refused as unknown, as the pinned API version does', async () => {
  const { stripe } = await freshEmulator();
  const params = { amount: 5000, currency: 'usd', payment_method_types: ['card'] };
  const refusal = await refusalOf(stripe.paymentIntents.create(params));
  expect(refusal).toMatchObject({
    type: 'StripeInvalidRequestError',
    statusCode: 400,
    code: 'parameter_unknown',
    param: 'payment_method_types',
    message: 'Received unknown parameter: payment_method_types',
  });
});

test('the types a payment allows are given as allowed_payment_method_types', async () => {
  const { stripe } = await freshEmulator();
  const params = { amount: 5000, currency: 'usd', allowed_payment_method_types: ['card' as const] };
  const intent = await stripe.paymentIntents.create({
    ...params,
    confirm: true,
    payment_method: 'pm_card_visa',
  });
  expect(intent).toMatchObject({ status: 'succeeded', payment_method_types: ['card'] });
});

test.each([
  ['currency=usd', { code: 'parameter_missing', param: 'amount' }],
  ['amount=1.5&currency=usd', { code: 'parameter_invalid_integer', param: 'amount' }],
  ['amount=&currency=usd', { code: 'parameter_invalid_empty', param: 'amount' }],
  ['amount[x]=1&currency=usd', { code: 'parameter_invalid_integer', param: 'amount' }],
  ['amount=500&currency=usd&confirm=yes', { param: 'confirm', message: 'Invalid boolean: yes' }],
  ['amount=500&currency=usd&capture_method=later', { param: 'capture_method' }],
  ['amount=500&currency=usd&shipping[name]=A', { code: 'parameter_missing', param: 'shipping[address]' }],
  [
    'amount=500&currency=usd&shipping[name]=A&shipping[address][zip]=1',
    { code: 'parameter_unknown', param: 'shipping[address][zip]' },
  ],
  ['amount=500&currency=usd&return_url=https://a.example', { param: 'return_url' }],
  ['amount=500&currency=usd&application_fee_amount=5', { param: 'application_fee_amount' }],
  [`amount=500&currency=usd&metadata[${'k'.repeat(41)}]=v`, { param: 'metadata' }],
  [`amount=500&currency=usd&metadata[k]=${'v'.repeat(501)}`, { param: 'metadata[k]' }],
  ['amount=500&currency=usd&a=1&b=2', { message: 'Received unknown parameters: a, b' }],
  ['amount=500&currency=usd&[x]=2', { type: 'invalid_request_error' }],
])('%s is refused with the parameter named', async (body, error) => {
  const { emulator } = await freshEmulator();
  const response = await postRaw(emulator, create, body);
  expect(response.status).toBe(400);
  expect(await errorOf(response)).toMatchObject({ type: 'invalid_request_error', ...error });
  expect(emulator.ledger().payment_intents).toEqual([]);
});

test('lists are read with and without indexes', async () => {
  const { emulator } = await freshEmulator();
  for (const list of [
    'expand[]=customer&expand[]=latest_charge',
    'expand[1]=customer&expand[0]=latest_charge',
  ]) {
    const response = await postRaw(emulator, create, `amount=500&currency=usd&${list}`);
    expect(response.status).toBe(200);
  }
});

test('hostile names do not reach the prototype', async () => {
  const { emulator } = await freshEmulator();
  const response = await postRaw(emulator, create, 'amount=500&currency=usd&__proto__[polluted]=1');
  expect(await errorOf(response)).toMatchObject({ code: 'parameter_unknown', param: '__proto__' });
  expect({}).not.toHaveProperty('polluted');
});

test('a body that is not a form, or far too large, is refused', async () => {
  const { emulator } = await freshEmulator();
  const json = await postRaw(emulator, create, '{"amount":500}', { 'Content-Type': 'application/json' });
  expect(json.status).toBe(400);
  const deep = await postRaw(emulator, create, `a${'[b]'.repeat(50)}=1`);
  expect(deep.status).toBe(400);
  const many = await postRaw(emulator, create, 'a=1&'.repeat(2000));
  expect(many.status).toBe(400);
});

test('both ways to give the key work, a wrong or missing one is 401', async () => {
  const { emulator } = await freshEmulator({ secret_key: 'sk_test_right' });
  expect((await clientOf(emulator, 'sk_test_right').events.list()).data).toEqual([]);
  expect(await refusalOf(clientOf(emulator, 'sk_test_wrong').events.list())).toBeInstanceOf(
    Stripe.errors.StripeAuthenticationError,
  );
  const basic = `Basic ${Buffer.from('sk_test_right:').toString('base64')}`;
  const answers = await Promise.all(
    [basic, '', 'Bearer'].map((Authorization) =>
      fetch(`${emulator.url}/v1/events`, { headers: { Authorization } }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 401]);
});

test('another API version and a connected account are refused', async () => {
  const { emulator, stripe } = await freshEmulator();
  const old = await postRaw(emulator, create, 'amount=500&currency=usd', { 'Stripe-Version': '2024-06-20' });
  expect(old.status).toBe(400);
  const other = stripe.paymentIntents.list({}, { stripeAccount: 'acct_1' });
  expect(await refusalOf(other)).toMatchObject({ statusCode: 403 });
});

test('every answer names its request and the API version', async () => {
  const { stripe } = await freshEmulator();
  const { lastResponse } = await stripe.customers.create({});
  expect(lastResponse.requestId).toMatch(/^req_/);
  expect(lastResponse.apiVersion).toBe('2026-10-28.endive');
});

test('an address nobody answers is 404, and what is not simulated says so', async () => {
  const { stripe, emulator } = await freshEmulator();
  expect((await postRaw(emulator, '/v1/nonsense', '')).status).toBe(404);
  const refusal = await refusalOf(stripe.balanceTransactions.list());
  expect(refusal).toMatchObject({ statusCode: 404, message: expect.stringContaining('does not simulate') });
});

test('objects that do not exist are resource_missing', async () => {
  const { stripe } = await freshEmulator();
  for (const call of [
    stripe.paymentIntents.retrieve('pi_none'),
    stripe.charges.retrieve('ch_none'),
    stripe.refunds.retrieve('re_none'),
    stripe.customers.retrieve('cus_none'),
    stripe.paymentMethods.retrieve('pm_none'),
    stripe.events.retrieve('evt_none'),
  ]) {
    expect(await refusalOf(call)).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  }
  const params = { amount: 500, currency: 'usd' };
  for (const call of [
    stripe.paymentIntents.create({ ...params, customer: 'cus_none' }),
    stripe.paymentIntents.create({ ...params, payment_method: 'pm_none' }),
    stripe.refunds.create({ payment_intent: 'pi_none' }),
  ]) {
    expect(await refusalOf(call)).toMatchObject({ statusCode: 400, code: 'resource_missing' });
  }
});

test('expand puts objects in the place of ids, also in lists and in depth', async () => {
  const { stripe } = await freshEmulator();
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
  const paid = await stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    customer,
    confirm: true,
    payment_method: 'pm_card_visa',
    expand: ['customer', 'payment_method', 'latest_charge.refunds'],
  });
  expect(paid.customer).toMatchObject({ object: 'customer', email: 'ada@example.com' });
  expect(paid.payment_method).toMatchObject({ object: 'payment_method', card: { last4: '4242' } });
  expect(paid.latest_charge).toMatchObject({ object: 'charge', refunds: { object: 'list', data: [] } });
  const refund = await stripe.refunds.create({ payment_intent: paid.id, expand: ['charge.customer'] });
  expect(refund.charge).toMatchObject({ amount_refunded: 5000, customer: { id: customer } });
  const list = await stripe.paymentIntents.list({ customer, expand: ['data.latest_charge.payment_intent'] });
  expect(list.data[0]?.latest_charge).toMatchObject({ payment_intent: { id: paid.id } });
});

test('what cannot be expanded is refused before anything is done', async () => {
  const { stripe, emulator } = await freshEmulator();
  const params = { amount: 500, currency: 'usd' };
  for (const path of [
    'amount',
    'shipping',
    'nonsense',
    'data.customer',
    'latest_charge.amount',
    'a.b.c.d.e',
  ]) {
    const refusal = await refusalOf(stripe.paymentIntents.create({ ...params, expand: [path] }));
    expect(refusal).toMatchObject({ statusCode: 400, param: 'expand' });
  }
  expect(emulator.ledger().payment_intents).toEqual([]);
});

test('lists come newest first, page by page', async () => {
  const { stripe } = await freshEmulator();
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.unshift((await stripe.customers.create({ name: `No ${n}` })).id);
  const first = await stripe.customers.list({ limit: 2 });
  expect(first).toMatchObject({ has_more: true, url: '/v1/customers' });
  const second = await stripe.customers.list({ limit: 2, starting_after: ids[1] });
  const back = await stripe.customers.list({ limit: 2, ending_before: ids[3] });
  expect([first, second, back].map(({ data }) => data.map(({ id }) => id))).toEqual([
    ids.slice(0, 2),
    ids.slice(2, 4),
    ids.slice(1, 3),
  ]);
  const all: string[] = [];
  for await (const { id } of stripe.customers.list({ limit: 2 })) all.push(id);
  expect(all).toEqual(ids);
  expect(await refusalOf(stripe.customers.list({ limit: 101 }))).toMatchObject({ param: 'limit' });
  expect(
    await refusalOf(stripe.customers.list({ starting_after: ids[0], ending_before: ids[1] })),
  ).toMatchObject({
    code: 'parameters_exclusive',
  });
  expect((await stripe.customers.list({ created: { gt: Math.floor(Date.now() / 1000) + 60 } })).data).toEqual(
    [],
  );
});

test('events and charges are listed by what they belong to', async () => {
  const { stripe } = await freshEmulator();
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
  await stripe.customers.create({ email: 'bob@example.com' });
  expect((await stripe.customers.list({ email: 'ada@example.com' })).data).toMatchObject([{ id: customer }]);
  const events = await stripe.events.list({ type: 'customer.created' });
  expect(events.data).toHaveLength(2);
  const { id = '' } = events.data[0] ?? {};
  expect(await stripe.events.retrieve(id)).toMatchObject({ id, api_version: '2026-10-28.endive' });
  expect((await stripe.charges.list({ customer })).data).toEqual([]);
});
