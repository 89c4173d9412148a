import type { Shop } from '../platform/shop.ts';
import { answerOf, providerOf } from './provider-of.ts';
import type { PaymentRow } from './queries.ts';

/**
 * Ends an unpaid payment at its provider. One the provider never heard of, whose money moves by hand, or whose money has all gone
 * back, needs nobody's consent. Takes no lock; may be repeated.
 * @throws KontorError PROVIDER_FAILED
 */
export async function cancelAtProvider(
  shop: Shop,
  payment: PaymentRow,
): Promise<'cancelled' | 'paid' | 'cannot_cancel'> {
  const provider = providerOf(shop, payment.provider);
  const { provider_payment, status } = payment;
  if (provider.is_manual || provider_payment === null || status === 'refunded') return 'cancelled';
  return answerOf(provider.cancel(provider_payment));
}
