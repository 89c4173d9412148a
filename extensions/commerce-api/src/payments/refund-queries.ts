/** SQL on refunds, and on what of an order may still be given back. */
import {
  assignments,
  insertRows,
  row,
  rows,
  type Queryable,
  type Transaction,
} from '../platform/database.ts';
import type { PaymentRow } from './queries.ts';

/** What a refund is for. Without a line it is the shipping. */
export interface RefundedUnits {
  order_line: string | null;
  quantity: number;
  amount_minor: number;
  /** The gift cards among these units that were withdrawn for it. */
  gift_cards?: string[];
}

export interface RefundRow {
  id: string;
  order: string;
  /** The payment it comes from. */
  payment: string;
  amount_minor: number;
  currency: string;
  status: 'pending' | 'succeeded' | 'failed';
  provider_refund: string | null;
  reason: string | null;
  actor: string | null;
  return: string | null;
  /** On the first refund of several that were asked for together. */
  lines: RefundedUnits[] | null;
  /** The account it goes to, when not back the way it came. */
  store_credit: string | null;
  /** Nobody knows whether the provider gave it back, and asking again might give it twice. */
  is_unclear: boolean;
}

const REFUND_COLUMNS = `id, "order", payment, amount_minor, currency, status, provider_refund, reason, actor, "return", lines,
  store_credit, is_unclear`;

export function refundById(db: Queryable, id: string): Promise<RefundRow | undefined> {
  return row(db, `select ${REFUND_COLUMNS} from refunds where id = ?`, [id]);
}

export function refundsOfPayment(db: Queryable, payment: string): Promise<RefundRow[]> {
  return rows(db, `select ${REFUND_COLUMNS} from refunds where payment = ? order by created_at, id`, [
    payment,
  ]);
}

export async function insertRefunds(trx: Transaction, refunds: readonly RefundRow[]): Promise<void> {
  await insertRows(
    trx,
    'refunds',
    refunds.map((refund) => ({ ...refund })),
  );
}

export async function updateRefund(
  trx: Transaction,
  id: string,
  change: Partial<Pick<RefundRow, 'status' | 'provider_refund' | 'lines' | 'is_unclear'>>,
): Promise<void> {
  const { sql, bindings } = assignments(change);
  await row(trx, `update refunds set ${sql} updated_at = now() where id = ?`, [...bindings, id]);
}

export type RefundablePaymentRow = Pick<
  PaymentRow,
  | 'id'
  | 'provider'
  | 'captured_minor'
  | 'refunded_minor'
  | 'currency'
  | 'gift_card'
  | 'store_credit'
  | 'created_at'
> & {
  /** Asked for and not settled yet, and what a bank took back. */
  pending_minor: number;
};

/** Locks the payments of an order that captured money, in id order. Lock the order first. */
export function lockCapturedPayments(trx: Transaction, order: string): Promise<RefundablePaymentRow[]> {
  return rows<RefundablePaymentRow>(
    trx,
    `select p.id, p.provider, p.captured_minor, p.refunded_minor, p.currency, p.gift_card, p.store_credit, p.created_at,
       least(p.captured_minor - p.refunded_minor, p.charged_back_minor + (
         select coalesce(sum(r.amount_minor), 0)::bigint from refunds r where r.payment = p.id and r.status = 'pending'
       )) as pending_minor
     from payments p where p."order" = ? and p.captured_minor > 0 order by p.id for update of p`,
    [order],
  );
}

/** Takes an order off the staff's list when it was there for an unclear refund and none is left. */
export async function clearUnclearFlag(trx: Transaction, order: string): Promise<void> {
  await row(
    trx,
    `update orders set needs_attention = false, attention_code = null, attention_reason = null, attention_at = null,
       version = version + 1, updated_at = now()
     where id = ? and attention_code = 'refund_unclear'
       and not exists (select from refunds where "order" = orders.id and is_unclear)`,
    [order],
  );
}

/** Whether an order has a refund of which nobody knows whether it happened. */
export async function hasUnclearRefund(db: Queryable, order: string): Promise<boolean> {
  return (
    (await row(db, 'select id from refunds where "order" = ? and is_unclear limit 1', [order])) !== undefined
  );
}

/** What refunds of the order in its currency are still to give back: asked for, and not settled yet. */
export async function pendingRefundMinor(
  db: Queryable,
  { id, currency }: { id: string; currency: string },
): Promise<number> {
  const found = await row<{ sum: number }>(
    db,
    `select coalesce(sum(amount_minor), 0)::bigint as sum from refunds where "order" = ? and currency = ? and status = 'pending'`,
    [id, currency],
  );
  return found?.sum ?? 0;
}

/** Whether a refund of the order that has not failed was for its shipping. */
export async function isShippingRefunded(db: Queryable, order: string): Promise<boolean> {
  const found = await row(
    db,
    `select r.id from refunds r, json_array_elements(r.lines) unit
     where r."order" = ? and r.status <> 'failed' and unit->>'order_line' is null limit 1`,
    [order],
  );
  return found !== undefined;
}

/** Counts units as refunded, or with negative quantities as no longer so. */
export async function addRefundedUnits(
  trx: Transaction,
  units: readonly { order_line: string; quantity: number }[],
): Promise<void> {
  if (units.length === 0) return;
  await row(
    trx,
    `update order_lines l set quantity_refunded = l.quantity_refunded + u.quantity
     from json_to_recordset(?::json) as u(order_line uuid, quantity int) where l.id = u.order_line`,
    [JSON.stringify(units)],
  );
}

export interface MailedRefund {
  amount_minor: number;
  currency: string;
  status: RefundRow['status'];
  /** Where it goes: a provider's name, `gift_card` or `store_credit`. */
  to: string;
  last4: string | null;
}

/** Refunds as a mail tells of them, in the order they were asked for; failed ones are not told of. */
export function mailedRefunds(db: Queryable, ids: readonly string[]): Promise<MailedRefund[]> {
  return rows<MailedRefund>(
    db,
    `select r.amount_minor, r.currency, r.status, case when r.store_credit is null then p.provider else 'store_credit' end as "to",
       case when r.store_credit is null then g.last4 end as last4
     from refunds r join payments p on p.id = r.payment left join gift_cards g on g.id = p.gift_card
     where r.id = any(?::uuid[]) and r.status <> 'failed' order by array_position(?::uuid[], r.id)`,
    [ids, ids],
  );
}
