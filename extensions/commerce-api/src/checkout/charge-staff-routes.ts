/** Staff charge a method a customer has kept, while nobody is there. */
import { z } from 'zod';
import { staffOrderView, StaffOrderView } from '../orders/order-view.ts';
import { requireAnyOrder } from '../orders/read-order.ts';
import { OrderParams } from '../orders/requested-order.ts';
import { paymentView, PaymentView } from '../payments/payment-view.ts';
import { route, type Route } from '../platform/http.ts';
import { chargeMethod } from './charge-method.ts';

export const chargeRoutes: Route[] = [
  route({
    method: 'post',
    path: '/orders/:order/charge',
    tag: 'Orders',
    summary: 'Charge a kept method for what an order still costs',
    description:
      'The customer’s default, or the one named. A bank that wants the shopper to confirm refuses: `payment.status` is `failed`, and the shopper can pay by the link of their order. Repeating it charges nothing twice.',
    access: 'order_staff',
    params: OrderParams,
    body: z.strictObject({ payment_method: z.uuid().optional() }),
    answers: {
      status: 200,
      data: z.object({ order: StaffOrderView, payment: PaymentView }),
      description: 'The order, and what became of the charge',
    },
    errors: [
      'NOT_FOUND',
      'ORDER_NOT_PAYABLE',
      'METHODS_NOT_KEPT',
      'PROVIDER_UNKNOWN',
      'PROVIDER_FAILED',
      'PROVIDER_UNAVAILABLE',
    ],
    async handle({ shop, caller, params, body }) {
      const order = await requireAnyOrder(shop, params.order);
      const charged = await chargeMethod(shop, order, body.payment_method, caller.user);
      const data = {
        order: await staffOrderView(shop.db, charged.order),
        payment: await paymentView(shop, charged.order, charged.payment),
      };
      return { status: 200, data };
    },
  }),
];
