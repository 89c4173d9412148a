/** Placing a draft order. */
import { z } from 'zod';
import { staffOrderView, StaffOrderView } from '../orders/order-view.ts';
import { paymentView, PaymentView } from '../payments/payment-view.ts';
import { route, type Route } from '../platform/http.ts';
import { completeDraft } from './complete-draft.ts';

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
      expected_total_minor: z.int().nonnegative(),
      expected_currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .optional(),
      payment: z.strictObject({
        provider: z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'is not the name of a provider'),
      }),
      mark_paid: z.boolean().default(false),
      customer_note: z.string().trim().max(1000).optional(),
    }),
    answers: {
      status: 201,
      data: z.object({ order: StaffOrderView, payment: PaymentView, order_token: z.string().nullable() }),
      description: 'The order, its payment, and for a guest the token that opens the order',
    },
    errors: [
      'IDEMPOTENCY_KEY_MISSING',
      'NOT_FOUND',
      'CART_NOT_OPEN',
      'CART_EMPTY',
      'CART_FULL',
      'AMOUNT_TOO_LARGE',
      'EMAIL_MISSING',
      'ADDRESS_MISSING',
      'SHIPPING_METHOD_MISSING',
      'NOT_FOR_SALE',
      'PRICE_CHANGED',
      'INSUFFICIENT_STOCK',
      'QUANTITY_LIMIT',
      'IDEMPOTENCY_KEY_IN_USE',
      'IDEMPOTENCY_KEY_REUSED',
      'PROVIDER_UNKNOWN',
    ],
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
