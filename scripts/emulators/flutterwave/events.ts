/** Events on their way to the webhook, with the faults asked for. */
import type { Deliveries } from '../deliveries.ts';
import type { Faults } from '../faults.ts';
import { ACCOUNT_ID, randomText } from './books.ts';
import type { EventRecord } from './books.ts';

/** `verif-hash`: the secret hash as it is, which signs nothing. A forged one is as long and starts alike. */
export function hashHeader(secret_hash: string, is_forged: boolean): string {
  if (!is_forged) return secret_hash;
  return secret_hash.slice(0, -1) + (secret_hash.endsWith('x') ? 'y' : 'x');
}

/**
 * Sends the events one request caused, once its answer is out. Duplicates, holds, forges or accompanies them if a fault says so.
 * No request causes more than one here, so for another order they are held and released. Resolves after the first attempt of each;
 * held ones are not waited for.
 */
export async function deliverBatch(
  deliveries: Deliveries,
  faults: Faults,
  route: string,
  batch: EventRecord[],
  answered?: Promise<unknown>,
): Promise<void> {
  const attempts: Promise<void>[] = [];
  for (const event of batch) {
    const subject = { route, event_type: event.type };
    const before = [
      ...(faults.take('unknown_event', subject) ? [unknownEvent(event)] : []),
      ...(faults.take('foreign_event', subject) ? [foreignEvent(event)] : []),
    ];
    for (const other of before) attempts.push(deliveries.send(deliveryOf(other), answered));
    const delivery = deliveryOf(event);
    if (faults.take('bad_signature', subject))
      attempts.push(deliveries.send({ ...delivery, is_forged: true }, answered));
    const copies = faults.take('duplicate_events', subject)?.copies ?? 0;
    const is_held = faults.take('hold_events', subject) !== undefined;
    for (let copy = 0; copy <= copies; copy += 1) {
      const item = copy === 0 ? delivery : { ...delivery, lane: `${delivery.lane} copy ${copy}` };
      if (is_held) deliveries.hold(item);
      else attempts.push(deliveries.send(item, answered));
    }
  }
  await Promise.all(attempts);
}

function deliveryOf({ id, lane, body }: EventRecord): { id: string; lane: string; body: string } {
  return { id, lane, body: JSON.stringify(body) };
}

function unknownEvent({ id, lane, body }: EventRecord): EventRecord {
  const type = 'charge.reconsidered';
  return { id: `${type}:${id}`, type, lane, body: { ...body, event: type } };
}

/** Two shops may share an account, and one its hash with another by mistake: another transaction, of another shop's reference. */
function foreignEvent({ id, type, lane, body }: EventRecord): EventRecord {
  const account = ACCOUNT_ID + 1;
  const other = 1_000_000 + Math.floor(Math.random() * 1_000_000);
  const { data } = body as { data?: object };
  const foreign = data
    ? { ...body, data: { ...data, id: other, account_id: account, tx_ref: `other-shop-${randomText(4)}` } }
    : { ...body, id: other, AccountId: account, TransactionId: other };
  return { id: `foreign:${id}`, type, lane, body: foreign };
}
