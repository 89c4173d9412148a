/** Giving money back: asked for in a transaction, done by a job, booked from the provider's truth. */
import type { Transaction } from '../platform/database.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { PaymentProviderError } from '../providers/payment.ts';
import { providerOf } from './provider-of.ts';
import * as queries from './queries.ts';
import { lockOrder } from '../orders/queries.ts';

export interface RefundRequest {
  order: string;
  payment: string;
  /** In the minor unit of `currency`; at most what was captured and not yet given back. */
  amount_minor: number;
  currency: string;
  reason: string;
}

/** Writes the refund down and enqueues it. The order and its payment must be locked. */
export async function requestRefund(shop: Shop, trx: Transaction, request: RefundRequest): Promise<string> {
  const id = shop.newId();
  await queries.insertRefund(trx, { id, ...request });
  await enqueue(trx, 'refund-payment', { refund: id });
  return id;
}

/**
 * The job. Our refund id is the provider's idempotency key, so it may run twice. A definite refusal ends it as failed; an
 * unclear outcome throws, so that the job is repeated.
 */
export async function settleRefund(shop: Shop, id: string): Promise<void> {
  const refund = await queries.refundById(shop.db, id);
  if (!refund || refund.status !== 'pending') return;
  const payment = await queries.paymentById(shop.db, refund.payment);
  if (!payment?.provider_payment) throw new Error(`refund ${id} belongs to a payment the provider does not know`);
  const provider = providerOf(shop, payment.provider);
  const result = await provider
    .refund({
      provider_payment: payment.provider_payment,
      refund: refund.id,
      amount_minor: refund.amount_minor,
      currency: refund.currency,
    })
    .catch((error: unknown) => {
      if (error instanceof PaymentProviderError && error.is_definite) return { status: 'failed' as const, provider_refund: null };
      throw error;
    });
  await inTransaction(shop.db, async (trx) => {
    await lockOrder(trx, refund.order);
    await queries.lockPayment(trx, refund.payment);
    await queries.updateRefund(trx, refund.id, result);
    if (result.status !== 'failed') await enqueue(trx, 'sync-payment', { payment: refund.payment });
  });
}
