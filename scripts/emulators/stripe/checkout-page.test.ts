import { expect, test } from 'vitest';
import { freshEmulator } from './emulator-under-test.ts';
import type { TestBench } from './emulator-under-test.ts';

const fifty = { amount: 5000, currency: 'eur', description: 'Order K-1001' };
const SHOP = 'https://shop.example/thanks?order=K-1001';

/** What a browser does with a form: post it, and say where it is sent. */
async function submit(
  { emulator }: TestBench,
  path: string,
  fields: Record<string, string>,
): Promise<string> {
  const body = new URLSearchParams(fields);
  const response = await fetch(`${emulator.url}${path}`, { method: 'POST', body, redirect: 'manual' });
  expect(response.status).toBe(303);
  return response.headers.get('Location') ?? '';
}

async function pageAt({ emulator }: TestBench, path: string): Promise<string> {
  return (await fetch(`${emulator.url}${path}`)).text();
}

test('a person picks a card, pays, and is sent back to the shop', async () => {
  const bench = await freshEmulator();
  const intent = await bench.stripe.paymentIntents.create(fifty);
  const path = `/pay/${intent.id}?return_url=${encodeURIComponent(SHOP)}`;
  const page = await pageAt(bench, path);
  expect(page).toContain('€50.00');
  expect(page).toContain('Order K-1001');
  expect(page).toContain('4242 4242 4242 4242');
  const location = new URL(await submit(bench, path, { card: 'pm_card_visa' }));
  expect(location.href.startsWith('https://shop.example/thanks?order=K-1001&')).toBe(true);
  expect(Object.fromEntries(location.searchParams)).toEqual({
    order: 'K-1001',
    payment_intent: intent.id,
    payment_intent_client_secret: intent.client_secret,
    redirect_status: 'succeeded',
  });
  expect(await bench.stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'succeeded' });
  await bench.emulator.events.settled();
  expect(bench.webhook.received.at(-1)?.event).toMatchObject({
    type: 'payment_intent.succeeded',
    request: { id: null, idempotency_key: null },
  });
});

test('without a way back the page itself says that the payment is complete', async () => {
  const bench = await freshEmulator();
  const { id } = await bench.stripe.paymentIntents.create(fifty);
  expect(await submit(bench, `/pay/${id}`, { card: 'pm_card_visa' })).toBe(`/pay/${id}`);
  expect(await pageAt(bench, `/pay/${id}`)).toContain('Payment complete');
});

test('a declined card is named on the page, which takes another', async () => {
  const bench = await freshEmulator();
  const { id } = await bench.stripe.paymentIntents.create(fifty);
  const path = `/pay/${id}?return_url=${encodeURIComponent(SHOP)}`;
  expect(await submit(bench, path, { card: 'pm_card_visa_chargeDeclinedInsufficientFunds' })).toContain(
    '/pay/',
  );
  expect(await pageAt(bench, path)).toContain('insufficient funds');
  expect(await submit(bench, path, { card: 'pm_card_mastercard' })).toContain('redirect_status=succeeded');
});

test('3-D Secure begun by the shop is approved and leads back to it', async () => {
  const bench = await freshEmulator();
  const params = {
    ...fifty,
    confirm: true,
    payment_method: 'pm_card_threeDSecure2Required',
    return_url: SHOP,
  };
  const { id, next_action } = await bench.stripe.paymentIntents.create(params);
  const path = new URL(next_action?.redirect_to_url?.url ?? '').pathname;
  expect(await pageAt(bench, path)).toContain('card ending in <b>3220</b>');
  expect(await submit(bench, path, { decision: 'approve' })).toContain('redirect_status=succeeded');
  const paid = await bench.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
  expect(paid).toMatchObject({ status: 'succeeded', next_action: null });
  expect(paid.latest_charge).toMatchObject({
    payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } },
  });
});

test('3-D Secure begun by the shop is declined, which leaves the payment open without a charge', async () => {
  const bench = await freshEmulator();
  const params = {
    ...fifty,
    confirm: true,
    payment_method: 'pm_card_threeDSecure2Required',
    return_url: SHOP,
  };
  const { id } = await bench.stripe.paymentIntents.create(params);
  expect(await submit(bench, `/pay/${id}`, { decision: 'decline' })).toContain('redirect_status=failed');
  expect(await bench.stripe.paymentIntents.retrieve(id)).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: { code: 'payment_intent_authentication_failure' },
  });
  expect(bench.emulator.ledger().charges).toEqual([]);
  await bench.emulator.events.settled();
  expect(bench.webhook.types()).toEqual([
    'payment_intent.created',
    'payment_intent.requires_action',
    'payment_intent.payment_failed',
  ]);
});

test('3-D Secure begun on the page stays on the page until it is decided', async () => {
  const bench = await freshEmulator();
  const { id } = await bench.stripe.paymentIntents.create(fifty);
  const path = `/pay/${id}?return_url=${encodeURIComponent(SHOP)}`;
  expect(await submit(bench, path, { card: 'pm_card_threeDSecure2Required' })).toContain(
    `/pay/${id}?return_url=`,
  );
  expect(await pageAt(bench, path)).toContain('Approve payment');
  expect(await submit(bench, path, { decision: 'decline' })).toContain('/pay/');
  expect(await pageAt(bench, path)).toContain('failed authentication');
  await submit(bench, path, { card: 'pm_card_threeDSecure2Required' });
  expect(await submit(bench, path, { decision: 'approve' })).toContain('redirect_status=succeeded');
});

test('a card that passes 3-D Secure may still be declined', async () => {
  const bench = await freshEmulator();
  const payment_method = 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds';
  const params = { ...fifty, confirm: true, payment_method, return_url: SHOP };
  const { id } = await bench.stripe.paymentIntents.create(params);
  expect(await submit(bench, `/pay/${id}`, { decision: 'approve' })).toContain('redirect_status=failed');
  expect(await bench.stripe.paymentIntents.retrieve(id)).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { decline_code: 'insufficient_funds' },
  });
});

test('the same form posted twice pays once', async () => {
  const bench = await freshEmulator();
  const { id } = await bench.stripe.paymentIntents.create(fifty);
  await Promise.all([1, 2, 3].map(() => submit(bench, `/pay/${id}`, { card: 'pm_card_visa' })));
  expect(bench.emulator.ledger().charges).toHaveLength(1);
});

test('a cancelled payment can no longer be paid', async () => {
  const bench = await freshEmulator();
  const { id } = await bench.stripe.paymentIntents.create(fifty);
  await bench.stripe.paymentIntents.cancel(id);
  await submit(bench, `/pay/${id}`, { card: 'pm_card_visa' });
  expect(bench.emulator.ledger().charges).toEqual([]);
  expect(await pageAt(bench, `/pay/${id}`)).toContain('Payment cancelled');
});

test('the page runs no scripts, fetches nothing and lets nothing in through texts or addresses', async () => {
  const bench = await freshEmulator();
  const description = '<script>alert(1)</script>';
  const { id } = await bench.stripe.paymentIntents.create({ ...fifty, description });
  const path = `/pay/${id}?return_url=${encodeURIComponent('javascript:alert(1)')}`;
  const response = await fetch(`${bench.emulator.url}${path}`);
  expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  const page = await response.text();
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(/);
  expect(page).toContain('&lt;script&gt;');
  expect(await submit(bench, path, { card: 'pm_card_visa' })).toMatch(/^\/pay\//);
  expect(await pageAt(bench, path)).not.toContain('href="javascript');
  expect((await fetch(`${bench.emulator.url}/pay/pi_none`)).status).toBe(404);
});
