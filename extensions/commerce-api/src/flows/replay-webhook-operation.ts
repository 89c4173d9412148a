import { z } from 'zod';
import { replayWebhookEvent } from '../operations/retry-work.ts';
import { flowOperation, Keys } from './flow-operation.ts';

/** Processes stored webhooks again, whatever came of them before. */
export default flowOperation({
  id: 'kontor-replay-webhook',
  access: 'order_staff',
  options: z.object({ webhook_events: Keys }),
  async run(shop, { webhook_events }) {
    for (const event of webhook_events) await replayWebhookEvent(shop, event);
    return { webhook_events };
  },
});
