import { isOpenPayment } from '../core/order-payment.ts';
import { paymentTransition } from '../core/payment-state.ts';
import { insertEvent, type OrderRow } from '../orders/queries.ts';
import type { Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { setOrderMoney } from './book-refund.ts';
import { eventActor, type BookedBy } from './flag-order.ts';
import { renewedTerms } from './payment-terms.ts';
import { providerOf } from './provider-of.ts';
import { insertPayment, latestPayment, paymentById, updatePayment, type PaymentRow } from './queries.ts';

/**
 * Asks for what a paid order costs more since it was edited: by one payment over all of it, in place of an open one that asked for
 * another amount; the caller has ended that at its provider. With an amount of zero nothing is asked for any more. The order is
 * `partly_paid` until the money comes. Start the payment after the commit.
 * @param order locked, with its new total
 * @returns the new payment, or null when nothing is asked for
 * @throws KontorError PROVIDER_UNKNOWN
 */
export async function collectDifference(
  shop: Shop,
  trx: Transaction,
  order: OrderRow,
  { amount_minor, provider }: { amount_minor: number; provider?: string | undefined },
  by: BookedBy,
): Promise<PaymentRow | null> {
  const latest = await latestPayment(trx, order.id);
  const over = latest && isOpenPayment(latest.status) && paymentTransition(latest.status, 'cancelled');
  if (latest && over) await updatePayment(trx, latest.id, { status: over });
  const id = shop.newId();
  if (amount_minor > 0) {
    const asked = providerOf(shop, provider ?? latest?.provider ?? '');
    const terms = await renewedTerms(trx, asked, order, latest);
    const { currency } = order;
    await insertPayment(trx, { id, order: order.id, provider: asked.name, amount_minor, currency, ...terms });
    await insertEvent(trx, {
      order: order.id,
      kind: 'difference_asked',
      message: 'The order costs more now; the difference is to be paid',
      data: { payment: id, amount_minor, currency: order.currency },
      ...eventActor(by),
    });
  }
  await setOrderMoney(trx, order);
  return amount_minor > 0 ? ((await paymentById(trx, id)) ?? null) : null;
}
