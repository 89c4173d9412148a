import { z } from 'zod';
import { resolveRefund } from '../payments/settle-refund.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Staff have looked at the provider whether a refund happened. Nobody decides that by leaving a field empty. */
export default flowOperation({
  id: 'kontor-resolve-refund',
  access: 'order_staff',
  options: z.object({ refunds: Keys, outcome: z.enum(['given_back', 'not_given_back', 'ask_again']) }),
  async run(shop, { refunds, outcome }, actor) {
    for (const refund of refunds) await resolveRefund(shop, refund, outcome, actor);
    return { refunds };
  },
});
