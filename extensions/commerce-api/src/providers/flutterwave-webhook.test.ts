import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { SECRET_HASH } from '../../../../scripts/emulators/flutterwave/emulator-under-test.ts';
import { samples } from '../../../../scripts/emulators/flutterwave/contract.ts';
import {
  failureOf,
  freshProvider,
  type ProviderBench,
} from '../../../../scripts/emulators/flutterwave/provider-under-test.ts';

async function read({ provider }: ProviderBench, body: unknown, hash: string | undefined = SECRET_HASH) {
  const raw = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return provider.readWebhook!(raw, hash === undefined ? {} : { 'verif-hash': hash });
}

function chargeOf(tx_ref: string, more: Record<string, unknown> = {}) {
  return { event: 'charge.completed', data: { id: 1, tx_ref, status: 'successful', ...more } };
}

test('an event that was delivered names our payment, its reference and itself', async () => {
  const bench = await freshProvider();
  const payment = randomUUID();
  const tx_ref = await bench.begin({ payment });
  const { transaction } = bench.emulator.shopper.pay(tx_ref);
  await bench.emulator.events.settled();
  const [{ raw, hash } = { raw: '', hash: '' }] = bench.webhook.received;
  expect(await read(bench, raw, hash)).toMatchObject({
    event_id: `charge.completed:${transaction.id}:successful`,
    type: 'charge.completed',
    provider_payment: tx_ref,
    payment,
    ignore: null,
  });
});

test('a pending payment and its outcome are two events, a repeated one is the same', async () => {
  const bench = await freshProvider();
  const tx_ref = await bench.begin();
  bench.emulator.faults.add({ kind: 'duplicate_events', copies: 1 });
  bench.emulator.shopper.pay(tx_ref, 'pending');
  bench.emulator.dashboard.settle(tx_ref, 'successful');
  await bench.emulator.events.settled();
  const events = await Promise.all(bench.webhook.received.map(({ raw }) => read(bench, raw)));
  expect(events).toHaveLength(4);
  expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(2);
});

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['another of the same length', 'x'.repeat(SECRET_HASH.length)],
  ['the beginning of it', SECRET_HASH.slice(0, -1)],
  ['more than it', `${SECRET_HASH}x`],
  ['all of them at once', `${SECRET_HASH},second-hash`],
])('a hash does not hold: %s', async (_, hash) => {
  const bench = await freshProvider({}, { FLUTTERWAVE_SECRET_HASH: `${SECRET_HASH},second-hash` });
  const body = Buffer.from(JSON.stringify(chargeOf(`${randomUUID()}-1`)));
  const reading = bench.provider.readWebhook!(body, { 'verif-hash': hash });
  expect(await failureOf(reading)).toMatchObject({ is_definite: true, code: 'bad_signature' });
});

test('while a hash is rotated the old and the new one hold', async () => {
  const bench = await freshProvider({}, { FLUTTERWAVE_SECRET_HASH: 'new-hash, old-hash' });
  const body = chargeOf(`${randomUUID()}-1`);
  expect(await read(bench, body, 'new-hash')).toMatchObject({ type: 'charge.completed' });
  expect(await read(bench, body, 'old-hash')).toMatchObject({ type: 'charge.completed' });
});

test('a shop without a hash takes no event', async () => {
  const bench = await freshProvider({}, { FLUTTERWAVE_SECRET_HASH: '' });
  expect(await failureOf(read(bench, chargeOf('a'), ''))).toMatchObject({ code: 'bad_signature' });
});

test('an event of an unknown kind, and one of another shop, are of no interest', async () => {
  const bench = await freshProvider();
  bench.emulator.faults.add({ kind: 'unknown_event', times: 1 });
  bench.emulator.faults.add({ kind: 'foreign_event', times: 1 });
  await bench.paid();
  await bench.emulator.events.settled();
  const [unknown, foreign, event] = await Promise.all(
    bench.webhook.received.map(({ raw }) => read(bench, raw)),
  );
  expect(unknown).toMatchObject({ provider_payment: null, payment: null, ignore: 'of no interest' });
  expect(foreign).toMatchObject({
    provider_payment: null,
    payment: null,
    ignore: 'not a payment of this shop',
  });
  expect(event).toMatchObject({ ignore: null });
  expect(new Set([unknown, foreign, event].map((each) => each?.event_id)).size).toBe(3);
});

test.each([
  ['an event without data', { event: 'transfer.completed' }],
  ['an event with a number for a name', { event: 7 }],
  ['a list', [1]],
  ['nothing', null],
  ['a text', 'charge.completed'],
])('a body that is %s is of no interest, and the same one is the same event', async (_, body) => {
  const bench = await freshProvider();
  const event = await read(bench, JSON.stringify(body));
  expect(event).toMatchObject({ provider_payment: null, ignore: 'of no interest' });
  expect((await read(bench, JSON.stringify(body))).event_id).toBe(event.event_id);
});

test('a body that is no JSON is refused', async () => {
  const bench = await freshProvider();
  expect(await failureOf(read(bench, '{"event":'))).toMatchObject({ is_definite: true, code: 'bad_body' });
});

test('what identifies a card or charges it is not kept', async () => {
  const bench = await freshProvider();
  const { data: transaction } = samples['GET /transactions/288200108/verify response'] as { data: object };
  const { payload } = await read(
    bench,
    chargeOf(`${randomUUID()}-1`, transaction as Record<string, unknown>),
  );
  const kept = JSON.stringify(payload);
  expect(kept).toContain('last_4digits');
  for (const secret of ['flw-t1nf', '232343', '02/23', 'token', 'first_6digits'])
    expect(kept).not.toContain(secret);
});

test('a forged event leads to nothing but the truth', async () => {
  const bench = await freshProvider();
  const tx_ref = await bench.begin();
  const event = await read(bench, chargeOf(tx_ref, { amount: 7500, currency: 'NGN' }));
  expect(event.provider_payment).toBe(tx_ref);
  expect(await bench.provider.fetch(event.provider_payment ?? '')).toBeNull();
});

test('a refund event is about the reference Flutterwave names for its transaction', async () => {
  const bench = await freshProvider({ refund_events: true });
  const payment = randomUUID();
  const tx_ref = await bench.paid({ payment });
  const { id } = bench.emulator.dashboard.refund(tx_ref, 100);
  await bench.emulator.events.settled();
  const event = bench.webhook.received.at(-1)!;
  expect(await read(bench, event.raw)).toMatchObject({
    event_id: `refund:${id}:completed`,
    type: 'refund',
    provider_payment: tx_ref,
    payment,
    ignore: null,
  });
  const foreign = { ...event.body, TransactionId: 1 };
  expect(await read(bench, foreign)).toMatchObject({ payment: null, ignore: 'not a payment of this shop' });
});

test('a refund event is not lost when Flutterwave does not say what it is about', async () => {
  const bench = await freshProvider({ refund_events: true });
  bench.emulator.dashboard.refund(await bench.paid(), 100);
  await bench.emulator.events.settled();
  bench.emulator.faults.add({ kind: 'error_before_acting', status: 503, times: 1 });
  expect(await failureOf(read(bench, bench.webhook.received.at(-1)!.raw))).toMatchObject({
    is_definite: false,
  });
});
