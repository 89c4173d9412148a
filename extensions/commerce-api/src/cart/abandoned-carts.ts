/**
 * Carts nobody came back to. Such a cart stays open, so that the shopper can go on as if nothing were: `abandoned_at` alone
 * marks it, for staff to see and for reports, and any change of the shopper's takes the mark off. Once in its life a cart is
 * followed by a mail with a link that opens it again; an address gets one such mail in seven days, about its newest cart.
 */
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import { shopSettings } from '../platform/settings.ts';
import type { Shop } from '../platform/shop.ts';
import { sendCartMail } from '../notifications/send-cart-mail.ts';
import type { JobContext } from '../platform/jobs.ts';
import { abandonedCart, markAbandoned } from './abandoned-queries.ts';
import { quoteCart } from './quote-cart.ts';
import { recoveryToken } from './recover-cart.ts';

const BATCH = 100;

/**
 * Job: marks what has been idle too long, and enqueues the mails in the same transactions. Without a storefront there is nothing
 * to link to, so nobody is written to until there is one. May run twice.
 */
export async function findAbandonedCarts(shop: Shop): Promise<void> {
  const settings = await shopSettings(shop.db);
  const remind = settings.abandoned_mail && Boolean(settings.storefront_url);
  const hours = settings.abandoned_after_hours;
  let marked = BATCH;
  while (marked === BATCH) {
    marked = await inTransaction(shop.db, async (trx) => {
      const carts = await markAbandoned(trx, { hours, remind, batch: BATCH });
      for (const cart of carts) if (cart.remind) await enqueue(trx, 'remind-of-cart', { cart: cart.id });
      return carts.length;
    });
  }
}

/** Job: writes to the shopper, unless they came back, ordered or were written to meanwhile. May run twice: the mail is the same. */
export async function remindOfCart(shop: Shop, payload: { cart: string }, job: JobContext): Promise<void> {
  const cart = await abandonedCart(shop.db, payload.cart);
  if (!cart) return;
  const quoted = await quoteCart(shop, shop.db, cart.id);
  if (quoted.quote.lines.length === 0) return;
  const prices = new Map(quoted.quote.lines.map((line) => [line.id, line]));
  await sendCartMail(
    shop,
    {
      to: cart.email,
      first_name: cart.first_name,
      currency: quoted.cart.currency,
      locale: quoted.cart.locale,
      total_minor: quoted.quote.subtotal_minor - quoted.quote.discount_minor,
      lines: quoted.lines.flatMap((line) => {
        const price = prices.get(line.id);
        const { product_name: name, variant_title, quantity } = line;
        return price ? [{ name, variant_title, quantity, subtotal_minor: price.subtotal_minor }] : [];
      }),
      token: recoveryToken(shop.env, quoted.cart),
      payload,
    },
    job,
  );
}
