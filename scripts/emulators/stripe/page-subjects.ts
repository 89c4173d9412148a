/** What the pages are about: a payment intent, a Checkout Session, or a card to keep. Each shows itself and takes its forms. */
import type Stripe from 'stripe';
import { idOf } from './books.ts';
import type { Books, IntentRecord, SessionRecord, SetupRecord } from './books.ts';
import type { Call } from './call.ts';
import type { PageView } from './checkout-html.ts';
import { intentOfSession } from './checkout-sessions.ts';
import { decideSetup, setUp } from './setup-intents.ts';
import { chooseCard, decidePayment, isPayable } from './shopper.ts';

export type Subject = {
  view(): Omit<PageView, 'action'>;
  /** Does nothing when it is no longer in a state for it: a form may be posted twice. */
  act(call: Call, form: URLSearchParams): void;
  /** The shop's address once the shopper is done here; null while they stay. */
  leaveFor(): string | null;
};

const PAID = {
  mark: 'good',
  title: 'Payment complete',
  text: 'Thank you. You can close this page.',
} as const;
const HELD = {
  mark: 'good',
  title: 'Payment authorised',
  text: 'The amount is reserved on your card until the shop collects it.',
} as const;
const UNDER_WAY = {
  mark: 'good',
  title: 'Payment under way',
  text: 'Your bank sends the money. The shop will hear of it in a few days.',
} as const;
const CANCELLED = {
  mark: 'bad',
  title: 'Payment cancelled',
  text: 'The shop has cancelled this payment. Nothing was charged.',
} as const;
const TOO_LATE = {
  mark: 'bad',
  title: 'This page has expired',
  text: 'Go back to the shop to pay. Nothing was charged.',
} as const;
const KEPT = { mark: 'good', title: 'Card saved', text: 'Thank you. You can close this page.' } as const;
const NOT_KEPT = { mark: 'bad', title: 'Nothing saved', text: 'The shop wants no card any more.' } as const;

/** `/pay/pi_…`, in place of a form within the shop: the shop's address may come with the query. */
export function paymentSubject(books: Books, record: IntentRecord, query: URLSearchParams): Subject {
  const intent = record.object;
  const came_from_api = intent.status === 'requires_action' && record.return_url !== null;
  const shop = () => {
    const is_failed = intent.status === 'requires_payment_method' || intent.status === 'canceled';
    return withParameters(record.return_url ?? query.get('return_url'), {
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret ?? '',
      redirect_status: is_failed ? 'failed' : 'succeeded',
    });
  };
  return {
    view: () => ({
      title: intent.description ?? 'Payment',
      amount: { minor: intent.amount, currency: intent.currency },
      takes_banks: intent.capture_method !== 'manual',
      state: stateOf(intent.status),
      outcome: outcomeOf(intent.status),
      error: intent.last_payment_error?.message ?? null,
      last4: last4Of(books, intent.payment_method),
      back_to: isPayable(record) ? null : shop(),
      cancel_to: null,
    }),
    act: (call, form) => actOnPayment(call, record, form),
    leaveFor: () => (stateOf(intent.status) === 'over' || came_from_api ? shop() : null),
  };
}

/** `/c/cs_…`, a page of Stripe's own. */
export function sessionSubject(books: Books, record: SessionRecord): Subject {
  const session = record.object;
  const made = () => books.payment_intents.get(idOf(session.payment_intent) ?? '');
  const shop = () =>
    session.status === 'complete'
      ? safeAddress((session.success_url ?? '').replaceAll('{CHECKOUT_SESSION_ID}', session.id))
      : safeAddress(session.cancel_url);
  return {
    view: () => {
      const intent = made()?.object;
      const paid = intent ? outcomeOf(intent.status) : PAID;
      return {
        title: record.title,
        amount: { minor: session.amount_total ?? 0, currency: session.currency ?? 'usd' },
        takes_banks: record.intent_params.capture_method !== 'manual',
        state: session.status !== 'open' ? 'over' : intent?.status === 'requires_action' ? 'bank' : 'open',
        outcome: session.status === 'expired' ? TOO_LATE : paid,
        error: intent?.last_payment_error?.message ?? null,
        last4: last4Of(books, intent?.payment_method ?? null),
        back_to: shop(),
        cancel_to: safeAddress(session.cancel_url),
      };
    },
    act(call, form) {
      if (session.status === 'open') actOnPayment(call, intentOfSession(call, record), form);
    },
    leaveFor: () => (session.status === 'complete' ? shop() : null),
  };
}

/** `/setup/seti_…`, in place of a form within the shop. */
export function setupSubject(books: Books, record: SetupRecord, query: URLSearchParams): Subject {
  const setup = record.object;
  const came_from_api = setup.status === 'requires_action' && record.return_url !== null;
  const is_open = () =>
    setup.status === 'requires_payment_method' || setup.status === 'requires_confirmation';
  const shop = () =>
    withParameters(record.return_url ?? query.get('return_url'), {
      setup_intent: setup.id,
      setup_intent_client_secret: setup.client_secret ?? '',
      redirect_status: setup.status === 'succeeded' ? 'succeeded' : 'failed',
    });
  return {
    view: () => ({
      title: setup.description ?? 'Keep a card for next time',
      amount: null,
      takes_banks: false,
      state: is_open() ? 'open' : setup.status === 'requires_action' ? 'bank' : 'over',
      outcome: setup.status === 'succeeded' ? KEPT : NOT_KEPT,
      error: setup.last_setup_error?.message ?? null,
      last4: last4Of(books, setup.payment_method),
      back_to: is_open() ? null : shop(),
      cancel_to: null,
    }),
    act(call, form) {
      const decision = form.get('decision');
      if (setup.status === 'requires_action' && decision !== null)
        decideSetup(call, record, decision === 'approve');
      else if (is_open()) setUp(call, record, form.get('card') ?? '');
    },
    leaveFor: () => (came_from_api || (!is_open() && setup.status !== 'requires_action') ? shop() : null),
  };
}

function actOnPayment(call: Call, record: IntentRecord, form: URLSearchParams): void {
  const decision = form.get('decision');
  if (record.object.status === 'requires_action' && decision !== null) {
    decidePayment(call, record, decision === 'approve');
  } else if (isPayable(record)) {
    chooseCard(call, record, form.get('card') ?? '');
  }
}

function stateOf(status: Stripe.PaymentIntent.Status): PageView['state'] {
  if (status === 'requires_payment_method' || status === 'requires_confirmation') return 'open';
  return status === 'requires_action' ? 'bank' : 'over';
}

function outcomeOf(status: Stripe.PaymentIntent.Status): PageView['outcome'] {
  switch (status) {
    case 'succeeded':
      return PAID;
    case 'requires_capture':
      return HELD;
    case 'processing':
      return UNDER_WAY;
    default:
      return CANCELLED;
  }
}

function last4Of(books: Books, method: string | Stripe.PaymentMethod | null): string | null {
  return books.payment_methods.get(idOf(method) ?? '')?.object.card?.last4 ?? null;
}

/** Nothing but the web: the address came from the shop, or from whoever wrote the link. */
function safeAddress(given: string | null): string | null {
  if (!given || !URL.canParse(given)) return null;
  const { protocol, href } = new URL(given);
  return protocol === 'http:' || protocol === 'https:' ? href : null;
}

function withParameters(given: string | null, parameters: Record<string, string>): string | null {
  const address = safeAddress(given);
  if (address === null) return null;
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
