/** What the shopper does on PayPal's page. */
import { now } from './books.ts';
import type { Books, OrderRecord, Outcome } from './books.ts';
import type { Emit } from './call.ts';
import { PAYER_ID } from './wire.ts';

/** Whether the shopper has anything to say: to approve, or after a decline to approve once more. */
export function isApprovable({ status }: OrderRecord): boolean {
  return status === 'CREATED' || status === 'PAYER_ACTION_REQUIRED' || status === 'APPROVED';
}

/** Agrees to pay. Money moves when the shop takes it, and then as `outcome` says. Changes nothing once it was taken. */
export function approve(books: Books, emit: Emit, id: string, outcome: Outcome): void {
  const order = books.orders.get(id);
  if (!order || !isApprovable(order)) return;
  order.status = 'APPROVED';
  order.outcome = outcome;
  order.update_time = now();
  emit('CHECKOUT.ORDER.APPROVED', { type: 'checkout-order', id }, 'An order has been approved by buyer');
}

/** The shop's address with what PayPal adds to it; null when the shop gave none that a browser may be sent to. */
export function returnAddress(order: OrderRecord, is_cancelled = false): string | null {
  const given = is_cancelled ? order.cancel_url : order.return_url;
  if (!given || !URL.canParse(given)) return null;
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.searchParams.set('token', order.id);
  if (!is_cancelled) url.searchParams.set('PayerID', PAYER_ID);
  return url.href;
}
