/**
 * A stateful stand-in for PayPal's Orders and Payments v2, for demos and tests. It checks every request against the contract
 * beside it, keeps books, shows the shopper a page and delivers events signed with a certificate of its own.
 *
 * It listens on the loopback interface only: the shopper's page and `/_emulator` ask for no key.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDeliveries } from '../deliveries.ts';
import type { Delivery, DeliveryOrder } from '../deliveries.ts';
import { createFaults } from '../faults.ts';
import type { FaultKind, Faults } from '../faults.ts';
import { openStateFile } from '../state-file.ts';
import { answerAdmin } from './admin.ts';
import { answerApi } from './api.ts';
import type { Api, ApiAnswer } from './api.ts';
import { ledgerOf, openBooks, snapshotOf } from './books.ts';
import type { BooksSnapshot, Ledger, Outcome } from './books.ts';
import { createEmit, createSkew } from './call.ts';
import type { Call } from './call.ts';
import { signingKey } from './certificate.ts';
import { answerPage } from './checkout-page.ts';
import { NothingToDo, refundByHand, settleRefund, settleReview } from './dashboard.ts';
import { plainErrorBody } from './errors.ts';
import { deliverBatch, signedHeaders } from './events.ts';
import type { PayPalEvent } from './events.ts';
import { createOAuth } from './oauth.ts';
import { createRequestIds } from './request-ids.ts';
import type { RequestIdsSnapshot } from './request-ids.ts';
import { approve, returnAddress } from './shopper.ts';

export type PayPalEmulatorOptions = {
  /** 0 chooses a free one. */
  port: number;
  /** Left out: events are only listed, not delivered. */
  webhook_url?: string;
  /** The id PayPal would have given the webhook: part of what is signed. */
  webhook_id?: string;
  /** Left out: any. */
  client_id?: string;
  client_secret?: string;
  /** How long a token is good for. Nine hours by default, as at PayPal. */
  token_lifetime_s?: number;
  /** Left out: everything is forgotten at the end. */
  state_file?: string;
  /** First pause before a failed delivery is tried again; it doubles each time. 500 by default. */
  retry_ms?: number;
  log?: (line: string) => void;
};

export type PayPalEmulator = {
  /** `http://127.0.0.1:4243`; the shopper's page is `<url>/checkoutnow?token=<order>`. */
  url: string;
  port: number;
  faults: Faults;
  events: {
    /** Every event so far, oldest first, delivered or not. */
    list(): PayPalEvent[];
    deliveries(): Delivery[];
    /** Sends what a `hold_events` fault kept back; resolves after the first attempts. */
    release(order?: DeliveryOrder): Promise<void>;
    /** Resolves when every event that is not held has been delivered. */
    settled(): Promise<void>;
  };
  shopper: {
    /**
     * What the page does, without a browser. Returns where the shopper is sent back to; throws for an order that is not there,
     * and changes nothing once the shop has taken the money.
     */
    approve(order: string, outcome?: Outcome): string | null;
  };
  /** What happens at PayPal without the shop. Each throws where there is nothing of the kind to do. */
  dashboard: {
    /** The merchant gives back all that is left, or a part, by a capture's id or its order's. Returns the refund's id. */
    refund(id: string, amount_minor?: number | null): string;
    /** Ends the review of what was approved with `pending`. */
    settle(order: string, verdict: 'completes' | 'denied'): void;
    /** From now on refunds by the shop are pending at first. */
    delayRefunds(on: boolean): void;
    /** A refund on its way arrives, or a bank sends it back, even after it was completed. */
    settleRefund(refund: string, verdict: 'completes' | 'fails'): void;
  };
  ledger(): Ledger;
  /** As if PayPal had forgotten every `PayPal-Request-Id`, six hours or 45 days later. */
  forgetKeys(): void;
  /** Makes every token useless, long before its time. */
  revokeTokens(): void;
  /** Writes the state file and stops; undelivered events are taken up by the next start. */
  close(): Promise<void>;
};

type State = { books: BooksSnapshot; request_ids: RequestIdsSnapshot; deliveries: Delivery[] };

const LARGEST_BODY_BYTES = 1024 * 1024;
const FIRST_RETRY_MS = 500;
const NINE_HOURS_S = 32_400;

/** @throws when the port is taken, the state file is damaged, or a webhook has no id. */
export async function startPayPalEmulator(options: PayPalEmulatorOptions): Promise<PayPalEmulator> {
  const { webhook_url, webhook_id, log = () => undefined } = options;
  if (webhook_url && !webhook_id) throw new Error('A webhook needs an id to sign with.');
  const state_file = options.state_file ? openStateFile<State>(options.state_file, snapshot) : undefined;
  const earlier = state_file?.load();
  const books = openBooks(earlier?.books);
  const request_ids = createRequestIds(earlier?.request_ids);
  const faults = createFaults();
  const key = signingKey();
  const deliveries = createDeliveries({
    url: webhook_url ?? '',
    headers: (body, is_forged) =>
      signedHeaders(body, key, is_forged ? 'of somebody else' : (webhook_id ?? ''), url),
    retry_ms: options.retry_ms ?? FIRST_RETRY_MS,
    onDelivered: () => undefined,
    onChange: () => state_file?.save(),
  });

  function snapshot(): State {
    const undelivered = deliveries.list().filter(({ state }) => state === 'held' || state === 'pending');
    return { books: snapshotOf(books), request_ids: request_ids.snapshot(), deliveries: undelivered };
  }

  const closing = new AbortController();
  const server = createServer((req, res) => {
    answer(req, res).catch((error: unknown) => {
      const is_gone = req.destroyed && !req.complete;
      if (!is_gone) log(`mistake in the emulator: ${error instanceof Error ? error.stack : String(error)}`);
      res.destroy();
    });
  });
  const port = await listen(server, options.port);
  const url = `http://127.0.0.1:${port}`;
  const { client_id, client_secret, token_lifetime_s = NINE_HOURS_S } = options;
  const oauth = createOAuth({ client_id, client_secret, lifetime_s: token_lifetime_s });
  const api: Api = {
    books,
    faults,
    request_ids,
    oauth,
    base_url: url,
    are_refunds_delayed: false,
    closing: closing.signal,
  };
  if (webhook_url) deliveries.restore(earlier?.deliveries ?? []);

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const answered = new Promise<void>((resolve) => res.once('close', resolve));
    const { pathname: path, searchParams } = new URL(req.url ?? '/', url);
    const method = req.method ?? 'GET';
    const route = `${method} ${path}`;
    const body = await readBody(req);
    if (body === undefined) return write(res, 413, { Connection: 'close' }, '');
    if (path.startsWith('/_emulator/')) {
      const { status, body: object } = await answerAdmin({ ...handle, deliveries }, method, path, body);
      state_file?.save();
      return write(res, status, { 'Content-Type': 'application/json' }, JSON.stringify(object));
    }
    const takes = (kind: FaultKind) =>
      isDue(faults, path, kind) && faults.take(kind, { route }) !== undefined;
    if (takes('lost_request')) return void res.destroy();
    // Whoever asked gives up in the end, and the connection closes.
    if (takes('silence_before_acting')) return;

    const { status, headers, ...rest } = await answerRoute(req, method, path, searchParams, body);
    if (method !== 'GET') state_file?.save();
    log(`${route} ${status}`);

    const is_silent = takes('silence_after_acting');
    const is_lost = takes('lost_answer');
    if (webhook_url && takes('events_first')) await deliverBatch(deliveries, faults, route, rest.batch);
    else deliver(route, rest.batch, is_silent ? undefined : answered);
    if (is_silent) return;
    if (is_lost) res.destroy();
    else write(res, status, headers, rest.body);
  }

  async function answerRoute(
    req: IncomingMessage,
    method: string,
    path: string,
    query: URLSearchParams,
    body: string,
  ): Promise<ApiAnswer> {
    const route = `${method} ${path}`;
    if (path === '/checkoutnow') return answerPage(api, method, query, new URLSearchParams(body));
    const refusal = isAside(path) && isDue(faults, path, 'error_before_acting');
    const broken = refusal ? faults.take('error_before_acting', { route }) : undefined;
    if (broken) return plain(broken.status, plainErrorBody(broken.status));
    if (route === 'POST /v1/oauth2/token') {
      const made = oauth.answer(req.headers.authorization, new URLSearchParams(body));
      return plain(made.status, made.body);
    }
    if (route === `GET /v1/notifications/certs/${key.name}`) {
      return { status: 200, headers: { 'Content-Type': 'application/x-pem-file' }, body: key.pem, batch: [] };
    }
    return answerApi(api, { method, path, headers: req.headers, body });
  }

  function deliver(route: string, batch: PayPalEvent[], answered?: Promise<unknown>): void {
    if (webhook_url) void deliverBatch(deliveries, faults, route, batch, answered);
  }

  /** Something happens at PayPal without anybody asking its API. */
  function play<Result>(
    route: string,
    scene: (call: Pick<Call, 'books' | 'emit' | 'skewed'>) => Result,
  ): Result {
    const batch: PayPalEvent[] = [];
    const emit = createEmit(books, url, batch);
    const result = scene({ books, emit, skewed: createSkew(faults, route) });
    state_file?.save();
    deliver(route, batch);
    return result;
  }

  const handle: PayPalEmulator = {
    url,
    port,
    faults,
    events: {
      list: () => ledgerOf(books).events,
      deliveries: () => deliveries.list(),
      release: (order) => deliveries.release(order),
      settled: () => deliveries.settled(),
    },
    shopper: {
      approve: (order, outcome = 'pays') =>
        play('POST /checkoutnow', ({ emit }) => {
          const record = books.orders.get(order);
          if (!record) throw new NothingToDo(`There is no order ${order}.`);
          approve(books, emit, order, outcome);
          return returnAddress(record);
        }),
    },
    dashboard: {
      refund: (id, amount_minor = null) =>
        play('POST /_emulator/dashboard/refund', (scene) => refundByHand(scene, id, amount_minor)),
      settle: (order, verdict) =>
        play('POST /_emulator/dashboard/settle', (scene) => settleReview(scene, order, verdict)),
      delayRefunds: (on) => {
        api.are_refunds_delayed = on;
      },
      settleRefund: (refund, verdict) =>
        play('POST /_emulator/dashboard/settle-refund', (scene) => settleRefund(scene, refund, verdict)),
    },
    ledger: () => ledgerOf(books),
    forgetKeys: () => request_ids.forget(),
    revokeTokens: () => oauth.revoke(),
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
  return handle;
}

/** Asked for beside the payments themselves: tokens and certificates. */
function isAside(path: string): boolean {
  return path.startsWith('/v1/');
}

/** A fault that names no route is meant for the payments; what is asked for beside them has to be named. */
function isDue(faults: Faults, path: string, kind: FaultKind): boolean {
  if (!isAside(path)) return true;
  return faults.list().some((fault) => fault.kind === kind && fault.route?.includes('/v1/'));
}

function plain(status: number, body: object): ApiAnswer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), batch: [] };
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
  res.writeHead(status, { ...headers, ...(status !== 204 && { 'Content-Length': Buffer.byteLength(body) }) });
  res.end(body);
}
