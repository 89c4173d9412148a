import { z } from 'zod';
import { ORDER_MAILS } from '../notifications/order-mails.ts';
import { resendMail } from '../orders/resend-mail.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Sends a mail about an order once more, as the order is now. */
export default flowOperation({
  id: 'kontor-resend-mail',
  access: 'order_staff',
  options: z.object({ orders: Keys, template: z.enum(ORDER_MAILS).default('order-placed') }),
  async run(shop, { orders, template }, actor) {
    for (const order of orders) await resendMail(shop, order, template, actor);
    return { orders };
  },
});
