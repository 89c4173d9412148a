/** What a handler gets: one request, already authenticated and validated. */
import type Stripe from 'stripe';
import type { Books } from './books.ts';
import { newId, unixNow } from './books.ts';
import { API_VERSION } from './contract.ts';
import { notSimulated } from './errors.ts';

export type Emit = (
  type: Stripe.Event['type'],
  object: object,
  previous_attributes?: Record<string, unknown>,
) => void;

export type Call = {
  books: Books;
  /** The emulator's own address, for links to its payment page. */
  base_url: string;
  path: Record<string, string>;
  params: Record<string, unknown>;
  emit: Emit;
};

/** The request behind an event; both null when Stripe, or the shopper's bank, started it. */
export type EventCause = { id: string | null; idempotency_key: string | null };

/** Writes an event with the object as it is now, into the books and into `batch`. */
export function createEmit(books: Books, cause: EventCause, webhooks: number, batch: Stripe.Event[]): Emit {
  return (type, object, previous_attributes) => {
    const event = {
      id: newId('evt'),
      object: 'event',
      api_version: API_VERSION,
      created: unixNow(),
      data: { object: structuredClone(object), ...(previous_attributes && { previous_attributes }) },
      livemode: false,
      pending_webhooks: webhooks,
      request: cause,
      type,
    } as Stripe.Event;
    books.events.set(event.id, event);
    batch.push(event);
  };
}

/** @throws StripeApiError for a parameter that is valid at Stripe but does nothing here. */
export function refuseUnsimulated(params: Record<string, unknown>, simulated: readonly string[]): void {
  for (const name of Object.keys(params)) {
    if (!simulated.includes(name) && name !== 'expand') throw notSimulated(name);
  }
}
