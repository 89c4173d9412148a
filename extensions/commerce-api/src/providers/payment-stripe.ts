/**
 * Stripe: payment intents for a form within the storefront, Checkout Sessions for a page of Stripe's own. Our payment id travels
 * in their metadata, so that a webhook which outruns our own write still finds its payment.
 *
 * `provider_payment` is the intent's id, or the session's where the payment began with one: a session has no intent before its
 * shopper submits the page. Every call takes either, also the id of an intent that belongs to a session.
 */
import Stripe from 'stripe';
import type { Env } from '../platform/env.ts';
import {
  PaymentProviderError,
  type MoveMoney,
  type PaymentProvider,
  type ProviderPayment,
  type StartPayment,
} from './payment.ts';
import { toStripe } from './stripe-amounts.ts';
import { isReplay, stripeClient } from './stripe-client.ts';
import { asking } from './stripe-error.ts';
import { findStripePayment } from './stripe-find.ts';
import { stripeMethods } from './stripe-methods.ts';
import { paymentOfIntent, paymentOfSession, refundStatus } from './stripe-payment.ts';
import { fetchIntent, fetchSession, isSession, listIntents, refundsOf } from './stripe-read.ts';
import { intentRequest, sessionRequest } from './stripe-requests.ts';
import { readStripeEvent } from './stripe-webhook.ts';

export function stripePayments(env: Env): PaymentProvider {
  const stripe = stripeClient(env);
  const fetch = (id: string) =>
    isSession(id) ? fetchSession(stripe, env, id) : fetchIntent(stripe, env, id);

  return {
    name: 'stripe',
    title: 'Card',
    is_manual: false,
    flows: ['element', 'hosted'],
    client_config: { publishable_key: env.STRIPE_PUBLISHABLE_KEY },
    start: (input) =>
      asking(() => (input.flow === 'hosted' ? startSession : startIntent)(stripe, env, input)),
    async find(input) {
      const id = await asking(() => findStripePayment(stripe, input));
      return id === null ? null : fetch(id);
    },
    fetch,
    proceed: null,
    capture: (input) => asking(() => captureIntent(stripe, input, fetch)),
    cancel: (id) => asking(() => (isSession(id) ? cancelSession(stripe, id) : cancelIntent(stripe, id))),
    refund: (input) => asking(() => refundIntent(stripe, input)),
    // What it throws must reject: callers wait for a promise.
    readWebhook: (raw, headers) =>
      new Promise((resolve) =>
        resolve(readStripeEvent(stripe, env.STRIPE_WEBHOOK_SECRET, raw, headers['stripe-signature'])),
      ),
    // Sessions are not listed: one without an intent moved no money, and an intent has the same `payment` as its session.
    list: (since) => listIntents(stripe, env, since),
    methods: stripeMethods(stripe, env),
  };
}

/**
 * A declined card, and one whose bank wants to ask an absent shopper, leave an intent that can still be paid: no error, but a
 * payment that `failed`. What Stripe answers to a repeat is what it answered first, so the intent is read anew then.
 */
async function startIntent(stripe: Stripe, env: Env, input: StartPayment): Promise<ProviderPayment> {
  const options = { idempotencyKey: `${input.payment}:${input.attempt}` };
  const made = await stripe.paymentIntents
    .create(intentRequest(input), options)
    .then((intent) => ({ intent: intent as Stripe.PaymentIntent, is_replay: isReplay(intent.lastResponse) }))
    .catch((error: unknown) => {
      if (!(error instanceof Stripe.errors.StripeCardError) || !error.payment_intent) throw error;
      return { intent: error.payment_intent, is_replay: isReplay(error) };
    });
  const anew = made.is_replay ? await fetchIntent(stripe, env, made.intent.id) : null;
  return anew ?? paymentOfIntent(made.intent, env);
}

async function startSession(stripe: Stripe, env: Env, input: StartPayment): Promise<ProviderPayment> {
  const options = { idempotencyKey: `${input.payment}:${input.attempt}` };
  const session = await stripe.checkout.sessions.create(sessionRequest(input), options);
  const anew = isReplay(session.lastResponse) ? await fetchSession(stripe, env, session.id) : null;
  return anew ?? paymentOfSession(session, env);
}

/** A repeat after Stripe forgot the key finds the amount captured already. */
async function captureIntent(
  stripe: Stripe,
  { provider_payment, payment, amount_minor, currency }: MoveMoney,
  fetch: PaymentProvider['fetch'],
): Promise<ProviderPayment> {
  const intent = await intentBehind(stripe, provider_payment);
  const options = { idempotencyKey: `capture:${payment}:${amount_minor}` };
  const params = { amount_to_capture: toStripe(amount_minor, currency) };
  try {
    await stripe.paymentIntents.capture(intent, params, options);
  } catch (error) {
    if (!isWrongState(error)) throw error;
    const now = await fetch(provider_payment);
    if (now?.status !== 'paid' || now.captured_minor !== amount_minor) throw error;
    return now;
  }
  const captured = await fetch(provider_payment);
  if (captured) return captured;
  throw new PaymentProviderError('Stripe no longer knows what it captured', {
    is_definite: false,
    code: 'gone',
  });
}

async function cancelIntent(stripe: Stripe, id: string): ReturnType<PaymentProvider['cancel']> {
  try {
    await stripe.paymentIntents.cancel(id);
    return 'cancelled';
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  const { status } = await stripe.paymentIntents.retrieve(id);
  if (status === 'canceled') return 'cancelled';
  if (status === 'succeeded') return 'paid';
  // Of a session's intent only the session can be ended.
  const [session] = (await stripe.checkout.sessions.list({ payment_intent: id, limit: 1 })).data;
  return session?.status === 'open' ? cancelSession(stripe, session.id) : 'cannot_cancel';
}

async function cancelSession(stripe: Stripe, id: string): ReturnType<PaymentProvider['cancel']> {
  const found = await stripe.checkout.sessions.retrieve(id);
  let { status } = found;
  if (status === 'open') {
    try {
      ({ status } = await stripe.checkout.sessions.expire(id));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      ({ status } = await stripe.checkout.sessions.retrieve(id));
    }
  }
  if (status === 'expired') return 'cancelled';
  const intent = status === 'complete' ? await intentBehind(stripe, id) : null;
  return intent === null ? 'cannot_cancel' : cancelIntent(stripe, intent);
}

/** Stripe forgets keys after a day: a refund it knows by our id already is looked for first, so that none is ever made twice. */
async function refundIntent(
  stripe: Stripe,
  { provider_payment, refund, amount_minor, currency }: Parameters<PaymentProvider['refund']>[0],
): ReturnType<PaymentProvider['refund']> {
  const payment_intent = await intentBehind(stripe, provider_payment);
  const made = (await refundsOf(stripe, payment_intent)).find(
    ({ metadata }) => metadata?.['refund'] === refund,
  );
  const params = { payment_intent, amount: toStripe(amount_minor, currency), metadata: { refund } };
  const { id, status } =
    made ?? (await stripe.refunds.create(params, { idempotencyKey: `refund:${refund}` }));
  return { provider_refund: id, status: refundStatus(status) };
}

/** @throws PaymentProviderError `nothing_paid`, definite, for a session whose shopper never submitted the page */
async function intentBehind(stripe: Stripe, id: string): Promise<string> {
  if (!isSession(id)) return id;
  const { payment_intent } = await stripe.checkout.sessions.retrieve(id);
  const intent = typeof payment_intent === 'object' ? payment_intent?.id : payment_intent;
  if (intent) return intent;
  throw new PaymentProviderError('Nothing was paid', { is_definite: true, code: 'nothing_paid' });
}

function isRefusal(error: unknown): error is Stripe.errors.StripeInvalidRequestError {
  return error instanceof Stripe.errors.StripeInvalidRequestError;
}

function isWrongState(error: unknown): boolean {
  return isRefusal(error) && error.code === 'payment_intent_unexpected_state';
}
