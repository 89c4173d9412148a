import { z } from 'zod';
import { shipOrder } from '../orders/ship-order.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Ships everything of an order that is still open, in one parcel, and writes to the shopper. */
export default flowOperation({
  id: 'kontor-ship-order',
  access: 'order_staff',
  options: z.object({
    orders: Keys,
    carrier: z.string().trim().max(100).optional(),
    tracking_number: z.string().trim().max(100).optional(),
    tracking_url: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional(),
  }),
  async run(shop, { orders, ...parcel }, actor) {
    const shipments = [];
    for (const order of orders) shipments.push(await shipOrder(shop, order, parcel, actor));
    return shipments;
  },
});
