/** Events as the API lists them, and their way to the webhook with the faults asked for. */
import { createHmac } from 'node:crypto';
import type Stripe from 'stripe';
import type { Deliveries, NewDelivery } from '../deliveries.ts';
import type { Faults, FaultSubject } from '../faults.ts';
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

/**
 * Sends the events one request caused, once its answer is out. Reorders, duplicates, holds, forges or accompanies them if a fault
 * says so. Resolves after the first attempt of each; held ones are not waited for.
 */
export async function deliverBatch(
  deliveries: Deliveries,
  faults: Faults,
  route: string,
  batch: Stripe.Event[],
  answered?: Promise<unknown>,
): Promise<void> {
  const events = batch.length > 1 && faults.take('reorder_events', { route }) ? batch.toReversed() : batch;
  const attempts: Promise<void>[] = [];
  for (const event of events) {
    const subject = { route, event_type: event.type };
    // Indented, so that a receiver that re-serialises the body before checking the signature is found out.
    const delivery = { id: event.id, lane: laneOf(event), body: JSON.stringify(event, null, 2) };
    const copies = faults.take('duplicate_events', subject)?.copies ?? 0;
    const is_held = faults.take('hold_events', subject) !== undefined;
    const items = [...companions(faults, subject, event, delivery), delivery];
    for (let copy = 1; copy <= copies; copy += 1) {
      items.push({ ...delivery, lane: `${delivery.lane} copy ${copy}` });
    }
    for (const item of items) {
      if (is_held) deliveries.hold(item);
      else attempts.push(deliveries.send(item, answered));
    }
  }
  await Promise.all(attempts);
}

/** What a receiver must not be misled by, in the lane of the event it goes before. */
function companions(
  faults: Faults,
  subject: FaultSubject,
  event: Stripe.Event,
  delivery: NewDelivery,
): NewDelivery[] {
  const other = (change: object): NewDelivery => {
    const id = newId('evt');
    return { ...delivery, id, body: JSON.stringify({ ...event, id, ...change }, null, 2) };
  };
  return [
    ...(faults.take('bad_signature', subject) ? [{ ...delivery, is_forged: true }] : []),
    ...(faults.take('unknown_event', subject) ? [other({ type: UNKNOWN_TYPE })] : []),
    ...(faults.take('foreign_event', subject) ? [other({ account: OTHER_ACCOUNT })] : []),
  ];
}

/** What belongs to one payment is delivered one after the other. */
function laneOf(event: Stripe.Event): string {
  const object = event.data.object as { id?: string; payment_intent?: string | { id: string } | null };
  return idOf(object.payment_intent) ?? object.id ?? event.id;
}
