/** SQL on returns and what may come back. */
import type { ReturnableLine } from '../core/fulfilment.ts';
import type { ReturnStatus } from '../core/return-state.ts';
import {
  assignments,
  changed,
  insertRows,
  row,
  rows,
  type Queryable,
  type Transaction,
} from '../platform/database.ts';

/**
 * What was sent of each line and what of it is in returns. In time is what arrived within the shop's `return_days`, counted
 * from the day of sending where nobody recorded the arrival. The order must be locked, or the answer may be old.
 */
export function returnableLines(
  trx: Transaction,
  order: string,
): Promise<(ReturnableLine & { id: string; sku: string })[]> {
  return rows(
    trx,
    `select l.id, l.sku, coalesce(s.shipped, 0) as shipped, coalesce(s.in_time, 0) as in_time, coalesce(r.in_returns, 0) as in_returns
     from order_lines l
     left join (
       select sl.order_line, sum(sl.quantity) as shipped, sum(sl.quantity) filter (
           where coalesce(p.delivered_at, p.shipped_at) > now() - make_interval(days => settings.return_days)) as in_time
       from shipments p join shipment_lines sl on sl.shipment = p.id
         cross join (select return_days from shop_settings limit 1) settings
       where p."order" = ? and p.status in ('shipped', 'delivered') group by sl.order_line) s on s.order_line = l.id
     left join (
       select rl.order_line, sum(rl.quantity) as in_returns
       from returns t join return_lines rl on rl."return" = t.id
       where t."order" = ? and t.status <> 'rejected' group by rl.order_line) r on r.order_line = l.id
     where l."order" = ?`,
    [order, order, order],
  );
}

export interface ReturnRow {
  id: string;
  order: string;
  status: ReturnStatus;
  requested_by: 'customer' | 'staff';
  reason: string | null;
  note: string | null;
  refund_minor: number | null;
}

const RETURN_COLUMNS = 'id, "order", status, requested_by, reason, note, refund_minor';

export function returnById(db: Queryable, id: string): Promise<ReturnRow | undefined> {
  return row<ReturnRow>(db, `select ${RETURN_COLUMNS} from returns where id = ?`, [id]);
}

/** The order's returns, oldest first. */
export function returnsOf(db: Queryable, order: string): Promise<ReturnRow[]> {
  return rows<ReturnRow>(
    db,
    `select ${RETURN_COLUMNS} from returns where "order" = ? order by created_at, id`,
    [order],
  );
}

export interface ReturnLineRow {
  order_line: string;
  quantity: number;
  reason: string | null;
  restock: boolean;
  condition: string | null;
}

export function returnLinesOf(trx: Transaction, id: string): Promise<ReturnLineRow[]> {
  return rows<ReturnLineRow>(
    trx,
    `select order_line, quantity, reason, restock, condition from return_lines where "return" = ? order by order_line`,
    [id],
  );
}

export async function insertReturn(
  trx: Transaction,
  entry: Pick<ReturnRow, 'id' | 'order' | 'status' | 'requested_by' | 'note'>,
  lines: readonly Pick<ReturnLineRow, 'order_line' | 'quantity' | 'reason'>[],
): Promise<void> {
  await row(
    trx,
    `insert into returns (id, "order", status, requested_by, note, created_at, updated_at)
     values (?, ?, ?, ?, ?, clock_timestamp(), now())`,
    [entry.id, entry.order, entry.status, entry.requested_by, entry.note],
  );
  await insertRows(
    trx,
    'return_lines',
    lines.map((line) => ({ return: entry.id, restock: true, ...line })),
  );
}

export type ReturnChange = Partial<Pick<ReturnRow, 'status' | 'reason' | 'refund_minor'>> & {
  received_at?: Date;
  refund?: string | null;
};

/** Writes what is given. The order must be locked. */
export async function updateReturn(trx: Transaction, id: string, change: ReturnChange): Promise<void> {
  const { sql, bindings } = assignments(change);
  await row(trx, `update returns set ${sql} updated_at = now() where id = ?`, [...bindings, id]);
}

/** What came, instead of what was announced: lines that did not come are taken off the return. */
export async function writeReceivedLines(
  trx: Transaction,
  id: string,
  lines: readonly Omit<ReturnLineRow, 'reason'>[],
): Promise<void> {
  await changed(trx, `delete from return_lines where "return" = ? and order_line <> all(?::uuid[])`, [
    id,
    lines.map((line) => line.order_line),
  ]);
  await row(
    trx,
    `update return_lines r set quantity = came.quantity, restock = came.restock, condition = came.condition
     from json_to_recordset(?::json) as came(order_line uuid, quantity int, restock boolean, condition text)
     where r."return" = ? and r.order_line = came.order_line`,
    [JSON.stringify(lines), id],
  );
}

/** Counts units as having come back. The order must be locked. */
export async function addReturned(
  trx: Transaction,
  lines: readonly { order_line: string; quantity: number }[],
): Promise<void> {
  await row(
    trx,
    `update order_lines l set quantity_returned = l.quantity_returned + came.quantity
     from json_to_recordset(?::json) as came(order_line uuid, quantity int) where l.id = came.order_line`,
    [JSON.stringify(lines)],
  );
}
