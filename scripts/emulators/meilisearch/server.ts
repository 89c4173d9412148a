/**
 * A stateful double of Meilisearch, for tests. It speaks as much of the published API of version 1.x as Kontor uses, refuses what it
 * does not know, carries tasks out one after the other, and fails on demand. README.md says how far to trust it.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { listen, readBody } from '../emulator-server.ts';
import { createFaults, type FaultKind, type Faults } from '../faults.ts';
import { answerApi, type Answer, type Api } from './api.ts';
import { MeilisearchError } from './errors.ts';
import { createIndexes, type Indexes } from './indexes.ts';
import { createTasks, type Tasks } from './tasks.ts';

export type MeilisearchDoubleOptions = {
  /** 0 chooses a free one. */
  port?: number;
  /** Left out: nobody is asked for one. */
  api_key?: string;
  /** How long each task takes; 1 by default. */
  task_ms?: number;
};

export type MeilisearchDouble = {
  url: string;
  port: number;
  /** `delay`, `slow_answer`, `error_before_acting`, `error_after_acting`, `silence_before_acting`, `lost_request`, `lost_answer` */
  faults: Faults;
  /** To look into and to plant. */
  indexes: Indexes;
  tasks: Tasks;
  /** `POST /multi-search`, in the order they came. */
  requests: string[];
  /** Nobody listens any more; what is known stays. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
  close(): Promise<void>;
};

const LARGEST_BODY_BYTES = 100 * 1024 * 1024;

export async function startMeilisearchDouble(
  options: MeilisearchDoubleOptions = {},
): Promise<MeilisearchDouble> {
  const faults = createFaults();
  const api: Api = { indexes: createIndexes(), tasks: createTasks(options.task_ms ?? 1) };
  const requests: string[] = [];
  const closing = new AbortController();
  const answer = (req: IncomingMessage, res: ServerResponse) => {
    respond(api, faults, options.api_key, closing.signal, requests, req, res).catch((error: unknown) => {
      // A caller that went away is no mistake; anything else is one, and tests must see it.
      if (!req.destroyed || req.complete) console.error('Mistake in the double of Meilisearch', error);
      res.destroy();
    });
  };
  let server = createServer(answer);
  const stop = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    faults,
    ...api,
    requests,
    stop,
    async start() {
      server = createServer(answer);
      await listen(server, port);
    },
    async close() {
      closing.abort();
      api.tasks.close();
      await stop();
    },
  };
}

async function respond(
  api: Api,
  faults: Faults,
  api_key: string | undefined,
  closing: AbortSignal,
  requests: string[],
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { pathname: path, searchParams } = new URL(req.url ?? '/', 'http://double');
  const method = req.method ?? 'GET';
  const route = `${method} ${path}`;
  requests.push(route);
  const raw = await readBody(req, LARGEST_BODY_BYTES);
  if (raw === undefined) throw new Error('payload_too_large');
  const take = <Kind extends FaultKind>(kind: Kind) => faults.take(kind, { route });
  const wait = (ms: number) => pause(ms, undefined, { signal: closing }).catch(() => undefined);
  if (take('lost_request')) return void res.destroy();
  if (take('silence_before_acting')) return;
  const delay = take('delay');
  if (delay) await wait(delay.delay_ms);
  const early = take('error_before_acting');
  if (early) return write(res, failure(early.status));
  const answered = answerSafely(() => {
    authorise(req, path, api_key);
    return answerApi(api, { method, path, query: searchParams, body: parseBody(req, raw) });
  });
  const late = take('error_after_acting');
  const slow = take('slow_answer');
  if (slow) await wait(slow.delay_ms);
  if (take('lost_answer')) return void res.destroy();
  write(res, late ? failure(late.status) : answered);
}

function answerSafely(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof MeilisearchError)) throw error;
    return { status: error.status, body: error.body };
  }
}

function authorise({ headers }: IncomingMessage, path: string, api_key: string | undefined): void {
  if (api_key === undefined || path === '/health') return;
  if (!headers.authorization?.startsWith('Bearer '))
    throw new MeilisearchError(
      'missing_authorization_header',
      'The Authorization header is missing. It must use the bearer authorization method.',
    );
  if (headers.authorization !== `Bearer ${api_key}`)
    throw new MeilisearchError('invalid_api_key', 'The provided API key is invalid.');
}

function parseBody({ headers, method }: IncomingMessage, raw: string): unknown {
  if (method === 'GET' || method === 'DELETE') return undefined;
  if (!headers['content-type']?.startsWith('application/json'))
    throw new MeilisearchError(
      'invalid_content_type',
      'The Content-Type is invalid. Accepted values for the Content-Type header are: `application/json`',
    );
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    throw new MeilisearchError('malformed_payload', 'The payload provided is malformed.');
  }
}

/** Not an error of Meilisearch, but of what stands before it. */
function failure(status: number): Answer {
  return { status, body: { message: 'made to fail', code: 'internal', type: 'internal', link: '' } };
}

function write(res: ServerResponse, { status, body }: Answer): void {
  if (res.destroyed) return;
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(body));
}
