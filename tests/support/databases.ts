/**
 * One template database per state of the sources, cloned for each test file: a clone takes a tenth of a second, a set-up ten.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { directusEnvironment, loadSettings, STATE, type Settings } from '../../scripts/environment.ts';
import { startPostgres, type Postgres } from '../../scripts/postgres.ts';
import { connectionOf, hashOf, setUpDatabase } from '../../scripts/setup.ts';

const INPUTS = [
  'snapshots',
  'seeds',
  'scripts/setup.ts',
  'node_modules/directus/package.json',
  'package-lock.json',
];

/** Small hashes: the tests' passwords guard nothing. */
export const TEST_SETTINGS: Settings = {
  SECRET: 'kontor-tests-secret-0123456789abcdef',
  // Commands under test read .env too; the database it may name is not theirs.
  DATABASE_URL: '',
  ADMIN_EMAIL: 'admin@example.com',
  ADMIN_PASSWORD: 'admin-password-of-tests',
  ADMIN_TOKEN: 'admin-token-of-tests',
  HASH_MEMORY_COST: '1024',
  HASH_TIME_COST: '2',
  LOGIN_STALL_TIME: '0',
  REGISTER_STALL_TIME: '0',
  OVERLOAD: 'off',
  SERVER_SHUTDOWN_TIMEOUT: '1000',
  RATE_LIMITS: 'off',
  // Cases write behind the server's back and look at once; a notice takes a moment. What is kept has suites of its own.
  STOREFRONT_CACHE: 'off',
  SERVE_APP: 'false',
  LOG_LEVEL: 'warn',
  MEILI_URL: '',
};

export interface TestDatabases {
  /** Directus' names for how to connect, without a database. */
  connection: Settings;
  template: string;
  demo_template: string;
}

/** Where the pictures of the demo template are; not among the shop's. */
export const DEMO_UPLOADS = join(STATE, 'test-uploads');

/** What V8 made of the sources; `npm test` keeps that of its own processes there as well. */
export const COMPILE_CACHE = join(STATE, 'compile-cache');

/** What every Directus process of the tests starts from. */
export function testEnvironment(connection: Settings, overrides: Settings = {}): Settings {
  const { PATH = '', HOME = '', SERVER_COVERAGE, CI } = loadSettings();
  const base = {
    PATH,
    HOME,
    ...(SERVER_COVERAGE ? { NODE_V8_COVERAGE: SERVER_COVERAGE } : { NODE_COMPILE_CACHE: COMPILE_CACHE }),
    ...(CI && { CI }),
  };
  return directusEnvironment(
    { ...base, ...TEST_SETTINGS, STORAGE_LOCAL_ROOT: DEMO_UPLOADS },
    connection,
    overrides,
  );
}

/**
 * Starts the tests' own PostgreSQL and makes the templates, unless those of the same sources are still there.
 * @returns how to reach them, and how to stop the server
 */
export async function openTestDatabases(
  log: (line: string) => void,
): Promise<{ databases: TestDatabases; postgres: Postgres }> {
  const postgres = await startPostgres({
    name: 'test',
    settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=400'],
  });
  const hash = createHash('sha256').update(hashOf(INPUTS)).digest('hex').slice(0, 12);
  const template = `template_${hash}`;
  const demo_template = `template_demo_${hash}`;
  const known = await databaseNames(postgres.connection);
  await dropOthers(postgres.connection, known, [template, demo_template]);
  if (!known.includes(template)) {
    log('Setting up the template database …');
    await build(postgres.connection, template, null, false, log);
  }
  if (!known.includes(demo_template)) await build(postgres.connection, demo_template, template, true, log);
  return { databases: { connection: postgres.connection, template, demo_template }, postgres };
}

/** Makes a database as a copy of another. */
export async function cloneDatabase(connection: Settings, from: string, name: string): Promise<void> {
  await withAdmin(connection, (client) => client.query(`create database "${name}" template "${from}"`));
}

export async function dropDatabase(connection: Settings, name: string): Promise<void> {
  await withAdmin(connection, (client) => client.query(`drop database if exists "${name}" with (force)`));
}

async function build(
  connection: Settings,
  name: string,
  from: string | null,
  demo: boolean,
  log: (line: string) => void,
) {
  const partial = `${name}_partial`;
  await dropDatabase(connection, partial);
  await withAdmin(connection, (client) =>
    client.query(`create database "${partial}" ${from ? `template "${from}"` : ''}`),
  );
  // Listings are left to each clone: a template outlives changes of what works them out.
  const listings = false;
  await setUpDatabase({
    env: testEnvironment({ ...connection, DB_DATABASE: partial }),
    demo,
    progress: log,
    listings,
  });
  await withAdmin(connection, (client) => client.query(`alter database "${partial}" rename to "${name}"`));
}

/** Templates of older sources, and what runs that were killed left behind; not what another run is using. */
async function dropOthers(connection: Settings, known: string[], keep: string[]): Promise<void> {
  for (const name of known) {
    const owner = /^test_(\d+)_/.exec(name)?.[1];
    const isOld =
      owner === undefined ? /^(template_[0-9a-f]|template_demo_|test_)/.test(name) : !isAlive(Number(owner));
    if (isOld && !keep.includes(name)) await dropDatabase(connection, name);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function databaseNames(connection: Settings): Promise<string[]> {
  return withAdmin(connection, async (client) => {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
    return rows.map((row) => row.datname);
  });
}

async function withAdmin<Result>(
  connection: Settings,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(connectionOf({ ...connection, DB_DATABASE: 'postgres' }));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
