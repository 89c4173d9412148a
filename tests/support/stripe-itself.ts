/** Stripe’s own test mode behind the same words as its emulator; only where a test key is in the environment. */
import { fail } from 'node:assert';
import Stripe from 'stripe';
import type { Held } from './provider-bench.ts';

/** What the contract asks of a provider that cannot be made to fail. */
export interface RealBench {
  env: Record<string, string>;
  pay: (provider_payment: string, outcome?: 'pays' | 'declined' | 'processing') => Promise<void>;
  refund: (provider_payment: string, amount_minor: number) => Promise<void>;
  held: () => Promise<Held[]>;
}

const CARDS = {
  pays: 'pm_card_visa',
  declined: 'pm_card_visa_chargeDeclined',
  processing: 'pm_usBankAccount_processing',
};

/** @throws AssertionError for a key that would move real money */
export function stripeItself(key: string): RealBench {
  if (!key.startsWith('sk_test_') && !key.startsWith('rk_test_'))
    fail('STRIPE_TEST_KEY is not a key of the test mode');
  const stripe = new Stripe(key, { telemetry: false });
  const began = Math.floor(Date.now() / 1000) - 5;
  return {
    env: { STRIPE_SECRET_KEY: key, STRIPE_WEBHOOK_SECRET: 'whsec_not_used_here' },
    async pay(id, outcome = 'pays') {
      const confirmed = stripe.paymentIntents.confirm(id, {
        payment_method: CARDS[outcome],
        return_url: 'https://shop.example/return',
      });
      await confirmed.catch((error: unknown) => {
        if (!(error instanceof Stripe.errors.StripeCardError)) throw error;
      });
    },
    async refund(id, amount_minor) {
      await stripe.refunds.create({ payment_intent: id, amount: amount_minor });
    },
    async held() {
      const intents = await stripe.paymentIntents
        .list({ created: { gte: began }, limit: 100 })
        .autoPagingToArray({ limit: 1000 });
      return Promise.all(
        intents.map(async (intent) => {
          const refunds = await stripe.refunds.list({ payment_intent: intent.id, limit: 100 });
          const gone = refunds.data.filter(({ status }) => status === 'succeeded');
          return {
            payment: intent.metadata['payment'] ?? '',
            currency: intent.currency.toUpperCase(),
            captured_minor: intent.amount_received,
            refunded_minor: gone.reduce((sum, { amount }) => sum + amount, 0),
          };
        }),
      );
    },
  };
}
