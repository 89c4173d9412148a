/** What mails show, read from the shop's settings and its orders. */
import { row, rows, type Queryable } from '../platform/database.ts';
import type { MailShop } from './render-mail.ts';

export async function mailShop(db: Queryable): Promise<MailShop> {
  const settings = await row<MailShop>(
    db,
    `select shop_name as name, email, nullif(rtrim(storefront_url, '/'), '') as url, bank_instructions
     from shop_settings limit 1`,
  );
  return settings ?? { name: 'Shop', email: null, url: null, bank_instructions: null };
}

export interface MailAddress {
  full_name: string;
  company?: string | null;
  line1: string;
  line2?: string | null;
  city: string;
  region?: string | null;
  postal_code?: string | null;
  country: string;
}

export interface MailOrder {
  id: string;
  number: string;
  email: string;
  customer: string | null;
  token_hash: string | null;
  payment_status: string;
  currency: string;
  locale: string | null;
  prices_include_tax: boolean;
  subtotal_minor: number;
  discount_minor: number;
  shipping_minor: number;
  tax_minor: number;
  total_minor: number;
  paid_minor: number;
  shipping_address: MailAddress | null;
  shipping_method_name: string | null;
  tax_summary: { name: string; rate_ppm: number; tax_minor: number }[] | null;
  /** The provider of the latest payment. */
  provider: string | null;
}

export async function orderForMail(db: Queryable, order: string): Promise<MailOrder | undefined> {
  return row<MailOrder>(
    db,
    `select o.id, o.number, o.email, o.customer, o.token_hash, o.payment_status, o.currency, o.locale,
       o.prices_include_tax, o.subtotal_minor, o.discount_minor, o.shipping_minor, o.tax_minor, o.total_minor,
       o.paid_minor, o.shipping_address, o.shipping_method_name, o.tax_summary,
       (select p.provider from payments p where p."order" = o.id order by p.created_at desc, p.id limit 1) as provider
     from orders o where o.id = ?`,
    [order],
  );
}

export interface MailLine {
  name: string;
  variant_title: string | null;
  quantity: number;
  unit_price_minor: number;
  subtotal_minor: number;
}

export async function linesForMail(db: Queryable, order: string): Promise<MailLine[]> {
  return rows<MailLine>(
    db,
    `select name, variant_title, quantity, unit_price_minor, subtotal_minor
     from order_lines where "order" = ? order by sort, id`,
    [order],
  );
}
