/** Giving money back: asked for in a transaction, done by the job in `settle-refund.ts`, booked from the provider's truth. */
import type { Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { insertRefund } from './queries.ts';

export interface RefundRequest {
  order: string;
  payment: string;
  /** In the minor unit of `currency`; at most what was captured and not yet given back. */
  amount_minor: number;
  currency: string;
  reason: string;
}

/** Writes the refund down and enqueues it. The order and its payment must be locked. */
export async function requestRefund(shop: Shop, trx: Transaction, request: RefundRequest): Promise<string> {
  const id = shop.newId();
  await insertRefund(trx, { id, ...request });
  await enqueue(trx, 'refund-payment', { refund: id });
  return id;
}
