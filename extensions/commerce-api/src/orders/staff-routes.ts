import { z } from 'zod';
import { KontorError } from '../errors.ts';
import { receiveMoney } from '../payments/receive-money.ts';
import { syncPayment } from '../payments/sync-payment.ts';
import { latestPayment } from '../payments/queries.ts';
import { route, type Route } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import { cancelOrder } from './close-order.ts';
import { orderView, OrderView } from './order-view.ts';
import { orderById, type OrderRow } from './queries.ts';

const OrderParams = z.strictObject({ order: z.uuid() });

async function requireAnyOrder(shop: Shop, id: string): Promise<OrderRow> {
  const order = await orderById(shop.db, id);
  if (!order) throw new KontorError('NOT_FOUND');
  return order;
}

export const orderStaffRoutes: Route[] = [
  route({
    method: 'get',
    path: '/orders/:order',
    tag: 'Orders',
    summary: 'Any order',
    access: 'order_staff',
    params: OrderParams,
    answers: { status: 200, data: OrderView, description: 'The order' },
    errors: ['NOT_FOUND'],
    async handle({ shop, params }) {
      return { status: 200, data: await orderView(shop.db, await requireAnyOrder(shop, params.order), 'staff') };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/mark-paid',
    tag: 'Orders',
    summary: 'The money of a manual payment has come',
    access: 'order_staff',
    params: OrderParams,
    answers: { status: 200, data: OrderView, description: 'The paid order' },
    errors: ['NOT_FOUND', 'ORDER_NOT_PAYABLE'],
    async handle({ shop, caller, params }) {
      await receiveMoney(shop, await requireAnyOrder(shop, params.order), caller.user);
      return { status: 200, data: await orderView(shop.db, await requireAnyOrder(shop, params.order), 'staff') };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/cancel',
    tag: 'Orders',
    summary: 'Cancel an unpaid order',
    access: 'order_staff',
    params: OrderParams,
    body: z.strictObject({ reason: z.string().trim().max(500).optional() }),
    answers: { status: 200, data: OrderView, description: 'The cancelled order' },
    errors: ['NOT_FOUND', 'ORDER_NOT_CANCELLABLE'],
    async handle({ shop, caller, params, body }) {
      const order = await requireAnyOrder(shop, params.order);
      await cancelOrder(shop, order, { actor_kind: 'staff', actor: caller.user, reason: body.reason ?? null });
      return { status: 200, data: await orderView(shop.db, await requireAnyOrder(shop, params.order), 'staff') };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/sync-payment',
    tag: 'Orders',
    summary: 'Ask the provider about the payment',
    access: 'order_staff',
    params: OrderParams,
    answers: { status: 200, data: OrderView, description: 'The order as the provider’s answer left it' },
    errors: ['NOT_FOUND'],
    async handle({ shop, params }) {
      const payment = await latestPayment(shop.db, params.order);
      if (!payment) throw new KontorError('NOT_FOUND');
      await syncPayment(shop, payment.id);
      return { status: 200, data: await orderView(shop.db, await requireAnyOrder(shop, params.order), 'staff') };
    },
  }),
];
