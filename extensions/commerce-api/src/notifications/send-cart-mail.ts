import type { JobContext } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { deliverMail } from './mail-transport.ts';
import { mailShop } from './queries.ts';
import { renderMail } from './render-mail.ts';

export interface CartMail {
  to: string;
  first_name: string | null;
  currency: string;
  locale: string | null;
  /** Goods after discounts, as the shop shows prices. */
  total_minor: number;
  lines: { name: string; variant_title: string | null; quantity: number; subtotal_minor: number }[];
  /** Opens the cart. */
  token: string;
  /** What the job was given. */
  payload: object;
}

/** Reminds a shopper of a cart. Without a storefront there is nowhere to go back to, and nothing is sent. */
export async function sendCartMail(shop: Shop, cart: CartMail, job: JobContext): Promise<void> {
  const from = await mailShop(shop.db);
  if (!from.url) {
    shop.log.warn({ job: job.id }, 'The shop has no storefront: nobody is reminded of a cart');
    return;
  }
  const { token, to, payload, ...shown } = cart;
  const mail = await renderMail('cart-waiting', {
    shop: from,
    cart: shown,
    first_name: cart.first_name,
    link: `${from.url}/cart#recover=${token}`,
  });
  await deliverMail(shop, job, { to, from_name: from.name, reply_to: from.email, payload }, mail);
}
