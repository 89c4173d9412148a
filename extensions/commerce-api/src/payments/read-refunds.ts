import type { Shop } from '../platform/shop.ts';
import { mailedRefunds, type MailedRefund } from './refund-queries.ts';

/** What goes back and where to, of refunds that have not failed. */
export function refundsToMail(shop: Shop, ids: readonly string[]): Promise<MailedRefund[]> {
  return mailedRefunds(shop.db, ids);
}
