import { z } from 'zod';
import { settleOrder } from '../payments/settle-order.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Another amount came than an order asked for: it is accepted, or given back. Nobody decides that by leaving a field empty. */
export default flowOperation({
  id: 'kontor-settle-payment',
  access: 'order_staff',
  options: z.object({ orders: Keys, action: z.enum(['accept', 'refund']) }),
  async run(shop, { orders, action }, actor) {
    for (const order of orders) await settleOrder(shop, order, action, actor);
    return { orders };
  },
});
