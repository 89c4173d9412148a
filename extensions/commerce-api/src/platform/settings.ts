/** The one row of `shop_settings`: what merchants decide for the whole shop. */
import { row, type Queryable } from './database.ts';

export interface ShopSettings {
  shop_name: string;
  email: string | null;
  currency: string;
  prices_include_tax: boolean;
  keep_net_prices: boolean;
  reverse_charge: boolean;
  /** The shop's own. */
  vat_id: string | null;
  default_country: string;
  hold_minutes: number;
  manual_hold_days: number;
  max_unpaid_per_email: number;
  max_unpaid_per_customer: number;
  max_unpaid_per_address: number;
  max_quantity_per_line: number;
  order_prefix: string;
  storefront_url: string | null;
  require_verified_email: boolean;
  bank_instructions: string | null;
  /** Whether card payments are taken at checkout, or only promised there. */
  payment_capture: 'now' | 'later';
  /** What shoppers read on their bank statements. */
  statement_descriptor: string | null;
  cash_on_delivery: boolean;
  abandoned_after_hours: number;
  abandoned_mail: boolean;
  cart_days: number;
  low_stock_at: number | null;
  return_days: number;
}

/** @throws Error when the reference data was never applied. */
export async function shopSettings(db: Queryable): Promise<ShopSettings> {
  const settings = await row<ShopSettings>(
    db,
    `select shop_name, email, currency, prices_include_tax, keep_net_prices, reverse_charge, vat_id, default_country,
       hold_minutes, manual_hold_days, max_unpaid_per_email, max_unpaid_per_customer, max_unpaid_per_address,
       max_quantity_per_line, order_prefix, storefront_url, require_verified_email, bank_instructions,
       abandoned_after_hours, abandoned_mail, cart_days, low_stock_at, return_days, payment_capture, statement_descriptor,
       cash_on_delivery
     from shop_settings limit 1`,
  );
  if (!settings) throw new Error('shop_settings has no row; run `npm run kontor -- setup`');
  return settings;
}

/** How long an unpaid order holds its stock, in milliseconds: longer where somebody has to go to a bank. */
export function holdMs(
  settings: Pick<ShopSettings, 'hold_minutes' | 'manual_hold_days'>,
  is_manual: boolean,
): number {
  return is_manual ? settings.manual_hold_days * 86_400_000 : settings.hold_minutes * 60_000;
}
