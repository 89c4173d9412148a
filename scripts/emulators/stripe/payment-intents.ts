/** Payment intents: what the shop may do with one, and in which state. */
import type Stripe from 'stripe';
import { checkAmount, requireCurrency } from './amounts.ts';
import { idOf, requireCharge, requireIntent, unixNow } from './books.ts';
import type { IntentRecord } from './books.ts';
import { refuseUnsimulated } from './call.ts';
import type { Call } from './call.ts';
import { badParameter, noSuch, notSimulated, refused } from './errors.ts';
import type { StripeApiError } from './errors.ts';
import { mergeMetadata, refuseEmpty, textField } from './fields.ts';
import { applyParams, unconfirm } from './intent-params.ts';
import type { ConfirmParams, CreateParams, UpdateParams } from './intent-params.ts';
import { pageOf } from './list-page.ts';
import type { List, PageParams } from './list-page.ts';
import { newIntent } from './new-intent.ts';
import { attemptPayment, disputeAtOnce } from './payment-attempt.ts';
import { refuseSpent, resolveMethod } from './payment-methods.ts';
import { markSessionPaid } from './session-completion.ts';

type Intent = Stripe.PaymentIntent;
type Status = Intent['status'];

const METHOD_FIELDS = ['payment_method', 'payment_method_options', 'setup_future_usage'];
const ATTEMPT_FIELDS = ['error_on_requires_action', 'off_session', 'return_url', 'use_stripe_sdk'];
const SHARED_FIELDS = ['allowed_payment_method_types', 'capture_method', 'receipt_email', 'shipping'];
const TEXT_FIELDS = [
  'description',
  'metadata',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
];
const UPDATE_FIELDS = ['amount', 'currency', 'customer', ...METHOD_FIELDS, ...SHARED_FIELDS, ...TEXT_FIELDS];
const CONFIRM_FIELDS = [...METHOD_FIELDS, ...SHARED_FIELDS, ...ATTEMPT_FIELDS];
const CREATE_FIELDS = [
  'automatic_payment_methods',
  'confirm',
  'confirmation_method',
  ...ATTEMPT_FIELDS,
  ...UPDATE_FIELDS,
];

/** Fields that may still change once money has moved or never will. */
const ALWAYS_CHANGEABLE = [
  'description',
  'metadata',
  'receipt_email',
  'shipping',
  'transfer_group',
  'expand',
];
const OPEN: Status[] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
const CANCELABLE: Status[] = [...OPEN, 'requires_capture'];

export function createIntent(call: Call): Intent {
  refuseUnsimulated(call.params, CREATE_FIELDS);
  const params = call.params as unknown as CreateParams;
  refuseEmpty(params, ['currency', 'customer', 'payment_method']);
  checkAmount(params.amount, requireCurrency(params.currency));
  if (!params.confirm) {
    const early = ATTEMPT_FIELDS.find((field) => field in call.params && field !== 'use_stripe_sdk');
    if (early) throw badParameter(`${early} can only be used with confirm=true.`, early);
  }
  const record = newIntent(params);
  const intent = record.object;
  if (params.confirm) checkReturnUrl(record, params);
  applyParams(call, record, params);
  if (params.confirm && !intent.payment_method) throw missingMethod(intent);
  call.books.payment_intents.set(intent.id, record);
  call.emit('payment_intent.created', intent);
  return params.confirm ? confirmNow(call, record, params) : intent;
}

export function retrieveIntent(call: Call): Intent {
  const { object: intent } = requireIntent(call.books, call.path['intent'] ?? '');
  const { client_secret } = call.params as { client_secret?: string };
  if (client_secret !== undefined && client_secret !== intent.client_secret) {
    throw noSuch('payment_intent', intent.id, 'intent', 'address');
  }
  return intent;
}

export function listIntents(call: Call): List<Intent> {
  const { customer, customer_account } = call.params as Stripe.PaymentIntentListParams;
  if (customer_account) throw notSimulated('customer_account');
  const intents = [...call.books.payment_intents.values()]
    .map((record) => record.object)
    .filter((intent) => customer === undefined || intent.customer === customer);
  return pageOf(intents, call.params as PageParams, '/v1/payment_intents');
}

/** A change of amount, currency or card takes back an earlier confirmation. */
export function updateIntent(call: Call): Intent {
  const record = requireIntent(call.books, call.path['intent'] ?? '');
  refuseUnsimulated(call.params, UPDATE_FIELDS);
  const params = call.params as UpdateParams;
  refuseEmpty(params, ['currency', 'customer', 'payment_method']);
  const intent = record.object;
  const frozen = Object.keys(params).find((field) => !ALWAYS_CHANGEABLE.includes(field));
  if (frozen && !OPEN.includes(intent.status))
    throw wrongState(intent, `could not be updated (${frozen})`, OPEN);
  const currency = params.currency ? requireCurrency(params.currency) : intent.currency;
  checkAmount(params.amount ?? intent.amount, currency);
  applyParams(call, record, params);
  intent.amount = params.amount ?? intent.amount;
  intent.currency = currency;
  if (intent.status === 'requires_action' && (params.amount !== undefined || params.currency !== undefined)) {
    unconfirm(record);
  }
  return intent;
}

export function confirmIntent(call: Call): Intent {
  const record = requireIntent(call.books, call.path['intent'] ?? '');
  refuseUnsimulated(call.params, CONFIRM_FIELDS);
  const params = call.params as ConfirmParams;
  refuseEmpty(params, ['payment_method']);
  if (!OPEN.includes(record.object.status)) throw wrongState(record.object, 'could not be confirmed', OPEN);
  checkReturnUrl(record, params);
  applyParams(call, record, params);
  return confirmNow(call, record, params);
}

/** Captures `amount_to_capture`, or all; what is left is released at once. */
export function captureIntent(call: Call): Intent {
  const record = requireIntent(call.books, call.path['intent'] ?? '');
  const intent = record.object;
  refuseUnsimulated(call.params, ['amount_to_capture', 'metadata', 'statement_descriptor_suffix']);
  const params = call.params as Stripe.PaymentIntentCaptureParams;
  if (intent.status !== 'requires_capture') {
    throw wrongState(intent, 'could not be captured', ['requires_capture']);
  }
  const amount = params.amount_to_capture ?? intent.amount_capturable;
  if (amount < 1) {
    const message = 'This value must be greater than or equal to 1.';
    throw badParameter(message, 'amount_to_capture', 'parameter_invalid_integer');
  }
  if (amount > intent.amount_capturable) {
    throw refused(
      'The payment could not be captured because the requested capture amount is greater than the amount you can ' +
        'capture for this charge.',
      { code: 'amount_too_large', param: 'amount_to_capture' },
    );
  }
  const charge = requireCharge(call.books, idOf(intent.latest_charge) ?? '');
  charge.captured = true;
  charge.amount_captured = amount;
  intent.status = 'succeeded';
  intent.amount_received = amount;
  intent.amount_capturable = 0;
  intent.metadata = mergeMetadata(intent.metadata, params.metadata);
  intent.statement_descriptor_suffix = textField(
    params.statement_descriptor_suffix,
    intent.statement_descriptor_suffix,
  );
  markSessionPaid(call, record);
  call.emit('charge.captured', charge);
  call.emit('payment_intent.succeeded', intent);
  disputeAtOnce(call, call.books.payment_methods.get(idOf(intent.payment_method) ?? ''), charge);
  return intent;
}

/** Cancels; an authorised amount is given back to the card, which Stripe books as refunded on the charge. */
export function cancelIntent(call: Call): Intent {
  const record = requireIntent(call.books, call.path['intent'] ?? '');
  const { cancellation_reason } = call.params as Stripe.PaymentIntentCancelParams;
  const intent = record.object;
  if (!CANCELABLE.includes(intent.status)) throw wrongState(intent, 'could not be canceled', CANCELABLE);
  if (record.session !== undefined && intent.status !== 'requires_capture') {
    throw refused(
      'You cannot cancel a PaymentIntent created by Checkout. Expire the Checkout Session instead.',
      { code: 'payment_intent_unexpected_state', payment_intent: structuredClone(intent) },
    );
  }
  return endIntent(call, record, cancellation_reason ?? null);
}

/** Cancels an intent that is neither paid nor cancelled, whoever wants it. */
export function endIntent(
  call: Call,
  { object: intent }: IntentRecord,
  reason: Intent['cancellation_reason'],
): Intent {
  if (intent.status === 'requires_capture') {
    const charge = requireCharge(call.books, idOf(intent.latest_charge) ?? '');
    charge.amount_refunded = charge.amount;
    charge.refunded = true;
    if (reason === 'automatic') call.emit('charge.expired', charge);
    call.emit('charge.refunded', charge, { amount_refunded: 0, refunded: false });
  }
  intent.status = 'canceled';
  intent.amount_capturable = 0;
  intent.canceled_at = unixNow();
  intent.cancellation_reason = reason;
  intent.next_action = null;
  call.emit('payment_intent.canceled', intent);
  return intent;
}

function confirmNow(call: Call, record: IntentRecord, params: CreateParams | ConfirmParams): Intent {
  const id = idOf(record.object.payment_method);
  if (!id) throw missingMethod(record.object);
  const method = resolveMethod(call.books, id, 'parameter');
  refuseSpent(method);
  record.return_url = params.return_url ?? record.return_url;
  return attemptPayment(call, record, method, {
    off_session: params.off_session !== undefined && params.off_session !== false,
    error_on_requires_action: params.error_on_requires_action ?? false,
  });
}

/** A server that confirms must say where the shopper comes back to, unless no method can redirect. */
function checkReturnUrl(record: IntentRecord, params: CreateParams | ConfirmParams): void {
  const { automatic_payment_methods: automatic, allowed_payment_method_types } = record.object;
  const may_redirect = automatic?.enabled === true && automatic.allow_redirects !== 'never';
  const is_cards_only = (params.allowed_payment_method_types ?? allowed_payment_method_types) !== null;
  if (!may_redirect || is_cards_only || params.return_url || record.return_url) return;
  throw refused(
    'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these ' +
      'payment methods might redirect your customer off of your page, you must provide a `return_url`. If you ' +
      "don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` " +
      'and `automatic_payment_methods[allow_redirects]` to `never` when creating Payment Intents.',
    { param: 'return_url' },
  );
}

function missingMethod(intent: Intent): StripeApiError {
  return refused(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the " +
      'PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a ' +
      'payment method.',
    { code: 'payment_intent_unexpected_state', payment_intent: structuredClone(intent) },
  );
}

function wrongState(intent: Intent, what: string, allowed: Status[]): StripeApiError {
  const message =
    `This PaymentIntent ${what} because it has a status of ${intent.status}. Only a PaymentIntent with one of the ` +
    `following statuses may be changed so: ${allowed.join(', ')}.`;
  return refused(message, {
    code: 'payment_intent_unexpected_state',
    payment_intent: structuredClone(intent),
  });
}
