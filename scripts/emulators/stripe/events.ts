/** Events as the API lists them, and how they are sent to the webhook. */
import { createHmac } from 'node:crypto';
import type Stripe from 'stripe';
import type { EventPost } from '../deliver-batch.ts';
import { idOf, newId, unixNow } from './books.ts';
import { refuseUnsimulated } from './call.ts';
import type { Call } from './call.ts';
import { noSuch } from './errors.ts';
import { pageOf } from './list-page.ts';
import type { List, PageParams } from './list-page.ts';

export function retrieveEvent(call: Call): Stripe.Event {
  const id = call.path['id'] ?? '';
  const event = call.books.events.get(id);
  if (!event) throw noSuch('event', id, 'id', 'address');
  return event;
}

export function listEvents(call: Call): List<Stripe.Event> {
  refuseUnsimulated(call.params, ['created', 'ending_before', 'limit', 'starting_after', 'type', 'types']);
  const { type, types } = call.params as { type?: string; types?: string[] };
  const wanted = type === undefined ? types : [type];
  const events = [...call.books.events.values()].filter((event) => wanted?.includes(event.type) ?? true);
  return pageOf(events, call.params as PageParams, '/v1/events');
}

/** `Stripe-Signature` for a body sent now: HMAC-SHA256 over `<t>.<body>`, keyed with the whole `whsec_…` string. */
export function signatureHeader(body: string, secret: string): string {
  const at = unixNow();
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return `t=${at},v1=${signature}`;
}

/** Of no event Stripe has. */
export const UNKNOWN_TYPE = 'weather.changed';
const OTHER_ACCOUNT = 'acct_1SomebodyElses0';

export const eventPost: EventPost<Stripe.Event> = {
  typeOf: ({ type }) => type,
  // Indented, so that a receiver that re-serialises the body before checking the signature is found out.
  deliveryOf: (event) => ({ id: event.id, lane: laneOf(event), body: JSON.stringify(event, null, 2) }),
  unknownOf: (event) => ({ ...event, id: newId('evt'), type: UNKNOWN_TYPE }) as unknown as Stripe.Event,
  foreignOf: (event) => ({ ...event, id: newId('evt'), account: OTHER_ACCOUNT }),
};

/** What belongs to one payment is delivered one after the other. */
function laneOf(event: Stripe.Event): string {
  const object = event.data.object as { id?: string; payment_intent?: string | { id: string } | null };
  return idOf(object.payment_intent) ?? object.id ?? event.id;
}
