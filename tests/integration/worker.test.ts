import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { enqueue } from '../../extensions/commerce-api/src/platform/jobs.ts';
import { end } from '../../scripts/directus.ts';
import { ROOT } from '../../scripts/prepare.mjs';
import { testEnvironment } from '../support/databases.ts';
import { aReadyCart, aShippingMethod, aVariant, place } from '../support/factories.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
let worker: ChildProcess | undefined;
let lock: Knex.Transaction | undefined;
let words = '';
beforeEach(async () => {
  fresh = await freshShop();
  words = '';
});
afterEach(async () => {
  if (worker) await end(worker, 'SIGKILL');
  worker = undefined;
  if (lock && !lock.isCompleted()) await lock.rollback();
  await fresh.stop();
});

const soon = { timeout: 30_000, interval: 50 };

/** The command as an operator runs it, on this test's database. */
function startWorker(settings: Record<string, string> = {}): ChildProcess {
  const child = fork(join(ROOT, 'scripts', 'kontor.ts'), ['worker'], {
    cwd: ROOT,
    env: { ...testEnvironment(fresh.connection), ...settings },
    silent: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const keep = (chunk: Buffer) => (words += chunk.toString());
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return child;
}

/** An order that nobody paid in time, and the job that closes it. */
async function anExpiredOrder(): Promise<string> {
  const variant = await aVariant(fresh.shop);
  const method = await aShippingMethod(fresh.shop);
  await place(fresh.shop, await aReadyCart(fresh.shop, method, [{ variant, quantity: 1 }]));
  const order = await row<{ id: string }>(
    fresh.db,
    `update orders set expires_at = now() - interval '1 minute' returning id`,
  );
  const id = order?.id ?? '';
  await enqueue(fresh.db, 'expire-order', { order: id });
  return id;
}

const statusOf = (db: Knex, order: string) =>
  row<{ status: string }>(db, 'select status from orders where id = ?', [order]);
const jobs = (name: string) =>
  rows<{ attempts: number; is_running: boolean }>(
    fresh.db,
    'select attempts, locked_at is not null as is_running from graphile_worker.jobs where task_identifier = ?',
    [name],
  );

test('a worker does what was asked for while no server ran, and tells flows of it', async () => {
  const order = await anExpiredOrder();
  expect(await jobs('expire-order')).toEqual([{ attempts: 0, is_running: false }]);

  worker = startWorker();

  await vi.waitFor(
    async () => expect(await statusOf(fresh.db, order), words).toEqual({ status: 'cancelled' }),
    soon,
  );
  await vi.waitFor(
    async () => expect([...(await jobs('expire-order')), ...(await jobs('announce'))], words).toEqual([]),
    soon,
  );
});

test('told to stop, a worker finishes the job in progress, takes no other, and ends well', async () => {
  const order = await anExpiredOrder();
  lock = await fresh.db.transaction();
  await row(lock, 'select id from orders where id = ? for update', [order]);
  // One at a time: what another had just asked for, when it was told to stop, would be done as well.
  worker = startWorker({ JOBS_CONCURRENCY: '1' });
  await vi.waitFor(
    async () => expect(await jobs('expire-order'), words).toEqual([{ attempts: 1, is_running: true }]),
    soon,
  );
  await vi.waitFor(() => expect(words).toContain('Taking jobs'), soon);
  // It may be taking jobs before it listens for more.
  await vi.waitFor(async () => expect(await listeners()).toEqual({ listeners: 1 }), soon);

  const ended = once(worker, 'exit');
  worker.kill('SIGTERM');
  await vi.waitFor(async () => expect(await listeners()).toEqual({ listeners: 0 }), soon);
  await enqueue(fresh.db, 'clean-up', {}, { job_key: 'after-the-end' });
  expect(worker.exitCode).toBeNull();
  expect(await jobs('expire-order')).toEqual([{ attempts: 1, is_running: true }]);
  await lock.rollback();

  expect(await ended, words).toEqual([0, null]);
  expect(await statusOf(fresh.db, order)).toEqual({ status: 'cancelled' });
  expect(await jobs('expire-order')).toEqual([]);
  expect(await jobs('clean-up')).toEqual([{ attempts: 0, is_running: false }]);
});

/** Connections that wait for new jobs. */
function listeners() {
  return row<{ listeners: number }>(
    fresh.db,
    `select count(*)::int as listeners from pg_stat_activity where datname = current_database() and query ilike 'listen "jobs:insert"%'`,
  );
}

test('a worker refuses a database that is not what the sources say', async () => {
  await fresh.db('commerce.setup_ledger').where({ name: 'SQL objects' }).update({ hash: 'older' });
  worker = startWorker();
  expect(await once(worker, 'exit'), words).toEqual([1, null]);
  await vi.waitFor(() => expect(words).toContain('(SQL objects). Run npm run kontor -- setup first.'));
});
