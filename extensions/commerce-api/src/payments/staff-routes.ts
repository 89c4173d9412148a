/** What staff do with the money of orders. */
import { z } from 'zod';
import { staffOrderView, StaffOrderView } from '../orders/order-view.ts';
import { requireAnyOrder } from '../orders/read-order.ts';
import { acceptOrder } from '../orders/accept-order.ts';
import { OrderParams } from '../orders/requested-order.ts';
import { route, type Route } from '../platform/http.ts';
import type { Shop } from '../platform/shop.ts';
import { capturePayment } from './capture-payment.ts';
import { resolveAttention } from './flag-order.ts';
import { refundOrder } from './refund-order.ts';
import { settleOrder } from './settle-order.ts';
import { resolveRefund } from './settle-refund.ts';

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
    path: '/orders/:order/accept',
    tag: 'Orders',
    summary: 'Let an order be sent whose money is promised',
    description:
      'Cash on delivery, or a card payment that was only authorised: the order can be packed and sent; its money is taken or received later.',
    access: 'order_staff',
    params: OrderParams,
    answers: { status: 200, data: StaffOrderView, description: 'The accepted order' },
    errors: ['NOT_FOUND', 'ORDER_NOT_ACCEPTABLE'],
    async handle({ shop, caller, params }) {
      await acceptOrder(shop, await requireAnyOrder(shop, params.order), caller.user);
      return { status: 200, data: await staffView(shop, params.order) };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/capture',
    tag: 'Orders',
    summary: 'Take the promised money',
    description:
      'All that the order still needs, or a part; what is left of the promise is given up. Repeating it takes nothing twice.',
    access: 'order_staff',
    params: OrderParams,
    body: z.strictObject({ amount_minor: z.int().min(1).optional() }),
    answers: { status: 200, data: StaffOrderView, description: 'The order with its money' },
    errors: ['NOT_FOUND', 'PAYMENT_NOT_CAPTURABLE', 'PROVIDER_FAILED', 'PROVIDER_UNAVAILABLE'],
    async handle({ shop, caller, params, body }) {
      await capturePayment(shop, params.order, body.amount_minor, caller.user);
      return { status: 200, data: await staffView(shop, params.order) };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/attention/resolve',
    tag: 'Orders',
    summary: 'Take an order off the list of those that need attention',
    access: 'order_staff',
    params: OrderParams,
    body: z.strictObject({ note: z.string().trim().min(1).max(500).optional() }),
    answers: { status: 200, data: StaffOrderView, description: 'The order' },
    errors: ['NOT_FOUND'],
    async handle({ shop, caller, params, body }) {
      await resolveAttention(shop, params.order, body.note, caller.user);
      return { status: 200, data: await staffView(shop, params.order) };
    },
  }),
  route({
    method: 'post',
    path: '/refunds/:refund/resolve',
    tag: 'Orders',
    summary: 'Say what became of a refund its provider does not tell of',
    description:
      'Look in the provider’s dashboard first. `ask_again` asks the provider once more: only when it did not give the money back.',
    access: 'order_staff',
    params: z.strictObject({ refund: z.uuid() }),
    body: z.strictObject({ outcome: z.enum(['given_back', 'not_given_back', 'ask_again']) }),
    answers: { status: 200, data: StaffOrderView, description: 'The order' },
    errors: ['NOT_FOUND', 'REFUND_NOT_UNCLEAR'],
    async handle({ shop, caller, params, body }) {
      const { order } = await resolveRefund(shop, params.refund, body.outcome, caller.user);
      return { status: 200, data: await staffView(shop, order) };
    },
  }),
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
    errors: [
      'NOT_FOUND',
      'ORDER_NOT_PAID',
      'REFUND_TOO_MUCH',
      'STORE_CREDIT_NEEDS_CUSTOMER',
      'GIFT_CARD_SPENT',
    ],
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
    errors: ['NOT_FOUND', 'ORDER_NOT_SETTLABLE', 'PROVIDER_FAILED', 'PROVIDER_UNAVAILABLE'],
    async handle({ shop, caller, params, body }) {
      await settleOrder(shop, params.order, body.action, caller.user);
      return { status: 200, data: await staffView(shop, params.order) };
    },
  }),
];

async function staffView(shop: Shop, order: string): Promise<StaffOrderView> {
  return staffOrderView(shop.db, await requireAnyOrder(shop, order));
}
