import { z } from 'zod';
import { acceptOrder } from '../orders/accept-order.ts';
import { requireAnyOrder } from '../orders/read-order.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Lets orders be sent whose money comes later: at the door, or once staff take it. */
export default flowOperation({
  id: 'kontor-accept-order',
  access: 'order_staff',
  options: z.object({ orders: Keys }),
  async run(shop, { orders }, actor) {
    for (const order of orders) await acceptOrder(shop, await requireAnyOrder(shop, order), actor);
    return { orders };
  },
});
