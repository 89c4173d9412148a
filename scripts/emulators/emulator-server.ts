/**
 * What every emulated provider does alike over HTTP: it listens on the loopback interface, keeps what it knows in a file, answers
 * with the faults asked for and sends the events behind its answers.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { AdminAnswer } from './admin.ts';
import { deliverBatch } from './deliver-batch.ts';
import type { EventPost } from './deliver-batch.ts';
import { createDeliveries } from './deliveries.ts';
import type { Deliveries, Delivery, DeliveryOrder } from './deliveries.ts';
import { createFaults } from './faults.ts';
import type { FaultKind, Faults } from './faults.ts';
import { openStateFile } from './state-file.ts';

export type EmulatorOptions = {
  /** 0 chooses a free one. */
  port: number;
  /** Left out: events are only listed, not delivered. */
  webhook_url?: string;
  /** Left out: everything is forgotten at the end. */
  state_file?: string;
  /** First pause before a failed delivery is tried again; it doubles each time. 500 by default. */
  retry_ms?: number;
  log?: (line: string) => void;
};

/** What the handle of every emulator has. */
export type EmulatorHandle<Event> = {
  /** `http://127.0.0.1:4242` */
  url: string;
  port: number;
  faults: Faults;
  events: {
    /** Every event so far, oldest first, delivered or not. */
    list(): Event[];
    deliveries(): Delivery[];
    /** Sends what a `hold_events` fault kept back; resolves after the first attempts. */
    release(order?: DeliveryOrder): Promise<void>;
    /** Resolves when every event that is not held has been delivered. */
    settled(): Promise<void>;
  };
  /** Writes the state file and stops; undelivered events are taken up by the next start. */
  close(): Promise<void>;
};

export type EmulatorRequest = {
  method: string;
  path: string;
  /** Without the question mark. */
  query: string;
  headers: IncomingHttpHeaders;
  body: string;
};

/** `batch` holds the events the request caused. */
export type EmulatorAnswer<Event> = {
  status: number;
  headers: Record<string, string>;
  body: string;
  batch: Event[];
};

/** What one provider adds. */
export type Provider<Kept extends object, Event> = {
  /** All it keeps over a restart, but for the deliveries. */
  snapshot(): Kept;
  listEvents(): Event[];
  post: EventPost<Event>;
  /** Of an event that is sent now. */
  headers(body: string, is_forged: boolean): Record<string, string>;
  onDelivered?(delivery: Delivery): void;
  /** Whether a fault that matches is meant for this address, too. Left out: always. */
  isDue?(kind: FaultKind, path: string): boolean;
};

/** What answers requests, once the address is known. */
export type Answers<Event> = {
  /** Below `/_emulator/`, where no fault applies. */
  admin(method: string, path: string, body: string): Promise<AdminAnswer>;
  answer(request: EmulatorRequest): Promise<EmulatorAnswer<Event>> | EmulatorAnswer<Event>;
};

export type EmulatorServer<Kept extends object, Event> = {
  faults: Faults;
  deliveries: Deliveries;
  /** What was kept before a restart. */
  earlier: Kept | undefined;
  /** Aborts when the emulator closes. */
  closing: AbortSignal;
  /** @throws when the port is taken */
  listen(): Promise<{ url: string; port: number }>;
  /** Begins to answer, and takes up what an earlier process could not deliver. To be called as soon as `listen` resolves. */
  serve(answers: Answers<Event>): EmulatorHandle<Event>;
  /** Something happened without a request: what it changed is kept, the events it caused are sent. */
  happened(route: string, batch: Event[]): void;
};

const LARGEST_BODY_BYTES = 1024 * 1024;
const FIRST_RETRY_MS = 500;

/** @throws when the state file is damaged */
export function createEmulatorServer<Kept extends object, Event>(
  options: EmulatorOptions,
  provider: Provider<Kept, Event>,
): EmulatorServer<Kept, Event> {
  const { webhook_url, log = () => undefined } = options;
  const state_file = options.state_file
    ? openStateFile<Kept & { deliveries: Delivery[] }>(options.state_file, snapshot)
    : undefined;
  const earlier = state_file?.load();
  const faults = createFaults();
  const deliveries = createDeliveries({
    url: webhook_url ?? '',
    headers: (body, is_forged) => provider.headers(body, is_forged),
    retry_ms: options.retry_ms ?? FIRST_RETRY_MS,
    onDelivered: (delivery) => provider.onDelivered?.(delivery),
    onChange: () => state_file?.save(),
  });
  const closing = new AbortController();
  const server = createServer();
  let at = { url: '', port: 0 };

  function snapshot() {
    const undelivered = deliveries.list().filter(({ state }) => state === 'held' || state === 'pending');
    return { ...provider.snapshot(), deliveries: undelivered };
  }

  async function deliver(route: string, batch: Event[], answered?: Promise<unknown>): Promise<void> {
    if (webhook_url) await deliverBatch(provider.post, deliveries, faults, route, batch, answered);
  }

  async function answer(answers: Answers<Event>, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const answered = new Promise<void>((resolve) => res.once('close', resolve));
    const { pathname: path, search } = new URL(req.url ?? '/', at.url);
    const method = req.method ?? 'GET';
    const route = `${method} ${path}`;
    const body = await readBody(req, LARGEST_BODY_BYTES);
    if (body === undefined) return write(res, 413, { Connection: 'close' }, '');
    if (path.startsWith('/_emulator/')) {
      const { status, body: object } = await answers.admin(method, path, body);
      if (method !== 'GET') state_file?.save();
      return write(res, status, { 'Content-Type': 'application/json' }, JSON.stringify(object));
    }
    const take = <Kind extends FaultKind>(kind: Kind) =>
      (provider.isDue?.(kind, path) ?? true) ? faults.take(kind, { route }) : undefined;
    if (take('lost_request')) return void res.destroy();
    // Nothing is ever written: the caller gives up, or the emulator closes.
    if (take('silence_before_acting')) return;
    const { status, headers, ...rest } = await answers.answer({
      method,
      path,
      query: search.slice(1),
      headers: req.headers,
      body,
    });
    if (method !== 'GET') state_file?.save();
    log(`${route} ${status}`);

    const is_lost = take('lost_answer') !== undefined;
    const is_silent = take('silence_after_acting') !== undefined;
    const slow = take('slow_answer');
    // An answer that is kept back keeps no events back.
    if (webhook_url && take('events_first')) await deliver(route, rest.batch);
    else void deliver(route, rest.batch, is_silent || slow ? undefined : answered);
    if (is_silent) return;
    if (slow) await pause(slow.delay_ms, undefined, { signal: closing.signal }).catch(() => undefined);
    if (is_lost) res.destroy();
    else if (!res.destroyed) write(res, status, headers, rest.body);
  }

  return {
    faults,
    deliveries,
    earlier,
    closing: closing.signal,
    async listen() {
      const port = await listen(server, options.port);
      at = { url: `http://127.0.0.1:${port}`, port };
      return at;
    },
    serve(answers) {
      server.on('request', (req: IncomingMessage, res: ServerResponse) => {
        answer(answers, req, res).catch((error: unknown) => {
          const is_gone = req.destroyed && !req.complete;
          if (!is_gone)
            log(`mistake in the emulator: ${error instanceof Error ? error.stack : String(error)}`);
          res.destroy();
        });
      });
      if (webhook_url) deliveries.restore(earlier?.deliveries ?? []);
      return {
        ...at,
        faults,
        events: {
          list: () => provider.listEvents(),
          deliveries: () => deliveries.list(),
          release: (order) => deliveries.release(order),
          settled: () => deliveries.settled(),
        },
        async close() {
          closing.abort();
          deliveries.close();
          const closed = once(server, 'close');
          server.close();
          server.closeAllConnections();
          await closed;
          state_file?.flush();
        },
      };
    },
    happened(route, batch) {
      state_file?.save();
      void deliver(route, batch);
    },
  };
}

export function headerOf({ headers }: EmulatorRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** @returns the port, a free one when 0 is asked for */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** The body as text, or undefined when it is too large. */
export async function readBody(req: IncomingMessage, most_bytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most_bytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function write(res: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  res.writeHead(status, { ...headers, ...(status !== 204 && { 'Content-Length': Buffer.byteLength(body) }) });
  res.end(body);
}
