import { expect, test } from 'vitest';
import { askAdmin } from '../webhook-under-test.ts';
import { BY_CARD, freshEmulator, refusalOf } from './emulator-under-test.ts';
import type { TestBench } from './emulator-under-test.ts';

async function paid({ stripe }: TestBench, payment_method = 'pm_card_visa'): Promise<string> {
  return (await stripe.paymentIntents.create({ ...BY_CARD, confirm: true, payment_method })).id;
}

test.each(['pm_usBankAccount_success', 'pm_usBankAccount_processing'])(
  '%s waits for its bank, and nothing can be refunded or cancelled until it is settled',
  async (payment_method) => {
    const bench = await freshEmulator();
    const { stripe, emulator, webhook } = bench;
    const params = { ...BY_CARD, confirm: true, payment_method };
    const intent = await stripe.paymentIntents.create({ ...params, expand: ['latest_charge'] });
    expect(intent).toMatchObject({
      status: 'processing',
      amount_received: 0,
      latest_charge: { status: 'pending', paid: false, payment_method_details: { type: 'us_bank_account' } },
    });
    expect((await refusalOf(stripe.paymentIntents.cancel(intent.id))).statusCode).toBe(400);
    expect((await refusalOf(stripe.refunds.create({ payment_intent: intent.id }))).statusCode).toBe(400);
    expect(emulator.dashboard.settle(intent.id, 'succeeded')).toMatchObject({
      status: 'succeeded',
      amount_received: 5000,
    });
    expect(() => emulator.dashboard.settle(intent.id, 'failed')).toThrow('does not wait');
    expect((await stripe.refunds.create({ payment_intent: intent.id })).status).toBe('succeeded');
    await emulator.events.settled();
    expect(webhook.types().slice(0, 5)).toEqual([
      'payment_intent.created',
      'charge.pending',
      'payment_intent.processing',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  },
);

test('a debit that fails leaves the payment open, with the reason', async () => {
  const bench = await freshEmulator();
  const intent = await paid(bench, 'pm_usBankAccount_accountClosed');
  expect(bench.emulator.dashboard.settle(intent, 'failed')).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { code: 'account_closed' },
  });
  expect(bench.emulator.ledger().charges).toMatchObject([
    { status: 'failed', failure_code: 'account_closed' },
  ]);
  expect(bench.emulator.shopper.pay(intent).status).toBe('succeeded');
});

test('an account pays in its own currency only, and never later', async () => {
  const { stripe } = await freshEmulator();
  const params = { ...BY_CARD, confirm: true, payment_method: 'pm_success_de' };
  expect(await refusalOf(stripe.paymentIntents.create(params))).toMatchObject({ param: 'payment_method' });
  const held = { ...params, currency: 'eur', capture_method: 'manual' as const };
  expect(await refusalOf(stripe.paymentIntents.create(held))).toMatchObject({ param: 'payment_method' });
});

test('money is refunded in the dashboard, in part, and arrives later', async () => {
  const bench = await freshEmulator();
  const intent = await paid(bench);
  const { dashboard } = bench.emulator;
  const { id } = dashboard.refund(intent, 2000, { status: 'pending' });
  expect(await bench.stripe.refunds.retrieve(id)).toMatchObject({ status: 'pending', metadata: {} });
  expect(dashboard.settleRefund(id).status).toBe('succeeded');
  expect(dashboard.refund(intent).amount).toBe(3000);
  expect(() => dashboard.refund(intent)).toThrow('already been refunded');
});

test('a refund fails even after it succeeded, and the money can be given back again', async () => {
  const bench = await freshEmulator();
  const { stripe, emulator, webhook } = bench;
  const intent = await paid(bench);
  const { id } = await stripe.refunds.create({ payment_intent: intent });
  expect(emulator.dashboard.failRefund(id)).toMatchObject({
    status: 'failed',
    failure_reason: 'expired_or_canceled_card',
  });
  expect(emulator.ledger().charges).toMatchObject([{ amount_refunded: 0, refunded: false }]);
  expect(emulator.dashboard.refund(intent, 100, { status: 'failed' }).status).toBe('failed');
  expect(emulator.dashboard.refund(intent).amount).toBe(5000);
  await emulator.events.settled();
  expect(webhook.types().filter((type) => type === 'refund.failed')).toHaveLength(2);
});

test('the refunds of some cards take their time', async () => {
  const bench = await freshEmulator();
  const payment_intent = await paid(bench, 'pm_card_pendingRefund');
  const { id, status } = await bench.stripe.refunds.create({ payment_intent });
  expect(status).toBe('pending');
  expect(bench.emulator.dashboard.settleRefund(id).status).toBe('succeeded');
});

test('an authorisation nobody captured expires', async () => {
  const bench = await freshEmulator();
  const { stripe, emulator, webhook } = bench;
  const { id } = await stripe.paymentIntents.create({
    ...BY_CARD,
    capture_method: 'manual',
    confirm: true,
    payment_method: 'pm_card_visa',
  });
  expect(emulator.dashboard.expireAuthorisation(id)).toMatchObject({
    status: 'canceled',
    cancellation_reason: 'automatic',
    amount_capturable: 0,
  });
  expect(await refusalOf(stripe.paymentIntents.capture(id))).toMatchObject({ statusCode: 400 });
  expect(() => emulator.dashboard.expireAuthorisation(id)).toThrow('not authorised');
  await emulator.events.settled();
  expect(webhook.types().slice(-3)).toEqual(['charge.expired', 'charge.refunded', 'payment_intent.canceled']);
});

test('the shopper of a test pays, is declined, and passes 3-D Secure', async () => {
  const { stripe, emulator } = await freshEmulator();
  const { id } = await stripe.paymentIntents.create(BY_CARD);
  expect(emulator.shopper.pay(id, 'pm_card_chargeDeclined').status).toBe('requires_payment_method');
  expect(emulator.shopper.pay(id, 'pm_card_threeDSecure2Required').status).toBe('succeeded');
  expect(() => emulator.shopper.pay(id)).toThrow('cannot be paid');
  const begun = await stripe.paymentIntents.create({
    ...BY_CARD,
    confirm: true,
    payment_method: 'pm_card_authenticationRequired',
  });
  expect(emulator.shopper.pay(begun.id).status).toBe('succeeded');
});

test('an event of the dashboard is held like any other', async () => {
  const bench = await freshEmulator();
  const intent = await paid(bench);
  await bench.emulator.events.settled();
  bench.emulator.faults.add({ kind: 'hold_events', route: 'POST /_emulator/dashboard/refund' });
  bench.emulator.dashboard.refund(intent);
  await bench.emulator.events.settled();
  expect(bench.webhook.types()).not.toContain('refund.created');
  await bench.emulator.events.release();
  expect(bench.webhook.types()).toContain('refund.created');
});

test('the same is done over HTTP', async () => {
  const bench = await freshEmulator();
  const post = (path: string, body: object) => askAdmin(bench.emulator, 'POST', path, body);
  const { id } = await bench.stripe.paymentIntents.create(BY_CARD);
  expect(await post('shopper/pay', { id })).toMatchObject({ status: 200, body: { status: 'succeeded' } });
  expect(await post('shopper/pay', { id })).toMatchObject({ status: 400 });
  const refunded = await post('dashboard/refund', { intent: id, amount_minor: 100 });
  expect(refunded.body).toMatchObject({ amount: 100, status: 'succeeded' });
  expect(await post('dashboard/failRefund', { refund: refunded.body['id'] })).toMatchObject({
    body: { status: 'failed' },
  });
  const disputed = await post('dashboard/dispute', { intent: id, amount: 500 });
  expect(disputed.body).toMatchObject({ object: 'dispute', amount: 500 });
  const closing = { dispute: disputed.body['id'], outcome: 'lost' };
  expect(await post('dashboard/closeDispute', closing)).toMatchObject({ body: { status: 'lost' } });
  expect(await post('dashboard/closeDispute', { outcome: 'drawn' })).toMatchObject({ status: 400 });
  expect(await post('dashboard/explode', {})).toMatchObject({ status: 404 });
});

test('keys are forgotten on demand, as after a day', async () => {
  const { stripe, emulator } = await freshEmulator();
  const options = { idempotencyKey: 'payment-1:1' };
  const first = await stripe.paymentIntents.create(BY_CARD, options);
  emulator.forgetKeys();
  expect((await stripe.paymentIntents.create(BY_CARD, options)).id).not.toBe(first.id);
  await fetch(`${emulator.url}/_emulator/keys`, { method: 'DELETE' });
  expect(emulator.ledger().payment_intents).toHaveLength(2);
  await stripe.paymentIntents.create(BY_CARD, options);
  expect(emulator.ledger().payment_intents).toHaveLength(3);
});
