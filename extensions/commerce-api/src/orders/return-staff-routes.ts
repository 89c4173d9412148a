/** What staff do with returns. Each answers the order as it is then. */
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { decideReturn } from './decide-return.ts';
import { StaffOrderView } from './order-view.ts';
import { receiveReturn } from './receive-return.ts';
import { refundReturn } from './refund-return.ts';
import { takeBack } from './request-return.ts';
import { OPTIONAL_KEY, OrderParams } from './requested-order.ts';
import { staffView } from './staff-view.ts';

const ReturnParams = z.strictObject({ return: z.uuid() });
const quantity = z.int().min(1).max(999_999);
const arrived = { restock: z.boolean().optional(), condition: z.string().trim().max(255).optional() };

export const returnStaffRoutes: Route[] = [
  route({
    method: 'post',
    path: '/orders/:order/returns',
    tag: 'Returns',
    summary: 'Take units back',
    description:
      'Arranges a return, of which the shopper is written, or with `received` books goods that are here already, as at the counter. The shop’s days for returns do not count.',
    access: 'order_staff',
    headers: OPTIONAL_KEY,
    params: OrderParams,
    body: z.strictObject({
      lines: z
        .array(
          z.strictObject({
            order_line: z.uuid(),
            quantity,
            reason: z.string().trim().max(255).optional(),
            ...arrived,
          }),
        )
        .min(1)
        .max(500),
      note: z.string().trim().max(1000).optional(),
      received: z.boolean().optional(),
      location: z.uuid().optional(),
    }),
    answers: {
      status: 201,
      data: StaffOrderView,
      meta: z.object({ return: z.uuid() }),
      description: 'The order, with the return',
    },
    errors: ['NOT_FOUND', 'NOT_RETURNABLE', 'IDEMPOTENCY_KEY_IN_USE', 'IDEMPOTENCY_KEY_REUSED'],
    async handle({ shop, caller, params, body, header }) {
      const meta = await takeBack(shop, params.order, body, caller.user, header('idempotency-key'));
      return { status: 201, data: await staffView(shop, params.order), meta };
    },
  }),
  ...(['approved', 'rejected'] as const).map((decision) =>
    route({
      method: 'post',
      path: `/returns/:return/${decision === 'approved' ? 'approve' : 'reject'}`,
      tag: 'Returns',
      summary: decision === 'approved' ? 'Let units be sent back' : 'Refuse a return',
      description: 'The shopper is written, with the `reason`.',
      access: 'order_staff',
      params: ReturnParams,
      body: z.strictObject({ reason: z.string().trim().max(500).optional() }),
      answers: { status: 200, data: StaffOrderView, description: 'The order' },
      errors: ['NOT_FOUND', 'RETURN_NOT_CHANGEABLE'],
      async handle({ shop, caller, params, body }) {
        const answer = { decision, reason: body.reason };
        const { order } = await decideReturn(shop, params.return, answer, caller.user);
        return { status: 200, data: await staffView(shop, order) };
      },
    }),
  ),
  route({
    method: 'post',
    path: '/returns/:return/receive',
    tag: 'Returns',
    summary: 'Returned goods are here',
    description:
      'Without `lines` everything that was announced. What did not come is taken off the return; what can be sold again goes back on the shelf unless `restock` is false.',
    access: 'order_staff',
    params: ReturnParams,
    body: z.strictObject({
      lines: z
        .array(z.strictObject({ order_line: z.uuid(), quantity: quantity.optional(), ...arrived }))
        .min(1)
        .max(500)
        .optional(),
      location: z.uuid().optional(),
    }),
    answers: { status: 200, data: StaffOrderView, description: 'The order' },
    errors: ['NOT_FOUND', 'RETURN_NOT_CHANGEABLE', 'NOT_RETURNABLE'],
    async handle({ shop, caller, params, body }) {
      const { order } = await receiveReturn(shop, params.return, body, caller.user);
      return { status: 200, data: await staffView(shop, order) };
    },
  }),
  route({
    method: 'post',
    path: '/returns/:return/refund',
    tag: 'Returns',
    summary: 'Give the money of returned goods back',
    description:
      'What their lines cost, or less with `amount_minor`; with `include_shipping` what was paid for shipping, too.',
    access: 'order_staff',
    params: ReturnParams,
    body: z.strictObject({
      amount_minor: z.int().min(0).optional(),
      include_shipping: z.boolean().optional(),
      to: z.enum(['original', 'store_credit']).optional(),
      reason: z.string().trim().max(500).optional(),
    }),
    answers: { status: 200, data: StaffOrderView, description: 'The order' },
    errors: ['NOT_FOUND', 'RETURN_NOT_CHANGEABLE'],
    async handle({ shop, caller, params, body }) {
      const { order } = await refundReturn(shop, params.return, body, caller.user);
      return { status: 200, data: await staffView(shop, order) };
    },
  }),
];
