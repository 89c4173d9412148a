/**
 * A stateful stand-in for Flutterwave's API v3, for demos and tests. It checks every request against the contract beside it, keeps
 * books, shows a payment page and delivers events with the secret hash.
 *
 * It listens on the loopback interface only: the payment page and `/_emulator` ask for no key.
 */
import { answerAdmin } from '../admin.ts';
import { createEmulatorServer } from '../emulator-server.ts';
import type { EmulatorHandle, EmulatorOptions } from '../emulator-server.ts';
import { answerApi } from './api.ts';
import type { Api } from './api.ts';
import { ledgerOf, openBooks, snapshotOf } from './books.ts';
import type { BooksSnapshot, EventRecord, Ledger } from './books.ts';
import { answerPage } from './checkout-page.ts';
import { createDesk, deskActions, deskRefusal } from './desk.ts';
import type { Dashboard, Shopper } from './desk.ts';
import { eventPost, hashHeader } from './events.ts';

export type FlutterwaveEmulatorOptions = EmulatorOptions & {
  /** What `verif-hash` carries. */
  secret_hash?: string;
  /** Left out: any key that starts with `FLWSECK`. */
  secret_key?: string;
  /** Whether refunds are told, too, as Flutterwave does where it was asked to. */
  refund_events?: boolean;
};

/** The API is under `/v3`, the payment pages under `/pay`. */
export type FlutterwaveEmulator = EmulatorHandle<EventRecord> & {
  shopper: Shopper;
  dashboard: Dashboard;
  ledger(): Ledger;
};

type Kept = { books: BooksSnapshot };

/** @throws when the port is taken, the state file is damaged, or a webhook has no secret hash. */
export async function startFlutterwaveEmulator(
  options: FlutterwaveEmulatorOptions,
): Promise<FlutterwaveEmulator> {
  const { webhook_url, secret_hash = '' } = options;
  if (webhook_url && !secret_hash) throw new Error('A webhook needs a secret hash.');
  const server = createEmulatorServer<Kept, EventRecord>(options, {
    snapshot: () => ({ books: snapshotOf(books) }),
    listEvents: () => ledgerOf(books).events,
    post: eventPost,
    headers: (_body, is_forged) => ({
      'Content-Type': 'application/json',
      'verif-hash': hashHeader(secret_hash, is_forged),
    }),
  });
  const { faults, deliveries } = server;
  const books = openBooks(server.earlier?.books);
  const { url } = await server.listen();
  const api: Api = {
    books,
    faults,
    secret_key: options.secret_key,
    base_url: url,
    tells_refunds: options.refund_events ?? false,
  };
  const desk = createDesk(api, (route, batch) => server.happened(route, batch));
  const ledger = () => ledgerOf(books);
  const admin = { faults, deliveries, ledger, actions: deskActions(desk), refusalOf: deskRefusal };

  const handle = server.serve({
    admin: (method, path, body) => answerAdmin(admin, method, path, body),
    answer: (request) =>
      request.path.startsWith('/pay/') ? answerPage(api, request) : answerApi(api, request),
  });
  return { ...handle, ...desk, ledger };
}
