/** What staff do with orders. Each answers the order with its whole timeline. */
import { z } from 'zod';
import { receiveMoney } from '../payments/receive-money.ts';
import { syncLatestPayment } from '../payments/sync-payment.ts';
import { route, type Route } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import { cancelOrder } from './close-order.ts';
import { orderView, OrderView } from './order-view.ts';
import { requireAnyOrder } from './read-order.ts';
import { OrderParams } from './requested-order.ts';

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
      return { status: 200, data: await staffView(shop, params.order) };
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
      return { status: 200, data: await staffView(shop, params.order) };
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
    errors: ['NOT_FOUND', 'ORDER_NOT_CANCELLABLE', 'PROVIDER_FAILED'],
    async handle({ shop, caller, params, body }) {
      const order = await requireAnyOrder(shop, params.order);
      await cancelOrder(shop, order, {
        actor_kind: 'staff',
        actor: caller.user,
        reason: body.reason ?? null,
      });
      return { status: 200, data: await staffView(shop, params.order) };
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
    errors: ['NOT_FOUND', 'PROVIDER_FAILED'],
    async handle({ shop, params }) {
      await syncLatestPayment(shop, params.order);
      return { status: 200, data: await staffView(shop, params.order) };
    },
  }),
];

async function staffView(shop: Shop, order: string): Promise<OrderView> {
  return orderView(shop.db, await requireAnyOrder(shop, order), 'staff');
}
