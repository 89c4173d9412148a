import { z } from 'zod';
import { chargeMethod } from '../checkout/charge-method.ts';
import { requireAnyOrder } from '../orders/read-order.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/**
 * Charges the method each customer keeps as their default for what the order still costs. A refused charge is no error: the
 * timeline tells of it, and a later step of the flow reads `status`.
 */
export default flowOperation({
  id: 'kontor-charge-method',
  access: 'order_staff',
  options: z.object({ orders: Keys }),
  async run(shop, { orders }, actor) {
    const payments = [];
    for (const order of orders) {
      const { payment } = await chargeMethod(shop, await requireAnyOrder(shop, order), undefined, actor);
      const { id, status, error_code, error_message } = payment;
      payments.push({ order, payment: id, status, error_code, error_message });
    }
    return payments;
  },
});
