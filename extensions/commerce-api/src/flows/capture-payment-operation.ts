import { z } from 'zod';
import { capturePayment } from '../payments/capture-payment.ts';
import { typedAmount } from '../payments/typed-amount.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Takes promised money: all that each order still needs, or a part as people write it (`12.50`), in the currency of the order. */
export default flowOperation({
  id: 'kontor-capture-payment',
  access: 'order_staff',
  options: z.object({ orders: Keys, amount: z.coerce.string().trim().max(20).optional() }),
  async run(shop, { orders, amount }, actor) {
    const payments = [];
    for (const order of orders) {
      const { amount_minor } = await typedAmount(shop, order, amount);
      const { id, status, captured_minor, currency } = await capturePayment(shop, order, amount_minor, actor);
      payments.push({ order, payment: id, status, captured_minor, currency });
    }
    return payments;
  },
});
