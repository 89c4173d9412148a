import type { Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';

/** Has a payment nobody needs any more ended at its provider, by one job however often it is asked for. */
export function endLater(trx: Transaction, payment: string): Promise<void> {
  return enqueue(trx, 'end-payment', { payment }, { job_key: `end-payment:${payment}` });
}
