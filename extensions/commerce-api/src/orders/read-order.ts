/** Who may see an order: the customer it belongs to, whoever holds the token its guest got, and staff. */
import { KontorError } from '../errors.ts';
import type { Caller } from '../platform/caller.ts';
import { tokenMatches } from '../platform/secrets.ts';
import type { Shop } from '../platform/shop.ts';
import {
  orderById,
  ordersNeedingAttention,
  ordersOfCustomer,
  orderWithLines,
  type AttentionPage,
  type OrderPage,
  type OrderRow,
  type OrderWithLines,
} from './queries.ts';

export interface OrderHolder {
  caller: Pick<Caller, 'customer'>;
  token: string | undefined;
}

/** @throws KontorError NOT_FOUND, the same for an order that is not there and one that is not the caller's */
export async function requireOrder(shop: Shop, id: string, holder: OrderHolder): Promise<OrderRow> {
  const order = await orderById(shop.db, id);
  const isOwn = order?.customer != null && order.customer === holder.caller.customer;
  if (!order || !(isOwn || tokenMatches(holder.token, order.token_hash))) throw new KontorError('NOT_FOUND');
  return order;
}

/** For staff, whose routes have checked who is asking. @throws KontorError NOT_FOUND */
export async function requireAnyOrder(shop: Shop, id: string): Promise<OrderRow> {
  const order = await orderById(shop.db, id);
  if (!order) throw new KontorError('NOT_FOUND');
  return order;
}

/** An order with what was bought and the provider it is to be paid with now; null when it does not exist. */
export async function readOrder(shop: Shop, id: string): Promise<OrderWithLines | null> {
  return (await orderWithLines(shop.db, id)) ?? null;
}

export function listOrders(
  shop: Shop,
  customer: string,
  page: { page: number; limit: number },
): Promise<OrderPage> {
  return ordersOfCustomer(shop.db, customer, { limit: page.limit, offset: (page.page - 1) * page.limit });
}

/** What waits for staff: flagged orders, and those with a return nobody has answered; oldest first. */
export function listOrdersNeedingAttention(
  shop: Shop,
  page: { page: number; limit: number },
): Promise<AttentionPage> {
  return ordersNeedingAttention(shop.db, { limit: page.limit, offset: (page.page - 1) * page.limit });
}
