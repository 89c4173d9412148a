import { expect, test } from 'vitest';
import { freshEmulator, refusalOf } from './emulator-under-test.ts';

const SHOP = 'https://shop.example/thanks';
const fifty = { amount: 5000, currency: 'usd' };
const byCard = { ...fifty, automatic_payment_methods: { enabled: true, allow_redirects: 'never' } } as const;

test('a good card pays and the charge holds the whole amount', async () => {
  const { stripe, webhook, emulator } = await freshEmulator();
  const created = await stripe.paymentIntents.create({ ...byCard, metadata: { order: 'K-1001' } });
  expect(created).toMatchObject({ status: 'requires_payment_method', metadata: { order: 'K-1001' } });
  const paid = await stripe.paymentIntents.confirm(created.id, { payment_method: 'pm_card_visa' });
  expect(paid).toMatchObject({ status: 'succeeded', amount_received: 5000, last_payment_error: null });
  const charge = await stripe.charges.retrieve(String(paid.latest_charge));
  expect(charge).toMatchObject({
    amount_captured: 5000,
    captured: true,
    paid: true,
    payment_intent: paid.id,
  });
  await emulator.events.settled();
  expect(webhook.types()).toEqual(['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded']);
});

test('create with confirm pays in one call', async () => {
  const { stripe } = await freshEmulator();
  const params = { ...byCard, confirm: true, payment_method: 'pm_card_mastercard', off_session: true };
  expect(await stripe.paymentIntents.create(params)).toMatchObject({ status: 'succeeded' });
});

test('a declined card answers 402 with the intent, which takes another card', async () => {
  const { stripe, webhook, emulator } = await freshEmulator();
  const { id } = await stripe.paymentIntents.create(byCard);
  const refusal = await refusalOf(
    stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' }),
  );
  expect(refusal).toMatchObject({
    type: 'StripeCardError',
    statusCode: 402,
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    payment_intent: { id, status: 'requires_payment_method', payment_method: null },
  });
  const after = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
  expect(after.last_payment_error).toMatchObject({
    code: 'card_declined',
    decline_code: 'insufficient_funds',
  });
  expect(after.latest_charge).toMatchObject({ status: 'failed', paid: false, amount_captured: 0 });
  const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
  expect(paid.status).toBe('succeeded');
  await emulator.events.settled();
  expect(webhook.types().slice(1, 3)).toEqual(['charge.failed', 'payment_intent.payment_failed']);
});

test.each([
  ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
  ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
  ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
  ['pm_card_chargeCustomerFail', 'card_declined', 'generic_decline'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card', ''],
  ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', ''],
  ['pm_card_chargeDeclinedProcessingError', 'processing_error', ''],
])('%s is declined with %s', async (payment_method, code, decline_code) => {
  const { stripe } = await freshEmulator();
  const refusal = await refusalOf(stripe.paymentIntents.create({ ...byCard, confirm: true, payment_method }));
  expect(refusal).toMatchObject({ statusCode: 402, code, decline_code });
});

test('a card that wants 3-D Secure leads to the page and back to the shop', async () => {
  const { stripe, emulator } = await freshEmulator();
  const intent = await stripe.paymentIntents.create({
    ...fifty,
    confirm: true,
    payment_method: 'pm_card_threeDSecure2Required',
    return_url: SHOP,
  });
  expect(intent).toMatchObject({
    status: 'requires_action',
    next_action: {
      type: 'redirect_to_url',
      redirect_to_url: { url: `${emulator.url}/pay/${intent.id}`, return_url: SHOP },
    },
  });
});

test('without a return address 3-D Secure is left to the browser library', async () => {
  const { stripe } = await freshEmulator();
  const params = { ...byCard, confirm: true, payment_method: 'pm_card_authenticationRequired' };
  const intent = await stripe.paymentIntents.create(params);
  expect(intent).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
});

test('a card that wants 3-D Secure is declined when the shopper is away', async () => {
  const { stripe } = await freshEmulator();
  const params = {
    ...byCard,
    confirm: true,
    payment_method: 'pm_card_authenticationRequired',
    off_session: true,
  };
  const refusal = await refusalOf(stripe.paymentIntents.create(params));
  expect(refusal).toMatchObject({ statusCode: 402, code: 'authentication_required' });
});

test('error_on_requires_action turns 3-D Secure into a refusal without a charge', async () => {
  const { stripe, emulator } = await freshEmulator();
  const payment_method = 'pm_card_authenticationRequired';
  const params = { ...byCard, confirm: true, payment_method, error_on_requires_action: true };
  const refusal = await refusalOf(stripe.paymentIntents.create(params));
  expect(refusal).toMatchObject({ statusCode: 402, code: 'authentication_required' });
  expect(emulator.ledger().charges).toEqual([]);
});

test('a server that confirms without a return address is refused while redirects are possible', async () => {
  const { stripe } = await freshEmulator();
  const { id } = await stripe.paymentIntents.create(fifty);
  const refusal = await refusalOf(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }));
  expect(refusal).toMatchObject({ statusCode: 400, param: 'return_url' });
});

test('manual capture authorises first and captures a part, releasing the rest', async () => {
  const { stripe, webhook, emulator } = await freshEmulator();
  const intent = await stripe.paymentIntents.create({
    ...byCard,
    capture_method: 'manual',
    confirm: true,
    payment_method: 'pm_card_visa',
  });
  expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 5000, amount_received: 0 });
  const tooMuch = await refusalOf(stripe.paymentIntents.capture(intent.id, { amount_to_capture: 5001 }));
  expect(tooMuch).toMatchObject({ statusCode: 400, code: 'amount_too_large' });
  const captured = await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 3000 });
  expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 3000 });
  expect(emulator.ledger().charges).toMatchObject([{ amount: 5000, amount_captured: 3000, captured: true }]);
  const again = await refusalOf(stripe.paymentIntents.capture(intent.id));
  expect(again).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  await emulator.events.settled();
  expect(webhook.types().slice(1)).toEqual([
    'charge.succeeded',
    'payment_intent.amount_capturable_updated',
    'charge.captured',
    'payment_intent.succeeded',
  ]);
});

test('a payment is cancelled while it is open and gives back what was authorised', async () => {
  const { stripe, webhook, emulator } = await freshEmulator();
  const open = await stripe.paymentIntents.create(byCard);
  const reason = { cancellation_reason: 'abandoned' } as const;
  const canceled = await stripe.paymentIntents.cancel(open.id, reason);
  expect(canceled).toMatchObject({ status: 'canceled', ...reason });
  expect(canceled.canceled_at).toBeTypeOf('number');
  const held = await stripe.paymentIntents.create({
    ...byCard,
    capture_method: 'manual',
    confirm: true,
    payment_method: 'pm_card_visa',
  });
  await stripe.paymentIntents.cancel(held.id);
  expect(emulator.ledger().charges).toMatchObject([{ captured: false, refunded: true, amount_captured: 0 }]);
  await emulator.events.settled();
  expect(webhook.types().filter((type) => type === 'payment_intent.canceled')).toHaveLength(2);
});

test('a paid payment can be neither cancelled, confirmed again nor given another amount', async () => {
  const { stripe } = await freshEmulator();
  const { id } = await stripe.paymentIntents.create({
    ...byCard,
    confirm: true,
    payment_method: 'pm_card_visa',
  });
  for (const call of [
    stripe.paymentIntents.cancel(id),
    stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }),
    stripe.paymentIntents.update(id, { amount: 6000 }),
  ]) {
    const refusal = await refusalOf(call);
    expect(refusal).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(refusal.payment_intent).toMatchObject({ id, status: 'succeeded', amount: 5000 });
  }
  const noted = await stripe.paymentIntents.update(id, { metadata: { note: 'late' } });
  expect(noted.metadata).toEqual({ note: 'late' });
});

test('an open payment takes another amount, and metadata key by key', async () => {
  const { stripe } = await freshEmulator();
  const { id } = await stripe.paymentIntents.create({ ...byCard, metadata: { a: '1', b: '2' } });
  const updated = await stripe.paymentIntents.update(id, { amount: 6000, metadata: { a: '', c: '3' } });
  expect(updated).toMatchObject({ amount: 6000, metadata: { b: '2', c: '3' } });
  expect(updated.metadata).not.toHaveProperty('a');
  const cleared = await stripe.paymentIntents.update(id, { metadata: '' });
  expect(cleared.metadata).toEqual({});
});

test('two confirmations at the same time charge once', async () => {
  const { stripe, emulator } = await freshEmulator();
  const { id } = await stripe.paymentIntents.create(byCard);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(emulator.ledger().charges).toHaveLength(1);
});

test('refunds in parts add up to the charge and no further', async () => {
  const { stripe, webhook, emulator } = await freshEmulator();
  const { id } = await stripe.paymentIntents.create({
    ...byCard,
    confirm: true,
    payment_method: 'pm_card_visa',
  });
  const reason = 'requested_by_customer';
  const part = await stripe.refunds.create({
    payment_intent: id,
    amount: 2000,
    reason,
    metadata: { line: '1' },
  });
  expect(part).toMatchObject({ amount: 2000, status: 'succeeded', payment_intent: id, reason });
  expect(emulator.ledger().charges).toMatchObject([{ amount_refunded: 2000, refunded: false }]);
  expect(await refusalOf(stripe.refunds.create({ payment_intent: id, amount: 3001 }))).toMatchObject({
    statusCode: 400,
    param: 'amount',
  });
  await stripe.refunds.create({ charge: String(part.charge) });
  expect(emulator.ledger().charges).toMatchObject([{ amount_refunded: 5000, refunded: true }]);
  const more = await refusalOf(stripe.refunds.create({ payment_intent: id }));
  expect(more).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
  expect((await stripe.refunds.list({ payment_intent: id })).data.map(({ amount }) => amount)).toEqual([
    3000, 2000,
  ]);
  expect((await stripe.refunds.update(part.id, { metadata: { line: '2' } })).metadata).toEqual({ line: '2' });
  await emulator.events.settled();
  expect(webhook.types().slice(3, 6)).toEqual(['refund.created', 'charge.refunded', 'refund.updated']);
});

test('a payment that was never charged has nothing to refund', async () => {
  const { stripe } = await freshEmulator();
  const { id } = await stripe.paymentIntents.create(byCard);
  expect(await refusalOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({ statusCode: 400 });
  expect(await refusalOf(stripe.refunds.create({}))).toMatchObject({ code: 'parameter_missing' });
});

test('a customer keeps a card and pays with it again while away', async () => {
  const { stripe } = await freshEmulator();
  const customer = await stripe.customers.create({ email: 'ada@example.com', name: 'Ada' });
  const first = await stripe.paymentIntents.create({
    ...byCard,
    customer: customer.id,
    confirm: true,
    payment_method: 'pm_card_visa',
    setup_future_usage: 'off_session',
  });
  const cards = await stripe.customers.listPaymentMethods(customer.id);
  expect(cards.data).toMatchObject([{ id: first.payment_method, customer: customer.id }]);
  const again = { ...byCard, confirm: true, off_session: true, payment_method: String(first.payment_method) };
  expect(await refusalOf(stripe.paymentIntents.create(again))).toMatchObject({ param: 'payment_method' });
  const second = await stripe.paymentIntents.create({ ...again, customer: customer.id });
  expect(second.status).toBe('succeeded');
  const detached = await stripe.paymentMethods.detach(again.payment_method);
  expect(detached.customer).toBeNull();
  expect(await refusalOf(stripe.paymentIntents.create(again))).toMatchObject({ statusCode: 400 });
});

test('a card charged once without a customer cannot be used again', async () => {
  const { stripe } = await freshEmulator();
  const card = await stripe.paymentMethods.create({ type: 'card', card: { number: '4242 4242 4242 4242' } });
  const params = { ...byCard, confirm: true, payment_method: card.id };
  expect((await stripe.paymentIntents.create(params)).status).toBe('succeeded');
  const refusal = await refusalOf(stripe.paymentIntents.create(params));
  expect(refusal.message).toContain('may not be used again');
});

test('declined cards cannot be attached, except the one made for it', async () => {
  const { stripe } = await freshEmulator();
  const { id: customer } = await stripe.customers.create({});
  const refusal = await refusalOf(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer }));
  expect(refusal).toMatchObject({ statusCode: 402, code: 'card_declined' });
  const attached = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  expect(attached.customer).toBe(customer);
});

test('a card number that is no test card is declined, a mistyped one is named', async () => {
  const { stripe } = await freshEmulator();
  const create = (number: string) =>
    refusalOf(stripe.paymentMethods.create({ type: 'card', card: { number } }));
  expect(await create('4242424242424241')).toMatchObject({ statusCode: 402, code: 'incorrect_number' });
  expect(await create('4012888888881881')).toMatchObject({ statusCode: 402, code: 'card_declined' });
});

test('a customer is changed, deleted, and answered as deleted from then on', async () => {
  const { stripe, webhook, emulator } = await freshEmulator();
  const { id } = await stripe.customers.create({ email: 'ada@example.com', payment_method: 'pm_card_visa' });
  const address = { line1: '1 Main St', city: 'Berlin', country: 'DE', postal_code: '10115' };
  const updated = await stripe.customers.update(id, {
    name: 'Ada',
    shipping: { name: 'Ada', address },
    email: '',
  });
  expect(updated).toMatchObject({ name: 'Ada', email: null, shipping: { address } });
  const intent = await stripe.paymentIntents.create({ ...byCard, customer: id });
  expect(await stripe.customers.del(id)).toEqual(expect.objectContaining({ id, deleted: true }));
  expect(await stripe.customers.retrieve(id)).toMatchObject({ id, deleted: true });
  const expanded = await stripe.paymentIntents.retrieve(intent.id, { expand: ['customer'] });
  expect(expanded.customer).toMatchObject({ id, deleted: true });
  expect(await refusalOf(stripe.customers.update(id, { name: 'Bob' }))).toMatchObject({ statusCode: 404 });
  await emulator.events.settled();
  const update = webhook.received.find(({ event }) => event.type === 'customer.updated')?.event;
  expect(update?.data.previous_attributes).toEqual({ name: null, email: 'ada@example.com', shipping: null });
  expect(webhook.types()).toContain('payment_method.detached');
  expect(webhook.types()).toContain('customer.deleted');
});

test('an amount below the minimum, above the maximum or of an unknown currency is refused', async () => {
  const { stripe } = await freshEmulator();
  const create = (amount: number, currency: string) =>
    refusalOf(stripe.paymentIntents.create({ amount, currency }));
  expect(await create(49, 'usd')).toMatchObject({ code: 'amount_too_small', param: 'amount' });
  expect(await create(0, 'usd')).toMatchObject({ code: 'parameter_invalid_integer' });
  expect(await create(100_000_000, 'usd')).toMatchObject({ code: 'amount_too_large' });
  expect(await create(1000, 'xyz')).toMatchObject({ param: 'currency' });
  expect(await create(1001, 'kwd')).toMatchObject({ param: 'amount' });
  expect(await stripe.paymentIntents.create({ amount: 500, currency: 'jpy' })).toMatchObject({
    currency: 'jpy',
  });
});

test('with manual confirmation the server confirms again after 3-D Secure, and only then is charged', async () => {
  const { stripe, emulator } = await freshEmulator();
  const { id } = await stripe.paymentIntents.create({
    ...fifty,
    confirm: true,
    confirmation_method: 'manual',
    payment_method: 'pm_card_threeDSecure2Required',
    return_url: SHOP,
  });
  await fetch(`${emulator.url}/pay/${id}`, {
    method: 'POST',
    body: new URLSearchParams({ decision: 'approve' }),
    redirect: 'manual',
  });
  expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_confirmation' });
  expect(emulator.ledger().charges).toEqual([]);
  expect(await stripe.paymentIntents.confirm(id)).toMatchObject({ status: 'succeeded' });
});
