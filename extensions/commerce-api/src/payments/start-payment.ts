/** Starting a payment at its provider: after the order's commit, and again whenever the shopper asks to pay. */
import { isPayable } from '../core/order-payment.ts';
import { paymentTransition } from '../core/payment-state.ts';
import { orderById, type OrderRow } from '../orders/queries.ts';
import { providerCustomer } from '../payment-methods/provider-customer.ts';
import { inTransaction } from '../platform/database.ts';
import { shopSettings, type ShopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError, type PaymentProvider, type ProviderPayment } from '../providers/payment.ts';
import { bookTruth, bookUnlessMoved, lockOrderAndPayment } from './book-payment.ts';
import { ownTruth } from './own-truth.ts';
import { providerOf } from './provider-of.ts';
import { paymentById, updatePayment, updatePaymentAt, type PaymentRow } from './queries.ts';
import { syncPayment } from './sync-payment.ts';

/** Providers keep idempotency keys for a day; a repeat after that would be a new request. */
const KEYS_KEPT_MS = 23 * 3_600_000;

/**
 * Makes sure the provider knows the payment. Safe to repeat: the provider gets our payment and attempt as its idempotency key, and
 * the same words each time, so an unknown outcome is met again, not doubled. Where the key has been forgotten, or keeps answering an
 * old failure, the payment is looked up first. A definite refusal marks the attempt failed; the next call starts another.
 * Takes no lock while the provider is asked.
 * @returns the payment after it; still without `provider_payment` when the provider did not answer
 */
export async function startPayment(shop: Shop, id: string): Promise<PaymentRow> {
  const seen = await nextAttempt(shop, id);
  const order = await orderById(shop.db, seen.order);
  if (!order) throw new Error(`payment ${id} has no order`);
  return startSeen(shop, order, seen);
}

/** The same for a payment as it was just written or read, of an order as it was then: nothing is read that is known. */
export async function startSeen(shop: Shop, order: OrderRow, seen: PaymentRow): Promise<PaymentRow> {
  const provider = providerOf(shop, seen.provider);
  if (!isPayable(order) || seen.status === 'cancelled') return seen;
  if (seen.amount_minor === 0) return await bookFree(shop, seen);
  if (provider.is_manual || seen.provider_payment) return seen;
  const begun = await markBegun(shop, seen);
  // Whoever else begins it at this moment asks with the same key.
  if (!begun) return await startPayment(shop, seen.id);
  try {
    const truth = await begin(shop, provider, order, begun);
    if (!truth) return await startAnew(shop, provider, order, begun);
    return await book(shop, begun, truth);
  } catch (error) {
    return await fail(shop, begun, error);
  }
}

/** From now on the provider may know of it. Null when it has moved since it was seen. */
async function markBegun(shop: Shop, seen: PaymentRow): Promise<PaymentRow | null> {
  if (seen.started_at !== null) return seen;
  return (await updatePaymentAt(shop.db, seen, { started_at: shop.now() })) ?? null;
}

/**
 * The payment at its provider, begun now or before. Null when the provider keeps answering a failure of its own to this attempt,
 * which has left nothing that could take money.
 */
async function begin(
  shop: Shop,
  provider: PaymentProvider,
  order: OrderRow,
  seen: PaymentRow,
): Promise<ProviderPayment | null> {
  const since = seen.started_at ?? seen.created_at;
  const lookUp = () => provider.find({ payment: seen.id, attempt: seen.attempt, since });
  if (shop.now().getTime() - since.getTime() > KEYS_KEPT_MS) {
    const known = await lookUp();
    if (known) return known;
  }
  try {
    return await askToStart(shop, provider, order, seen);
  } catch (error) {
    if (!(error instanceof PaymentProviderError && error.is_stored)) throw error;
    return await lookUp();
  }
}

async function askToStart(
  shop: Shop,
  provider: PaymentProvider,
  order: OrderRow,
  seen: PaymentRow,
): Promise<ProviderPayment> {
  const { return_url, cancel_url, statement_descriptor, save_method, off_session, provider_method } =
    seen.request ?? NOTHING_ASKED;
  if (provider_method !== null && seen.payment_method === null)
    throw new PaymentProviderError('This payment method has been removed', {
      is_definite: true,
      code: 'method_removed',
    });
  const isKept = save_method || provider_method !== null;
  const provider_customer =
    isKept && order.customer ? await providerCustomer(shop, provider, order.customer) : null;
  return provider.start({
    payment: seen.id,
    attempt: seen.attempt,
    order: order.id,
    order_number: order.number,
    amount_minor: seen.amount_minor,
    currency: seen.currency,
    email: order.email,
    capture: seen.capture,
    flow: seen.flow ?? provider.flows[0] ?? 'offline',
    return_url,
    cancel_url,
    statement_descriptor,
    provider_customer,
    provider_method,
    off_session,
    save_method,
  });
}

const NOTHING_ASKED: NonNullable<PaymentRow['request']> = {
  return_url: null,
  cancel_url: null,
  statement_descriptor: null,
  save_method: false,
  off_session: false,
  provider_method: null,
};

/** The attempt after one whose failure the provider keeps: with a key of its own, once. */
async function startAnew(
  shop: Shop,
  provider: PaymentProvider,
  order: OrderRow,
  seen: PaymentRow,
): Promise<PaymentRow> {
  const next = { attempt: seen.attempt + 1, started_at: shop.now() };
  const renewed = await updatePaymentAt(shop.db, seen, next);
  if (!renewed) return (await paymentById(shop.db, seen.id)) ?? seen;
  try {
    return await book(shop, renewed, await askToStart(shop, provider, order, renewed));
  } catch (error) {
    return await fail(shop, renewed, error);
  }
}

async function book(shop: Shop, seen: PaymentRow, truth: ProviderPayment): Promise<PaymentRow> {
  const booked = await bookUnlessMoved(shop, seen, truth);
  return booked ?? (await syncPayment(shop, seen.id, { hint: truth.provider_payment }));
}

/** A definite refusal ends the attempt; otherwise nobody knows, and the next call meets it again. */
async function fail(shop: Shop, seen: PaymentRow, error: unknown): Promise<PaymentRow> {
  if (!(error instanceof PaymentProviderError)) throw error;
  const { code, is_definite } = error;
  shop.log.warn(
    { payment: seen.id, provider: seen.provider, code, err: error },
    'A payment could not be started',
  );
  return is_definite ? await markFailed(shop, seen, error) : seen;
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
      started_at: shop.now(),
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
