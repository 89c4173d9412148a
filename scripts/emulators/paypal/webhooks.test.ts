import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSigningKey } from './certificate.ts';
import { askAdmin } from '../webhook-under-test.ts';
import { approvedOrder, capturedOrder, freshEmulator, orderFor } from './emulator-under-test.ts';
import type { TestBench, Untyped } from './emulator-under-test.ts';

const ORDERS = '/v2/checkout/orders';
const ALL = ['CHECKOUT.ORDER.APPROVED', 'CHECKOUT.ORDER.COMPLETED', 'PAYMENT.CAPTURE.COMPLETED'];

test('events are signed with the certificate their address leads to', async () => {
  const bench = await freshEmulator();
  await capturedOrder(bench);
  await bench.emulator.events.settled();
  const { received } = bench.webhook;
  expect(received.map(({ is_signed }) => is_signed)).toEqual([true, true, true]);
  const address = received[0]?.headers['paypal-cert-url'] ?? '';
  expect(address.startsWith(`${bench.emulator.url}/v1/notifications/certs/CERT-`)).toBe(true);
  const certificate = new X509Certificate(await (await fetch(address)).text());
  expect(certificate.subject).toBe('CN=messageverificationcerts.emulator.example');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect((await fetch(`${address}0`)).status).toBe(404);
  expect(received[0]?.headers['paypal-auth-algo']).toBe('SHA256withRSA');
});

test('a certificate holds from and until the moments it was made for', () => {
  const not_before = new Date('2026-01-02T03:04:05Z');
  const not_after = new Date('2031-12-31T23:59:59Z');
  const { pem } = createSigningKey({ not_before, not_after, common_name: 'a.example' });
  const { validFromDate, validToDate, subject, issuer } = new X509Certificate(pem);
  expect([validFromDate, validToDate, subject, issuer]).toEqual([
    not_before,
    not_after,
    'CN=a.example',
    'CN=a.example',
  ]);
});

test('a delivery is tried again until it is taken, with the same body under a transmission of its own', async () => {
  const bench = await freshEmulator();
  bench.webhook.answers = [500, 404];
  await approvedOrder(bench);
  await bench.emulator.events.settled();
  const { received } = bench.webhook;
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  expect(new Set(received.map(({ headers }) => headers['paypal-transmission-id'])).size).toBe(3);
  expect(received.every(({ is_signed }) => is_signed)).toBe(true);
});

test('an event of a refund names its capture and not its order', async () => {
  const bench = await freshEmulator();
  const { capture, order } = await capturedOrder(bench);
  await bench.ask('POST', `/v2/payments/captures/${capture}/refund`, { custom_id: 'refund-1' });
  const event = bench.emulator.events.list().at(-1);
  expect(event).toMatchObject({ event_type: 'PAYMENT.CAPTURE.REFUNDED', resource_type: 'refund' });
  expect(event?.resource['links']).toContainEqual(
    expect.objectContaining({ rel: 'up', href: expect.stringContaining(capture) }),
  );
  expect(JSON.stringify(event)).not.toContain(order);
});

test('without a webhook events are listed and nothing is sent; with one there has to be an id', async () => {
  const bench = await freshEmulator({ webhook_url: undefined });
  await approvedOrder(bench);
  expect(bench.emulator.events.list()).toMatchObject([{ event_type: 'CHECKOUT.ORDER.APPROVED' }]);
  expect(bench.emulator.events.deliveries()).toEqual([]);
  await expect(freshEmulator({ webhook_id: '' })).rejects.toThrow('id');
});

test('events_first: the webhook hears of the money before the shop has its answer', async () => {
  const bench = await freshEmulator();
  const id = await approvedOrder(bench);
  await bench.emulator.events.settled();
  bench.emulator.faults.add({ kind: 'events_first', route: `POST ${ORDERS}/*/capture`, times: 1 });
  let is_answered = false;
  const seen: string[] = [];
  bench.webhook.onEvent = async ({ event_type }) => {
    await bench.ask('GET', `${ORDERS}/${id}`);
    seen.push(`${event_type} ${is_answered ? 'after' : 'before'}`);
  };
  await bench.ask('POST', `${ORDERS}/${id}/capture`, {});
  is_answered = true;
  expect(seen).toEqual(ALL.slice(1).map((type) => `${type} before`));
});

test('events are duplicated, reordered and held as asked', async () => {
  const bench = await freshEmulator();
  const { faults, events } = bench.emulator;
  faults.add({ kind: 'duplicate_events', copies: 2, event_type: 'CHECKOUT.ORDER.APPROVED', times: 1 });
  await approvedOrder(bench);
  await events.settled();
  expect(bench.webhook.types()).toEqual([ALL[0], ALL[0], ALL[0]]);
  expect(new Set(bench.webhook.received.map(({ event }) => event.id)).size).toBe(1);

  bench.webhook.received.length = 0;
  faults.add({ kind: 'reorder_events', times: 1, route: `POST ${ORDERS}/*/capture` });
  await capturedOrder(bench);
  await events.settled();
  expect(bench.webhook.types()).toEqual([ALL[0], ALL[2], ALL[1]]);

  bench.webhook.received.length = 0;
  faults.add({ kind: 'hold_events', event_type: 'PAYMENT.*' });
  await capturedOrder(bench);
  await events.settled();
  expect(bench.webhook.types()).toEqual([ALL[0], ALL[1]]);
  await events.release();
  expect(bench.webhook.types()).toEqual(ALL);
});

test('bad_signature: an event comes once with a signature that does not hold, then as it should', async () => {
  const bench = await freshEmulator();
  bench.emulator.faults.add({ kind: 'bad_signature', times: 1 });
  await approvedOrder(bench);
  await bench.emulator.events.settled();
  const { received } = bench.webhook;
  expect(received.map(({ event, is_signed }) => [event.event_type, is_signed])).toEqual([
    [ALL[0], false],
    [ALL[0], true],
  ]);
});

test('unknown and foreign events come first, well signed, and are none of the account', async () => {
  const bench = await freshEmulator();
  bench.emulator.faults.add({ kind: 'unknown_event', times: 1 });
  bench.emulator.faults.add({ kind: 'foreign_event', times: 1 });
  await approvedOrder(bench);
  await bench.emulator.events.settled();
  const { received } = bench.webhook;
  expect(received.map(({ event }) => event.event_type)).toEqual(['CATALOG.SHELF.DUSTED', ALL[0], ALL[0]]);
  expect(received.every(({ is_signed }) => is_signed)).toBe(true);
  expect(new Set(received.map(({ event }) => event.id)).size).toBe(3);
  const payees = received.map(({ event }) => (event.resource as Untyped).purchase_units[0].payee.merchant_id);
  expect(payees).toEqual(['C7CYMKZDG8D6E', 'Q7ZZZZZZZZZZZ', 'C7CYMKZDG8D6E']);
  expect(bench.emulator.events.list()).toHaveLength(1);
});

test.each([
  ['error_before_acting', 503, 0],
  ['error_after_acting', 500, 1],
] as const)('%s answers %i', async (kind, status, made) => {
  const { emulator, ask } = await freshEmulator();
  emulator.faults.add({ kind, status, times: 1 });
  expect((await ask('POST', ORDERS, orderFor())).status).toBe(status);
  expect(emulator.ledger().orders).toHaveLength(made);
});

test.each([
  ['lost_request', 0],
  ['lost_answer', 1],
  ['silence_before_acting', 0],
  ['silence_after_acting', 1],
] as const)('%s: the shop never hears', async (kind, made) => {
  const bench = await freshEmulator();
  bench.emulator.faults.add({ kind, times: 1 });
  await expect(impatiently(bench)).rejects.toThrow();
  expect(bench.emulator.ledger().orders).toHaveLength(made);
  expect((await bench.ask('POST', ORDERS, orderFor())).status).toBe(201);
});

/** Makes an order and gives up after a while. */
async function impatiently({ ask }: TestBench): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const given_up = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), 700);
  });
  const asked = ask('POST', ORDERS, orderFor());
  asked.catch(() => undefined);
  await Promise.race([asked, given_up]).finally(() => clearTimeout(timer));
}

test('slow_answer: what comes late is what was true before', async () => {
  const bench = await freshEmulator();
  const { body } = await bench.ask('POST', ORDERS, orderFor());
  bench.emulator.faults.add({ kind: 'slow_answer', delay_ms: 100, route: `GET ${ORDERS}/*`, times: 1 });
  const late = bench.ask('GET', `${ORDERS}/${body.id}`);
  await expect.poll(() => bench.emulator.faults.list()).toEqual([]);
  bench.emulator.shopper.approve(body.id);
  expect((await late).body.status).toBe('PAYER_ACTION_REQUIRED');
});

test('wrong_amount and wrong_currency change what is created', async () => {
  const bench = await freshEmulator();
  bench.emulator.faults.add({ kind: 'wrong_amount', by_minor: -1, route: `POST ${ORDERS}`, times: 1 });
  bench.emulator.faults.add({
    kind: 'wrong_currency',
    currency: 'USD',
    route: `POST ${ORDERS}/*/capture`,
    times: 1,
  });
  await capturedOrder(bench);
  expect(bench.emulator.ledger().orders).toMatchObject([{ amount_minor: 1999, currency: 'EUR' }]);
  expect(bench.emulator.ledger().captures).toMatchObject([{ amount_minor: 1999, currency: 'USD' }]);
});

test('a fault without a route leaves tokens and certificates alone, one with theirs does not', async () => {
  const { emulator } = await freshEmulator();
  const token = async () => {
    const headers = { authorization: `Basic ${btoa('shop:secret')}` };
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    return (await fetch(`${emulator.url}/v1/oauth2/token`, { method: 'POST', headers, body })).status;
  };
  emulator.faults.add({ kind: 'error_before_acting' });
  expect(await token()).toBe(200);
  emulator.faults.clear();
  emulator.faults.add({ kind: 'error_before_acting', route: 'POST /v1/oauth2/token', status: 503, times: 1 });
  expect([await token(), await token()]).toEqual([503, 200]);
});

test('everything can be arranged over HTTP', async () => {
  const bench = await freshEmulator();
  const { body } = await bench.ask('POST', ORDERS, orderFor());
  const admin = (method: string, path: string, input?: object) =>
    askAdmin(bench.emulator, method, path, input);
  const fault = await admin('POST', 'faults', { kind: 'hold_events', times: 1 });
  expect(fault).toMatchObject({ status: 201, body: { kind: 'hold_events' } });
  expect((await admin('GET', 'faults')).body.faults).toEqual([fault.body]);
  expect((await admin('POST', 'faults', { kind: 'earthquake' })).status).toBe(400);
  const back = await admin('POST', 'shopper/approve', { order: body.id, outcome: 'pending' });
  expect(back.body.return_to).toContain(`token=${body.id}`);
  expect((await admin('GET', 'deliveries')).body.deliveries).toMatchObject([{ state: 'held' }]);
  await admin('POST', 'deliveries/release', { order: 'reverse' });
  await bench.ask('POST', `${ORDERS}/${body.id}/capture`, {});
  await admin('POST', 'dashboard/settle', { order: body.id, verdict: 'completes' });
  expect((await admin('POST', 'dashboard/settle', { order: body.id, verdict: 'denied' })).status).toBe(404);
  const { refund } = (await admin('POST', 'dashboard/refund', { id: body.id, amount_minor: 300 })).body;
  expect((await admin('POST', 'dashboard/refund', { id: body.id, amount_minor: 1800 })).status).toBe(422);
  expect((await admin('POST', 'dashboard/delay-refunds', { on: true })).status).toBe(200);
  expect((await admin('POST', 'dashboard/settle-refund', { refund, verdict: 'fails' })).status).toBe(200);
  expect((await admin('POST', 'forget-keys')).status).toBe(200);
  await admin('POST', 'deliveries/settled');
  expect((await admin('GET', 'ledger')).body.orders).toMatchObject([
    { captured_minor: 2000, refunded_minor: 0 },
  ]);
  expect((await admin('DELETE', 'faults')).body).toEqual({ faults: [] });
  expect((await admin('GET', 'nothing')).status).toBe(404);
});
