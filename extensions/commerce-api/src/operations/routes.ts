/**
 * Operations: whether the shop is well, and what to do when it is not. Jobs that gave up, webhooks to run again, the invariants of
 * the books, and what the clock clears away. Owns no table of its own.
 */
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { listFailedJobs, replayWebhookEvent, retryFailedJob } from './retry-work.ts';

const FailedJob = z.object({
  id: z.string(),
  name: z.string(),
  attempts: z.int(),
  last_error: z.string().nullable(),
  created_at: z.string(),
  failed_at: z.string(),
});

export const operationRoutes: Route[] = [
  route({
    method: 'get',
    path: '/jobs/failed',
    tag: 'Operations',
    summary: 'Jobs that have used up their attempts',
    access: 'order_staff',
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
    answers: { status: 200, data: z.array(FailedJob), description: 'Newest first' },
    async handle({ shop, query }) {
      const jobs = await listFailedJobs(shop, query.limit);
      const data = jobs.map((job) => ({
        ...job,
        created_at: job.created_at.toISOString(),
        failed_at: job.failed_at.toISOString(),
      }));
      return { status: 200, data };
    },
  }),
  route({
    method: 'post',
    path: '/jobs/:job/retry',
    tag: 'Operations',
    summary: 'Run a failed job again',
    access: 'order_staff',
    params: z.strictObject({ job: z.string().regex(/^\d{1,18}$/, 'is not the id of a job') }),
    answers: { status: 204, description: 'It is due now' },
    errors: ['NOT_FOUND'],
    async handle({ shop, params }) {
      await retryFailedJob(shop, params.job);
      return { status: 204 };
    },
  }),
  route({
    method: 'post',
    path: '/webhook-events/:event/replay',
    tag: 'Operations',
    summary: 'Process a stored webhook again',
    access: 'order_staff',
    params: z.strictObject({ event: z.uuid() }),
    answers: { status: 204, description: 'Its job is enqueued' },
    errors: ['NOT_FOUND'],
    async handle({ shop, params }) {
      await replayWebhookEvent(shop, params.event);
      return { status: 204 };
    },
  }),
];
