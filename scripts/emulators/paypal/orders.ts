/** Orders: made by the shop, approved by the shopper (shopper.ts), then captured or authorised by the shop. */
import { minorOf } from './amounts.ts';
import type { Money } from './amounts.ts';
import { newId, now, requireOne } from './books.ts';
import type { Books, CaptureRecord, OrderRecord } from './books.ts';
import type { Call, Reference } from './call.ts';
import { refused } from './errors.ts';
import { refuseUnsimulated } from './validate.ts';
import { approvalAddress } from './wire.ts';

type OrderRequest = {
  intent: OrderRecord['intent'];
  purchase_units: {
    reference_id?: string;
    amount: Money;
    custom_id?: string;
    invoice_id?: string;
    description?: string;
    soft_descriptor?: string;
  }[];
  payment_source?: { paypal?: { experience_context?: { return_url?: string; cancel_url?: string } } };
};

const UNIT = ['reference_id', 'amount', 'custom_id', 'invoice_id', 'description', 'soft_descriptor'];
const CONTEXT = [
  'brand_name',
  'locale',
  'shipping_preference',
  'return_url',
  'cancel_url',
  'landing_page',
  'user_action',
  'payment_method_preference',
];
/** PayPal gives a shop three days by default to take what was authorised, and tries for twenty-nine. */
const AUTHORISED_FOR_MS = 29 * 24 * 60 * 60 * 1000;

/** @throws PayPalApiError for an amount PayPal does not take */
export function createOrder(call: Call): Reference {
  const request = call.body as OrderRequest;
  const { intent, purchase_units, payment_source } = request;
  refuseUnsimulated(call.body, ['intent', 'purchase_units', 'payment_source']);
  if (purchase_units.length > 1) refuseUnsimulated({ purchase_units: [] }, [], '');
  const unit = purchase_units[0]!;
  refuseUnsimulated(unit, UNIT, '/purchase_units/0');
  refuseUnsimulated(unit.amount, ['currency_code', 'value'], '/purchase_units/0/amount');
  refuseUnsimulated(payment_source ?? {}, ['paypal'], '/payment_source');
  refuseUnsimulated(payment_source?.paypal ?? {}, ['experience_context'], '/payment_source/paypal');
  const context = payment_source?.paypal?.experience_context ?? {};
  refuseUnsimulated(context, CONTEXT, '/payment_source/paypal/experience_context');

  const asked_minor = minorOf(unit.amount, '/purchase_units/0/amount');
  const order: OrderRecord = {
    id: newId(),
    intent,
    status: payment_source ? 'PAYER_ACTION_REQUIRED' : 'CREATED',
    create_time: now(),
    update_time: null,
    reference_id: unit.reference_id ?? 'default',
    custom_id: unit.custom_id ?? null,
    invoice_id: unit.invoice_id ?? null,
    description: unit.description ?? null,
    soft_descriptor: unit.soft_descriptor ?? null,
    ...call.skewed(asked_minor, unit.amount.currency_code),
    has_source: payment_source !== undefined,
    return_url: context.return_url ?? null,
    cancel_url: context.cancel_url ?? null,
    outcome: null,
  };
  call.books.orders.set(order.id, order);
  return { type: 'checkout-order', id: order.id };
}

export function showOrder(call: Call): Reference {
  return { type: 'checkout-order', id: requireOne(call.books.orders, call.path['id']).id };
}

/** Takes the money of an approved order. @throws PayPalApiError, kept for its request id where the bank declines */
export function captureOrder(call: Call): Reference {
  const order = requireOne(call.books.orders, call.path['id']);
  refuseUnsimulated(call.body, []);
  if (order.intent !== 'CAPTURE') throw refused('ORDER_NOT_APPROVED');
  if (order.status === 'COMPLETED') throw refused('ORDER_ALREADY_CAPTURED');
  if (order.status !== 'APPROVED') throw refused('ORDER_NOT_APPROVED', { links: wayBack(call, order) });
  refuseUsedInvoice(call.books, order.id, order.invoice_id);
  if (order.outcome === 'declined') {
    throw refused('INSTRUMENT_DECLINED', { links: wayBack(call, order), is_kept: true });
  }
  const at = now();
  const capture: CaptureRecord = {
    id: newId(),
    order: order.id,
    authorization: null,
    status: order.outcome === 'pending' ? 'PENDING' : 'COMPLETED',
    ...call.skewed(order.amount_minor, order.currency),
    final_capture: true,
    custom_id: order.custom_id,
    invoice_id: order.invoice_id,
    create_time: at,
    update_time: at,
  };
  call.books.captures.set(capture.id, capture);
  order.status = 'COMPLETED';
  order.update_time = at;
  const reference: Reference = { type: 'checkout-order', id: order.id };
  call.emit('CHECKOUT.ORDER.COMPLETED', reference, 'An order has been completed');
  const is_held = capture.status === 'PENDING';
  const about: Reference = { type: 'capture', id: capture.id };
  if (is_held) call.emit('PAYMENT.CAPTURE.PENDING', about, 'A payment is held for review');
  else call.emit('PAYMENT.CAPTURE.COMPLETED', about, 'A payment has been completed');
  return reference;
}

/** Reserves the amount of an approved order. @throws PayPalApiError, kept for its request id where the bank declines */
export function authorizeOrder(call: Call): Reference {
  const order = requireOne(call.books.orders, call.path['id']);
  refuseUnsimulated(call.body, []);
  if (order.intent !== 'AUTHORIZE') throw refused('ACTION_DOES_NOT_MATCH_INTENT');
  if (order.status === 'VOIDED') throw refused('ORDER_COMPLETED_OR_VOIDED');
  if (order.status === 'COMPLETED') throw refused('ORDER_ALREADY_AUTHORIZED');
  if (order.status !== 'APPROVED') throw refused('ORDER_NOT_APPROVED', { links: wayBack(call, order) });
  refuseUsedInvoice(call.books, order.id, order.invoice_id);
  // The specification knows no INSTRUMENT_DECLINED here.
  if (order.outcome === 'declined') {
    throw refused('PAYER_CANNOT_PAY', { links: wayBack(call, order), is_kept: true });
  }
  const at = now();
  const id = newId();
  call.books.authorizations.set(id, {
    id,
    order: order.id,
    status: order.outcome === 'pending' ? 'PENDING' : 'CREATED',
    ...call.skewed(order.amount_minor, order.currency),
    custom_id: order.custom_id,
    invoice_id: order.invoice_id,
    expiration_time: new Date(Date.now() + AUTHORISED_FOR_MS).toISOString(),
    create_time: at,
    update_time: at,
  });
  order.status = 'COMPLETED';
  order.update_time = at;
  call.emit('PAYMENT.AUTHORIZATION.CREATED', { type: 'authorization', id }, 'A payment has been authorised');
  return { type: 'checkout-order', id: order.id };
}

/** As an account is set that does not accept an invoice twice. @throws PayPalApiError */
export function refuseUsedInvoice(books: Books, order: string, invoice_id: string | null): void {
  const used = [...books.captures.values()].some(
    (capture) => invoice_id !== null && capture.invoice_id === invoice_id && capture.order !== order,
  );
  if (used) throw refused('DUPLICATE_INVOICE_ID');
}

function wayBack({ base_url }: Call, order: OrderRecord) {
  return [{ href: approvalAddress(base_url, order.id), rel: 'redirect', method: 'GET' }];
}
