/**
 * The process the kill test kills: several shoppers and staff at once, the endpoint that takes webhooks, and the job worker. It
 * tells the test of each answer after the use case has resolved, and keeps nothing: what it knows is in the database.
 */
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { isKontorError } from '../../extensions/commerce-api/src/errors.ts';
import { jobHandlers } from '../../extensions/commerce-api/src/job-handlers.ts';
import { receiveWebhook } from '../../extensions/commerce-api/src/payments/receive-webhook.ts';
import { changed, row } from '../../extensions/commerce-api/src/platform/database.ts';
import { readEnv } from '../../extensions/commerce-api/src/platform/env.ts';
import { startWorker } from '../../extensions/commerce-api/src/platform/jobs.ts';
import { makeShop, type Log, type Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { paymentProviders } from '../../extensions/commerce-api/src/providers/payments.ts';
import { httpShippingRates } from '../../extensions/commerce-api/src/providers/shipping-rates-http.ts';
import { vatCheck } from '../../extensions/commerce-api/src/providers/vat-check.ts';
import { connectionOf, openDatabase } from '../../scripts/setup.ts';
import type { Settings } from '../../scripts/environment.ts';
import { complete, randomStep, type Actor } from './kill-steps.ts';
import { chance, type Ask, type Confirmed, type Start, type Told } from './kill-protocol.ts';

const ACTORS = 8;

const tell = (told: Told): void => void process.send?.(told);
const confirm = (confirmed: Confirmed): void => tell({ type: 'confirmed', confirmed });

/** Directus' names for how to connect, and Kontor's settings. */
const settings = process.env as Settings;
const shop = makeShop({
  db: openDatabase(settings, { min: 0, max: 16 }),
  env: readEnv(settings),
  log: logOfJobs(),
  payments: paymentProviders,
  vat_check: vatCheck,
  shipping_rates: httpShippingRates,
});
const pool = new pg.Pool({ ...connectionOf(settings), max: shop.env.JOBS_CONCURRENCY + 3 });

/** A job that fails because its provider did not answer is repeated. Any other reason is a defect. */
function logOfJobs(): Log {
  const listen = (fields: object, message: string) => {
    const { job, err } = fields as { job?: string; err?: unknown };
    if (err === undefined || isKontorError(err, 'PROVIDER_FAILED')) return;
    if (message === 'A job failed') tell({ type: 'broken', step: `job ${job}`, error: wordsOf(err) });
  };
  return { info: () => undefined, warn: listen, error: listen };
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: string };
  return `${code === undefined ? '' : `${code} `}${error.stack ?? error.message}`;
}

async function begin(start: Start): Promise<void> {
  await listen(start.webhook_port);
  const runner = await startWorker(shop, pool, jobHandlers);
  tell({ type: 'ready' });
  const waiting = start.unanswered.map((wish) => repeat(wish, start.task === 'settle'));
  if (start.task === 'work') {
    for (let index = 0; index < ACTORS; index += 1) void act(start, index);
    return;
  }
  await Promise.all(waiting);
  await untilNoJobIsLeft(shop);
  tell({ type: 'settled' });
  await new Promise((resolve) => process.once('message', resolve));
  await untilNoJobIsLeft(shop);
  await runner.stop();
  await pool.end();
  await shop.db.destroy();
  process.exit();
}

/** One who does random things, one after the other. */
async function act({ seed, goods }: Start, index: number): Promise<never> {
  const actor: Actor = { shop, goods, random: chance(seed * 97 + index), confirm, ask };
  for (;;) {
    const step = randomStep(actor);
    await attempt(step.name, () => step.run(actor));
  }
}

/** A shopper sends a cart; the test keeps what they sent until they have an answer. */
async function ask(wish: Ask): Promise<void> {
  tell({ type: 'asked', ask: wish });
  await attempt('complete', () => complete({ shop, confirm }, wish), wish);
}

/** @returns whether there was an answer, be it a refusal */
async function attempt(step: string, work: () => Promise<void>, wish?: Ask): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isKontorError(error)) {
      tell({ type: 'broken', step, error: wordsOf(error) });
      return true;
    }
    // What is still running, or what we do not know, is no answer to a shopper: they ask again.
    const isOpen = error.code === 'IDEMPOTENCY_KEY_IN_USE' || error.code === 'PROVIDER_FAILED';
    const { reason } = error.extensions;
    const code = typeof reason === 'string' ? `${error.code} (${reason})` : error.code;
    tell({ type: 'refused', step, code, ...(wish && !isOpen && { ask: wish.key }) });
    return !isOpen;
  }
}

/** A shopper without an answer asks again. */
async function repeat(wish: Ask, isPatient: boolean): Promise<void> {
  const again = () => attempt('complete', () => complete({ shop, confirm }, wish), wish);
  while (!(await again()) && isPatient) await pause(100);
}

async function listen(port: number): Promise<void> {
  const server = createServer((request, response) => {
    const take = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const signature = request.headers['stripe-signature'];
      const headers = { 'stripe-signature': typeof signature === 'string' ? signature : undefined };
      const raw = Buffer.concat(chunks);
      await receiveWebhook(shop, 'stripe', raw, headers);
      response.writeHead(200).end();
    };
    take().catch((error: unknown) => {
      tell({ type: 'broken', step: 'webhook', error: wordsOf(error) });
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

/** Jobs that wait for a later try are due now: nobody is killed any more. */
async function untilNoJobIsLeft({ db }: Shop): Promise<void> {
  for (;;) {
    const left = await row<{ count: number }>(
      db,
      'select count(*) as count from graphile_worker._private_jobs where attempts < max_attempts',
    );
    if (left?.count === 0) return;
    await changed(
      db,
      `select graphile_worker.reschedule_jobs(array_agg(id), run_at := now()) from graphile_worker._private_jobs
       where run_at > now() and locked_at is null having count(*) > 0`,
    );
    await pause(50);
  }
}

process.once('disconnect', () => process.exit(1));
process.once('message', (start: Start) => {
  begin(start).catch((error: unknown) => tell({ type: 'broken', step: 'start', error: wordsOf(error) }));
});
