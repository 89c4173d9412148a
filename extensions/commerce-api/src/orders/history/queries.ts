/** SQL of the import of past orders. */
import { insertRows, row, rows, type Queryable, type Transaction } from '../../platform/database.ts';

/** Imports of history wait for each other, so that none misses the other's orders; moments without a zone are of this one. */
export async function beginHistory(trx: Transaction, time_zone: string): Promise<void> {
  await row(
    trx,
    `select pg_advisory_xact_lock(hashtextextended('kontor history', 0)), set_config('timezone', ?, true)`,
    [time_zone],
  );
}

/** Which of these numbers orders have. */
export async function knownNumbers(db: Queryable, numbers: readonly string[]): Promise<Set<string>> {
  const found = await rows<{ number: string }>(db, 'select number from orders where number = any(?)', [
    numbers,
  ]);
  return new Set(found.map(({ number }) => number));
}

/** Guests: those that are there already stay as they are. */
export async function insertGuests(
  trx: Transaction,
  guests: readonly { id: string; email: string }[],
): Promise<void> {
  await rows(
    trx,
    `insert into customers (id, email) select id, email from json_to_recordset(?::json) as n(id uuid, email text)
     order by id on conflict (id) do nothing`,
    [JSON.stringify(guests)],
  );
}

export interface HistoryRows {
  orders: Record<string, unknown>[];
  order_lines: Record<string, unknown>[];
  payments: Record<string, unknown>[];
  refunds: Record<string, unknown>[];
  order_events: Record<string, unknown>[];
}

export async function insertHistory(trx: Transaction, written: HistoryRows): Promise<void> {
  for (const table of ['orders', 'order_lines', 'payments', 'refunds', 'order_events'] as const) {
    await insertRows(trx, table, written[table], '1');
  }
}

/** The planner has never seen tables that just grew a hundredfold. */
export async function analyzeOrders(db: Queryable): Promise<void> {
  await rows(db, 'analyze orders, order_lines, order_events, payments, products, product_variants');
}
