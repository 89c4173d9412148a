/** The order a request names, for routes that are open to its customer and to whoever holds its token. */
import { z } from 'zod';
import type { Exchange } from '../platform/http.ts';
import type { OrderRow } from './queries.ts';
import { requireOrder } from './read-order.ts';

export const OrderParams = z.strictObject({ order: z.uuid() });

export const ORDER_TOKEN = {
  'X-Order-Token': 'The token a guest got with the order. Customers send their JWT instead.',
};

export const OPTIONAL_KEY = {
  'Idempotency-Key': 'Optional: a repeat with the same value does nothing again and answers the same.',
};

/** @throws KontorError NOT_FOUND, the same for an order that is not there and one that is not the caller's */
export function requestedOrder({
  shop,
  caller,
  params,
  header,
}: Exchange<z.output<typeof OrderParams>, unknown, unknown>): Promise<OrderRow> {
  return requireOrder(shop, params.order, { caller, token: header('x-order-token') });
}
