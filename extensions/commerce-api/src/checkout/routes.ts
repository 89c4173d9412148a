import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { orderView, OrderView } from '../orders/order-view.ts';
import { requireOrder } from '../orders/read-order.ts';
import { paymentView, PaymentView } from '../payments/payment-view.ts';
import { completeCheckout } from './complete-checkout.ts';
import { paymentStatus, payOrder } from './pay-order.ts';

const Provider = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'is not the name of a provider');
const ReturnUrl = z.url({ protocol: /^https?$/ }).max(2000);
const OrderParams = z.strictObject({ order: z.uuid() });
const OrderAndPayment = z.object({ order: OrderView, payment: PaymentView });
const ORDER_TOKEN = { 'X-Order-Token': 'The token a guest got with the order. Customers send their JWT instead.' };

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
      expected_total_minor: z.int().nonnegative(),
      expected_currency: z.string().regex(/^[A-Z]{3}$/).optional(),
      payment: z.strictObject({ provider: Provider, return_url: ReturnUrl.optional() }),
      customer_note: z.string().trim().max(1000).optional(),
    }),
    answers: {
      status: 201,
      data: OrderAndPayment.extend({ order_token: z.string().nullable() }),
      description: 'The order, its payment, and for a guest the token that opens the order',
    },
    errors: [
      'IDEMPOTENCY_KEY_MISSING',
      'NOT_FOUND',
      'CART_NOT_OPEN',
      'CART_EMPTY',
      'EMAIL_MISSING',
      'ADDRESS_MISSING',
      'SHIPPING_METHOD_MISSING',
      'NOT_FOR_SALE',
      'PRICE_CHANGED',
      'INSUFFICIENT_STOCK',
      'QUANTITY_LIMIT',
      'TOO_MANY_UNPAID_ORDERS',
      'IDEMPOTENCY_KEY_IN_USE',
      'IDEMPOTENCY_KEY_REUSED',
      'PROVIDER_UNKNOWN',
    ],
    async handle({ shop, caller, params, body, header }) {
      const checkout = { caller, token: header('x-cart-token'), idempotency_key: header('idempotency-key') };
      const { order, payment, order_token } = await completeCheckout(shop, params.cart, checkout, body);
      const data = {
        order: await orderView(shop.db, order),
        payment: await paymentView(shop, order, payment),
        order_token,
      };
      return { status: 201, data };
    },
  }),
  route({
    method: 'post',
    path: '/orders/:order/pay',
    tag: 'Checkout',
    summary: 'Pay an order that waits',
    description: 'After a failed payment, when the provider was down during checkout, or to switch to another provider.',
    access: 'holder',
    headers: ORDER_TOKEN,
    params: OrderParams,
    body: z.strictObject({ provider: Provider.optional(), return_url: ReturnUrl.optional() }),
    answers: { status: 200, data: OrderAndPayment, description: 'The order and what the client needs to pay' },
    errors: ['NOT_FOUND', 'ORDER_NOT_PAYABLE', 'PROVIDER_UNKNOWN', 'PROVIDER_FAILED'],
    async handle({ shop, caller, params, body, header }) {
      const found = await requireOrder(shop, params.order, { caller, token: header('x-order-token') });
      const { order, payment } = await payOrder(shop, found, body);
      return { status: 200, data: { order: await orderView(shop.db, order), payment: await paymentView(shop, order, payment) } };
    },
  }),
  route({
    method: 'get',
    path: '/orders/:order/payment',
    tag: 'Checkout',
    summary: 'How far the payment is',
    description: 'Asks the provider while the payment is open: call it when the shopper comes back from paying.',
    access: 'holder',
    headers: ORDER_TOKEN,
    params: OrderParams,
    answers: { status: 200, data: OrderAndPayment, description: 'The order and its payment' },
    errors: ['NOT_FOUND'],
    async handle({ shop, caller, params, header }) {
      const found = await requireOrder(shop, params.order, { caller, token: header('x-order-token') });
      const { order, payment } = await paymentStatus(shop, found);
      return { status: 200, data: { order: await orderView(shop.db, order), payment: await paymentView(shop, order, payment) } };
    },
  }),
];
