/** Mails about money of an order that has gone back, and about gift cards it sold. */
import type { z } from 'zod';
import { cardsToMail } from '../gift-cards/sold-gift-cards.ts';
import { readOrder } from '../orders/read-order.ts';
import { refundsToMail } from '../payments/read-refunds.ts';
import type { JobContext, JOBS } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { deliverMail } from './mail-transport.ts';
import { mailShop } from './queries.ts';
import { renderMail, type MailTemplate } from './render-mail.ts';
import { linkToOrder } from './send-order-mail.ts';

/** Job: tells what goes back, and where to. Refunds that have failed by now are not told of. */
export async function sendRefundMail(
  shop: Shop,
  payload: z.output<(typeof JOBS)['send-refund-mail']>,
  job: JobContext,
): Promise<void> {
  const refunds = await refundsToMail(shop, payload.refunds);
  if (refunds.length > 0) await send(shop, 'refunded', payload, { refunds }, job);
}

/** Job: sends the codes of gift cards to whoever bought them. The codes are derived here, not kept in the job. */
export async function sendGiftCardMail(
  shop: Shop,
  payload: z.output<(typeof JOBS)['send-gift-card-mail']>,
  job: JobContext,
): Promise<void> {
  const gift_cards = await cardsToMail(shop, payload.gift_cards);
  if (gift_cards.length > 0) await send(shop, 'gift-card', payload, { gift_cards }, job);
}

async function send(
  shop: Shop,
  template: MailTemplate,
  payload: { order: string },
  data: Record<string, unknown>,
  job: JobContext,
): Promise<void> {
  const order = await readOrder(shop, payload.order);
  if (!order) return;
  const from = await mailShop(shop.db);
  const link = await linkToOrder(shop, order, from.url);
  const mail = await renderMail(template, { shop: from, order: { ...order, link }, ...data });
  const envelope = { to: order.email, from_name: from.name, reply_to: from.email, payload };
  await deliverMail(shop, job, envelope, mail);
}
