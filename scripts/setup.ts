/**
 * Brings a database to what the sources say: Directus' own tables, the tracked schema, the SQL objects, jobs, access rules,
 * reference data, the demo shop. Each step may run again; a step whose inputs have not changed since it last finished is
 * skipped, so an interrupted set-up goes on where it stopped.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import knexFactory, { type Knex } from 'knex';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { row, rows } from '../extensions/commerce-api/src/platform/database.ts';
import { applyAccess } from '../seeds/access/apply-access.ts';
import { applyDemo } from '../seeds/demo/apply-demo.ts';
import { applyReference } from '../seeds/reference/apply-reference.ts';
import { runDirectus } from './directus.ts';
import type { Settings } from './environment.ts';
import { listCatalogue, LISTING_INPUTS } from './fill-listings.ts';
import { ROOT, SetupProblem } from './prepare.mjs';

const SQL_FOLDER = 'snapshots/sql';
export const APPLY_SCHEMA = join(ROOT, 'scripts', 'apply-schema.ts');

export type Progress = (line: string) => void;

export interface SetupOptions {
  /** The environment of a Directus process, database included. */
  env: Settings;
  demo: boolean;
  progress: Progress;
  /** Whether to work out what the storefront lists, or to leave that to whoever reads it first. */
  listings?: boolean;
}

interface Step {
  name: string;
  /** Files and folders whose content decides whether the step is due. */
  inputs: string[];
  /** Demo data is planted once: a merchant's later changes are theirs. */
  once?: boolean;
  run: (db: Knex) => Promise<unknown>;
}

/** Parts of the access rules that the server's own code needs too. */
const ACCESS_FROM_CODE = ['platform/roles.ts', 'orders/event-kinds.ts'].map(
  (file) => `extensions/commerce-api/src/${file}`,
);

/** @returns the names of the steps that ran; empty when the database already was as it should be */
export async function setUpDatabase({
  env,
  demo,
  progress,
  listings = true,
}: SetupOptions): Promise<string[]> {
  const db = openDatabase(env);
  try {
    await checkConnection(db);
    return await alone(env, progress, async () => {
      const ran = await runSteps(db, stepsOf({ env, demo, progress }), progress);
      if (listings) await listCatalogue(db, env, hashOf(LISTING_INPUTS), progress);
      return ran;
    });
  } finally {
    await db.destroy();
  }
}

const LOCK_POLL_MS = 500;

/** One set-up of a database at a time: several app processes may start together. Held by a connection, so a crash lets go. */
async function alone<Result>(
  env: Settings,
  progress: Progress,
  work: () => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(connectionOf(env));
  // A lost connection fails the next query on it; unheard, the event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (let isFirst = true; !(await tryLock(client)); isFirst = false) {
      if (isFirst) progress('Another process is setting this database up; waiting for it …');
      // Asked again and again, because a statement that waits for a lock would hold up Directus' CREATE INDEX CONCURRENTLY.
      await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
    }
    return await work();
  } finally {
    await client.end();
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows: taken } = await client.query<{ is_ours: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('kontor set-up', 0)) as is_ours`,
  );
  return taken[0]?.is_ours ?? false;
}

/** The names of the steps `setUpDatabase` would run without the demo shop. Reads only. */
export async function pendingSteps(env: Settings): Promise<string[]> {
  const db = openDatabase(env);
  try {
    await checkConnection(db);
    const ledger = await row<{ is_there: boolean }>(
      db,
      `select to_regclass('commerce.setup_ledger') is not null as is_there`,
    );
    const done = ledger?.is_there ? await finishedSteps(db) : new Map<string, string>();
    return stepsOf({ env, demo: false, progress: () => undefined })
      .filter((step) => isDue(step, done))
      .map((step) => step.name);
  } finally {
    await db.destroy();
  }
}

/** @throws SetupProblem when the database is not what the sources say, and so must not be served */
export async function requireSetUp(env: Settings): Promise<void> {
  const pending = await pendingSteps(env);
  if (pending.length === 0) return;
  const difference = pending.join(', ');
  throw new SetupProblem(
    `The database is not what the sources say (${difference}). Run npm run kontor -- setup first.`,
  );
}

function stepsOf({ env, demo, progress }: SetupOptions): Step[] {
  const steps: Step[] = [
    {
      name: 'Directus',
      inputs: ['node_modules/directus/package.json'],
      run: (base) => installDirectus(base, env),
    },
    { name: 'schema', inputs: ['snapshots/schema.yaml'], run: () => runDirectus([], env, APPLY_SCHEMA) },
    { name: 'SQL objects', inputs: [SQL_FOLDER, 'snapshots/schema.yaml'], run: applySql },
    { name: 'jobs', inputs: ['node_modules/graphile-worker/package.json'], run: () => migrateJobs(env) },
    {
      name: 'access rules',
      inputs: ['seeds/access', ...ACCESS_FROM_CODE, 'snapshots/schema.yaml'],
      run: applyAccess,
    },
    { name: 'reference data', inputs: ['seeds/reference'], run: applyReference },
  ];
  if (demo) {
    const storage_root = env['STORAGE_LOCAL_ROOT'] ?? '';
    steps.push({
      name: 'demo shop',
      inputs: ['seeds/demo'],
      once: true,
      run: (base) => applyDemo(base, { storage_root, log: progress }),
    });
  }
  return steps;
}

/** A knex of our own on the database a Directus environment names. */
export function openDatabase(env: Settings, pool = { min: 0, max: 10 }): Knex {
  return knexFactory({ client: 'pg', connection: connectionOf(env) as Knex.PgConnectionConfig, pool });
}

/** Connection settings for pg from Directus' names. */
export function connectionOf(env: Settings): pg.ClientConfig {
  return {
    host: env['DB_HOST'] ?? '127.0.0.1',
    port: Number(env['DB_PORT'] ?? 5432),
    user: env['DB_USER'] ?? '',
    password: (env['DB_PASSWORD'] ?? '').replace(/^string:/, ''),
    database: env['DB_DATABASE'] ?? '',
    ...(env['DB_SSL__REJECT_UNAUTHORIZED']
      ? { ssl: { rejectUnauthorized: env['DB_SSL__REJECT_UNAUTHORIZED'] === 'true' } }
      : {}),
  };
}

async function checkConnection(db: Knex): Promise<void> {
  try {
    const server = await row<{ version: string }>(
      db,
      `select current_setting('server_version_num') as version`,
    );
    if (Number(server?.version) < 150000) throw new SetupProblem('Kontor needs PostgreSQL 15 or newer.');
  } catch (error) {
    if (error instanceof SetupProblem) throw error;
    throw new SetupProblem(
      `The database does not answer (${(error as Error).message}). Check DATABASE_URL or the DB_ variables.`,
    );
  }
}

async function runSteps(db: Knex, steps: Step[], progress: Progress): Promise<string[]> {
  await db.raw('create schema if not exists commerce');
  await db.raw(`create table if not exists commerce.setup_ledger (
    name text primary key, hash text not null, applied_at timestamptz not null default now())`);
  const done = await finishedSteps(db);
  const ran: string[] = [];
  for (const [index, step] of steps.entries()) {
    if (!isDue(step, done)) continue;
    const hash = hashOf(step.inputs);
    const began = Date.now();
    progress(`[${index + 1}/${steps.length}] ${step.name} …`);
    await step.run(db);
    await db.raw(
      `insert into commerce.setup_ledger (name, hash) values (?, ?)
       on conflict (name) do update set hash = excluded.hash, applied_at = now()`,
      [step.name, hash],
    );
    progress(`[${index + 1}/${steps.length}] ${step.name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    ran.push(step.name);
  }
  return ran;
}

async function finishedSteps(db: Knex): Promise<Map<string, string>> {
  const ledger = await rows<{ name: string; hash: string }>(
    db,
    'select name, hash from commerce.setup_ledger',
  );
  return new Map(ledger.map(({ name, hash }) => [name, hash]));
}

function isDue(step: Step, done: Map<string, string>): boolean {
  const before = done.get(step.name);
  return step.once ? before === undefined : before !== hashOf(step.inputs);
}

/** The SQL files in the order they run. */
export function sqlFiles(): string[] {
  return readdirSync(join(ROOT, SQL_FOLDER))
    .filter((name) => name.endsWith('.sql'))
    .sort();
}

/** Runs every SQL file, each in a transaction of its own. May run any number of times. */
export async function applySql(db: Knex): Promise<void> {
  for (const name of sqlFiles()) {
    const sql = readFileSync(join(ROOT, SQL_FOLDER, name), 'utf8');
    // knex reads an unescaped ? as a binding.
    await db.transaction((trx) => trx.raw(sql.replaceAll('?', '\\?')));
  }
}

/**
 * Directus takes any sign of its tables for a finished installation, so one that was interrupted would stay without tables or
 * without an administrator for ever. Where nobody can have signed in yet, its tables go and it starts again.
 */
async function installDirectus(db: Knex, env: Settings): Promise<void> {
  const tables = await rows<{ name: string }>(
    db,
    `select tablename as name from pg_tables where schemaname = 'public' and starts_with(tablename, 'directus_')`,
  );
  const hasUsers =
    tables.some((table) => table.name === 'directus_users') &&
    (await row<{ some: boolean }>(db, 'select exists (select from directus_users) as some'))?.some;
  if (tables.length > 0 && !hasUsers) {
    await db.raw(`drop table ${tables.map((table) => `"${table.name}"`).join(', ')} cascade`);
  }
  await runDirectus(['bootstrap'], env);
}

async function migrateJobs(env: Settings): Promise<void> {
  const pgPool = new pg.Pool({ ...connectionOf(env), max: 2 });
  // A lost connection fails the query that waits on it; unheard, the event would end the process.
  pgPool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  try {
    await runMigrations({ pgPool });
  } finally {
    await pgPool.end();
  }
}

/** One hash over files and whole folders, names and contents. */
export function hashOf(inputs: string[]): string {
  const hash = createHash('sha256');
  for (const input of inputs)
    for (const file of filesOf(input)) hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}

function filesOf(input: string): string[] {
  try {
    return readdirSync(join(ROOT, input), { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const path = `${input}/${entry.name}`;
        if (entry.isDirectory()) return filesOf(path);
        return entry.name.endsWith('.test.ts') ? [] : [path];
      });
  } catch {
    return [input];
  }
}
