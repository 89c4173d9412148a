/** The one way news of a set-up gets in: ask the provider, then book it. Webhooks, the shopper who comes back and the clock call this. */
import { z } from 'zod';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import type { ProviderSetup } from '../providers/payment.ts';
import { keepMethod } from './keep-method.ts';
import { answerAbout, findKeeper } from './keeper-of.ts';
import {
  closeSetup,
  lockMethods,
  lockSetup,
  methodOf,
  setupById,
  staleSetups,
  updateSetup,
} from './queries.ts';

/** A form nobody has sent for so long is taken for left behind. */
const OPEN_HOURS = 24;
const CLOSED_AT_ONCE = 200;

/**
 * Brings a set-up to what its provider says now. May run twice and at the same time. One that is not ours, and one of a provider
 * the shop no longer has, is ignored.
 * @throws KontorError PROVIDER_FAILED or PROVIDER_UNAVAILABLE when the provider does not answer
 */
export async function syncSetup(shop: Shop, provider: string, provider_setup: string): Promise<void> {
  await askAboutSetup(shop, provider, provider_setup);
}

/** The same. @returns what the provider said; null when it was ignored */
export async function askAboutSetup(
  shop: Shop,
  provider: string,
  provider_setup: string,
): Promise<ProviderSetup | null> {
  const keeper = findKeeper(shop, provider);
  if (!keeper) return null;
  const truth = await answerAbout(keeper.methods.fetchSetup(provider_setup));
  return truth && (await bookSetup(shop, provider, truth)) ? truth : null;
}

/**
 * Writes what the provider says of a set-up, and keeps its method in the same transaction. Once it succeeded nothing is written
 * again: the shopper may have deleted the method since.
 * @returns false, with nothing written, when the set-up is not one of ours
 */
export async function bookSetup(shop: Shop, provider: string, truth: ProviderSetup): Promise<boolean> {
  // Others who use the same account at the provider may write anything under our name for it.
  const { success, data: id } = z.uuid().safeParse(truth.setup);
  if (!success) return false;
  return inTransaction(shop.db, async (trx) => {
    const seen = await setupById(trx, id);
    if (!seen) return false;
    await lockMethods(trx, seen.customer);
    const setup = await lockSetup(trx, id);
    if (setup?.provider !== provider) return false;
    if (setup.provider_setup !== null && setup.provider_setup !== truth.provider_setup) return false;
    if (setup.status === 'succeeded') return true;
    const { provider_setup, status, method, error_code, error_message } = truth;
    if (status !== 'succeeded') {
      await updateSetup(trx, id, { provider_setup, status, error_code, error_message });
      return true;
    }
    if (!method) throw new Error(`${provider} set-up ${provider_setup} succeeded without a method`);
    const { customer, make_default } = setup;
    const payment_method = await keepMethod(trx, { customer, provider, method, make_default });
    const end = (await methodOf(trx, customer, payment_method))
      ? { status, payment_method, error_code: null, error_message: null }
      : {
          status: 'failed' as const,
          error_code: 'method_of_another',
          error_message: 'Another account keeps it.',
        };
    await updateSetup(trx, id, { provider_setup, ...end });
    return true;
  });
}

/**
 * Closes set-ups that stayed open for a day, after the provider was asked once more: its news may have been lost. One it does not
 * answer about waits for the next time. Nothing is cancelled there; whoever still ends one is heard. May run twice.
 */
export async function closeStaleSetups(shop: Shop): Promise<void> {
  for (const { id, provider, provider_setup } of await staleSetups(shop.db, OPEN_HOURS, CLOSED_AT_ONCE)) {
    try {
      if (provider_setup !== null) await askAboutSetup(shop, provider, provider_setup);
      await closeSetup(shop.db, id);
    } catch (error) {
      shop.log.warn({ setup: id, err: error }, 'A set-up could not be compared with its provider');
    }
  }
}
