/**
 * Everything the emulated account holds. Objects are kept the way the API answers them, unexpanded; beside an intent
 * or a payment method stands what Stripe knows but does not show.
 *
 * Handlers change the books synchronously, from their first check to their last write. That is the lock: two requests
 * about one object can never interleave.
 */
import { randomInt } from 'node:crypto';
import type Stripe from 'stripe';
import { noSuch } from './errors.ts';
import type { StripeApiError } from './errors.ts';

export type IntentRecord = {
  object: Stripe.PaymentIntent;
  return_url: string | null;
  /** The shopper has passed 3-D Secure for the payment method now on the intent. */
  is_authenticated: boolean;
  /** The Checkout Session it was made by; Stripe does not show it on the intent. */
  session?: string;
};

export type SetupRecord = { object: Stripe.SetupIntent; return_url: string | null };

export type SessionRecord = {
  object: Stripe.Checkout.Session;
  /** What its payment intent is made with, once the shopper submits a card. */
  intent_params: Stripe.PaymentIntentCreateParams;
  /** What the shopper reads on the page: the names of the line items. */
  title: string;
};

export type MethodRecord = {
  object: Stripe.PaymentMethod;
  /** The row of the tables of test cards and test banks that says how this one behaves. */
  test_card: string;
  /** Charged once without a customer: Stripe lets it be used no more. */
  is_spent: boolean;
  /** The shopper has passed 3-D Secure while saving it for later. */
  is_set_up: boolean;
};

export type CustomerObject = Stripe.Customer | Stripe.DeletedCustomer;

export type Books = {
  payment_intents: Map<string, IntentRecord>;
  setup_intents: Map<string, SetupRecord>;
  sessions: Map<string, SessionRecord>;
  payment_methods: Map<string, MethodRecord>;
  charges: Map<string, Stripe.Charge>;
  refunds: Map<string, Stripe.Refund>;
  disputes: Map<string, Stripe.Dispute>;
  customers: Map<string, CustomerObject>;
  events: Map<string, Stripe.Event>;
};

export type BooksSnapshot = {
  [Key in keyof Books]: [string, Books[Key] extends Map<string, infer V> ? V : never][];
};

export function openBooks(snapshot?: BooksSnapshot): Books {
  return {
    payment_intents: new Map(snapshot?.payment_intents),
    setup_intents: new Map(snapshot?.setup_intents),
    sessions: new Map(snapshot?.sessions),
    payment_methods: new Map(snapshot?.payment_methods),
    charges: new Map(snapshot?.charges),
    refunds: new Map(snapshot?.refunds),
    disputes: new Map(snapshot?.disputes),
    customers: new Map(snapshot?.customers),
    events: new Map(snapshot?.events),
  };
}

export function snapshotOf(books: Books): BooksSnapshot {
  return {
    payment_intents: [...books.payment_intents],
    setup_intents: [...books.setup_intents],
    sessions: [...books.sessions],
    payment_methods: [...books.payment_methods],
    charges: [...books.charges],
    refunds: [...books.refunds],
    disputes: [...books.disputes],
    customers: [...books.customers],
    events: [...books.events],
  };
}

/** What tests compare their own books with. Oldest first. */
export type Ledger = {
  payment_intents: Stripe.PaymentIntent[];
  setup_intents: Stripe.SetupIntent[];
  sessions: Stripe.Checkout.Session[];
  charges: Stripe.Charge[];
  refunds: Stripe.Refund[];
  disputes: Stripe.Dispute[];
  customers: CustomerObject[];
  payment_methods: Stripe.PaymentMethod[];
  events: Stripe.Event[];
};

export function ledgerOf(books: Books): Ledger {
  return structuredClone({
    payment_intents: [...books.payment_intents.values()].map((record) => record.object),
    setup_intents: [...books.setup_intents.values()].map((record) => record.object),
    sessions: [...books.sessions.values()].map((record) => record.object),
    charges: [...books.charges.values()],
    refunds: [...books.refunds.values()],
    disputes: [...books.disputes.values()],
    customers: [...books.customers.values()],
    payment_methods: [...books.payment_methods.values()].map((record) => record.object),
    events: [...books.events.values()],
  });
}

/** The object with this id, whatever its kind; `expand[]` needs no more. */
export function findObject(books: Books, id: string): object | undefined {
  return (
    books.payment_intents.get(id)?.object ??
    books.setup_intents.get(id)?.object ??
    books.sessions.get(id)?.object ??
    books.payment_methods.get(id)?.object ??
    books.charges.get(id) ??
    books.refunds.get(id) ??
    books.disputes.get(id) ??
    books.customers.get(id)
  );
}

type Place = 'address' | 'parameter';

export function requireIntent(books: Books, id: string, place: Place = 'address'): IntentRecord {
  const record = books.payment_intents.get(id);
  if (!record) throw noSuch('payment_intent', id, place === 'address' ? 'intent' : 'payment_intent', place);
  return record;
}

export function requireSetup(books: Books, id: string): SetupRecord {
  const record = books.setup_intents.get(id);
  if (!record) throw noSuch('setupintent', id, 'intent', 'address');
  return record;
}

export function requireSession(books: Books, id: string): SessionRecord {
  const record = books.sessions.get(id);
  if (!record) throw noSuch('checkout.session', id, 'session', 'address');
  return record;
}

export function requireRefund(books: Books, id: string): Stripe.Refund {
  const refund = books.refunds.get(id);
  if (!refund) throw noSuch('refund', id, 'refund', 'address');
  return refund;
}

export function requireDispute(books: Books, id: string): Stripe.Dispute {
  const dispute = books.disputes.get(id);
  if (!dispute) throw noSuch('dispute', id, 'dispute', 'address');
  return dispute;
}

export function requireCharge(books: Books, id: string, place: Place = 'address'): Stripe.Charge {
  const charge = books.charges.get(id);
  if (!charge) throw noSuch('charge', id, place === 'address' ? 'id' : 'charge', place);
  return charge;
}

/** A customer that has not been deleted. */
export function requireCustomer(books: Books, id: string, place: Place = 'address'): Stripe.Customer {
  const customer = books.customers.get(id);
  if (!customer || customer.deleted) throw noSuchCustomer(id, place);
  return customer;
}

export function noSuchCustomer(id: string, place: Place = 'address'): StripeApiError {
  return noSuch('customer', id, place === 'address' ? 'id' : 'customer', place);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `newId('pi')` is `pi_` and 24 letters or digits. */
export function newId(prefix: string): string {
  return `${prefix}_${randomText(24)}`;
}

export function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

export function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}

/** The id behind a field that may hold an id or an expanded object. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  if (reference === null || reference === undefined) return null;
  return typeof reference === 'string' ? reference : reference.id;
}
