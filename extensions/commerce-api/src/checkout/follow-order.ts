import { sendOrderMail } from '../notifications/send-order-mail.ts';
import { enqueue, type JobContext } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';

/**
 * Job: what follows a placed order. Flows are told and the shopper is written to, in one job because every order has it. A mail that
 * cannot be sent now gets a job of its own, so that its repeats do not tell the flows again.
 */
export async function followOrder(shop: Shop, { order }: { order: string }, job: JobContext): Promise<void> {
  await shop.announcer?.announce({ action: 'create', collection: 'orders', keys: [order] });
  const mail = { order, template: 'order-placed' as const };
  try {
    await sendOrderMail(shop, mail, job);
  } catch (error) {
    shop.log.warn({ job: job.id, order, err: error }, 'The mail of a new order is tried again later');
    await enqueue(shop.db, 'send-order-mail', { ...mail, first_job: job.id });
  }
}
