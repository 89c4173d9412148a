import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import type { PaymentProvider } from '../providers/payment.ts';

/** @throws KontorError PROVIDER_UNKNOWN when the shop does not offer it */
export function providerOf(shop: Shop, name: string): PaymentProvider {
  const provider = Object.hasOwn(shop.providers.payments, name) ? shop.providers.payments[name] : undefined;
  if (!provider) {
    throw new KontorError('PROVIDER_UNKNOWN', { path: 'payment.provider', offered: Object.keys(shop.providers.payments) });
  }
  return provider;
}
