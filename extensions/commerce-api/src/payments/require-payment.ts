import type { Queryable } from '../platform/database.ts';
import { latestPayment, type PaymentRow } from './queries.ts';

/** The payment an order is to be paid by now. @throws Error when it has none: every order is placed with one */
export async function requirePayment(db: Queryable, order: string): Promise<PaymentRow> {
  const payment = await latestPayment(db, order);
  if (!payment) throw new Error(`order ${order} has no payment`);
  return payment;
}
