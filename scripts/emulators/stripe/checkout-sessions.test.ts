import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import { freshEmulator, refusalOf } from './emulator-under-test.ts';
import type { TestBench } from './emulator-under-test.ts';

const PAID = 'https://shop.example/thanks?session={CHECKOUT_SESSION_ID}';
const CART = 'https://shop.example/cart';

function order(more: Partial<Stripe.Checkout.SessionCreateParams> = {}): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    ui_mode: 'hosted_page',
    line_items: [
      {
        price_data: { currency: 'eur', unit_amount: 5000, product_data: { name: 'Order K-1001' } },
        quantity: 1,
      },
    ],
    success_url: PAID,
    cancel_url: CART,
    metadata: { payment: 'p1' },
    ...more,
  };
}

async function submit({ emulator }: TestBench, path: string, fields: Record<string, string>) {
  const body = new URLSearchParams(fields);
  const response = await fetch(`${emulator.url}${path}`, { method: 'POST', body, redirect: 'manual' });
  expect(response.status).toBe(303);
  return response.headers.get('Location') ?? '';
}

test('a shopper pays on the page and is sent to the address of success', async () => {
  const bench = await freshEmulator();
  const { stripe, emulator, webhook } = bench;
  const session = await stripe.checkout.sessions.create(
    order({ payment_intent_data: { metadata: { payment: 'p1' }, description: 'Order K-1001' } }),
  );
  expect(session).toMatchObject({
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    amount_total: 5000,
    url: `${emulator.url}/c/${session.id}`,
  });
  const page = await (await fetch(session.url ?? '')).text();
  expect(page).toContain('€50.00');
  expect(page).toContain('Order K-1001');
  expect(page).toContain(`href="${CART}"`);
  expect(page).toContain('SEPA debit');
  expect(await submit(bench, `/c/${session.id}`, { card: 'pm_card_visa' })).toBe(
    `https://shop.example/thanks?session=${session.id}`,
  );
  const paid = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['payment_intent.latest_charge'],
  });
  expect(paid).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    url: null,
    payment_intent: {
      status: 'succeeded',
      amount_received: 5000,
      metadata: { payment: 'p1' },
      latest_charge: { paid: true },
    },
  });
  await emulator.events.settled();
  expect(webhook.types()).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.completed',
  ]);
});

test('a declined card stays on the page, which takes another for the same intent', async () => {
  const bench = await freshEmulator();
  const { id } = await bench.stripe.checkout.sessions.create(order());
  expect(await submit(bench, `/c/${id}`, { card: 'pm_card_chargeDeclined' })).toBe(`/c/${id}`);
  expect(await (await fetch(`${bench.emulator.url}/c/${id}`)).text()).toContain('Your card was declined.');
  const open = await bench.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
  expect(open).toMatchObject({ status: 'open', payment_intent: { status: 'requires_payment_method' } });
  await submit(bench, `/c/${id}`, { card: 'pm_card_visa' });
  expect(bench.emulator.ledger().payment_intents).toMatchObject([{ status: 'succeeded' }]);
});

test('3-D Secure is asked and answered on the page', async () => {
  const bench = await freshEmulator();
  const { id } = await bench.stripe.checkout.sessions.create(order());
  expect(await submit(bench, `/c/${id}`, { card: 'pm_card_threeDSecure2Required' })).toBe(`/c/${id}`);
  expect(await (await fetch(`${bench.emulator.url}/c/${id}`)).text()).toContain('Approve payment');
  expect(await submit(bench, `/c/${id}`, { decision: 'approve' })).toContain('shop.example/thanks');
});

test('an authorised amount completes the session, which is paid once it is captured', async () => {
  const bench = await freshEmulator();
  const { stripe, emulator } = bench;
  const { id } = await stripe.checkout.sessions.create(
    order({ payment_intent_data: { capture_method: 'manual' } }),
  );
  expect(await (await fetch(`${emulator.url}/c/${id}`)).text()).not.toContain('SEPA');
  const { id: intent, status } = emulator.shopper.pay(id);
  expect(status).toBe('requires_capture');
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
    status: 'complete',
    payment_status: 'unpaid',
  });
  await stripe.paymentIntents.capture(intent, { amount_to_capture: 2000 });
  expect((await stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid');
});

test.each([
  ['succeeded', 'paid', 'checkout.session.async_payment_succeeded'],
  ['failed', 'unpaid', 'checkout.session.async_payment_failed'],
] as const)(
  'a bank debit completes the session unpaid, and has %s later',
  async (outcome, payment_status, type) => {
    const bench = await freshEmulator();
    const { stripe, emulator, webhook } = bench;
    const { id } = await stripe.checkout.sessions.create(order());
    const { id: intent, status } = emulator.shopper.pay(id, 'pm_success_de');
    expect(status).toBe('processing');
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
    });
    emulator.dashboard.settle(intent, outcome);
    expect((await stripe.checkout.sessions.retrieve(id)).payment_status).toBe(payment_status);
    await emulator.events.settled();
    expect(webhook.types().at(-1)).toBe(type);
  },
);

test('an open session is expired by the shop, along with what the shopper began', async () => {
  const bench = await freshEmulator();
  const { stripe, emulator, webhook } = bench;
  const { id } = await stripe.checkout.sessions.create(order());
  await submit(bench, `/c/${id}`, { card: 'pm_card_chargeDeclined' });
  expect(await stripe.checkout.sessions.expire(id)).toMatchObject({ status: 'expired', url: null });
  expect(emulator.ledger().payment_intents).toMatchObject([{ status: 'canceled' }]);
  expect(await refusalOf(stripe.checkout.sessions.expire(id))).toMatchObject({ statusCode: 400 });
  await submit(bench, `/c/${id}`, { card: 'pm_card_visa' });
  expect(await (await fetch(`${emulator.url}/c/${id}`)).text()).toContain('This page has expired');
  expect(emulator.ledger().charges.filter((charge) => charge.paid)).toEqual([]);
  await emulator.events.settled();
  expect(webhook.types()).toContain('checkout.session.expired');
});

test('its time runs out by the dashboard', async () => {
  const { stripe, emulator } = await freshEmulator();
  const { id } = await stripe.checkout.sessions.create(order());
  expect(emulator.dashboard.expireSession(id).status).toBe('expired');
  expect(() => emulator.shopper.pay(id)).toThrow('expired');
});

test('the intent of an open session can be cancelled by ending the session only', async () => {
  const bench = await freshEmulator();
  const { stripe } = bench;
  const { id } = await stripe.checkout.sessions.create(order());
  await submit(bench, `/c/${id}`, { card: 'pm_card_chargeDeclined' });
  const { payment_intent } = await stripe.checkout.sessions.retrieve(id);
  expect(await refusalOf(stripe.paymentIntents.cancel(String(payment_intent)))).toMatchObject({
    code: 'payment_intent_unexpected_state',
  });
});

test('a card is kept with the customer of a session', async () => {
  const { stripe, emulator } = await freshEmulator();
  const { id: customer } = await stripe.customers.create({ email: 'ada@example.com' });
  const { id } = await stripe.checkout.sessions.create(
    order({ customer, payment_intent_data: { setup_future_usage: 'off_session' } }),
  );
  const paid = emulator.shopper.pay(id);
  expect((await stripe.customers.listPaymentMethods(customer)).data).toMatchObject([
    { id: paid.payment_method },
  ]);
});

test('sessions are listed by their intent and by their status', async () => {
  const { stripe, emulator } = await freshEmulator();
  const { id } = await stripe.checkout.sessions.create(order());
  await stripe.checkout.sessions.create(order());
  const { id: payment_intent } = emulator.shopper.pay(id);
  for (const filter of [{ payment_intent }, { status: 'complete' as const }]) {
    expect((await stripe.checkout.sessions.list(filter)).data.map((session) => session.id)).toEqual([id]);
  }
});

test.each<[string, Partial<Stripe.Checkout.SessionCreateParams>]>([
  ['success_url', { success_url: undefined }],
  ['cancel_url', { cancel_url: 'the cart' }],
  ['customer', { customer: 'cus_1', customer_email: 'ada@example.com' }],
  ['mode', { mode: 'subscription' }],
  ['ui_mode', { ui_mode: 'elements' }],
  ['expires_at', { expires_at: 1 }],
  ['payment_intent_data[transfer_group]', { payment_intent_data: { transfer_group: 'g' } }],
  [
    'amount',
    {
      line_items: [
        { price_data: { currency: 'eur', unit_amount: 1, product_data: { name: 'A' } }, quantity: 1 },
      ],
    },
  ],
])('what is wrong with %s is named', async (param, change) => {
  const { stripe, emulator } = await freshEmulator();
  expect(await refusalOf(stripe.checkout.sessions.create(order(change)))).toMatchObject({
    statusCode: 400,
    param,
  });
  expect(emulator.ledger().sessions).toEqual([]);
});
