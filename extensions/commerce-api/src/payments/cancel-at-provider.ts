import type { Shop } from '../platform/shop.ts';
import { answerOf, providerOf } from './provider-of.ts';
import type { PaymentRow } from './queries.ts';

/**
 * Ends an unpaid payment at its provider. One the provider never heard of, or whose money moves by hand, needs nobody's consent.
 * Takes no lock; may be repeated.
 * @throws KontorError PROVIDER_FAILED
 */
export async function cancelAtProvider(
  shop: Shop,
  payment: PaymentRow,
): Promise<'cancelled' | 'paid' | 'cannot_cancel'> {
  const provider = providerOf(shop, payment.provider);
  if (provider.is_manual || payment.provider_payment === null) return 'cancelled';
  return answerOf(provider.cancel(payment.provider_payment));
}
