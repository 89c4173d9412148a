/** A shopper lets a provider keep a method: we begin, the provider's form goes on, and its news ends it. */
import type { z } from 'zod';
import { KontorError } from '../errors.ts';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError, type ProviderSetup } from '../providers/payment.ts';
import { keeperOf, methodsFailure, type Keeper } from './keeper-of.ts';
import { providerCustomer } from './provider-customer.ts';
import { countForLimits, insertSetup, lockMethods, setupById, updateSetup } from './queries.ts';
import { isOpen, setupView, type SetupView } from './setup-view.ts';
import { askAboutSetup, bookSetup } from './sync-setup.ts';

/** A bound against abuse rather than a rule of trade. */
const MAX_METHODS = 20;
/** Whoever tries stolen cards needs a set-up for every few of them; however they end, they count. */
const MAX_SETUPS_PER_HOUR = 10;

/**
 * Begins a set-up at the provider, under the customer's own account there.
 * Takes no lock while the provider is asked. A set-up whose beginning failed is over: nobody holds what could end it.
 * @throws KontorError PROVIDER_UNKNOWN, PAYMENT_METHOD_TRIES, PAYMENT_METHOD_LIMIT; PAYMENT_METHOD_REFUSED when the provider
 * refuses, PROVIDER_FAILED or PROVIDER_UNAVAILABLE when it does not answer
 */
export async function startSetup(
  shop: Shop,
  customer: string,
  input: { provider: string; make_default?: boolean | undefined },
): Promise<z.output<typeof SetupView>> {
  const keeper = keeperOf(shop, input.provider);
  const setup = shop.newId();
  await inTransaction(shop.db, async (trx) => {
    await lockMethods(trx, customer);
    const { methods, open, begun } = await countForLimits(trx, customer);
    if (begun >= MAX_SETUPS_PER_HOUR) throw new KontorError('PAYMENT_METHOD_TRIES');
    if (methods + open >= MAX_METHODS) throw new KontorError('PAYMENT_METHOD_LIMIT', { max: MAX_METHODS });
    const make_default = input.make_default ?? false;
    await insertSetup(trx, { id: setup, customer, provider: input.provider, make_default });
  });
  const truth = await startAtProvider(shop, keeper, setup, customer);
  if (!(await bookSetup(shop, input.provider, truth)))
    throw new Error(`${input.provider} answered set-up ${truth.provider_setup} for ${setup}`);
  return viewOf(shop, setup, truth);
}

/**
 * A set-up as it is now; the provider is asked while it is open.
 * @throws KontorError NOT_FOUND, PROVIDER_FAILED, PROVIDER_UNAVAILABLE
 */
export async function readSetup(
  shop: Shop,
  customer: string,
  id: string,
): Promise<z.output<typeof SetupView>> {
  const seen = await setupById(shop.db, id);
  if (seen?.customer !== customer) throw new KontorError('NOT_FOUND');
  const { provider, provider_setup } = seen;
  const asks = isOpen(seen) && provider_setup !== null;
  return viewOf(shop, id, asks ? await askAboutSetup(shop, provider, provider_setup) : null);
}

async function startAtProvider(
  shop: Shop,
  { provider, methods }: Keeper,
  setup: string,
  customer: string,
): Promise<ProviderSetup> {
  try {
    const provider_customer = await providerCustomer(shop, provider, customer);
    return await methods.startSetup({ setup, provider_customer });
  } catch (error) {
    if (!(error instanceof PaymentProviderError)) throw error;
    const { code, message, is_definite } = error;
    shop.log.warn({ setup, provider: provider.name, code, err: error }, 'A set-up could not be started');
    const status = is_definite ? 'failed' : 'cancelled';
    await updateSetup(shop.db, setup, { status, error_code: code, error_message: message });
    if (!is_definite) throw methodsFailure(error);
    throw new KontorError('PAYMENT_METHOD_REFUSED', { reason: code }, error);
  }
}

async function viewOf(
  shop: Shop,
  id: string,
  truth: ProviderSetup | null,
): Promise<z.output<typeof SetupView>> {
  const setup = await setupById(shop.db, id);
  if (!setup) throw new KontorError('NOT_FOUND');
  return setupView(shop, setup, truth);
}
