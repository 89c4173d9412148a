/**
 * Stripe through PaymentIntents, API 2026-10-28.endive as pinned by stripe@23. Our payment id travels in the intent's metadata,
 * so that a webhook which outruns our own write still finds its payment.
 */
import Stripe from 'stripe';
import type { Env } from '../platform/env.ts';
import {
  PaymentProviderError,
  type PaymentProvider,
  type ProviderEvent,
  type ProviderPayment,
  type ProviderRefund,
  type ProviderStatus,
} from './payment.ts';

const TIMEOUT_MS = 20_000;

export function stripePayments(env: Env): PaymentProvider {
  const stripe = new Stripe(env.STRIPE_SECRET_KEY, {
    timeout: TIMEOUT_MS,
    maxNetworkRetries: 1,
    telemetry: false,
    ...address(env.STRIPE_API_URL),
  });

  const toPayment = (intent: Stripe.PaymentIntent, refunds?: Stripe.Refund[]) =>
    providerPayment(intent, env, refunds);
  const retrieve = (id: string) => stripe.paymentIntents.retrieve(id, { expand: ['latest_charge.refunds'] });
  /** A charge names its latest refunds only. */
  const refundsOf = (intent: Stripe.PaymentIntent) => {
    const named = chargeOf(intent)?.refunds;
    if (!named?.has_more) return Promise.resolve(named?.data ?? []);
    return stripe.refunds
      .list({ payment_intent: intent.id, limit: 100 })
      .autoPagingToArray({ limit: 10_000 });
  };

  return {
    name: 'stripe',
    is_manual: false,
    async start({ payment, attempt, order, order_number, amount_minor, currency, email }) {
      try {
        const intent = await stripe.paymentIntents.create(
          {
            amount: amount_minor,
            currency: currency.toLowerCase(),
            automatic_payment_methods: { enabled: true },
            receipt_email: email,
            description: `Order ${order_number}`,
            metadata: { payment, order, order_number },
          },
          { idempotencyKey: `${payment}:${attempt}` },
        );
        return toPayment(intent);
      } catch (error) {
        throw providerError(error);
      }
    },
    async fetch(id) {
      try {
        const intent = await retrieve(id);
        return toPayment(intent, await refundsOf(intent));
      } catch (error) {
        if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing')
          return null;
        throw providerError(error);
      }
    },
    async cancel(id) {
      try {
        await stripe.paymentIntents.cancel(id);
        return 'cancelled';
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw providerError(error);
      }
      const { status } = await retrieve(id).catch((error: unknown) => {
        throw providerError(error);
      });
      if (status === 'canceled') return 'cancelled';
      return status === 'succeeded' ? 'paid' : 'cannot_cancel';
    },
    async refund({ provider_payment, refund, amount_minor }) {
      try {
        const made = await stripe.refunds.create(
          { payment_intent: provider_payment, amount: amount_minor, metadata: { refund } },
          { idempotencyKey: `refund:${refund}` },
        );
        return { provider_refund: made.id, status: refundStatus(made.status) };
      } catch (error) {
        throw providerError(error);
      }
    },
    // What `readEvent` throws must reject: callers wait for a promise.
    readWebhook: (raw, headers) =>
      new Promise((resolve) => resolve(readEvent(stripe, env, raw, headers['stripe-signature']))),
  };
}

/** The emulator's address in the SDK's words; nothing for Stripe itself. */
function address(url: string) {
  if (!url) return {};
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port, protocol: protocol.replace(':', '') as 'http' | 'https' };
}

const STATUSES: Record<string, ProviderStatus> = {
  requires_payment_method: 'pending',
  requires_confirmation: 'pending',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'authorised',
  succeeded: 'paid',
  canceled: 'cancelled',
};

function chargeOf({ latest_charge }: Stripe.PaymentIntent): Stripe.Charge | null {
  return typeof latest_charge === 'object' ? latest_charge : null;
}

function providerPayment(
  intent: Stripe.PaymentIntent,
  env: Env,
  made: Stripe.Refund[] = [],
): ProviderPayment {
  const refunds = made.map(providerRefund);
  const gone = refunds.filter(({ status }) => status === 'succeeded');
  const error = intent.last_payment_error;
  // A declined card leaves the intent waiting for another one; for us that attempt failed.
  const status =
    intent.status === 'requires_payment_method' && error
      ? 'failed'
      : (STATUSES[intent.status] ?? 'processing');
  return {
    provider_payment: intent.id,
    payment: intent.metadata['payment'] ?? null,
    status,
    amount_minor: intent.amount,
    currency: intent.currency.toUpperCase(),
    captured_minor: intent.amount_received,
    refunded_minor: gone.reduce((sum, { amount_minor }) => sum + amount_minor, 0),
    refunds,
    client_data: {
      client_secret: intent.client_secret,
      publishable_key: env.STRIPE_PUBLISHABLE_KEY || null,
      redirect_url: intent.next_action?.redirect_to_url?.url ?? null,
      // Without a storefront's Payment Element at hand: the emulator's own page.
      ...(env.STRIPE_API_URL && { emulator_page: `${env.STRIPE_API_URL}/pay/${intent.id}` }),
    },
    error_code: error?.decline_code ?? error?.code ?? null,
    error_message: error?.message ?? null,
  };
}

function providerRefund({ id, metadata, amount, status }: Stripe.Refund): ProviderRefund {
  return {
    provider_refund: id,
    refund: metadata?.['refund'] ?? null,
    amount_minor: amount,
    status: refundStatus(status),
  };
}

function refundStatus(status: string | null): 'pending' | 'succeeded' | 'failed' {
  if (status === 'succeeded') return 'succeeded';
  return status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
}

/** Stripe refused, or we cannot know what became of it: lost connections, 5xx, 409 and 429 leave the outcome open. */
function providerError(error: unknown): PaymentProviderError {
  if (!(error instanceof Stripe.errors.StripeError)) {
    return new PaymentProviderError('Stripe could not be asked', {
      is_definite: false,
      code: 'unreachable',
      cause: error,
    });
  }
  const status = error.statusCode ?? 0;
  const is_definite = status >= 400 && status < 500 && status !== 409 && status !== 429;
  return new PaymentProviderError(error.message, {
    is_definite,
    code: error.code ?? error.type,
    cause: error,
  });
}

/** @throws PaymentProviderError when no secret fits: several are tried while one is being rotated */
function readEvent(stripe: Stripe, env: Env, raw: Buffer, signature: string | undefined): ProviderEvent {
  for (const secret of env.STRIPE_WEBHOOK_SECRET) {
    try {
      return providerEvent(stripe.webhooks.constructEvent(raw, signature ?? '', secret));
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
    }
  }
  throw new PaymentProviderError('The signature does not hold', { is_definite: true, code: 'bad_signature' });
}

function providerEvent(event: Stripe.Event): ProviderEvent {
  const about = event.data.object as {
    id?: string;
    object: string;
    payment_intent?: string | { id: string } | null;
    metadata?: Record<string, string> | null;
  };
  const intent = about.object === 'payment_intent' ? about.id : about.payment_intent;
  return {
    event_id: event.id,
    type: event.type,
    provider_payment: (typeof intent === 'object' ? intent?.id : intent) ?? null,
    payment: about.object === 'payment_intent' ? (about.metadata?.['payment'] ?? null) : null,
    payload: event,
  };
}
