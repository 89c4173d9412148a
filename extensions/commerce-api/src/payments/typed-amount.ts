/** Amounts as staff type them into a form. */
import { toMinor } from '../core/money.ts';
import { KontorError } from '../errors.ts';
import { orderById } from '../orders/queries.ts';
import type { Shop } from '../platform/shop.ts';

/**
 * Reads an amount as people write it, `12.50`, in the currency of the order; nothing means all that is left.
 * @throws KontorError NOT_FOUND; INVALID_PAYLOAD when it is no amount in that currency, or nothing
 */
export async function typedAmount(
  shop: Shop,
  order: string,
  amount: string | undefined,
): Promise<{ amount_minor?: number }> {
  if (amount === undefined) return {};
  const found = await orderById(shop.db, order);
  if (!found) throw new KontorError('NOT_FOUND', { order });
  const amount_minor = minorOf(amount, found.currency);
  if (amount_minor <= 0)
    throw new KontorError('INVALID_PAYLOAD', { path: 'amount', message: 'amount: must be more than 0' });
  return { amount_minor };
}

function minorOf(amount: string, currency: string): number {
  try {
    return toMinor(amount, currency);
  } catch (error) {
    throw new KontorError('INVALID_PAYLOAD', { path: 'amount', message: (error as Error).message }, error);
  }
}
