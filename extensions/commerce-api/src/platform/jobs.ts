/**
 * Work that follows a commit. Enqueueing is SQL, so a job exists exactly when the transaction that asked for it committed.
 * Every job may run twice. graphile-worker retries a failing job with exponential backoff until its attempts are used up;
 * then it stays in the table, visible under `/staff/jobs`.
 */
import { EventEmitter } from 'node:events';
import { Logger, run, runOnce, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { Pool } from 'pg';
import { z } from 'zod';
import { prepared, row, type Queryable } from './database.ts';
import { keepJobLocks } from './job-locks.ts';
import type { Shop } from './shop.ts';

/** Every job by name, and what it is given. */
export const JOBS = {
  'sync-payment': z.strictObject({ payment: z.string() }),
  'process-webhook': z.strictObject({ webhook_event: z.string() }),
  'sync-setup': z.strictObject({ provider: z.string(), provider_setup: z.string() }),
  'remove-payment-method': z.strictObject({ provider: z.string(), provider_method: z.string() }),
  'refresh-listings': z.strictObject({}),
  'expire-unpaid-orders': z.strictObject({}),
  'expire-order': z.strictObject({ order: z.string() }),
  'sync-unsettled-payments': z.strictObject({}),
  'compare-with-providers': z.strictObject({}),
  'watch-authorisations': z.strictObject({}),
  'end-payment': z.strictObject({ payment: z.string() }),
  'clean-up': z.strictObject({}),
  'find-abandoned-carts': z.strictObject({}),
  'remind-of-cart': z.strictObject({ cart: z.string() }),
  'alert-low-stock': z.strictObject({}),
  'send-stock-notices': z.strictObject({}),
  'send-mail': z.strictObject({
    template: z.string(),
    to: z.string(),
    data: z.record(z.string(), z.unknown()),
    /** Further data that opens something, encrypted. */
    sealed: z.string().optional(),
  }),
  'mail-password-reset': z.strictObject({ email: z.string() }),
  'follow-order': z.strictObject({ order: z.string() }),
  'send-order-mail': z.strictObject({
    order: z.string(),
    template: z.enum([
      'order-placed',
      'order-paid',
      'order-shipped',
      'order-delivered',
      'order-cancelled',
      'order-edited',
      'return-requested',
      'return-approved',
      'return-rejected',
      'return-refunded',
    ]),
    /** Which parcel or return it tells of. */
    shipment: z.string().optional(),
    return: z.string().optional(),
    /** Where an earlier job tried to send it: its Message-ID is of that one. */
    first_job: z.string().optional(),
  }),
  'refresh-popularity': z.strictObject({}),
  'refresh-similar': z.strictObject({}),
  'compute-affinities': z.strictObject({}),
  'check-vat-id': z.strictObject({ customer: z.string() }),
  'refund-payment': z.strictObject({ refund: z.string() }),
  'send-refund-mail': z.strictObject({ order: z.string(), refunds: z.array(z.string()) }),
  'issue-gift-cards': z.strictObject({ order: z.string() }),
  'send-gift-card-mail': z.strictObject({ order: z.string(), gift_cards: z.array(z.string()) }),
  'index-search': z.strictObject({ products: z.array(z.string()) }),
  'sync-search-words': z.strictObject({}),
  announce: z.strictObject({
    action: z.enum(['create', 'update']),
    collection: z.string(),
    keys: z.array(z.string()),
  }),
} as const;

export type JobName = keyof typeof JOBS;
export type JobPayload<Name extends JobName> = z.input<(typeof JOBS)[Name]>;
export interface JobContext {
  /** Stable over retries; e.g. the Message-ID of a mail. */
  id: string;
  attempt: number;
}
export type JobHandlers = {
  [Name in JobName]: (shop: Shop, payload: z.output<(typeof JOBS)[Name]>, job: JobContext) => Promise<void>;
};

export interface EnqueueOptions {
  /** A waiting job with the same key is replaced rather than doubled; one that is running is forgotten, and left to its end. */
  job_key?: string;
  max_attempts?: number;
}

const DEFAULT_ATTEMPTS = 15;

/** A job for a statement that adds several along with other rows. */
export interface JobToAdd {
  identifier: JobName;
  payload: unknown;
  max_attempts: number;
}

export function jobToAdd<Name extends JobName>(name: Name, payload: JobPayload<Name>): JobToAdd {
  return { identifier: name, payload, max_attempts: DEFAULT_ATTEMPTS };
}

/** Adds a job in the caller's transaction. */
export async function enqueue<Name extends JobName>(
  trx: Queryable,
  name: Name,
  payload: JobPayload<Name>,
  options: EnqueueOptions = {},
): Promise<void> {
  await row(trx, ADD_JOB, [
    options.job_key ?? null,
    name,
    JSON.stringify(payload),
    options.max_attempts ?? DEFAULT_ATTEMPTS,
    options.job_key ?? null,
  ]);
}

/**
 * graphile-worker would keep a running job that is asked for again, with all its attempts used: when its process is then killed, or
 * it fails, it would stay as one that gave up. It is forgotten instead; the new one does what it leaves undone.
 */
const ADD_JOB = prepared(
  `with running as (delete from graphile_worker._private_jobs where key = ? and locked_at is not null returning id)
   select graphile_worker.add_job(?, payload := ?::json, max_attempts := ?, job_key := ?)
   from (select count(*) from running) forgotten`,
);

/**
 * Jobs that end within this time are taken off the list in one statement. (Fetching several at once, the worker's local queue,
 * would save more, but version 0.18.0 fails to give jobs back that wait in it when it is stopped.)
 */
const BATCH_MS = 50;

/**
 * Starts taking jobs, those of killed workers too. The worker listens on one connection of its own, lives by another, and polls
 * as a fallback.
 * @returns a runner; `stop()` lets jobs in progress finish.
 */
export async function startWorker(shop: Shop, pgPool: Pool, handlers: JobHandlers): Promise<Runner> {
  const events: WorkerEvents = new EventEmitter();
  let stopLocks = () => {};
  events.once('pool:create', ({ workerPool }) => (stopLocks = keepJobLocks(pgPool, workerPool.id, shop.log)));
  const runner = await run({
    pgPool,
    events,
    taskList: taskListOf(shop, handlers),
    concurrency: shop.env.JOBS_CONCURRENCY,
    pollInterval: 2000,
    preset: { worker: { completeJobBatchDelay: BATCH_MS, failJobBatchDelay: BATCH_MS } },
    noHandleSignals: true,
    parsedCronItems: [],
    logger: workerLog(shop),
  });
  void runner.promise.catch(() => undefined).then(() => stopLocks());
  return runner;
}

/** The worker's own words go where the shop's go; its chatter about each job does not. */
function workerLog(shop: Shop): Logger {
  return new Logger(() => (level, message, meta) => {
    if (level === 'error') shop.log.error({ ...meta }, message);
    else if (level === 'warning') shop.log.warn({ ...meta }, message);
  });
}

/** Runs every job that is due, in this process, until none is left; for tests. */
export async function drainJobs(shop: Shop, pgPool: Pool, handlers: JobHandlers): Promise<void> {
  const taskList = taskListOf(shop, handlers);
  await runOnce({ pgPool, taskList, noHandleSignals: true, logger: workerLog(shop) });
}

/** The handlers as graphile-worker calls them: payloads are parsed, and a failure is logged before its retry. */
function taskListOf(shop: Shop, handlers: JobHandlers): TaskList {
  const taskList: TaskList = {};
  for (const name of Object.keys(handlers) as JobName[]) {
    taskList[name] = async (payload, { job: { id, attempts } }) => {
      const job = { id: String(id), attempt: attempts };
      try {
        await handlers[name](shop, JOBS[name].parse(payload) as never, job);
      } catch (error) {
        shop.log.warn({ job: name, id: job.id, attempt: job.attempt, err: error }, 'A job failed');
        throw error;
      }
    };
  }
  return taskList;
}
