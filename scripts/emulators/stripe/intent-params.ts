/** What parameters do to a payment intent, wherever they are given: on create, update or confirm. */
import type Stripe from 'stripe';
import { idOf, requireCustomer } from './books.ts';
import type { IntentRecord, MethodRecord } from './books.ts';
import type { Call } from './call.ts';
import { badParameter, notSimulated, refused } from './errors.ts';
import { mergeMetadata, paymentShipping, textField } from './fields.ts';
import { refuseSpent, resolveMethod } from './payment-methods.ts';

type Intent = Stripe.PaymentIntent;
type CardOptions = Partial<Stripe.PaymentIntent.PaymentMethodOptions.Card>;

export type CreateParams = Stripe.PaymentIntentCreateParams;
export type UpdateParams = Stripe.PaymentIntentUpdateParams;
export type ConfirmParams = Stripe.PaymentIntentConfirmParams;

const CARD_OPTIONS = ['capture_method', 'request_three_d_secure', 'setup_future_usage'];

/**
 * Sets what the parameters name. Every reference is checked before anything is written.
 * @throws StripeApiError for a customer or card that does not exist or do not belong together.
 */
export function applyParams(
  call: Call,
  record: IntentRecord,
  params: CreateParams | UpdateParams | ConfirmParams,
): void {
  const intent = record.object;
  const customer = 'customer' in params && params.customer ? params.customer : idOf(intent.customer);
  if (customer) requireCustomer(call.books, customer, 'parameter');
  checkAllowedTypes(params.allowed_payment_method_types);
  checkStatement(params);
  const options = cardOptions(params.payment_method_options as Record<string, object> | undefined);
  const chosen = chosenMethod(call, params);
  const method = chosen ?? currentMethod(call, intent);
  if (method) checkOwner(method, customer);

  intent.customer = customer;
  if (params.allowed_payment_method_types) {
    intent.allowed_payment_method_types = params.allowed_payment_method_types;
  }
  if (params.capture_method) intent.capture_method = params.capture_method;
  if (options.capture_method === 'manual') intent.capture_method = 'manual';
  if (intent.payment_method_options?.card) Object.assign(intent.payment_method_options.card, options);
  if (params.shipping !== undefined)
    intent.shipping = params.shipping ? paymentShipping(params.shipping) : null;
  if (params.setup_future_usage !== undefined) intent.setup_future_usage = params.setup_future_usage || null;
  intent.receipt_email = textField(params.receipt_email, intent.receipt_email);
  if ('description' in params) intent.description = textField(params.description, intent.description);
  if ('transfer_group' in params)
    intent.transfer_group = textField(params.transfer_group, intent.transfer_group);
  if ('statement_descriptor_suffix' in params) {
    intent.statement_descriptor_suffix = textField(
      params.statement_descriptor_suffix,
      intent.statement_descriptor_suffix,
    );
  }
  if ('metadata' in params) intent.metadata = mergeMetadata(intent.metadata, params.metadata);
  if (chosen) {
    const is_other = chosen.object.id !== idOf(intent.payment_method);
    intent.payment_method = chosen.object.id;
    if (is_other || intent.status === 'requires_payment_method') unconfirm(record);
  }
}

/** Another card, amount or currency takes back a confirmation. */
export function unconfirm(record: IntentRecord): void {
  record.object.status = 'requires_confirmation';
  record.object.next_action = null;
  record.is_authenticated = false;
}

/**
 * Cards take a text of the payment's own after the account's; the text of the whole is for payments that cannot be made by
 * card, and every payment here can.
 */
function checkStatement(params: object): void {
  const given = params as { statement_descriptor?: string; statement_descriptor_suffix?: string };
  if (given.statement_descriptor) {
    throw badParameter(
      'The `statement_descriptor` parameter is not supported for the `card` payment method type. ' +
        'Use `statement_descriptor_suffix` instead.',
      'statement_descriptor',
    );
  }
  const suffix = given.statement_descriptor_suffix;
  if (!suffix) return;
  if (/[<>\\'"*]|[^\x20-\x7e\xa0-\xff]/.test(suffix) || !/[A-Za-z]/.test(suffix)) {
    throw badParameter(
      'The statement descriptor suffix must contain at least one letter, Latin characters only, and none of <>\\\'"*.',
      'statement_descriptor_suffix',
    );
  }
}

function chosenMethod(call: Call, params: { payment_method?: string }) {
  if (!params.payment_method) return null;
  const method = resolveMethod(call.books, params.payment_method, 'parameter');
  refuseSpent(method);
  return method;
}

function currentMethod(call: Call, intent: Intent): MethodRecord | null {
  const id = idOf(intent.payment_method);
  return id ? resolveMethod(call.books, id, 'parameter') : null;
}

function checkOwner(method: MethodRecord, customer: string | null): void {
  const owner = idOf(method.object.customer);
  if (owner === null || owner === customer) return;
  throw refused(
    customer === null
      ? 'The payment method you provided is attached to a customer so for security purposes you must provide the ' +
          'customer in the request.'
      : `The provided PaymentMethod (${method.object.id}) belongs to another customer.`,
    { param: 'payment_method' },
  );
}

/** Cards and redirects alike, unless the shop says otherwise. */
export function automaticMethods(params: CreateParams): Stripe.PaymentIntent.AutomaticPaymentMethods | null {
  const asked = params.automatic_payment_methods;
  if (!asked)
    return params.allowed_payment_method_types ? null : { allow_redirects: 'always', enabled: true };
  return { allow_redirects: asked.allow_redirects ?? 'always', enabled: asked.enabled };
}

function checkAllowedTypes(types: string[] | undefined): void {
  if (!types || types.includes('card')) return;
  throw badParameter('The emulator pays by card only: allow the type card.', 'allowed_payment_method_types');
}

function cardOptions(options: Record<string, object> | undefined): CardOptions {
  const { card = {}, ...others } = options ?? {};
  const unused = [
    ...Object.keys(others).map((name) => `payment_method_options[${name}]`),
    ...Object.keys(card)
      .filter((name) => !CARD_OPTIONS.includes(name))
      .map((name) => `payment_method_options[card][${name}]`),
  ];
  if (unused[0]) throw notSimulated(unused[0]);
  return card as CardOptions;
}
