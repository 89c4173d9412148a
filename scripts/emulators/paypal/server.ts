/**
 * A stateful stand-in for PayPal's Orders and Payments v2, for demos and tests. It checks every request against the contract
 * beside it, keeps books, shows the shopper a page and delivers events signed with a certificate of its own.
 *
 * It listens on the loopback interface only: the shopper's page and `/_emulator` ask for no key.
 */
import { answerAdmin } from '../admin.ts';
import { createEmulatorServer } from '../emulator-server.ts';
import type { EmulatorHandle, EmulatorOptions, EmulatorRequest, EmulatorServer } from '../emulator-server.ts';
import type { FaultKind, Faults } from '../faults.ts';
import { answerApi } from './api.ts';
import type { Api, ApiAnswer } from './api.ts';
import { ledgerOf, openBooks, snapshotOf } from './books.ts';
import type { BooksSnapshot, Ledger } from './books.ts';
import { createEmit, createSkew } from './call.ts';
import { signingKey } from './certificate.ts';
import type { SigningKey } from './certificate.ts';
import { answerPage } from './checkout-page.ts';
import { createDesk, deskActions, deskRefusal } from './desk.ts';
import type { Dashboard, Play, Shopper } from './desk.ts';
import { plainErrorBody } from './errors.ts';
import { eventPost, signedHeaders } from './events.ts';
import type { PayPalEvent } from './events.ts';
import { createOAuth } from './oauth.ts';
import { createRequestIds } from './request-ids.ts';
import type { RequestIdsSnapshot } from './request-ids.ts';

export type PayPalEmulatorOptions = EmulatorOptions & {
  /** The id PayPal would have given the webhook: part of what is signed. */
  webhook_id?: string;
  /** Left out: any. */
  client_id?: string;
  client_secret?: string;
  /** How long a token is good for. Nine hours by default, as at PayPal. */
  token_lifetime_s?: number;
};

/** The shopper's page is `<url>/checkoutnow?token=<order>`. */
export type PayPalEmulator = EmulatorHandle<PayPalEvent> & {
  shopper: Shopper;
  dashboard: Dashboard;
  ledger(): Ledger;
  /** As if PayPal had forgotten every `PayPal-Request-Id`, six hours or 45 days later. */
  forgetKeys(): void;
  /** Makes every token useless, long before its time. */
  revokeTokens(): void;
};

type Kept = { books: BooksSnapshot; request_ids: RequestIdsSnapshot };

const NINE_HOURS_S = 32_400;

/** @throws when the port is taken, the state file is damaged, or a webhook has no id. */
export async function startPayPalEmulator(options: PayPalEmulatorOptions): Promise<PayPalEmulator> {
  const { webhook_url, webhook_id = '' } = options;
  if (webhook_url && !webhook_id) throw new Error('A webhook needs an id to sign with.');
  const key = signingKey();
  const server: EmulatorServer<Kept, PayPalEvent> = createEmulatorServer(options, {
    snapshot: () => ({ books: snapshotOf(books), request_ids: request_ids.snapshot() }),
    listEvents: () => ledgerOf(books).events,
    post: eventPost,
    headers: (body, is_forged) => signedHeaders(body, key, is_forged ? 'of somebody else' : webhook_id, url),
    isDue: (kind, path) => isDue(faults, path, kind),
  });
  const { earlier, faults, deliveries } = server;
  const books = openBooks(earlier?.books);
  const request_ids = createRequestIds(earlier?.request_ids);
  const { url } = await server.listen();
  const { client_id, client_secret, token_lifetime_s = NINE_HOURS_S } = options;
  const oauth = createOAuth({ client_id, client_secret, lifetime_s: token_lifetime_s });
  const api: Api = {
    books,
    faults,
    request_ids,
    oauth,
    base_url: url,
    are_refunds_delayed: false,
    closing: server.closing,
  };

  const play: Play = (route, scene) => {
    const batch: PayPalEvent[] = [];
    const emit = createEmit(books, url, batch);
    const result = scene({ books, emit, skewed: createSkew(faults, route) });
    server.happened(route, batch);
    return result;
  };
  const desk = createDesk(play, (on) => {
    api.are_refunds_delayed = on;
  });
  const ledger = () => ledgerOf(books);
  const forgetKeys = () => request_ids.forget();
  const admin = {
    faults,
    deliveries,
    ledger,
    actions: deskActions(desk, forgetKeys),
    refusalOf: deskRefusal,
  };

  const handle = server.serve({
    admin: (method, path, body) => answerAdmin(admin, method, path, body),
    answer: (request) =>
      request.path === '/checkoutnow'
        ? answerPage(api, request)
        : (answerAside(api, key, request) ?? answerApi(api, request)),
  });
  return { ...handle, ...desk, ledger, forgetKeys, revokeTokens: () => oauth.revoke() };
}

/** Tokens and certificates. Undefined for all else. */
function answerAside(api: Api, key: SigningKey, request: EmulatorRequest): ApiAnswer | undefined {
  const { method, path, headers, body } = request;
  const route = `${method} ${path}`;
  if (!isAside(path)) return undefined;
  const refusal = isDue(api.faults, path, 'error_before_acting')
    ? api.faults.take('error_before_acting', { route })
    : undefined;
  if (refusal) return plain(refusal.status, plainErrorBody(refusal.status));
  if (route === 'POST /v1/oauth2/token') {
    const made = api.oauth.answer(headers.authorization, new URLSearchParams(body));
    return plain(made.status, made.body);
  }
  if (route === `GET /v1/notifications/certs/${key.name}`) {
    return { status: 200, headers: { 'Content-Type': 'application/x-pem-file' }, body: key.pem, batch: [] };
  }
  return undefined;
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
