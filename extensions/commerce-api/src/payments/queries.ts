/** SQL on payments and the providers' events; refunds are in `refund-queries.ts`. */
import type { PaymentStatus } from '../core/payment-state.ts';
import { assignments, row, rows, type Queryable, type Transaction } from '../platform/database.ts';
import type { ProviderEvent } from '../providers/payment.ts';

export interface PaymentRow {
  id: string;
  order: string;
  provider: string;
  status: PaymentStatus;
  amount_minor: number;
  currency: string;
  captured_minor: number;
  refunded_minor: number;
  provider_payment: string | null;
  attempt: number;
  version: number;
  client_data: Record<string, unknown> | null;
  error_code: string | null;
  error_message: string | null;
  /** What a tender of our own is paid from; null for payments of a provider. */
  gift_card: string | null;
  store_credit: string | null;
  created_at: Date;
}

export const PAYMENT_COLUMNS = `id, "order", provider, status, amount_minor, currency, captured_minor, refunded_minor, provider_payment,
  attempt, version, client_data, error_code, error_message, gift_card, store_credit, created_at`;

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

export async function insertPayment(
  trx: Transaction,
  payment: Pick<PaymentRow, 'id' | 'order' | 'provider' | 'amount_minor' | 'currency'>,
): Promise<void> {
  await row(
    trx,
    `insert into payments (id, "order", provider, status, amount_minor, currency, captured_minor, refunded_minor, attempt, version,
       created_at, updated_at)
     values (?, ?, ?, 'pending', ?, ?, 0, 0, 1, 0, clock_timestamp(), clock_timestamp())`,
    [payment.id, payment.order, payment.provider, payment.amount_minor, payment.currency],
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
    | 'provider_payment'
    | 'attempt'
    | 'client_data'
    | 'error_code'
    | 'error_message'
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
 * Stores an event once.
 * @returns its id, or null when it had been stored before
 */
export async function insertWebhookEvent(
  trx: Transaction,
  provider: string,
  event: ProviderEvent,
): Promise<string | null> {
  const stored = await row<{ id: string }>(
    trx,
    `insert into webhook_events (provider, event_id, type, payload, status, attempts, received_at)
     values (?, ?, ?, ?::json, 'received', 0, now())
     on conflict (provider, event_id) do nothing returning id`,
    [provider, event.event_id, event.type, JSON.stringify(event)],
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
  result: { status: 'processed' | 'ignored' | 'failed'; error: string | null },
): Promise<void> {
  await row(
    db,
    `update webhook_events set status = ?, error = ?, attempts = attempts + 1, processed_at = now() where id = ?`,
    [result.status, result.error, id],
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

/**
 * Payments that may have moved at the provider without our hearing of it, or whose refunds may have, those not asked about for
 * longest first. Marks them as asked about, so that the next call goes on with others; their version stays.
 */
export async function unsettledPayments(
  db: Queryable,
  olderThanMinutes: number,
  limit: number,
): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    `update payments set updated_at = now() where id in (
       select id from payments
       where id in (
           select id from payments where status in ('pending', 'requires_action', 'processing', 'authorised')
           union all select payment from refunds where status = 'pending' and provider_refund is not null)
         and provider_payment is not null and updated_at < now() - make_interval(mins => ?)
       order by updated_at limit ? for update skip locked) returning id`,
    [olderThanMinutes, limit],
  );
  return found.map((each) => each.id);
}
