/** Cards and bank accounts: made from a test method's id or a card's number, kept with a customer, let go. */
import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import { bankDetails } from './bank-accounts.ts';
import { idOf, newId, requireCustomer, unixNow } from './books.ts';
import type { Books, MethodRecord } from './books.ts';
import { refuseUnsimulated } from './call.ts';
import type { Call } from './call.ts';
import { badParameter, cardError, noSuch, notSimulated, refused } from './errors.ts';
import { addressFrom, mergeMetadata } from './fields.ts';
import { pageOf } from './list-page.ts';
import type { List, PageParams } from './list-page.ts';
import { findTestBank } from './test-banks.ts';
import type { TestBank } from './test-banks.ts';
import { findTestCard, findTestCardByNumber } from './test-cards.ts';
import type { TestCard } from './test-cards.ts';

type Method = Stripe.PaymentMethod;
type BillingParams = Stripe.PaymentMethodCreateParams['billing_details'];
type CardData = { type?: string; card?: { number?: string; exp_month?: number; exp_year?: number } };
type MethodData = CardData & {
  billing_details?: BillingParams;
  metadata?: Record<string, string> | '';
};

export function createMethod(call: Call): Method {
  refuseUnsimulated(call.params, ['type', 'card', 'billing_details', 'metadata', 'allow_redisplay']);
  return methodFromData(call, call.params as MethodData).object;
}

export function retrieveMethod(call: Call): Method {
  return resolveMethod(call.books, call.path['payment_method'] ?? '', 'address').object;
}

export function retrieveCustomerMethod(call: Call): Method {
  const customer = requireCustomer(call.books, call.path['customer'] ?? '');
  const method = retrieveMethod(call);
  if (method.customer !== customer.id) throw noSuch('PaymentMethod', method.id, 'payment_method', 'address');
  return method;
}

export function updateMethod(call: Call): Method {
  refuseUnsimulated(call.params, ['billing_details', 'metadata', 'allow_redisplay']);
  const params = call.params as Stripe.PaymentMethodUpdateParams;
  const method = retrieveMethod(call);
  method.metadata = mergeMetadata(method.metadata ?? {}, params.metadata);
  if (params.allow_redisplay) method.allow_redisplay = params.allow_redisplay;
  if (params.billing_details)
    method.billing_details = billingFrom(params.billing_details, method.billing_details);
  call.emit('payment_method.updated', method);
  return method;
}

export function listMethods(call: Call): List<Method> {
  const params = call.params as Stripe.PaymentMethodListParams;
  if (params.customer_account) throw notSimulated('customer_account');
  return methodPage(call, '/v1/payment_methods', params.customer);
}

export function listCustomerMethods(call: Call): List<Method> {
  const customer = requireCustomer(call.books, call.path['customer'] ?? '');
  return methodPage(call, `/v1/customers/${customer.id}/payment_methods`, customer.id);
}

export function attachMethod(call: Call): Method {
  refuseUnsimulated(call.params, ['customer']);
  const { customer: id } = call.params as { customer?: string };
  if (!id) throw badParameter('Missing required param: customer.', 'customer', 'parameter_missing');
  const record = resolveMethod(call.books, call.path['payment_method'] ?? '', 'address');
  attachTo(call, record, requireCustomer(call.books, id, 'parameter'));
  return record.object;
}

export function detachMethod(call: Call): Method {
  const record = resolveMethod(call.books, call.path['payment_method'] ?? '', 'address');
  if (!record.object.customer) {
    throw refused(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    );
  }
  detach(call, record);
  return record.object;
}

/** A detached card can never be used again. */
export function detach(call: Call, record: MethodRecord): void {
  const customer = idOf(record.object.customer);
  record.object.customer = null;
  record.is_spent = true;
  call.emit('payment_method.detached', record.object, { customer });
}

/** @throws StripeApiError 402 for the cards that are declined when saved, 400 for one that was used up. */
export function attachTo(call: Call, record: MethodRecord, customer: Stripe.Customer): void {
  const owner = idOf(record.object.customer);
  if (owner === customer.id) return;
  if (owner) throw refused('The payment method you provided has already been attached to a customer.');
  refuseSpent(record);
  const card = bankOf(record) ? null : cardOf(record);
  if (card?.refuses_attach && card.decline) throw cardError({ ...card.decline });
  record.object.customer = customer.id;
  call.emit('payment_method.attached', record.object);
}

export function refuseSpent(record: MethodRecord): void {
  if (!record.is_spent) return;
  throw refused(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with ' +
      'a connected account without Customer attachment, or was detached from a Customer. It may not be used again. ' +
      'To use a PaymentMethod multiple times, you must attach it to a Customer first.',
  );
}

/** The method with this id; the id of a test method stands for a fresh one each time it is named. */
export function resolveMethod(books: Books, id: string, place: 'address' | 'parameter'): MethodRecord {
  return books.payment_methods.get(id) ?? addTestMethod(books, id, place);
}

/** A fresh card of the kind `pm_card_…` names, or a fresh account of a test bank. */
export function addTestMethod(
  books: Books,
  id: string,
  place: 'address' | 'parameter' = 'parameter',
): MethodRecord {
  const card = findTestCard(id);
  if (card) return addCard(books, card, {});
  const bank = findTestBank(id);
  if (!bank) throw noSuch('PaymentMethod', id, 'payment_method', place);
  return addMethod(books, bank.id, {}, bankDetails(bank));
}

/** @throws StripeApiError for anything but a card, and 402 for a number that is no test card. */
function methodFromData(call: Call, data: MethodData): MethodRecord {
  if (data.type !== 'card')
    throw badParameter('The emulator simulates payment methods of type card only.', 'type');
  const number = data.card?.number;
  if (!number)
    throw badParameter('Missing required param: card[number].', 'card[number]', 'parameter_missing');
  const card = findTestCardByNumber(number);
  if (!card) throw unknownNumber(number);
  return addCard(call.books, card, data);
}

/** The test bank behind a method; undefined where it is a card. */
export function bankOf(record: MethodRecord): TestBank | undefined {
  return findTestBank(record.test_card);
}

/** The test card behind a method. @throws RangeError where it is none, which `bankOf` tells first */
export function cardOf(record: MethodRecord): TestCard {
  const card = findTestCard(record.test_card);
  if (!card) throw new RangeError(`no test card is called ${record.test_card}`);
  return card;
}

type Details = Pick<Method, 'type'> & Partial<Pick<Method, 'card' | 'sepa_debit' | 'us_bank_account'>>;

function addCard(books: Books, card: TestCard, data: MethodData): MethodRecord {
  return addMethod(books, card.id, data, {
    type: 'card',
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: card.brand,
      exp_month: data.card?.exp_month ?? 12,
      exp_year: data.card?.exp_year ?? new Date().getUTCFullYear() + 4,
      fingerprint: createHash('sha256').update(card.number).digest('base64url').slice(0, 16),
      funding: card.funding,
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  });
}

function addMethod(books: Books, test_id: string, data: MethodData, details: Details): MethodRecord {
  const object: Method = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: billingFrom(data.billing_details ?? {}),
    created: unixNow(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: mergeMetadata({}, data.metadata),
    ...details,
  };
  const record: MethodRecord = { object, test_card: test_id, is_spent: false, is_set_up: false };
  books.payment_methods.set(object.id, record);
  return record;
}

function methodPage(call: Call, url: string, customer: string | undefined): List<Method> {
  const { type } = call.params as { type?: string };
  const methods = [...call.books.payment_methods.values()]
    .map((record) => record.object)
    .filter((method) => (customer ? method.customer === customer : method.customer !== null))
    .filter((method) => type === undefined || method.type === type);
  return pageOf(methods, call.params as PageParams, url);
}

function billingFrom(params: NonNullable<BillingParams>, current?: Method['billing_details']) {
  return {
    address:
      params.address === undefined
        ? (current?.address ?? addressFrom({}))
        : addressFrom(params.address || {}),
    email: params.email === undefined ? (current?.email ?? null) : params.email || null,
    name: params.name === undefined ? (current?.name ?? null) : params.name || null,
    phone: params.phone === undefined ? (current?.phone ?? null) : params.phone || null,
    tax_id: params.tax_id === undefined ? (current?.tax_id ?? null) : params.tax_id || null,
  };
}

function unknownNumber(number: string) {
  if (!passesLuhn(number.replaceAll(' ', ''))) {
    return cardError({
      code: 'incorrect_number',
      param: 'number',
      message: 'Your card number is incorrect.',
    });
  }
  return cardError({
    code: 'card_declined',
    decline_code: 'test_mode_live_card',
    message: 'Your card was declined. Your request was in test mode, but used a non test card.',
  });
}

function passesLuhn(number: string): boolean {
  if (!/^\d{12,19}$/.test(number)) return false;
  let sum = 0;
  for (const [index, digit] of [...number].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
