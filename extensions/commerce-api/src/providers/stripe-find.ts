/** Looking for a payment of ours at Stripe by what we wrote into its metadata. */
import type Stripe from 'stripe';
import type { PaymentProvider } from './payment.ts';
import { intentOf } from './stripe-payment.ts';
import { createdSince } from './stripe-read.ts';

/** The nearer to our money, the sooner it is the one that is meant. One that never takes any is none. */
const NEAREST: readonly string[] = [
  'succeeded',
  'requires_capture',
  'processing',
  'requires_action',
  'open',
  'requires_confirmation',
  'requires_payment_method',
];

type Candidate = { id: string; standing: string };

/**
 * The id of the session or intent that was made for an attempt; of several, which can be where Stripe forgot a key, the one whose
 * money is nearest. Null where none is left that could take money. Stripe cannot be asked for metadata without a delay of its own
 * (its search runs behind), so everything created since is looked through, page by page.
 */
export async function findStripePayment(
  stripe: Stripe,
  { payment, attempt, since }: Parameters<PaymentProvider['find']>[0],
): Promise<string | null> {
  const isOurs = ({ metadata }: { metadata: Stripe.Metadata | null }) =>
    metadata?.['payment'] === payment && (metadata['attempt'] ?? String(attempt)) === String(attempt);
  const params = { created: createdSince(since), limit: 100 };
  const found: Candidate[] = [];
  const known = new Set<string>();
  for await (const session of stripe.checkout.sessions.list({ ...params, expand: ['data.payment_intent'] })) {
    if (!isOurs(session)) continue;
    const intent = intentOf(session);
    if (intent) known.add(intent.id);
    found.push({ id: session.id, standing: standingOf(session, intent) });
  }
  for await (const intent of stripe.paymentIntents.list(params)) {
    if (isOurs(intent) && !known.has(intent.id)) found.push({ id: intent.id, standing: intent.status });
  }
  const able = found.filter(({ standing }) => NEAREST.includes(standing));
  able.sort((a, b) => NEAREST.indexOf(a.standing) - NEAREST.indexOf(b.standing));
  return able[0]?.id ?? null;
}

function standingOf(session: Stripe.Checkout.Session, intent: Stripe.PaymentIntent | null): string {
  if (session.status === 'expired') return 'expired';
  if (session.status === 'open') return 'open';
  return intent?.status ?? 'processing';
}
