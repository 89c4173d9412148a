/** The two ways a provider changes what is kept: it holds a method of a customer, or holds it no more. */
import { inTransaction, type Database, type Transaction } from '../platform/database.ts';
import type { ProviderMethod } from '../providers/payment.ts';
import {
  deleteMethod,
  fillDefault,
  lockMethods,
  methodByProviderId,
  setDefault,
  upsertMethod,
} from './queries.ts';

export interface KeptMethod {
  customer: string;
  provider: string;
  method: ProviderMethod;
  /** The first of a customer becomes the default without it. */
  make_default: boolean;
}

/**
 * Keeps a method for a customer, or writes what is new about it. May run twice: the second time inserts nothing. Whoever may be
 * told of a method again must not call this for one the shopper has deleted since; it would come back. Locks the methods of the
 * customer, after any orders and payments.
 * @returns our id. A method that another customer has stays theirs, with nothing written, and its id is answered.
 */
export async function keepMethod(
  trx: Transaction,
  { customer, provider, method, make_default }: KeptMethod,
): Promise<string> {
  await lockMethods(trx, customer);
  const id = await upsertMethod(trx, customer, provider, presentable(method));
  if (id === undefined) {
    const others = await methodByProviderId(trx, provider, method.provider_method);
    if (!others) throw new Error(`${provider} method ${method.provider_method} vanished while it was kept`);
    return others.id;
  }
  if (make_default) await setDefault(trx, customer, id);
  else await fillDefault(trx, customer);
  return id;
}

/** A method is gone at its provider: it goes here, too, and the newest other one becomes the default. May run twice. */
export async function forgetMethod(db: Database, provider: string, provider_method: string): Promise<void> {
  const known = await methodByProviderId(db, provider, provider_method);
  if (!known) return;
  await inTransaction(db, async (trx) => {
    await lockMethods(trx, known.customer);
    await deleteMethod(trx, known.customer, known.id);
    await fillDefault(trx, known.customer);
  });
}

/** No more of a number than may be shown, whatever a provider takes for the last digits of its methods. */
function presentable(method: ProviderMethod): ProviderMethod {
  return { ...method, brand: method.brand?.slice(0, 32) ?? null, last4: method.last4?.slice(-4) ?? null };
}
