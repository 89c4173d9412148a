import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { BY_CARD, freshEmulator, PAYING, postRaw, refusalOf } from './emulator-under-test.ts';
import { UNKNOWN_TYPE } from './events.ts';

const create = 'POST /v1/payment_intents';
const impatient = { timeout: 1000 };

test('stored_error: nothing is done, and the key answers the error ever after', async () => {
  const { emulator } = await freshEmulator();
  emulator.faults.add({ kind: 'stored_error', status: 503, route: create, times: 1 });
  const ask = () =>
    postRaw(emulator, '/v1/payment_intents', 'amount=500&currency=usd', { 'Idempotency-Key': 'a' });
  const answers = [await ask(), await ask()];
  expect(answers.map(({ status }) => status)).toEqual([503, 503]);
  expect(answers.map(({ headers }) => headers.get('Idempotent-Replayed'))).toEqual([null, 'true']);
  expect(emulator.ledger().payment_intents).toEqual([]);
  emulator.forgetKeys();
  expect((await ask()).status).toBe(200);
});

test('silence_before_acting: the caller gives up, and nothing was done', async () => {
  const { stripe, emulator } = await freshEmulator();
  emulator.faults.add({ kind: 'silence_before_acting', route: create, times: 1 });
  await expect(stripe.paymentIntents.create(PAYING, impatient)).rejects.toBeInstanceOf(
    Stripe.errors.StripeConnectionError,
  );
  expect(emulator.ledger().payment_intents).toEqual([]);
});

test('silence_after_acting: the caller gives up, although it was done, and events tell of it', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  emulator.faults.add({ kind: 'silence_after_acting', route: create, times: 1 });
  const asked = stripe.paymentIntents.create(PAYING, { ...impatient, idempotencyKey: 'a' });
  await expect(asked).rejects.toBeInstanceOf(Stripe.errors.StripeConnectionError);
  expect(emulator.ledger().charges).toHaveLength(1);
  await emulator.events.settled();
  expect(webhook.types()).toContain('payment_intent.succeeded');
  const again = await stripe.paymentIntents.create(PAYING, { idempotencyKey: 'a' });
  expect(again.id).toBe(emulator.ledger().payment_intents[0]?.id);
});

test('lost_request: the connection is cut before anything is done', async () => {
  const { emulator } = await freshEmulator();
  emulator.faults.add({ kind: 'lost_request', route: create, times: 1 });
  await expect(postRaw(emulator, '/v1/payment_intents', 'amount=500&currency=usd')).rejects.toThrow();
  expect(emulator.ledger().payment_intents).toEqual([]);
});

test('slow_answer: what is read is out of date by the time it is read, and events overtake it', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  const { id } = await stripe.paymentIntents.create(BY_CARD);
  emulator.faults.add({
    kind: 'slow_answer',
    delay_ms: 300,
    route: 'GET /v1/payment_intents/*',
    times: 1,
  });
  const slow = stripe.paymentIntents.retrieve(id);
  await expect.poll(() => emulator.faults.list()).toEqual([]);
  await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
  expect((await slow).status).toBe('requires_payment_method');
  emulator.faults.add({ kind: 'slow_answer', delay_ms: 60_000, route: create, times: 1 });
  webhook.received.length = 0;
  const forgotten = stripe.paymentIntents.create(PAYING, { timeout: 2000 });
  forgotten.catch(() => undefined);
  await expect.poll(() => webhook.types()).toContain('payment_intent.succeeded');
  await expect(forgotten).rejects.toBeInstanceOf(Stripe.errors.StripeConnectionError);
});

test('wrong_amount and wrong_currency: what is made is not what was asked for', async () => {
  const { stripe, emulator } = await freshEmulator();
  emulator.faults.add({ kind: 'wrong_amount', by_minor: -100, times: 2 });
  emulator.faults.add({ kind: 'wrong_currency', currency: 'CHF', times: 2 });
  expect(await stripe.paymentIntents.create(PAYING)).toMatchObject({
    amount: 4900,
    amount_received: 4900,
    currency: 'chf',
  });
  const price_data = { currency: 'eur', unit_amount: 5000, product_data: { name: 'A' } };
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price_data, quantity: 1 }],
    success_url: 'https://shop.example/thanks',
  });
  expect(session).toMatchObject({ amount_total: 4900, currency: 'chf' });
  expect(emulator.faults.list()).toEqual([]);
});

test('bad_signature: an event comes once with a signature that does not hold, then as it should', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  webhook.expects_forgery = true;
  emulator.faults.add({ kind: 'bad_signature', event_type: 'payment_intent.succeeded' });
  await stripe.paymentIntents.create(PAYING);
  await emulator.events.settled();
  expect(webhook.forged).toBe(1);
  expect(webhook.types()).toEqual(['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded']);
  const [forged, real] = emulator.events.deliveries().slice(2);
  expect(forged).toMatchObject({ id: real?.id, state: 'given_up', attempts: [{ status: 400 }] });
  expect(real?.state).toBe('delivered');
});

test('unknown_event and foreign_event: what goes before an event is not the event', async () => {
  const { stripe, emulator, webhook } = await freshEmulator();
  emulator.faults.add({ kind: 'unknown_event', event_type: 'charge.succeeded' });
  emulator.faults.add({ kind: 'foreign_event', event_type: 'payment_intent.succeeded' });
  await stripe.paymentIntents.create(PAYING);
  await emulator.events.settled();
  expect(webhook.types()).toEqual([
    'payment_intent.created',
    UNKNOWN_TYPE,
    'charge.succeeded',
    'payment_intent.succeeded',
    'payment_intent.succeeded',
  ]);
  const [foreign, own] = webhook.received.slice(3).map(({ event }) => event);
  expect(foreign?.account).toMatch(/^acct_/);
  expect(own?.account).toBeUndefined();
  expect(foreign?.id).not.toBe(own?.id);
  expect(foreign?.data).toEqual(own?.data);
  expect(emulator.events.list()).toHaveLength(3);
});

test('the text on a statement is one of the card: after the account’s own', async () => {
  const { stripe, emulator } = await freshEmulator();
  expect(
    await refusalOf(stripe.paymentIntents.create({ ...BY_CARD, statement_descriptor: 'LUMA' })),
  ).toMatchObject({
    param: 'statement_descriptor',
  });
  for (const statement_descriptor_suffix of ['1234', 'Luma*', 'Лума']) {
    expect(
      await refusalOf(stripe.paymentIntents.create({ ...BY_CARD, statement_descriptor_suffix })),
    ).toMatchObject({ param: 'statement_descriptor_suffix' });
  }
  await stripe.paymentIntents.create({ ...PAYING, statement_descriptor_suffix: 'LUMA 1001' });
  expect(emulator.ledger().charges).toMatchObject([
    { calculated_statement_descriptor: 'EMULATED* LUMA 1001' },
  ]);
});
