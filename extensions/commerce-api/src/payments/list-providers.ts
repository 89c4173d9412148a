import { shopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { isAvailable } from '../providers/guard-provider.ts';
import type { PaymentFlow } from '../providers/payment.ts';
import { isOffered } from './provider-of.ts';

export interface OfferedProvider {
  provider: string;
  title: string;
  flows: PaymentFlow[];
  is_available: boolean;
  keeps_methods: boolean;
  client_config: Record<string, string>;
}

/** The providers a shopper may choose from. Availability is what this process has seen of them last. */
export async function listProviders(shop: Shop): Promise<OfferedProvider[]> {
  const settings = await shopSettings(shop.db);
  return Object.values(shop.providers.payments)
    .filter((provider) => isOffered(provider, settings))
    .map((provider) => ({
      provider: provider.name,
      title: provider.title,
      flows: [...provider.flows],
      is_available: isAvailable(provider).is_available,
      keeps_methods: provider.methods !== null,
      client_config: provider.client_config ?? {},
    }));
}
