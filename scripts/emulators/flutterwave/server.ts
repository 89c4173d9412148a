/**
 * A stateful stand-in for Flutterwave's API v3, for demos and tests. It checks every request against the contract beside it, keeps
 * books, shows a payment page and delivers events with the secret hash.
 *
 * It listens on the loopback interface only: the payment page and `/_emulator` ask for no key.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createDeliveries } from '../deliveries.ts';
import type { Delivery, DeliveryOrder } from '../deliveries.ts';
import { createFaults } from '../faults.ts';
import type { Faults } from '../faults.ts';
import { openStateFile } from '../state-file.ts';
import { answerAdmin } from './admin.ts';
import { answerApi } from './api.ts';
import type { Api } from './api.ts';
import { ledgerOf, openBooks, snapshotOf } from './books.ts';
import type { BooksSnapshot, EventRecord, Ledger } from './books.ts';
import { answerPage } from './checkout-page.ts';
import { createDesk } from './desk.ts';
import type { Dashboard, Shopper } from './desk.ts';
import { deliverBatch, hashHeader } from './events.ts';

export type FlutterwaveEmulatorOptions = {
  /** 0 chooses a free one. */
  port: number;
  /** Left out: events are only listed, not delivered. */
  webhook_url?: string;
  /** What `verif-hash` carries. */
  secret_hash?: string;
  /** Left out: any key that starts with `FLWSECK`. */
  secret_key?: string;
  /** Left out: everything is forgotten at the end. */
  state_file?: string;
  /** First pause before a failed delivery is tried again; it doubles each time. 500 by default. */
  retry_ms?: number;
  /** Whether refunds are told, too, as Flutterwave does where it was asked to. */
  refund_events?: boolean;
  log?: (line: string) => void;
};

export type FlutterwaveEmulator = {
  /** `http://127.0.0.1:4242`; the API is under `/v3`, the payment pages under `/pay`. */
  url: string;
  port: number;
  faults: Faults;
  events: {
    /** Every event so far, oldest first, delivered or not. */
    list(): EventRecord[];
    deliveries(): Delivery[];
    /** Sends what a `hold_events` fault kept back; resolves after the first attempts. */
    release(order?: DeliveryOrder): Promise<void>;
    /** Resolves when every event that is not held has been delivered. */
    settled(): Promise<void>;
  };
  shopper: Shopper;
  dashboard: Dashboard;
  ledger(): Ledger;
  /** Writes the state file and stops; undelivered events are taken up by the next start. */
  close(): Promise<void>;
};

type State = { books: BooksSnapshot; deliveries: Delivery[] };

const LARGEST_BODY_BYTES = 1024 * 1024;
const FIRST_RETRY_MS = 500;

/** @throws when the port is taken, the state file is damaged, or a webhook has no secret hash. */
export async function startFlutterwaveEmulator(
  options: FlutterwaveEmulatorOptions,
): Promise<FlutterwaveEmulator> {
  const { webhook_url, secret_hash, log = () => undefined } = options;
  if (webhook_url && !secret_hash) throw new Error('A webhook needs a secret hash.');
  const state_file = options.state_file ? openStateFile<State>(options.state_file, snapshot) : undefined;
  const earlier = state_file?.load();
  const books = openBooks(earlier?.books);
  const faults = createFaults();
  const deliveries = createDeliveries({
    url: webhook_url ?? '',
    headers: (_body, is_forged) => ({
      'Content-Type': 'application/json',
      'verif-hash': hashHeader(secret_hash ?? '', is_forged),
    }),
    retry_ms: options.retry_ms ?? FIRST_RETRY_MS,
    onDelivered: () => undefined,
    onChange: () => state_file?.save(),
  });

  function snapshot(): State {
    const undelivered = deliveries.list().filter(({ state }) => state === 'held' || state === 'pending');
    return { books: snapshotOf(books), deliveries: undelivered };
  }

  const server = createServer((req, res) => {
    answer(req, res).catch((error: unknown) => {
      const is_gone = req.destroyed && !req.complete;
      if (!is_gone) log(`mistake in the emulator: ${error instanceof Error ? error.stack : String(error)}`);
      res.destroy();
    });
  });
  const port = await listen(server, options.port);
  const url = `http://127.0.0.1:${port}`;
  if (webhook_url) deliveries.restore(earlier?.deliveries ?? []);
  const api: Api = {
    books,
    faults,
    secret_key: options.secret_key,
    base_url: url,
    tells_refunds: options.refund_events ?? false,
  };
  const desk = createDesk(api, (route, batch) => {
    state_file?.save();
    void deliver(route, batch);
  });

  async function deliver(route: string, batch: EventRecord[], answered?: Promise<unknown>): Promise<void> {
    if (webhook_url) await deliverBatch(deliveries, faults, route, batch, answered);
  }

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const answered = new Promise<void>((resolve) => res.once('close', resolve));
    const { pathname: path, searchParams: query } = new URL(req.url ?? '/', url);
    const method = req.method ?? 'GET';
    const route = `${method} ${path}`;
    const body = await readBody(req);
    if (body === undefined) return write(res, 413, { Connection: 'close' }, '');
    if (path.startsWith('/_emulator/')) {
      const { status, body: object } = await answerAdmin(
        { books, faults, deliveries, ...desk },
        method,
        path,
        body,
      );
      return write(res, status, { 'Content-Type': 'application/json' }, JSON.stringify(object));
    }
    if (faults.take('lost_request', { route })) return void res.destroy();
    // Nothing is ever written: the caller gives up, or the emulator closes.
    if (faults.take('silence_before_acting', { route })) return;
    const { status, headers, ...rest } = path.startsWith('/pay/')
      ? answerPage(api, method, path, new URLSearchParams(body))
      : await answerApi(api, { method, path, query, headers: req.headers, body });
    if (method !== 'GET') state_file?.save();
    log(`${route} ${status}`);

    const is_lost = faults.take('lost_answer', { route }) !== undefined;
    const is_silent = faults.take('silence_after_acting', { route }) !== undefined;
    const slow = faults.take('slow_answer', { route });
    if (faults.take('events_first', { route })) await deliver(route, rest.batch);
    else void deliver(route, rest.batch, is_silent || slow ? undefined : answered);
    if (is_silent) return;
    if (slow) await pause(slow.delay_ms, undefined, { ref: false });
    if (is_lost) res.destroy();
    else write(res, status, headers, rest.body);
  }

  return {
    url,
    port,
    faults,
    events: {
      list: () => ledgerOf(books).events,
      deliveries: () => deliveries.list(),
      release: (order) => deliveries.release(order),
      settled: () => deliveries.settled(),
    },
    ...desk,
    ledger: () => ledgerOf(books),
    async close() {
      deliveries.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      state_file?.flush();
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** The body as text, or undefined when it is too large. */
async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function write(res: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  res.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  res.end(body);
}
