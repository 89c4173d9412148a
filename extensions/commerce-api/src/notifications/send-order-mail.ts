import type { z } from 'zod';
import type { OrderRow } from '../orders/queries.ts';
import { goodsOfMail } from '../orders/goods-of-mail.ts';
import { orderToken } from '../orders/order-token.ts';
import { readOrder } from '../orders/read-order.ts';
import type { JobContext, JOBS } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { deliverMail } from './mail-transport.ts';
import { mailShop } from './queries.ts';
import { renderMail } from './render-mail.ts';

/** Job: writes to the shopper about an order as it is now. An order that was deleted since needs no mail. */
export async function sendOrderMail(
  shop: Shop,
  { first_job, ...payload }: z.output<(typeof JOBS)['send-order-mail']>,
  job: JobContext,
): Promise<void> {
  const order = await readOrder(shop, payload.order);
  if (!order) {
    shop.log.warn({ job: job.id, order: payload.order }, 'There is no such order: its mail is not sent');
    return;
  }
  const from = await mailShop(shop.db);
  const mail = await renderMail(payload.template, {
    shop: from,
    order: {
      ...order,
      is_paid: order.payment_status === 'paid',
      is_manual: order.provider !== null && shop.providers.payments[order.provider]?.is_manual === true,
      link: await linkToOrder(shop, order, from.url),
    },
    ...(await goodsOfMail(shop, payload)),
  });
  await deliverMail(
    shop,
    { ...job, id: first_job ?? job.id },
    { to: order.email, from_name: from.name, reply_to: from.email, payload },
    mail,
  );
}

/** The order's page in the storefront; a guest's link carries the token that opens it. */
export async function linkToOrder(
  shop: Shop,
  order: OrderRow,
  storefront_url: string | null,
): Promise<string | null> {
  if (!storefront_url) return null;
  const page = `${storefront_url}/orders/${order.id}`;
  const token = await orderToken(shop, shop.db, order);
  return token === null ? page : `${page}#token=${token}`;
}
