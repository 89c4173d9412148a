/** What a storefront polls while its shopper pays: the provider is asked, but not by everybody at once. */
import { LRUCache } from 'lru-cache';
import { isOpenPayment } from '../core/order-payment.ts';
import { orderById, type OrderRow } from '../orders/queries.ts';
import { isProviderFailure } from '../payments/provider-of.ts';
import type { PaymentRow } from '../payments/queries.ts';
import { requirePayment } from '../payments/require-payment.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import type { Shop } from '../platform/shop.ts';

/** So long one question serves all who ask, however many windows a shopper has open: news comes by webhook anyway. */
const ASKED_MS = 1500;
const MOST_ASKED = 10_000;

/** By process, for that long only: nothing is lost with it. */
const questions = new LRUCache<string, Promise<void>>({ max: MOST_ASKED, ttl: ASKED_MS });

/**
 * Asks the provider, if it answers, then tells what is known now. Each payment is asked for at most once in a while, and again at once
 * after a question that failed.
 */
export async function paymentStatus(
  shop: Shop,
  order: OrderRow,
): Promise<{ order: OrderRow; payment: PaymentRow }> {
  const latest = await requirePayment(shop.db, order.id);
  if (isOpenPayment(latest.status)) await askSoon(shop, latest.id);
  return {
    order: (await orderById(shop.db, order.id)) ?? order,
    payment: await requirePayment(shop.db, order.id),
  };
}

function askSoon(shop: Shop, payment: string): Promise<void> {
  const asked = questions.get(payment);
  if (asked) return asked;
  const question = ask(shop, payment);
  questions.set(payment, question);
  question.catch(() => questions.delete(payment));
  return question;
}

async function ask(shop: Shop, payment: string): Promise<void> {
  try {
    await syncPayment(shop, payment);
  } catch (error) {
    if (!isProviderFailure(error)) throw error;
    shop.log.warn({ payment, err: error }, 'A payment could not be compared with its provider');
  }
}
