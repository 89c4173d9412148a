/** Kept payment methods over HTTP: a running shop, the emulated Stripe's form, and its webhooks. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { aCustomer, clientOf, type Call, type Customer } from '../support/store-client.ts';
import { ownerOf } from '../support/stripe-shop.ts';
import { until } from '../support/until.ts';

const PATH = '/store/me/payment-methods';

let server: TestServer;
let call: Call;
beforeAll(async () => {
  server = await startServer();
  call = clientOf(server.url);
});
afterEach(() => server.emulator.faults.clear());
afterAll(() => server.stop());

const begin = ({ token }: Customer, more: object = {}) =>
  call('POST', PATH, { provider: 'stripe', ...more }, { token });
const listOf = async ({ token }: Customer) => (await call('GET', PATH, undefined, { token })).data;
const setupOf = ({ token }: Customer, setup: string) =>
  call('GET', `${PATH}/setups/${setup}`, undefined, { token });
const intentOf = (setup: { client_data: { client_secret: string } }) =>
  setup.client_data.client_secret.split('_secret_')[0]!;
const heldFor = async (customer: Customer) => {
  const known = await rows<{ provider_customer: string }>(
    server.db,
    `select p.provider_customer from commerce.provider_customers p join customers c on c.id = p.customer where c.email = ?`,
    [customer.email],
  );
  expect(known).toHaveLength(1);
  const { data } = await ownerOf(server.emulator).customers.listPaymentMethods(known[0]!.provider_customer);
  return data.map(({ id }) => id);
};

/** Goes through the provider's form with a test card, and waits until the shop has heard of it. */
async function keepCard(customer: Customer, card = 'pm_card_visa', more: object = {}) {
  const before = (await listOf(customer)).length;
  const { status, data, text } = await begin(customer, more);
  expect(status, text).toBe(201);
  server.emulator.shopper.setUp(intentOf(data), card);
  await until('the card is kept', async () => (await listOf(customer)).length === before + 1);
  return (await setupOf(customer, data.setup)).data.payment_method as { id: string; last4: string };
}

describe('a card', () => {
  test('is kept by the provider’s form and its webhook, whether or not the shopper comes back', async () => {
    const customer = await aCustomer(call);
    const { status, data: begun } = await begin(customer);
    expect(status).toBe(201);
    expect(begun).toMatchObject({ provider: 'stripe', status: 'pending', payment_method: null });
    server.emulator.shopper.setUp(intentOf(begun), 'pm_card_mastercard');
    const [kept] = await until('the card is kept', async () => {
      const listed = await listOf(customer);
      return listed.length > 0 && listed;
    });
    expect(kept).toEqual({
      id: expect.any(String),
      provider: 'stripe',
      brand: 'mastercard',
      last4: '4444',
      exp_month: expect.any(Number),
      exp_year: expect.any(Number),
      is_default: true,
      is_expired: false,
    });
    const { data: ended } = await setupOf(customer, begun.setup);
    expect(ended).toMatchObject({ status: 'succeeded', client_data: null, payment_method: kept });
    expect(await heldFor(customer)).toHaveLength(1);
  });

  test('is there at once for the shopper who comes back before the webhook', async () => {
    const customer = await aCustomer(call);
    const { data: begun } = await begin(customer);
    server.emulator.faults.add({ kind: 'hold_events', event_type: 'setup_intent.*' });
    server.emulator.shopper.setUp(intentOf(begun));
    const { data: ended } = await setupOf(customer, begun.setup);
    expect(ended).toMatchObject({ status: 'succeeded', payment_method: { last4: '4242' } });
    server.emulator.faults.clear();
    await server.emulator.events.release();
    await server.emulator.events.settled();
    expect(await listOf(customer)).toEqual([ended.payment_method]);
  });

  test('that the bank wants to check first, or declines, says so, and another one is kept', async () => {
    const customer = await aCustomer(call);
    const { data: begun } = await begin(customer);
    server.emulator.shopper.setUp(intentOf(begun), 'pm_card_visa_chargeDeclined');
    const { data: declined } = await setupOf(customer, begun.setup);
    expect(declined).toMatchObject({
      status: 'failed',
      error_code: 'generic_decline',
      payment_method: null,
      client_data: { client_secret: begun.client_data.client_secret },
    });
    expect(await listOf(customer)).toEqual([]);
    server.emulator.shopper.setUp(intentOf(begun), 'pm_card_authenticationRequired');
    const { data: ended } = await setupOf(customer, begun.setup);
    expect(ended).toMatchObject({ status: 'succeeded', payment_method: { last4: '3184' }, error_code: null });
  });

  test('becomes the default when it is the first, when its set-up says so, and when its owner does', async () => {
    const customer = await aCustomer(call);
    const defaultOf = async () => (await listOf(customer))[0].id;
    const first = await keepCard(customer);
    const second = await keepCard(customer, 'pm_card_amex');
    expect(await defaultOf()).toBe(first.id);
    const third = await keepCard(customer, 'pm_card_discover', { make_default: true });
    expect(await defaultOf()).toBe(third.id);
    const { token } = customer;
    const marked = await call('POST', `${PATH}/${second.id}/default`, undefined, { token });
    expect([marked.status, marked.data]).toMatchObject([200, { id: second.id, is_default: true }]);
    const listed = await listOf(customer);
    expect(listed.map((each: { id: string; is_default: boolean }) => [each.id, each.is_default])).toEqual([
      [second.id, true],
      [third.id, false],
      [first.id, false],
    ]);
  });

  test('that is deleted is gone here at once and at the provider soon after', async () => {
    const customer = await aCustomer(call);
    const { token } = customer;
    const first = await keepCard(customer);
    const second = await keepCard(customer, 'pm_card_amex');
    const remove = () => call('DELETE', `${PATH}/${first.id}`, undefined, { token });
    expect((await remove()).status).toBe(204);
    expect(await listOf(customer)).toMatchObject([{ id: second.id, is_default: true }]);
    expect((await remove()).code).toBe('NOT_FOUND');
    await until('the provider has let it go', async () => (await heldFor(customer)).length === 1);
    await server.emulator.events.settled();
    expect(await listOf(customer)).toHaveLength(1);
  });

  test('that is deleted while the provider is down is let go once it answers', async () => {
    const customer = await aCustomer(call);
    const { token } = customer;
    const { id } = await keepCard(customer);
    const fault = { kind: 'error_before_acting', route: 'POST /v1/payment_methods/*/detach' } as const;
    server.emulator.faults.add({ ...fault, status: 503, times: 2 });
    expect((await call('DELETE', `${PATH}/${id}`, undefined, { token })).status).toBe(204);
    expect(await listOf(customer)).toEqual([]);
    await until('the provider has let it go', async () => (await heldFor(customer)).length === 0);
  });

  test('that is removed at the provider is gone here, and another is the default', async () => {
    const customer = await aCustomer(call);
    await keepCard(customer);
    const [held] = await heldFor(customer);
    const second = await keepCard(customer, 'pm_card_amex');
    await ownerOf(server.emulator).paymentMethods.detach(held!);
    await until('the shop has heard of it', async () => (await listOf(customer)).length === 1);
    expect(await listOf(customer)).toMatchObject([{ id: second.id, is_default: true }]);
  });
});

describe('nobody else', () => {
  test('sees, marks or deletes a method, or sees a set-up', async () => {
    const owner = await aCustomer(call);
    const method = await keepCard(owner);
    const { data: begun } = await begin(owner);
    const before = await listOf(owner);
    const stranger = await aCustomer(call);
    await keepCard(stranger, 'pm_card_amex');
    for (const [verb, path] of [
      ['POST', `${PATH}/${method.id}/default`],
      ['DELETE', `${PATH}/${method.id}`],
      ['GET', `${PATH}/setups/${begun.setup}`],
    ] as const) {
      const theirs = await call(verb, path, undefined, { token: stranger.token });
      expect([theirs.status, theirs.code], `a stranger: ${verb} ${path}`).toEqual([404, 'NOT_FOUND']);
      const nobodys = await call(verb, path);
      expect([nobodys.status, nobodys.code], `nobody: ${verb} ${path}`).toEqual([401, 'SIGN_IN_REQUIRED']);
    }
    for (const verb of ['GET', 'POST'])
      expect((await call(verb, PATH, verb === 'POST' ? { provider: 'stripe' } : undefined)).status).toBe(401);
    expect(await listOf(stranger)).toMatchObject([{ last4: '0005' }]);
    expect(await listOf(owner)).toEqual(before);
  });
});

describe('a set-up is not begun', () => {
  test.each([
    ['at a provider nobody knows', { provider: 'nobody' }, 422, 'PROVIDER_UNKNOWN'],
    ['at one that keeps nothing', { provider: 'manual' }, 422, 'PROVIDER_UNKNOWN'],
    ['without a provider', {}, 400, 'INVALID_PAYLOAD'],
    [
      'with a card in hand',
      { provider: 'stripe', card: { number: '4242424242424242' } },
      400,
      'INVALID_PAYLOAD',
    ],
  ])('%s', async (_what, body, status, code) => {
    const { token } = await aCustomer(call);
    const refused = await call('POST', PATH, body, { token });
    expect([refused.status, refused.code]).toEqual([status, code]);
    expect(refused.text).not.toContain('4242');
  });

  test('more than ten times in an hour', async () => {
    const customer = await aCustomer(call);
    for (let count = 1; count <= 10; count += 1) expect((await begin(customer)).status).toBe(201);
    const refused = await begin(customer);
    expect([refused.status, refused.code]).toEqual([429, 'PAYMENT_METHOD_TRIES']);
  });

  test('while the provider is down, and is once it answers', async () => {
    const customer = await aCustomer(call);
    const route = 'POST /v1/setup_intents';
    // The provider's client tries once more by itself.
    server.emulator.faults.add({ kind: 'error_before_acting', route, status: 503, times: 2 });
    const failed = await begin(customer);
    expect([failed.status, failed.code]).toEqual([502, 'PROVIDER_FAILED']);
    expect(failed.text).not.toContain('order');
    expect((await begin(customer)).status).toBe(201);
  });

  test('when the provider refuses', async () => {
    const customer = await aCustomer(call);
    const route = 'POST /v1/setup_intents';
    server.emulator.faults.add({ kind: 'error_before_acting', route, status: 400, times: 1 });
    const refused = await begin(customer);
    expect([refused.status, refused.code]).toEqual([422, 'PAYMENT_METHOD_REFUSED']);
  });

  test('twice when the answer to it was lost', async () => {
    const customer = await aCustomer(call);
    server.emulator.faults.add({ kind: 'lost_answer', route: 'POST /v1/setup_intents', times: 1 });
    const { status, data } = await begin(customer);
    expect(status).toBe(201);
    const made = await ownerOf(server.emulator).setupIntents.list({ limit: 100 });
    expect(made.data.filter(({ metadata }) => metadata?.['setup'] === data.setup)).toHaveLength(1);
  });

  test('a path that names none is refused', async () => {
    const { token } = await aCustomer(call);
    for (const path of [`${PATH}/x/default`, `${PATH}/${randomUUID()}/default`]) {
      const { status } = await call('POST', path, undefined, { token });
      expect(status).toBe(path.includes('/x/') ? 400 : 404);
    }
  });
});
