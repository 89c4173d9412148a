/** All SQL on store credit and its ledger. */
import { row, rows, type Queryable, type Transaction } from '../platform/database.ts';

export interface StoreCreditRow {
  id: string;
  currency: string;
  balance_minor: number;
}

/** Opens the customer's account in a currency where there is none, and locks it. */
export async function lockStoreCredit(
  trx: Transaction,
  customer: string,
  currency: string,
): Promise<StoreCreditRow> {
  const account = await row<StoreCreditRow>(
    trx,
    `insert into store_credits (customer, currency) values (?, ?)
     on conflict (customer, currency) do update set currency = excluded.currency
     returning id, currency, balance_minor`,
    [customer, currency],
  );
  return account!;
}

export async function insertCreditMovement(
  trx: Transaction,
  movement: {
    store_credit: string;
    delta_minor: number;
    reason: 'granted' | 'adjusted';
    actor: string | null;
    note: string;
  },
): Promise<void> {
  await row(
    trx,
    `insert into store_credit_movements (store_credit, delta_minor, reason, actor, note) values (?, ?, ?, ?, ?)`,
    [movement.store_credit, movement.delta_minor, movement.reason, movement.actor, movement.note],
  );
}

export interface CreditMovementRow {
  delta_minor: number;
  reason: string;
  order: string | null;
  created_at: string;
}

export interface StoreCredit extends StoreCreditRow {
  /** Newest first, the latest hundred. */
  movements: CreditMovementRow[];
}

export function storeCreditsOf(db: Queryable, customer: string): Promise<StoreCredit[]> {
  return rows<StoreCredit>(
    db,
    `select c.id, c.currency, c.balance_minor, (
       select coalesce(json_agg(m), '[]') from (
         select delta_minor, reason, "order", created_at from store_credit_movements where store_credit = c.id
         order by id desc limit 100) m) as movements
     from store_credits c where c.customer = ? order by c.currency`,
    [customer],
  );
}
