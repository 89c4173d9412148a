import { describe, expect, test } from 'vitest';
import { aPayment, freshProvider } from '../../../../scripts/emulators/stripe/provider-under-test.ts';
import { PaymentProviderError } from './payment.ts';

const CREATE = 'POST /v1/payment_intents';

async function failureOf(call: Promise<unknown>): Promise<PaymentProviderError> {
  const outcome = await call.catch((error: unknown) => error);
  if (outcome instanceof PaymentProviderError) return outcome;
  throw new Error('the call was expected to fail', { cause: outcome });
}

describe('a start whose outcome is unknown', () => {
  test.each(['lost_answer', 'silence_after_acting'] as const)(
    'after %s is met again by repeating it, as it stands by then',
    async (kind) => {
      const { provider, emulator } = await freshProvider({ PAYMENT_TIMEOUT_MS: '500' });
      emulator.faults.add({ kind, route: CREATE, times: 2 });
      const input = aPayment();
      expect(await failureOf(provider.start(input))).toMatchObject({ is_definite: false, is_stored: false });
      const [made] = emulator.ledger().payment_intents;
      emulator.shopper.pay(made?.id ?? '');
      expect(await provider.start(input)).toMatchObject({
        provider_payment: made?.id,
        status: 'paid',
        captured_minor: 5000,
      });
    },
  );

  test.each(['silence_before_acting', 'lost_request'] as const)('after %s made nothing', async (kind) => {
    const { provider, emulator } = await freshProvider({ PAYMENT_TIMEOUT_MS: '300' });
    emulator.faults.add({ kind, route: CREATE });
    const code = kind === 'lost_request' ? 'unreachable' : 'timeout';
    expect(await failureOf(provider.start(aPayment()))).toMatchObject({ is_definite: false, code });
    expect(emulator.ledger().payment_intents).toEqual([]);
  });

  test('is one the client settles by itself where it happens once', async () => {
    const { provider, emulator } = await freshProvider();
    emulator.faults.add({ kind: 'lost_answer', route: CREATE, times: 1 });
    expect(await provider.start(aPayment())).toMatchObject({ status: 'pending' });
    expect(emulator.ledger().payment_intents).toHaveLength(1);
  });
});

describe('a failure', () => {
  test('that Stripe keeps is named as such, and the payment is found without the key', async () => {
    const { provider, emulator } = await freshProvider();
    const input = aPayment();
    emulator.faults.add({ kind: 'stored_error', status: 500, route: CREATE, times: 1 });
    expect(await failureOf(provider.start(input))).toMatchObject({ is_definite: false, is_stored: true });
    expect(await failureOf(provider.start(input))).toMatchObject({ is_stored: true });
    const looked = { payment: input.payment, attempt: 1, since: new Date() };
    expect(await provider.find(looked)).toBeNull();

    const acted = aPayment();
    emulator.faults.add({ kind: 'error_after_acting', status: 500, route: CREATE, times: 1 });
    expect(await failureOf(provider.start(acted))).toMatchObject({ is_stored: true });
    expect(await provider.find({ ...looked, payment: acted.payment })).toMatchObject({ status: 'pending' });
  });

  test('of a Stripe that is down is not taken for a stored one', async () => {
    const { provider, emulator } = await freshProvider();
    emulator.faults.add({ kind: 'error_before_acting', status: 503, route: CREATE, times: 2 });
    expect(await failureOf(provider.start(aPayment()))).toMatchObject({
      is_definite: false,
      is_stored: false,
    });
  });

  test.each([
    [429, false],
    [409, false],
    [401, true],
    [403, true],
  ])('with status %i is definite: %s', async (status, is_definite) => {
    const { provider, emulator } = await freshProvider();
    emulator.faults.add({ kind: 'error_before_acting', status, route: CREATE });
    expect(await failureOf(provider.start(aPayment()))).toMatchObject({ is_definite });
  });

  test('for a key that was used with other parameters leaves open what was done with the first', async () => {
    const { provider } = await freshProvider();
    const input = aPayment();
    await provider.start(input);
    const other = provider.start({ ...input, amount_minor: 4000 });
    expect(await failureOf(other)).toMatchObject({ is_definite: false, is_stored: true });
  });

  test('for a wrong key is definite', async () => {
    const { provider } = await freshProvider({ STRIPE_SECRET_KEY: 'rk_live_wrong' });
    expect(await failureOf(provider.start(aPayment()))).toMatchObject({ is_definite: true });
  });
});
