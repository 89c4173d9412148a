import { KontorError } from '../errors.ts';
import { providerFailure } from '../payments/provider-of.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError, type PaymentProvider, type SavedMethods } from '../providers/payment.ts';

export interface Keeper {
  provider: PaymentProvider;
  methods: SavedMethods;
}

/** The provider as one that keeps methods. @throws KontorError PROVIDER_UNKNOWN when the shop has none of that name that does */
export function keeperOf(shop: Shop, name: string): Keeper {
  const keeper = findKeeper(shop, name);
  if (!keeper) {
    throw new KontorError('PROVIDER_UNKNOWN', {
      message: 'This shop keeps no payment methods with that provider.',
      path: 'provider',
      offered: Object.keys(shop.providers.payments).filter((each) => findKeeper(shop, each)),
    });
  }
  return keeper;
}

export function findKeeper(shop: Shop, name: string): Keeper | null {
  const provider = Object.hasOwn(shop.providers.payments, name) ? shop.providers.payments[name] : undefined;
  return provider?.methods ? { provider, methods: provider.methods } : null;
}

/**
 * What a provider answers about methods.
 * @throws KontorError PROVIDER_FAILED or PROVIDER_UNAVAILABLE when it gives no answer, so that callers hear why and jobs are
 * repeated
 */
export async function answerAbout<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof PaymentProviderError ? methodsFailure(error) : error;
  }
}

/** As of a payment, but for the words: the usual ones are about an order. */
export function methodsFailure(error: PaymentProviderError): KontorError {
  const failure = providerFailure(error);
  if (failure.code !== 'PROVIDER_FAILED') return failure;
  const message = 'The payment provider did not answer as it should. Nothing was kept; try again.';
  return new KontorError(failure.code, { ...failure.extensions, message }, error);
}
