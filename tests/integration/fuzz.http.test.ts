/**
 * Generated requests, good ones and every way to break them, at every route of the OpenAPI document, at the API Directus generates and
 * at bare sockets, as everybody who may ask. Nothing is answered 5xx, what is refused changes no row, and the process lives.
 *
 * Short by default. `FUZZ_REQUESTS=100000 npm test -- tests/integration/fuzz.http.test.ts` is the long form; FUZZ_SEED repeats the
 * requests of a run, and with a finding's own seed that request comes first. Ids differ from run to run: what they stand for does not.
 */
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { expectSoundBooks } from '../support/books.ts';
import { generatedRequests } from '../support/fuzz-generated.ts';
import { heapAfterCollection } from '../support/fuzz-heap.ts';
import { keepJournal, type Journal } from '../support/fuzz-journal.ts';
import { routeRequests } from '../support/fuzz-routes.ts';
import { fuzz, type FuzzReport } from '../support/fuzz-run.ts';
import {
  cutOff,
  exchange,
  HIDDEN,
  malformed,
  pipelined,
  pipelineOf,
  smuggled,
  type Heard,
} from '../support/fuzz-sockets.ts';
import { fuzzWorld, type FuzzWorld } from '../support/fuzz-world.ts';
import { startServer, type TestServer } from '../support/server.ts';

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 1_500);
/** `npm test` asks the same each time; a long run something new. */
const SEED = Number(
  process.env['FUZZ_SEED'] ?? (process.env['FUZZ_REQUESTS'] ? randomInt(2 ** 30) : 679_633_698),
);
/** Most of a long run, and time for what is found to be made small. */
const TIMEOUT_MS = 120_000 + REQUESTS * 20;

/** Megabytes in use after garbage is collected: caches fill within the first part of a run, and then it stays. */
const MOST_GROWTH_MB = 48;
const MEGABYTE = 1024 * 1024;

/** What is worked out of the rest when somebody reads, what wrong codes count up, and what says who tried what. */
const DERIVED = [
  /^commerce\.(catalog_changes|listed_products|listings|listing_\w+|search_\w+|shelf_\w+|product_\w+|similarity_\w+|feature_counts)$/,
  /^commerce\.gift_card_failures$/,
  /^public\.directus_(activity|revisions)$/,
];

let server: TestServer;
let world: FuzzWorld;
let journal: Journal;
/** What the server wrote first: where its inspector listens. */
let first_words: string;
let pid: number | undefined;
beforeAll(async () => {
  server = await startServer({
    demo: true,
    // No jobs: whatever changes was changed by a request.
    env: {
      JOBS: 'off',
      STOREFRONT_CACHE: 'on',
      STOREFRONT_CACHE_MB: '8',
      NODE_OPTIONS: '--inspect=127.0.0.1:0',
    },
  });
  first_words = server.directus.words();
  pid = server.directus.process.pid;
  world = await fuzzWorld(server);
  journal = await keepJournal(server.db, ['public', 'commerce', 'graphile_worker']);
});
afterAll(() => server.stop());

const isFirst = () => server.directus.process.pid === pid;
const isAlive = () =>
  server.directus.process.exitCode === null && server.directus.process.signalCode === null;

/** Every collection of the data model with its columns. */
async function collectionsOf(): Promise<Record<string, string[]>> {
  const found = await rows<{ name: string; columns: string[] }>(
    server.shop.db,
    `select table_name as name, array_agg(column_name::text order by column_name) as columns from information_schema.columns
     where table_schema = 'public' and table_name in (select collection from directus_collections) group by 1 order by 1`,
  );
  return Object.fromEntries(found.map(({ name, columns }) => [name, columns]));
}

/** Tables that the API does not know of: no answer names them. */
async function hiddenTables(): Promise<string[]> {
  const found = await rows<{ name: string }>(
    server.shop.db,
    `select tablename as name from pg_tables where schemaname in ('commerce', 'graphile_worker') and tablename like '%\\_%'`,
  );
  return found.map(({ name }) => name);
}

function told({ made, sent, watched, by_status }: FuzzReport): string {
  const statuses = Object.entries(by_status).map(([status, count]) => `${status}: ${count}`);
  return `${made} requests made, ${sent} sent, ${watched} refused groups watched (${statuses.join(', ')})`;
}

describe('over HTTP', () => {
  test(
    'whatever is sent is answered, what is refused changes nothing, and no memory is kept',
    async ({ signal }) => {
      const options = {
        signal,
        origin: server.url,
        world,
        journal,
        stream: fc.oneof(routeRequests(), generatedRequests(await collectionsOf())),
        secrets: await hiddenTables(),
        derived: DERIVED,
        words: () => server.directus.words(),
        isAlive,
        revive: () => server.restart(),
      };
      const warm = Math.ceil(REQUESTS / 3);
      const first = await fuzz({ ...options, seed: SEED, requests: warm });
      const before = isFirst() ? await heapAfterCollection(first_words) : null;
      const rest = await fuzz({ ...options, seed: SEED + first.made, requests: REQUESTS - first.made });
      console.log(`FUZZ_SEED=${SEED}: ${told(first)}, then ${told(rest)}`);
      expect([...first.findings, ...rest.findings], `FUZZ_SEED=${SEED}`).toEqual([]);
      const after = await heapAfterCollection(first_words);
      const growth = Math.round((after.heap - (before?.heap ?? 0)) / MEGABYTE);
      console.log(`${growth} MB more in use after the garbage is gone`);
      expect(growth, `FUZZ_SEED=${SEED}`).toBeLessThan(MOST_GROWTH_MB);
      expect(first.watched + rest.watched).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});

describe('on bare sockets', () => {
  const runs = (share: number) => ({ seed: SEED, numRuns: Math.ceil(REQUESTS * share) });
  const heardAs = ({ statuses, text }: Heard) => `${statuses.join()}: ${text.slice(0, 500)}`;

  function expectCalm(heard: Heard): void {
    expect(heard.is_closed, `kept open after its end: ${heardAs(heard)}`).toBe(true);
    expect(
      heard.statuses.filter((status) => status >= 500),
      heardAs(heard),
    ).toEqual([]);
    expect(heard.text).not.toMatch(/node:internal|node_modules|\.js:\d/);
  }

  test(
    'bytes that are no request end with the connection, not with the process',
    async () => {
      const many = fc.array(malformed, { minLength: 1, maxLength: 12, size: 'max' });
      const property = fc.asyncProperty(many, async (all) => {
        const heard = await Promise.all(all.map((bytes) => exchange(server.url, bytes)));
        heard.forEach(expectCalm);
      });
      await fc.assert(property, runs(0.01));
      expect(isAlive()).toBe(true);
    },
    TIMEOUT_MS,
  );

  test(
    'a request hidden in another whose length says two things is not answered',
    async () => {
      const property = fc.asyncProperty(smuggled, async (bytes) => {
        const heard = await exchange(server.url, bytes);
        expectCalm(heard);
        expect(heard.statuses, heardAs(heard)).toEqual([expect.toSatisfy((status) => status >= 400)]);
      });
      await fc.assert(property, runs(0.02));
    },
    TIMEOUT_MS,
  );

  test(
    'requests that come one behind the other are answered in their order',
    async () => {
      const property = fc.asyncProperty(pipelined, async (targets) => {
        const heard = await exchange(server.url, pipelineOf(targets), 'patient');
        expectCalm(heard);
        const alone = await Promise.all(
          targets.map((target) => exchange(server.url, pipelineOf([target]), 'patient')),
        );
        expect(heard.statuses, heardAs(heard)).toEqual(alone.flatMap(({ statuses }) => statuses));
      });
      await fc.assert(property, runs(0.005));
    },
    TIMEOUT_MS,
  );

  test(
    'requests that break off change nothing, and the next is answered',
    async () => {
      const mark = await journal.mark();
      const property = fc.asyncProperty(cutOff, fc.boolean(), async (bytes, isRude) => {
        const heard = await exchange(server.url, bytes, isRude ? 'rude' : 'silent');
        if (!isRude) expectCalm(heard);
      });
      await fc.assert(property, runs(0.02));
      await journal.mark();
      expect(await journal.since(mark)).toEqual([]);
      expect((await exchange(server.url, HIDDEN)).statuses).toEqual([200]);
    },
    TIMEOUT_MS,
  );
});

test('after all of it the process is the one that was started, and the books are sound', async () => {
  expect([server.directus.process.pid, isAlive()]).toEqual([pid, true]);
  // Nothing here does jobs, so that webhooks wait: in a long run longer than a shop would let them.
  await server.db('webhook_events').where({ status: 'received' }).update({ received_at: server.db.fn.now() });
  await expectSoundBooks(server.shop);
});
