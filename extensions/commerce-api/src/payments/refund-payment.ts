import type { Transaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { insertRefunds } from './refund-queries.ts';

export interface PaymentRefund {
  order: string;
  payment: string;
  /** In the minor unit of `currency`; at most what was captured and not yet given back. */
  amount_minor: number;
  currency: string;
  reason: string;
}

/** Asks for money of one payment back, as happens to money no order has a use for. The order and its payment must be locked. */
export async function refundPayment(
  shop: Shop,
  trx: Transaction,
  refund: PaymentRefund,
  actor: string | null = null,
): Promise<void> {
  const id = shop.newId();
  await insertRefunds(trx, [
    {
      ...refund,
      id,
      actor,
      status: 'pending',
      provider_refund: null,
      return: null,
      lines: null,
      store_credit: null,
      is_unclear: false,
    },
  ]);
  await enqueue(trx, 'refund-payment', { refund: id });
  await enqueue(trx, 'send-refund-mail', { order: refund.order, refunds: [id] });
}
