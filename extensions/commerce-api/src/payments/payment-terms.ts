/** How a shopper, or staff in their place, mean to pay, and what a provider is asked for it with. */
import { KontorError } from '../errors.ts';
import type { OrderRow } from '../orders/queries.ts';
import { requireMethod } from '../payment-methods/require-method.ts';
import type { Queryable } from '../platform/database.ts';
import { shopSettings, type ShopSettings } from '../platform/settings.ts';
import type { PaymentFlow, PaymentProvider } from '../providers/payment.ts';
import { isOffered } from './provider-of.ts';
import type { PaymentRow, PaymentTerms } from './queries.ts';

export interface PaymentWish {
  /** The provider's first when not given. */
  flow?: PaymentFlow | undefined;
  return_url?: string | undefined;
  cancel_url?: string | undefined;
  /** A kept method of the customer's. */
  payment_method?: string | undefined;
  /** Keep the method for later purchases. */
  save_method?: boolean | undefined;
  off_session?: boolean | undefined;
}

export type PaymentSettings = Pick<
  ShopSettings,
  'payment_capture' | 'statement_descriptor' | 'storefront_url' | 'cash_on_delivery'
>;

/**
 * What a payment of this order is asked for with. One by a kept method shows no page of the provider's first.
 * @throws KontorError PROVIDER_UNKNOWN where cash on delivery is not offered; PAYMENT_FLOW_UNKNOWN; RETURN_URL_MISSING where the
 * provider's page needs an address to come back to and the shop has none either; METHODS_NOT_KEPT; NOT_FOUND for a kept method that
 * is not this customer's at this provider
 */
export async function paymentTerms(
  db: Queryable,
  provider: PaymentProvider,
  customer: string | null,
  wish: PaymentWish,
  settings: PaymentSettings,
): Promise<PaymentTerms> {
  if (!isOffered(provider, settings)) throw new KontorError('PROVIDER_UNKNOWN', { path: 'payment.provider' });
  const method = await methodOf(db, provider, customer, wish);
  const flow = wish.flow ?? provider.flows[0] ?? 'offline';
  if (!provider.flows.includes(flow) || (method !== null && !provider.flows.includes('element')))
    throw new KontorError('PAYMENT_FLOW_UNKNOWN', { path: 'payment.flow', offered: provider.flows });
  const return_url = wish.return_url ?? settings.storefront_url;
  if (flow === 'hosted' && return_url === null)
    throw new KontorError('RETURN_URL_MISSING', { path: 'payment.return_url' });
  const save_method = wish.save_method ?? false;
  if (save_method && (provider.methods === null || customer === null))
    throw new KontorError('METHODS_NOT_KEPT', { path: 'payment.save_method' });
  return {
    capture: provider.capture !== null && settings.payment_capture === 'later' ? 'later' : 'now',
    flow: method === null ? flow : 'element',
    payment_method: wish.payment_method ?? null,
    request: {
      return_url,
      cancel_url: wish.cancel_url ?? return_url,
      statement_descriptor: settings.statement_descriptor,
      save_method,
      off_session: wish.off_session ?? false,
      provider_method: method,
    },
  };
}

async function methodOf(
  db: Queryable,
  provider: PaymentProvider,
  customer: string | null,
  { payment_method }: PaymentWish,
): Promise<string | null> {
  if (payment_method === undefined) return null;
  const path = 'payment.payment_method';
  if (customer === null) throw new KontorError('NOT_FOUND', { path });
  const method = await requireMethod(db, customer, payment_method);
  if (method.provider !== provider.name) throw new KontorError('NOT_FOUND', { path });
  return method.provider_method;
}

/**
 * The terms of a payment that takes another's place while no shopper is there to say how: as before, where it is the same provider, but
 * not by a kept method, which would be charged at once.
 */
export async function renewedTerms(
  db: Queryable,
  provider: PaymentProvider,
  { customer }: Pick<OrderRow, 'customer'>,
  before: PaymentRow | undefined,
): Promise<PaymentTerms> {
  const settings = { ...(await shopSettings(db)), cash_on_delivery: true };
  const same = before?.provider === provider.name ? before : undefined;
  const return_url = before?.request?.return_url ?? undefined;
  const cancel_url = before?.request?.cancel_url ?? undefined;
  const flow = same?.flow ?? undefined;
  return paymentTerms(db, provider, customer, { return_url, cancel_url, flow }, settings);
}
