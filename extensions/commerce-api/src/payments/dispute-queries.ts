/** SQL on disputes. */
import {
  assignments,
  insertRows,
  row,
  rows,
  type Queryable,
  type Transaction,
} from '../platform/database.ts';
import type { ProviderDispute } from '../providers/payment.ts';

export interface DisputeRow extends ProviderDispute {
  id: string;
  order: string;
  payment: string;
  provider: string;
  closed_at: Date | null;
}

export function disputesOfPayment(db: Queryable, payment: string): Promise<DisputeRow[]> {
  return rows<DisputeRow>(
    db,
    `select id, "order", payment, provider, provider_dispute, status, reason, amount_minor, currency, evidence_due_at, closed_at
     from disputes where payment = ? order by created_at, id`,
    [payment],
  );
}

export async function insertDispute(trx: Transaction, dispute: DisputeRow): Promise<void> {
  await insertRows(trx, 'disputes', [{ ...dispute }]);
}

export async function updateDispute(
  trx: Transaction,
  id: string,
  {
    status,
    reason,
    amount_minor,
    evidence_due_at,
    closed_at,
  }: Omit<DisputeRow, 'id' | 'order' | 'payment' | 'provider'>,
): Promise<void> {
  const { sql, bindings } = assignments({ status, reason, amount_minor, evidence_due_at, closed_at });
  await row(trx, `update disputes set ${sql} updated_at = now() where id = ?`, [...bindings, id]);
}
