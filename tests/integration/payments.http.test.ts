/** Payments over HTTP: a running shop, signed webhooks, background jobs and mail, also when processes are killed. */
import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import { enqueue } from '../../extensions/commerce-api/src/platform/jobs.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import { ADDRESS, aShippingMethod, aVariant, stockOf } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { aCustomer, clientOf, send, type Call, type Keys } from '../support/store-client.ts';
import { ownerOf, payWith, standingOf } from '../support/stripe-shop.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let call: Call;
let stripe: Stripe;
let method: string;
beforeAll(async () => {
  server = await startServer();
  call = clientOf(server.url);
  stripe = ownerOf(server.emulator);
  method = await aShippingMethod(server.shop);
});
afterAll(() => server.stop());

interface Cart {
  id: string;
  total_minor: number;
  email: string;
  variant: string;
  keys: Keys;
}

async function aCart(): Promise<Cart> {
  const variant = await aVariant(server.shop, { on_hand: 5 });
  const email = `ada-${randomUUID()}@example.com`;
  const { data } = await call('POST', '/store/carts', {
    email,
    shipping_address: ADDRESS,
    shipping_method: method,
    lines: [{ variant, quantity: 2 }],
  });
  return {
    id: data.id,
    total_minor: data.total_minor,
    email,
    variant,
    keys: { cart_token: data.token, idempotency_key: randomUUID() },
  };
}

const complete = (cart: Cart, provider = 'stripe') =>
  call(
    'POST',
    `/store/carts/${cart.id}/complete`,
    { expected_total_minor: cart.total_minor, payment: { provider } },
    cart.keys,
  );

async function anOrder(provider = 'stripe') {
  const cart = await aCart();
  const { status, data, text } = await complete(cart, provider);
  expect(status, text).toBe(201);
  const keys: Keys = { order_token: data.order_token };
  return { cart, id: data.order.id as string, keys, payment: data.payment, intent: intentOf(data.payment) };
}

const intentOf = (payment: { client_data: { client_secret?: string } | null }) =>
  payment.client_data?.client_secret?.split('_secret_')[0] ?? '';
const intentsOf = (order: string) =>
  server.emulator.ledger().payment_intents.filter((intent) => intent.metadata['order'] === order);
const isPaid = async (order: string) => (await standingOf(server.shop, order)).payment_status === 'paid';
const admin = (): Keys => ({ token: server.admin_token });

const eventsStored = () => row(server.db, 'select count(*) as count from webhook_events');

describe('paying by card', () => {
  test('checkout, confirm, signed webhook, job: the order is paid, the stock deducted, the mail in the inbox', async () => {
    const { cart, id, keys, payment, intent } = await anOrder();
    expect(payment).toMatchObject({ provider: 'stripe', status: 'pending', amount_minor: cart.total_minor });

    await payWith(stripe, intent);
    await until('the order is paid', () => isPaid(id));

    const { data } = await call('GET', `/store/orders/${id}`, undefined, keys);
    expect(data).toMatchObject({
      status: 'processing',
      payment_status: 'paid',
      paid_minor: cart.total_minor,
    });
    expect(data.events.map((event: { kind: string }) => event.kind)).toEqual(['placed', 'paid']);
    expect(await stockOf(server.shop, cart.variant)).toEqual({
      level: { on_hand: 3, reserved: 0 },
      ledger: { on_hand: 3, reserved: 0 },
    });
    const mail = await server.inbox.waitFor(
      ({ to, subject }) => to.includes(cart.email) && /paid|payment/i.test(subject),
    );
    expect(mail.text).toContain(data.number);
    expect((await call('POST', `/store/orders/${id}/pay`, {}, keys)).code).toBe('ORDER_NOT_PAYABLE');
  });

  test('events that come ten times over, last first, pay once', async () => {
    const { id, intent } = await anOrder();
    server.emulator.faults.add({
      kind: 'reorder_events',
      route: 'POST /v1/payment_intents/*/confirm',
      times: 1,
    });
    server.emulator.faults.add({
      kind: 'duplicate_events',
      copies: 9,
      route: 'POST /v1/payment_intents/*/confirm',
      times: 2,
    });
    await payWith(stripe, intent);
    await server.emulator.events.settled();
    await until('the order is paid', () => isPaid(id));
    await until('every event has been dealt with', noEventWaits);
    expect(await standingOf(server.shop, id)).toMatchObject({
      events: ['placed', 'paid'],
      payments: [{ status: 'paid' }],
    });
  });

  test('events that come before the answer to checkout find their payment', async () => {
    server.emulator.faults.add({ kind: 'events_first', route: 'POST /v1/payment_intents', times: 1 });
    const { id, intent } = await anOrder();
    expect(intent).toMatch(/^pi_/);
    await payWith(stripe, intent);
    await until('the order is paid', () => isPaid(id));
  });

  test('events that are held back pay the order when they come, even if the shop never got the answer to checkout', async () => {
    server.emulator.faults.add({
      kind: 'hold_events',
      route: 'POST /v1/payment_intents*',
      event_type: 'payment_intent.created',
      times: 1,
    });
    server.emulator.faults.add({ kind: 'lost_answer', route: 'POST /v1/payment_intents', times: 2 });
    const { id, payment } = await anOrder();
    expect(payment.client_data).toBeNull();
    const [intent] = intentsOf(id);
    await payWith(stripe, intent!.id);
    await server.emulator.events.release('reverse');
    await until('the order is paid', () => isPaid(id));
  });

  test('the ways to pay are listed, and none is taken that is not among them', async () => {
    const { data } = await call('GET', '/store/payment-providers');
    expect(data).toMatchObject([
      { provider: 'stripe', flows: ['element', 'hosted'], is_available: true, keeps_methods: true },
      { provider: 'manual', flows: ['offline'], keeps_methods: false },
    ]);
    const cart = await aCart();
    const wrong = await call(
      'POST',
      `/store/carts/${cart.id}/complete`,
      { expected_total_minor: cart.total_minor, payment: { provider: 'manual', flow: 'hosted' } },
      cart.keys,
    );
    expect(wrong).toMatchObject({
      status: 422,
      extensions: { code: 'PAYMENT_FLOW_UNKNOWN', path: 'payment.flow' },
    });
    const kept = await call(
      'POST',
      `/store/carts/${cart.id}/complete`,
      { expected_total_minor: cart.total_minor, payment: { provider: 'stripe', save_method: true } },
      cart.keys,
    );
    expect(kept).toMatchObject({ status: 422, code: 'METHODS_NOT_KEPT' });
  });

  test('a lost webhook is made up for when the shopper comes back', async () => {
    const { id, keys, intent } = await anOrder();
    const fault = server.emulator.faults.add({ kind: 'hold_events' });
    await payWith(stripe, intent);
    const { data } = await call('GET', `/store/orders/${id}/payment`, undefined, keys);
    expect(data).toMatchObject({
      order: { payment_status: 'paid' },
      payment: { status: 'paid', client_data: null },
    });
    server.emulator.faults.clear(fault.id);
    await server.emulator.events.release();
  });
});

const noEventWaits = async () =>
  (
    await row<{ count: number }>(
      server.db,
      `select count(*) as count from webhook_events where status = 'received'`,
    )
  )?.count === 0;

describe('a webhook', () => {
  const deliver = (provider: string, body: string, signature: string) =>
    send(`${server.url}/webhooks/${provider}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'stripe-signature': signature },
    });

  test.each([
    ['with a signature that does not hold', 't=1,v1=00'],
    ['without a signature', ''],
  ])('%s is refused, and nothing is stored', async (_what, signature) => {
    await until('every event has been dealt with', noEventWaits);
    const before = await eventsStored();
    const body = JSON.stringify({
      id: 'evt_forged',
      object: 'event',
      type: 'payment_intent.succeeded',
      data: { object: {} },
    });
    expect(await deliver('stripe', body, signature)).toMatchObject({
      status: 400,
      code: 'INVALID_SIGNATURE',
    });
    expect(await eventsStored()).toEqual(before);
  });

  test.each(['manual', 'nobody', '__proto__'])('for the provider "%s" finds nobody', async (provider) => {
    expect(await deliver(provider, '{}', 't=1,v1=00')).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('a provider that is down', () => {
  test('leaves an order that is paid for later, with exactly one intent', async () => {
    server.emulator.faults.add({
      kind: 'error_before_acting',
      status: 503,
      route: 'POST /v1/payment_intents',
      times: 4,
    });
    const { id, keys, payment } = await anOrder();
    expect(payment).toMatchObject({ status: 'pending', client_data: null });
    expect(await call('POST', `/store/orders/${id}/pay`, {}, keys)).toMatchObject({
      status: 502,
      code: 'PROVIDER_FAILED',
    });

    const { status, data } = await call('POST', `/store/orders/${id}/pay`, {}, keys);

    expect(status).toBe(200);
    expect(intentsOf(id).map((intent) => intent.id)).toEqual([intentOf(data.payment)]);
  });
});

describe('a server that is killed', () => {
  test('between commit and provider call leaves an order that `pay` completes', async () => {
    server.emulator.faults.add({
      kind: 'delay',
      delay_ms: 1500,
      route: 'POST /v1/payment_intents',
      times: 1,
    });
    const cart = await aCart();
    const lost = complete(cart).catch((error: unknown) => error);
    const order = await until('the order is committed', () =>
      row<{ id: string }>(server.db, 'select id from orders where cart = ?', [cart.id]),
    );
    await server.restart('SIGKILL');
    expect(await lost).toBeInstanceOf(Error);
    expect(await standingOf(server.shop, order.id)).toMatchObject({
      status: 'pending',
      payment_status: 'pending',
    });

    const again = await complete(cart);
    expect(again.data.order.id).toBe(order.id);
    const keys: Keys = { order_token: again.data.order_token };
    const { status, data } = await until('it can be paid', async () => {
      const answer = await call('POST', `/store/orders/${order.id}/pay`, {}, keys);
      return answer.status !== 502 && answer;
    });
    expect(status).toBe(200);
    expect(intentsOf(order.id)).toHaveLength(1);

    await payWith(stripe, intentOf(data.payment));
    await until('the order is paid', () => isPaid(order.id));
  });

  test('in the middle of a job takes it up again after its restart', async () => {
    const { id, intent } = await anOrder();
    await until('every event has been dealt with', noEventWaits);
    const fault = server.emulator.faults.add({
      kind: 'delay',
      delay_ms: 60_000,
      route: `GET /v1/payment_intents/${intent}`,
    });
    await payWith(stripe, intent);
    await until('the job is running', () =>
      row(
        server.db,
        `select id from graphile_worker.jobs where task_identifier = 'process-webhook' and locked_at is not null`,
      ),
    );
    await server.restart('SIGKILL');
    server.emulator.faults.clear(fault.id);
    expect(await isPaid(id)).toBe(false);

    await until('the order is paid', () => isPaid(id), 50_000);
    expect((await standingOf(server.shop, id)).events).toEqual(['placed', 'paid']);
  });
});

describe('staff', () => {
  test('take promised money, accept an order before it, and are refused what makes no sense', async () => {
    await server.db('shop_settings').update({ payment_capture: 'later' });
    const { id, intent } = await anOrder();
    await payWith(stripe, intent);
    await until(
      'the money is promised',
      async () => (await standingOf(server.shop, id)).payment_status === 'authorised',
    );
    await server.db('shop_settings').update({ payment_capture: 'now' });
    const act = (action: string, body: unknown = {}, keys = admin()) =>
      call('POST', `/staff/orders/${id}/${action}`, body, keys);

    expect(await act('accept', {}, {})).toMatchObject({ status: 401 });
    expect(await act('accept')).toMatchObject({
      status: 200,
      data: { status: 'processing', payment_status: 'authorised' },
    });
    expect(await act('capture', { amount_minor: 0 })).toMatchObject({ status: 400 });
    expect(await act('capture', { amount_minor: 99_999_999 })).toMatchObject({
      status: 409,
      extensions: { code: 'PAYMENT_NOT_CAPTURABLE', reason: 'too_much' },
    });
    expect(await act('capture')).toMatchObject({ status: 200, data: { payment_status: 'paid' } });
    expect(await act('capture')).toMatchObject({ status: 409, extensions: { reason: 'nothing_authorised' } });
  });

  test('see what needs a person, why, and what they can do, until they have dealt with it', async () => {
    const { id, intent } = await anOrder();
    await payWith(stripe, intent);
    await until('the order is paid', () => isPaid(id));
    server.emulator.dashboard.dispute(intent);
    await until('the dispute is heard of', async () => (await standingOf(server.shop, id)).needs_attention);

    const { data } = await call('GET', '/staff/orders/attention', undefined, admin());
    expect(data.find((each: { id: string }) => each.id === id)).toMatchObject({
      attention_code: 'dispute',
      attention_reason: 'A dispute is to be answered at the provider',
      actions: ['resolve'],
    });
    const resolved = await call(
      'POST',
      `/staff/orders/${id}/attention/resolve`,
      { note: 'Answered' },
      admin(),
    );
    expect(resolved).toMatchObject({ status: 200, data: { needs_attention: false, attention_code: null } });
  });

  test('book the money of a manual payment, and booking it again changes nothing', async () => {
    const { id, cart, payment } = await anOrder('manual');
    expect(payment.client_data).toHaveProperty('reference');
    for (let round = 0; round < 2; round += 1) {
      const { status, data } = await call('POST', `/staff/orders/${id}/mark-paid`, undefined, admin());
      expect([status, data.payment_status, data.paid_minor]).toEqual([200, 'paid', cart.total_minor]);
    }
    expect((await standingOf(server.shop, id)).events).toEqual(['placed', 'paid']);
  });

  test('see a job that has given up, and run it again', async () => {
    const { id, intent } = await anOrder();
    const { payments } = await standingOf(server.shop, id);
    // What is told of the intent's beginning must not be looked into once it is paid.
    await server.emulator.events.settled();
    await until('every event has been dealt with', noEventWaits);
    const silence = server.emulator.faults.add({ kind: 'hold_events' });
    const broken = server.emulator.faults.add({
      kind: 'error_before_acting',
      status: 503,
      route: `GET /v1/payment_intents/${intent}`,
    });
    await payWith(stripe, intent);
    await enqueue(server.db, 'sync-payment', { payment: payments[0]!.id }, { max_attempts: 1 });

    const [job] = await until('the job has given up', async () => {
      const { data } = await call('GET', '/staff/jobs/failed', undefined, admin());
      return data.length > 0 && data;
    });
    expect(job).toMatchObject({
      name: 'sync-payment',
      attempts: 1,
      last_error: expect.stringContaining('provider') as string,
    });
    expect(await isPaid(id)).toBe(false);

    server.emulator.faults.clear(broken.id);
    expect(await call('POST', `/staff/jobs/${job.id}/retry`, undefined, admin())).toMatchObject({
      status: 204,
    });
    await until('the order is paid', () => isPaid(id));
    expect((await call('GET', '/staff/jobs/failed', undefined, admin())).data).toEqual([]);
    server.emulator.faults.clear(silence.id);
    await server.emulator.events.release();
  });

  test('run a stored webhook again', async () => {
    const stored = await row<{ id: string; attempts: number }>(
      server.db,
      `select id, attempts from webhook_events where status = 'processed' limit 1`,
    );
    expect(
      await call('POST', `/staff/webhook-events/${stored!.id}/replay`, undefined, admin()),
    ).toMatchObject({ status: 204 });
    await until('it has been processed again', () =>
      row(server.db, `select id from webhook_events where id = ? and status = 'processed' and attempts = ?`, [
        stored!.id,
        stored!.attempts + 1,
      ]),
    );
    const unknown = await call('POST', `/staff/webhook-events/${randomUUID()}/replay`, undefined, admin());
    expect(unknown).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test.each([
    ['GET', '/staff/jobs/failed'],
    ['POST', '/staff/jobs/1/retry'],
    ['POST', `/staff/webhook-events/${randomUUID()}/replay`],
    ['POST', `/staff/orders/${randomUUID()}/mark-paid`],
  ])('alone may call %s %s', async (verb, path) => {
    const { token } = await aCustomer(call);
    expect(await call(verb, path)).toMatchObject({ status: 401, code: 'SIGN_IN_REQUIRED' });
    expect(await call(verb, path, undefined, { token })).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });
});

describe('after all of it', () => {
  test('the books are sound, and equal to the provider’s', async () => {
    await server.emulator.events.settled();
    await until('every event has been dealt with', noEventWaits);
    await expectSoundBooks(server.shop);
    await expectBooksOf(server.shop, server.emulator);
  });
});
