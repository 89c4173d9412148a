import { describe, expect, test } from 'vitest';
import { aKeptCard, freshProvider } from '../../../../scripts/emulators/stripe/provider-under-test.ts';

const ADA = { customer: 'c1', email: 'ada@example.com', name: 'Ada' };

describe('customers', () => {
  test('are made once', async () => {
    const { provider, emulator } = await freshProvider();
    const [first, second] = [
      await provider.methods.createCustomer(ADA),
      await provider.methods.createCustomer(ADA),
    ];
    expect(second).toBe(first);
    expect(emulator.ledger().customers).toMatchObject([
      { id: first, email: 'ada@example.com', name: 'Ada', metadata: { customer: 'c1' } },
    ]);
  });

  test('that are gone have no methods', async () => {
    const { provider, stripe } = await freshProvider();
    const id = await provider.methods.createCustomer(ADA);
    await stripe.customers.del(id);
    expect(await provider.methods.list(id)).toEqual([]);
    expect(await provider.methods.list('cus_none')).toEqual([]);
  });
});

describe('a set-up', () => {
  test('begins once, is passed by the shopper, and keeps a card', async () => {
    const { provider, emulator } = await freshProvider();
    const provider_customer = await provider.methods.createCustomer(ADA);
    const asked = { setup: 's1', provider_customer };
    const begun = await provider.methods.startSetup(asked);
    expect(begun).toMatchObject({
      setup: 's1',
      status: 'pending',
      method: null,
      client_data: {
        client_secret: expect.stringMatching(/^seti_/),
        publishable_key: 'pk_test_provider',
        emulator_page: `${emulator.url}/setup/${begun.provider_setup}`,
      },
    });
    emulator.shopper.setUp(begun.provider_setup, 'pm_card_amex');
    const done = { status: 'succeeded', method: { brand: 'amex', last4: '0005', exp_month: 12 } };
    expect(await provider.methods.fetchSetup(begun.provider_setup)).toMatchObject(done);
    expect(await provider.methods.startSetup(asked)).toMatchObject({
      provider_setup: begun.provider_setup,
      ...done,
    });
    expect(await provider.methods.list(provider_customer)).toMatchObject([{ brand: 'amex' }]);
  });

  test('fails with the reason, waits for a bank, and is cancelled', async () => {
    const { provider, emulator, stripe } = await freshProvider();
    const provider_customer = await provider.methods.createCustomer(ADA);
    const { provider_setup: id } = await provider.methods.startSetup({ setup: 's1', provider_customer });
    emulator.shopper.setUp(id, 'pm_card_chargeDeclined');
    expect(await provider.methods.fetchSetup(id)).toMatchObject({
      status: 'failed',
      error_code: 'generic_decline',
      error_message: 'Your card was declined.',
    });
    await stripe.setupIntents.confirm(id, {
      payment_method: 'pm_card_threeDSecure2Required',
      return_url: 'https://shop.example',
    });
    expect((await provider.methods.fetchSetup(id))?.status).toBe('requires_action');
    await stripe.setupIntents.cancel(id);
    expect((await provider.methods.fetchSetup(id))?.status).toBe('cancelled');
    expect(await provider.methods.fetchSetup('seti_none')).toBeNull();
  });

  test('for a customer that is gone is refused for good', async () => {
    const { provider } = await freshProvider();
    const asked = provider.methods.startSetup({ setup: 's1', provider_customer: 'cus_none' });
    await expect(asked).rejects.toMatchObject({ is_definite: true, code: 'resource_missing' });
  });
});

describe('removing a method', () => {
  test('makes it useless, and may be repeated', async () => {
    const bench = await freshProvider();
    const kept = await aKeptCard(bench);
    await bench.provider.methods.remove(kept.provider_method);
    await bench.provider.methods.remove(kept.provider_method);
    await bench.provider.methods.remove('pm_none');
    expect(await bench.provider.methods.list(kept.provider_customer)).toEqual([]);
    await expect(bench.start({ ...kept, off_session: true })).rejects.toMatchObject({ is_definite: true });
  });

  test('that Stripe does not answer is not taken for done', async () => {
    const bench = await freshProvider();
    const { provider_method } = await aKeptCard(bench);
    const route = 'POST /v1/payment_methods/*/detach';
    bench.emulator.faults.add({ kind: 'error_before_acting', status: 503, route, times: 2 });
    await expect(bench.provider.methods.remove(provider_method)).rejects.toMatchObject({
      is_definite: false,
    });
  });
});
