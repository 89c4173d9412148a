/**
 * What happens when a card is charged: the moves of a payment intent's state machine that involve the bank.
 *
 * requires_confirmation → requires_action (3-D Secure) → succeeded, or requires_capture when capture is manual;
 * a decline or a failed 3-D Secure leads back to requires_payment_method.
 */
import type Stripe from 'stripe';
import { idOf, requireCustomer } from './books.ts';
import type { IntentRecord, MethodRecord } from './books.ts';
import type { Call } from './call.ts';
import { addCharge } from './charges.ts';
import { cardError } from './errors.ts';
import type { ErrorBody, StripeApiError } from './errors.ts';
import { attachTo, cardOf } from './payment-methods.ts';
import type { Decline } from './test-cards.ts';

export type AttemptOptions = { off_session: boolean; error_on_requires_action: boolean };

const NEEDS_AUTHENTICATION: Decline = {
  code: 'authentication_required',
  decline_code: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

/**
 * Charges the intent's card, or asks the shopper to authenticate first.
 * @throws StripeApiError 402 when the card is declined; the intent is back at requires_payment_method then.
 */
export function attemptPayment(
  call: Call,
  record: IntentRecord,
  method: MethodRecord,
  options: AttemptOptions,
): Stripe.PaymentIntent {
  const card = cardOf(method);
  if (!record.is_authenticated && needsAuthentication(record, method, options)) {
    if (options.off_session) throw declinePayment(call, record, method, NEEDS_AUTHENTICATION);
    if (options.error_on_requires_action) throw refuseAction(call, record, method);
    return askForAuthentication(call, record);
  }
  if (card.decline) throw declinePayment(call, record, method, card.decline);
  return takePayment(call, record, method);
}

/**
 * The shopper has passed the bank's check: the card is charged, or waits for the server to confirm again when
 * confirmation is manual.
 * @throws StripeApiError 402 when the card is declined after all.
 */
export function approveAuthentication(
  call: Call,
  record: IntentRecord,
  method: MethodRecord,
): Stripe.PaymentIntent {
  const intent = record.object;
  record.is_authenticated = true;
  if (intent.setup_future_usage === 'off_session') method.is_set_up = true;
  intent.next_action = null;
  if (intent.confirmation_method === 'manual') {
    intent.status = 'requires_confirmation';
    return intent;
  }
  return attemptPayment(call, record, method, { off_session: false, error_on_requires_action: false });
}

/** The shopper has failed or refused the bank's check. */
export function failAuthentication(
  call: Call,
  record: IntentRecord,
  method: MethodRecord,
): Stripe.PaymentIntent {
  return backToStart(call, record, {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new ' +
      'PaymentMethod to attempt to fulfill this PaymentIntent again.',
    payment_method: structuredClone(method.object),
  });
}

function needsAuthentication(record: IntentRecord, method: MethodRecord, options: AttemptOptions): boolean {
  const asked = record.object.payment_method_options?.card?.request_three_d_secure;
  if (!options.off_session && (asked === 'any' || asked === 'challenge')) return true;
  switch (cardOf(method).authentication) {
    case 'always':
      return true;
    case 'unless_set_up':
      return !method.is_set_up;
    case 'on_session':
      return !options.off_session;
    case undefined:
      return false;
  }
}

function askForAuthentication(call: Call, record: IntentRecord): Stripe.PaymentIntent {
  const intent = record.object;
  const page = `${call.base_url}/pay/${intent.id}`;
  intent.status = 'requires_action';
  // Without an address to come back to, Stripe leaves the redirect to its own browser library.
  intent.next_action = record.return_url
    ? { type: 'redirect_to_url', redirect_to_url: { return_url: record.return_url, url: page } }
    : { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: page } };
  call.emit('payment_intent.requires_action', intent);
  return intent;
}

function takePayment(call: Call, record: IntentRecord, method: MethodRecord): Stripe.PaymentIntent {
  const intent = record.object;
  saveForLater(call, intent, method);
  const charge = addCharge(call, record, method);
  intent.latest_charge = charge.id;
  intent.last_payment_error = null;
  intent.next_action = null;
  record.is_authenticated = false;
  if (method.object.customer === null) method.is_spent = true;
  if (intent.capture_method === 'manual') {
    intent.status = 'requires_capture';
    intent.amount_capturable = intent.amount;
    call.emit('charge.succeeded', charge);
    call.emit('payment_intent.amount_capturable_updated', intent);
  } else {
    intent.status = 'succeeded';
    intent.amount_received = intent.amount;
    call.emit('charge.succeeded', charge);
    call.emit('payment_intent.succeeded', intent);
  }
  return intent;
}

function saveForLater(call: Call, intent: Stripe.PaymentIntent, method: MethodRecord): void {
  const customer = idOf(intent.customer);
  if (!customer || !intent.setup_future_usage || method.object.customer !== null) return;
  attachTo(call, method, requireCustomer(call.books, customer, 'parameter'));
}

function declinePayment(
  call: Call,
  record: IntentRecord,
  method: MethodRecord,
  decline: Decline,
): StripeApiError {
  const intent = record.object;
  const charge = addCharge(call, record, method, decline);
  intent.latest_charge = charge.id;
  call.emit('charge.failed', charge);
  const error = { ...decline, charge: charge.id, payment_method: structuredClone(method.object) };
  backToStart(call, record, { type: 'card_error', ...error });
  return cardError({ ...error, payment_intent: structuredClone(intent) });
}

function refuseAction(call: Call, record: IntentRecord, method: MethodRecord): StripeApiError {
  const error = {
    code: 'authentication_required',
    message:
      'This payment required an authentication action to complete, but `error_on_requires_action` was set. ' +
      "When you're ready, try the payment again without `error_on_requires_action`.",
    payment_method: structuredClone(method.object),
  };
  backToStart(call, record, { type: 'card_error', ...error });
  return cardError({ ...error, payment_intent: structuredClone(record.object) });
}

function backToStart(call: Call, record: IntentRecord, error: ErrorBody): Stripe.PaymentIntent {
  const intent = record.object;
  intent.status = 'requires_payment_method';
  intent.payment_method = null;
  intent.next_action = null;
  intent.last_payment_error = withDocs(error);
  record.is_authenticated = false;
  call.emit('payment_intent.payment_failed', intent);
  return intent;
}

function withDocs(error: ErrorBody): Stripe.PaymentIntent.LastPaymentError {
  const doc_url = `https://stripe.com/docs/error-codes/${(error.code ?? '').replaceAll('_', '-')}`;
  return { ...error, doc_url } as Stripe.PaymentIntent.LastPaymentError;
}
