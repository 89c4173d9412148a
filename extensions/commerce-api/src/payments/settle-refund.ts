import { lockOrder } from '../orders/queries.ts';
import { inTransaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError } from '../providers/payment.ts';
import { lockOrderAndPayment } from './book-payment.ts';
import { bookGivenBack, failRefund, succeedRefund } from './book-refund.ts';
import { providerOf } from './provider-of.ts';
import { paymentById, type PaymentRow } from './queries.ts';
import { refundById, updateRefund, type RefundRow } from './refund-queries.ts';
import { syncPayment } from './sync-payment.ts';

/**
 * The job that gives money back. Our refund id is the provider's idempotency key, and what an earlier attempt did is looked up first,
 * because a provider forgets its keys sooner than this job gives up; so it may run twice. A definite refusal ends it as failed and
 * puts the order on the staff's list; an unclear outcome throws, so that the job is repeated. A refund the provider calls pending
 * is followed by webhooks and the clock. Locks the order and its payment, but not while the provider is asked.
 */
export async function settleRefund(shop: Shop, id: string): Promise<void> {
  const asked = await refundById(shop.db, id);
  if (asked?.status !== 'pending') return;
  const payment = await paymentById(shop.db, asked.payment);
  if (!payment?.provider_payment)
    throw new Error(`refund ${id} belongs to a payment the provider does not know`);
  const provider = providerOf(shop, payment.provider);
  if (provider.is_manual) return await bookManual(shop, asked, payment);
  await syncPayment(shop, payment.id);
  const refund = await refundById(shop.db, id);
  if (refund?.status !== 'pending' || refund.provider_refund !== null) return;
  const { provider_payment } = payment;
  const { amount_minor, currency } = refund;
  const { refusal, provider_refund } = await provider
    .refund({ provider_payment, refund: id, amount_minor, currency })
    .then((made) => ({
      ...made,
      refusal: made.status === 'failed' ? 'the provider could not pay it out' : null,
    }))
    .catch((error: unknown) => {
      if (!(error instanceof PaymentProviderError && error.is_definite)) throw error;
      return { provider_refund: null, refusal: error.message };
    });
  await inTransaction(shop.db, async (trx) => {
    await lockOrder(trx, refund.order);
    const current = await refundById(trx, id);
    if (current?.status !== 'pending') return;
    if (refusal === null) await updateRefund(trx, id, { provider_refund });
    else await failRefund(trx, { ...current, provider_refund }, refusal, { actor_kind: 'provider' });
  });
  if (refusal === null) await syncPayment(shop, payment.id);
}

/** Money that moves by hand: asking for it is giving it back. */
async function bookManual(shop: Shop, refund: RefundRow, payment: PaymentRow): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, payment);
    const current = await refundById(trx, refund.id);
    if (!locked || current?.status !== 'pending') return;
    await succeedRefund(trx, current, `manual-${refund.id}`);
    const back = { payment: locked.payment, amount_minor: refund.amount_minor };
    await bookGivenBack(trx, locked.order, [back], { actor_kind: 'system' });
  });
}
