import { z } from 'zod';
import { typedAmount } from '../payments/typed-amount.ts';
import { refundOrder } from '../payments/refund-order.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Gives money back: all that was paid, or a part of it as people write it (`12.50`), in the currency of the order. */
export default flowOperation({
  id: 'kontor-refund-order',
  access: 'order_staff',
  options: z.object({
    orders: Keys,
    amount: z.coerce.string().trim().max(20).optional(),
    to: z.enum(['original', 'store_credit']).default('original'),
    restock: z.stringbool().or(z.boolean()).default(false),
    reason: z.string().trim().max(500).optional(),
  }),
  async run(shop, { orders, amount, to, restock, reason }, actor) {
    const refunds = [];
    for (const order of orders) {
      const sum = await typedAmount(shop, order, amount);
      refunds.push(
        await refundOrder(shop, order, { ...sum, to, restock, reason }, { actor_kind: 'staff', actor }),
      );
    }
    return refunds;
  },
});
