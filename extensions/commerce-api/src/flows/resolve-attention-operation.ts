import { z } from 'zod';
import { resolveAttention } from '../payments/flag-order.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Takes orders off the staff's list: a person has looked and done what was to do. */
export default flowOperation({
  id: 'kontor-resolve-attention',
  access: 'order_staff',
  options: z.object({ orders: Keys, note: z.string().trim().max(500).optional() }),
  async run(shop, { orders, note }, actor) {
    for (const order of orders) await resolveAttention(shop, order, note, actor);
    return { orders };
  },
});
