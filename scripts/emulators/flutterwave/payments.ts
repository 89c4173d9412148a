/** Pages to pay on, and what happens on them. */
import { majorOf, minorOf } from './amounts.ts';
import { ACCOUNT_ID, nextId, randomText, transactionsOf } from './books.ts';
import type { LinkRecord, Transaction, TransactionRecord, TransactionStatus } from './books.ts';
import type { Call } from './call.ts';
import { FlutterwaveApiError } from './errors.ts';

type PaymentRequest = {
  tx_ref: string;
  amount: number | string;
  currency?: string;
  redirect_url?: string;
  customer: { email: string };
  customizations?: { title?: string };
  meta?: Record<string, unknown>;
};

/** `POST /payments`. Each call makes a page of its own; a reference that was paid is refused (assumed). */
export function createLink(call: Call): object {
  const {
    tx_ref,
    amount,
    currency = 'NGN',
    redirect_url,
    customer,
    customizations,
    meta,
  } = call.body as PaymentRequest;
  const amount_minor = minorOf(amount, currency);
  if (amount_minor === null) throw new FlutterwaveApiError(400, `amount is no amount in ${currency}`);
  if (redirect_url !== undefined && !/^https?:\/\//.test(redirect_url))
    throw new FlutterwaveApiError(400, 'redirect_url must be a valid URL');
  if (transactionsOf(call.books, tx_ref).some(({ object }) => object.status === 'successful'))
    throw new FlutterwaveApiError(400, 'The transaction reference has been used before');
  const link: LinkRecord = {
    id: randomText(10),
    tx_ref,
    ...tampered(call, { amount_minor, currency }),
    redirect_url: redirect_url ?? null,
    email: customer.email,
    title: customizations?.title ?? null,
    meta: meta ?? null,
    is_spent: false,
    created_at: new Date().toISOString(),
  };
  call.books.links.set(link.id, link);
  return { status: 'success', message: 'Hosted Link', data: { link: `${call.base_url}/pay/${link.id}` } };
}

export type ChargeOptions = {
  /** Another amount or currency than the page asks for: what a shopper achieves who tampers with it. */
  amount_minor?: number;
  currency?: string;
  /** `card` unless it says otherwise; refunds of `mobilemoneygh` and the like take their time. */
  payment_type?: string;
};

/** A shopper pays on a page, or tries to. The caller has checked that the page takes money. */
export function charge(
  call: Call,
  link: LinkRecord,
  status: TransactionStatus,
  options: ChargeOptions = {},
): TransactionRecord {
  const { payment_type = 'card' } = options;
  const { amount_minor, currency } = tampered(call, {
    amount_minor: options.amount_minor ?? link.amount_minor,
    currency: options.currency ?? link.currency,
  });
  const id = nextId(call.books);
  const now = new Date().toISOString();
  const record: TransactionRecord = {
    amount_minor,
    link: link.id,
    object: {
      id,
      tx_ref: link.tx_ref,
      flw_ref: `FLW-MOCK-${randomText(16)}`,
      device_fingerprint: 'N/A',
      amount: majorOf(amount_minor, currency),
      currency,
      charged_amount: majorOf(amount_minor, currency),
      app_fee: null,
      merchant_fee: 0,
      processor_response: null,
      auth_model: payment_type === 'card' ? 'PIN' : 'AUTH',
      ip: '127.0.0.1',
      narration: link.title ?? 'Kontor',
      status: 'pending',
      payment_type,
      created_at: now,
      account_id: ACCOUNT_ID,
      ...(payment_type === 'card' && { card: testCard(id) }),
      meta: link.meta,
      amount_settled: null,
      customer: {
        id: 200_000_000 + (id % 1_000_000),
        name: 'Anonymous customer',
        phone_number: null,
        email: link.email,
        created_at: now,
      },
    },
  };
  call.books.transactions.set(id, record);
  settle(call, record, status);
  return record;
}

/** A transaction gets its outcome, now or later; every outcome is told as `charge.completed`. */
export function settle(call: Call, record: TransactionRecord, status: TransactionStatus): void {
  const { object, amount_minor } = record;
  object.status = status;
  object.processor_response = RESPONSES[status];
  if (status === 'successful') {
    const fee_minor = Math.round((amount_minor * 14) / 1000);
    object.app_fee = majorOf(fee_minor, object.currency);
    object.amount_settled = majorOf(amount_minor - fee_minor, object.currency);
    const link = call.books.links.get(record.link);
    if (link) link.is_spent = true;
  }
  const type = 'charge.completed';
  const event_type = `${object.payment_type === 'card' ? 'CARD' : 'MOBILEMONEY'}_TRANSACTION`;
  call.emit({
    id: `${type}:${object.id}:${status}`,
    type,
    lane: object.tx_ref,
    body: { event: type, data: toldOf(object), meta_data: object.meta ?? {}, 'event.type': event_type },
  });
}

/** In an event a card cannot be charged again, and some fields are missing. */
function toldOf({ meta: _meta, amount_settled: _settled, card, ...told }: Transaction): object {
  if (!card) return told;
  const { token: _token, ...shown } = card;
  return { ...told, card: shown };
}

/** Faults change what is made, be it the page or the transaction. */
function tampered(call: Call, money: { amount_minor: number; currency: string }) {
  const by_minor = call.faults.take('wrong_amount', { route: call.route })?.by_minor ?? 0;
  const currency = call.faults.take('wrong_currency', { route: call.route })?.currency ?? money.currency;
  return { amount_minor: money.amount_minor + by_minor, currency };
}

const RESPONSES: Record<TransactionStatus, string | null> = {
  successful: 'Approved by Financial Institution',
  failed: 'Declined by Financial Institution',
  pending: null,
};

function testCard(id: number): Record<string, string> {
  return {
    first_6digits: '553188',
    last_4digits: '2950',
    issuer: 'MASTERCARD CREDIT',
    country: 'NG',
    type: 'MASTERCARD',
    token: `flw-t1nf-${id}-m03k`,
    expiry: '09/32',
  };
}
