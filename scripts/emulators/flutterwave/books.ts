/**
 * Everything the emulated account holds. Transactions and refunds are kept the way the API answers them; beside them stands what
 * the answers do not say.
 *
 * Handlers change the books synchronously, from their first check to their last write. That is the lock: two requests about one
 * transaction can never interleave.
 */
import { randomBytes } from 'node:crypto';

export const ACCOUNT_ID = 17321;

export type TransactionStatus = 'successful' | 'failed' | 'pending';

export type Transaction = {
  id: number;
  tx_ref: string;
  flw_ref: string;
  device_fingerprint: string;
  /** Major units, as every amount the API answers. */
  amount: number;
  currency: string;
  charged_amount: number;
  app_fee: number | null;
  merchant_fee: number;
  processor_response: string | null;
  auth_model: string;
  ip: string;
  narration: string;
  status: TransactionStatus;
  payment_type: string;
  created_at: string;
  account_id: number;
  card?: Record<string, string>;
  meta: Record<string, unknown> | null;
  amount_settled: number | null;
  customer: { id: number; name: string; phone_number: string | null; email: string; created_at: string };
};

/** As `GET /refunds` lists it. */
export type Refund = {
  id: number;
  amount_refunded: number;
  status: string;
  flw_ref: string;
  comment: string | null;
  settlement_id: string;
  meta: string;
  created_at: string;
  account_id: number;
  transaction_id: number;
};

/** A page to pay on. Several may have one reference. */
export type LinkRecord = {
  id: string;
  tx_ref: string;
  amount_minor: number;
  currency: string;
  redirect_url: string | null;
  email: string;
  title: string | null;
  meta: Record<string, unknown> | null;
  /** Somebody paid on it: it takes no more. */
  is_spent: boolean;
  created_at: string;
};

export type TransactionRecord = { object: Transaction; amount_minor: number; link: string };
export type RefundRecord = { object: Refund; amount_minor: number; currency: string };

/** `id` is ours: Flutterwave's events have none. Copies of one event share it. */
export type EventRecord = { id: string; type: string; lane: string; body: Record<string, unknown> };

export type Books = {
  links: Map<string, LinkRecord>;
  transactions: Map<number, TransactionRecord>;
  refunds: Map<number, RefundRecord>;
  events: EventRecord[];
  last_id: number;
};

export type BooksSnapshot = {
  links: LinkRecord[];
  transactions: TransactionRecord[];
  refunds: RefundRecord[];
  events: EventRecord[];
  last_id: number;
};

const FIRST_ID = 288_200_107;

export function openBooks(snapshot?: BooksSnapshot): Books {
  return {
    links: new Map(snapshot?.links.map((link) => [link.id, link])),
    transactions: new Map(snapshot?.transactions.map((record) => [record.object.id, record])),
    refunds: new Map(snapshot?.refunds.map((record) => [record.object.id, record])),
    events: snapshot?.events ?? [],
    last_id: snapshot?.last_id ?? FIRST_ID,
  };
}

export function snapshotOf(books: Books): BooksSnapshot {
  return {
    links: [...books.links.values()],
    transactions: [...books.transactions.values()],
    refunds: [...books.refunds.values()],
    events: books.events,
    last_id: books.last_id,
  };
}

/** What tests compare their own books with. Oldest first. */
export type Ledger = {
  /** One for every reference. */
  payments: {
    tx_ref: string;
    /** What the newest link asked for. */
    amount_minor: number;
    currency: string;
    /** Of successful transactions in that currency. */
    captured_minor: number;
    /** Of refunds of those that are done. */
    refunded_minor: number;
  }[];
  links: LinkRecord[];
  transactions: Transaction[];
  refunds: Refund[];
  events: EventRecord[];
};

export function ledgerOf(books: Books): Ledger {
  const asked = new Map([...books.links.values()].map((link) => [link.tx_ref, link]));
  const payments = [...asked.values()].map(({ tx_ref, amount_minor, currency }) => {
    const captured = transactionsOf(books, tx_ref).filter(
      ({ object }) => object.status === 'successful' && object.currency === currency,
    );
    const refunded = captured.flatMap(({ object }) => refundsOf(books, object.id)).filter(isDone);
    return {
      tx_ref,
      amount_minor,
      currency,
      captured_minor: sumOf(captured),
      refunded_minor: sumOf(refunded),
    };
  });
  return structuredClone({
    payments,
    links: [...books.links.values()],
    transactions: [...books.transactions.values()].map(({ object }) => object),
    refunds: [...books.refunds.values()].map(({ object }) => object),
    events: books.events,
  });
}

/** Every transaction with a reference, oldest first. */
export function transactionsOf(books: Books, tx_ref: string): TransactionRecord[] {
  return [...books.transactions.values()].filter(({ object }) => object.tx_ref === tx_ref);
}

export function refundsOf(books: Books, transaction_id: number): RefundRecord[] {
  return [...books.refunds.values()].filter(({ object }) => object.transaction_id === transaction_id);
}

/** What of a transaction can still be given back: a refund under way counts as gone, a failed one does not. */
export function leftMinor(books: Books, { object, amount_minor }: TransactionRecord): number {
  return (
    amount_minor - sumOf(refundsOf(books, object.id).filter((refund) => refund.object.status !== 'failed'))
  );
}

export function nextId(books: Books): number {
  books.last_id += 1;
  return books.last_id;
}

export function randomText(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

function isDone({ object }: RefundRecord): boolean {
  return object.status.startsWith('completed');
}

function sumOf(records: readonly { amount_minor: number }[]): number {
  return records.reduce((sum, { amount_minor }) => sum + amount_minor, 0);
}
