/**
 * An order of PayPal in the words of the port. An order says COMPLETED once the shop has asked for the money: whether any came is
 * said by its captures and authorizations alone.
 */
import { z } from 'zod';
import { minorOfPayPal } from './paypal-amount.ts';
import {
  PaymentProviderError,
  type ProviderPayment,
  type ProviderRefund,
  type ProviderStatus,
} from './payment.ts';

const Money = z.object({ currency_code: z.string(), value: z.string() });
const Links = z.array(z.object({ href: z.string(), rel: z.string() })).default([]);
const Part = z.object({
  id: z.string(),
  status: z.string(),
  amount: Money,
  custom_id: z.string().optional(),
  status_details: z.object({ reason: z.string().optional() }).optional(),
  links: Links,
});
const Authorization = Part.extend({ expiration_time: z.string().optional() });

const Order = z.object({
  id: z.string(),
  intent: z.enum(['CAPTURE', 'AUTHORIZE']),
  status: z.string(),
  create_time: z.string().optional(),
  update_time: z.string().optional(),
  links: Links,
  purchase_units: z
    .array(
      z.object({
        amount: Money,
        custom_id: z.string().optional(),
        payee: z.object({ merchant_id: z.string().optional() }).optional(),
        payments: z
          .object({
            authorizations: z.array(Authorization).default([]),
            captures: z.array(Part).default([]),
            refunds: z.array(Part).default([]),
          })
          .default({ authorizations: [], captures: [], refunds: [] }),
      }),
    )
    .min(1),
});

export type PayPalOrder = z.output<typeof Order>;
export type PayPalRefund = z.output<typeof Part>;

/** @throws PaymentProviderError, not definite: PayPal did what it was asked, and we cannot read what */
export function readOrder(body: unknown): PayPalOrder {
  return read(Order, body);
}

/** @throws PaymentProviderError, not definite */
export function readRefund(body: unknown): PayPalRefund {
  return read(Part, body);
}

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new PaymentProviderError('PayPal’s answer could not be read', {
    is_definite: false,
    code: 'unreadable_answer',
    cause: result.error,
  });
}

const REFUND_STATUSES: Record<string, ProviderRefund['status']> = {
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'failed',
};

export function refundStatus({ status }: PayPalRefund): ProviderRefund['status'] {
  return REFUND_STATUSES[status] ?? 'pending';
}

const DENIED = new Set(['DECLINED', 'DENIED', 'FAILED']);

/** What has been refunded says so in its status, and was taken all the same. */
const TAKEN = new Set(['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED']);

export function takenCaptures(order: PayPalOrder): PayPalRefund[] {
  return unitOf(order).payments.captures.filter(({ status }) => TAKEN.has(status));
}

export function unitOf(order: PayPalOrder): PayPalOrder['purchase_units'][number] {
  return order.purchase_units[0]!;
}

/** @throws PaymentProviderError, not definite, for an amount that cannot be read */
export function providerPayment(order: PayPalOrder): ProviderPayment {
  const unit = unitOf(order);
  const { refunds, captures, authorizations } = unit.payments;
  const gone = refunds.filter((refund) => refundStatus(refund) === 'succeeded');
  const status = statusOf(order);
  const denied = [...captures, ...authorizations].filter((part) => DENIED.has(part.status));
  const culprit = status === 'cancelled' ? denied.at(0) : undefined;
  const reserved = status === 'authorised' ? authorizations.at(-1) : undefined;
  return {
    provider_payment: order.id,
    payment: unit.custom_id ?? null,
    status,
    ...termsOf(order, status),
    captured_minor: sum(takenCaptures(order)),
    refunded_minor: sum(gone),
    refunds: refunds.map((refund) => ({
      provider_refund: refund.id,
      // What a refund is not given it has from its capture: our payment's id where it was made at PayPal.
      refund: refund.custom_id === unit.custom_id ? null : (refund.custom_id ?? null),
      amount_minor: minorOfPayPal(refund.amount),
      status: refundStatus(refund),
    })),
    // Orders do not tell of disputes; PayPal's resolution centre does.
    disputes: [],
    capture_before: reserved?.expiration_time ? new Date(reserved.expiration_time) : null,
    saved_method: null,
    client_data: { redirect_url: linkOf(order.links, 'payer-action', 'approve') },
    error_code: culprit ? (culprit.status_details?.reason ?? culprit.status) : null,
    error_message: culprit ? 'PayPal could not take the money' : null,
  };
}

/**
 * What it is about: what the order asks for, unless something else was reserved or taken. Only of an authorised amount may the
 * shop take less.
 */
function termsOf(order: PayPalOrder, status: ProviderStatus): { amount_minor: number; currency: string } {
  const asked = unitOf(order).amount;
  const asked_minor = minorOfPayPal(asked);
  const taken = takenCaptures(order);
  const stranger = taken.find(({ amount }) => amount.currency_code !== asked.currency_code);
  if (stranger) return termsIn(stranger.amount);
  const reserved = unitOf(order).payments.authorizations.at(-1);
  if (status === 'authorised' && reserved) return termsIn(reserved.amount);
  const taken_minor = sum(taken);
  const isOff = taken_minor > asked_minor || (order.intent === 'CAPTURE' && taken_minor !== asked_minor);
  return taken.length > 0 && isOff ? { ...termsIn(asked), amount_minor: taken_minor } : termsIn(asked);
}

function termsIn(amount: z.output<typeof Money>): { amount_minor: number; currency: string } {
  return { amount_minor: minorOfPayPal(amount), currency: amount.currency_code };
}

/** The first of these links. */
export function linkOf(links: { href: string; rel: string }[], ...rels: string[]): string | null {
  return links.find(({ rel }) => rels.includes(rel))?.href ?? null;
}

/**
 * `PAYER_ACTION_REQUIRED` is where an order begins and says nothing of a shopper who has begun: it waits for the shopper, as
 * `CREATED` does.
 */
function statusOf(order: PayPalOrder): ProviderStatus {
  if (order.status === 'APPROVED') return 'approved';
  const { captures, authorizations } = unitOf(order).payments;
  if (takenCaptures(order).length > 0) return 'paid';
  if (captures.some(({ status }) => status === 'PENDING')) return 'processing';
  const last = authorizations.at(-1)?.status;
  if (last === 'CREATED') return 'authorised';
  if (order.status === 'VOIDED' || last === 'VOIDED' || last === 'EXPIRED') return 'cancelled';
  // An order is captured or authorised once: whoever wants to pay after all needs another.
  if (last === 'DENIED' || captures.length > 0) return 'cancelled';
  if (last !== undefined || order.status === 'COMPLETED') return 'processing';
  return 'pending';
}

function sum(parts: PayPalRefund[]): number {
  return parts.reduce((total, { amount }) => total + minorOfPayPal(amount), 0);
}
