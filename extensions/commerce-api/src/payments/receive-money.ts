/** Staff say that the money of a manual payment has come. */
import { KontorError } from '../errors.ts';
import type { OrderRow } from '../orders/queries.ts';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { bookTruth, lockOrderAndPayment } from './book-payment.ts';
import { ownTruth } from './own-truth.ts';
import { providerOf } from './provider-of.ts';
import { latestPayment } from './queries.ts';

/**
 * Books the whole amount of the order's manual payment as received: a bank transfer, or what was paid at the door. Repeating it changes
 * nothing.
 * @throws KontorError ORDER_NOT_PAYABLE when the order is paid through a provider, which alone says when money came
 */
export async function receiveMoney(shop: Shop, order: OrderRow, actor: string | null): Promise<void> {
  const latest = await latestPayment(shop.db, order.id);
  if (!latest || !providerOf(shop, latest.provider).is_manual)
    throw new KontorError('ORDER_NOT_PAYABLE', { provider: latest?.provider });
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, latest);
    if (!locked) throw new KontorError('NOT_FOUND');
    const { payment } = locked;
    if (payment.captured_minor > 0 || payment.status === 'paid') return;
    const truth = ownTruth(payment, { provider_payment: payment.provider_payment ?? `manual-${payment.id}` });
    await bookTruth(shop, trx, locked.order, payment, truth, { actor_kind: 'staff', actor });
  });
}
