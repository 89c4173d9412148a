/**
 * The page on which a person pays, in place of Stripe's own forms: pick a test card, pass or fail the bank's check.
 * It works without scripts: a form is posted, the answer is a redirect.
 */
import type Stripe from 'stripe';
import type { Api, ApiAnswer } from './api.ts';
import { idOf } from './books.ts';
import type { IntentRecord } from './books.ts';
import { createEmit } from './call.ts';
import type { Call } from './call.ts';
import { messagePage, paymentPage } from './checkout-html.ts';
import { StripeApiError } from './errors.ts';
import { approveAuthentication, attemptPayment, failAuthentication } from './payment-attempt.ts';
import { addCard, resolveMethod } from './payment-methods.ts';

const PAYABLE: Stripe.PaymentIntent.Status[] = ['requires_payment_method', 'requires_confirmation'];

/**
 * `GET /pay/{payment_intent}?return_url=` shows the page, `POST` takes `card` or `decision` (`approve`, `decline`).
 * The shopper goes back to `return_url` with what Stripe adds to it, unless a card was declined and another can be
 * tried here.
 */
export function answerPage(
  api: Api,
  method: string,
  path: string,
  query: URLSearchParams,
  form: URLSearchParams,
): ApiAnswer {
  const record = api.books.payment_intents.get(path.slice('/pay/'.length));
  if (!record)
    return page(404, messagePage('No such payment', 'The shop knows of no payment at this address.'));
  if (method === 'GET') return page(200, paymentPage(viewOf(api, record, query)));
  if (method !== 'POST') return page(405, messagePage('Not here', 'This page takes forms only.'));

  const batch: Stripe.Event[] = [];
  const emit = createEmit(api.books, { id: null, idempotency_key: null }, api.webhooks, batch);
  const call: Call = { books: api.books, base_url: api.base_url, path: {}, params: {}, emit };
  const came_from_api = record.object.status === 'requires_action' && record.return_url !== null;
  try {
    act(call, record, form);
  } catch (error) {
    // A decline is on the intent now, and the page shows it.
    if (!(error instanceof StripeApiError)) throw error;
  }
  const is_over = record.object.status !== 'requires_action' && !PAYABLE.includes(record.object.status);
  const back = is_over || came_from_api ? returnAddress(record, query) : null;
  const location = back ?? `${path}${query.size > 0 ? `?${query.toString()}` : ''}`;
  return { status: 303, headers: { Location: location }, body: '', batch };
}

/** Does nothing when the payment is no longer in a state for it: the form may be posted twice. */
function act(call: Call, record: IntentRecord, form: URLSearchParams): void {
  const intent = record.object;
  const decision = form.get('decision');
  if (intent.status === 'requires_action' && decision !== null) {
    const method = resolveMethod(call.books, idOf(intent.payment_method) ?? '', 'parameter');
    if (decision === 'approve') approveAuthentication(call, record, method);
    else failAuthentication(call, record, method);
  } else if (PAYABLE.includes(intent.status)) {
    const method = addCard(call.books, form.get('card') ?? '');
    intent.payment_method = method.object.id;
    intent.status = 'requires_confirmation';
    attemptPayment(call, record, method, { off_session: false, error_on_requires_action: false });
  }
}

function viewOf(api: Api, record: IntentRecord, query: URLSearchParams) {
  const intent = record.object;
  const method = api.books.payment_methods.get(idOf(intent.payment_method) ?? '');
  const action = `/pay/${intent.id}${query.size > 0 ? `?${query.toString()}` : ''}`;
  return {
    intent,
    action,
    last4: method?.object.card?.last4 ?? null,
    is_payable: PAYABLE.includes(intent.status),
    back_to: PAYABLE.includes(intent.status) ? null : returnAddress(record, query),
  };
}

/** The shop's address with the three parameters Stripe adds; null when the shop gave none. */
function returnAddress(record: IntentRecord, query: URLSearchParams): string | null {
  const given = record.return_url ?? query.get('return_url');
  if (!given || !URL.canParse(given)) return null;
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  const intent = record.object;
  const is_failed = intent.status === 'requires_payment_method' || intent.status === 'canceled';
  url.searchParams.set('payment_intent', intent.id);
  url.searchParams.set('payment_intent_client_secret', intent.client_secret ?? '');
  url.searchParams.set('redirect_status', is_failed ? 'failed' : 'succeeded');
  return url.href;
}

function page(status: number, html: string): ApiAnswer {
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
  };
  return { status, headers, body: html, batch: [] };
}
