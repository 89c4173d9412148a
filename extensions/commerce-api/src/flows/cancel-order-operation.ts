import { z } from 'zod';
import { cancelOrder } from '../orders/close-order.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Cancels orders, paid or not, as long as nothing was shipped; money that came is given back. */
export default flowOperation({
  id: 'kontor-cancel-order',
  access: 'order_staff',
  options: z.object({ orders: Keys, reason: z.string().trim().max(500).optional() }),
  async run(shop, { orders, reason }, actor) {
    for (const id of orders) {
      await cancelOrder(shop, { id }, { actor_kind: 'staff', actor, reason: reason ?? null });
    }
    return { orders };
  },
});
