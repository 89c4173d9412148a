import { isKontorError, KontorError } from '../errors.ts';
import type { ShopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError, type PaymentProvider } from '../providers/payment.ts';

/** @throws KontorError PROVIDER_UNKNOWN when the shop does not offer it */
export function providerOf(shop: Shop, name: string): PaymentProvider {
  const provider = Object.hasOwn(shop.providers.payments, name) ? shop.providers.payments[name] : undefined;
  if (!provider) {
    throw new KontorError('PROVIDER_UNKNOWN', {
      path: 'payment.provider',
      offered: Object.values(shop.providers.payments).flatMap((each) =>
        each.pays_on_delivery ? [] : [each.name],
      ),
    });
  }
  return provider;
}

/** Whether a shopper may choose it: paying at the door is for the shop's settings to say. */
export function isOffered(
  { pays_on_delivery = false }: PaymentProvider,
  { cash_on_delivery }: Pick<ShopSettings, 'cash_on_delivery'>,
): boolean {
  return cash_on_delivery || !pays_on_delivery;
}

/** The provider of a payment that was begun before; null when its keys have been taken from the shop since. */
export function formerProviderOf(shop: Shop, name: string): PaymentProvider | null {
  return (Object.hasOwn(shop.providers.payments, name) && shop.providers.payments[name]) || null;
}

/**
 * What a provider answers.
 * @throws KontorError PROVIDER_UNAVAILABLE while it is left alone because it has been failing, PROVIDER_FAILED when it gives no
 * answer or refuses, so that callers hear why and jobs are repeated
 */
export async function answerOf<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof PaymentProviderError) throw providerFailure(error);
    throw error;
  }
}

export function providerFailure(error: PaymentProviderError): KontorError {
  const { code, retry_after_s } = error;
  return code === 'circuit_open'
    ? new KontorError('PROVIDER_UNAVAILABLE', { retry_after_s }, error)
    : new KontorError('PROVIDER_FAILED', { reason: code }, error);
}

/** Whether an error of ours says that a provider gave no answer. */
export function isProviderFailure(error: unknown): error is KontorError {
  return isKontorError(error, 'PROVIDER_FAILED') || isKontorError(error, 'PROVIDER_UNAVAILABLE');
}
