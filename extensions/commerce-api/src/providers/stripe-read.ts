/** Payments as Stripe knows them now, with all that belongs to them. Reads only. */
import Stripe from 'stripe';
import type { Env } from '../platform/env.ts';
import type { ProviderPayment } from './payment.ts';
import { asking, askingFor, stripeError } from './stripe-error.ts';
import { chargeOf, intentOf, paymentOfIntent, paymentOfSession, type Related } from './stripe-payment.ts';

const PAGE = 100;
const MOST = 10_000;
/** Stripe's clock and ours may differ. */
const CLOCK_SECONDS = 300;

export function isSession(provider_payment: string): boolean {
  return provider_payment.startsWith('cs_');
}

/** Null when Stripe does not know the id. */
export async function fetchIntent(stripe: Stripe, env: Env, id: string): Promise<ProviderPayment | null> {
  const expand = ['latest_charge.refunds', 'payment_method'];
  const intent = await askingFor(() => stripe.paymentIntents.retrieve(id, { expand }));
  return intent && paymentOfIntent(intent, env, await asking(() => relatedTo(stripe, intent)));
}

/** Null when Stripe does not know the id. */
export async function fetchSession(stripe: Stripe, env: Env, id: string): Promise<ProviderPayment | null> {
  const expand = ['payment_intent.latest_charge.refunds', 'payment_intent.payment_method'];
  const session = await askingFor(() => stripe.checkout.sessions.retrieve(id, { expand }));
  if (!session) return null;
  const intent = intentOf(session);
  return paymentOfSession(session, env, intent ? await asking(() => relatedTo(stripe, intent)) : {});
}

/** Every intent created since, newest first. */
export async function* listIntents(stripe: Stripe, env: Env, since: Date): AsyncGenerator<ProviderPayment> {
  const params = { created: createdSince(since), limit: PAGE, expand: ['data.latest_charge.refunds'] };
  try {
    for await (const intent of stripe.paymentIntents.list(params)) {
      yield paymentOfIntent(intent, env, { refunds: await namedRefunds(stripe, intent) });
    }
  } catch (error) {
    throw error instanceof Stripe.errors.StripeError ? stripeError(error) : error;
  }
}

/** Every refund of an intent. */
export function refundsOf(stripe: Stripe, payment_intent: string): Promise<Stripe.Refund[]> {
  return stripe.refunds.list({ payment_intent, limit: PAGE }).autoPagingToArray({ limit: MOST });
}

/** For what was begun at a moment of ours. */
export function createdSince(since: Date): { gte: number } {
  return { gte: Math.floor(since.getTime() / 1000) - CLOCK_SECONDS };
}

/** Nothing can be refunded or disputed where no charge went through. */
async function relatedTo(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<Related> {
  if (!chargeOf(intent)?.paid) return {};
  const [refunds, disputes] = await Promise.all([
    namedRefunds(stripe, intent),
    stripe.disputes.list({ payment_intent: intent.id, limit: PAGE }).autoPagingToArray({ limit: MOST }),
  ]);
  return { refunds, disputes };
}

/** A charge names its latest refunds only. */
function namedRefunds(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<Stripe.Refund[]> {
  const named = chargeOf(intent)?.refunds;
  if (named?.has_more) return refundsOf(stripe, intent.id);
  return Promise.resolve(named?.data ?? []);
}
