/** What staff do with orders. Each answers the order with its whole timeline. */
import { z } from 'zod';
import { ORDER_MAILS } from '../notifications/order-mails.ts';
import { attentionActions } from '../payments/flag-order.ts';
import { receiveMoney } from '../payments/receive-money.ts';
import { syncLatestPayment } from '../payments/sync-payment.ts';
import { route, type Route } from '../platform/http.ts';
import { cancelOrder } from './close-order.ts';
import { orderSummary, OrderSummary, StaffOrderView } from './order-view.ts';
import { listOrdersNeedingAttention, requireAnyOrder } from './read-order.ts';
import { OrderParams } from './requested-order.ts';
import { resendMail } from './resend-mail.ts';
import { staffView } from './staff-view.ts';

export const orderStaffRoutes: Route[] = [
  route({
    method: 'get',
    path: '/orders/attention',
    tag: 'Orders',
    summary: 'Orders that wait for staff, oldest first',
    description: 'Flagged ones, and those with a return nobody has answered.',
    access: 'order_staff',
    query: z.strictObject({
      page: z.coerce.number().int().min(1).max(10_000).default(1),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    answers: {
      status: 200,
      data: z.array(
        OrderSummary.extend({
          attention_code: z.string().nullable(),
          attention_reason: z.string().nullable(),
          attention_at: z.string().nullable(),
          /** What staff may do about it: actions of these routes. */
          actions: z.array(z.string()),
          requested_returns: z.int(),
        }),
      ),
      meta: z.object({ page: z.int(), limit: z.int(), total: z.int() }),
      description: 'A page of orders',
    },
    async handle({ shop, query }) {
      const { orders, total } = await listOrdersNeedingAttention(shop, query);
      const data = orders.map((order) => ({
        ...orderSummary(order),
        attention_code: order.attention_code,
        attention_reason: order.attention_reason,
        attention_at: order.attention_at?.toISOString() ?? null,
        actions: attentionActions(order.attention_code),
        requested_returns: order.requested_returns,
      }));
      return { status: 200, data, meta: { ...query, total } };
    },
  }),
  route({
    method: 'get',
    path: '/orders/:order',
    tag: 'Orders',
    summary: 'Any order',
    access: 'order_staff',
    params: OrderParams,
    answers: { status: 200, data: StaffOrderView, description: 'The order' },
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
    answers: { status: 200, data: StaffOrderView, description: 'The paid order' },
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
    summary: 'Cancel an order of which nothing has left',
    description:
      'What was paid goes back in full, parcels being packed are unpacked, and its goods go back on the shelf unless `restock` is false.',
    access: 'order_staff',
    params: OrderParams,
    body: z.strictObject({
      reason: z.string().trim().max(500).optional(),
      restock: z.boolean().optional(),
    }),
    answers: { status: 200, data: StaffOrderView, description: 'The cancelled order' },
    errors: ['NOT_FOUND', 'ORDER_NOT_CANCELLABLE', 'PROVIDER_FAILED', 'PROVIDER_UNAVAILABLE'],
    async handle({ shop, caller, params, body }) {
      const order = await requireAnyOrder(shop, params.order);
      await cancelOrder(shop, order, {
        actor_kind: 'staff',
        actor: caller.user,
        reason: body.reason ?? null,
        restock: body.restock,
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
    answers: { status: 200, data: StaffOrderView, description: 'The order as the provider’s answer left it' },
    errors: ['NOT_FOUND', 'PROVIDER_FAILED', 'PROVIDER_UNAVAILABLE'],
    async handle({ shop, params }) {
      await syncLatestPayment(shop, params.order);
      return { status: 200, data: await staffView(shop, params.order) };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/mails',
    tag: 'Orders',
    summary: 'Send a mail about the order again',
    description: 'As the order is now; a mail on a parcel or a return tells of the newest it fits.',
    access: 'order_staff',
    params: OrderParams,
    body: z.strictObject({ template: z.enum(ORDER_MAILS) }),
    answers: { status: 204, description: 'It is on its way' },
    errors: ['NOT_FOUND', 'MAIL_NOT_DUE'],
    async handle({ shop, caller, params, body }) {
      await resendMail(shop, params.order, body.template, caller.user);
      return { status: 204 };
    },
  }),
];
