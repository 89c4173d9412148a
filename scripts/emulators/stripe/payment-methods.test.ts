import { expect, test } from 'vitest';
import { BY_CARD, freshEmulator, refusalOf } from './emulator-under-test.ts';

const asked3ds = { card: { request_three_d_secure: 'any' as const } };

test('a test card is a fresh payment method each time it is named', async () => {
  const { stripe } = await freshEmulator();
  const [first, second] = [
    await stripe.paymentMethods.retrieve('pm_card_amex'),
    await stripe.paymentMethods.retrieve('pm_card_amex'),
  ];
  expect(first).toMatchObject({ type: 'card', card: { brand: 'amex', last4: '0005' } });
  expect(second.id).not.toBe(first.id);
  expect(second.card?.fingerprint).toBe(first.card?.fingerprint);
});

test('the details of a card are kept and changed', async () => {
  const { stripe } = await freshEmulator();
  const address = { line1: '1 Main St', city: 'Berlin', country: 'DE' };
  const { id } = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: '5555555555554444', exp_month: 3, exp_year: 2031, cvc: '123' },
    billing_details: { name: 'Ada', address },
  });
  const updated = await stripe.paymentMethods.update(id, {
    billing_details: { email: 'ada@example.com', address: '' },
    allow_redisplay: 'always',
    metadata: { since: '2026' },
  });
  expect(updated).toMatchObject({
    allow_redisplay: 'always',
    billing_details: { name: 'Ada', email: 'ada@example.com', address: { line1: null } },
    card: { exp_month: 3, exp_year: 2031 },
    metadata: { since: '2026' },
  });
});

test('only cards are simulated', async () => {
  const { stripe } = await freshEmulator();
  const refusal = await refusalOf(
    stripe.paymentMethods.create({ type: 'sepa_debit', sepa_debit: { iban: 'DE1' } }),
  );
  expect(refusal.statusCode).toBe(400);
});

test('a card belongs to one customer, and is found only there', async () => {
  const { stripe } = await freshEmulator();
  const [ada, bob] = [await stripe.customers.create({}), await stripe.customers.create({})];
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer: ada.id });
  expect(await stripe.customers.retrievePaymentMethod(ada.id, id)).toMatchObject({ id, customer: ada.id });
  expect(await refusalOf(stripe.customers.retrievePaymentMethod(bob.id, id))).toMatchObject({
    statusCode: 404,
  });
  expect(await refusalOf(stripe.paymentMethods.attach(id, { customer: bob.id }))).toMatchObject({
    statusCode: 400,
  });
  expect((await stripe.paymentMethods.list({ customer: bob.id })).data).toEqual([]);
  expect((await stripe.paymentMethods.list({ customer: ada.id, type: 'card' })).data).toHaveLength(1);
  const payment = { ...BY_CARD, customer: bob.id, payment_method: id };
  expect(await refusalOf(stripe.paymentIntents.create(payment))).toMatchObject({ param: 'payment_method' });
});

test('a card that is attached to nobody cannot be detached', async () => {
  const { stripe } = await freshEmulator();
  const { id } = await stripe.paymentMethods.retrieve('pm_card_visa');
  expect(await refusalOf(stripe.paymentMethods.detach(id))).toMatchObject({ statusCode: 400 });
});

test('a customer made with a declined card is not made at all', async () => {
  const { stripe, emulator } = await freshEmulator();
  const refusal = await refusalOf(
    stripe.customers.create({ payment_method: 'pm_card_chargeDeclinedExpiredCard' }),
  );
  expect(refusal).toMatchObject({ statusCode: 402, code: 'expired_card' });
  expect(emulator.ledger().customers).toEqual([]);
});

test('any card asks for 3-D Secure when the shop wants it', async () => {
  const { stripe } = await freshEmulator();
  const intent = await stripe.paymentIntents.create({
    ...BY_CARD,
    confirm: true,
    payment_method: 'pm_card_visa',
    payment_method_options: asked3ds,
  });
  expect(intent).toMatchObject({ status: 'requires_action', payment_method_options: asked3ds });
});

test('another amount takes back a confirmation that waits for the shopper', async () => {
  const { stripe } = await freshEmulator();
  const params = {
    ...BY_CARD,
    confirm: true,
    payment_method: 'pm_card_visa',
    payment_method_options: asked3ds,
  };
  const { id } = await stripe.paymentIntents.create(params);
  const updated = await stripe.paymentIntents.update(id, { amount: 7000 });
  expect(updated).toMatchObject({ status: 'requires_confirmation', next_action: null, amount: 7000 });
});

test('a card that authenticates while present pays while the shopper is away', async () => {
  const { stripe } = await freshEmulator();
  const payment_method = 'pm_card_authenticationRequiredSetupForOffSession';
  const params = { ...BY_CARD, confirm: true, payment_method };
  expect((await stripe.paymentIntents.create(params)).status).toBe('requires_action');
  expect((await stripe.paymentIntents.create({ ...params, off_session: true })).status).toBe('succeeded');
});

test('a card set up with 3-D Secure pays without it from then on', async () => {
  const { stripe, emulator } = await freshEmulator();
  const { id: customer } = await stripe.customers.create({});
  const params = { ...BY_CARD, customer, confirm: true };
  const first = await stripe.paymentIntents.create({
    ...params,
    payment_method: 'pm_card_authenticationRequiredOnSetup',
    setup_future_usage: 'off_session',
  });
  expect(first.status).toBe('requires_action');
  const body = new URLSearchParams({ decision: 'approve' });
  await fetch(`${emulator.url}/pay/${first.id}`, { method: 'POST', body, redirect: 'manual' });
  const payment_method = String(first.payment_method);
  expect((await stripe.paymentIntents.create({ ...params, payment_method, off_session: true })).status).toBe(
    'succeeded',
  );
});
