/** The mails about an order that staff and flows may send again. */
import type { JobPayload } from '../platform/jobs.ts';

export type OrderMail = JobPayload<'send-order-mail'>['template'];

export const ORDER_MAILS = [
  'order-placed',
  'order-paid',
  'order-shipped',
  'order-delivered',
  'order-cancelled',
  'order-edited',
  'return-requested',
  'return-approved',
  'return-rejected',
  'return-refunded',
] as const satisfies readonly OrderMail[];
