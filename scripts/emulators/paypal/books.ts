/**
 * Everything the emulated account holds, amounts in minor units of ISO 4217. What the API answers is drawn from it, see wire.ts.
 *
 * Handlers change the books synchronously, from their first check to their last write. That is the lock: two requests about
 * one order can never interleave.
 */
import { randomInt } from 'node:crypto';
import { notFound } from './errors.ts';
import type { PayPalEvent } from './events.ts';

/** How the shopper's bank will answer once the shop takes the money. */
export type Outcome = 'pays' | 'declined' | 'pending';

export type OrderRecord = {
  id: string;
  intent: 'CAPTURE' | 'AUTHORIZE';
  status: 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';
  create_time: string;
  /** Null until it is approved. */
  update_time: string | null;
  reference_id: string;
  custom_id: string | null;
  invoice_id: string | null;
  description: string | null;
  soft_descriptor: string | null;
  amount_minor: number;
  currency: string;
  /** Made with a `payment_source`: other statuses and links than without. */
  has_source: boolean;
  return_url: string | null;
  cancel_url: string | null;
  /** Of the latest approval. */
  outcome: Outcome | null;
};

/** What an order became, an authorization or a capture. */
type PartRecord = {
  id: string;
  order: string;
  amount_minor: number;
  currency: string;
  custom_id: string | null;
  invoice_id: string | null;
  create_time: string;
  update_time: string;
};

export type AuthorizationRecord = PartRecord & {
  status: 'CREATED' | 'PENDING' | 'DENIED' | 'VOIDED' | 'CAPTURED' | 'PARTIALLY_CAPTURED';
  expiration_time: string;
};

export type CaptureRecord = PartRecord & {
  authorization: string | null;
  /** Refunds show in the status the API answers, not in this one. */
  status: 'COMPLETED' | 'PENDING' | 'DECLINED';
  final_capture: boolean;
};

export type RefundRecord = PartRecord & {
  capture: string;
  status: 'COMPLETED' | 'PENDING' | 'FAILED';
  note_to_payer: string | null;
};

export type Books = {
  orders: Map<string, OrderRecord>;
  authorizations: Map<string, AuthorizationRecord>;
  captures: Map<string, CaptureRecord>;
  refunds: Map<string, RefundRecord>;
  events: Map<string, PayPalEvent>;
};

export type BooksSnapshot = {
  [Key in keyof Books]: [string, Books[Key] extends Map<string, infer V> ? V : never][];
};

export function openBooks(snapshot?: BooksSnapshot): Books {
  return {
    orders: new Map(snapshot?.orders),
    authorizations: new Map(snapshot?.authorizations),
    captures: new Map(snapshot?.captures),
    refunds: new Map(snapshot?.refunds),
    events: new Map(snapshot?.events),
  };
}

export function snapshotOf(books: Books): BooksSnapshot {
  return {
    orders: [...books.orders],
    authorizations: [...books.authorizations],
    captures: [...books.captures],
    refunds: [...books.refunds],
    events: [...books.events],
  };
}

export type LedgerOrder = OrderRecord & {
  /** What is reserved and neither taken nor given up. */
  authorised_minor: number;
  captured_minor: number;
  /** Taken, but held for review. */
  pending_minor: number;
  /** What has gone back, or is on its way. */
  refunded_minor: number;
};

/** What tests compare their own books with. Oldest first. */
export type Ledger = {
  orders: LedgerOrder[];
  authorizations: AuthorizationRecord[];
  captures: CaptureRecord[];
  refunds: RefundRecord[];
  events: PayPalEvent[];
};

export function ledgerOf(books: Books): Ledger {
  return structuredClone({
    orders: [...books.orders.values()].map((order) => ledgerOrder(books, order)),
    authorizations: [...books.authorizations.values()],
    captures: [...books.captures.values()],
    refunds: [...books.refunds.values()],
    events: [...books.events.values()],
  });
}

function ledgerOrder(books: Books, order: OrderRecord): LedgerOrder {
  const captures = ofOrder(books.captures, order.id);
  const open = ofOrder(books.authorizations, order.id).filter(({ status }) => status === 'CREATED');
  return {
    ...order,
    authorised_minor: sum(open),
    captured_minor: sum(captures.filter(({ status }) => status === 'COMPLETED')),
    pending_minor: sum(captures.filter(({ status }) => status === 'PENDING')),
    refunded_minor: sum(ofOrder(books.refunds, order.id).filter(({ status }) => status !== 'FAILED')),
  };
}

export function ofOrder<Part extends { order: string }>(parts: Map<string, Part>, order: string): Part[] {
  return [...parts.values()].filter((part) => part.order === order);
}

export function refundsOf(books: Books, capture: string): RefundRecord[] {
  return [...books.refunds.values()].filter((refund) => refund.capture === capture);
}

export function sum(parts: { amount_minor: number }[]): number {
  return parts.reduce((total, { amount_minor }) => total + amount_minor, 0);
}

/** @throws PayPalApiError 404 */
export function requireOne<Item>(items: Map<string, Item>, id: string | undefined): Item {
  const item = items.get(id ?? '');
  if (!item) throw notFound();
  return item;
}

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

/** Seventeen capital letters and digits, as all ids of PayPal are. */
export function newId(length = 17): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

let latest_ms = 0;

/** Never the same moment twice, so that whatever changed has changed its `update_time`. */
export function now(): string {
  latest_ms = Math.max(Date.now(), latest_ms + 1);
  return new Date(latest_ms).toISOString();
}
