/**
 * Flutterwave's webhooks. Their header is a fixed secret that signs nothing, so a body is no more than a hint which reference to
 * ask about, and sending one again with another content achieves nothing: the truth is fetched.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { FlutterwaveApi } from './flutterwave-api.ts';
import { paymentOf } from './flutterwave-payment.ts';
import { PaymentProviderError, type ProviderEvent } from './payment.ts';

const Id = z.union([z.int(), z.string().regex(/^\d{1,16}$/)]).transform(String);
const Text = z.string().max(200);

const ChargeEvent = z.object({
  event: Text,
  data: z.object({ id: Id, tx_ref: Text.nullish(), status: Text.nullish() }),
});
/** The one event without an envelope, in capitals of its own; Flutterwave sends it where it was asked to. */
const RefundEvent = z.object({ id: Id, status: Text, TransactionId: Id });

/** Names a card, or charges it again. */
const SENSITIVE = new Set(['token', 'first_6digits', 'first6digits', 'cardbin', 'expiry', 'embedtoken']);

/**
 * An event has no id of its own. Its transaction and that one's status tell it from others, and two of the same say the same.
 * @param secrets the secret hashes that hold; several while one is being rotated
 * @throws PaymentProviderError, definite, when the header holds none of them or the body is no event
 */
export async function readFlutterwaveWebhook(
  api: FlutterwaveApi,
  secrets: readonly string[],
  raw: Buffer,
  header: string | undefined,
): Promise<ProviderEvent> {
  if (!isKnown(secrets, header ?? ''))
    throw new PaymentProviderError('The secret hash does not hold', {
      is_definite: true,
      code: 'bad_signature',
    });
  const body = jsonOf(raw);
  const payload = withoutCards(body);
  const refund = RefundEvent.safeParse(body);
  if (refund.success) return refundEvent(api, refund.data, payload);
  const charge = ChargeEvent.safeParse(body);
  if (!charge.success) return strangeEvent(raw, body, payload);
  const { event, data } = charge.data;
  const isCharge = event === 'charge.completed';
  const payment = isCharge ? paymentOf(data.tx_ref ?? '') : null;
  return {
    event_id: `${event}:${data.id}:${data.status ?? ''}`,
    type: event,
    provider_payment: payment === null ? null : (data.tx_ref ?? null),
    payment,
    ignore: payment !== null ? null : isCharge ? 'not a payment of this shop' : 'of no interest',
    payload,
  };
}

/** A refund names its transaction by a number; only Flutterwave can say which reference that is. */
async function refundEvent(
  api: FlutterwaveApi,
  { id, status, TransactionId }: z.output<typeof RefundEvent>,
  payload: unknown,
): Promise<ProviderEvent> {
  const transaction = await api.verify(Number(TransactionId));
  const payment = transaction && paymentOf(transaction.tx_ref);
  return {
    event_id: `refund:${id}:${status}`,
    type: 'refund',
    provider_payment: payment ? transaction.tx_ref : null,
    payment,
    ignore: payment ? null : 'not a payment of this shop',
    payload,
  };
}

/** Events of other shapes come too, of payouts and bills. The same bytes are the same event. */
function strangeEvent(raw: Buffer, body: unknown, payload: unknown): ProviderEvent {
  const { event } = (body ?? {}) as { event?: unknown };
  const type = typeof event === 'string' ? event.slice(0, 200) : 'unknown';
  const event_id = `${type}:${createHash('sha256').update(raw).digest('hex')}`;
  return { event_id, type, provider_payment: null, payment: null, ignore: 'of no interest', payload };
}

/** Takes as long for a wrong hash as for a right one, of any length, and for every secret there is. */
function isKnown(secrets: readonly string[], given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const theirs = digest(given);
  return secrets.reduce((isFound, secret) => timingSafeEqual(digest(secret), theirs) || isFound, false);
}

function jsonOf(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8')) as unknown;
  } catch (error) {
    throw new PaymentProviderError('The webhook holds no JSON', {
      is_definite: true,
      code: 'bad_body',
      cause: error,
    });
  }
}

/** The body for keeping, without what could identify or charge a card. */
function withoutCards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCards);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !SENSITIVE.has(name.toLowerCase()))
      .map(([name, held]) => [name, withoutCards(held)]),
  );
}
