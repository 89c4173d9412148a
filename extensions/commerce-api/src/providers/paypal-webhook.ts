/**
 * PayPal's webhooks: checked here, without asking PayPal to check them. An event only says which payment to ask about.
 * Source of the signed text: developer.paypal.com, Integrate webhooks, "Self verification method".
 */
import { verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import type { Env } from '../platform/env.ts';
import { isUnknown, type PayPalApi } from './paypal-api.ts';
import { payPalCertificates } from './paypal-certificate.ts';
import { PaymentProviderError, type ProviderEvent } from './payment.ts';
import { jsonOf } from './provider-http.ts';

/**
 * PayPal delivers again for three days, and does not say whether with the first signature or a new one: either is taken.
 * An older message is somebody's copy; a younger copy is known by the event's id, and makes nobody do more than ask PayPal.
 */
const LONGEST_UNDERWAY_MS = 4 * 24 * 60 * 60 * 1000;
const CLOCKS_MAY_DIFFER_MS = 60 * 60 * 1000;

const OF_INTEREST = /^(CHECKOUT\.ORDER|CHECKOUT\.PAYMENT-APPROVAL|PAYMENT\.(CAPTURE|AUTHORIZATION|REFUND))\./;

const Merchant = z.object({ merchant_id: z.string().optional() }).optional();
const Resource = z.object({
  id: z.string().optional(),
  custom_id: z.string().optional(),
  order_id: z.string().optional(),
  payee: Merchant,
  payer: Merchant,
  purchase_units: z.array(z.object({ custom_id: z.string().optional(), payee: Merchant })).optional(),
  supplementary_data: z
    .object({ related_ids: z.object({ order_id: z.string().optional() }).optional() })
    .optional(),
  links: z.array(z.object({ href: z.string(), rel: z.string() })).default([]),
});
type Resource = z.output<typeof Resource>;
const Envelope = z.object({
  id: z.string().min(1),
  event_type: z.string(),
  resource_type: z.string().optional(),
  resource: z.unknown(),
});

export interface PayPalWebhooks {
  read: (raw: Buffer, headers: Record<string, string | undefined>) => Promise<ProviderEvent>;
  /** What orders of ours say of whose they are: events of others can be told apart from then on. */
  learnMerchant: (merchant_id: string | undefined) => void;
}

export function payPalWebhooks(env: Env, api: PayPalApi, now: () => number = Date.now): PayPalWebhooks {
  const certificateAt = payPalCertificates(env, now);
  let ours: string | undefined;

  async function checkSignature(raw: Buffer, headers: Record<string, string | undefined>): Promise<void> {
    const id = headers['paypal-transmission-id'] ?? '';
    const time = headers['paypal-transmission-time'] ?? '';
    const signature = headers['paypal-transmission-sig'] ?? '';
    const age_ms = now() - Date.parse(time);
    const isComplete = id !== '' && signature !== '' && env.PAYPAL_WEBHOOK_ID !== '';
    if (!isComplete || headers['paypal-auth-algo'] !== 'SHA256withRSA') throw badSignature();
    // Not a moment at all compares as false.
    if (!(age_ms <= LONGEST_UNDERWAY_MS && age_ms >= -CLOCKS_MAY_DIFFER_MS)) throw badSignature();
    const { publicKey } = await certificateAt(headers['paypal-cert-url'] ?? '');
    const signed = Buffer.from(`${id}|${time}|${env.PAYPAL_WEBHOOK_ID}|${crc32(raw)}`);
    const isRsa = publicKey.asymmetricKeyType === 'rsa';
    if (!isRsa || !verify('sha256', signed, publicKey, Buffer.from(signature, 'base64')))
      throw badSignature();
  }

  return {
    async read(raw, headers) {
      await checkSignature(raw, headers);
      const event = Envelope.safeParse(jsonOf(raw.toString('utf8'))).data;
      if (!event)
        throw new PaymentProviderError('The event cannot be read', { is_definite: true, code: 'bad_event' });
      const { id: event_id, event_type: type } = event;
      const nothing = { event_id, type, provider_payment: null, payment: null, payload: event };
      const resource = OF_INTEREST.test(type) ? Resource.safeParse(event.resource).data : undefined;
      if (!resource) return { ...nothing, ignore: 'of no interest' };
      const isRefund = event.resource_type === 'refund';
      const merchant = merchantOf(resource, isRefund);
      if (ours !== undefined && merchant !== undefined && merchant !== ours) {
        return { ...nothing, ignore: 'of another account' };
      }
      const unit = resource.purchase_units?.[0];
      // A refund carries our refund's id, or whatever its capture carried.
      const payment = isRefund ? null : (unit?.custom_id ?? resource.custom_id ?? null);
      const provider_payment = type.startsWith('CHECKOUT.ORDER.')
        ? (resource.id ?? null)
        : await orderOf(api, resource);
      if (provider_payment === null && payment === null) return { ...nothing, ignore: 'of no order' };
      return { ...nothing, provider_payment, payment };
    },
    learnMerchant(merchant_id) {
      ours ??= merchant_id;
    },
  };
}

/**
 * The order something belongs to. A refund knows its capture only, and the capture its order: that one is asked for.
 * @throws PaymentProviderError, never definite: the event is good, and comes again
 */
async function orderOf(api: PayPalApi, resource: Resource): Promise<string | null> {
  const named = resource.supplementary_data?.related_ids?.order_id ?? resource.order_id;
  if (named) return named;
  const ups = resource.links.filter(({ rel }) => rel === 'up').map(({ href }) => href);
  const order = idIn(ups, /\/v2\/checkout\/orders\/([A-Z0-9]+)$/);
  const capture = idIn(ups, /\/v2\/payments\/captures\/([A-Z0-9]+)$/);
  if (order || !capture) return order;
  try {
    const found = Resource.safeParse(await api.get(`/v2/payments/captures/${capture}`)).data;
    return (
      found?.supplementary_data?.related_ids?.order_id ??
      idIn(found?.links.map(({ href }) => href) ?? [], /\/v2\/checkout\/orders\/([A-Z0-9]+)$/)
    );
  } catch (error) {
    if (isUnknown(error)) return null;
    if (!(error instanceof PaymentProviderError) || !error.is_definite) throw error;
    throw new PaymentProviderError(error.message, { is_definite: false, code: error.code, cause: error });
  }
}

function idIn(addresses: string[], pattern: RegExp): string | null {
  for (const address of addresses) {
    const id = pattern.exec(address)?.[1];
    if (id) return id;
  }
  return null;
}

/** Who got the money; of a refund, who pays it. */
function merchantOf({ payee, payer, purchase_units }: Resource, isRefund: boolean): string | undefined {
  return (payee ?? purchase_units?.[0]?.payee ?? (isRefund ? payer : undefined))?.merchant_id;
}

function badSignature(): PaymentProviderError {
  return new PaymentProviderError('The signature does not hold', {
    is_definite: true,
    code: 'bad_signature',
  });
}
