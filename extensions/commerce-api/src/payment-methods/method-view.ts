/** A kept method as the store answers it. The provider's id of it stays here: nobody else could use it, and nobody needs it. */
import { z } from 'zod';
import type { Shop } from '../platform/shop.ts';
import type { MethodRow } from './queries.ts';

export const MethodView = z
  .strictObject({
    id: z.uuid(),
    provider: z.string(),
    brand: z.string().nullable(),
    last4: z.string().nullable(),
    exp_month: z.int().nullable(),
    exp_year: z.int().nullable(),
    is_default: z.boolean(),
    is_expired: z.boolean(),
  })
  .meta({ id: 'PaymentMethod' });

export function methodView(shop: Shop, method: MethodRow): z.output<typeof MethodView> {
  const { id, provider, brand, last4, exp_month, exp_year, is_default } = method;
  const is_expired = isExpired(method, shop.now());
  return { id, provider, brand, last4, exp_month, exp_year, is_default, is_expired };
}

/** A method is good to the end of its month, in UTC. One without a month does not expire. */
export function isExpired(
  { exp_month, exp_year }: Pick<MethodRow, 'exp_month' | 'exp_year'>,
  now: Date,
): boolean {
  if (exp_month === null || exp_year === null) return false;
  // Months count from 0 here, so this is the first moment of the month after.
  return now.getTime() >= Date.UTC(exp_year, exp_month, 1);
}
