/** What staff may do about background work that gave up: see it and run it again. Every job may run twice, so this is safe. */
import { KontorError } from '../errors.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { failedJobs, reopenWebhookEvent, retryJob, type FailedJob } from './queries.ts';

/** Newest first. */
export function listFailedJobs(shop: Shop, limit: number): Promise<FailedJob[]> {
  return failedJobs(shop.db, limit);
}

/** Makes a failed job due now, with all its attempts. @throws KontorError NOT_FOUND */
export async function retryFailedJob(shop: Shop, job: string): Promise<void> {
  if (!(await retryJob(shop.db, job))) throw new KontorError('NOT_FOUND');
}

/** Processes a stored webhook event again, whatever came of it before. @throws KontorError NOT_FOUND */
export async function replayWebhookEvent(shop: Shop, event: string): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    if (!(await reopenWebhookEvent(trx, event))) throw new KontorError('NOT_FOUND');
    await enqueue(trx, 'process-webhook', { webhook_event: event });
  });
}
