/** What a shopper does with a payment or a card to keep: choose, and pass or fail the bank's check. */
import type Stripe from 'stripe';
import { idOf, requireIntent, requireSession, requireSetup } from './books.ts';
import type { IntentRecord, SetupRecord } from './books.ts';
import type { Call } from './call.ts';
import { intentOfSession } from './checkout-sessions.ts';
import { refused, StripeApiError } from './errors.ts';
import { approveAuthentication, attemptPayment, failAuthentication } from './payment-attempt.ts';
import { addTestMethod, resolveMethod } from './payment-methods.ts';
import { decideSetup, setUp } from './setup-intents.ts';

const PAYABLE: Stripe.PaymentIntent.Status[] = ['requires_payment_method', 'requires_confirmation'];

export function isPayable({ object }: IntentRecord): boolean {
  return PAYABLE.includes(object.status);
}

/** @throws StripeApiError 402 when the card is declined; the intent says so, too. */
export function chooseCard(call: Call, record: IntentRecord, card: string): void {
  const intent = record.object;
  const method = addTestMethod(call.books, card);
  intent.payment_method = method.object.id;
  intent.status = 'requires_confirmation';
  attemptPayment(call, record, method, { off_session: false, error_on_requires_action: false });
}

/** @throws StripeApiError 402 when the card is declined after all. */
export function decidePayment(call: Call, record: IntentRecord, is_approved: boolean): void {
  const method = resolveMethod(call.books, idOf(record.object.payment_method) ?? '', 'parameter');
  if (is_approved) approveAuthentication(call, record, method);
  else failAuthentication(call, record, method);
}

/**
 * Pays an intent or a session with a test card, bank check included. A declined card leaves it open, as it does on the page.
 * @throws StripeApiError when it cannot be paid any more.
 */
export function payAsShopper(call: Call, id: string, card: string): Stripe.PaymentIntent {
  const record = payableRecord(call, id);
  if (record.object.status !== 'requires_action') {
    if (!isPayable(record)) throw refused(`${id} cannot be paid: it is ${record.object.status}.`);
    toleratingDecline(() => chooseCard(call, record, card));
  }
  if (record.object.status === 'requires_action') toleratingDecline(() => decidePayment(call, record, true));
  return record.object;
}

/** The same for a card that is only kept. */
export function setUpAsShopper(call: Call, id: string, card: string): Stripe.SetupIntent {
  const record: SetupRecord = requireSetup(call.books, id);
  if (record.object.status !== 'requires_action') toleratingDecline(() => setUp(call, record, card));
  if (record.object.status === 'requires_action') toleratingDecline(() => decideSetup(call, record, true));
  return record.object;
}

function payableRecord(call: Call, id: string): IntentRecord {
  if (!id.startsWith('cs_')) return requireIntent(call.books, id);
  const session = requireSession(call.books, id);
  if (session.object.status !== 'open') throw refused(`${id} is ${String(session.object.status)}.`);
  return intentOfSession(call, session);
}

/** A decline is on the intent already, for the page to show. */
export function toleratingDecline(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof StripeApiError) || error.status !== 402) throw error;
  }
}
