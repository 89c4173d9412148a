/** The provider in front of a fresh emulator, for one test. */
import { readEnv } from '../../../extensions/commerce-api/src/platform/env.ts';
import { flutterwavePayments } from '../../../extensions/commerce-api/src/providers/payment-flutterwave.ts';
import {
  PaymentProviderError,
  type PaymentProvider,
  type StartPayment,
} from '../../../extensions/commerce-api/src/providers/payment.ts';
import { aStartPayment } from '../../../tests/support/a-start-payment.ts';
import { freshEmulator, SECRET_HASH, SECRET_KEY, type TestBench } from './emulator-under-test.ts';

/** For tests in which nothing answers: long enough for whatever does. */
export const IMPATIENT = { PAYMENT_TIMEOUT_MS: '800' };

export interface ProviderBench extends TestBench {
  provider: PaymentProvider;
  /** Starts a payment of 7500 NGN. @returns its reference */
  begin: (more?: Partial<StartPayment>) => Promise<string>;
  /** The same, paid. */
  paid: (more?: Partial<StartPayment>) => Promise<string>;
}

export async function freshProvider(
  options: Parameters<typeof freshEmulator>[0] = {},
  settings: Record<string, string> = {},
): Promise<ProviderBench> {
  const bench = await freshEmulator({ secret_key: SECRET_KEY, ...options });
  const provider = flutterwavePayments(
    readEnv({
      SECRET: 'a-secret-for-these-tests',
      FLUTTERWAVE_SECRET_KEY: SECRET_KEY,
      FLUTTERWAVE_SECRET_HASH: SECRET_HASH,
      FLUTTERWAVE_API_URL: bench.emulator.url,
      PAYMENT_TIMEOUT_MS: '10000',
      ...settings,
    }),
  );
  const begin: ProviderBench['begin'] = async (more) =>
    (await provider.start(startOf(more))).provider_payment;
  return {
    ...bench,
    provider,
    begin,
    async paid(more) {
      const tx_ref = await begin(more);
      bench.emulator.shopper.pay(tx_ref);
      return tx_ref;
    },
  };
}

export function startOf(more: Partial<StartPayment> = {}): StartPayment {
  return aStartPayment({ amount_minor: 750_000, currency: 'NGN', email: 'shopper@example.com', ...more });
}

/** What a call was refused with. */
export async function failureOf(call: Promise<unknown>): Promise<PaymentProviderError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof PaymentProviderError) return outcome;
  throw new Error('the call was expected to fail', { cause: outcome });
}
