/** Stripe's payment intents and Checkout Sessions in the words of the port. */
import type Stripe from 'stripe';
import type { Env } from '../platform/env.ts';
import type { ProviderDispute, ProviderPayment, ProviderRefund, ProviderStatus } from './payment.ts';
import { fromStripe, nearestFromStripe } from './stripe-amounts.ts';
import { methodOf } from './stripe-methods.ts';

const STATUSES: Record<string, ProviderStatus> = {
  requires_payment_method: 'pending',
  requires_confirmation: 'pending',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'authorised',
  succeeded: 'paid',
  canceled: 'cancelled',
};

const DISPUTE_STATUSES: Record<string, ProviderDispute['status']> = {
  needs_response: 'open',
  warning_needs_response: 'open',
  appeal_needs_response: 'open',
  under_review: 'under_review',
  warning_under_review: 'under_review',
  appeal_under_review: 'under_review',
  won: 'won',
  lost: 'lost',
  warning_closed: 'closed',
  prevented: 'closed',
};

/** Money that moved, or is about to: it counts, whatever else is said. */
export const MONEY_STATUSES: readonly ProviderStatus[] = ['processing', 'authorised', 'paid'];

/** What belongs to a payment and must be asked for. */
export interface Related {
  refunds?: Stripe.Refund[];
  disputes?: Stripe.Dispute[];
}

export function paymentOfIntent(
  intent: Stripe.PaymentIntent,
  env: Env,
  related: Related = {},
): ProviderPayment {
  const charge = chargeOf(intent);
  const refunds = (related.refunds ?? []).filter((refund) => !isRelease(refund, charge)).map(refundOf);
  const error = intent.last_payment_error;
  // A declined card leaves the intent waiting for another one; for us that attempt failed.
  const status =
    intent.status === 'requires_payment_method' && error
      ? 'failed'
      : (STATUSES[intent.status] ?? 'processing');
  return {
    provider_payment: intent.id,
    payment: intent.metadata['payment'] ?? null,
    status,
    amount_minor: fromStripe(intent.amount, intent.currency),
    currency: intent.currency.toUpperCase(),
    captured_minor: fromStripe(intent.amount_received, intent.currency),
    refunded_minor: refunds
      .filter((refund) => refund.status === 'succeeded')
      .reduce((sum, { amount_minor }) => sum + amount_minor, 0),
    refunds,
    disputes: (related.disputes ?? []).map(disputeOf),
    capture_before:
      status === 'authorised' ? momentOf(charge?.payment_method_details?.card?.capture_before) : null,
    saved_method: MONEY_STATUSES.includes(status) ? savedMethod(intent) : null,
    client_data: {
      client_secret: intent.client_secret,
      publishable_key: env.STRIPE_PUBLISHABLE_KEY || null,
      redirect_url: intent.next_action?.redirect_to_url?.url ?? null,
      // Without a storefront's Payment Element at hand: the emulator's own page.
      ...(env.STRIPE_API_URL && { emulator_page: `${env.STRIPE_API_URL}/pay/${intent.id}` }),
    },
    error_code: error?.decline_code ?? error?.code ?? null,
    error_message: error?.message ?? null,
  };
}

/**
 * A session answers for its intent, which exists only once the shopper has submitted the page. While it is open the shopper may
 * try again, so a declined card fails nothing; once it is complete the intent says how it stands, and where that waits for a bank,
 * `processing`.
 */
export function paymentOfSession(
  session: Stripe.Checkout.Session,
  env: Env,
  related: Related = {},
): ProviderPayment {
  const intent = intentOf(session);
  const behind = intent && paymentOfIntent(intent, env, related);
  const currency = (session.currency ?? intent?.currency ?? '').toUpperCase();
  return {
    ...(behind ?? {
      captured_minor: 0,
      refunded_minor: 0,
      refunds: [],
      disputes: [],
      capture_before: null,
      saved_method: null,
      error_code: null,
      error_message: null,
      amount_minor: fromStripe(session.amount_total ?? 0, currency),
      currency,
    }),
    provider_payment: session.id,
    payment: session.metadata?.['payment'] ?? behind?.payment ?? null,
    status: sessionStatus(session, behind?.status ?? null),
    client_data: { redirect_url: session.url },
  };
}

function sessionStatus(session: Stripe.Checkout.Session, behind: ProviderStatus | null): ProviderStatus {
  if (behind && MONEY_STATUSES.includes(behind)) return behind;
  if (session.status === 'expired') return 'cancelled';
  if (session.status !== 'complete') return 'pending';
  return behind === null || behind === 'pending' ? 'processing' : behind;
}

export function chargeOf({ latest_charge }: Stripe.PaymentIntent): Stripe.Charge | null {
  return typeof latest_charge === 'object' ? latest_charge : null;
}

export function intentOf({ payment_intent }: Stripe.Checkout.Session): Stripe.PaymentIntent | null {
  return typeof payment_intent === 'object' ? payment_intent : null;
}

function savedMethod({ setup_future_usage, payment_method }: Stripe.PaymentIntent) {
  if (!setup_future_usage || typeof payment_method !== 'object' || !payment_method?.customer) return null;
  return methodOf(payment_method);
}

/**
 * Stripe books what is given up of an authorised amount as refunded. Nothing was taken of it, so it has no balance transaction;
 * that this tells the two apart is an assumption.
 */
function isRelease(refund: Stripe.Refund, charge: Stripe.Charge | null): boolean {
  if (refund.metadata?.['refund'] || refund.balance_transaction !== null || refund.status !== 'succeeded')
    return false;
  return charge !== null && charge.amount_captured < charge.amount;
}

function refundOf({ id, metadata, amount, currency, status }: Stripe.Refund): ProviderRefund {
  return {
    provider_refund: id,
    refund: metadata?.['refund'] ?? null,
    amount_minor: fromStripe(amount, currency),
    status: refundStatus(status),
  };
}

export function refundStatus(status: string | null): ProviderRefund['status'] {
  if (status === 'succeeded') return 'succeeded';
  return status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
}

/** An appeal opens a lost dispute again. A status we do not know is open, so that somebody looks. */
function disputeOf(dispute: Stripe.Dispute): ProviderDispute {
  return {
    provider_dispute: dispute.id,
    status: DISPUTE_STATUSES[dispute.status] ?? 'open',
    reason: dispute.reason || null,
    amount_minor: nearestFromStripe(dispute.amount, dispute.currency),
    currency: dispute.currency.toUpperCase(),
    // 0 where the bank takes no answer.
    evidence_due_at: momentOf(dispute.evidence_details.due_by || null),
  };
}

function momentOf(unix_seconds: number | null | undefined): Date | null {
  return unix_seconds == null ? null : new Date(unix_seconds * 1000);
}
