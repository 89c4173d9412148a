import type { Shop } from '../platform/shop.ts';
import { answerOf, formerProviderOf } from './provider-of.ts';
import type { PaymentRow } from './queries.ts';
import { syncPayment } from './sync-payment.ts';

/**
 * Ends an unpaid payment at its provider. Nobody's consent is needed where the provider never heard of it, the shop has no keys for it
 * any more, money moves by hand, or all of it has gone back. Where the provider has no way to end it and no money is under way, it counts
 * as ended: whoever pays it all the same has their money booked or given back when it comes. Takes no lock; may be repeated.
 * @returns `cannot_cancel` while its money is under way
 * @throws KontorError PROVIDER_FAILED, PROVIDER_UNAVAILABLE
 */
export async function cancelAtProvider(
  shop: Shop,
  payment: PaymentRow,
): Promise<'cancelled' | 'paid' | 'cannot_cancel'> {
  const provider = formerProviderOf(shop, payment.provider);
  const { provider_payment, status } = payment;
  if (!provider) return isUnderWay(status) ? 'cannot_cancel' : 'cancelled';
  if (provider.is_manual || provider_payment === null || status === 'refunded') return 'cancelled';
  const outcome = await answerOf(provider.cancel(provider_payment));
  if (outcome !== 'cannot_cancel') return outcome;
  const { status: now, captured_minor } = await syncPayment(shop, payment.id);
  if (captured_minor > 0) return 'paid';
  return isUnderWay(now) ? 'cannot_cancel' : 'cancelled';
}

/** Money the shopper has given or promised, and nobody has yet. */
export function isUnderWay(status: PaymentRow['status']): boolean {
  return status === 'processing' || status === 'authorised';
}
