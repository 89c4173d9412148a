/** Checkout Sessions: a payment on a page of Stripe's. The shop makes one and sends the shopper to its address. */
import type Stripe from 'stripe';
import { checkAmount, requireCurrency } from './amounts.ts';
import { newId, requireCustomer, requireSession, unixNow } from './books.ts';
import type { IntentRecord, SessionRecord } from './books.ts';
import { refuseUnsimulated } from './call.ts';
import type { Call } from './call.ts';
import { badParameter, notSimulated, refused } from './errors.ts';
import { addressFrom, mergeMetadata } from './fields.ts';
import { applyParams } from './intent-params.ts';
import { pageOf } from './list-page.ts';
import type { List, PageParams } from './list-page.ts';
import { newIntent } from './new-intent.ts';
import { endIntent } from './payment-intents.ts';

type Session = Stripe.Checkout.Session;
type CreateParams = Stripe.Checkout.SessionCreateParams;

const DAY_SECONDS = 24 * 60 * 60;
const SHORTEST_SECONDS = 30 * 60;

const SIMULATED = [
  'adaptive_pricing',
  'cancel_url',
  'client_reference_id',
  'customer',
  'customer_email',
  'expires_at',
  'line_items',
  'metadata',
  'mode',
  'payment_intent_data',
  'success_url',
  'ui_mode',
];
const INTENT_DATA = [
  'capture_method',
  'description',
  'metadata',
  'receipt_email',
  'setup_future_usage',
  'statement_descriptor_suffix',
];

export function createSession(call: Call): Session {
  refuseUnsimulated(call.params, SIMULATED);
  const params = call.params as CreateParams;
  checkMode(params);
  const { amount, currency, title } = totalOf(params);
  const record: SessionRecord = {
    object: newSession(call, params, amount, currency),
    intent_params: intentParams(params, amount, currency),
    title,
  };
  call.books.sessions.set(record.object.id, record);
  return record.object;
}

export function retrieveSession(call: Call): Session {
  return requireSession(call.books, call.path['session'] ?? '').object;
}

export function listSessions(call: Call): List<Session> {
  const simulated = ['created', 'customer', 'payment_intent', 'status'];
  refuseUnsimulated(call.params, ['ending_before', 'limit', 'starting_after', ...simulated]);
  const params = call.params as Stripe.Checkout.SessionListParams;
  const sessions = [...call.books.sessions.values()]
    .map((record) => record.object)
    .filter((session) => params.customer === undefined || session.customer === params.customer)
    .filter(
      (session) => params.payment_intent === undefined || session.payment_intent === params.payment_intent,
    )
    .filter((session) => params.status === undefined || session.status === params.status);
  return pageOf(sessions, call.params as PageParams, '/v1/checkout/sessions');
}

export function expireSession(call: Call): Session {
  return endSession(call, requireSession(call.books, call.path['session'] ?? ''));
}

/**
 * Ends a session, be it because its time is over. What its shopper has begun is cancelled along with it (assumed).
 * @throws StripeApiError when it is not open any more.
 */
export function endSession(call: Call, { object: session }: SessionRecord): Session {
  if (session.status !== 'open') {
    throw refused(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ` +
        `${String(session.status)}.`,
    );
  }
  session.status = 'expired';
  session.url = null;
  call.emit('checkout.session.expired', session);
  const record = intentOf(call, session);
  if (record) endIntent(call, record, 'automatic');
  return session;
}

/** The payment intent of a session, made when the shopper first submits a card. */
export function intentOfSession(call: Call, record: SessionRecord): IntentRecord {
  const session = record.object;
  const made = intentOf(call, session);
  if (made) return made;
  const intent = newIntent(record.intent_params);
  intent.session = session.id;
  applyParams(call, intent, record.intent_params);
  call.books.payment_intents.set(intent.object.id, intent);
  session.payment_intent = intent.object.id;
  call.emit('payment_intent.created', intent.object);
  return intent;
}

function intentOf(call: Call, { payment_intent }: Session): IntentRecord | undefined {
  return typeof payment_intent === 'string' ? call.books.payment_intents.get(payment_intent) : undefined;
}

/** @throws StripeApiError for anything but a payment on a page of its own that leads back. */
function checkMode(params: CreateParams): void {
  if (params.mode !== 'payment') throw notSimulated('mode');
  if (params.ui_mode !== undefined && params.ui_mode !== 'hosted_page') throw notSimulated('ui_mode');
  if (!params.success_url) {
    throw badParameter('Missing required param: success_url.', 'success_url', 'parameter_missing');
  }
  for (const name of ['success_url', 'cancel_url'] as const) {
    if (params[name] !== undefined && !URL.canParse(params[name])) {
      throw badParameter('Not a valid URL', name, 'url_invalid');
    }
  }
  if (params.customer && params.customer_email) {
    throw badParameter('You may only specify one of these parameters: customer, customer_email.', 'customer');
  }
  const seconds = params.expires_at === undefined ? DAY_SECONDS : params.expires_at - unixNow();
  if (seconds < SHORTEST_SECONDS || seconds > DAY_SECONDS) {
    throw badParameter('The `expires_at` timestamp must be 30 minutes to 24 hours from now.', 'expires_at');
  }
  for (const name of Object.keys(params.payment_intent_data ?? {})) {
    if (!INTENT_DATA.includes(name)) throw notSimulated(`payment_intent_data[${name}]`);
  }
  if (params.payment_intent_data?.setup_future_usage && !params.customer) {
    // Stripe would make a customer of its own here.
    throw notSimulated('payment_intent_data[setup_future_usage] without a customer');
  }
}

function totalOf(params: CreateParams): { amount: number; currency: string; title: string } {
  const items = params.line_items ?? [];
  const currency = requireCurrency(items[0]?.price_data?.currency ?? '');
  let amount = 0;
  for (const [index, { price_data, quantity, ...others }] of items.entries()) {
    const unused = Object.keys(others)[0];
    if (unused) throw notSimulated(`line_items[${index}][${unused}]`);
    if (price_data?.unit_amount === undefined || !price_data.product_data || quantity === undefined) {
      throw badParameter(
        'Give price_data[unit_amount], price_data[product_data] and quantity.',
        'line_items',
      );
    }
    if (price_data.currency.toLowerCase() !== currency) {
      throw badParameter('All line items must have the same currency.', 'line_items');
    }
    amount += price_data.unit_amount * quantity;
  }
  checkAmount(amount, currency);
  const title = items.map(({ price_data }) => price_data?.product_data?.name ?? '').join(', ');
  return { amount, currency, title };
}

function intentParams(
  params: CreateParams,
  amount: number,
  currency: string,
): Stripe.PaymentIntentCreateParams {
  const data = params.payment_intent_data ?? {};
  return {
    amount,
    currency,
    ...(params.customer && { customer: params.customer }),
    ...data,
    receipt_email: data.receipt_email ?? params.customer_email ?? '',
  } as Stripe.PaymentIntentCreateParams;
}

function newSession(call: Call, params: CreateParams, amount: number, currency: string): Session {
  const customer = params.customer ? requireCustomer(call.books, params.customer, 'parameter') : null;
  const email = customer?.email ?? params.customer_email ?? null;
  const id = newId('cs_test');
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: params.adaptive_pricing?.enabled ?? true },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    amount_subtotal: amount,
    amount_total: amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: unixNow(),
    currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: customer ? null : 'if_required',
    customer_details: email === null ? null : { ...NO_DETAILS, address: addressFrom({}), email },
    customer_email: params.customer_email ?? null,
    discounts: [],
    expires_at: params.expires_at ?? unixNow() + DAY_SECONDS,
    integration_identifier: null,
    invoice: null,
    invoice_creation: {
      enabled: false,
      invoice_data: {
        account_tax_ids: null,
        custom_fields: null,
        description: null,
        footer: null,
        issuer: null,
        metadata: {},
        rendering_options: null,
      },
    },
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata: mergeMetadata({}, params.metadata),
    mode: 'payment',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: params.success_url ?? null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${call.base_url}/c/${id}`,
    wallet_options: null,
  };
}

const NO_DETAILS = {
  business_name: null,
  individual_name: null,
  name: null,
  phone: null,
  tax_exempt: 'none' as const,
  tax_ids: null,
};
