/**
 * A stateful stand-in for Stripe's API, for demos and tests. It speaks one pinned API version, checks every request
 * against the contract beside it, keeps books, shows a payment page and delivers signed events.
 *
 * It listens on the loopback interface only: the payment page and `/_emulator` ask for no key.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type Stripe from 'stripe';
import { createDeliveries } from '../deliveries.ts';
import type { Delivery, DeliveryOrder } from '../deliveries.ts';
import { createFaults } from '../faults.ts';
import type { Faults } from '../faults.ts';
import { openStateFile } from '../state-file.ts';
import { answerAdmin } from './admin.ts';
import { answerApi } from './api.ts';
import type { Api } from './api.ts';
import { ledgerOf, openBooks, snapshotOf } from './books.ts';
import type { Books, BooksSnapshot, Ledger } from './books.ts';
import { createEmit } from './call.ts';
import { answerPage, isPage } from './checkout-page.ts';
import { createDashboard, createShopper, deskActions } from './dashboard.ts';
import type { Dashboard, Run, Shopper } from './dashboard.ts';
import { deliverBatch, signatureHeader } from './events.ts';
import { createIdempotency } from './idempotency.ts';
import type { IdempotencySnapshot } from './idempotency.ts';

export type StripeEmulatorOptions = {
  /** 0 chooses a free one. */
  port: number;
  /** Left out: events are only listed, not delivered. */
  webhook_url?: string;
  webhook_secret?: string;
  /** Left out: any key that starts with `sk_test_`. */
  secret_key?: string;
  /** Left out: everything is forgotten at the end. */
  state_file?: string;
  /** First pause before a failed delivery is tried again; it doubles each time. 500 by default. */
  retry_ms?: number;
  log?: (line: string) => void;
};

export type StripeEmulator = {
  /** `http://127.0.0.1:4242`; pages are `<url>/pay/<payment intent>`, `/c/<session>` and `/setup/<setup intent>`. */
  url: string;
  port: number;
  faults: Faults;
  events: {
    /** Every event so far, oldest first, delivered or not. */
    list(): Stripe.Event[];
    deliveries(): Delivery[];
    /** Sends what a `hold_events` fault kept back; resolves after the first attempts. */
    release(order?: DeliveryOrder): Promise<void>;
    /** Resolves when every event that is not held has been delivered. */
    settled(): Promise<void>;
  };
  ledger(): Ledger;
  /** What the account's owner, banks and time do. */
  dashboard: Dashboard;
  shopper: Shopper;
  /** Forgets every idempotency key, as Stripe does after a day. */
  forgetKeys(): void;
  /** Writes the state file and stops; undelivered events are taken up by the next start. */
  close(): Promise<void>;
};

type State = { books: BooksSnapshot; idempotency: IdempotencySnapshot; deliveries: Delivery[] };

const LARGEST_BODY_BYTES = 1024 * 1024;
const FIRST_RETRY_MS = 500;

/** @throws when the port is taken, the state file is damaged, or a webhook has no secret. */
export async function startStripeEmulator(options: StripeEmulatorOptions): Promise<StripeEmulator> {
  const { webhook_url, webhook_secret, log = () => undefined } = options;
  if (webhook_url && !webhook_secret) throw new Error('A webhook needs a secret to sign with.');
  const state_file = options.state_file ? openStateFile<State>(options.state_file, snapshot) : undefined;
  const earlier = state_file?.load();
  const books = openBooks(earlier?.books);
  const idempotency = createIdempotency(earlier?.idempotency);
  const faults = createFaults();
  const deliveries = createDeliveries({
    url: webhook_url ?? '',
    headers: (body, is_forged) => ({
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'Stripe-Signature': signatureHeader(
        body,
        is_forged ? 'whsec_of_somebody_else' : (webhook_secret ?? ''),
      ),
    }),
    retry_ms: options.retry_ms ?? FIRST_RETRY_MS,
    onDelivered: ({ id }) => markDelivered(books, id),
    onChange: () => state_file?.save(),
  });

  function snapshot(): State {
    const undelivered = deliveries.list().filter(({ state }) => state === 'held' || state === 'pending');
    return { books: snapshotOf(books), idempotency: idempotency.snapshot(), deliveries: undelivered };
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
  pointPagesAt(books, url);
  if (webhook_url) deliveries.restore(earlier?.deliveries ?? []);
  const api: Api = {
    books,
    faults,
    idempotency,
    secret_key: options.secret_key,
    webhooks: webhook_url ? 1 : 0,
    base_url: url,
  };

  const run: Run = (name, act) => {
    const batch: Stripe.Event[] = [];
    const emit = createEmit(books, { id: null, idempotency_key: null }, api.webhooks, batch);
    try {
      return structuredClone(act({ books, base_url: url, path: {}, params: {}, emit }));
    } finally {
      state_file?.save();
      if (webhook_url) void deliverBatch(deliveries, faults, `POST /_emulator/${name}`, batch);
    }
  };
  const dashboard = createDashboard(run);
  const shopper = createShopper(run);
  const forgetKeys = () => idempotency.forget();
  const admin = { books, faults, deliveries, actions: deskActions(dashboard, shopper), forgetKeys };

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const answered = new Promise<void>((resolve) => res.once('close', resolve));
    const { pathname: path, search } = new URL(req.url ?? '/', url);
    const method = req.method ?? 'GET';
    const route = `${method} ${path}`;
    const body = await readBody(req);
    if (body === undefined) return write(res, 413, { Connection: 'close' }, '');
    if (path.startsWith('/_emulator/')) {
      const { status, body: object } = await answerAdmin(admin, method, path, body);
      return write(res, status, { 'Content-Type': 'application/json' }, JSON.stringify(object));
    }
    if (faults.take('lost_request', { route })) return void res.destroy();
    if (faults.take('silence_before_acting', { route })) return;
    const { status, headers, ...rest } = isPage(path)
      ? answerPage(api, method, path, new URLSearchParams(search), new URLSearchParams(body))
      : await answerApi(api, { method, path, query: search.slice(1), headers: req.headers, body });
    if (method !== 'GET') state_file?.save();
    log(`${route} ${status}`);

    const is_lost = faults.take('lost_answer', { route }) !== undefined;
    const is_silent = faults.take('silence_after_acting', { route }) !== undefined;
    const slow = faults.take('slow_answer', { route });
    if (webhook_url && faults.take('events_first', { route })) {
      await deliverBatch(deliveries, faults, route, rest.batch);
    } else if (webhook_url) {
      // An answer that is kept back keeps no events back.
      void deliverBatch(deliveries, faults, route, rest.batch, is_silent || slow ? undefined : answered);
    }
    if (is_silent) return;
    if (slow) await pause(slow.delay_ms, undefined, { signal: closing.signal }).catch(() => undefined);
    if (is_lost) res.destroy();
    else if (!res.destroyed) write(res, status, headers, rest.body);
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
    ledger: () => ledgerOf(books),
    dashboard,
    shopper,
    forgetKeys,
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

/** The port may be another one than before the restart. */
function pointPagesAt(books: Books, url: string): void {
  for (const { object: intent } of books.payment_intents.values()) {
    const redirect = intent.next_action?.redirect_to_url;
    if (redirect) redirect.url = `${url}/pay/${intent.id}`;
  }
  for (const { object: setup } of books.setup_intents.values()) {
    const redirect = setup.next_action?.redirect_to_url;
    if (redirect) redirect.url = `${url}/setup/${setup.id}`;
  }
  for (const { object: session } of books.sessions.values()) {
    if (session.url !== null) session.url = `${url}/c/${session.id}`;
  }
}

function markDelivered(books: Books, event_id: string): void {
  const event = books.events.get(event_id);
  if (event) event.pending_webhooks = 0;
}
