import { expect, test } from 'vitest';
import { askAdmin } from '../webhook-under-test.ts';
import { freshEmulator, order, SECRET_HASH } from './emulator-under-test.ts';
import type { TestBench } from './emulator-under-test.ts';

function told({ webhook }: TestBench): string[] {
  return webhook.received.map(({ body }) => `${body['event']} ${body['data']?.status}`);
}

test('an event carries the secret hash, the transaction and nothing that charges a card', async () => {
  const bench = await freshEmulator();
  await bench.link();
  const { transaction } = bench.emulator.shopper.pay('order-1');
  await bench.emulator.events.settled();
  const [event] = bench.webhook.received;
  expect(event).toMatchObject({
    hash: SECRET_HASH,
    body: {
      event: 'charge.completed',
      'event.type': 'CARD_TRANSACTION',
      data: { id: transaction.id, tx_ref: 'order-1', status: 'successful', amount: 7500 },
    },
  });
  expect(event?.body['data'].card).not.toHaveProperty('token');
});

test('failed and pending payments are told, too, and the outcome once more', async () => {
  const bench = await freshEmulator();
  await bench.link();
  bench.emulator.shopper.pay('order-1', 'failed');
  bench.emulator.shopper.pay('order-1', 'pending');
  bench.emulator.dashboard.settle('order-1', 'successful');
  await bench.emulator.events.settled();
  expect(told(bench)).toEqual([
    'charge.completed failed',
    'charge.completed pending',
    'charge.completed successful',
  ]);
});

test('refunds are told only where they were asked to be', async () => {
  const quiet = await freshEmulator();
  await quiet.link();
  quiet.emulator.shopper.pay('order-1');
  quiet.emulator.dashboard.refund('order-1', 100);
  expect(quiet.emulator.events.list()).toHaveLength(1);

  const telling = await freshEmulator({ refund_events: true });
  await telling.link();
  const { transaction } = telling.emulator.shopper.pay('order-1');
  const { id } = telling.emulator.dashboard.refund('order-1', 100);
  await telling.emulator.events.settled();
  expect(telling.webhook.received.at(-1)?.body).toMatchObject({
    id,
    AmountRefunded: 1,
    status: 'completed',
    TransactionId: transaction.id,
  });
});

test('a delivery is tried again until it is taken, with the same body', async () => {
  const bench = await freshEmulator();
  bench.webhook.answers = [500, 302];
  await bench.link();
  bench.emulator.shopper.pay('order-1');
  await bench.emulator.events.settled();
  expect(new Set(bench.webhook.received.map(({ raw }) => raw)).size).toBe(1);
  expect(bench.emulator.events.deliveries()).toMatchObject([
    { state: 'delivered', attempts: [{ status: 500 }, { status: 302 }, { status: 200 }] },
  ]);
});

test('bad_signature: an event comes once with a wrong hash, then as it should', async () => {
  const bench = await freshEmulator();
  bench.emulator.faults.add({ kind: 'bad_signature', times: 1 });
  await bench.link();
  bench.emulator.shopper.pay('order-1');
  await bench.emulator.events.settled();
  expect(bench.webhook.received.map(({ hash }) => hash === SECRET_HASH)).toEqual([false, true]);
  bench.emulator.shopper.pay((await bench.link({ tx_ref: 'order-2' })) && 'order-2');
  await bench.emulator.events.settled();
  expect(bench.webhook.received.at(-1)?.hash).toBe(SECRET_HASH);
});

test('unknown_event and foreign_event come before the event', async () => {
  const bench = await freshEmulator();
  bench.emulator.faults.add({ kind: 'unknown_event', times: 1 });
  bench.emulator.faults.add({ kind: 'foreign_event', times: 1 });
  await bench.link();
  const { transaction } = bench.emulator.shopper.pay('order-1');
  await bench.emulator.events.settled();
  const [unknown, foreign, event] = bench.webhook.received.map(({ body }) => body);
  expect(unknown?.['event']).not.toBe('charge.completed');
  expect(foreign).toMatchObject({ event: 'charge.completed' });
  expect(foreign?.['data']).not.toMatchObject({ id: transaction.id });
  expect(foreign?.['data'].tx_ref).not.toBe('order-1');
  expect(foreign?.['data'].account_id).not.toBe(transaction.account_id);
  expect(event).toMatchObject({ data: { id: transaction.id } });
});

test('duplicate_events: the same event comes several times', async () => {
  const bench = await freshEmulator();
  bench.emulator.faults.add({ kind: 'duplicate_events', copies: 4, event_type: 'charge.completed' });
  await bench.link();
  bench.emulator.shopper.pay('order-1');
  await bench.emulator.events.settled();
  expect(bench.webhook.received).toHaveLength(5);
  expect(new Set(bench.webhook.received.map(({ raw }) => raw)).size).toBe(1);
});

test('hold_events: events come when they are released, in the order asked for', async () => {
  const bench = await freshEmulator();
  bench.emulator.faults.add({ kind: 'hold_events' });
  await bench.link();
  bench.emulator.shopper.pay('order-1', 'failed');
  bench.emulator.shopper.pay('order-1');
  await bench.emulator.events.settled();
  expect(bench.webhook.received).toEqual([]);
  await bench.emulator.events.release('reverse');
  expect(told(bench)).toEqual(['charge.completed successful', 'charge.completed failed']);
});

test('events_first: the webhook hears of the payment before the shopper comes back', async () => {
  const bench = await freshEmulator();
  const link = await bench.link();
  bench.emulator.faults.add({ kind: 'events_first', route: 'POST /pay/*', times: 1 });
  let isBack = false;
  const seen: boolean[] = [];
  // The receiver may ask back at once: nothing is locked while the answer waits.
  bench.webhook.onEvent = async () => {
    await bench.ask('GET', '/transactions/verify_by_reference?tx_ref=order-1');
    seen.push(isBack);
  };
  const body = new URLSearchParams({ outcome: 'successful' });
  await fetch(link, { method: 'POST', body, redirect: 'manual' });
  isBack = true;
  expect(seen).toEqual([false]);
});

test.each(['lost_answer', 'silence_after_acting', 'error_after_acting'] as const)(
  '%s: the request is acted on, and its caller does not hear of it',
  async (kind) => {
    const bench = await freshEmulator();
    await bench.link();
    const { id } = bench.emulator.shopper.pay('order-1').transaction;
    bench.emulator.faults.add({ kind, route: 'POST /v3/transactions/*/refund', times: 1 });
    expect(await outcomeOf(bench, `/transactions/${id}/refund`)).not.toBe(200);
    expect(bench.emulator.ledger().payments).toMatchObject([{ refunded_minor: 100_000 }]);
  },
);

test.each(['lost_request', 'silence_before_acting', 'error_before_acting'] as const)(
  '%s: the request is not acted on',
  async (kind) => {
    const bench = await freshEmulator();
    await bench.link();
    const { id } = bench.emulator.shopper.pay('order-1').transaction;
    bench.emulator.faults.add({ kind, route: 'POST /v3/transactions/*/refund', times: 1 });
    expect(await outcomeOf(bench, `/transactions/${id}/refund`)).not.toBe(200);
    expect(bench.emulator.ledger().payments).toMatchObject([{ refunded_minor: 0 }]);
    expect(await outcomeOf(bench, `/transactions/${id}/refund`)).toBe(200);
  },
);

/** The status of an answer, or null when none came within a moment. */
async function outcomeOf({ emulator }: TestBench, path: string): Promise<number | null> {
  const response = await fetch(`${emulator.url}/v3${path}`, {
    method: 'POST',
    headers: { Authorization: 'Bearer FLWSECK_TEST', 'Content-Type': 'application/json' },
    body: '{"amount":1000}',
    signal: AbortSignal.timeout(300),
  }).catch(() => null);
  return response?.status ?? null;
}

test('delay acts late, slow_answer tells late', async () => {
  const bench = await freshEmulator();
  await bench.link();
  bench.emulator.faults.add({ kind: 'delay', delay_ms: 80, route: 'GET /v3/transactions', times: 1 });
  const late = bench.ask('GET', '/transactions');
  bench.emulator.faults.add({ kind: 'slow_answer', delay_ms: 80, route: 'GET /v3/refunds', times: 1 });
  const slow = bench.ask('GET', '/refunds');
  await expect.poll(() => bench.emulator.faults.list()).toEqual([]);
  bench.emulator.shopper.pay('order-1');
  bench.emulator.dashboard.refund('order-1', 100);
  expect((await late).body.data).toHaveLength(1);
  expect((await slow).body.data).toEqual([]);
});

test('wrong_amount and wrong_currency: the page asks for other money than the shop did', async () => {
  const bench = await freshEmulator();
  bench.emulator.faults.add({ kind: 'wrong_amount', by_minor: -50, route: 'POST /v3/payments', times: 1 });
  bench.emulator.faults.add({
    kind: 'wrong_currency',
    currency: 'GHS',
    route: 'POST /v3/payments',
    times: 1,
  });
  await bench.link();
  bench.emulator.shopper.pay('order-1');
  expect(bench.emulator.ledger().transactions).toMatchObject([{ amount: 7499.5, currency: 'GHS' }]);
});

test('everything can be arranged over HTTP', async () => {
  const bench = await freshEmulator();
  const fault = await askAdmin(bench.emulator, 'POST', 'faults', { kind: 'hold_events', times: 1 });
  expect(fault).toMatchObject({ status: 201, body: { kind: 'hold_events' } });
  expect(await askAdmin(bench.emulator, 'POST', 'faults', { kind: 'earthquake' })).toMatchObject({
    status: 400,
  });
  const spare = await askAdmin(bench.emulator, 'POST', 'faults', { kind: 'lost_answer' });
  await askAdmin(bench.emulator, 'DELETE', `faults/${String(spare.body['id'])}`);
  expect(await askAdmin(bench.emulator, 'GET', 'faults')).toMatchObject({ body: { faults: [fault.body] } });
  await bench.ask('POST', '/payments', order);
  expect(
    await askAdmin(bench.emulator, 'POST', 'shopper/pay', { tx_ref: 'order-1', outcome: 'pending' }),
  ).toMatchObject({
    status: 200,
    body: { transaction: { status: 'pending' } },
  });
  expect(await askAdmin(bench.emulator, 'GET', 'deliveries')).toMatchObject({
    body: { deliveries: [{ state: 'held' }] },
  });
  await askAdmin(bench.emulator, 'POST', 'deliveries/release', { order: 'as_held' });
  await askAdmin(bench.emulator, 'POST', 'dashboard/settle', { tx_ref: 'order-1', outcome: 'successful' });
  const refund = await askAdmin(bench.emulator, 'POST', 'dashboard/refund', {
    tx_ref: 'order-1',
    amount_minor: 500,
  });
  const settled = { refund_id: refund.body['id'], outcome: 'failed' };
  expect(await askAdmin(bench.emulator, 'POST', 'dashboard/settle-refund', settled)).toMatchObject({
    body: { status: 'failed' },
  });
  expect(
    await askAdmin(bench.emulator, 'POST', 'dashboard/refund', { tx_ref: 'order-1', amount_minor: 900_000 }),
  ).toMatchObject({
    status: 400,
  });
  expect(await askAdmin(bench.emulator, 'POST', 'shopper/pay', { tx_ref: 'order-2' })).toMatchObject({
    status: 409,
  });
  await askAdmin(bench.emulator, 'POST', 'deliveries/settled');
  expect(told(bench)).toEqual(['charge.completed pending', 'charge.completed successful']);
  expect(await askAdmin(bench.emulator, 'GET', 'ledger')).toMatchObject({
    body: { payments: [{ tx_ref: 'order-1', captured_minor: 750_000, refunded_minor: 0 }] },
  });
  expect(await askAdmin(bench.emulator, 'DELETE', 'faults')).toMatchObject({ body: { faults: [] } });
  expect(await askAdmin(bench.emulator, 'GET', 'nothing')).toMatchObject({ status: 404 });
});
