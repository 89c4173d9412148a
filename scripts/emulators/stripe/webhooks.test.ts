import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { askAdmin } from '../webhook-under-test.ts';
import { BY_CARD, freshEmulator, PAYING, WEBHOOK_SECRET } from './emulator-under-test.ts';

const allOfAPayment = ['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded'];

test('events carry a signature that verifies, and no other secret does', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  await stripe.customers.create({});
  await emulator.events.settled();
  const [{ body, signature, event } = { body: '', signature: '', event: undefined }] = webhook.received;
  expect(stripe.webhooks.constructEvent(body, signature, WEBHOOK_SECRET)).toEqual(event);
  expect(() => stripe.webhooks.constructEvent(body, signature, 'whsec_other')).toThrow(
    Stripe.errors.StripeSignatureVerificationError,
  );
  expect(() => stripe.webhooks.constructEvent(JSON.stringify(event), signature, WEBHOOK_SECRET)).toThrow();
});

test('a delivery is tried again until it is taken, with the same body and a signature of its own', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  webhook.answers = [500, 302, 404];
  await stripe.customers.create({});
  await emulator.events.settled();
  expect(webhook.received).toHaveLength(4);
  expect(new Set(webhook.received.map(({ body }) => body)).size).toBe(1);
  expect(emulator.events.deliveries()).toMatchObject([
    { state: 'delivered', attempts: [{ status: 500 }, { status: 302 }, { status: 404 }, { status: 200 }] },
  ]);
  expect(emulator.events.list()).toMatchObject([{ pending_webhooks: 0 }]);
});

test('a retry a second later is signed with the new time', async () => {
  const { stripe, emulator, webhook } = await freshEmulator({ retry_ms: 1100 });
  webhook.answers = [500];
  await stripe.customers.create({});
  await emulator.events.settled();
  const [first, second] = webhook.received.map(({ signature }) => signature);
  expect(second).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
  expect(second).not.toBe(first);
});

test('an event that fails does not hold up those behind it', async () => {
  const { stripe, emulator, webhook } = await freshEmulator({ retry_ms: 500 });
  webhook.answers = [500];
  await stripe.paymentIntents.create(PAYING);
  await emulator.events.settled();
  expect(webhook.types()).toEqual([...allOfAPayment, 'payment_intent.created']);
});

test('without a webhook events are listed and nothing is sent', async () => {
  const { stripe, emulator, webhook } = await freshEmulator({ webhook_url: undefined });
  await stripe.customers.create({});
  expect(emulator.events.list()).toMatchObject([{ type: 'customer.created', pending_webhooks: 0 }]);
  expect(emulator.events.deliveries()).toEqual([]);
  expect(webhook.received).toEqual([]);
});

test('an event shows the object as it was then', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  await stripe.paymentIntents.create(PAYING);
  await emulator.events.settled();
  expect(webhook.received[0]?.event.data.object).toMatchObject({ status: 'requires_confirmation' });
  expect(webhook.received[2]?.event.data.object).toMatchObject({ status: 'succeeded' });
});

test('events_first: the webhook hears of the payment before the shop has its answer', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  emulator.faults.add({ kind: 'events_first', route: 'POST /v1/payment_intents', times: 1 });
  let is_answered = false;
  const seen: string[] = [];
  webhook.onEvent = async (event) => {
    const { id } = event.data.object as { id: string };
    // The receiver may ask back at once: nothing is locked while the answer waits.
    if (event.type === 'payment_intent.succeeded') await stripe.paymentIntents.retrieve(id);
    seen.push(`${event.type} ${is_answered ? 'after' : 'before'}`);
  };
  await stripe.paymentIntents.create(PAYING);
  is_answered = true;
  expect(seen).toEqual(allOfAPayment.map((type) => `${type} before`));
});

test('duplicate_events: the same event comes several times', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  emulator.faults.add({ kind: 'duplicate_events', copies: 9, event_type: 'payment_intent.succeeded' });
  await stripe.paymentIntents.create(PAYING);
  await emulator.events.settled();
  const succeeded = webhook.received.filter(({ event }) => event.type === 'payment_intent.succeeded');
  expect(succeeded).toHaveLength(10);
  expect(new Set(succeeded.map(({ event }) => event.id)).size).toBe(1);
  expect(webhook.received).toHaveLength(12);
});

test('reorder_events: the events of a request come last first', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  emulator.faults.add({ kind: 'reorder_events', times: 1 });
  await stripe.paymentIntents.create(PAYING);
  await emulator.events.settled();
  expect(webhook.types()).toEqual(allOfAPayment.toReversed());
});

test('hold_events: nothing comes before it is released, in the order asked for', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  emulator.faults.add({ kind: 'hold_events', event_type: 'payment_intent.*' });
  const { id } = await stripe.paymentIntents.create(PAYING);
  await stripe.refunds.create({ payment_intent: id });
  await emulator.events.settled();
  const unheld = ['charge.succeeded', 'refund.created', 'charge.refunded', 'refund.updated'];
  expect(webhook.types()).toEqual(unheld);
  await emulator.events.release('reverse');
  expect(webhook.types()).toEqual([...unheld, 'payment_intent.succeeded', 'payment_intent.created']);
});

test('a fault matches its route, and as often as it says', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  emulator.faults.add({ kind: 'reorder_events', route: 'POST /v1/payment_intents/*/confirm', times: 1 });
  const confirm = async ({ id }: Stripe.PaymentIntent) =>
    stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
  await stripe.paymentIntents.create(PAYING);
  await confirm(await stripe.paymentIntents.create(BY_CARD));
  await confirm(await stripe.paymentIntents.create(BY_CARD));
  await emulator.events.settled();
  const succeeding = webhook.types().filter((type) => type.endsWith('.succeeded'));
  const [charge, intent] = ['charge.succeeded', 'payment_intent.succeeded'];
  expect(succeeding).toEqual([charge, intent, intent, charge, charge, intent]);
  expect(emulator.faults.list()).toEqual([]);
});

test('lost_answer: the payment is made but the shop never hears of it, until it asks with the same key', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  emulator.faults.add({ kind: 'lost_answer', times: 1 });
  const options = { idempotencyKey: 'payment-1:1' };
  await expect(stripe.paymentIntents.create(PAYING, options)).rejects.toBeInstanceOf(
    Stripe.errors.StripeConnectionError,
  );
  expect(emulator.ledger().charges).toHaveLength(1);
  const again = await stripe.paymentIntents.create(PAYING, options);
  expect(again.status).toBe('succeeded');
  expect(emulator.ledger().payment_intents).toHaveLength(1);
  await emulator.events.settled();
  expect(webhook.types()).toEqual(allOfAPayment);
});

test('errors and delays hit the route they name', async () => {
  const { stripe, emulator } = await freshEmulator();
  emulator.faults.add({ kind: 'error_before_acting', status: 503, route: 'POST /v1/refunds' });
  emulator.faults.add({ kind: 'delay', delay_ms: 60, route: 'GET /v1/customers', times: 1 });
  const started = performance.now();
  await stripe.customers.list();
  expect(performance.now() - started).toBeGreaterThanOrEqual(55);
  const { id } = await stripe.paymentIntents.create(PAYING);
  await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({ statusCode: 503 });
  emulator.faults.clear();
  expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ amount: 5000 });
});

test('everything can be arranged over HTTP', async () => {
  const bench = await freshEmulator();
  const fault = await askAdmin(bench.emulator, 'POST', 'faults', { kind: 'hold_events', times: 1 });
  expect(fault).toMatchObject({ status: 201, body: { kind: 'hold_events', times: 1 } });
  expect(await askAdmin(bench.emulator, 'GET', 'faults')).toMatchObject({ body: { faults: [fault.body] } });
  expect(await askAdmin(bench.emulator, 'POST', 'faults', { kind: 'earthquake' })).toMatchObject({
    status: 400,
  });
  const spare = await askAdmin(bench.emulator, 'POST', 'faults', { kind: 'lost_answer' });
  await askAdmin(bench.emulator, 'DELETE', `faults/${String(spare.body['id'])}`);
  const { id } = await bench.stripe.customers.create({});
  expect(await askAdmin(bench.emulator, 'GET', 'deliveries')).toMatchObject({
    body: { deliveries: [{ state: 'held' }] },
  });
  await askAdmin(bench.emulator, 'POST', 'deliveries/release', { order: 'reverse' });
  expect(bench.webhook.types()).toEqual(['customer.created']);
  expect(await askAdmin(bench.emulator, 'POST', 'deliveries/settled')).toMatchObject({
    body: { deliveries: [{ state: 'delivered' }] },
  });
  expect(await askAdmin(bench.emulator, 'GET', 'ledger')).toMatchObject({
    body: { customers: [{ id }], payment_intents: [], charges: [], refunds: [], events: [{}] },
  });
  expect(await askAdmin(bench.emulator, 'DELETE', 'faults')).toMatchObject({
    status: 200,
    body: { faults: [] },
  });
  expect(await askAdmin(bench.emulator, 'GET', 'nothing')).toMatchObject({ status: 404 });
});
