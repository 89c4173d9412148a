/** "Write to me when it is back": one mail per wish, then the wish is met. There is nothing to unsubscribe from. */
import { KontorError } from '../errors.ts';
import type { Caller } from '../platform/caller.ts';
import { inTransaction } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';
import { availability } from './availability.ts';
import { deleteOldNotices, insertNotice, takeNotices, waitedFor } from './notice-queries.ts';

/** Nobody may have a stranger's mailbox filled: more wishes of one address in a day are not kept. */
const MAX_PER_DAY = 20;
const VARIANTS_AT_ONCE = 500;
const MAILS_AT_ONCE = 100;
const KEPT_DAYS = { met: 30, unmet: 365 };

/**
 * Keeps a wish. A signed-in customer's own address counts, whatever is given. The same wish twice is one, and the answer tells
 * nobody which.
 * @throws KontorError INVALID_PAYLOAD at `email` for a guest without one; NOT_FOUND for what is not sold
 */
export async function askForNotice(
  shop: Shop,
  { customer }: Pick<Caller, 'customer'>,
  wish: { variant: string; email?: string | undefined },
): Promise<void> {
  if (customer === null && wish.email === undefined)
    throw new KontorError('INVALID_PAYLOAD', { path: 'email', message: 'email: is missing' });
  const notice = { variant: wish.variant, email: wish.email ?? null, customer };
  if (!(await insertNotice(shop.db, notice, MAX_PER_DAY))) throw new KontorError('NOT_FOUND');
}

/**
 * Job: mails everybody whose variant can be bought now. May run twice, also at once: a wish is marked in the transaction that
 * enqueues its mail. Movements start it, and the clock does for what comes back otherwise: a location opened, backorders allowed.
 */
export async function sendStockNotices(shop: Shop): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const waiting = await waitedFor(shop.db, after, VARIANTS_AT_ONCE);
    const back = (await availability(shop, waiting)).filter((each) => each.in_stock);
    await mailAll(
      shop,
      back.map((each) => each.variant),
    );
    after = waiting.at(-1) ?? null;
    if (waiting.length < VARIANTS_AT_ONCE) return;
  }
}

async function mailAll(shop: Shop, variants: readonly string[]): Promise<void> {
  if (variants.length === 0) return;
  let sent: number;
  do {
    sent = await inTransaction(shop.db, async (trx) => {
      const due = await takeNotices(trx, variants, MAILS_AT_ONCE);
      for (const { email, ...product } of due) {
        await enqueue(trx, 'send-mail', { template: 'back-in-stock', to: email, data: { product } });
      }
      return due.length;
    });
  } while (sent === MAILS_AT_ONCE);
}

/** Forgets wishes long met, and those nobody can be waiting for any more. May run twice. @returns how many */
export function forgetOldNotices(shop: Shop): Promise<number> {
  return deleteOldNotices(shop.db, KEPT_DAYS);
}
