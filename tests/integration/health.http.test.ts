/** Whether a process should be sent requests, and how it ends while it is still being sent some. */
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { enqueue } from '../../extensions/commerce-api/src/platform/jobs.ts';
import { connectionOf } from '../../scripts/setup.ts';
import { aVariant } from '../support/factories.ts';
import { startCounter, type Counter } from '../support/http-carts.ts';
import { CACHING, listenersOf, untilKeeping } from '../support/storefront.ts';
import { aCustomer } from '../support/store-client.ts';
import { until } from '../support/until.ts';

let counter: Counter;
let url: string;
beforeAll(async () => {
  counter = await startCounter({
    env: { ...CACHING, JOBS: 'on', SHUTDOWN_DELAY_MS: '1500', SERVER_SHUTDOWN_TIMEOUT: '20000' },
  });
  ({ url } = counter.server);
  await untilKeeping(url);
});
afterAll(() => counter?.server.stop());

async function health(headers = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/server/health`, { headers });
  return { status: response.status, body: await response.json() };
}

const untilHealth = (status: number, word: string) =>
  until(`health is ${word}`, async () => {
    const answer = await health();
    return answer.status === status && (answer.body as { status: string }).status === word;
  });

describe('health', () => {
  test('tells a stranger a word, in whatever way they ask', async () => {
    await untilHealth(200, 'ok');
    const { token } = await aCustomer(counter.call);
    for (const headers of [
      {},
      { authorization: 'Basic eDp4' },
      { cookie: 'a=b' },
      { authorization: `Bearer ${token}` },
    ])
      expect(await health(headers)).toEqual({ status: 200, body: { status: 'ok' } });
    for (const path of ['/SERVER/health', '/server/health?access_token='])
      expect(await (await fetch(`${url}${path}`)).json()).toEqual({ status: 'ok' });
  });

  test('tells an administrator what Directus looks at', async () => {
    const { body } = await health({ authorization: `Bearer ${counter.server.admin_token}` });
    expect(body).toMatchObject({ checks: { 'pg:responseTime': [{ status: 'ok' }] } });
  });

  test('asks the database once however often it is asked', async () => {
    const { db } = counter.server;
    const asked = async () => {
      const { rows } = await db.raw<{ rows: { pid: number }[] }>(
        `select pid from pg_stat_activity where application_name = 'kontor health' and datname = current_database()`,
      );
      return rows.length;
    };
    await Promise.all(Array.from({ length: 200 }, () => health()));
    expect(await asked()).toBe(1);
  });

  test('is false while a migration or a step of the set-up is missing', async () => {
    const { db } = counter.server;
    const [migration] = await db('directus_migrations').orderBy('version', 'desc').limit(1);
    await db('directus_migrations').where({ version: migration.version }).delete();
    await untilHealth(503, 'error');
    await db('directus_migrations').insert(migration);
    await untilHealth(200, 'ok');
    const step = await db('commerce.setup_ledger').where({ name: 'SQL objects' }).first();
    await db('commerce.setup_ledger').where({ name: 'SQL objects' }).delete();
    await untilHealth(503, 'error');
    await db('commerce.setup_ledger').insert(step);
    await untilHealth(200, 'ok');
  });

  test('is false while the database lets nobody in; the process stays alive', async () => {
    const { env } = counter.server;
    const name = env['DB_DATABASE'] ?? '';
    const admin = new pg.Client(connectionOf({ ...env, DB_DATABASE: 'postgres' }));
    await admin.connect();
    try {
      await admin.query(`alter database "${name}" allow_connections false`);
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kontor health' and datname = $1`,
        [name],
      );
      await untilHealth(503, 'error');
      expect((await fetch(`${url}/server/ping`)).status).toBe(200);
    } finally {
      await admin.query(`alter database "${name}" allow_connections true`);
      await admin.end();
    }
    await untilHealth(200, 'ok');
  });

  test('is only worse while changes of the catalogue are not heard of', async () => {
    const { db } = counter.server;
    await until('health is warn', async () => {
      for (const pid of await listenersOf(db)) await db.raw('select pg_terminate_backend(?)', [pid]);
      const { status, body } = await health();
      return status === 200 && (body as { status: string }).status === 'warn';
    });
    await untilHealth(200, 'ok');
  });
});

test('a process that is told to end says so first, then finishes requests and jobs, and closes what is idle', async () => {
  const { server, call } = counter;
  const { db, shop, directus } = server;
  const variant = await aVariant(shop, { on_hand: 10 });
  const cart = await counter.aFullCart(variant);
  const holder = await db.transaction();
  onTestFinished(async () => {
    if (!holder.isCompleted()) await holder.rollback();
  });
  // The checkout needs the one, the job the other, and each waits for whoever holds it.
  await holder.raw('select 1 from stock_levels where variant = ? for update', [variant]);
  await holder.raw('lock table commerce.recommendation_progress in access exclusive mode');
  await enqueue(db, 'refresh-popularity', {}, { job_key: 'at the end' });
  const waiting = async (count: number) =>
    until(`${count} wait for a lock`, async () => {
      const { rows } = await db.raw<{ rows: { waiting: number }[] }>(
        `select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      );
      return rows[0]?.waiting === count;
    });
  const placing = counter.order(cart);
  await waiting(2);
  const exited = once(directus.process, 'exit');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect((await get(agent)).headers.connection).toBe('keep-alive');

  directus.process.kill('SIGTERM');
  await untilHealth(503, 'error');
  // It still answers, and asks to be left.
  expect((await get(agent)).headers.connection).toBe('close');
  expect((await call('GET', '/store/categories')).status).toBe(200);
  await until('the door is closed', () =>
    fetch(`${url}/server/ping`).then(
      () => false,
      () => true,
    ),
  );
  expect(directus.process.exitCode ?? directus.process.signalCode).toBeNull();

  await holder.rollback();
  expect((await placing).status).toBe(201);
  await exited;
  agent.destroy();
  const { rows } = await db.raw<{ rows: object[] }>(
    `select 1 from graphile_worker.jobs where key = 'at the end'`,
  );
  expect(rows).toEqual([]);
  await server.restart();
});

function get(agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = request(`${url}/server/ping`, { agent }, (response) => {
      response.resume().once('end', () => resolve(response));
    });
    asking.once('error', reject).end();
  });
}
