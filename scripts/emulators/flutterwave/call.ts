/** What a handler gets: one request, already authenticated and validated, or an act of the shopper or the merchant. */
import type { Faults } from '../faults.ts';
import type { Books, EventRecord } from './books.ts';

export type Call = {
  books: Books;
  faults: Faults;
  /** `POST /v3/payments`: what faults are matched against. */
  route: string;
  /** The emulator's own address, for links to its payment page. */
  base_url: string;
  /** The number in the address; 0 where there is none. */
  id: number;
  query: Record<string, string>;
  body: Record<string, unknown>;
  emit: (event: EventRecord) => void;
  /** Flutterwave tells of refunds only where it was asked to. */
  tells_refunds: boolean;
};

/** Keeps an event as it is now, in the books and in `batch`. */
export function createEmit(books: Books, batch: EventRecord[]): Call['emit'] {
  return (event) => {
    const kept = structuredClone(event);
    books.events.push(kept);
    batch.push(kept);
  };
}
