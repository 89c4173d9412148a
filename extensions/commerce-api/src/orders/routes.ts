import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { cancelOrder } from './close-order.ts';
import { orderSummary, OrderSummary, orderView, OrderView } from './order-view.ts';
import { listOrders, requireOrder } from './read-order.ts';

const OrderParams = z.strictObject({ order: z.uuid() });
const ORDER_TOKEN = { 'X-Order-Token': 'The token a guest got with the order. Customers send their JWT instead.' };

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
    async handle({ shop, caller, params, header }) {
      const order = await requireOrder(shop, params.order, { caller, token: header('x-order-token') });
      return { status: 200, data: await orderView(shop.db, order) };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/cancel',
    tag: 'Orders',
    summary: 'Cancel an unpaid order',
    description: 'Frees its stock and gives its cart back, to change and order again.',
    access: 'holder',
    headers: ORDER_TOKEN,
    params: OrderParams,
    body: z.strictObject({ reason: z.string().trim().max(500).optional() }),
    answers: { status: 200, data: OrderView, description: 'The cancelled order' },
    errors: ['NOT_FOUND', 'ORDER_NOT_CANCELLABLE', 'PROVIDER_FAILED'],
    async handle({ shop, caller, params, body, header }) {
      const holder = { caller, token: header('x-order-token') };
      const order = await requireOrder(shop, params.order, holder);
      await cancelOrder(shop, order, { actor_kind: 'customer', actor: caller.user, reason: body.reason ?? null });
      return { status: 200, data: await orderView(shop.db, await requireOrder(shop, params.order, holder)) };
    },
  }),
];
