/**
 * The pages on which a person pays or leaves a card, in place of Stripe's own: pick a test card, pass or fail the bank's check.
 * They work without scripts: a form is posted, the answer is a redirect.
 */
import type Stripe from 'stripe';
import type { EmulatorRequest } from '../emulator-server.ts';
import { pageAnswer } from '../shopper-page.ts';
import type { Api, ApiAnswer } from './api.ts';
import { createEmit } from './call.ts';
import type { Call } from './call.ts';
import { messagePage, pageOfView } from './checkout-html.ts';
import { StripeApiError } from './errors.ts';
import { paymentSubject, sessionSubject, setupSubject } from './page-subjects.ts';
import type { Subject } from './page-subjects.ts';

/** Whether an address belongs to a page. */
export function isPage(path: string): boolean {
  return /^\/(pay|c|setup)\//.test(path);
}

/**
 * `GET /pay/{payment_intent}?return_url=`, `GET /c/{session}` and `GET /setup/{setup_intent}?return_url=` show a page, `POST` takes
 * `card` or `decision` (`approve`, `decline`). The shopper goes back to the shop, with what Stripe adds to its address, unless a
 * card was declined and another can be tried here.
 */
export function answerPage(api: Api, request: EmulatorRequest): ApiAnswer {
  const { method, path } = request;
  const query = new URLSearchParams(request.query);
  const subject = subjectAt(api, path, query);
  const action = `${path}${query.size > 0 ? `?${query.toString()}` : ''}`;
  if (!subject)
    return pageAnswer(404, messagePage('Nothing here', 'The shop knows of nothing at this address.'));
  if (method === 'GET') return pageAnswer(200, pageOfView({ ...subject.view(), action }));
  if (method !== 'POST') return pageAnswer(405, messagePage('Not here', 'This page takes forms only.'));

  const batch: Stripe.Event[] = [];
  const emit = createEmit(api.books, { id: null, idempotency_key: null }, api.webhooks, batch);
  const call: Call = { books: api.books, base_url: api.base_url, path: {}, params: {}, emit };
  try {
    subject.act(call, new URLSearchParams(request.body));
  } catch (error) {
    // A decline is on the intent now, and the page shows it.
    if (!(error instanceof StripeApiError)) throw error;
  }
  return { status: 303, headers: { Location: subject.leaveFor() ?? action }, body: '', batch };
}

function subjectAt({ books }: Api, path: string, query: URLSearchParams): Subject | undefined {
  const [, kind, id = ''] = path.split('/');
  const intent = kind === 'pay' ? books.payment_intents.get(id) : undefined;
  if (intent) return paymentSubject(books, intent, query);
  const session = kind === 'c' ? books.sessions.get(id) : undefined;
  if (session) return sessionSubject(books, session);
  const setup = kind === 'setup' ? books.setup_intents.get(id) : undefined;
  return setup && setupSubject(books, setup, query);
}
