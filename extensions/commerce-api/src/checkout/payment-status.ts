/** What a storefront polls while its shopper pays: the provider is asked, but not by everybody at once. */
import { LRUCache } from 'lru-cache';
import { isOpenPayment } from '../core/order-payment.ts';
import { orderById, type OrderRow } from '../orders/queries.ts';
import { isProviderFailure } from '../payments/provider-of.ts';
import type { PaymentRow } from '../payments/queries.ts';
import { requirePayment } from '../payments/require-payment.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import type { Shop } from '../platform/shop.ts';

export interface PaymentNews {
  order: OrderRow;
  payment: PaymentRow;
}

/** Asks the provider, if it answers, then tells what is known: for a shopper who comes back. */
export async function paymentStatus(shop: Shop, order: OrderRow): Promise<PaymentNews> {
  const latest = await requirePayment(shop.db, order.id);
  if (isOpenPayment(latest.status)) await ask(shop, latest.id);
  return known(shop, order);
}

/** So long one question serves all who ask, however many windows a shopper has open: news comes by webhook anyway. */
const ASKED_MS = 1500;
const MOST_ASKED = 10_000;

/** By process, for that long only: nothing is lost with it. */
const questions = new LRUCache<string, Promise<void>>({ max: MOST_ASKED, ttl: ASKED_MS });

/** The same, but each payment is asked for at most once in a while. What is known is told as it is now. */
export async function paymentStatusSoon(shop: Shop, order: OrderRow): Promise<PaymentNews> {
  const latest = await requirePayment(shop.db, order.id);
  if (isOpenPayment(latest.status)) await askSoon(shop, latest.id);
  return known(shop, order);
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

async function known(shop: Shop, order: OrderRow): Promise<PaymentNews> {
  return {
    order: (await orderById(shop.db, order.id)) ?? order,
    payment: await requirePayment(shop.db, order.id),
  };
}
