import { expect, test } from 'vitest';
import { freshEmulator, refusalOf } from './emulator-under-test.ts';
import type { TestBench } from './emulator-under-test.ts';

const SHOP = 'https://shop.example/account';
const charge = {
  amount: 5000,
  currency: 'eur',
  confirm: true,
  off_session: true,
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
} as const;

async function customerOf({ stripe }: TestBench): Promise<string> {
  return (await stripe.customers.create({ email: 'ada@example.com' })).id;
}

test('a card is kept with the customer and pays while the shopper is away', async () => {
  const bench = await freshEmulator();
  const { stripe, emulator, webhook } = bench;
  const customer = await customerOf(bench);
  const made = await stripe.setupIntents.create({
    customer,
    automatic_payment_methods: { enabled: true },
    metadata: { setup: 's1' },
  });
  expect(made).toMatchObject({
    status: 'requires_payment_method',
    usage: 'off_session',
    metadata: { setup: 's1' },
  });
  const kept = await stripe.setupIntents.confirm(made.id, { payment_method: 'pm_card_visa' });
  expect(kept).toMatchObject({ status: 'succeeded', customer });
  const payment_method = String(kept.payment_method);
  expect(await stripe.paymentIntents.create({ ...charge, customer, payment_method })).toMatchObject({
    status: 'succeeded',
  });
  await emulator.events.settled();
  expect(webhook.types()).toContain('payment_method.attached');
  expect(webhook.types().filter((type) => type.startsWith('setup_intent.'))).toEqual([
    'setup_intent.created',
    'setup_intent.succeeded',
  ]);
});

test('a card that wants 3-D Secure once is authenticated on the page, and not again', async () => {
  const bench = await freshEmulator();
  const customer = await customerOf(bench);
  const { id } = await bench.stripe.setupIntents.create({ customer });
  const asked = await bench.stripe.setupIntents.confirm(id, {
    payment_method: 'pm_card_authenticationRequiredOnSetup',
    return_url: SHOP,
  });
  expect(asked).toMatchObject({
    status: 'requires_action',
    next_action: { redirect_to_url: { url: `${bench.emulator.url}/setup/${id}`, return_url: SHOP } },
  });
  const page = await (await fetch(`${bench.emulator.url}/setup/${id}`)).text();
  expect(page).toContain('card ending in <b>3155</b>');
  expect(await submit(bench, `/setup/${id}`, { decision: 'approve' })).toContain('redirect_status=succeeded');
  const { payment_method } = await bench.stripe.setupIntents.retrieve(id);
  const paid = await bench.stripe.paymentIntents.create({
    ...charge,
    customer,
    payment_method: String(payment_method),
  });
  expect(paid.status).toBe('succeeded');
});

test('a failed check leaves the setup open for another card', async () => {
  const bench = await freshEmulator();
  const { id } = await bench.stripe.setupIntents.create({ customer: await customerOf(bench) });
  await submit(bench, `/setup/${id}`, { card: 'pm_card_threeDSecure2Required' });
  await submit(bench, `/setup/${id}`, { decision: 'decline' });
  expect(await bench.stripe.setupIntents.retrieve(id)).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
    last_setup_error: { code: 'setup_intent_authentication_failure' },
  });
  await submit(bench, `/setup/${id}`, { card: 'pm_card_visa' });
  expect(await bench.stripe.setupIntents.retrieve(id)).toMatchObject({
    status: 'succeeded',
    last_setup_error: null,
  });
  await bench.emulator.events.settled();
  expect(bench.webhook.types()).toContain('setup_intent.setup_failed');
});

test('a declined card answers 402 with the setup', async () => {
  const bench = await freshEmulator();
  const { id } = await bench.stripe.setupIntents.create({ customer: await customerOf(bench) });
  const refusal = await refusalOf(
    bench.stripe.setupIntents.confirm(id, { payment_method: 'pm_card_chargeDeclined' }),
  );
  expect(refusal).toMatchObject({
    statusCode: 402,
    code: 'card_declined',
    setup_intent: { id, status: 'requires_payment_method' },
  });
});

test('a setup is cancelled while it is open, and not afterwards', async () => {
  const bench = await freshEmulator();
  const { stripe } = bench;
  const { id } = await stripe.setupIntents.create({ customer: await customerOf(bench) });
  const canceled = await stripe.setupIntents.cancel(id, { cancellation_reason: 'abandoned' });
  expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
  for (const call of [
    stripe.setupIntents.cancel(id),
    stripe.setupIntents.confirm(id, { payment_method: 'pm_card_visa' }),
  ]) {
    expect(await refusalOf(call)).toMatchObject({ code: 'setup_intent_unexpected_state' });
  }
  expect(await (await fetch(`${bench.emulator.url}/setup/${id}`)).text()).toContain('Nothing saved');
});

test('setups are listed by customer', async () => {
  const bench = await freshEmulator();
  const customer = await customerOf(bench);
  const { id } = await bench.stripe.setupIntents.create({ customer });
  await bench.stripe.setupIntents.create({});
  expect((await bench.stripe.setupIntents.list({ customer })).data.map((setup) => setup.id)).toEqual([id]);
  expect(await refusalOf(bench.stripe.setupIntents.retrieve('seti_none'))).toMatchObject({ statusCode: 404 });
});

test('the shopper of a test keeps a card without a browser', async () => {
  const bench = await freshEmulator();
  const customer = await customerOf(bench);
  const { id } = await bench.stripe.setupIntents.create({ customer });
  expect(bench.emulator.shopper.setUp(id, 'pm_card_chargeDeclined').status).toBe('requires_payment_method');
  expect(bench.emulator.shopper.setUp(id, 'pm_card_threeDSecure2Required').status).toBe('succeeded');
  expect((await bench.stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
});

async function submit({ emulator }: TestBench, path: string, fields: Record<string, string>) {
  const body = new URLSearchParams(fields);
  const response = await fetch(`${emulator.url}${path}`, { method: 'POST', body, redirect: 'manual' });
  expect(response.status).toBe(303);
  return response.headers.get('Location') ?? '';
}
