/**
 * Orders: what was agreed when a cart was placed, and what has become of it since. Prices, names and addresses are copies, so that
 * changing the catalogue never changes history. `orders`, `order_lines`, `order_adjustments` and `order_events` are written
 * through the queries of this domain, under the lock of the order; only a verified address joins guest orders from `customers/`.
 */
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { cancelOrder } from './close-order.ts';
import { orderSummary, OrderSummary, orderView, OrderView } from './order-view.ts';
import { listOrders } from './read-order.ts';
import { ORDER_TOKEN, OrderParams, requestedOrder } from './requested-order.ts';

export const orderRoutes: Route[] = [
  route({
    method: 'get',
    path: '/me/orders',
    tag: 'Orders',
    summary: 'My orders, newest first',
    access: 'customer',
    query: z.strictObject({
      page: z.coerce.number().int().min(1).max(10_000).default(1),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    answers: {
      status: 200,
      data: z.array(OrderSummary),
      meta: z.object({ page: z.int(), limit: z.int(), total: z.int() }),
      description: 'A page of orders',
    },
    errors: ['SIGN_IN_REQUIRED'],
    async handle({ shop, caller, query }) {
      const { orders, total } = await listOrders(shop, caller.customer ?? '', query);
      return { status: 200, data: orders.map(orderSummary), meta: { ...query, total } };
    },
  }),
  route({
    method: 'get',
    path: '/orders/:order',
    tag: 'Orders',
    summary: 'An order with its lines and timeline',
    access: 'holder',
    headers: ORDER_TOKEN,
    params: OrderParams,
    answers: { status: 200, data: OrderView, description: 'The order' },
    errors: ['NOT_FOUND'],
    async handle(exchange) {
      const order = await requestedOrder(exchange);
      return { status: 200, data: await orderView(exchange.shop.db, order) };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/cancel',
    tag: 'Orders',
    summary: 'Cancel an order',
    description:
      'Unpaid: frees its stock and gives its cart back, to change and order again. Paid: possible until its first parcel is being packed; all its money goes back. An order that was paid while it was being cancelled is not: `reason` is `already_paid`, and cancelling again gives the money back.',
    access: 'holder',
    headers: ORDER_TOKEN,
    params: OrderParams,
    body: z.strictObject({ reason: z.string().trim().max(500).optional() }),
    answers: { status: 200, data: OrderView, description: 'The cancelled order' },
    errors: ['NOT_FOUND', 'ORDER_NOT_CANCELLABLE', 'PROVIDER_FAILED', 'PROVIDER_UNAVAILABLE'],
    async handle(exchange) {
      const { shop, caller, body } = exchange;
      await cancelOrder(shop, await requestedOrder(exchange), {
        actor_kind: 'customer',
        actor: caller.user,
        reason: body.reason ?? null,
      });
      return { status: 200, data: await orderView(shop.db, await requestedOrder(exchange)) };
    },
  }),
];
