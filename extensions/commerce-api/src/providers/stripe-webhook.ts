/** Stripe's webhooks: whose they are, and what they are about. What they mean is asked of Stripe afterwards. */
import Stripe from 'stripe';
import { PaymentProviderError, type ProviderEvent } from './payment.ts';

/** Everything else Stripe tells leaves our books as they are. */
const OF_INTEREST =
  /^(payment_intent|charge|refund|checkout\.session|setup_intent)\.|^payment_method\.detached$/;

/**
 * Several secrets are tried, because two hold while one is being rotated.
 * @throws PaymentProviderError `bad_signature`, definite, when no secret fits or the event is older than five minutes
 */
export function readStripeEvent(
  stripe: Stripe,
  secrets: readonly string[],
  raw: Buffer,
  signature: string | undefined,
): ProviderEvent {
  for (const secret of secrets) {
    try {
      return eventOf(stripe.webhooks.constructEvent(raw, signature ?? '', secret));
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
    }
  }
  throw new PaymentProviderError('The signature does not hold', { is_definite: true, code: 'bad_signature' });
}

interface About {
  id: string;
  object: string;
  mode?: string;
  payment_intent?: string | { id: string } | null;
  metadata?: Record<string, string> | null;
}

function eventOf(event: Stripe.Event): ProviderEvent {
  const about = (event as { data?: { object?: About } }).data?.object;
  // What Stripe sends to endpoints of its newer kind names no object.
  if (!about)
    return {
      event_id: event.id,
      type: event.type,
      provider_payment: null,
      payment: null,
      ignore: 'without an object',
      payload: event,
    };
  const provider_payment = paymentIn(about);
  const is_setup = about.object === 'setup_intent';
  const is_removal = event.type === 'payment_method.detached';
  return {
    event_id: event.id,
    type: event.type,
    provider_payment,
    // A charge has the metadata its intent had when it was made. A refund's and a dispute's are their own.
    payment: carriesOurs(about) ? (about.metadata?.['payment'] ?? null) : null,
    provider_setup: is_setup ? about.id : null,
    removed_method: is_removal ? about.id : null,
    ignore: reasonToIgnore(event, about, provider_payment !== null || is_setup || is_removal),
    payload: withoutSecret(event),
  };
}

/** Whoever holds a client secret can pay with it: it is for the shopper, and kept nowhere else. */
function withoutSecret(event: Stripe.Event): unknown {
  const { client_secret: _secret, ...object } = event.data.object as { client_secret?: string };
  return { ...event, data: { ...event.data, object } };
}

/** A session is a payment of its own; whatever else belongs to an intent names it. */
function paymentIn({ id, object, mode, payment_intent: intent }: About): string | null {
  if (object === 'payment_intent') return id;
  if (object === 'checkout.session') return mode === 'payment' ? id : null;
  return (typeof intent === 'object' ? intent?.id : intent) ?? null;
}

function carriesOurs({ object }: About): boolean {
  return object === 'payment_intent' || object === 'checkout.session' || object === 'charge';
}

function reasonToIgnore(event: Stripe.Event, about: About, is_about_ours: boolean): string | null {
  if (event.account !== undefined) return 'of another account';
  if (!OF_INTEREST.test(event.type)) return 'of no interest';
  return is_about_ours ? null : `about a ${about.object} without a payment`;
}
