import { z } from 'zod';
import { requireAnyOrder } from '../orders/read-order.ts';
import { receiveMoney } from '../payments/receive-money.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** The money of orders paid by hand has come. */
export default flowOperation({
  id: 'kontor-mark-paid',
  access: 'order_staff',
  options: z.object({ orders: Keys }),
  async run(shop, { orders }, actor) {
    for (const order of orders) await receiveMoney(shop, await requireAnyOrder(shop, order), actor);
    return { orders };
  },
});
