/** Sending back, as shoppers ask for it. */
import { z } from 'zod';
import { freeText } from '../cart/free-text.ts';
import { route, type Route } from '../platform/http.ts';
import { orderView, OrderView } from './order-view.ts';
import { requestReturn } from './request-return.ts';
import { OPTIONAL_KEY, ORDER_TOKEN, OrderParams, requestedOrder } from './requested-order.ts';

export const returnRoutes: Route[] = [
  route({
    method: 'post',
    path: '/orders/:order/returns',
    tag: 'Orders',
    summary: 'Ask to send units back',
    description:
      'Of what was sent and is in no other return, within the days the shop gives, counted from the arrival of the parcel (from its sending where no arrival was recorded).',
    access: 'holder',
    headers: { ...ORDER_TOKEN, ...OPTIONAL_KEY },
    params: OrderParams,
    body: z.strictObject({
      lines: z
        .array(
          z.strictObject({
            order_line: z.uuid(),
            quantity: z.int().min(1).max(999_999),
            reason: z.string().trim().max(255).optional(),
          }),
        )
        .min(1)
        .max(500),
      note: freeText(1000).optional(),
    }),
    answers: {
      status: 201,
      data: OrderView,
      meta: z.object({ return: z.uuid() }),
      description: 'The order, with the return',
    },
    errors: ['NOT_FOUND', 'NOT_RETURNABLE', 'IDEMPOTENCY_KEY_IN_USE', 'IDEMPOTENCY_KEY_REUSED'],
    async handle(exchange) {
      const { shop, caller, body, header } = exchange;
      const order = await requestedOrder(exchange);
      const meta = await requestReturn(shop, order, body, caller.user, header('idempotency-key'));
      return { status: 201, data: await orderView(shop.db, await requestedOrder(exchange)), meta };
    },
  }),
];
