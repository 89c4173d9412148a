/** SQL on payments and the providers' events; refunds are in `refund-queries.ts`. */
import type { PaymentStatus } from '../core/payment-state.ts';
import { assignments, changed, row, rows, type Queryable, type Transaction } from '../platform/database.ts';
import type { PaymentFlow, ProviderEvent } from '../providers/payment.ts';

/** What an attempt was asked for with, apart from its money: the same for every repeat of it. Holds tokens only. */
export interface PaymentRequest {
  return_url: string | null;
  cancel_url: string | null;
  statement_descriptor: string | null;
  /** The shopper wants the method kept. */
  save_method: boolean;
  /** Staff charge a kept method while nobody is there. */
  off_session: boolean;
  /** The provider's token of a kept method. */
  provider_method: string | null;
}

export interface PaymentRow {
  id: string;
  order: string;
  provider: string;
  status: PaymentStatus;
  amount_minor: number;
  currency: string;
  captured_minor: number;
  refunded_minor: number;
  /** What banks took back in disputes that were lost. */
  charged_back_minor: number;
  provider_payment: string | null;
  attempt: number;
  version: number;
  client_data: Record<string, unknown> | null;
  error_code: string | null;
  error_message: string | null;
  /** What a tender of our own is paid from; null for payments of a provider. */
  gift_card: string | null;
  store_credit: string | null;
  capture: 'now' | 'later';
  /** Null for tenders of our own, and for what was begun before there were any. */
  flow: PaymentFlow | null;
  request: PaymentRequest | null;
  /** The kept method it is paid with. */
  payment_method: string | null;
  /** When the present attempt was begun. */
  started_at: Date | null;
  /** Until when an authorised amount can be taken. */
  expires_at: Date | null;
  created_at: Date;
}

export const PAYMENT_COLUMNS = `id, "order", provider, status, amount_minor, currency, captured_minor, refunded_minor,
  charged_back_minor, provider_payment, attempt, version, client_data, error_code, error_message, gift_card, store_credit, capture,
  flow, request, payment_method, started_at, expires_at, created_at`;

export function paymentById(db: Queryable, id: string): Promise<PaymentRow | undefined> {
  return row<PaymentRow>(db, `select ${PAYMENT_COLUMNS} from payments where id = ?`, [id]);
}

/** Locks the payment until the transaction ends. Lock its order first. */
export function lockPayment(trx: Transaction, id: string): Promise<PaymentRow | undefined> {
  return row<PaymentRow>(trx, `select ${PAYMENT_COLUMNS} from payments where id = ? for update`, [id]);
}

/** The payment an order is to be paid by now: the newest of a provider, for what gift cards and store credit do not cover. */
export function latestPayment(db: Queryable, order: string): Promise<PaymentRow | undefined> {
  return row<PaymentRow>(
    db,
    `select ${PAYMENT_COLUMNS} from payments where "order" = ? and gift_card is null and store_credit is null
     order by created_at desc, id limit 1`,
    [order],
  );
}

/** How many payments an order has had at providers. */
export async function countPayments(trx: Transaction, order: string): Promise<number> {
  const found = await row<{ count: number }>(
    trx,
    `select count(*) as count from payments where "order" = ? and gift_card is null and store_credit is null`,
    [order],
  );
  return found?.count ?? 0;
}

export function paymentByProviderId(
  db: Queryable,
  provider: string,
  provider_payment: string,
): Promise<PaymentRow | undefined> {
  return row<PaymentRow>(
    db,
    `select ${PAYMENT_COLUMNS} from payments where provider = ? and provider_payment = ?`,
    [provider, provider_payment],
  );
}

/** How a payment is going to be asked for. */
export type PaymentTerms = Pick<PaymentRow, 'capture' | 'flow' | 'request' | 'payment_method'>;

export type NewPayment = Pick<PaymentRow, 'id' | 'order' | 'provider' | 'amount_minor' | 'currency'> &
  PaymentTerms;

/** A payment nobody has asked its provider for yet: `startPayment` says when it was. */
export async function insertPayment(trx: Transaction, payment: NewPayment): Promise<void> {
  await row(
    trx,
    `insert into payments (id, "order", provider, status, amount_minor, currency, captured_minor, refunded_minor, attempt, version,
       capture, flow, request, payment_method, started_at, created_at, updated_at)
     values (?, ?, ?, 'pending', ?, ?, 0, 0, 1, 0, ?, ?, ?::json, ?, null, clock_timestamp(), clock_timestamp())`,
    [
      payment.id,
      payment.order,
      payment.provider,
      payment.amount_minor,
      payment.currency,
      payment.capture,
      payment.flow,
      payment.request && JSON.stringify(payment.request),
      payment.payment_method,
    ],
  );
}

export type PaymentChange = Partial<
  Pick<
    PaymentRow,
    | 'status'
    | 'amount_minor'
    | 'currency'
    | 'captured_minor'
    | 'refunded_minor'
    | 'charged_back_minor'
    | 'provider_payment'
    | 'attempt'
    | 'client_data'
    | 'error_code'
    | 'error_message'
    | 'started_at'
    | 'expires_at'
  >
> & { paid_at?: Date };

/** Writes what is given and counts the version up, so that an answer read before is known to be old. */
export async function updatePayment(trx: Transaction, id: string, change: PaymentChange): Promise<void> {
  const { sql, bindings } = assignments(change);
  await row(trx, `update payments set ${sql} version = version + 1, updated_at = now() where id = ?`, [
    ...bindings,
    id,
  ]);
}

/**
 * The same in one statement for a payment that is still as it was seen, without a lock.
 * @returns the payment after it; undefined when it had moved, and nothing was written
 */
export function updatePaymentAt(
  db: Queryable,
  seen: Pick<PaymentRow, 'id' | 'version'>,
  change: PaymentChange,
): Promise<PaymentRow | undefined> {
  const { sql, bindings } = assignments(change);
  return row<PaymentRow>(
    db,
    `update payments set ${sql} version = version + 1, updated_at = now() where id = ? and version = ?
     returning ${PAYMENT_COLUMNS}`,
    [...bindings, seen.id, seen.version],
  );
}

/**
 * Stores an event once; one that is ignored is done with.
 * @returns its id, or null when it had been stored before
 */
export async function insertWebhookEvent(
  trx: Transaction,
  provider: string,
  event: ProviderEvent,
): Promise<string | null> {
  const reason = event.ignore ?? null;
  const stored = await row<{ id: string }>(
    trx,
    `insert into webhook_events (provider, event_id, type, payload, status, reason, attempts, received_at, processed_at)
     values (?, ?, ?, ?::json, ?, ?, 0, now(), case when ?::text is null then null else now() end)
     on conflict (provider, event_id) do nothing returning id`,
    [
      provider,
      event.event_id,
      event.type,
      JSON.stringify(event),
      reason === null ? 'received' : 'ignored',
      reason,
      reason,
    ],
  );
  return stored?.id ?? null;
}

export interface WebhookEventRow {
  id: string;
  provider: string;
  event_id: string;
  type: string;
  payload: ProviderEvent;
  status: 'received' | 'processed' | 'ignored' | 'failed';
}

export function webhookEventById(db: Queryable, id: string): Promise<WebhookEventRow | undefined> {
  return row(db, 'select id, provider, event_id, type, payload, status from webhook_events where id = ?', [
    id,
  ]);
}

export async function finishWebhookEvent(
  db: Queryable,
  id: string,
  result: { status: 'processed' | 'ignored' | 'failed'; error?: string; reason?: string },
): Promise<void> {
  await row(
    db,
    `update webhook_events set status = ?, error = ?, reason = ?, attempts = attempts + 1, processed_at = now() where id = ?`,
    [result.status, result.error ?? null, result.reason ?? null, id],
  );
}

/** Takes away what providers sent with events that were settled so many days ago. */
export async function dropWebhookBodies(db: Queryable, days: number): Promise<void> {
  await changed(
    db,
    `update webhook_events set payload = jsonb_set(payload::jsonb, '{payload}', 'null')::json
     where status in ('processed', 'ignored') and processed_at < now() - make_interval(days => ?)
       and json_typeof(payload -> 'payload') <> 'null'`,
    [days],
  );
}

/** The payments of an order that a provider knows, oldest first. */
export function paymentsAtProviders(db: Queryable, order: string): Promise<PaymentRow[]> {
  return rows<PaymentRow>(
    db,
    `select ${PAYMENT_COLUMNS} from payments where "order" = ? and provider_payment is not null order by created_at, id`,
    [order],
  );
}

export type OpenPayment = Pick<PaymentRow, 'id' | 'provider_payment'>;

/** Payments of an order that could still bring it money, by what we know. Their order must be locked. */
export function openPayments(trx: Transaction, order: string): Promise<OpenPayment[]> {
  return rows<OpenPayment>(
    trx,
    `select id, provider_payment from payments where "order" = ? and gift_card is null and store_credit is null
       and status in ('pending', 'requires_action', 'processing', 'authorised', 'failed') order by id`,
    [order],
  );
}

/** The payments of a provider that moved since, oldest first, as far as it knows them. */
export function paymentsSince(db: Queryable, provider: string, since: Date): Promise<{ id: string }[]> {
  return rows(
    db,
    `select id from payments where provider = ? and provider_payment is not null and amount_minor > 0
       and greatest(created_at, paid_at) >= ? order by created_at, id`,
    [provider, since],
  );
}

/** Orders with an authorised payment at a provider that ends within so many hours. */
export async function endingAuthorisations(db: Queryable, hours: number): Promise<string[]> {
  const found = await rows<{ order: string }>(
    db,
    `select distinct p."order" from payments p join orders o on o.id = p."order"
     where p.status = 'authorised' and p.expires_at < now() + make_interval(hours => ?) and not o.needs_attention`,
    [hours],
  );
  return found.map(({ order }) => order);
}

/**
 * Payments that may have moved at the provider without our hearing of it, or whose refunds may have, those not asked about for
 * longest first: what is open, what was begun and never answered, and once a day what was paid in the last weeks, since shoppers
 * dispute and merchants refund at the provider. Marks them as asked about, so that the next call goes on with others; their version
 * stays.
 */
export async function unsettledPayments(
  db: Queryable,
  {
    older_than_minutes,
    recent_days,
    limit,
  }: { older_than_minutes: number; recent_days: number; limit: number },
): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    `update payments set updated_at = now() where id in (
       select id from payments
       where gift_card is null and store_credit is null and flow is distinct from 'offline'
         and updated_at < now() - make_interval(mins => ?)
         and (
           id in (
             select id from payments where status in ('pending', 'requires_action', 'processing', 'authorised')
               and (provider_payment is not null or started_at is not null)
             union all select payment from refunds where status = 'pending' and provider_refund is not null)
           or id in (
             select id from payments where captured_minor > 0 and provider_payment is not null
               and paid_at > now() - make_interval(days => ?) and updated_at < now() - interval '1 day'))
       order by updated_at limit ? for update skip locked) returning id`,
    [older_than_minutes, recent_days, limit],
  );
  return found.map((each) => each.id);
}
