/** Editing an order after it was placed. */
import { route, type Route } from '../platform/http.ts';
import { editOrder } from './edit-order.ts';
import { EditView, EditWish } from './edit-wish.ts';
import { requireAnyOrder } from './read-order.ts';
import { OrderParams } from './requested-order.ts';

export const orderEditRoutes: Route[] = [
  route({
    method: 'post',
    path: '/orders/:order/edits',
    tag: 'Orders',
    summary: 'Edit an order',
    description:
      'Adds variants, changes quantities, takes lines out or changes the address of an order that is unpaid or being processed. Lines that stay keep their price, tax and discount per unit; added ones are priced now, without promotions; shipping stays. The difference is settled: an unpaid order gets a new payment, a paid one a refund or a request for the rest. With `dry_run` nothing is changed.',
    access: 'order_staff',
    params: OrderParams,
    body: EditWish,
    answers: { status: 200, data: EditView, description: 'The edited order and what was settled' },
    errors: [
      'NOT_FOUND',
      'ORDER_CHANGED',
      'ORDER_NOT_EDITABLE',
      'EDIT_REFUSED',
      'NOT_FOR_SALE',
      'INSUFFICIENT_STOCK',
      'PROVIDER_UNKNOWN',
      'PROVIDER_FAILED',
      'PROVIDER_UNAVAILABLE',
    ],
    async handle({ shop, caller, params, body }) {
      const { id } = await requireAnyOrder(shop, params.order);
      return { status: 200, data: await editOrder(shop, id, body, caller.user) };
    },
  }),
];
