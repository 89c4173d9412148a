import { describe, expect, test } from 'vitest';
import {
  aPayment,
  freshProvider,
  type ProviderBench,
} from '../../../../scripts/emulators/stripe/provider-under-test.ts';
import type { ProviderPayment } from './payment.ts';

const EARLIER = new Date(Date.now() - 60_000);

function looking(input: { payment: string; attempt: number }) {
  return { payment: input.payment, attempt: input.attempt, since: EARLIER };
}

async function listed({ provider }: ProviderBench, since = EARLIER): Promise<ProviderPayment[]> {
  const found: ProviderPayment[] = [];
  for await (const payment of provider.list(since)) found.push(payment);
  return found;
}

describe('finding a payment by our id', () => {
  test('reads every page of what was begun since', async () => {
    const bench = await freshProvider();
    const input = aPayment();
    const { provider_payment } = await bench.provider.start(input);
    await Promise.all(Array.from({ length: 105 }, () => bench.start()));
    expect(await bench.provider.find(looking(input))).toMatchObject({
      provider_payment,
      payment: input.payment,
      status: 'pending',
    });
  });

  test('knows attempts apart', async () => {
    const { provider } = await freshProvider();
    const first = aPayment();
    const second = { ...first, attempt: 2 };
    await provider.start(first);
    expect(await provider.find(looking(second))).toBeNull();
    const { provider_payment } = await provider.start(second);
    expect(await provider.find(looking(second))).toMatchObject({ provider_payment });
  });

  test('of two for one attempt finds the one that was paid', async () => {
    const { provider, emulator } = await freshProvider();
    const input = aPayment();
    const first = await provider.start(input);
    emulator.forgetKeys();
    const second = await provider.start(input);
    expect(second.provider_payment).not.toBe(first.provider_payment);
    emulator.shopper.pay(first.provider_payment);
    expect(await provider.find(looking(input))).toMatchObject({
      provider_payment: first.provider_payment,
      status: 'paid',
    });
  });

  test('finds none that could never take money', async () => {
    const { provider } = await freshProvider();
    const [intent, session] = [aPayment(), aPayment({ flow: 'hosted' })];
    for (const input of [intent, session]) {
      const { provider_payment } = await provider.start(input);
      expect(await provider.find(looking(input))).toMatchObject({ provider_payment });
      await provider.cancel(provider_payment);
      expect(await provider.find(looking(input))).toBeNull();
    }
  });

  test('answers with the session where the payment began with one, paid or not', async () => {
    const { provider, emulator } = await freshProvider();
    const input = aPayment({ flow: 'hosted' });
    const { provider_payment } = await provider.start(input);
    emulator.shopper.pay(provider_payment, 'pm_card_chargeDeclined');
    expect(await provider.find(looking(input))).toMatchObject({ provider_payment, status: 'pending' });
    emulator.shopper.pay(provider_payment);
    expect(await provider.find(looking(input))).toMatchObject({ provider_payment, status: 'paid' });
  });
});

describe('comparing books', () => {
  test('lists every intent since, those behind sessions with our payment id, and those of others', async () => {
    const bench = await freshProvider();
    const [card, page] = [await bench.start(), await bench.start({ flow: 'hosted' })];
    bench.emulator.shopper.pay(card.provider_payment);
    bench.emulator.shopper.pay(page.provider_payment);
    bench.emulator.dashboard.refund(card.provider_payment, 1000);
    await bench.stripe.paymentIntents.create({ amount: 700, currency: 'usd' });
    const found = await listed(bench);
    expect(found).toHaveLength(3);
    expect(found).toMatchObject([
      { payment: null, amount_minor: 700, currency: 'USD', status: 'pending' },
      { payment: page.payment, provider_payment: expect.stringMatching(/^pi_/), captured_minor: 5000 },
      { payment: card.payment, provider_payment: card.provider_payment, refunded_minor: 1000 },
    ]);
  });

  test('leaves out what is older', async () => {
    const bench = await freshProvider();
    await bench.start();
    expect(await listed(bench, new Date(Date.now() + 3_600_000))).toEqual([]);
  });

  test('fails in the words of the port', async () => {
    const bench = await freshProvider();
    const route = 'GET /v1/payment_intents';
    bench.emulator.faults.add({ kind: 'error_before_acting', status: 503, route });
    await expect(listed(bench)).rejects.toMatchObject({ name: 'PaymentProviderError', is_definite: false });
  });
});
