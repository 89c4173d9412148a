/** What the payment behind a Checkout Session means for the session. */
import type { IntentRecord } from './books.ts';
import type { Call } from './call.ts';

/**
 * The shopper is through: the session is complete, and paid unless its money is only held or still under way. That a session of
 * held money counts as unpaid is an assumption.
 */
export function completeSession(call: Call, record: IntentRecord): void {
  const session = sessionOf(call, record);
  if (session?.status !== 'open') return;
  session.status = 'complete';
  session.url = null;
  session.payment_status = record.object.status === 'succeeded' ? 'paid' : 'unpaid';
  call.emit('checkout.session.completed', session);
}

/** The bank has said what came of a payment after the shopper was through. */
export function settleSession(call: Call, record: IntentRecord): void {
  const session = sessionOf(call, record);
  if (session?.status !== 'complete') return;
  const is_paid = record.object.status === 'succeeded';
  if (is_paid) session.payment_status = 'paid';
  call.emit(
    is_paid ? 'checkout.session.async_payment_succeeded' : 'checkout.session.async_payment_failed',
    session,
  );
}

/** Held money was taken. Stripe tells of no session then. */
export function markSessionPaid(call: Call, record: IntentRecord): void {
  const session = sessionOf(call, record);
  if (session) session.payment_status = 'paid';
}

function sessionOf(call: Call, { session }: IntentRecord) {
  return session === undefined ? undefined : call.books.sessions.get(session)?.object;
}
