import { KontorError } from '../errors.ts';
import type { Shop } from '../platform/shop.ts';
import type { PaymentProvider } from '../providers/payment.ts';
import { insertProviderCustomer, personOf, providerCustomerOf } from './queries.ts';

/**
 * Who the customer is at the provider, made there the first time. Call it outside of a transaction: the provider is asked. Of two
 * at once that make one, the first to be written is used by both.
 * @throws PaymentProviderError as the provider does; KontorError PROVIDER_UNKNOWN when it keeps no methods, NOT_FOUND without such
 * a customer
 */
export async function providerCustomer(
  shop: Shop,
  provider: PaymentProvider,
  customer: string,
): Promise<string> {
  const known = await providerCustomerOf(shop.db, provider.name, customer);
  if (known !== undefined) return known;
  if (!provider.methods) throw new KontorError('PROVIDER_UNKNOWN', { path: 'payment.provider' });
  const person = await personOf(shop.db, customer);
  if (!person) throw new KontorError('NOT_FOUND');
  const made = await provider.methods.createCustomer({ customer, ...person });
  await insertProviderCustomer(shop.db, provider.name, customer, made);
  const kept = await providerCustomerOf(shop.db, provider.name, customer);
  if (kept === undefined)
    throw new Error(`${provider.name} answered customer ${made}, who is somebody else here`);
  return kept;
}
