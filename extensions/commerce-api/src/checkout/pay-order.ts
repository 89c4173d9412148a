/** Paying an order that waits: again after a failure, with another provider, or what it costs more since it was edited. */
import { isOpenPayment, isPayable, missingMinor } from '../core/order-payment.ts';
import { paymentTransition } from '../core/payment-state.ts';
import { KontorError } from '../errors.ts';
import { heldByTenders } from '../gift-cards/tenders.ts';
import { insertEvent, lockOrder, orderById, updateOrder, type OrderRow } from '../orders/queries.ts';
import { cancelAtProvider, isUnderWay } from '../payments/cancel-at-provider.ts';
import { endLater } from '../payments/end-later.ts';
import { eventActor, unflagPromise, type BookedBy } from '../payments/flag-order.ts';
import { paymentTerms, type PaymentWish } from '../payments/payment-terms.ts';
import {
  countPayments,
  insertPayment,
  latestPayment,
  lockPayment,
  paymentById,
  updatePayment,
  type PaymentRow,
  type PaymentTerms,
} from '../payments/queries.ts';
import { isProviderFailure, providerOf } from '../payments/provider-of.ts';
import { pendingRefundMinor } from '../payments/refund-queries.ts';
import { requirePayment } from '../payments/require-payment.ts';
import { startPayment } from '../payments/start-payment.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { holdMs, shopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { isAvailable } from '../providers/guard-provider.ts';

/** Each one is an object at a provider: whoever has tried so often is not helped by another. */
const MOST_PAYMENTS = 20;

export interface PayInput extends PaymentWish {
  provider?: string | undefined;
}

/**
 * Makes the order payable: starts its payment where that did not work before, replaces one that was cancelled at its provider, went
 * back or was not enough by one over the rest, or switches to another provider, another page or a kept method after the first payment
 * has ended. A provider that does not answer holds nobody back from paying with another; what was begun there is ended by a job. Safe to
 * repeat.
 * @throws KontorError TOO_MANY_PAYMENTS; ORDER_NOT_PAYABLE once all of it is paid, or it is cancelled, or while money is under way there;
 * as `paymentTerms`; PROVIDER_FAILED, PROVIDER_UNAVAILABLE
 */
export async function payOrder(
  shop: Shop,
  order: OrderRow,
  input: PayInput,
  by: BookedBy = { actor_kind: 'customer' },
): Promise<{ order: OrderRow; payment: PaymentRow }> {
  const latest = await requirePayment(shop.db, order.id);
  const provider = providerOf(shop, input.provider ?? latest.provider);
  let payment = await newestUnlessSwitched(shop, latest, provider.name);
  const current = await requirePayable(shop, order.id);
  if (isAnother(shop, payment, provider.name, input)) {
    const wish = { return_url: payment.request?.return_url ?? undefined, ...given(input) };
    const settings = await shopSettings(shop.db);
    const terms = await paymentTerms(shop.db, provider, current.customer, wish, settings);
    payment = await replacePayment(shop, current, payment, { ...terms, provider: provider.name }, by);
  }
  payment = await startPayment(shop, payment.id);
  if (payment.provider_payment === null && !provider.is_manual) {
    await requirePayable(shop, order.id);
    const { is_available, retry_after_s } = isAvailable(provider);
    if (!is_available) throw new KontorError('PROVIDER_UNAVAILABLE', { retry_after_s });
    throw new KontorError('PROVIDER_FAILED', { reason: payment.error_code });
  }
  return { order: (await orderById(shop.db, order.id)) ?? current, payment };
}

/** The payment as its provider knows it; as we know it while that is down and the shopper turns to another. */
async function newestUnlessSwitched(shop: Shop, payment: PaymentRow, provider: string): Promise<PaymentRow> {
  // A kept method may have been charged although nobody heard of it.
  const search = payment.provider_payment === null && payment.request?.provider_method != null;
  try {
    return await syncPayment(shop, payment.id, { search });
  } catch (error) {
    if (provider === payment.provider || !isProviderFailure(error)) throw error;
    return (await paymentById(shop.db, payment.id)) ?? payment;
  }
}

/** Whether what the shopper asks for is not what the payment is about, or is not to be had by it any more. */
function isAnother(shop: Shop, payment: PaymentRow, provider: string, input: PayInput): boolean {
  const { flow, payment_method, save_method } = input;
  return (
    provider !== payment.provider ||
    !isOpenPayment(payment.status) ||
    (flow !== undefined && payment.flow !== null && flow !== payment.flow) ||
    (payment_method !== undefined &&
      (payment_method !== payment.payment_method || payment.status === 'failed')) ||
    (save_method !== undefined && save_method !== (payment.request?.save_method ?? false)) ||
    isNotAskedForAgain(payment, input) ||
    isPageOld(shop, payment)
  );
}

/** Of one that has not begun: a kept method is charged only for whoever names it, and a refused address may be corrected. */
function isNotAskedForAgain({ provider_payment, status, request }: PaymentRow, input: PayInput): boolean {
  if (provider_payment !== null || !request) return false;
  const isCharge = request.provider_method !== null && input.payment_method === undefined;
  const isElsewhere =
    (input.return_url !== undefined && input.return_url !== request.return_url) ||
    (input.cancel_url !== undefined && input.cancel_url !== request.cancel_url);
  return isCharge || (status === 'failed' && isElsewhere);
}

/** Providers close their pages after some hours, PayPal first; whoever comes back later gets a new one. */
const PAGE_OPEN_MS = 2.5 * 3_600_000;

function isPageOld(shop: Shop, { flow, status, started_at, provider_payment }: PaymentRow): boolean {
  const isUntouched = status === 'pending' || status === 'failed';
  if (flow !== 'hosted' || !isUntouched || provider_payment === null || started_at === null) return false;
  return shop.now().getTime() - started_at.getTime() > PAGE_OPEN_MS;
}

/** What was said, without what was left open. */
function given<Wish extends object>(wish: Wish): Partial<Wish> {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) as Partial<Wish>;
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
  terms: PaymentTerms & { provider: string },
  by: BookedBy,
): Promise<PaymentRow> {
  const { provider } = terms;
  const outcome = await endedAtProvider(shop, payment, provider);
  if (outcome !== 'cancelled' && outcome !== 'left_open')
    throw new KontorError('ORDER_NOT_PAYABLE', { payment: outcome });
  const id = shop.newId();
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrder(trx, order.id);
    if (!locked || !isPayable(locked)) throw new KontorError('ORDER_NOT_PAYABLE', { status: locked?.status });
    const latest = await latestPayment(trx, order.id);
    const isReplaced = latest?.id !== payment.id;
    // The same wish came twice at once: one new payment answers both.
    if (isReplaced && latest?.provider === provider && latest.payment_method === terms.payment_method) return;
    if (isReplaced) throw new KontorError('ORDER_NOT_PAYABLE', { provider: latest?.provider });
    if (by.actor_kind === 'customer' && (await countPayments(trx, order.id)) >= MOST_PAYMENTS)
      throw new KontorError('TOO_MANY_PAYMENTS');
    const old = await lockPayment(trx, payment.id);
    const status = old && paymentTransition(old.status, 'cancelled');
    if (status) await updatePayment(trx, payment.id, { status });
    const amount_minor = await restOf(trx, locked);
    await unflagPromise(trx, locked);
    await insertPayment(trx, { id, order: order.id, amount_minor, currency: locked.currency, ...terms });
    if (outcome === 'left_open') await endLater(trx, payment.id);
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
      ...eventActor(by),
    });
  });
  return (await latestPayment(shop.db, order.id)) ?? payment;
}

/** `left_open`: its provider is down, and no money was under way when it was last heard of. */
async function endedAtProvider(
  shop: Shop,
  payment: PaymentRow,
  next: string,
): Promise<'cancelled' | 'paid' | 'cannot_cancel' | 'left_open'> {
  if (!isOpenPayment(payment.status)) return 'cancelled';
  try {
    return await cancelAtProvider(shop, payment);
  } catch (error) {
    if (next === payment.provider || isUnderWay(payment.status) || !isProviderFailure(error)) throw error;
    return 'left_open';
  }
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
