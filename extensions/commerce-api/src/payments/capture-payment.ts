/** Staff take money that was promised at checkout. */
import { missingMinor } from '../core/order-payment.ts';
import { KontorError } from '../errors.ts';
import { heldByTenders } from '../gift-cards/tenders.ts';
import { insertEvent, orderById } from '../orders/queries.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError } from '../providers/payment.ts';
import { inTransaction } from '../platform/database.ts';
import { bookUnlessMoved } from './book-payment.ts';
import { providerFailure, providerOf } from './provider-of.ts';
import { paymentsAtProviders, type PaymentRow } from './queries.ts';
import { pendingRefundMinor } from './refund-queries.ts';
import { syncPayment } from './sync-payment.ts';

/**
 * Takes an authorised payment of an order, or a part of it; what is left of it is given up, since card schemes let it be taken once.
 * Without an amount: what the order still needs, at most what was authorised. The order follows as for any money that comes: it is paid,
 * or, where less was taken, waits for the rest. Repeating it with the same amount takes nothing twice. Takes no lock while the provider
 * is asked.
 * @throws KontorError NOT_FOUND; PAYMENT_NOT_CAPTURABLE with its `reason`: nothing_authorised, too_much, nothing_needed, or the
 * provider's own words; PROVIDER_FAILED, PROVIDER_UNAVAILABLE when it gave no answer: then a job finds out what became of it
 */
export async function capturePayment(
  shop: Shop,
  id: string,
  wished_minor: number | undefined,
  actor: string | null,
): Promise<PaymentRow> {
  const order = await orderById(shop.db, id);
  if (!order) throw new KontorError('NOT_FOUND');
  const payments = await paymentsAtProviders(shop.db, id);
  const payment = payments.find(
    ({ status, gift_card, store_credit }) =>
      status === 'authorised' && gift_card === null && store_credit === null,
  );
  const provider = payment && providerOf(shop, payment.provider);
  if (!payment?.provider_payment || !provider?.capture)
    throw new KontorError('PAYMENT_NOT_CAPTURABLE', { reason: 'nothing_authorised' });
  const pending_minor = await pendingRefundMinor(shop.db, order);
  const needed_minor = missingMinor({ ...order, pending_minor }, await heldByTenders(shop.db, id));
  const amount_minor = wished_minor ?? Math.min(needed_minor, payment.amount_minor);
  if (amount_minor <= 0) throw new KontorError('PAYMENT_NOT_CAPTURABLE', { reason: 'nothing_needed' });
  if (amount_minor > payment.amount_minor)
    throw new KontorError('PAYMENT_NOT_CAPTURABLE', {
      path: 'amount_minor',
      reason: 'too_much',
      authorised_minor: payment.amount_minor,
    });
  await insertEventOf(shop, payment, amount_minor, actor);
  const { provider_payment, attempt, currency } = payment;
  try {
    const truth = await provider.capture({
      provider_payment,
      payment: payment.id,
      attempt,
      amount_minor,
      currency,
    });
    return (await bookUnlessMoved(shop, payment, truth)) ?? (await syncPayment(shop, payment.id));
  } catch (error) {
    if (!(error instanceof PaymentProviderError)) throw error;
    await enqueue(shop.db, 'sync-payment', { payment: payment.id });
    if (!error.is_definite) return await foundTaken(shop, payment.id, error);
    throw new KontorError('PAYMENT_NOT_CAPTURABLE', { reason: error.code, message: error.message }, error);
  }
}

/** The answer was lost, not always the money. @throws KontorError PROVIDER_FAILED, PROVIDER_UNAVAILABLE when nothing was taken yet */
async function foundTaken(shop: Shop, id: string, error: PaymentProviderError): Promise<PaymentRow> {
  const now = await syncPayment(shop, id).catch(() => null);
  if (now && now.captured_minor > 0) return now;
  throw providerFailure(error);
}

function insertEventOf(
  shop: Shop,
  payment: PaymentRow,
  amount_minor: number,
  actor: string | null,
): Promise<void> {
  return inTransaction(shop.db, (trx) =>
    insertEvent(trx, {
      order: payment.order,
      kind: 'capture_requested',
      message: 'The promised money is being taken',
      data: { payment: payment.id, amount_minor, currency: payment.currency },
      actor_kind: 'staff',
      actor,
    }),
  );
}
