/** Writes what every shop needs before its first product. */
import type { Knex } from 'knex';
import { fixedId } from '../fixed-id.ts';
import { insertMissing, type SeedRow } from '../insert-missing.ts';
import { TAX_CLASSES, TAX_RATES, type TaxRate } from './tax-rates.ts';

/** The name a shop has until somebody gives it one. */
export const UNNAMED_SHOP = 'Kontor';

const LANGUAGES: readonly SeedRow[] = [
  { code: 'en-US', name: 'English', direction: 'ltr' },
  { code: 'de-DE', name: 'Deutsch', direction: 'ltr' },
];

const CUSTOMER_GROUPS: readonly SeedRow[] = [
  { id: fixedId('customer_group', 'retail'), name: 'Retail', code: 'retail', tax_exempt: false },
];

/** Where stock is kept when nothing else is said; imports write to it. */
export const MAIN_LOCATION = fixedId('stock_location', 'main');

const STOCK_LOCATIONS: readonly SeedRow[] = [
  { id: MAIN_LOCATION, name: 'Main warehouse', code: 'main', active: true, priority: 0 },
];

const SHOP_SETTINGS: SeedRow = {
  id: fixedId('shop_settings', 'singleton'),
  shop_name: UNNAMED_SHOP,
  email: 'shop@example.com',
  currency: 'USD',
  prices_include_tax: false,
  default_country: 'US',
  hold_minutes: 30,
  manual_hold_days: 7,
  max_unpaid_per_email: 5,
  max_unpaid_per_customer: 5,
  max_unpaid_per_address: 20,
  max_quantity_per_line: 1000,
  order_prefix: 'K-',
  storefront_url: 'http://127.0.0.1:8055',
  require_verified_email: false,
  bank_instructions: 'Please transfer the total to our account and give the order number as the reference.',
};

/** The row of a tax rate. Its class must exist or be inserted first. */
export function taxRateRow({ tax_class, postal_pattern, ...rate }: TaxRate): SeedRow {
  const place = [
    tax_class,
    rate.country,
    rate.region ?? '',
    ...(postal_pattern === null ? [] : [postal_pattern]),
  ];
  return {
    id: fixedId('tax_rate', place.join('/')),
    tax_class: fixedId('tax_class', tax_class),
    ...rate,
    postal_pattern,
  };
}

/** Adds the reference rows that are missing, in one transaction. May run twice. */
export async function applyReference(db: Knex): Promise<{ changed: boolean }> {
  const tables: [table: string, rows: readonly SeedRow[]][] = [
    ['languages', LANGUAGES],
    ['tax_classes', TAX_CLASSES.map((each) => ({ id: fixedId('tax_class', each.code), ...each }))],
    ['tax_rates', TAX_RATES.map(taxRateRow)],
    ['customer_groups', CUSTOMER_GROUPS],
    ['stock_locations', STOCK_LOCATIONS],
    ['shop_settings', [SHOP_SETTINGS]],
  ];
  return db.transaction(async (trx) => {
    let changed = false;
    for (const [table, rows] of tables) changed = (await insertMissing(trx, table, rows)).size > 0 || changed;
    return { changed };
  });
}
