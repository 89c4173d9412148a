/** The books as the API shows them. */
import { moneyOf } from './amounts.ts';
import { ofOrder, refundsOf, requireOne, sum } from './books.ts';
import type { AuthorizationRecord, Books, CaptureRecord, OrderRecord, RefundRecord } from './books.ts';
import type { Reference } from './call.ts';

type View = { books: Books; base_url: string };

export const MERCHANT = { email_address: 'merchant@example.com', merchant_id: 'C7CYMKZDG8D6E' };
export const PAYER_ID = 'QYR5Z8XDVJNXQ';
const PAYER = { name: { given_name: 'John', surname: 'Doe' }, email_address: 'customer@example.com' };

const SELLER_PROTECTION = {
  status: 'ELIGIBLE',
  dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'],
};

/** The whole of an object, as its own address answers it. */
export function resourceOf(view: View, { type, id }: Reference): Record<string, unknown> {
  const { books } = view;
  switch (type) {
    case 'checkout-order':
      return orderView(view, requireOne(books.orders, id));
    case 'authorization': {
      const authorization = requireOne(books.authorizations, id);
      return { ...authorizationView(view, authorization), ...relatedView(authorization, {}) };
    }
    case 'capture': {
      const capture = requireOne(books.captures, id);
      const { authorization } = capture;
      return {
        ...captureView(view, capture),
        ...relatedView(capture, authorization ? { authorization_id: authorization } : {}),
      };
    }
    case 'refund':
      return refundView(view, requireOne(books.refunds, id));
  }
}

/** What `Prefer: return=minimal` leaves of it. */
export function minimalOf(resource: Record<string, unknown>): Record<string, unknown> {
  return { id: resource['id'], status: resource['status'], links: resource['links'] };
}

/** Where the shopper agrees to pay. */
export function approvalAddress(base_url: string, order: string): string {
  return `${base_url}/checkoutnow?token=${order}`;
}

function orderView(view: View, order: OrderRecord): Record<string, unknown> {
  const { books, base_url } = view;
  const payments = {
    authorizations: ofOrder(books.authorizations, order.id).map((part) => authorizationView(view, part)),
    captures: ofOrder(books.captures, order.id).map((part) => captureView(view, part)),
    refunds: ofOrder(books.refunds, order.id).map((part) => refundView(view, part)),
  };
  const made = Object.fromEntries(Object.entries(payments).filter(([, parts]) => parts.length > 0));
  const { reference_id, custom_id, invoice_id, description, soft_descriptor } = order;
  const is_approved = order.outcome !== null;
  const self = `${base_url}/v2/checkout/orders/${order.id}`;
  return {
    id: order.id,
    intent: order.intent,
    status: order.status,
    create_time: order.create_time,
    ...(order.update_time && { update_time: order.update_time }),
    ...(is_approved && { payer: { ...PAYER, payer_id: PAYER_ID, address: { country_code: 'US' } } }),
    ...(order.has_source && {
      payment_source: { paypal: is_approved ? { ...PAYER, account_id: PAYER_ID } : {} },
    }),
    purchase_units: [
      {
        reference_id,
        amount: moneyOf(order.amount_minor, order.currency),
        payee: MERCHANT,
        ...present({ custom_id, invoice_id, description, soft_descriptor }),
        ...(Object.keys(made).length > 0 && { payments: made }),
      },
    ],
    links: [{ href: self, rel: 'self', method: 'GET' }, ...nextLinks(base_url, order, self)],
  };
}

function nextLinks(base_url: string, order: OrderRecord, self: string): object[] {
  if (order.status === 'APPROVED') {
    const rel = order.intent === 'CAPTURE' ? 'capture' : 'authorize';
    return [{ href: `${self}/${rel}`, rel, method: 'POST' }];
  }
  if (order.status === 'COMPLETED' || order.status === 'VOIDED') return [];
  const rel = order.has_source ? 'payer-action' : 'approve';
  return [{ href: approvalAddress(base_url, order.id), rel, method: 'GET' }];
}

function authorizationView({ base_url }: View, authorization: AuthorizationRecord): Record<string, unknown> {
  const { id, status, order, expiration_time } = authorization;
  const self = `${base_url}/v2/payments/authorizations/${id}`;
  const rels = status === 'CREATED' ? ['capture', 'void', 'reauthorize'] : [];
  return {
    ...partView(authorization),
    ...(status === 'PENDING' && { status_details: { reason: 'PENDING_REVIEW' } }),
    seller_protection: SELLER_PROTECTION,
    expiration_time,
    links: [
      { href: self, rel: 'self', method: 'GET' },
      ...rels.map((rel) => ({ href: `${self}/${rel}`, rel, method: 'POST' })),
      { href: `${base_url}/v2/checkout/orders/${order}`, rel: 'up', method: 'GET' },
    ],
  };
}

function captureView({ books, base_url }: View, capture: CaptureRecord): Record<string, unknown> {
  const self = `${base_url}/v2/payments/captures/${capture.id}`;
  const refunded = sum(refundsOf(books, capture.id).filter(({ status }) => status === 'COMPLETED'));
  const up = capture.authorization
    ? `${base_url}/v2/payments/authorizations/${capture.authorization}`
    : `${base_url}/v2/checkout/orders/${capture.order}`;
  return {
    ...partView(capture),
    ...(refunded > 0 && { status: refunded < capture.amount_minor ? 'PARTIALLY_REFUNDED' : 'REFUNDED' }),
    ...(capture.status === 'PENDING' && { status_details: { reason: 'PENDING_REVIEW' } }),
    final_capture: capture.final_capture,
    seller_protection: SELLER_PROTECTION,
    links: [
      { href: self, rel: 'self', method: 'GET' },
      { href: `${self}/refund`, rel: 'refund', method: 'POST' },
      { href: up, rel: 'up', method: 'GET' },
    ],
  };
}

/** Nothing in it names the order: the way there leads over the capture. */
function refundView({ base_url }: View, refund: RefundRecord): Record<string, unknown> {
  return {
    ...partView(refund),
    ...(refund.status === 'PENDING' && { status_details: { reason: 'ECHECK' } }),
    ...present({ note_to_payer: refund.note_to_payer }),
    payer: MERCHANT,
    links: [
      { href: `${base_url}/v2/payments/refunds/${refund.id}`, rel: 'self', method: 'GET' },
      { href: `${base_url}/v2/payments/captures/${refund.capture}`, rel: 'up', method: 'GET' },
    ],
  };
}

type Part = AuthorizationRecord | CaptureRecord | RefundRecord;

function partView({
  id,
  status,
  amount_minor,
  currency,
  custom_id,
  invoice_id,
  create_time,
  update_time,
}: Part) {
  return {
    id,
    status,
    amount: moneyOf(amount_minor, currency),
    ...present({ custom_id, invoice_id }),
    create_time,
    update_time,
  };
}

function relatedView({ order }: Part, related: Record<string, string>) {
  return { payee: MERCHANT, supplementary_data: { related_ids: { order_id: order, ...related } } };
}

function present(fields: Record<string, string | null>): Record<string, string> {
  const entries = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(entries);
}
