/** Placing a draft order. */
import { z } from 'zod';
import { staffOrderView, StaffOrderView } from '../orders/order-view.ts';
import { paymentView, PaymentView } from '../payments/payment-view.ts';
import { route, type Route } from '../platform/http.ts';
import { completeDraft } from './complete-draft.ts';
import { placingFields, PLACING_ERRORS, Provider, WISH_ERRORS, wishFields } from './placing.ts';

export const draftCheckoutRoutes: Route[] = [
  route({
    method: 'post',
    path: '/drafts/:draft/complete',
    tag: 'Drafts',
    summary: 'Place a draft order',
    description:
      'As a checkout does, without its limits on unpaid orders. The shopper gets a mail with the order and how to pay. With `mark_paid` the money is here already; that needs a provider whose money moves by hand.',
    access: 'order_staff',
    headers: { 'Idempotency-Key': 'Required: one new value per draft, the same on every repeat.' },
    params: z.strictObject({ draft: z.uuid() }),
    body: z.strictObject({
      ...placingFields,
      payment: z.strictObject({ provider: Provider, return_url: wishFields.return_url }),
      mark_paid: z.boolean().default(false),
    }),
    answers: {
      status: 201,
      data: z.object({ order: StaffOrderView, payment: PaymentView, order_token: z.string().nullable() }),
      description: 'The order, its payment, and for a guest the token that opens the order',
    },
    errors: [...PLACING_ERRORS, ...WISH_ERRORS],
    async handle({ shop, caller, params, body, header }) {
      const staff = { caller, idempotency_key: header('idempotency-key') };
      const { order, payment, order_token } = await completeDraft(shop, params.draft, staff, body);
      const data = {
        order: await staffOrderView(shop.db, order),
        payment: await paymentView(shop, order, payment),
        order_token,
      };
      return { status: 201, data };
    },
  }),
];
