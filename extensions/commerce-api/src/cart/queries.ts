/** SQL that writes carts and their lines, and finds them. What a price depends on is read by pricing-queries.ts. */
import type { CartLine } from '../core/cart-change.ts';
import type { Address } from '../customers/address.ts';
import {
  assignments,
  changed,
  prepared,
  row,
  type Queryable,
  type Transaction,
} from '../platform/database.ts';

export interface CartRow {
  id: string;
  customer: string | null;
  token_hash: string | null;
  status: 'active' | 'completed' | 'merged' | 'abandoned';
  /** A staff cart is a draft order. */
  origin: 'shopper' | 'staff';
  currency: string;
  locale: string | null;
  email: string | null;
  shipping_address: Address | null;
  billing_address: Address | null;
  shipping_method: string | null;
  shipping_rate: ShippingRateRow | null;
  codes: string[];
  vat_id: string | null;
  /** Ids, in the order in which they pay. */
  gift_cards: string[];
  use_store_credit: boolean;
  note: string | null;
  abandoned_at: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

export type CartLineRow = CartLine;

/** What carriers asked for this very cart, kept so that the shopper pays what was shown. */
export interface ShippingRateRow {
  currency: string;
  /** Of the address and the goods it was asked for. */
  fingerprint: string;
  /** ISO 8601. */
  expires_at: string;
  rates: { method: string; amount_minor: number; min_days: number | null; max_days: number | null }[];
}

const CART_COLUMNS = `id, customer, token_hash, status, origin, currency, locale, email, shipping_address, billing_address,
  shipping_method, shipping_rate, coalesce(codes, '[]'::json) as codes, vat_id, gift_cards, use_store_credit, note,
  abandoned_at, version, created_at, updated_at`;

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

/** The open cart a token or a customer has used last; never a draft of staff. */
export function openCartOf(
  db: Queryable,
  holder: { customer: string | null; token_hash: string | null },
): Promise<{ id: string } | undefined> {
  return row<{ id: string }>(
    db,
    `select id from carts
     where status = 'active' and origin = 'shopper' and (customer = ? or (customer is null and token_hash = ?))
     order by customer nulls last, updated_at desc limit 1`,
    [holder.customer, holder.token_hash],
  );
}

export interface CartWrite {
  cart: CartRow;
  /** Lines that are new or not as they were. */
  lines: readonly CartLine[];
}

/** Both write these columns of a cart. */
const CART_RECORD = `json_to_record(?::json) as c(id uuid, customer uuid, token_hash text, origin text, currency text,
  locale text, email text, shipping_address json, billing_address json, shipping_method uuid, shipping_rate json, codes json,
  vat_id text, gift_cards json, use_store_credit boolean, note text, version int)`;
const DETAILS = [
  'currency',
  'locale',
  'email',
  'shipping_address',
  'billing_address',
  'shipping_method',
  'shipping_rate',
  'codes',
  'vat_id',
  'gift_cards',
  'use_store_credit',
  'note',
] as const;
const LINES_RECORD = `json_to_recordset(?::json) as l(id uuid, variant uuid, quantity int, metadata json, metadata_key text,
  sort int, unit_price_minor bigint)`;
const WRITTEN = 'version, created_at, updated_at';

export type Written = Pick<CartRow, 'version' | 'created_at' | 'updated_at'>;

const INSERT_CART = prepared(`
with written as (
  insert into carts (id, customer, token_hash, origin, status, ${DETAILS.join(', ')}, version, created_at, updated_at)
  select id, customer, token_hash, origin, 'active', ${DETAILS.join(', ')}, 1, now(), now() from ${CART_RECORD}
  returning id, ${WRITTEN}
), added as (
  insert into cart_lines (id, cart, variant, quantity, metadata, metadata_key, sort, unit_price_minor)
  select l.id, w.id, l.variant, l.quantity, l.metadata, l.metadata_key, l.sort, l.unit_price_minor
  from written w cross join ${LINES_RECORD}
)
select ${WRITTEN} from written`);

/** A new cart with its lines, in one statement. */
export async function insertCart(db: Queryable, { cart, lines }: CartWrite): Promise<Written> {
  const written = await row<Written>(db, INSERT_CART, [JSON.stringify(cart), JSON.stringify(lines)]);
  if (!written) throw new Error(`cart ${cart.id} was not written`);
  return written;
}

const WRITE_CART = prepared(`
with written as (
  update carts set ${DETAILS.map((name) => `${name} = c.${name}`).join(', ')},
    abandoned_at = null, version = carts.version + 1, updated_at = now()
  from ${CART_RECORD}
  where carts.id = c.id and carts.version = c.version and carts.status = 'active'
  returning carts.id, carts.version, carts.created_at, carts.updated_at
), gone as (
  delete from cart_lines using written w where cart = w.id and cart_lines.id = any(?::uuid[])
), kept as (
  insert into cart_lines (id, cart, variant, quantity, metadata, metadata_key, sort, unit_price_minor)
  select l.id, w.id, l.variant, l.quantity, l.metadata, l.metadata_key, l.sort, l.unit_price_minor
  from written w cross join ${LINES_RECORD}
  on conflict (id) do update set quantity = excluded.quantity, sort = excluded.sort,
    unit_price_minor = excluded.unit_price_minor
)
select ${WRITTEN} from written`);

/**
 * Writes a changed cart and its lines in one statement, if it still is as it was read: at `cart.version` and active. A change
 * of the shopper's takes the mark of an abandoned cart off.
 * @returns undefined when it was not, and nothing is written
 */
export function writeCart(
  db: Queryable,
  { cart, lines, gone }: CartWrite & { gone: readonly string[] },
): Promise<Written | undefined> {
  return row<Written>(db, WRITE_CART, [JSON.stringify(cart), gone, JSON.stringify(lines)]);
}

/** Keeps what carriers answered; no change of the shopper's, so the version stays. */
export async function keepShippingRate(db: Queryable, id: string, rate: ShippingRateRow): Promise<void> {
  await changed(db, `update carts set shipping_rate = ? where id = ? and status = 'active'`, [
    JSON.stringify(rate),
    id,
  ]);
}

export type CartChange = Partial<
  Pick<CartRow, 'status' | 'token_hash' | 'customer' | 'codes' | 'gift_cards'>
>;

/** Writes what is given and counts the version up. */
export async function updateCart(trx: Transaction, id: string, change: CartChange): Promise<void> {
  const { sql, bindings } = assignments(change);
  await row(trx, `update carts set ${sql} version = version + 1, updated_at = now() where id = ?`, [
    ...bindings,
    id,
  ]);
}

/**
 * Copies lines into another cart: the copied quantity wins over that of a line with the same variant and metadata. New lines come
 * in their order, as long as the cart holds fewer than `most`. What staff wrote into a draft stays there.
 */
export async function copyLines(trx: Transaction, from: string, to: string, most: number): Promise<void> {
  await row(
    trx,
    `insert into cart_lines (cart, variant, quantity, metadata, metadata_key, sort)
     select ?, variant, quantity, metadata, metadata_key, sort from (
       select l.*, k.id is not null as is_known, row_number() over (partition by k.id is null order by l.sort, l.id) as place
       from cart_lines l
         left join cart_lines k on k.cart = ? and k.variant = l.variant and k.metadata_key = l.metadata_key
       where l.cart = ?) given
     where is_known or place <= ? - (select count(*) from cart_lines where cart = ?)
     on conflict (cart, variant, metadata_key) do update set quantity = excluded.quantity`,
    [to, to, from, most, to],
  );
}

/** Forgets carts of shoppers nobody has touched for that many days. @returns how many */
export function deleteStaleCarts(db: Queryable, days: number): Promise<number> {
  return changed(
    db,
    `delete from carts where status in ('active', 'merged', 'abandoned') and origin = 'shopper'
     and updated_at < now() - make_interval(days => ?) and not exists (select from orders o where o.cart = carts.id)`,
    [days],
  );
}
