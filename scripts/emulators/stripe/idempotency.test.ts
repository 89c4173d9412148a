import { expect, test } from 'vitest';
import { createIdempotency } from './idempotency.ts';
import { freshEmulator, postRaw, refusalOf } from './emulator-under-test.ts';

const create = '/v1/payment_intents';
const good = 'amount=5000&currency=usd';
const withKey = (key: string) => ({ 'Idempotency-Key': key });

test('the same key and parameters answer the same, and act once', async () => {
  const { emulator, webhook } = await freshEmulator();
  const first = await postRaw(emulator, create, good, withKey('a'));
  const second = await postRaw(emulator, create, 'currency=usd&amount=5000', withKey('a'));
  expect(await second.text()).toBe(await first.text());
  expect(first.headers.get('Idempotent-Replayed')).toBeNull();
  expect(second.headers.get('Idempotent-Replayed')).toBe('true');
  expect(second.headers.get('Idempotency-Key')).toBe('a');
  expect(second.headers.get('Original-Request')).toBe(first.headers.get('Request-Id'));
  await emulator.events.settled();
  expect(webhook.types()).toEqual(['payment_intent.created']);
  expect(webhook.received[0]?.event.request).toEqual({
    id: first.headers.get('Request-Id'),
    idempotency_key: 'a',
  });
});

test('the same key with other parameters is an idempotency error', async () => {
  const { stripe } = await freshEmulator();
  const options = { idempotencyKey: 'a' };
  await stripe.paymentIntents.create({ amount: 5000, currency: 'usd' }, options);
  const refusal = await refusalOf(stripe.paymentIntents.create({ amount: 5001, currency: 'usd' }, options));
  expect(refusal).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  expect(refusal.message).toContain("Try using a key other than 'a'");
});

test('the same key on another address is an idempotency error (assumed: not stated by the documentation)', async () => {
  const { stripe } = await freshEmulator();
  const options = { idempotencyKey: 'a' };
  await stripe.customers.create({}, options);
  const { id } = await stripe.customers.create({});
  expect(await refusalOf(stripe.customers.update(id, {}, options))).toMatchObject({
    type: 'StripeIdempotencyError',
  });
});

test('a key in flight is 409, and its own answer comes all the same', async () => {
  const { emulator } = await freshEmulator();
  emulator.faults.add({ kind: 'delay', delay_ms: 1000, times: 1 });
  const answers = await Promise.all([
    postRaw(emulator, create, good, withKey('a')),
    postRaw(emulator, create, good, withKey('a')),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const refused = answers.find(({ status }) => status === 409);
  expect(await refused?.json()).toMatchObject({ error: { code: 'idempotency_key_in_use' } });
  expect(emulator.ledger().payment_intents).toHaveLength(1);
  const replayed = await postRaw(emulator, create, good, withKey('a'));
  expect(replayed.headers.get('Idempotent-Replayed')).toBe('true');
});

test('parameters that fail validation are not kept: the key works with the right ones', async () => {
  const { emulator } = await freshEmulator();
  expect((await postRaw(emulator, create, 'amount=5000', withKey('a'))).status).toBe(400);
  expect((await postRaw(emulator, create, `${good}&payment_method_types[0]=card`, withKey('a'))).status).toBe(
    400,
  );
  expect((await postRaw(emulator, create, good, withKey('a'))).status).toBe(200);
});

test('an amount below the minimum counts as failed validation (assumed)', async () => {
  const { emulator } = await freshEmulator();
  expect((await postRaw(emulator, create, 'amount=1&currency=usd', withKey('a'))).status).toBe(400);
  expect((await postRaw(emulator, create, good, withKey('a'))).status).toBe(200);
});

test('a decline is kept: the same key declines again without another charge', async () => {
  const { stripe, emulator } = await freshEmulator();
  const params = {
    amount: 5000,
    currency: 'usd',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const },
    confirm: true,
    payment_method: 'pm_card_visa_chargeDeclined',
  };
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const refusal = await refusalOf(stripe.paymentIntents.create(params, { idempotencyKey: 'a' }));
    expect(refusal.statusCode).toBe(402);
  }
  expect(emulator.ledger().charges).toHaveLength(1);
});

test('a 500 after acting is kept and replayed, although the work was done', async () => {
  const { emulator } = await freshEmulator();
  emulator.faults.add({ kind: 'error_after_acting', times: 1 });
  const first = await postRaw(emulator, create, good, withKey('a'));
  const second = await postRaw(emulator, create, good, withKey('a'));
  expect([first.status, second.status]).toEqual([500, 500]);
  expect(second.headers.get('Idempotent-Replayed')).toBe('true');
  expect(emulator.ledger().payment_intents).toHaveLength(1);
});

test('a 500 before acting is not kept', async () => {
  const { emulator } = await freshEmulator();
  emulator.faults.add({ kind: 'error_before_acting', times: 1 });
  expect((await postRaw(emulator, create, good, withKey('a'))).status).toBe(500);
  expect((await postRaw(emulator, create, good, withKey('a'))).status).toBe(200);
});

test('keys on GET and DELETE mean nothing', async () => {
  const { stripe, emulator } = await freshEmulator();
  const headers = { Authorization: 'Bearer sk_test_bench', ...withKey('a') };
  const { id } = await stripe.customers.create({});
  const read = await fetch(`${emulator.url}/v1/customers/${id}`, { headers });
  const removed = await fetch(`${emulator.url}/v1/customers/${id}`, { method: 'DELETE', headers });
  expect([read.status, removed.status]).toEqual([200, 200]);
  expect(removed.headers.get('Idempotency-Key')).toBeNull();
});

test('a key longer than 255 characters is refused', async () => {
  const { emulator } = await freshEmulator();
  expect((await postRaw(emulator, create, good, withKey('k'.repeat(256)))).status).toBe(400);
});

test('keys are forgotten after a day', () => {
  const day_ms = 24 * 60 * 60 * 1000;
  const answer = { status: 200, body: '{}', request: 'req_1' };
  const asked = 'another request';
  const old = createIdempotency([['a', { asked, answer, started_at_ms: Date.now() - day_ms - 1000 }]]);
  expect(old.claim('a', 'POST', create, { amount: '1' })).toBeUndefined();
  const recent = createIdempotency([['a', { asked, answer, started_at_ms: Date.now() - day_ms + 60_000 }]]);
  expect(() => recent.claim('a', 'POST', create, { amount: '1' })).toThrow('Try using a key other than');
});
