/** Events on their way to the webhook: what they carry and how they are signed. */
import { randomUUID, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { EventPost } from '../deliver-batch.ts';
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

export const eventPost: EventPost<PayPalEvent> = {
  typeOf: ({ event_type }) => event_type,
  // Indented, so that a receiver that re-serialises the body before checking the signature is found out.
  deliveryOf: (event) => ({ id: event.id, lane: laneOf(event), body: JSON.stringify(event, null, 2) }),
  unknownOf: (event) => ({ ...event, id: newEventId(), event_type: UNKNOWN_TYPE }),
  foreignOf: (event) => ({ ...event, id: newEventId(), resource: ofAnotherMerchant(event.resource) }),
};

export function newEventId(): string {
  return `WH-${newId()}-${newId()}`;
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

/** What belongs to one order is delivered one after the other; a refund knows its capture only. */
function laneOf({ resource }: PayPalEvent): string {
  const related = resource['supplementary_data'] as { related_ids?: { order_id?: string } } | undefined;
  return related?.related_ids?.order_id ?? String(resource['id']);
}
