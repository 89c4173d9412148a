/**
 * The page on which a person pays, in place of Flutterwave's own: choose how it ends. It works without scripts: a form is posted,
 * the answer is a redirect back to the shop.
 */
import type { EmulatorRequest } from '../emulator-server.ts';
import { pageAnswer } from '../shopper-page.ts';
import { callOf } from './api.ts';
import type { Api, ApiAnswer } from './api.ts';
import type { EventRecord, LinkRecord, TransactionRecord, TransactionStatus } from './books.ts';
import { messagePage, paymentPage } from './checkout-html.ts';
import { charge } from './payments.ts';

const OUTCOMES: readonly string[] = ['successful', 'failed', 'pending', 'cancelled'];

/** `GET /pay/{link}` shows the page, `POST` takes `outcome`. A page that was paid on takes nothing more. */
export function answerPage(api: Api, { method, path, body }: EmulatorRequest): ApiAnswer {
  const link = api.books.links.get(path.slice('/pay/'.length));
  if (!link) return pageAnswer(404, messagePage('No such payment', 'There is no payment at this address.'));
  if (link.is_spent)
    return pageAnswer(200, messagePage('Payment complete', 'Thank you. You can close this page.'));
  if (method === 'GET') return pageAnswer(200, paymentPage(link));
  if (method !== 'POST') return pageAnswer(405, messagePage('Not here', 'This page takes forms only.'));
  const outcome = new URLSearchParams(body).get('outcome') ?? '';
  if (!OUTCOMES.includes(outcome))
    return pageAnswer(400, messagePage('Not understood', 'Go back and choose again.'));
  const batch: EventRecord[] = [];
  const record =
    outcome === 'cancelled'
      ? null
      : charge(callOf(api, `${method} ${path}`, batch), link, outcome as TransactionStatus);
  const location = returnAddress(link, record) ?? path;
  return { status: 303, headers: { Location: location }, body: '', batch };
}

/** Where the shopper comes back to, with the hints Flutterwave adds; null when the shop gave no address. */
export function returnAddress(link: LinkRecord, record: TransactionRecord | null): string | null {
  if (link.redirect_url === null) return null;
  const url = new URL(link.redirect_url);
  url.searchParams.set('status', record?.object.status ?? 'cancelled');
  url.searchParams.set('tx_ref', link.tx_ref);
  if (record) url.searchParams.set('transaction_id', String(record.object.id));
  return url.href;
}
