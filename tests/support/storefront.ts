/** A shop whose storefront cache is on, in one process or several on one database, and a client that sees the bytes. */
import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import type { Knex } from 'knex';
import { startDirectus, type DirectusServer } from '../../scripts/directus.ts';
import type { Settings } from '../../scripts/environment.ts';
import { freePort } from '../../scripts/postgres.ts';
import { startServer, type ServerOptions, type TestServer } from './server.ts';
import { until } from './until.ts';

const METRICS_TOKEN = 'metrics-of-the-tests';
export const CACHING: Settings = {
  STOREFRONT_CACHE: 'on',
  METRICS_ENABLED: 'true',
  METRICS_TOKENS: METRICS_TOKEN,
};

export interface Storefront {
  server: TestServer;
  /** The base URL of every process. */
  urls: string[];
  /** Another process on the same database. */
  join: (env?: Settings) => Promise<string>;
  stop: () => Promise<void>;
}

export async function startStorefront(
  options: ServerOptions & { processes?: number } = {},
): Promise<Storefront> {
  const server = await startServer({ ...options, env: { ...CACHING, ...options.env } });
  const others: DirectusServer[] = [];
  const storefront: Storefront = {
    server,
    urls: [server.url],
    async join(env = {}) {
      const other = await startDirectus({ ...server.env, PORT: String(await freePort()), ...env });
      others.push(other);
      return other.url;
    },
    async stop() {
      for (const other of others) await other.stop();
      await server.stop();
    },
  };
  for (let more = 1; more < (options.processes ?? 1); more += 1)
    storefront.urls.push(await storefront.join());
  for (const url of storefront.urls) await untilKeeping(url);
  return storefront;
}

/** Waits until a process keeps answers of both kinds. */
export async function untilKeeping(url: string): Promise<void> {
  for (const path of ['/store/categories', '/items/languages']) await untilHit(`${url}${path}`);
}

/** Asks until the answer comes from memory. */
export function untilHit(url: string, asking: Asking = {}): Promise<Seen> {
  return until(`a hit of ${url}`, async () => {
    const seen = await ask(url, asking);
    return seen.cache === 'hit' && seen;
  });
}

export interface Seen {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
  data: ReturnType<typeof JSON.parse>;
  /** What `Cache-Status` says: `hit`, `fwd=miss` …; empty where Express answered. */
  cache: string;
}

export interface Asking {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 200 });

/**
 * Sends a request as it is written: no header of ours, nothing unpacked. One that reads is sent again when its connection was kept for
 * so long that the server closed it just then.
 */
export function ask(url: string, asking: Asking = {}): Promise<Seen> {
  const { method = 'GET', headers = {}, body } = asking;
  const { hostname, port, origin } = new URL(url);
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const sent = request(
      { hostname, port, path: url.slice(origin.length), method, headers: { ...headers, ...length }, agent },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const cache = String(answer.headers['cache-status'] ?? '').replace('kontor; ', '');
          const text = bytes.toString();
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            bytes,
            text,
            data: dataOf(text),
            cache,
          });
        });
      },
    );
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isClosed = sent.reusedSocket && error.code === 'ECONNRESET';
      if (isClosed && method === 'GET') resolve(ask(url, asking));
      else reject(error);
    });
    sent.end(body);
  });
}

function dataOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { data?: unknown }).data;
  } catch {
    return undefined;
  }
}

/** The connection by which a process hears of changes. */
export async function listenersOf(db: Knex): Promise<number[]> {
  const { rows } = await db.raw<{ rows: { pid: number }[] }>(
    `select pid from pg_stat_activity where application_name = 'kontor storefront' and datname = current_database()`,
  );
  return rows.map(({ pid }) => pid);
}

/** What the metrics of a process count, by their names after `kontor_storefront_`. */
export function counted(url: string): Promise<Record<string, number>> {
  return metricsOf(url, 'kontor_storefront_');
}

/** The same by any beginning of their names. */
export async function metricsOf(url: string, prefix: string): Promise<Record<string, number>> {
  const { text } = await ask(`${url}/metrics`, { headers: { authorization: `Metrics ${METRICS_TOKEN}` } });
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.startsWith(prefix))
      .map((line) => line.slice(prefix.length).split(' '))
      .map(([name = '', value]) => [name, Number(value)]),
  );
}
