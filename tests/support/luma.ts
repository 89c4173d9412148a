/** Magento's sample shop "Luma" as a shop of ours: its catalogue, stock, taxes, shipping and price rules on a database of its own. */
import { randomUUID } from 'node:crypto';
import { openStockLevels, writeChanges } from '../../extensions/commerce-api/src/inventory/queries.ts';
import {
  inTransaction,
  insertRows,
  row,
  type Transaction,
} from '../../extensions/commerce-api/src/platform/database.ts';
import { MAIN_LOCATION } from '../../seeds/reference/apply-reference.ts';
import {
  lumaCategories,
  lumaProducts,
  lumaRows,
  minorOf,
  type LumaProduct,
  type LumaVariant,
} from './luma-catalogue.ts';
import { lumaPromotions } from './luma-rules.ts';
import { freshShop, type FreshShop } from './shop.ts';

export interface Luma extends FreshShop {
  products: LumaProduct[];
  /** Ids of variants by SKU. */
  variants: ReadonlyMap<string, string>;
  /** Ids of shipping methods by region: of Alaska, of Hawaii, and of the rest of the United States under `*`. */
  table_rates: ReadonlyMap<string, string>;
  flat_rates: ReadonlyMap<string, string>;
}

/** Magento names regions in the table of taxes. */
const REGION_CODES: Readonly<Record<string, string>> = { Michigan: 'MI' };

const CURRENCY = 'USD';

/** A fresh shop with all of Luma in it. */
export async function lumaShop(): Promise<Luma> {
  const fresh = await freshShop();
  const categories = lumaCategories();
  const products = lumaProducts(categories);
  const ids = await inTransaction(fresh.db, async (trx) => {
    const shelves = idsBy(categories, ({ url_key }) => url_key);
    await insertRows(
      trx,
      'categories',
      categories.map(({ url_key, name, parent }, sort) => ({
        id: shelves.get(url_key),
        name,
        slug: url_key,
        status: 'published',
        parent: parent && shelves.get(parent),
        sort,
      })),
    );
    const sale = randomUUID();
    await insertRows(trx, 'tags', [{ id: sale, name: 'Sale', slug: 'sale' }]);
    const variants = await insertProducts(trx, products, shelves, sale);
    await insertPromotions(trx, { category: shelves, variant: variants, tag: new Map([['sale', sale]]) });
    await insertTaxes(trx);
    return { variants, ...(await insertShipping(trx)) };
  });
  return { ...fresh, products, ...ids };
}

function idsBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, string> {
  return new Map(items.map((item) => [keyOf(item), randomUUID()]));
}

/** @returns the ids of variants by SKU */
async function insertProducts(
  trx: Transaction,
  products: readonly LumaProduct[],
  shelves: ReadonlyMap<string, string>,
  sale: string,
): Promise<Map<string, string>> {
  const ids = idsBy(products, ({ sku }) => sku);
  await insertRows(
    trx,
    'products',
    products.map(({ sku, name, kind, variants }) => ({
      id: ids.get(sku),
      name,
      slug: `${name} ${sku}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
      status: 'published',
      kind,
      options: optionsOf(variants),
    })),
  );
  await insertRows(
    trx,
    'products_categories',
    products.flatMap(({ sku, categories }) =>
      categories.map((each) => ({ id: randomUUID(), product: ids.get(sku), category: shelves.get(each) })),
    ),
  );
  await insertRows(
    trx,
    'products_tags',
    products
      .filter(({ is_sale }) => is_sale)
      .map(({ sku }) => ({ id: randomUUID(), product: ids.get(sku), tag: sale })),
  );
  const variants = idsBy(
    products.flatMap((product) => product.variants),
    ({ sku }) => sku,
  );
  await insertRows(
    trx,
    'product_variants',
    products.flatMap((product) =>
      product.variants.map((variant, sort) => variantRow(variant, ids.get(product.sku)!, variants, sort)),
    ),
  );
  const all = products.flatMap((product) => product.variants);
  await insertSale(trx, all, variants);
  await insertStock(trx, all, variants);
  return variants;
}

/** What a shopper chooses from, in the order the variants name it; null where there is nothing to choose. */
function optionsOf(variants: readonly LumaVariant[]): { name: string; values: string[] }[] | null {
  const names = Object.keys(variants[0]?.option_values ?? {});
  if (names.length === 0) return null;
  return names.map((name) => ({
    name,
    values: [...new Set(variants.flatMap((variant) => variant.option_values[name] ?? []))],
  }));
}

function variantRow(variant: LumaVariant, product: string, ids: ReadonlyMap<string, string>, sort: number) {
  return {
    id: ids.get(variant.sku),
    product,
    status: 'published',
    sku: variant.sku,
    title: Object.values(variant.option_values).join(' / '),
    option_values: variant.option_values,
    price_minor: variant.price_minor,
    compare_at_price_minor: variant.compare_at_minor,
    currency: CURRENCY,
    track_stock: variant.quantity !== null,
    allow_backorder: false,
    sort,
  };
}

/** Special prices have no dates here; some are no lower than the price. */
async function insertSale(
  trx: Transaction,
  variants: readonly LumaVariant[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const price_list = randomUUID();
  await insertRows(trx, 'price_lists', [
    { id: price_list, name: 'Special prices', kind: 'sale', status: 'active', priority: 0 },
  ]);
  const special = variants.filter(({ sale_minor }) => sale_minor !== null);
  await insertRows(
    trx,
    'prices',
    special.map(({ sku, sale_minor }) => ({
      id: randomUUID(),
      variant: ids.get(sku),
      price_list,
      amount_minor: sale_minor,
      currency: CURRENCY,
      min_quantity: 1,
    })),
  );
}

async function insertStock(
  trx: Transaction,
  variants: readonly LumaVariant[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const kept = variants.filter(({ quantity }) => quantity !== null);
  await openStockLevels(
    trx,
    MAIN_LOCATION,
    kept.map(({ sku }) => ids.get(sku)!),
  );
  await writeChanges(
    trx,
    kept.map(({ sku, quantity }) => ({
      variant: ids.get(sku)!,
      location: MAIN_LOCATION,
      delta_on_hand: quantity!,
      delta_reserved: 0,
    })),
    { reason: 'initial' },
  );
  await insertRows(
    trx,
    'bundle_items',
    variants.flatMap(({ sku, parts }) =>
      parts.map((part, sort) => ({
        id: randomUUID(),
        bundle: ids.get(sku),
        part: ids.get(part),
        quantity: 1,
        sort,
      })),
    ),
  );
}

/** @param named what scopes name, by kind */
async function insertPromotions(
  trx: Transaction,
  named: Readonly<Record<'category' | 'variant' | 'tag', ReadonlyMap<string, string>>>,
): Promise<void> {
  const promotions = lumaPromotions().map((each) => ({ id: randomUUID(), ...each }));
  await insertRows(
    trx,
    'promotions',
    promotions.map(({ id, promotion }) => ({ id, ...promotion })),
  );
  await insertRows(
    trx,
    'promotion_scopes',
    promotions.flatMap(({ id, scopes }) =>
      scopes.map(({ effect, on, named: name }, sort) => ({
        id: randomUUID(),
        promotion: id,
        side: 'target',
        effect,
        category: null,
        variant: null,
        tag: null,
        [on]: named[on].get(name),
        sort,
      })),
    ),
  );
}

async function insertTaxes(trx: Transaction): Promise<void> {
  const standard = await taxClass(trx, 'standard');
  const rates = lumaRows('Tax/tax_rate.csv').map((rate) => ({
    id: randomUUID(),
    tax_class: standard,
    country: rate['tax_country_id'],
    region: REGION_CODES[rate['tax_region_name']!] ?? null,
    postal_pattern: rate['tax_postcode'] === '*' ? null : rate['tax_postcode'],
    name: rate['code'],
    rate_ppm: Math.round(Number(rate['rate']) * 10_000),
  }));
  await insertRows(trx, 'tax_rates', rates);
}

/**
 * A zone for each region of the table. The flat rate of the sample's orders is Magento's default, $5 a unit, and not in its files.
 * Shipping bears no tax, which is Magento's default too.
 */
async function insertShipping(trx: Transaction) {
  const rates = lumaRows('OfflineShipping/tablerate.csv');
  const regions = [...new Set(rates.map((rate) => rate['region']!))];
  const zones = idsBy(regions, (region) => region);
  await insertRows(
    trx,
    'shipping_zones',
    regions.map((region) => ({
      id: zones.get(region),
      name: region === '*' ? 'US' : `US-${region}`,
      countries: ['US'],
      regions: region === '*' ? null : [region],
      priority: 0,
    })),
  );
  const table_rates = idsBy(regions, (region) => region);
  const flat_rates = idsBy(regions, (region) => region);
  const tax_class = await taxClass(trx, 'zero');
  const common = { active: true, currency: CURRENCY, amount_minor: 0, tax_class };
  await insertRows(
    trx,
    'shipping_methods',
    regions.flatMap((region) => {
      const tiers = rates
        .filter((rate) => rate['region'] === region)
        .map((rate) => ({ from: minorOf(rate['order_subtotal']!), amount_minor: minorOf(rate['price']!) }));
      const table = { id: table_rates.get(region), name: 'Best Way', kind: 'price_tiers', tiers };
      const flat = { id: flat_rates.get(region), name: 'Flat Rate', kind: 'per_item', tiers: null };
      const zone = zones.get(region);
      return [
        { ...common, ...table, zone, per_item_minor: null, sort: 1 },
        { ...common, ...flat, zone, per_item_minor: 500, sort: 2 },
      ];
    }),
  );
  return { table_rates, flat_rates };
}

async function taxClass(trx: Transaction, code: string): Promise<string> {
  const found = await row<{ id: string }>(trx, 'select id from tax_classes where code = ?', [code]);
  if (!found) throw new Error(`There is no tax class ${code}`);
  return found.id;
}
