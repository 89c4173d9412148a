/** All SQL on carts and their lines, and the one read that gathers what a cart's price depends on. */
import { assignments, changed, row, rows, type Queryable, type Transaction } from '../platform/database.ts';
import type { PriceFacts, PromotionFacts, TaxRateFacts } from '../core/price-cart.ts';
import type { ProductKind } from '../core/product-kind.ts';
import type { ShippingMethodFacts, ShippingZoneFacts } from '../core/shipping.ts';
import type { Address } from '../customers/address.ts';

export interface CartRow {
  id: string;
  customer: string | null;
  token_hash: string | null;
  status: 'active' | 'completed' | 'merged' | 'abandoned';
  currency: string;
  locale: string | null;
  email: string | null;
  shipping_address: Address | null;
  billing_address: Address | null;
  shipping_method: string | null;
  codes: string[];
  version: number;
  created_at: Date;
  updated_at: Date;
}

const CART_COLUMNS = `id, customer, token_hash, status, currency, locale, email, shipping_address, billing_address,
  shipping_method, coalesce(codes, '[]'::json) as codes, version, created_at, updated_at`;

export function cartById(db: Queryable, id: string): Promise<CartRow | undefined> {
  return row<CartRow>(db, `select ${CART_COLUMNS} from carts where id = ?`, [id]);
}

/** Locks the cart until the transaction ends. */
export function lockCart(trx: Transaction, id: string): Promise<CartRow | undefined> {
  return row<CartRow>(trx, `select ${CART_COLUMNS} from carts where id = ? for update`, [id]);
}

/** Locks the cart an order came from, as the order of locking wants it: before the order. */
export async function lockCartOfOrder(trx: Transaction, order: string): Promise<void> {
  await row(trx, 'select c.id from carts c join orders o on o.cart = c.id where o.id = ? for update of c', [
    order,
  ]);
}

/** The open cart a token or a customer has used last. */
export function openCartOf(
  db: Queryable,
  holder: { customer: string | null; token_hash: string | null },
): Promise<CartRow | undefined> {
  return row<CartRow>(
    db,
    `select ${CART_COLUMNS} from carts
     where status = 'active' and (customer = ? or (customer is null and token_hash = ?))
     order by customer nulls last, updated_at desc limit 1`,
    [holder.customer, holder.token_hash],
  );
}

export async function insertCart(
  trx: Transaction,
  cart: Pick<CartRow, 'id' | 'customer' | 'token_hash' | 'currency' | 'locale' | 'email'>,
): Promise<void> {
  await row(
    trx,
    `insert into carts (id, customer, token_hash, status, currency, locale, email, codes, version, created_at, updated_at)
     values (?, ?, ?, 'active', ?, ?, ?, '[]', 1, now(), now())`,
    [cart.id, cart.customer, cart.token_hash, cart.currency, cart.locale, cart.email],
  );
}

export type CartChange = Partial<
  Pick<
    CartRow,
    | 'email'
    | 'locale'
    | 'shipping_address'
    | 'billing_address'
    | 'shipping_method'
    | 'codes'
    | 'status'
    | 'token_hash'
    | 'customer'
  >
>;

/** Writes what is given and counts the version up. */
export async function updateCart(trx: Transaction, id: string, change: CartChange): Promise<void> {
  const { sql, bindings } = assignments(change);
  await row(trx, `update carts set ${sql} version = version + 1, updated_at = now() where id = ?`, [
    ...bindings,
    id,
  ]);
}

/** Whether any variant has a price in this currency. */
export async function isSoldIn(db: Queryable, currency: string): Promise<boolean> {
  const found = await row<{ is_sold: boolean }>(
    db,
    `select exists (select from product_variants where currency = ? and status = 'published')
       or exists (select from prices where currency = ?) as is_sold`,
    [currency, currency],
  );
  return found?.is_sold ?? false;
}

export interface VariantForSale {
  variant: string;
  sku: string;
  is_for_sale: boolean;
  track_stock: boolean;
  allow_backorder: boolean;
  max_per_order: number | null;
  available: number;
  /** What the cart holds of this variant in all its lines. */
  in_cart: number;
}

/** What adding to a cart must know about variants: whether they sell in its currency, and how many are free. */
export function variantsForSale(
  trx: Queryable,
  cart: string,
  currency: string,
  variants: string[],
): Promise<VariantForSale[]> {
  return rows<VariantForSale>(
    trx,
    `select v.id as variant, v.sku, v.track_stock, v.allow_backorder, v.max_per_order,
       v.status = 'published' and p.status = 'published' and (p.published_at is null or p.published_at <= now())
         and (v.currency = ? or exists (
           select from prices b where b.variant = v.id and b.currency = ? and b.price_list is null and b.min_quantity = 1))
         as is_for_sale,
       coalesce((select sum(s.on_hand - s.reserved) from stock_levels s
         join stock_locations l on l.id = s.location and l.active where s.variant = v.id), 0)::bigint as available,
       coalesce((select sum(c.quantity) from cart_lines c where c.cart = ? and c.variant = v.id), 0)::bigint as in_cart
     from product_variants v join products p on p.id = v.product
     where v.id = any(?::uuid[])`,
    [currency, currency, cart, variants],
  );
}

export interface CartLineInput {
  variant: string;
  quantity: number;
  metadata: Record<string, unknown> | null;
  metadata_key: string;
}

/** Adds to a line of the same variant and metadata, or starts one. */
export async function addToLines(trx: Transaction, cart: string, lines: CartLineInput[]): Promise<void> {
  await row(
    trx,
    `insert into cart_lines (cart, variant, quantity, metadata, metadata_key, sort)
     select ?, l.variant, l.quantity, l.metadata, l.metadata_key,
       coalesce((select max(sort) from cart_lines where cart = ?), 0) + l.position
     from json_to_recordset(?::json) as l(variant uuid, quantity int, metadata json, metadata_key text, position int)
     on conflict (cart, variant, metadata_key) do update set quantity = cart_lines.quantity + excluded.quantity`,
    [cart, cart, JSON.stringify(lines.map((line, index) => ({ ...line, position: index + 1 })))],
  );
}

export function lineById(
  trx: Queryable,
  cart: string,
  line: string,
): Promise<{ variant: string; quantity: number } | undefined> {
  return row(trx, 'select variant, quantity from cart_lines where cart = ? and id = ?', [cart, line]);
}

export async function setLineQuantity(trx: Transaction, line: string, quantity: number): Promise<void> {
  await row(trx, 'update cart_lines set quantity = ? where id = ?', [quantity, line]);
}

/** @returns how many lines went */
export function deleteLines(trx: Transaction, cart: string, line?: string): Promise<number> {
  return line === undefined
    ? changed(trx, 'delete from cart_lines where cart = ?', [cart])
    : changed(trx, 'delete from cart_lines where cart = ? and id = ?', [cart, line]);
}

/** Copies lines into another cart: the copied quantity wins over that of a line with the same variant and metadata. */
export async function copyLines(trx: Transaction, from: string, to: string): Promise<void> {
  await row(
    trx,
    `insert into cart_lines (cart, variant, quantity, metadata, metadata_key, sort)
     select ?, variant, quantity, metadata, metadata_key, sort from cart_lines where cart = ?
     on conflict (cart, variant, metadata_key) do update set quantity = excluded.quantity`,
    [to, from],
  );
}

/** Forgets open carts nobody has touched for that many days. @returns how many */
export function deleteStaleCarts(db: Queryable, days: number): Promise<number> {
  return changed(
    db,
    `delete from carts where status in ('active', 'merged', 'abandoned') and updated_at < now() - make_interval(days => ?)
     and not exists (select from orders o where o.cart = carts.id)`,
    [days],
  );
}

export interface LineRow {
  id: string;
  variant: string;
  quantity: number;
  metadata: Record<string, unknown> | null;
  product: string;
  product_name: string;
  product_slug: string;
  product_kind: ProductKind;
  is_published: boolean;
  brand: string | null;
  categories: string[];
  tax_class: string | null;
  sku: string;
  variant_title: string | null;
  option_values: Record<string, string> | null;
  image_file: string | null;
  image_url: string | null;
  price_minor: number;
  compare_at_price_minor: number | null;
  price_currency: string;
  track_stock: boolean;
  allow_backorder: boolean;
  max_per_order: number | null;
  prices: PriceFacts[];
}

export interface MethodRow extends ShippingMethodFacts {
  description: string | null;
  min_days: number | null;
  max_days: number | null;
  tax_class: string | null;
}

export interface PricingRows {
  now: string;
  prices_include_tax: boolean;
  default_country: string;
  default_tax_class: string;
  customer: { group: string | null; tax_exempt: boolean } | null;
  lines: LineRow[];
  promotions: PromotionFacts[];
  tax_rates: TaxRateFacts[];
  zones: ShippingZoneFacts<MethodRow>[];
}

/** Everything a cart's price depends on, in one statement and so from one moment. */
export async function pricingRows(db: Queryable, cart: string): Promise<PricingRows> {
  const found = await row<{ facts: PricingRows }>(db, PRICING_ROWS, [cart]);
  if (!found) throw new Error(`cart ${cart} has vanished while it was priced`);
  return found.facts;
}

const PRICING_ROWS = `
select json_build_object(
  'now', now(),
  'prices_include_tax', s.prices_include_tax,
  'default_country', s.default_country,
  'default_tax_class', (select code from tax_classes where is_default limit 1),
  'customer', (
    select json_build_object('group', u."group", 'tax_exempt', coalesce(g.tax_exempt, false))
    from customers u left join customer_groups g on g.id = u."group" where u.id = c.customer),
  'lines', (
    select coalesce(json_agg(l order by l.sort, l.id), '[]') from (
      select cl.id, cl.variant, cl.quantity, cl.metadata, cl.sort, v.product, p.name as product_name, p.slug as product_slug,
        p.kind as product_kind, p.brand, t.code as tax_class, v.sku, v.title as variant_title, v.option_values,
        v.status = 'published' and p.status = 'published' and (p.published_at is null or p.published_at <= now())
          as is_published,
        v.price_minor, v.compare_at_price_minor, v.currency as price_currency, v.track_stock, v.allow_backorder,
        v.max_per_order,
        coalesce(v.image, p.thumbnail, i.file) as image_file, coalesce(v.image_url, i.url) as image_url,
        (select coalesce(json_agg(pc.category), '[]') from products_categories pc where pc.product = p.id) as categories,
        (select coalesce(json_agg(json_build_object('price_list', r.price_list, 'kind', x.kind,
            'priority', coalesce(x.priority, 0), 'starts_at', x.starts_at, 'ends_at', x.ends_at,
            'customer_group', x.customer_group, 'min_quantity', r.min_quantity, 'amount_minor', r.amount_minor)), '[]')
          from prices r left join price_lists x on x.id = r.price_list
          where r.variant = v.id and r.currency = c.currency and (x.id is null or x.status = 'active')) as prices
      from cart_lines cl
      join product_variants v on v.id = cl.variant
      join products p on p.id = v.product
      left join tax_classes t on t.id = p.tax_class
      left join lateral (
        select f.file, f.url from products_files f where f.product = p.id order by f.sort nulls last, f.id limit 1) i on true
      where cl.cart = c.id) l),
  'promotions', (
    select coalesce(json_agg(json_build_object('id', m.id, 'name', m.name, 'status', m.status, 'kind', m.kind, 'code', m.code,
        'value_ppm', m.value_ppm, 'amount_minor', m.amount_minor, 'currency', m.currency,
        'minimum_subtotal_minor', m.minimum_subtotal_minor, 'starts_at', m.starts_at, 'ends_at', m.ends_at,
        'usage_left', m.usage_limit - m.usage_count,
        'customer_usage_left', m.usage_limit_per_customer - (
          select count(*) from promotion_redemptions d where d.promotion = m.id and d.released_at is null
            and (d.customer = c.customer or lower(d.email) = lower(c.email))),
        'stackable', m.stackable, 'priority', m.priority, 'customer_group', m.customer_group)), '[]')
    from promotions m where m.status = 'active' and (m.code is null or upper(trim(m.code)) in (
      select upper(trim(given)) from json_array_elements_text(coalesce(c.codes, '[]'::json)) as given))),
  'tax_rates', (
    select coalesce(json_agg(json_build_object('tax_class', t.code, 'country', r.country, 'region', r.region,
        'name', r.name, 'rate_ppm', r.rate_ppm)), '[]')
    from tax_rates r join tax_classes t on t.id = r.tax_class
    where r.country in ('*', coalesce(c.shipping_address ->> 'country', s.default_country))),
  'zones', (
    select coalesce(json_agg(json_build_object('id', z.id, 'countries', z.countries, 'regions', z.regions,
        'priority', z.priority, 'methods', (
          select coalesce(json_agg(json_build_object('id', m.id, 'name', m.name, 'description', m.description,
            'active', m.active, 'amount_minor', m.amount_minor, 'currency', m.currency,
            'free_above_minor', m.free_above_minor, 'min_days', m.min_days, 'max_days', m.max_days, 'sort', m.sort,
            'tax_class', t.code)), '[]')
          from shipping_methods m left join tax_classes t on t.id = m.tax_class where m.zone = z.id))), '[]')
    from shipping_zones z)
) as facts
from carts c cross join (select prices_include_tax, default_country from shop_settings limit 1) s
where c.id = ?`;
