import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError, type PaymentProvider } from '../providers/payment.ts';

/** @throws KontorError PROVIDER_UNKNOWN when the shop does not offer it */
export function providerOf(shop: Shop, name: string): PaymentProvider {
  const provider = Object.hasOwn(shop.providers.payments, name) ? shop.providers.payments[name] : undefined;
  if (!provider) {
    throw new KontorError('PROVIDER_UNKNOWN', {
      path: 'payment.provider',
      offered: Object.keys(shop.providers.payments),
    });
  }
  return provider;
}

/**
 * What a provider answers.
 * @throws KontorError PROVIDER_FAILED when it gives no answer, so that callers hear why and jobs are repeated
 */
export async function answerOf<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof PaymentProviderError)
      throw new KontorError('PROVIDER_FAILED', { reason: error.code }, error);
    throw error;
  }
}
