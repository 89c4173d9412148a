/** Starting a payment at its provider: after the order's commit, and again whenever the shopper asks to pay. */
import { isPayable } from '../core/order-payment.ts';
import { paymentTransition } from '../core/payment-state.ts';
import { orderById, type OrderRow } from '../orders/queries.ts';
import { inTransaction } from '../platform/database.ts';
import { shopSettings, type ShopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError, type ProviderPayment } from '../providers/payment.ts';
import { bookTruth, bookUnlessMoved, lockOrderAndPayment } from './book-payment.ts';
import { ownTruth } from './own-truth.ts';
import { providerOf } from './provider-of.ts';
import { paymentById, updatePayment, type PaymentRow } from './queries.ts';
import { syncPayment } from './sync-payment.ts';

/**
 * Makes sure the provider knows the payment. Safe to repeat: the provider gets our payment and attempt as its idempotency key,
 * so an unknown outcome is met again, not doubled. A definite refusal marks the attempt failed; the next call starts another.
 * Takes no lock while the provider is asked.
 * @returns the payment after it; still without `provider_payment` when the provider did not answer
 */
export async function startPayment(shop: Shop, id: string, return_url: string | null): Promise<PaymentRow> {
  const seen = await nextAttempt(shop, id);
  const order = await orderById(shop.db, seen.order);
  if (!order) throw new Error(`payment ${id} has no order`);
  return startSeen(shop, order, seen, return_url);
}

/** The same for a payment as it was just written or read, of an order as it was then: nothing is read that is known. */
export async function startSeen(
  shop: Shop,
  order: OrderRow,
  seen: PaymentRow,
  return_url: string | null,
): Promise<PaymentRow> {
  const provider = providerOf(shop, seen.provider);
  if (!isPayable(order) || seen.status === 'cancelled') return seen;
  if (seen.amount_minor === 0) return await bookFree(shop, seen);
  if (provider.is_manual || seen.provider_payment) return seen;
  let truth: ProviderPayment;
  try {
    truth = await provider.start({
      payment: seen.id,
      attempt: seen.attempt,
      order: order.id,
      order_number: order.number,
      amount_minor: seen.amount_minor,
      currency: seen.currency,
      email: order.email,
      return_url,
    });
  } catch (error) {
    if (!(error instanceof PaymentProviderError)) throw error;
    shop.log.warn(
      { payment: seen.id, provider: seen.provider, code: error.code, err: error },
      'A payment could not be started',
    );
    return error.is_definite ? await markFailed(shop, seen, error) : seen;
  }
  const booked = await bookUnlessMoved(shop, seen, truth);
  return booked ?? (await syncPayment(shop, seen.id, truth.provider_payment));
}

/** What a shopper needs to pay by hand: the order number as reference, and where the money goes. */
export async function manualInstructions(
  shop: Shop,
  order: Pick<OrderRow, 'number'>,
  known?: Pick<ShopSettings, 'bank_instructions'>,
): Promise<Record<string, unknown>> {
  const settings = known ?? (await shopSettings(shop.db));
  return { reference: order.number, instructions: settings.bank_instructions };
}

/** Nothing is owed: no provider takes a payment of zero, and there is no money to wait for. */
async function bookFree(shop: Shop, seen: PaymentRow): Promise<PaymentRow> {
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, seen);
    // Cancelled meanwhile: nobody paid anything that would bring it back.
    if (locked?.order.status !== 'pending') return;
    const truth = ownTruth(locked.payment, { provider_payment: `free-${seen.id}` });
    await bookTruth(shop, trx, locked.order, locked.payment, truth);
  });
  return (await paymentById(shop.db, seen.id)) ?? seen;
}

/** A failed payment that the provider never took starts a new attempt, with a new key. */
async function nextAttempt(shop: Shop, id: string): Promise<PaymentRow> {
  return inTransaction(shop.db, async (trx) => {
    const found = await paymentById(trx, id);
    const locked = found && (await lockOrderAndPayment(trx, found));
    if (!locked) throw new Error(`payment ${id} does not exist`);
    const { payment } = locked;
    const retried = payment.provider_payment === null && paymentTransition(payment.status, 'retried');
    if (!retried) return payment;
    await updatePayment(trx, id, {
      status: retried,
      attempt: payment.attempt + 1,
      error_code: null,
      error_message: null,
    });
    return (await paymentById(trx, id)) ?? payment;
  });
}

async function markFailed(shop: Shop, seen: PaymentRow, error: PaymentProviderError): Promise<PaymentRow> {
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, seen);
    const status =
      locked && locked.payment.version === seen.version && paymentTransition(locked.payment.status, 'failed');
    if (status)
      await updatePayment(trx, seen.id, { status, error_code: error.code, error_message: error.message });
  });
  return (await paymentById(shop.db, seen.id)) ?? seen;
}
