/** Paying an order that waits: again after a failure, or with another provider. */
import { paymentTransition } from '../core/payment-state.ts';
import { KontorError } from '../errors.ts';
import { insertEvent, lockOrder, orderById, type OrderRow } from '../orders/queries.ts';
import { insertPayment, latestPayment, lockPayment, updatePayment, type PaymentRow } from '../payments/queries.ts';
import { providerOf } from '../payments/provider-of.ts';
import { startPayment } from '../payments/start-payment.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';

export interface PayInput {
  provider?: string | undefined;
  return_url?: string | undefined;
}

/**
 * Makes the order payable: starts its payment where that did not work before, or switches to another provider after the first
 * has been cancelled there. Safe to repeat.
 * @throws KontorError ORDER_NOT_PAYABLE once it is paid or cancelled, or while the other provider still holds the payment
 */
export async function payOrder(shop: Shop, order: OrderRow, input: PayInput): Promise<{ order: OrderRow; payment: PaymentRow }> {
  const provider = input.provider && providerOf(shop, input.provider).name;
  let payment = await latestPayment(shop.db, order.id);
  if (!payment) throw new Error(`order ${order.id} has no payment`);
  payment = await syncPayment(shop, payment.id);
  const current = await requirePending(shop, order.id);
  if (provider && provider !== payment.provider) payment = await switchProvider(shop, current, payment, provider);
  payment = await startPayment(shop, payment.id, input.return_url ?? null);
  if (payment.provider_payment === null && !providerOf(shop, payment.provider).is_manual) {
    throw new KontorError('PROVIDER_FAILED', { reason: payment.error_code });
  }
  return { order: (await orderById(shop.db, order.id)) ?? current, payment };
}

/** Asks the provider, then answers what is known: what a storefront polls after its shopper comes back. */
export async function paymentStatus(shop: Shop, order: OrderRow): Promise<{ order: OrderRow; payment: PaymentRow }> {
  const latest = await latestPayment(shop.db, order.id);
  if (!latest) throw new Error(`order ${order.id} has no payment`);
  const isOpen = latest.status !== 'paid' && latest.status !== 'refunded';
  const payment = isOpen ? await syncPayment(shop, latest.id) : latest;
  return { order: (await orderById(shop.db, order.id)) ?? order, payment };
}

async function requirePending(shop: Shop, id: string): Promise<OrderRow> {
  const order = await orderById(shop.db, id);
  if (order?.status !== 'pending') throw new KontorError('ORDER_NOT_PAYABLE', { status: order?.status });
  return order;
}

async function switchProvider(shop: Shop, order: OrderRow, payment: PaymentRow, provider: string): Promise<PaymentRow> {
  const before = providerOf(shop, payment.provider);
  const outcome = before.is_manual || !payment.provider_payment ? 'cancelled' : await before.cancel(payment.provider_payment);
  if (outcome !== 'cancelled') throw new KontorError('ORDER_NOT_PAYABLE', { payment: outcome });
  const id = shop.newId();
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrder(trx, order.id);
    if (locked?.status !== 'pending') throw new KontorError('ORDER_NOT_PAYABLE', { status: locked?.status });
    const old = await lockPayment(trx, payment.id);
    const status = old && paymentTransition(old.status, 'cancelled');
    if (status) await updatePayment(trx, payment.id, { status });
    await insertPayment(trx, { ...payment, id, provider });
    await insertEvent(trx, { order: order.id, kind: 'payment_switched', message: `To be paid with ${provider}`, actor_kind: 'customer' });
  });
  return (await latestPayment(shop.db, order.id)) ?? payment;
}
