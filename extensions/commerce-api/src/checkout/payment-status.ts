/** What a storefront polls while its shopper pays: the provider is asked, but not by everybody at once. */
import { LRUCache } from 'lru-cache';
import type { OrderRow } from '../orders/queries.ts';
import type { PaymentRow } from '../payments/queries.ts';
import type { Shop } from '../platform/shop.ts';
import { paymentStatus } from './pay-order.ts';

type Status = Promise<{ order: OrderRow; payment: PaymentRow }>;

/** So long one answer serves all who ask, however many windows a shopper has open: news comes by webhook anyway. */
const FRESH_MS = 1500;
const MOST_KEPT = 10_000;

/** By process, for that long only: nothing is lost with it. */
const answers = new LRUCache<string, Status>({ max: MOST_KEPT, ttl: FRESH_MS });

/** As `paymentStatus`, at most once in a while for each order. A failure is not kept. */
export function paymentStatusSoon(shop: Shop, order: OrderRow): Status {
  const known = answers.get(order.id);
  if (known) return known;
  const asked = paymentStatus(shop, order);
  answers.set(order.id, asked);
  asked.catch(() => answers.delete(order.id));
  return asked;
}
