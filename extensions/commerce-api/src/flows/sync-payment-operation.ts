import { z } from 'zod';
import { syncLatestPayment } from '../payments/sync-payment.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Compares orders with their provider now, where a webhook was lost or is late. */
export default flowOperation({
  id: 'kontor-sync-payment',
  access: 'order_staff',
  options: z.object({ orders: Keys }),
  async run(shop, { orders }) {
    const payments = [];
    for (const order of orders) {
      const { id, status } = await syncLatestPayment(shop, order);
      payments.push({ order, payment: id, status });
    }
    return payments;
  },
});
