/** What the process that is killed and the test that kills it say to each other, over the channel between them. */

/** What a shopper sent and may have to send again: whoever gets no answer repeats the request with its key. */
export interface Ask {
  key: string;
  cart: string;
  customer: string | null;
  token: string | null;
  provider: string;
  expected_total_minor: number;
  expected_payable_minor: number;
}

/** What a caller was told, after the use case had resolved: from then on it must be true, or something later must explain it. */
export type Confirmed =
  | { kind: 'cart'; cart: string; version: number }
  | { kind: 'placed'; ask: Ask; order: string; total_minor: number }
  | { kind: 'paid'; order: string; payment: string }
  | { kind: 'to be paid'; order: string; payment: string; amount_minor: number }
  | { kind: 'cancelled'; order: string }
  | { kind: 'refund'; order: string; refund: string; amount_minor: number }
  | { kind: 'shipped'; order: string; shipment: string }
  | { kind: 'delivered'; shipment: string }
  | { kind: 'return'; order: string; return: string; status: ReturnStatus; refund_minor: number | null }
  | { kind: 'edited'; order: string; reason: string; total_minor: number }
  | { kind: 'stock adjusted'; variant: string; location: string; delta: number; note: string }
  | { kind: 'stock transferred'; transfer: string; variant: string; quantity: number }
  | { kind: 'gift card issued'; card: string; initial_minor: number }
  | { kind: 'credit granted'; note: string; delta_minor: number };

export type ReturnStatus = 'requested' | 'approved' | 'rejected' | 'received' | 'refunded';

/** What the shop sells, and what can be paid with: made once, before the first process starts. */
export interface Goods {
  variants: string[];
  locations: string[];
  method: string;
  codes: string[];
  gift_cards: string[];
  customers: string[];
}

export interface Start {
  seed: number;
  goods: Goods;
  unanswered: Ask[];
  /** Where the emulator sends its events. */
  webhook_port: number;
  /** Random work until it is killed; or only what is left to do, and then an end. */
  task: 'work' | 'settle';
}

export type Told =
  | { type: 'ready' }
  | { type: 'asked'; ask: Ask }
  | { type: 'confirmed'; confirmed: Confirmed }
  /** A KontorError: nothing was changed. With the ask whose answer it is. */
  | { type: 'refused'; step: string; code: string; ask?: string }
  /** Anything else that reached a caller, or made a job fail that should not: each one is a defect. */
  | { type: 'broken'; step: string; error: string }
  | { type: 'settled' };

/** Numbers between 0 and 1, the same ones for the same seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
