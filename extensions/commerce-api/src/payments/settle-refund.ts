import { insertEvent, updateOrder } from '../orders/queries.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError } from '../providers/payment.ts';
import { bookTruth, lockOrderAndPayment } from './book-payment.ts';
import { ownTruth } from './own-truth.ts';
import { providerOf } from './provider-of.ts';
import * as queries from './queries.ts';

/**
 * The job that gives money back. Our refund id is the provider's idempotency key, so it may run twice. A definite refusal ends
 * it as failed and puts the order on the staff's list; an unclear outcome throws, so that the job is repeated. Locks the order
 * and its payment, but not while the provider is asked.
 */
export async function settleRefund(shop: Shop, id: string): Promise<void> {
  const refund = await queries.refundById(shop.db, id);
  if (!refund || refund.status !== 'pending') return;
  const payment = await queries.paymentById(shop.db, refund.payment);
  if (!payment?.provider_payment)
    throw new Error(`refund ${id} belongs to a payment the provider does not know`);
  const { provider_payment } = payment;
  const provider = providerOf(shop, payment.provider);
  const { refusal, ...result } = await provider
    .refund({
      provider_payment,
      refund: refund.id,
      amount_minor: refund.amount_minor,
      currency: refund.currency,
    })
    .then((made) => ({
      ...made,
      refusal: made.status === 'failed' ? 'the provider could not pay it out' : null,
    }))
    .catch((error: unknown) => {
      if (!(error instanceof PaymentProviderError && error.is_definite)) throw error;
      return { status: 'failed' as const, provider_refund: null, refusal: error.message };
    });
  await inTransaction(shop.db, async (trx) => {
    const locked = await lockOrderAndPayment(trx, payment);
    const current = await queries.refundById(trx, id);
    if (!locked || current?.status !== 'pending') return;
    await queries.updateRefund(trx, refund.id, result);
    if (refusal !== null) {
      const message = `A refund failed: ${refusal}`;
      await updateOrder(trx, refund.order, { needs_attention: true, attention_reason: message });
      await insertEvent(trx, {
        order: refund.order,
        kind: 'refund_failed',
        message,
        data: { refund: id },
        actor_kind: 'provider',
      });
    } else if (provider.is_manual) {
      const refunded_minor = locked.payment.refunded_minor + refund.amount_minor;
      await bookTruth(
        shop,
        trx,
        locked.order,
        locked.payment,
        ownTruth(locked.payment, { provider_payment, refunded_minor }),
      );
    } else {
      await enqueue(trx, 'sync-payment', { payment: refund.payment });
    }
  });
}
