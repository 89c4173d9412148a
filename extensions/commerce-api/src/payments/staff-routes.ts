/** What staff do with the money of orders. */
import { z } from 'zod';
import { staffOrderView, StaffOrderView } from '../orders/order-view.ts';
import { requireAnyOrder } from '../orders/read-order.ts';
import { OrderParams } from '../orders/requested-order.ts';
import { route, type Route } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import { refundOrder } from './refund-order.ts';
import { settleOrder } from './settle-order.ts';

const RefundBody = z
  .strictObject({
    amount_minor: z.int().min(1).optional(),
    lines: z
      .array(z.strictObject({ order_line: z.uuid(), quantity: z.int().min(1).max(999_999) }))
      .min(1)
      .max(500)
      .optional(),
    include_shipping: z.boolean().optional(),
    everything: z.literal(true).optional(),
    restock: z.boolean().optional(),
    reason: z.string().trim().min(1).max(500).optional(),
    to: z.enum(['original', 'store_credit']).optional(),
  })
  .refine(
    ({ amount_minor, lines, include_shipping, everything }) =>
      (amount_minor === undefined && !lines && !include_shipping) === (everything === true),
    'say what goes back: an amount, lines, the shipping, or everything',
  );

const RefundView = z.object({
  id: z.uuid(),
  payment: z.uuid(),
  amount_minor: z.int(),
  /** `pending` until its provider has done it. */
  status: z.enum(['pending', 'succeeded', 'failed']),
});

export const paymentStaffRoutes: Route[] = [
  route({
    method: 'post',
    path: '/orders/:order/refunds',
    tag: 'Orders',
    summary: 'Give money of an order back',
    description:
      'An amount, or what units (and the shipping) cost, or everything that is left. An amount beside lines gives less than they cost. It goes the way it came, or to the customer’s store credit.',
    access: 'order_staff',
    params: OrderParams,
    body: RefundBody,
    answers: {
      status: 201,
      data: z.object({ refunds: z.array(RefundView), order: StaffOrderView }),
      description: 'One refund for each payment the money comes from, and the order',
    },
    errors: ['NOT_FOUND', 'REFUND_TOO_MUCH', 'STORE_CREDIT_NEEDS_CUSTOMER', 'GIFT_CARD_SPENT'],
    async handle({ shop, caller, params, body }) {
      const { everything: _all, ...input } = body;
      const by = { actor_kind: 'staff' as const, actor: caller.user };
      const refunds = await refundOrder(shop, params.order, input, by);
      return { status: 201, data: { refunds, order: await staffView(shop, params.order) } };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/settle',
    tag: 'Orders',
    summary: 'Settle money that is not what was asked for',
    description:
      'For an order that was flagged because its provider reports another amount or currency. `accept` takes what came, if it is enough and in the order’s currency; `refund` gives it back.',
    access: 'order_staff',
    params: OrderParams,
    body: z.strictObject({ action: z.enum(['accept', 'refund']) }),
    answers: { status: 200, data: StaffOrderView, description: 'The order, off the staff’s list' },
    errors: ['NOT_FOUND', 'ORDER_NOT_SETTLABLE', 'PROVIDER_FAILED'],
    async handle({ shop, caller, params, body }) {
      await settleOrder(shop, params.order, body.action, caller.user);
      return { status: 200, data: await staffView(shop, params.order) };
    },
  }),
];

async function staffView(shop: Shop, order: string): Promise<StaffOrderView> {
  return staffOrderView(shop.db, await requireAnyOrder(shop, order));
}
