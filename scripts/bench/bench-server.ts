/** The shop as it is measured: one process, NODE_ENV=production, jobs on, mail to a sink. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { directusEnvironment, STATE, type Settings } from '../environment.ts';
import { freePort } from '../postgres.ts';
import { ROOT } from '../prepare.mjs';
import { connectionOf } from '../setup.ts';
import type { Stops } from './bench-shop.ts';

export const NOTES = [
  'One process, NODE_ENV=production, RATE_LIMITS=off, jobs on in the server process; mail goes over SMTP to a sink that forgets it.',
  'Similar products of the made-up catalogue are not computed in the background, only those of what changes.',
  'The admin app is not served, nobody is refused because the one process is busy (OVERLOAD=off).',
];

export const DIRECTUS = join(ROOT, 'node_modules', '@directus', 'api', 'dist', 'cli', 'run.js');

/** Who may write through its API. */
export const ADMIN = { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'admin-password-of-the-bench' };

/** The environment of the server, from how its database is reached. */
export function benchEnvironment(database: Settings, ports: { http: number; smtp: number }): Settings {
  const folder = join(STATE, 'bench');
  mkdirSync(join(folder, 'uploads'), { recursive: true });
  const { PATH = '', HOME = '' } = process.env;
  const settings = {
    PATH,
    HOME,
    SECRET: 'kontor-bench-secret-0123456789abcdef',
    ...ADMIN,
    STORAGE_LOCAL_ROOT: join(folder, 'uploads'),
    TEMP_PATH: join(folder, 'temp'),
  };
  return directusEnvironment(settings, database, {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(ports.http),
    PUBLIC_URL: `http://127.0.0.1:${ports.http}`,
    RATE_LIMITS: 'off',
    JOBS: 'on',
    SERVE_APP: 'false',
    OVERLOAD: 'off',
    TZ: noonNow(),
    EMAIL_SMTP_HOST: '127.0.0.1',
    EMAIL_SMTP_PORT: String(ports.smtp),
    // Whoever measures may have settings of a shop of their own.
    DATABASE_URL: '',
    STRIPE_SECRET_KEY: '',
    REDIS: '',
  });
}

/**
 * A zone where it is about noon: the work of a night would be measured with whatever it meets, and its recount of popularity takes away
 * what the made-up catalogue has without an order. Signs are the other way round in these names, as POSIX has it.
 */
function noonNow(): string {
  const east = 12 - new Date().getUTCHours();
  return `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`;
}

export async function startMailSink(port: number): Promise<ChildProcess> {
  const sink = await forkScript('mail-sink', [String(port)]);
  sink.unref();
  sink.channel?.unref();
  return sink;
}

export interface Reference {
  url: string;
  process: ChildProcess;
}

/** One of the bare servers the shop is compared with, on its database. */
export async function startReference(
  script: 'bare-server' | 'memory-server' | 'query-server',
  connection: Settings,
  stops: Stops,
): Promise<Reference> {
  const port = await freePort();
  const { host, user, password, database, port: at } = connectionOf(connection);
  const url = `postgres://${user}:${encodeURIComponent(String(password))}@${host}:${at}/${database}`;
  const child = await forkScript(script, [String(port), url]);
  stops.push(() => child.disconnect());
  return { url: `http://127.0.0.1:${port}`, process: child };
}

/** A process beside the shop, once it has said that it is ready. */
async function forkScript(script: string, args: string[]): Promise<ChildProcess> {
  const child = fork(join(ROOT, 'scripts', 'bench', `${script}.ts`), args, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  await once(child, 'message');
  return child;
}
