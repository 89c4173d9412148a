/**
 * What a customer has kept. One method is the default as long as there are any. Every write locks the customer's methods, so two
 * follow each other. Somebody else's method is not found.
 */
import type { z } from 'zod';
import { KontorError } from '../errors.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { forgetMethod } from './keep-method.ts';
import { answerAbout, keeperOf } from './keeper-of.ts';
import { methodView, type MethodView } from './method-view.ts';
import { deleteMethod, fillDefault, lockMethods, methodOf, methodsOf, setDefault } from './queries.ts';

/** The default one first, then the newest; those that have expired, too. */
export async function listMethods(shop: Shop, customer: string): Promise<z.output<typeof MethodView>[]> {
  return (await methodsOf(shop.db, customer)).map((method) => methodView(shop, method));
}

/** May run twice. @throws KontorError NOT_FOUND */
export async function makeDefault(
  shop: Shop,
  customer: string,
  id: string,
): Promise<z.output<typeof MethodView>> {
  return inTransaction(shop.db, async (trx) => {
    await lockMethods(trx, customer);
    await setDefault(trx, customer, id);
    const method = await methodOf(trx, customer, id);
    if (!method) throw new KontorError('NOT_FOUND');
    return methodView(shop, method);
  });
}

/**
 * Deletes a method for its owner. Our row goes first, together with the job that tells the provider: from this commit on nothing
 * in the shop can charge the method, and the provider hears of it however often it fails to answer. The other way round a crash
 * in between would leave a method that is offered and refuses to pay, and a provider that is down would keep the shopper from
 * deleting anything. When it was the default, the newest other one becomes it.
 * @throws KontorError NOT_FOUND, of two at once for the second
 */
export async function removeMethod(shop: Shop, customer: string, id: string): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    await lockMethods(trx, customer);
    const deleted = await deleteMethod(trx, customer, id);
    if (!deleted) throw new KontorError('NOT_FOUND');
    await fillDefault(trx, customer);
    await enqueue(trx, 'remove-payment-method', deleted);
  });
}

/**
 * The job: makes a deleted method useless at its provider. May run twice. News of a payment that was still under way may have
 * brought our row back meanwhile; it goes again.
 * @throws KontorError PROVIDER_FAILED, PROVIDER_UNAVAILABLE; PROVIDER_UNKNOWN while the shop does not offer the provider, so that staff see the job
 */
export async function removeAtProvider(shop: Shop, name: string, provider_method: string): Promise<void> {
  await answerAbout(keeperOf(shop, name).methods.remove(provider_method));
  await forgetMethod(shop.db, name, provider_method);
}
