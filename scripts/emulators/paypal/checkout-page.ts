/** The page on which a person agrees to pay, in place of PayPal's own. It works without scripts: a form is posted. */
import type { EmulatorRequest } from '../emulator-server.ts';
import { pageAnswer } from '../shopper-page.ts';
import type { Api, ApiAnswer } from './api.ts';
import type { Outcome } from './books.ts';
import { createEmit } from './call.ts';
import { messagePage, paymentPage } from './checkout-html.ts';
import type { PayPalEvent } from './events.ts';
import { approve, isApprovable, returnAddress } from './shopper.ts';

const OUTCOMES: Record<string, Outcome> = {
  approve: 'pays',
  approve_declined: 'declined',
  approve_pending: 'pending',
};

/**
 * `GET /checkoutnow?token=<order>` shows the page, `POST` takes `decision`: `approve`, `approve_declined`, `approve_pending` or
 * `cancel`. The shopper goes back to the shop's addresses; posting it twice changes nothing the second time.
 */
export function answerPage(api: Api, { method, query, body }: EmulatorRequest): ApiAnswer {
  const id = new URLSearchParams(query).get('token') ?? '';
  const order = api.books.orders.get(id);
  if (!order)
    return pageAnswer(404, messagePage('No such payment', 'The shop knows of no payment at this address.'));
  const back_to = isApprovable(order) ? null : returnAddress(order);
  if (method === 'GET') return pageAnswer(200, paymentPage({ order, back_to }));
  if (method !== 'POST') return pageAnswer(405, messagePage('Not here', 'This page takes forms only.'));

  const decision = new URLSearchParams(body).get('decision') ?? '';
  const outcome = OUTCOMES[decision];
  if (!outcome && decision !== 'cancel')
    return pageAnswer(400, messagePage('Not here', 'This is no decision.'));
  const batch: PayPalEvent[] = [];
  if (outcome) approve(api.books, createEmit(api.books, api.base_url, batch), id, outcome);
  const location = returnAddress(order, !outcome) ?? `/checkoutnow?token=${id}`;
  return { status: 303, headers: { Location: location }, body: '', batch };
}
