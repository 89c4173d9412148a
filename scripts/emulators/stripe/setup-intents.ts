/** Setup intents: a shopper lets the shop keep a card without paying now. */
import type Stripe from 'stripe';
import { idOf, newId, randomText, requireCustomer, requireSetup, unixNow } from './books.ts';
import type { MethodRecord, SetupRecord } from './books.ts';
import { refuseUnsimulated } from './call.ts';
import type { Call } from './call.ts';
import { cardError, noSuch, notSimulated, refused, StripeApiError } from './errors.ts';
import type { ErrorBody } from './errors.ts';
import { mergeMetadata, refuseEmpty } from './fields.ts';
import { pageOf } from './list-page.ts';
import type { List, PageParams } from './list-page.ts';
import { attachTo, bankOf, cardOf, refuseSpent, resolveMethod } from './payment-methods.ts';

type Setup = Stripe.SetupIntent;

const OPEN: Setup['status'][] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

export function createSetup(call: Call): Setup {
  refuseUnsimulated(call.params, [
    'automatic_payment_methods',
    'confirm',
    'customer',
    'description',
    'metadata',
    'payment_method',
    'return_url',
    'usage',
  ]);
  const params = call.params as Stripe.SetupIntentCreateParams;
  refuseEmpty(params, ['customer', 'payment_method']);
  const customer = params.customer ? requireCustomer(call.books, params.customer, 'parameter').id : null;
  const method = params.payment_method ? resolveMethod(call.books, params.payment_method, 'parameter') : null;
  const id = newId('seti');
  const object: Setup = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: {
      allow_redirects: params.automatic_payment_methods?.allow_redirects ?? 'always',
      enabled: params.automatic_payment_methods?.enabled ?? true,
    },
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: unixNow(),
    customer,
    customer_account: null,
    description: params.description ?? null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: mergeMetadata({}, params.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: method?.object.id ?? null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: method ? 'requires_confirmation' : 'requires_payment_method',
    usage: params.usage ?? 'off_session',
  };
  const record: SetupRecord = { object, return_url: params.return_url ?? null };
  call.books.setup_intents.set(id, record);
  call.emit('setup_intent.created', object);
  return params.confirm ? setUp(call, record, params.payment_method) : object;
}

export function retrieveSetup(call: Call): Setup {
  const { object: setup } = requireSetup(call.books, call.path['intent'] ?? '');
  const { client_secret } = call.params as { client_secret?: string };
  if (client_secret !== undefined && client_secret !== setup.client_secret) {
    throw noSuch('setupintent', setup.id, 'intent', 'address');
  }
  return setup;
}

export function listSetups(call: Call): List<Setup> {
  const params = call.params as Stripe.SetupIntentListParams;
  if (params.customer_account || params.attach_to_self) throw notSimulated('customer_account');
  const setups = [...call.books.setup_intents.values()]
    .map((record) => record.object)
    .filter((setup) => params.customer === undefined || setup.customer === params.customer)
    .filter((setup) => params.payment_method === undefined || setup.payment_method === params.payment_method);
  return pageOf(setups, call.params as PageParams, '/v1/setup_intents');
}

export function confirmSetup(call: Call): Setup {
  refuseUnsimulated(call.params, ['payment_method', 'return_url', 'use_stripe_sdk']);
  const record = requireSetup(call.books, call.path['intent'] ?? '');
  const params = call.params as Stripe.SetupIntentConfirmParams;
  refuseEmpty(params, ['payment_method']);
  record.return_url = params.return_url ?? record.return_url;
  return setUp(call, record, params.payment_method);
}

export function cancelSetup(call: Call): Setup {
  const { object: setup } = requireSetup(call.books, call.path['intent'] ?? '');
  const { cancellation_reason } = call.params as Stripe.SetupIntentCancelParams;
  if (!OPEN.includes(setup.status)) throw wrongState(setup, 'could not be canceled');
  setup.status = 'canceled';
  setup.cancellation_reason = cancellation_reason ?? null;
  setup.next_action = null;
  call.emit('setup_intent.canceled', setup);
  return setup;
}

/**
 * Keeps a card: the one named, or the one the setup has already. The bank may want to be asked first.
 * @throws StripeApiError 402 when the card is declined; the setup is back at requires_payment_method then.
 */
export function setUp(call: Call, record: SetupRecord, method_id: string | undefined): Setup {
  const setup = record.object;
  if (!OPEN.includes(setup.status)) throw wrongState(setup, 'could not be confirmed');
  const id = method_id ?? idOf(setup.payment_method);
  if (!id) throw wrongState(setup, 'could not be confirmed without a payment method');
  const method = resolveMethod(call.books, id, 'parameter');
  refuseSpent(method);
  setup.payment_method = method.object.id;
  setup.latest_attempt = newId('setatt');
  const wants = bankOf(method) ? undefined : cardOf(method).authentication;
  if (wants === undefined || (wants === 'unless_set_up' && method.is_set_up))
    return keep(call, record, method);
  const page = `${call.base_url}/setup/${setup.id}`;
  setup.status = 'requires_action';
  setup.next_action = record.return_url
    ? { type: 'redirect_to_url', redirect_to_url: { return_url: record.return_url, url: page } }
    : { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: page } };
  call.emit('setup_intent.requires_action', setup);
  return setup;
}

/**
 * The shopper has passed the bank's check, or has not.
 * @throws StripeApiError 402 when the card is declined after all.
 */
export function decideSetup(call: Call, record: SetupRecord, is_approved: boolean): Setup {
  const method = resolveMethod(call.books, idOf(record.object.payment_method) ?? '', 'parameter');
  if (is_approved) return keep(call, record, method);
  return backToStart(call, record, {
    type: 'invalid_request_error',
    code: 'setup_intent_authentication_failure',
    message:
      'The latest attempt to set up the payment method has failed because authentication failed. Provide a new one.',
    payment_method: structuredClone(method.object),
  });
}

/** A card that is declined when it is attached is declined here; one that is kept without a customer belongs to nobody yet. */
function keep(call: Call, record: SetupRecord, method: MethodRecord): Setup {
  const setup = record.object;
  const customer = idOf(setup.customer);
  try {
    const card = bankOf(method) ? null : cardOf(method);
    if (card?.refuses_attach && card.decline) throw cardError({ ...card.decline });
    if (customer) attachTo(call, method, requireCustomer(call.books, customer, 'parameter'));
  } catch (error) {
    if (!(error instanceof StripeApiError)) throw error;
    const body = { ...error.body, payment_method: structuredClone(method.object) };
    backToStart(call, record, body);
    throw new StripeApiError(error.status, { ...body, setup_intent: structuredClone(setup) });
  }
  method.is_set_up = true;
  setup.status = 'succeeded';
  setup.next_action = null;
  setup.last_setup_error = null;
  call.emit('setup_intent.succeeded', setup);
  return setup;
}

function backToStart(call: Call, record: SetupRecord, error: ErrorBody): Setup {
  const setup = record.object;
  setup.status = 'requires_payment_method';
  setup.payment_method = null;
  setup.next_action = null;
  setup.last_setup_error = error as Stripe.SetupIntent.LastSetupError;
  call.emit('setup_intent.setup_failed', setup);
  return setup;
}

function wrongState(setup: Setup, what: string): StripeApiError {
  return refused(`This SetupIntent ${what} because it has a status of ${setup.status}.`, {
    code: 'setup_intent_unexpected_state',
    setup_intent: structuredClone(setup),
  });
}
