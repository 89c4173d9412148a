/** Which use case does which job. */
import { sendMail } from './notifications/send-mail.ts';
import { sendOrderMail } from './notifications/send-order-mail.ts';
import { cleanUp } from './operations/clean-up.ts';
import { expireOrder, expireUnpaidOrders } from './orders/close-order.ts';
import { processWebhook } from './payments/receive-webhook.ts';
import { settleRefund } from './payments/settle-refund.ts';
import { syncPayment, syncUnsettledPayments } from './payments/sync-payment.ts';
import type { JobHandlers } from './platform/jobs.ts';

export const jobHandlers: JobHandlers = {
  'sync-payment': async (shop, { payment }) => {
    await syncPayment(shop, payment);
  },
  'process-webhook': (shop, { webhook_event }) => processWebhook(shop, webhook_event),
  'refund-payment': (shop, { refund }) => settleRefund(shop, refund),
  'expire-unpaid-orders': (shop) => expireUnpaidOrders(shop),
  'expire-order': (shop, { order }) => expireOrder(shop, order),
  'sync-unsettled-payments': (shop) => syncUnsettledPayments(shop),
  'clean-up': (shop) => cleanUp(shop),
  'send-mail': sendMail,
  'send-order-mail': sendOrderMail,
  announce: async (shop, event) => {
    await shop.announcer?.announce(event);
  },
};
