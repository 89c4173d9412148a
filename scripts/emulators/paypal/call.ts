/** What a handler gets: one request, already authenticated and validated. And what it gives back. */
import type { Faults } from '../faults.ts';
import { now } from './books.ts';
import type { Books } from './books.ts';
import { newEventId } from './events.ts';
import type { PayPalEvent, ResourceType } from './events.ts';
import { resourceOf } from './wire.ts';

/** An object of the books. It is drawn when the answer is written, so that a repeated request hears of its latest status. */
export type Reference = { type: ResourceType; id: string };

export type Emit = (event_type: string, about: Reference, summary: string) => void;

export type Call = {
  books: Books;
  /** The emulator's own address, for links. */
  base_url: string;
  path: Record<string, string>;
  body: unknown;
  emit: Emit;
  /** What a fault makes of an amount that is about to be created. */
  skewed: (amount_minor: number, currency: string) => { amount_minor: number; currency: string };
};

/** Writes an event with its resource as it is now, into the books and into `batch`. */
export function createEmit(books: Books, base_url: string, batch: PayPalEvent[]): Emit {
  return (event_type, about, summary) => {
    const id = newEventId();
    const href = `${base_url}/v1/notifications/webhooks-events/${id}`;
    const event: PayPalEvent = {
      id,
      create_time: now(),
      resource_type: about.type,
      event_type,
      summary,
      resource: structuredClone(resourceOf({ books, base_url }, about)),
      event_version: '1.0',
      resource_version: '2.0',
      links: [
        { href, rel: 'self', method: 'GET' },
        { href: `${href}/resend`, rel: 'resend', method: 'POST' },
      ],
    };
    books.events.set(event.id, event);
    batch.push(event);
  };
}

/** Takes the faults `wrong_amount` and `wrong_currency`, if any is due. */
export function createSkew(faults: Faults, route: string): Call['skewed'] {
  return (amount_minor, currency) => ({
    amount_minor: amount_minor + (faults.take('wrong_amount', { route })?.by_minor ?? 0),
    currency: faults.take('wrong_currency', { route })?.currency ?? currency,
  });
}
