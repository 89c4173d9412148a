import { isOpenPayment } from '../core/order-payment.ts';
import { paymentTransition } from '../core/payment-state.ts';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { lockOrderAndPayment } from './book-payment.ts';
import { cancelAtProvider } from './cancel-at-provider.ts';
import { paymentById, updatePayment } from './queries.ts';
import { syncPayment } from './sync-payment.ts';

/**
 * The job for a payment that another one took the place of, or has paid for: it is ended at its provider, so that nobody pays twice. Money
 * that came all the same is booked, and goes back as all money an order does not need. May run twice; takes no lock while the provider is
 * asked.
 */
export async function endPayment(shop: Shop, id: string): Promise<void> {
  const payment = await paymentById(shop.db, id);
  const isOver = !payment?.provider_payment || payment.captured_minor > 0;
  if (isOver || !(isOpenPayment(payment.status) || payment.status === 'cancelled')) return;
  const outcome = await cancelAtProvider(shop, payment);
  if (outcome === 'paid') await syncPayment(shop, id);
  if (outcome !== 'cancelled') return;
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, payment);
    const status = locked && paymentTransition(locked.payment.status, 'cancelled');
    if (status) await updatePayment(trx, id, { status });
  });
}
