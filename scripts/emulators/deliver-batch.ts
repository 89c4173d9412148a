/** The events of one request on their way to the webhook, with the faults asked for, for any emulated provider. */
import type { Deliveries, NewDelivery } from './deliveries.ts';
import type { Faults, FaultSubject } from './faults.ts';

/** How one provider's events are sent. */
export type EventPost<Event> = {
  typeOf(event: Event): string;
  deliveryOf(event: Event): NewDelivery;
  /** The event under another id, of a type the provider does not have. */
  unknownOf(event: Event): Event;
  /** The event under another id, of an account that is not the shop's. */
  foreignOf(event: Event): Event;
};

/**
 * Sends the events one request caused, once its answer is out. Reorders, duplicates, holds, forges or accompanies them if a fault
 * says so. Resolves after the first attempt of each; held ones are not waited for.
 */
export async function deliverBatch<Event>(
  post: EventPost<Event>,
  deliveries: Deliveries,
  faults: Faults,
  route: string,
  batch: Event[],
  answered?: Promise<unknown>,
): Promise<void> {
  const events = batch.length > 1 && faults.take('reorder_events', { route }) ? batch.toReversed() : batch;
  const attempts: Promise<void>[] = [];
  for (const event of events) {
    const subject = { route, event_type: post.typeOf(event) };
    const delivery = post.deliveryOf(event);
    const copies = faults.take('duplicate_events', subject)?.copies ?? 0;
    const is_held = faults.take('hold_events', subject) !== undefined;
    const items = [...companions(post, faults, subject, event, delivery), delivery];
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
function companions<Event>(
  post: EventPost<Event>,
  faults: Faults,
  subject: FaultSubject,
  event: Event,
  delivery: NewDelivery,
): NewDelivery[] {
  const beside = (other: Event) => ({ ...post.deliveryOf(other), lane: delivery.lane });
  return [
    ...(faults.take('bad_signature', subject) ? [{ ...delivery, is_forged: true }] : []),
    ...(faults.take('unknown_event', subject) ? [beside(post.unknownOf(event))] : []),
    ...(faults.take('foreign_event', subject) ? [beside(post.foreignOf(event))] : []),
  ];
}
