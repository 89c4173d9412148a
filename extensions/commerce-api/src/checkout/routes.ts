/** Placing an order and paying it, for guests and customers. */
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { orderView, OrderView } from '../orders/order-view.ts';
import { ORDER_TOKEN, OrderParams, requestedOrder } from '../orders/requested-order.ts';
import { paymentView, PaymentView } from '../payments/payment-view.ts';
import type { OrderRow } from '../orders/queries.ts';
import type { Caller } from '../platform/caller.ts';
import type { Shop } from '../platform/shop.ts';
import { KontorError } from '../errors.ts';
import { completeCheckout, type Completed } from './complete-checkout.ts';
import { payOrder } from './pay-order.ts';
import { paymentStatus } from './payment-status.ts';
import { placingFields, PLACING_ERRORS, Provider, WISH_ERRORS, wishFields } from './placing.ts';

const OrderAndPayment = z.object({ order: OrderView, payment: PaymentView });

export const checkoutRoutes: Route[] = [
  route({
    method: 'post',
    path: '/carts/:cart/complete',
    tag: 'Checkout',
    summary: 'Place the order',
    description:
      'Prices the cart once more, reserves the stock and places the order, all or nothing. Repeat it with the same Idempotency-Key as often as you like. Then let the shopper pay with what `payment.client_data` holds.',
    access: 'holder',
    headers: {
      'Idempotency-Key': 'Required: one new value per checkout, the same on every repeat.',
      'X-Cart-Token': 'The token a guest got when the cart was made.',
    },
    params: z.strictObject({ cart: z.uuid() }),
    body: z.strictObject({
      ...placingFields,
      expected_payable_minor: z
        .int()
        .nonnegative()
        .optional()
        .describe(
          'What the cart showed as left to pay (`payable.remaining_minor`). Required when gift cards or store credit pay a part.',
        ),
      payment: z.strictObject({ provider: Provider, ...wishFields }),
    }),
    answers: {
      status: 201,
      data: OrderAndPayment.extend({ order_token: z.string().nullable() }),
      description: 'The order, its payment, and for a guest the token that opens the order',
    },
    errors: [...PLACING_ERRORS, ...WISH_ERRORS, 'GIFT_CARD_CHANGED', 'TOO_MANY_UNPAID_ORDERS'],
    async handle({ shop, caller, params, body, header }) {
      const checkout = { caller, token: header('x-cart-token'), idempotency_key: header('idempotency-key') };
      const { order_token, ...placed } = await completeCheckout(shop, params.cart, checkout, body);
      return { status: 201, data: { ...(await orderAndPayment(shop, placed)), order_token } };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/pay',
    tag: 'Checkout',
    summary: 'Pay an order that waits',
    description:
      'After a failed payment, when the provider was down during checkout, or to switch to another provider, its own page, or a kept method.',
    access: 'holder',
    headers: ORDER_TOKEN,
    params: OrderParams,
    body: z.strictObject({ provider: Provider.optional(), ...wishFields }),
    answers: {
      status: 200,
      data: OrderAndPayment,
      description: 'The order and what the client needs to pay',
    },
    errors: [
      'NOT_FOUND',
      'ORDER_NOT_PAYABLE',
      'TOO_MANY_PAYMENTS',
      'PROVIDER_UNKNOWN',
      'PROVIDER_FAILED',
      ...WISH_ERRORS,
    ],
    async handle(exchange) {
      const { shop, body } = exchange;
      const order = await requestedOrder(exchange);
      requireOwnMethods(exchange.caller, order, body);
      const paid = await payOrder(shop, order, body);
      return { status: 200, data: await orderAndPayment(shop, paid) };
    },
  }),
  route({
    method: 'get',
    path: '/orders/:order/payment',
    tag: 'Checkout',
    summary: 'How far the payment is',
    description:
      'Asks the provider while the payment is open: call it when the shopper comes back from paying.',
    access: 'holder',
    headers: ORDER_TOKEN,
    params: OrderParams,
    answers: { status: 200, data: OrderAndPayment, description: 'The order and its payment' },
    errors: ['NOT_FOUND'],
    async handle(exchange) {
      const { shop } = exchange;
      const current = await paymentStatus(shop, await requestedOrder(exchange));
      return { status: 200, data: await orderAndPayment(shop, current) };
    },
  }),
];

/** Whoever holds the link of an order may pay it, and not with what its account keeps. @throws KontorError METHODS_NOT_KEPT */
function requireOwnMethods(
  { customer }: Pick<Caller, 'customer'>,
  order: OrderRow,
  { payment_method, save_method }: { payment_method?: string | undefined; save_method?: boolean | undefined },
): void {
  const wantsMethods = payment_method !== undefined || save_method === true;
  if (wantsMethods && (customer === null || customer !== order.customer))
    throw new KontorError('METHODS_NOT_KEPT');
}

async function orderAndPayment(
  shop: Shop,
  { order, payment, settings }: Omit<Completed, 'order_token'>,
): Promise<z.output<typeof OrderAndPayment>> {
  return {
    order: await orderView(shop.db, order),
    payment: await paymentView(shop, order, payment, settings),
  };
}
