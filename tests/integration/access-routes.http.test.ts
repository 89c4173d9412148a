/** Who may call which of Kontor's own routes, and about whose things: the table in tests/access/routes.ts, held against a running shop. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import docs from '../../extensions/commerce-api/src/docs.ts';
import { staffRoutes, storeRoutes } from '../../extensions/commerce-api/src/surfaces.ts';
import webhooks from '../../extensions/commerce-api/src/webhooks.ts';
import { ROOT } from '../../scripts/prepare.mjs';
import { AT_PROVIDERS, MOVES_NOTHING, TRACES, type Trace } from '../access/audit.ts';
import { chosen, runCells, type Cell, type Outcome } from '../access/cells.ts';
import { nameOf, routeCells, type RouteCells } from '../access/check-routes.ts';
import { ROUTES } from '../access/routes.ts';
import { walkThrough } from '../access/staff-walk.ts';
import { setStage, type Stage } from '../access/things.ts';
import { fingerprints } from '../support/access-world/ask.ts';
import { expectSoundBooks } from '../support/books.ts';
import { startCounter, type Counter } from '../support/http-carts.ts';

// The routes of an endpoint are asked for without a server behind them.
vi.mock('../../extensions/commerce-api/src/directus-shop.ts', () => ({ directusShop: () => ({}) }));

const declared = new Map([
  ...storeRoutes.map((each) => [nameOf('/store', each), each] as const),
  ...staffRoutes.map((each) => [nameOf('/staff', each), each] as const),
]);

let counter: Counter;
let cells: RouteCells;
let stage: Stage;
const total: Outcome = { cells: 0, unexpected: [] };
beforeAll(async () => {
  counter = await startCounter({ env: { JOBS: 'off' } });
  stage = await setStage(counter);
  cells = routeCells(counter.call, stage, (route) => declared.get(route)?.errors ?? []);
});
afterAll(async () => {
  console.log(`Routes: ${total.cells} cells, ${total.unexpected.length} unexpected`);
  await counter.server.stop();
});

async function expectAsWritten(asked: readonly Cell[], at_once?: number): Promise<void> {
  const { cells: settled, unexpected } = await runCells(asked, at_once);
  total.cells += settled;
  total.unexpected.push(...unexpected);
  expect(unexpected).toEqual([]);
}

test('every route there is has its line in the table', () => {
  const there = [...declared.keys(), ...mounted('/webhooks', webhooks), ...mounted('/docs', docs)];
  const named = there.map((each) => each.replace(/^(GET \/docs\/assets\/).+/, '$1:name'));
  expect(Object.keys(ROUTES).sort()).toEqual([...new Set(named)].sort());
});

test('the table is more than two thousand cells', () => {
  const all = [...cells.refused, ...cells.open, ...cells.allowed];
  expect(all.reduce((sum, { size = 1 }) => sum + size, 0)).toBeGreaterThan(2_000);
});

test('there are no further surfaces', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'extensions/commerce-api/package.json'), 'utf8')) as {
    'directus:extension': { entries: { type: string; name: string }[] };
  };
  const endpoints = manifest['directus:extension'].entries.filter(({ type }) => type === 'endpoint');
  expect(endpoints.map(({ name }) => name).sort()).toEqual(['docs', 'staff', 'store', 'webhooks']);
});

describe('whoever may not', () => {
  test('is refused, and told the same of what is another’s and what is not there', async () => {
    const before = await everything();
    await expectAsWritten(chosen(cells.refused, process.env['ACCESS_CELLS']));
    expect(await everything()).toEqual(before);
  });
});

describe('whoever may', () => {
  test('is let in where everybody is', () => expectAsWritten(cells.open));

  test('is let in, one after the other', () => expectAsWritten(cells.allowed, 1));
});

describe('staff who move money or goods', () => {
  const ACTORS: Record<Trace, string> = {
    order_events: 'actor',
    stock_movements: 'actor',
    gift_card_movements: 'actor',
    store_credit_movements: 'actor',
    directus_activity: 'user',
  };

  test('are named where it is written down', async () => {
    const { order_staff } = stage.users;
    const traces = async (table: Trace) =>
      Number(
        (await counter.server.db(table).where(ACTORS[table], order_staff).count({ n: '*' }).first())!['n'],
      );
    const walked = new Set<string>();
    const nameless: string[] = [];
    await walkThrough(counter, async (route, path, body) => {
      walked.add(route);
      const trace = TRACES[route]!;
      const before = await traces(trace);
      const keys = { ...stage.keys.order_staff, idempotency_key: randomUUID() };
      const reply = await counter.call(route.split(' ')[0]!, path, body, keys);
      if (reply.status >= 300) nameless.push(`${route} answered ${reply.status} ${reply.text}`);
      if ((await traces(trace)) <= before) nameless.push(`${route} leaves nobody's name in ${trace}`);
      return reply;
    });
    expect(nameless).toEqual([]);
    expect([...walked].sort()).toEqual(Object.keys(TRACES).sort());
  });

  test('have no further ways to do so', () => {
    const writes = [...declared.keys()].filter((each) => /^(?!GET).* \/staff/.test(each));
    expect([...Object.keys(TRACES), ...AT_PROVIDERS, ...MOVES_NOTHING].sort()).toEqual(writes.sort());
  });
});

test('after all of it the books are sound', () => expectSoundBooks(counter.server.shop));

type Handler = (router: never, context: never) => void;

/** What an endpoint mounts on its router, by a router that only listens. */
function mounted(prefix: string, endpoint: { handler: unknown }): string[] {
  const routes: string[] = [];
  const record = (method: string) => (path: string) => routes.push(`${method} ${prefix}${path}`);
  const router = {
    get: record('GET'),
    post: record('POST'),
    patch: record('PATCH'),
    put: record('PUT'),
    delete: record('DELETE'),
  };
  const context = { env: { ...counter.server.env }, services: {}, getSchema: () => Promise.resolve({}) };
  (endpoint.handler as Handler)(router as never, context as never);
  return routes;
}

async function everything(): Promise<Record<string, string>> {
  const tables = await counter.server.db('pg_tables').where({ schemaname: 'public' }).select('tablename');
  return fingerprints(
    counter.server.db,
    tables.map(({ tablename }: { tablename: string }) => tablename),
  );
}
