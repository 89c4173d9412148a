/** The shop's payment provider at an emulator of its own, for one test. */
import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { onTestFinished } from 'vitest';
import { readEnv } from '../../../extensions/commerce-api/src/platform/env.ts';
import { stripePayments } from '../../../extensions/commerce-api/src/providers/payment-stripe.ts';
import type {
  PaymentProvider,
  StartPayment,
} from '../../../extensions/commerce-api/src/providers/payment.ts';
import { aStartPayment } from '../../../tests/support/a-start-payment.ts';
import { clientOf } from './emulator-under-test.ts';
import { startStripeEmulator } from './server.ts';
import type { StripeEmulator } from './server.ts';

export const SECRETS = ['whsec_the_new_one', 'whsec_the_old_one'] as const;

export type ProviderBench = {
  provider: PaymentProvider & {
    capture: NonNullable<PaymentProvider['capture']>;
    readWebhook: NonNullable<PaymentProvider['readWebhook']>;
    list: NonNullable<PaymentProvider['list']>;
    methods: NonNullable<PaymentProvider['methods']>;
  };
  emulator: StripeEmulator;
  /** The account's owner. */
  stripe: Stripe;
  /** Begins a payment of 50 euros, unless told otherwise. */
  start: (change?: Partial<StartPayment>) => ReturnType<PaymentProvider['start']>;
};

export async function freshProvider(env: Record<string, unknown> = {}): Promise<ProviderBench> {
  const emulator = await startStripeEmulator({ port: 0 });
  onTestFinished(() => emulator.close());
  const provider = stripePayments(
    readEnv({
      SECRET: 'a-secret-for-the-tests',
      STRIPE_SECRET_KEY: 'sk_test_provider',
      STRIPE_PUBLISHABLE_KEY: 'pk_test_provider',
      STRIPE_WEBHOOK_SECRET: SECRETS.join(','),
      STRIPE_API_URL: emulator.url,
      ...env,
    }),
  ) as ProviderBench['provider'];
  return {
    provider,
    emulator,
    stripe: clientOf(emulator, 'sk_test_owner'),
    start: (change) => provider.start(aPayment(change)),
  };
}

/** What the shop asks for when a payment begins. */
export function aPayment(change: Partial<StartPayment> = {}): StartPayment {
  const fiftyEuros = { amount_minor: 5000, currency: 'EUR' };
  return aStartPayment({ order: 'the-order', ...fiftyEuros, flow: 'element', cancel_url: null, ...change });
}

/** A customer of the shop with a card to keep. */
export async function aKeptCard(
  { provider, emulator }: ProviderBench,
  card = 'pm_card_visa',
): Promise<{ provider_customer: string; provider_method: string }> {
  const { methods } = provider;
  const ada = { customer: randomUUID(), email: 'ada@example.com', name: 'Ada' };
  const provider_customer = await methods.createCustomer(ada);
  const { provider_setup } = await methods.startSetup({ setup: randomUUID(), provider_customer });
  emulator.shopper.setUp(provider_setup, card);
  const [kept] = await methods.list(provider_customer);
  if (!kept) throw new Error(`${card} was not kept`);
  return { provider_customer, provider_method: kept.provider_method };
}

/** An event as Stripe would sign it. */
export function signedEvent(
  event: object,
  secret: string = SECRETS[0],
): [raw: Buffer, headers: Record<string, string>] {
  const payload = JSON.stringify(event, null, 2);
  const header = new Stripe('sk_test_owner').webhooks.generateTestHeaderString({ payload, secret });
  return [Buffer.from(payload), { 'stripe-signature': header }];
}
