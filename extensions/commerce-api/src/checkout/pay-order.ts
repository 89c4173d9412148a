/** Paying an order that waits: again after a failure, with another provider, or what it costs more since it was edited. */
import { isOpenPayment, isPayable, missingMinor } from '../core/order-payment.ts';
import { paymentTransition } from '../core/payment-state.ts';
import { isKontorError, KontorError } from '../errors.ts';
import { heldByTenders } from '../gift-cards/tenders.ts';
import { insertEvent, lockOrder, orderById, updateOrder, type OrderRow } from '../orders/queries.ts';
import { cancelAtProvider } from '../payments/cancel-at-provider.ts';
import {
  insertPayment,
  latestPayment,
  lockPayment,
  updatePayment,
  type PaymentRow,
} from '../payments/queries.ts';
import { providerOf } from '../payments/provider-of.ts';
import { pendingRefundMinor } from '../payments/refund-queries.ts';
import { requirePayment } from '../payments/require-payment.ts';
import { startPayment } from '../payments/start-payment.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { holdMs, shopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';

export interface PayInput {
  provider?: string | undefined;
  return_url?: string | undefined;
}

/**
 * Makes the order payable: starts its payment where that did not work before, replaces one that was cancelled at its provider, went
 * back or was not enough by one over the rest, or switches to another provider after the first has been cancelled there. Safe to repeat.
 * @throws KontorError ORDER_NOT_PAYABLE once all of it is paid, or it is cancelled, or while the other provider still holds the payment;
 * PROVIDER_FAILED
 */
export async function payOrder(
  shop: Shop,
  order: OrderRow,
  input: PayInput,
): Promise<{ order: OrderRow; payment: PaymentRow }> {
  const wanted = input.provider && providerOf(shop, input.provider).name;
  const latest = await requirePayment(shop.db, order.id);
  let payment = await syncPayment(shop, latest.id);
  const current = await requirePayable(shop, order.id);
  const provider = wanted ?? payment.provider;
  if (provider !== payment.provider || !isOpenPayment(payment.status))
    payment = await replacePayment(shop, current, payment, provider);
  payment = await startPayment(shop, payment.id, input.return_url ?? null);
  if (payment.provider_payment === null && !providerOf(shop, payment.provider).is_manual) {
    await requirePayable(shop, order.id);
    throw new KontorError('PROVIDER_FAILED', { reason: payment.error_code });
  }
  return { order: (await orderById(shop.db, order.id)) ?? current, payment };
}

/** Asks the provider, if it answers, then tells what is known: what a storefront polls after its shopper comes back. */
export async function paymentStatus(
  shop: Shop,
  order: OrderRow,
): Promise<{ order: OrderRow; payment: PaymentRow }> {
  const latest = await requirePayment(shop.db, order.id);
  const isOpen = latest.status !== 'paid' && latest.status !== 'refunded';
  const payment = isOpen ? await newestOf(shop, latest) : latest;
  return { order: (await orderById(shop.db, order.id)) ?? order, payment };
}

async function newestOf(shop: Shop, payment: PaymentRow): Promise<PaymentRow> {
  try {
    return await syncPayment(shop, payment.id);
  } catch (error) {
    if (!isKontorError(error, 'PROVIDER_FAILED')) throw error;
    shop.log.warn({ payment: payment.id, err: error }, 'A payment could not be compared with its provider');
    return payment;
  }
}

async function requirePayable(shop: Shop, id: string): Promise<OrderRow> {
  const order = await orderById(shop.db, id);
  if (!order || !isPayable(order)) throw new KontorError('ORDER_NOT_PAYABLE', { status: order?.status });
  return order;
}

/** The order waits for as long as the new provider's orders do, counted from when it was placed for manual ones. */
async function replacePayment(
  shop: Shop,
  order: OrderRow,
  payment: PaymentRow,
  provider: string,
): Promise<PaymentRow> {
  const outcome = isOpenPayment(payment.status) ? await cancelAtProvider(shop, payment) : 'cancelled';
  if (outcome !== 'cancelled') throw new KontorError('ORDER_NOT_PAYABLE', { payment: outcome });
  const id = shop.newId();
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrder(trx, order.id);
    if (!locked || !isPayable(locked)) throw new KontorError('ORDER_NOT_PAYABLE', { status: locked?.status });
    const latest = await latestPayment(trx, order.id);
    const isReplaced = latest?.id !== payment.id;
    // The same wish came twice at once: one new payment answers both.
    if (isReplaced && latest?.provider === provider) return;
    if (isReplaced) throw new KontorError('ORDER_NOT_PAYABLE', { provider: latest?.provider });
    const old = await lockPayment(trx, payment.id);
    const status = old && paymentTransition(old.status, 'cancelled');
    if (status) await updatePayment(trx, payment.id, { status });
    const isOver = payment.captured_minor > 0;
    const amount_minor = isOver ? await restOf(trx, locked) : payment.amount_minor;
    await insertPayment(trx, { ...payment, id, provider, amount_minor, currency: locked.currency });
    // An order that was edited holds nothing: it was paid before, and is asked for the difference.
    if (locked.status === 'pending') {
      const is_manual = providerOf(shop, provider).is_manual;
      await updateOrder(trx, order.id, {
        payment_status: locked.payment_status === 'partly_paid' ? 'partly_paid' : 'pending',
        expires_at: await holdUntil(shop, trx, locked, is_manual),
      });
    }
    await insertEvent(trx, {
      order: order.id,
      kind: 'payment_switched',
      message: `To be paid with ${provider}`,
      actor_kind: 'customer',
    });
  });
  return (await latestPayment(shop.db, order.id)) ?? payment;
}

/** What is left to pay beside what came, was kept, and is held by gift cards and store credit. */
async function restOf(trx: Transaction, order: OrderRow): Promise<number> {
  const pending_minor = await pendingRefundMinor(trx, order);
  return missingMinor({ ...order, pending_minor }, await heldByTenders(trx, order.id));
}

/** Switching to and fro never holds stock for longer than the longest hold of an order. */
async function holdUntil(shop: Shop, trx: Transaction, order: OrderRow, is_manual: boolean): Promise<Date> {
  const hold_ms = holdMs(await shopSettings(trx), is_manual);
  if (is_manual) return new Date(order.placed_at.getTime() + hold_ms);
  const until = shop.now().getTime() + hold_ms;
  return new Date(Math.min(until, order.expires_at?.getTime() ?? until));
}
