/** Events on their way to the webhook: how they are signed, and the faults asked for. */
import { randomUUID, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Deliveries, NewDelivery } from '../deliveries.ts';
import type { Faults, FaultSubject } from '../faults.ts';
import { newId } from './books.ts';
import type { SigningKey } from './certificate.ts';

export type ResourceType = 'checkout-order' | 'authorization' | 'capture' | 'refund';

export type PayPalEvent = {
  id: string;
  create_time: string;
  resource_type: ResourceType;
  event_type: string;
  summary: string;
  resource: Record<string, unknown>;
  event_version: string;
  resource_version: string;
  links: { href: string; rel: string; method: string }[];
};

/** The five headers for a body sent now. Signed is `transmission id|time|webhook id|CRC-32 of the body`, as by PayPal. */
export function signedHeaders(
  body: string,
  key: SigningKey,
  webhook_id: string,
  base_url: string,
): Record<string, string> {
  const id = randomUUID();
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const message = `${id}|${time}|${webhook_id}|${crc32(body)}`;
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'PayPal/AUHD-214.0-58807800',
    'PAYPAL-TRANSMISSION-ID': id,
    'PAYPAL-TRANSMISSION-TIME': time,
    'PAYPAL-TRANSMISSION-SIG': sign('sha256', Buffer.from(message), key.private_key).toString('base64'),
    'PAYPAL-CERT-URL': `${base_url}/v1/notifications/certs/${key.name}`,
    'PAYPAL-AUTH-ALGO': 'SHA256withRSA',
  };
}

/**
 * Sends the events one request caused, once its answer is out. Reorders, duplicates, holds, forges or accompanies them if a fault
 * says so. Resolves after the first attempt of each; held ones are not waited for.
 */
export async function deliverBatch(
  deliveries: Deliveries,
  faults: Faults,
  route: string,
  batch: PayPalEvent[],
  answered?: Promise<unknown>,
): Promise<void> {
  const events = batch.length > 1 && faults.take('reorder_events', { route }) ? batch.toReversed() : batch;
  const attempts: Promise<void>[] = [];
  for (const event of events) {
    const subject = { route, event_type: event.event_type };
    const delivery: NewDelivery = { id: event.id, lane: laneOf(event), body: bodyOf(event) };
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
  event: PayPalEvent,
  delivery: NewDelivery,
): NewDelivery[] {
  const other = (change: Partial<PayPalEvent>): NewDelivery => {
    const id = `WH-${newId()}-${newId()}`;
    return { ...delivery, id, body: bodyOf({ ...event, id, ...change }) };
  };
  return [
    ...(faults.take('bad_signature', subject) ? [{ ...delivery, is_forged: true }] : []),
    ...(faults.take('unknown_event', subject) ? [other({ event_type: UNKNOWN_TYPE })] : []),
    ...(faults.take('foreign_event', subject)
      ? [other({ resource: ofAnotherMerchant(event.resource) })]
      : []),
  ];
}

/** Of no event PayPal has. */
const UNKNOWN_TYPE = 'CATALOG.SHELF.DUSTED';
const ANOTHER_MERCHANT = { email_address: 'another@example.com', merchant_id: 'Q7ZZZZZZZZZZZ' };

function ofAnotherMerchant(resource: Record<string, unknown>): Record<string, unknown> {
  const { purchase_units, payer, payee } = resource;
  if (Array.isArray(purchase_units)) {
    const units = purchase_units as Record<string, unknown>[];
    return { ...resource, purchase_units: units.map((unit) => ({ ...unit, payee: ANOTHER_MERCHANT })) };
  }
  // A refund is paid by the merchant.
  return {
    ...resource,
    ...(payee !== undefined
      ? { payee: ANOTHER_MERCHANT }
      : payer !== undefined && { payer: ANOTHER_MERCHANT }),
  };
}

/** Indented, so that a receiver that re-serialises the body before checking the signature is found out. */
function bodyOf(event: PayPalEvent): string {
  return JSON.stringify(event, null, 2);
}

/** What belongs to one order is delivered one after the other; a refund knows its capture only. */
function laneOf({ resource }: PayPalEvent): string {
  const related = resource['supplementary_data'] as { related_ids?: { order_id?: string } } | undefined;
  return related?.related_ids?.order_id ?? String(resource['id']);
}
