import { describe, expect, test } from 'vitest';
import {
  aKeptCard,
  aPayment,
  freshProvider,
} from '../../../../scripts/emulators/stripe/provider-under-test.ts';

const HOUR_MS = 3_600_000;

describe('a form within the storefront', () => {
  test('gets an intent that names our payment, and is paid', async () => {
    const bench = await freshProvider();
    const input = aPayment();
    const started = await bench.provider.start(input);
    expect(started).toMatchObject({
      provider_payment: expect.stringMatching(/^pi_/),
      payment: input.payment,
      status: 'pending',
      amount_minor: 5000,
      currency: 'EUR',
      captured_minor: 0,
      saved_method: null,
      client_data: {
        client_secret: expect.stringMatching(/^pi_.+_secret_/),
        publishable_key: 'pk_test_provider',
        redirect_url: null,
        emulator_page: `${bench.emulator.url}/pay/${started.provider_payment}`,
      },
      error_code: null,
    });
    expect(bench.emulator.ledger().payment_intents).toMatchObject([
      {
        automatic_payment_methods: { enabled: true, allow_redirects: 'always' },
        description: 'Order K-1001',
        receipt_email: 'ada@example.com',
        metadata: { payment: input.payment, attempt: '1', order: 'the-order', order_number: 'K-1001' },
      },
    ]);
    bench.emulator.shopper.pay(started.provider_payment);
    expect(await bench.provider.fetch(started.provider_payment)).toMatchObject({
      status: 'paid',
      captured_minor: 5000,
      refunded_minor: 0,
      refunds: [],
      disputes: [],
    });
  });

  test('offers what the storefront needs to know beforehand', async () => {
    const { provider } = await freshProvider();
    expect(provider).toMatchObject({
      name: 'stripe',
      flows: ['element', 'hosted'],
      client_config: { publishable_key: 'pk_test_provider' },
      proceed: null,
    });
  });

  test('a declined card is a failed payment that the shopper can still pay', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start();
    emulator.shopper.pay(provider_payment, 'pm_card_visa_chargeDeclinedInsufficientFunds');
    expect(await provider.fetch(provider_payment)).toMatchObject({
      status: 'failed',
      error_code: 'insufficient_funds',
      error_message: 'Your card has insufficient funds.',
    });
    emulator.shopper.pay(provider_payment);
    expect(await provider.fetch(provider_payment)).toMatchObject({ status: 'paid', error_code: null });
  });

  test('a late method is under way until its bank has decided', async () => {
    const { provider, emulator, start } = await freshProvider();
    const [good, bad] = [await start(), await start()];
    for (const { provider_payment } of [good, bad]) {
      emulator.shopper.pay(provider_payment, 'pm_success_de');
      expect(await provider.fetch(provider_payment)).toMatchObject({
        status: 'processing',
        captured_minor: 0,
      });
      expect(await provider.cancel(provider_payment)).toBe('cannot_cancel');
    }
    emulator.dashboard.settle(good.provider_payment, 'succeeded');
    emulator.dashboard.settle(bad.provider_payment, 'failed');
    expect((await provider.fetch(good.provider_payment))?.status).toBe('paid');
    expect((await provider.fetch(bad.provider_payment))?.status).toBe('failed');
  });

  test('an amount in a currency Stripe counts otherwise comes back as it went', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start({ amount_minor: 1500, currency: 'ISK' });
    expect(emulator.shopper.pay(provider_payment).amount_received).toBe(150_000);
    const refund = { provider_payment, refund: 'r1', amount_minor: 500, currency: 'ISK' };
    await provider.refund(refund);
    expect(await provider.fetch(provider_payment)).toMatchObject({
      amount_minor: 1500,
      captured_minor: 1500,
      refunded_minor: 500,
      currency: 'ISK',
    });
  });

  test('what Stripe cannot charge is refused before it is asked', async () => {
    const { emulator, start } = await freshProvider();
    const asked = start({ amount_minor: 1001, currency: 'KWD' });
    await expect(asked).rejects.toMatchObject({ is_definite: true, code: 'amount_not_chargeable' });
    expect(emulator.ledger().payment_intents).toEqual([]);
  });

  test('another amount or currency than was asked for shows in the answer', async () => {
    const { emulator, start } = await freshProvider();
    emulator.faults.add({ kind: 'wrong_amount', by_minor: 100, times: 1 });
    emulator.faults.add({ kind: 'wrong_currency', currency: 'USD', times: 1 });
    expect(await start()).toMatchObject({ amount_minor: 5100, currency: 'USD' });
  });

  test.each([
    ['Luma Café', 'Luma Cafe'],
    ["O'Hara <Sons>", 'OHara Sons'],
    ['LUMA COFFEE ROASTERS', 'LUMA COFFE'],
    ['1001', null],
    ['Лума', null],
    ['', null],
  ])('the statement text %j is sent as %j', async (statement_descriptor, suffix) => {
    const { emulator, start } = await freshProvider();
    await start({ statement_descriptor });
    expect(emulator.ledger().payment_intents[0]).toMatchObject({
      statement_descriptor: null,
      statement_descriptor_suffix: suffix,
    });
  });
});

describe('money that is captured later', () => {
  test('is authorised, then taken in part, and the rest given up', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment, payment } = await start({ capture: 'later' });
    emulator.shopper.pay(provider_payment);
    const held = await provider.fetch(provider_payment);
    expect(held).toMatchObject({ status: 'authorised', captured_minor: 0 });
    expect(held?.capture_before?.getTime()).toBeGreaterThan(Date.now() + 6 * 24 * HOUR_MS);
    const move = {
      provider_payment,
      payment: payment ?? '',
      attempt: 1,
      amount_minor: 3000,
      currency: 'EUR',
    };
    const taken = { status: 'paid', amount_minor: 5000, captured_minor: 3000, capture_before: null };
    expect(await provider.capture(move)).toMatchObject(taken);
    expect(await provider.capture(move)).toMatchObject(taken);
    emulator.forgetKeys();
    expect(await provider.capture(move)).toMatchObject(taken);
    await expect(provider.capture({ ...move, amount_minor: 2000 })).rejects.toMatchObject({
      is_definite: true,
      code: 'payment_intent_unexpected_state',
    });
  });

  test('is given up by cancelling, and nothing counts as paid back', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start({ capture: 'later' });
    emulator.shopper.pay(provider_payment);
    expect(await provider.cancel(provider_payment)).toBe('cancelled');
    expect(await provider.fetch(provider_payment)).toMatchObject({
      status: 'cancelled',
      captured_minor: 0,
      refunded_minor: 0,
    });
  });

  test('expires when nobody takes it', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment, payment } = await start({ capture: 'later' });
    emulator.shopper.pay(provider_payment);
    emulator.dashboard.expireAuthorisation(provider_payment);
    expect((await provider.fetch(provider_payment))?.status).toBe('cancelled');
    const move = {
      provider_payment,
      payment: payment ?? '',
      attempt: 1,
      amount_minor: 5000,
      currency: 'EUR',
    };
    await expect(provider.capture(move)).rejects.toMatchObject({ is_definite: true });
  });
});

describe('cancelling', () => {
  test('may be repeated, and finds what was paid meanwhile', async () => {
    const { provider, emulator, start } = await freshProvider();
    const [open, paid] = [await start(), await start()];
    emulator.shopper.pay(paid.provider_payment);
    expect(await provider.cancel(open.provider_payment)).toBe('cancelled');
    expect(await provider.cancel(open.provider_payment)).toBe('cancelled');
    expect(await provider.cancel(paid.provider_payment)).toBe('paid');
  });

  test('of what Stripe does not know is refused for good', async () => {
    const { provider } = await freshProvider();
    await expect(provider.cancel('pi_none')).rejects.toMatchObject({
      is_definite: true,
      code: 'resource_missing',
    });
    expect(await provider.fetch('pi_none')).toBeNull();
  });
});

describe('refunds', () => {
  test('are made once, however often and late they are repeated', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start();
    emulator.shopper.pay(provider_payment);
    const refund = { provider_payment, refund: 'r1', amount_minor: 2000, currency: 'EUR' };
    const made = await provider.refund(refund);
    expect(made.status).toBe('succeeded');
    expect(await provider.refund(refund)).toEqual(made);
    emulator.forgetKeys();
    expect(await provider.refund(refund)).toEqual(made);
    expect(emulator.ledger().refunds).toMatchObject([{ amount: 2000, metadata: { refund: 'r1' } }]);
  });

  test('of an answer that was lost are the same refund', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start();
    emulator.shopper.pay(provider_payment);
    emulator.faults.add({ kind: 'lost_answer', route: 'POST /v1/refunds', times: 2 });
    const refund = { provider_payment, refund: 'r1', amount_minor: 2000, currency: 'EUR' };
    await expect(provider.refund(refund)).rejects.toMatchObject({ is_definite: false, code: 'unreachable' });
    emulator.forgetKeys();
    await provider.refund(refund);
    expect(emulator.ledger().refunds).toHaveLength(1);
  });

  test('are all named, ours and the dashboard’s, however many and whatever became of them', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start({ amount_minor: 50_000 });
    emulator.shopper.pay(provider_payment);
    await provider.refund({ provider_payment, refund: 'ours', amount_minor: 1000, currency: 'EUR' });
    for (let n = 0; n < 10; n += 1) emulator.dashboard.refund(provider_payment, 200);
    const { id } = emulator.dashboard.refund(provider_payment, 300, { status: 'pending' });
    const failed = emulator.dashboard.refund(provider_payment, 400);
    emulator.dashboard.failRefund(failed.id);
    const truth = await provider.fetch(provider_payment);
    expect(truth).toMatchObject({ refunded_minor: 3000, captured_minor: 50_000 });
    expect(truth?.refunds).toHaveLength(13);
    expect(truth?.refunds).toContainEqual(
      expect.objectContaining({ refund: 'ours', amount_minor: 1000, status: 'succeeded' }),
    );
    expect(truth?.refunds).toContainEqual({
      provider_refund: id,
      refund: null,
      amount_minor: 300,
      status: 'pending',
    });
    expect(truth?.refunds).toContainEqual(
      expect.objectContaining({ provider_refund: failed.id, status: 'failed' }),
    );
  });

  test('of money a bank has taken back are refused for good', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start();
    emulator.shopper.pay(provider_payment, 'pm_card_createDispute');
    const refund = { provider_payment, refund: 'r1', amount_minor: 2000, currency: 'EUR' };
    await expect(provider.refund(refund)).rejects.toMatchObject({
      is_definite: true,
      code: 'charge_disputed',
    });
  });
});

describe('disputes', () => {
  test('are named with how they stand', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start();
    emulator.shopper.pay(provider_payment);
    const { dashboard } = emulator;
    const standing = async () => (await provider.fetch(provider_payment))?.disputes[0]?.status;
    const { id } = dashboard.dispute(provider_payment, { amount: 2000, reason: 'product_not_received' });
    const truth = await provider.fetch(provider_payment);
    expect(truth?.disputes).toEqual([
      {
        provider_dispute: id,
        status: 'open',
        reason: 'product_not_received',
        amount_minor: 2000,
        currency: 'EUR',
        evidence_due_at: expect.any(Date),
      },
    ]);
    expect(truth?.disputes[0]?.evidence_due_at?.getTime()).toBeGreaterThan(Date.now());
    dashboard.reviewDispute(id);
    expect(await standing()).toBe('under_review');
    dashboard.closeDispute(id, 'lost');
    expect(await standing()).toBe('lost');
    const inquiry = dashboard.dispute(provider_payment, { amount: 100, is_inquiry: true });
    dashboard.closeDispute(inquiry.id, 'won');
    expect((await provider.fetch(provider_payment))?.disputes.map(({ status }) => status)).toEqual([
      'closed',
      'lost',
    ]);
  });
});

describe('a kept method', () => {
  test('pays at once, while the shopper is away', async () => {
    const bench = await freshProvider();
    const kept = await aKeptCard(bench);
    const paid = await bench.start({ ...kept, off_session: true, save_method: true });
    expect(paid).toMatchObject({ status: 'paid', captured_minor: 5000, saved_method: null });
  });

  test('pays without an address to come back to, and only authorises where that is asked', async () => {
    const bench = await freshProvider();
    const kept = await aKeptCard(bench);
    const held = await bench.start({ ...kept, off_session: true, return_url: null, capture: 'later' });
    expect(held).toMatchObject({ status: 'authorised', capture_before: expect.any(Date) });
  });

  test('that is declined is a failed payment, for every repeat, which another card still pays', async () => {
    const bench = await freshProvider();
    const kept = await aKeptCard(bench, 'pm_card_chargeCustomerFail');
    const input = aPayment({ ...kept, off_session: true });
    const failed = await bench.provider.start(input);
    expect(failed).toMatchObject({ status: 'failed', error_code: 'generic_decline', payment: input.payment });
    expect(await bench.provider.start(input)).toMatchObject({
      status: 'failed',
      provider_payment: failed.provider_payment,
    });
    bench.emulator.shopper.pay(failed.provider_payment);
    expect(await bench.provider.start(input)).toMatchObject({ status: 'paid' });
    expect(bench.emulator.ledger().payment_intents).toHaveLength(1);
  });

  test('whose bank wants to ask an absent shopper fails, and is paid with the same intent once they are back', async () => {
    const bench = await freshProvider();
    const kept = await aKeptCard(bench, 'pm_card_authenticationRequired');
    const failed = await bench.start({ ...kept, off_session: true });
    expect(failed).toMatchObject({ status: 'failed', error_code: 'authentication_required' });
    expect(failed.client_data['client_secret']).toMatch(/_secret_/);
    bench.emulator.shopper.pay(failed.provider_payment, 'pm_card_authenticationRequired');
    expect(await bench.provider.fetch(failed.provider_payment)).toMatchObject({ status: 'paid' });
  });

  test('whose bank asks a shopper who is there sends them to it', async () => {
    const bench = await freshProvider();
    const kept = await aKeptCard(bench, 'pm_card_authenticationRequired');
    const asked = await bench.start(kept);
    expect(asked).toMatchObject({
      status: 'requires_action',
      client_data: { redirect_url: `${bench.emulator.url}/pay/${asked.provider_payment}` },
    });
  });

  test('of another customer is refused for good', async () => {
    const bench = await freshProvider();
    const [ada, bob] = [await aKeptCard(bench), await aKeptCard(bench)];
    const mixed = { provider_customer: bob.provider_customer, provider_method: ada.provider_method };
    await expect(bench.start({ ...mixed, off_session: true })).rejects.toMatchObject({ is_definite: true });
  });

  test('is kept while paying, where the shopper wants it', async () => {
    const bench = await freshProvider();
    const ada = { customer: 'c1', email: 'ada@example.com', name: null };
    const provider_customer = await bench.provider.methods.createCustomer(ada);
    const { provider_payment } = await bench.start({ provider_customer, save_method: true });
    bench.emulator.shopper.pay(provider_payment, 'pm_card_mastercard');
    const truth = await bench.provider.fetch(provider_payment);
    expect(truth?.saved_method).toMatchObject({ brand: 'mastercard', last4: '4444', exp_month: 12 });
    expect(await bench.provider.methods.list(provider_customer)).toEqual([truth?.saved_method]);
  });
});
