import { describe, expect, test } from 'vitest';
import { aPayment, freshProvider } from '../../../../scripts/emulators/stripe/provider-under-test.ts';

describe('a page of Stripe’s own', () => {
  test('takes the whole amount as one line and leads back', async () => {
    const { provider, emulator } = await freshProvider();
    const input = aPayment({ flow: 'hosted', cancel_url: 'https://shop.example/cart', capture: 'later' });
    const started = await provider.start(input);
    expect(started).toMatchObject({
      provider_payment: expect.stringMatching(/^cs_/),
      payment: input.payment,
      status: 'pending',
      amount_minor: 5000,
      currency: 'EUR',
      captured_minor: 0,
      refunds: [],
      client_data: { redirect_url: `${emulator.url}/c/${started.provider_payment}` },
    });
    expect(emulator.ledger().sessions).toMatchObject([
      {
        client_reference_id: input.payment,
        customer_email: 'ada@example.com',
        success_url: 'https://shop.example/thanks',
        cancel_url: 'https://shop.example/cart',
        adaptive_pricing: { enabled: false },
        metadata: { payment: input.payment, attempt: '1' },
      },
    ]);
    const page = await (await fetch(`${emulator.url}/c/${started.provider_payment}`)).text();
    expect(page).toContain('Order K-1001');
  });

  test('is the same page for every repeat', async () => {
    const { provider, emulator } = await freshProvider();
    const input = aPayment({ flow: 'hosted' });
    const { provider_payment } = await provider.start(input);
    emulator.shopper.pay(provider_payment);
    expect(await provider.start(input)).toMatchObject({ provider_payment, status: 'paid' });
  });

  test('needs an address to come back to', async () => {
    const { start } = await freshProvider();
    await expect(start({ flow: 'hosted', return_url: null })).rejects.toMatchObject({
      is_definite: true,
      code: 'return_url_missing',
    });
  });

  test('stays payable after a declined card, and says why it was declined', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start({ flow: 'hosted' });
    emulator.shopper.pay(provider_payment, 'pm_card_visa_chargeDeclinedInsufficientFunds');
    expect(await provider.fetch(provider_payment)).toMatchObject({
      status: 'pending',
      error_code: 'insufficient_funds',
      client_data: { redirect_url: expect.stringContaining('/c/cs_') },
    });
  });

  test('is paid, given back and disputed by its own id', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment, payment } = await start({ flow: 'hosted' });
    const { id } = emulator.shopper.pay(provider_payment);
    await provider.refund({ provider_payment, refund: 'r1', amount_minor: 2000, currency: 'EUR' });
    emulator.dashboard.dispute(id, { amount: 1000 });
    expect(await provider.fetch(provider_payment)).toMatchObject({
      provider_payment,
      payment,
      status: 'paid',
      captured_minor: 5000,
      refunded_minor: 2000,
      refunds: [{ refund: 'r1', amount_minor: 2000 }],
      disputes: [{ status: 'open', amount_minor: 1000 }],
      client_data: { redirect_url: null },
    });
    expect(await provider.cancel(provider_payment)).toBe('paid');
  });

  test('authorises, and is captured in part by its own id', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment, payment } = await start({ flow: 'hosted', capture: 'later' });
    const move = {
      provider_payment,
      payment: payment ?? '',
      attempt: 1,
      amount_minor: 3000,
      currency: 'EUR',
    };
    await expect(provider.capture(move)).rejects.toMatchObject({ is_definite: true, code: 'nothing_paid' });
    emulator.shopper.pay(provider_payment);
    expect(await provider.fetch(provider_payment)).toMatchObject({
      status: 'authorised',
      capture_before: expect.any(Date),
    });
    expect(await provider.capture(move)).toMatchObject({
      provider_payment,
      status: 'paid',
      captured_minor: 3000,
    });
  });

  test.each([
    ['succeeded', 'paid'],
    ['failed', 'failed'],
  ] as const)('is under way while a bank decides, and then %s', async (outcome, status) => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start({ flow: 'hosted' });
    const { id } = emulator.shopper.pay(provider_payment, 'pm_success_de');
    expect(await provider.fetch(provider_payment)).toMatchObject({ status: 'processing' });
    expect(await provider.cancel(provider_payment)).toBe('cannot_cancel');
    emulator.dashboard.settle(id, outcome);
    expect((await provider.fetch(provider_payment))?.status).toBe(status);
  });

  test('is ended by cancelling, by either id, and may be again', async () => {
    const { provider, emulator, start } = await freshProvider();
    const [untouched, tried] = [await start({ flow: 'hosted' }), await start({ flow: 'hosted' })];
    const { id: intent } = emulator.shopper.pay(tried.provider_payment, 'pm_card_chargeDeclined');
    expect(await provider.cancel(intent)).toBe('cancelled');
    for (const { provider_payment } of [untouched, tried]) {
      expect(await provider.cancel(provider_payment)).toBe('cancelled');
      expect(await provider.cancel(provider_payment)).toBe('cancelled');
      expect((await provider.fetch(provider_payment))?.status).toBe('cancelled');
    }
  });

  test('gives up an authorised amount', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start({ flow: 'hosted', capture: 'later' });
    emulator.shopper.pay(provider_payment);
    expect(await provider.cancel(provider_payment)).toBe('cancelled');
    expect((await provider.fetch(provider_payment))?.status).toBe('cancelled');
  });

  test('expires by itself', async () => {
    const { provider, emulator, start } = await freshProvider();
    const { provider_payment } = await start({ flow: 'hosted' });
    emulator.dashboard.expireSession(provider_payment);
    expect(await provider.fetch(provider_payment)).toMatchObject({ status: 'cancelled' });
    expect(await provider.fetch('cs_test_none')).toBeNull();
  });

  test('keeps a method where the shopper wants it', async () => {
    const { provider, emulator, start } = await freshProvider();
    const ada = { customer: 'c1', email: 'ada@example.com', name: 'Ada' };
    const provider_customer = await provider.methods.createCustomer(ada);
    const { provider_payment } = await start({ flow: 'hosted', provider_customer, save_method: true });
    emulator.shopper.pay(provider_payment);
    expect((await provider.fetch(provider_payment))?.saved_method).toMatchObject({ last4: '4242' });
  });

  test('shows another amount or currency than was asked for', async () => {
    const { emulator, start } = await freshProvider();
    emulator.faults.add({ kind: 'wrong_amount', by_minor: -100, times: 1 });
    emulator.faults.add({ kind: 'wrong_currency', currency: 'USD', times: 1 });
    expect(await start({ flow: 'hosted' })).toMatchObject({ amount_minor: 4900, currency: 'USD' });
  });
});
