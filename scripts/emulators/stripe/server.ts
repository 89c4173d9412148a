/**
 * A stateful stand-in for Stripe's API, for demos and tests. It speaks one pinned API version, checks every request
 * against the contract beside it, keeps books, shows a payment page and delivers signed events.
 *
 * It listens on the loopback interface only: the payment page and `/_emulator` ask for no key.
 */
import type Stripe from 'stripe';
import { answerAdmin } from '../admin.ts';
import { createEmulatorServer } from '../emulator-server.ts';
import type { EmulatorHandle, EmulatorOptions } from '../emulator-server.ts';
import { answerApi } from './api.ts';
import type { Api } from './api.ts';
import { ledgerOf, openBooks, snapshotOf } from './books.ts';
import type { Books, BooksSnapshot, Ledger } from './books.ts';
import { createEmit } from './call.ts';
import { answerPage, isPage } from './checkout-page.ts';
import { createDashboard, createShopper, deskActions } from './dashboard.ts';
import type { Dashboard, Run, Shopper } from './dashboard.ts';
import { StripeApiError } from './errors.ts';
import { eventPost, signatureHeader } from './events.ts';
import { createIdempotency } from './idempotency.ts';
import type { IdempotencySnapshot } from './idempotency.ts';

export type StripeEmulatorOptions = EmulatorOptions & {
  webhook_secret?: string;
  /** Left out: any key that starts with `sk_test_`. */
  secret_key?: string;
};

/** Pages are `<url>/pay/<payment intent>`, `/c/<session>` and `/setup/<setup intent>`. */
export type StripeEmulator = EmulatorHandle<Stripe.Event> & {
  ledger(): Ledger;
  /** What the account's owner, banks and time do. */
  dashboard: Dashboard;
  shopper: Shopper;
  /** Forgets every idempotency key, as Stripe does after a day. */
  forgetKeys(): void;
};

type Kept = { books: BooksSnapshot; idempotency: IdempotencySnapshot };

/** @throws when the port is taken, the state file is damaged, or a webhook has no secret. */
export async function startStripeEmulator(options: StripeEmulatorOptions): Promise<StripeEmulator> {
  const { webhook_url, webhook_secret = '' } = options;
  if (webhook_url && !webhook_secret) throw new Error('A webhook needs a secret to sign with.');
  const server = createEmulatorServer<Kept, Stripe.Event>(options, {
    snapshot: () => ({ books: snapshotOf(books), idempotency: idempotency.snapshot() }),
    listEvents: () => ledgerOf(books).events,
    post: eventPost,
    headers: (body, is_forged) => ({
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'Stripe-Signature': signatureHeader(body, is_forged ? 'whsec_of_somebody_else' : webhook_secret),
    }),
    onDelivered: ({ id }) => markDelivered(books, id),
  });
  const { earlier, faults, deliveries } = server;
  const books = openBooks(earlier?.books);
  const idempotency = createIdempotency(earlier?.idempotency);
  const { url } = await server.listen();
  pointPagesAt(books, url);
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
      server.happened(`POST /_emulator/${name}`, batch);
    }
  };
  const dashboard = createDashboard(run);
  const shopper = createShopper(run);
  const ledger = () => ledgerOf(books);
  const forgetKeys = () => idempotency.forget();
  const admin = {
    faults,
    deliveries,
    ledger,
    actions: {
      ...deskActions(dashboard, shopper),
      'DELETE keys': () => {
        forgetKeys();
        return {};
      },
    },
    refusalOf: (error: unknown) =>
      error instanceof StripeApiError ? { status: error.status, body: { error: error.body } } : undefined,
  };

  const handle = server.serve({
    admin: (method, path, body) => answerAdmin(admin, method, path, body),
    answer: (request) => (isPage(request.path) ? answerPage(api, request) : answerApi(api, request)),
  });
  return { ...handle, ledger, dashboard, shopper, forgetKeys };
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
