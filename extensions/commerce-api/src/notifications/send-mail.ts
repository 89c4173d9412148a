import type { JobContext, JOBS } from '../platform/jobs.ts';
import { dataOfMail } from '../platform/sealed-mail.ts';
import type { Shop } from '../platform/shop.ts';
import type { z } from 'zod';
import { deliverMail } from './mail-transport.ts';
import { mailShop } from './queries.ts';
import { isMailTemplate, renderMail } from './render-mail.ts';

/** Job: renders a mail and sends it. @throws Error for a template that does not exist, or when sending fails. */
export async function sendMail(
  shop: Shop,
  payload: z.output<(typeof JOBS)['send-mail']>,
  job: JobContext,
): Promise<void> {
  if (!isMailTemplate(payload.template)) throw new Error(`There is no mail template "${payload.template}".`);
  const from = await mailShop(shop.db);
  const mail = await renderMail(payload.template, { ...dataOfMail(shop.env, payload), shop: from });
  await deliverMail(shop, job, { to: payload.to, from_name: from.name, reply_to: from.email, payload }, mail);
}
