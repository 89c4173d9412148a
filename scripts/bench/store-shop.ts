/** A shop with the made-up catalogue: its database, its server as often as wanted, and what it is compared with beside it. */
import pg from 'pg';
import { startDirectus } from '../directus.ts';
import type { Settings } from '../environment.ts';
import { freePort, startPostgres } from '../postgres.ts';
import { SetupProblem } from '../prepare.mjs';
import { connectionOf, hashOf, setUpDatabase } from '../setup.ts';
import { benchEnvironment, startMailSink } from './bench-server.ts';
import type { Stops } from './bench-shop.ts';
import { project, type Log } from './project.ts';
import { seedStore } from './seed-store.ts';
import { shapeOf, type StoreShape } from './store-catalogue.ts';
import { connectProfiler, type Profiler } from './server-profile.ts';

/** As the harness of ../shared/peers-bench runs its PostgreSQL. */
export const POSTGRES_SETTINGS = [
  'shared_preload_libraries=pg_stat_statements',
  'shared_buffers=1GB',
  'effective_cache_size=8GB',
  'random_page_cost=1.1',
  'max_wal_size=8GB',
  'jit=off',
];

/** What decides whether a kept database still holds what would be seeded, and what whether its projection is today's. */
const SEED_INPUTS = [
  ...['store-catalogue', 'store-words', 'seed-store', 'copy-rows'].map((name) => `scripts/bench/${name}.ts`),
  ...['snapshots', 'seeds/reference', 'seeds/fixed-id.ts'],
];
const PROJECTION_INPUTS = ['listings', 'catalog', 'search', 'core'].map(
  (domain) => `extensions/commerce-api/src/${domain}`,
);

export interface Cluster {
  connection: Settings;
  /** Connected to another database than any shop. */
  admin: pg.Client;
}

export interface Store {
  shape: StoreShape;
  database: string;
  connection: Settings;
  db: pg.Client;
  seconds: { seeding: number; projecting: number } | null;
}

export interface StoreServer {
  url: string;
  pid: number;
  profiler: Profiler | null;
  stop: () => Promise<void>;
}

/** The PostgreSQL all of it is on. @throws SetupProblem when another run of it goes on */
export async function openCluster(stops: Stops): Promise<Cluster> {
  const postgres = await startPostgres({ name: 'storefront', settings: POSTGRES_SETTINGS });
  if (!postgres.is_ours)
    throw new SetupProblem('Another storefront bench is running; wait until it has ended.');
  stops.push(() => postgres.stop());
  const admin = new pg.Client(connectionOf({ ...postgres.connection, DB_DATABASE: 'postgres' }));
  await admin.connect();
  stops.push(() => admin.end());
  await admin.query('create extension if not exists pg_stat_statements');
  return { connection: postgres.connection, admin };
}

/** A database of so many products. One that was kept and still fits is taken as it is, or only projected again. */
export async function openStore(
  { connection: cluster, admin }: Cluster,
  { size, keep, stops, log }: { size: number; keep: boolean; stops: Stops; log: Log },
): Promise<Store> {
  // A run that keeps nothing leaves alone what another one kept.
  const database = `kontor_store_${size}${keep ? '' : '_once'}`;
  const connection: Settings = { ...cluster, DB_DATABASE: database };
  const env = benchEnvironment(connection, { http: 1, smtp: 1 });
  const wanted = { seed: hashOf(SEED_INPUTS), projection: hashOf(PROJECTION_INPUTS) };
  const kept = keep ? await stampOf(admin, database) : null;
  const isSeeded = kept?.seed === wanted.seed;
  if (!isSeeded) {
    await admin.query(`drop database if exists ${database} with (force)`);
    await admin.query(`create database ${database}`);
  }
  if (!keep) stops.push(() => admin.query(`drop database if exists ${database} with (force)`));
  await setUpDatabase({ env, demo: false, progress: log });
  const db = new pg.Client(connectionOf(connection));
  await db.connect();
  stops.push(() => db.end());
  const stamp = (projection: string) =>
    admin.query(`comment on database ${database} is '${JSON.stringify({ seed: wanted.seed, projection })}'`);
  const seeding = await timed(async () => {
    if (isSeeded) return;
    log(`Catalogue of ${size.toLocaleString('en')} products …`);
    await seedStore(db, size, log);
    await stamp('');
  });
  const projecting = await timed(async () => {
    if (isSeeded && kept.projection === wanted.projection) return;
    await project(env, log);
    await db.query('vacuum analyze');
    await stamp(wanted.projection);
  });
  log(`Seeded in ${seeding} s, projected in ${projecting} s`);
  return {
    shape: shapeOf(size),
    database,
    connection,
    db,
    seconds: isSeeded ? null : { seeding, projecting },
  };
}

interface Stamp {
  seed: string;
  projection: string;
}

async function stampOf(admin: pg.Client, database: string): Promise<Stamp | null> {
  const { rows } = await admin.query<{ stamp: string | null }>(
    `select shobj_description(oid, 'pg_database') as stamp from pg_database where datname = $1`,
    [database],
  );
  return rows[0]?.stamp ? (JSON.parse(rows[0].stamp) as Stamp) : null;
}

/** Seconds that `work` took. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = Date.now();
  await work();
  return Math.round((Date.now() - began) / 100) / 10;
}

/** The shop's server, with its cache or past it; with its jobs, except where nothing of what is measured writes. */
export async function startStore(
  { connection }: Store,
  { cache, jobs = 'on', profiled = false }: { cache: 'on' | 'off'; jobs?: 'on' | 'off'; profiled?: boolean },
): Promise<StoreServer> {
  const [http, smtp, inspector] = [await freePort(), await freePort(), await freePort()];
  const sink = await startMailSink(smtp);
  const server = await startDirectus({
    ...benchEnvironment(connection, { http, smtp }),
    STOREFRONT_CACHE: cache,
    JOBS: jobs,
    ...(profiled && { NODE_OPTIONS: `--inspect=127.0.0.1:${inspector}` }),
  });
  const profiler = profiled ? await connectProfiler(inspector) : null;
  return {
    url: server.url,
    pid: server.process.pid ?? 0,
    profiler,
    stop: async () => {
      profiler?.close();
      await server.stop();
      sink.disconnect();
    },
  };
}
