/** An order was flagged because its provider reports other money than its payment is about: staff take it, or give it back. */
import { missingMinor } from '../core/order-payment.ts';
import { KontorError } from '../errors.ts';
import { heldByTenders } from '../gift-cards/tenders.ts';
import { insertEvent, orderById, type OrderRow } from '../orders/queries.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import type { ProviderPayment } from '../providers/payment.ts';
import { bookTruth, differs, lockOrderAndPayment } from './book-payment.ts';
import { setOrderMoney } from './book-refund.ts';
import { unflag } from './flag-order.ts';
import { answerOf, providerOf } from './provider-of.ts';
import { paymentsAtProviders, updatePayment, type PaymentRow } from './queries.ts';
import { refundPayment } from './refund-payment.ts';

export type Settlement = 'accept' | 'refund';

interface Mismatch {
  payment: PaymentRow;
  truth: ProviderPayment;
}

/**
 * Settles the payment of a flagged order whose captured money differs from what was asked for, and takes the order off the staff's
 * list. `accept` books what came, which must be of the order's currency and enough; what is more than the order costs goes back.
 * `refund` gives all of it back and leaves the order waiting for its money. The provider is asked before the transaction; locks the
 * cart, the order and the payment.
 * @throws KontorError NOT_FOUND; ORDER_NOT_SETTLABLE when there is no such payment, or not enough to accept; PROVIDER_FAILED
 */
export async function settleOrder(
  shop: Shop,
  order: string,
  action: Settlement,
  actor: string | null,
): Promise<void> {
  if (!(await orderById(shop.db, order))) throw new KontorError('NOT_FOUND');
  const found = await findMismatch(shop, order);
  if (!found) throw new KontorError('ORDER_NOT_SETTLABLE', { reason: 'nothing_differs' });
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, found.payment);
    if (!locked || locked.payment.version !== found.payment.version)
      throw new KontorError('ORDER_NOT_SETTLABLE', { reason: 'payment_moved' });
    const settled = { ...locked, truth: found.truth };
    await closeFlag(trx, settled, action, actor);
    if (action === 'accept') await accept(shop, trx, settled, actor);
    else await giveBack(shop, trx, settled, actor);
  });
}

/** The first payment of the order whose provider holds money it was not asked for. */
async function findMismatch(shop: Shop, order: string): Promise<Mismatch | null> {
  for (const payment of await paymentsAtProviders(shop.db, order)) {
    const provider = providerOf(shop, payment.provider);
    if (provider.is_manual || payment.captured_minor > 0) continue;
    const truth = await answerOf(provider.fetch(payment.provider_payment!));
    if (truth?.payment === payment.id && truth.captured_minor > 0 && differs(payment, truth))
      return { payment, truth };
  }
  return null;
}

interface Settled extends Mismatch {
  order: OrderRow;
}

async function accept(
  shop: Shop,
  trx: Transaction,
  { order, payment, truth }: Settled,
  actor: string | null,
): Promise<void> {
  const isOurs = truth.currency === order.currency;
  const kept = { ...order, paid_minor: order.paid_minor + truth.captured_minor };
  const missing_minor = missingMinor(kept, await heldByTenders(trx, order.id));
  if (!isOurs || missing_minor > 0) {
    const { captured_minor, currency } = truth;
    throw new KontorError('ORDER_NOT_SETTLABLE', { reason: 'not_enough', captured_minor, currency });
  }
  const { amount_minor } = truth;
  await updatePayment(trx, payment.id, { amount_minor });
  const by = { actor_kind: 'staff' as const, actor };
  const unflagged = { ...order, needs_attention: false };
  await bookTruth(shop, trx, unflagged, { ...payment, amount_minor }, truth, by);
}

/** The payment becomes what its provider says; in another currency it never counts towards the order. */
async function giveBack(
  shop: Shop,
  trx: Transaction,
  { order, payment, truth }: Settled,
  actor: string | null,
): Promise<void> {
  const { amount_minor, currency, captured_minor } = truth;
  await updatePayment(trx, payment.id, {
    status: 'paid',
    amount_minor,
    currency,
    captured_minor,
    paid_at: shop.now(),
  });
  if (currency === order.currency)
    await setOrderMoney(trx, { ...order, paid_minor: order.paid_minor + captured_minor });
  const reason = 'Not what the order asked for';
  await refundPayment(
    shop,
    trx,
    { order: order.id, payment: payment.id, amount_minor: captured_minor, currency, reason },
    actor,
  );
}

async function closeFlag(
  trx: Transaction,
  { order, payment, truth }: Settled,
  action: Settlement,
  actor: string | null,
): Promise<void> {
  await unflag(trx, order.id);
  const { captured_minor, currency } = truth;
  await insertEvent(trx, {
    order: order.id,
    kind: 'settled',
    message: action === 'accept' ? 'The money that came was accepted' : 'The money that came goes back',
    data: { payment: payment.id, captured_minor, currency },
    actor_kind: 'staff',
    actor,
  });
  await enqueue(trx, 'announce', { action: 'update', collection: 'orders', keys: [order.id] });
}
