/**
 * What happens when a card is charged: the moves of a payment intent's state machine that involve the bank.
 *
 * requires_confirmation → requires_action (3-D Secure) → succeeded, or requires_capture when capture is manual;
 * a decline or a failed 3-D Secure leads back to requires_payment_method. A bank account leads to processing, and from there
 * to succeeded or back, once it is settled.
 */
import type Stripe from 'stripe';
import { idOf, requireCharge, requireCustomer } from './books.ts';
import type { IntentRecord, MethodRecord } from './books.ts';
import type { Call } from './call.ts';
import { addCharge, outcomeOf } from './charges.ts';
import { openDispute } from './disputes.ts';
import { cardError, refused } from './errors.ts';
import type { ErrorBody, StripeApiError } from './errors.ts';
import { attachTo, bankOf, cardOf } from './payment-methods.ts';
import { completeSession, settleSession } from './session-completion.ts';
import type { TestBank } from './test-banks.ts';
import type { Decline } from './test-cards.ts';

export type AttemptOptions = { off_session: boolean; error_on_requires_action: boolean };

const NEEDS_AUTHENTICATION: Decline = {
  code: 'authentication_required',
  decline_code: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

/**
 * Charges the intent's card, or asks the shopper to authenticate first; begins the debit of a bank account.
 * @throws StripeApiError 402 when the card is declined; the intent is back at requires_payment_method then.
 */
export function attemptPayment(
  call: Call,
  record: IntentRecord,
  method: MethodRecord,
  options: AttemptOptions,
): Stripe.PaymentIntent {
  const bank = bankOf(method);
  if (bank) return beginDebit(call, record, method, bank);
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
    completeSession(call, record);
  } else {
    intent.status = 'succeeded';
    intent.amount_received = intent.amount;
    call.emit('charge.succeeded', charge);
    call.emit('payment_intent.succeeded', intent);
    completeSession(call, record);
    disputeAtOnce(call, method, charge);
  }
  return intent;
}

/** Some cards are made to be disputed as soon as their money is taken. */
export function disputeAtOnce(call: Call, method: MethodRecord | undefined, charge: Stripe.Charge): void {
  const dispute = method && !bankOf(method) ? cardOf(method).dispute : undefined;
  if (dispute) openDispute(call, charge, dispute);
}

function beginDebit(
  call: Call,
  record: IntentRecord,
  method: MethodRecord,
  bank: TestBank,
): Stripe.PaymentIntent {
  const intent = record.object;
  if (intent.currency !== bank.currency || intent.capture_method === 'manual') {
    const message = `A payment method of type ${bank.type} pays in ${bank.currency}, and is captured at once.`;
    throw refused(message, { param: 'payment_method', payment_intent: structuredClone(intent) });
  }
  saveForLater(call, intent, method);
  const charge = addCharge(call, record, method);
  intent.latest_charge = charge.id;
  intent.last_payment_error = null;
  intent.status = 'processing';
  if (method.object.customer === null) method.is_spent = true;
  call.emit('charge.pending', charge);
  call.emit('payment_intent.processing', intent);
  completeSession(call, record);
  return intent;
}

/**
 * The bank has said what came of a debit.
 * @throws StripeApiError when the intent waits for no bank.
 */
export function settleDebit(
  call: Call,
  record: IntentRecord,
  outcome: 'succeeded' | 'failed',
): Stripe.PaymentIntent {
  const intent = record.object;
  const method = call.books.payment_methods.get(idOf(intent.payment_method) ?? '');
  const bank = method && bankOf(method);
  if (intent.status !== 'processing' || !bank) throw refused(`${intent.id} does not wait for a bank.`);
  const charge = requireCharge(call.books, idOf(intent.latest_charge) ?? '');
  charge.status = outcome;
  charge.paid = outcome === 'succeeded';
  if (outcome === 'succeeded') {
    charge.captured = true;
    charge.amount_captured = charge.amount;
    intent.status = 'succeeded';
    intent.amount_received = intent.amount;
    call.emit('charge.succeeded', charge);
    call.emit('payment_intent.succeeded', intent);
  } else {
    charge.failure_code = bank.failure.code;
    charge.failure_message = bank.failure.message;
    charge.outcome = outcomeOf(bank.failure);
    call.emit('charge.failed', charge);
    const error = { ...bank.failure, charge: charge.id, payment_method: structuredClone(method.object) };
    backToStart(call, record, { type: 'invalid_request_error', ...error });
  }
  settleSession(call, record);
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
