/** Methods kept at Stripe: customers, what is attached to them, and setup intents, by which a card is kept without a payment. */
import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import type { Env } from '../platform/env.ts';
import {
  PaymentProviderError,
  type ProviderMethod,
  type ProviderSetup,
  type SavedMethods,
} from './payment.ts';
import { isReplay } from './stripe-client.ts';
import { asking, askingFor } from './stripe-error.ts';

const SETUP_STATUSES: Record<string, ProviderSetup['status']> = {
  requires_payment_method: 'pending',
  requires_confirmation: 'pending',
  requires_action: 'requires_action',
  processing: 'pending',
  succeeded: 'succeeded',
  canceled: 'cancelled',
};

const MOST_METHODS = 1000;

export function stripeMethods(stripe: Stripe, env: Env): SavedMethods {
  const retrieve = (id: string) => stripe.setupIntents.retrieve(id, { expand: ['payment_method'] });

  return {
    async createCustomer({ customer, email, name }) {
      const params = { email, ...(name !== null && { name }), metadata: { customer } };
      // Their name may change between two tries, and Stripe refuses one key with two requests.
      const words = createHash('sha256')
        .update(JSON.stringify([email, name]))
        .digest('hex')
        .slice(0, 16);
      const ask = () => stripe.customers.create(params, { idempotencyKey: `customer:${customer}:${words}` });
      return (await asking(ask)).id;
    },
    async startSetup({ setup, provider_customer }) {
      const params = {
        customer: provider_customer,
        usage: 'off_session' as const,
        automatic_payment_methods: { enabled: true },
        metadata: { setup },
      };
      const ask = () => stripe.setupIntents.create(params, { idempotencyKey: `setup:${setup}` });
      const made = await asking(ask);
      return setupOf(isReplay(made.lastResponse) ? await asking(() => retrieve(made.id)) : made, env);
    },
    async fetchSetup(id) {
      const found = await askingFor(() => retrieve(id));
      return found && setupOf(found, env);
    },
    async list(provider_customer) {
      const ask = () =>
        stripe.customers
          .listPaymentMethods(provider_customer, { limit: 100 })
          .autoPagingToArray({ limit: MOST_METHODS });
      return ((await askingFor(ask)) ?? []).map(methodOf);
    },
    async remove(provider_method) {
      await asking(() => stripe.paymentMethods.detach(provider_method)).catch(async (error: unknown) => {
        if (!(error instanceof PaymentProviderError) || !error.is_definite) throw error;
        // Refused: it is gone, or belongs to nobody, which is all that was wanted.
        const left = await askingFor(() => stripe.paymentMethods.retrieve(provider_method));
        if (left?.customer) throw error;
      });
    },
  };
}

/** What a shopper knows their card, or another means of payment, by. */
export function methodOf(method: Stripe.PaymentMethod): ProviderMethod {
  const bank = method.sepa_debit ?? method.us_bank_account;
  return {
    provider_method: method.id,
    brand: method.card?.brand ?? method.type,
    last4: method.card?.last4 ?? bank?.last4 ?? null,
    exp_month: method.card?.exp_month ?? null,
    exp_year: method.card?.exp_year ?? null,
  };
}

function setupOf(setup: Stripe.SetupIntent, env: Env): ProviderSetup {
  const error = setup.last_setup_error;
  const { payment_method: method } = setup;
  const status = SETUP_STATUSES[setup.status] ?? 'pending';
  return {
    provider_setup: setup.id,
    setup: setup.metadata?.['setup'] ?? null,
    status: setup.status === 'requires_payment_method' && error ? 'failed' : status,
    method: status === 'succeeded' && typeof method === 'object' && method ? methodOf(method) : null,
    client_data: {
      client_secret: setup.client_secret,
      publishable_key: env.STRIPE_PUBLISHABLE_KEY || null,
      // Without a storefront's Payment Element at hand: the emulator's own page.
      ...(env.STRIPE_API_URL && { emulator_page: `${env.STRIPE_API_URL}/setup/${setup.id}` }),
    },
    error_code: error?.decline_code ?? error?.code ?? null,
    error_message: error?.message ?? null,
  };
}
