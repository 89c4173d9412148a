/** What mails say of the shop, read from its settings. */
import { prepared, row, type Queryable } from '../platform/database.ts';
import type { MailShop } from './render-mail.ts';

export async function mailShop(db: Queryable): Promise<MailShop> {
  const settings = await row<MailShop>(db, MAIL_SHOP);
  return settings ?? { name: 'Shop', email: null, url: null, bank_instructions: null };
}

const MAIL_SHOP = prepared(
  `select shop_name as name, email, nullif(rtrim(storefront_url, '/'), '') as url, bank_instructions from shop_settings limit 1`,
);
