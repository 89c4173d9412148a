import { KontorError } from '../errors.ts';
import type { Queryable } from '../platform/database.ts';
import { methodOf, type MethodRow } from './queries.ts';

export type RequiredMethod = Pick<
  MethodRow,
  'id' | 'provider' | 'provider_method' | 'exp_month' | 'exp_year'
>;

/** A method of the customer to pay with. @throws KontorError NOT_FOUND when it is not theirs or is gone */
export async function requireMethod(db: Queryable, customer: string, id: string): Promise<RequiredMethod> {
  const method = await methodOf(db, customer, id);
  if (!method) throw new KontorError('NOT_FOUND', { path: 'payment.payment_method' });
  const { provider, provider_method, exp_month, exp_year } = method;
  return { id: method.id, provider, provider_method, exp_month, exp_year };
}
