import { expect, test } from 'vitest';
import { freshEmulator, orderFor } from './emulator-under-test.ts';
import type { TestBench } from './emulator-under-test.ts';

async function newOrder({ ask }: TestBench, unit: object = {}): Promise<string> {
  const { body } = await ask('POST', '/v2/checkout/orders', orderFor({ unit }));
  return body.id;
}

function statusOf({ emulator }: TestBench, order: string): string | undefined {
  return emulator.ledger().orders.find(({ id }) => id === order)?.status;
}

/** What a browser does with the form: post it, and say where it is sent. */
async function decide({ emulator }: TestBench, order: string, decision: string): Promise<string> {
  const body = new URLSearchParams({ decision });
  const address = `${emulator.url}/checkoutnow?token=${order}`;
  const response = await fetch(address, { method: 'POST', body, redirect: 'manual' });
  expect(response.status).toBe(303);
  return response.headers.get('Location') ?? '';
}

test('a person sees what for and how much, approves, and is sent back to the shop', async () => {
  const bench = await freshEmulator();
  const order = await newOrder(bench, { description: 'Order <K-1>' });
  const page = await (await fetch(`${bench.emulator.url}/checkoutnow?token=${order}`)).text();
  expect(page).toContain('Order &lt;K-1&gt;');
  expect(page).toContain('20.00 <span>EUR');
  const location = new URL(await decide(bench, order, 'approve'));
  expect(location.origin + location.pathname).toBe('https://shop.example/thanks');
  expect(Object.fromEntries(location.searchParams)).toEqual({
    order: 'K-1',
    token: order,
    PayerID: 'QYR5Z8XDVJNXQ',
  });
  expect(statusOf(bench, order)).toBe('APPROVED');
  await bench.emulator.events.settled();
  expect(bench.webhook.types()).toEqual(['CHECKOUT.ORDER.APPROVED']);
});

test('whoever cancels goes back to the other address, and may come again', async () => {
  const bench = await freshEmulator();
  const order = await newOrder(bench);
  expect(await decide(bench, order, 'cancel')).toBe(`https://shop.example/cart?token=${order}`);
  expect(statusOf(bench, order)).toBe('PAYER_ACTION_REQUIRED');
  await decide(bench, order, 'approve');
  expect(statusOf(bench, order)).toBe('APPROVED');
});

test.each([
  ['approve_declined', 422, undefined],
  ['approve_pending', 201, 'PENDING'],
])('%s decides what the shop hears when it takes the money', async (decision, status, capture) => {
  const bench = await freshEmulator();
  const order = await newOrder(bench);
  await decide(bench, order, decision);
  const answer = await bench.ask('POST', `/v2/checkout/orders/${order}/capture`, {});
  expect([answer.status, answer.body.purchase_units?.[0].payments.captures[0].status]).toEqual([
    status,
    capture,
  ]);
});

test('a form posted after the money was taken changes nothing', async () => {
  const bench = await freshEmulator();
  const order = await newOrder(bench);
  await decide(bench, order, 'approve');
  await bench.ask('POST', `/v2/checkout/orders/${order}/capture`, {});
  await decide(bench, order, 'approve_declined');
  expect(statusOf(bench, order)).toBe('COMPLETED');
  const page = await (await fetch(`${bench.emulator.url}/checkoutnow?token=${order}`)).text();
  expect(page).toContain('Payment complete');
  expect(page).toContain('Back to the shop');
});

test('an unknown order, an unknown decision and an unknown method are no page to pay on', async () => {
  const bench = await freshEmulator();
  const address = `${bench.emulator.url}/checkoutnow?token=`;
  expect((await fetch(`${address}NONE`)).status).toBe(404);
  const order = await newOrder(bench);
  const body = new URLSearchParams({ decision: 'steal' });
  expect((await fetch(address + order, { method: 'POST', body })).status).toBe(400);
  expect((await fetch(address + order, { method: 'DELETE' })).status).toBe(405);
  expect(statusOf(bench, order)).toBe('PAYER_ACTION_REQUIRED');
});

test('an address that is none of a web page sends nobody anywhere', async () => {
  const bench = await freshEmulator();
  const request = orderFor() as {
    payment_source: { paypal: { experience_context: { return_url: string } } };
  };
  request.payment_source.paypal.experience_context.return_url = 'javascript:alert(1)';
  const { body } = await bench.ask('POST', '/v2/checkout/orders', request);
  expect(await decide(bench, body.id, 'approve')).toBe(`/checkoutnow?token=${body.id}`);
});
