/** SQL on orders, their lines and their timeline: what other use cases read, lock and write. */
import type { FulfilmentStatus } from '../core/fulfilment-state.ts';
import type { OrderStatus } from '../core/order-state.ts';
import type { OrderPaymentStatus } from '../core/payment-state.ts';
import type { TaxSummaryEntry } from '../core/price-cart.ts';
import type { ProductKind } from '../core/product-kind.ts';
import type { Address } from '../customers/address.ts';
import {
  assignments,
  insertRows,
  prepared,
  row,
  rows,
  type Queryable,
  type Transaction,
} from '../platform/database.ts';

export interface OrderRow {
  id: string;
  number: string;
  status: OrderStatus;
  payment_status: OrderPaymentStatus;
  fulfilment_status: FulfilmentStatus;
  cart: string | null;
  customer: string | null;
  email: string;
  token_hash: string | null;
  currency: string;
  locale: string | null;
  prices_include_tax: boolean;
  subtotal_minor: number;
  discount_minor: number;
  shipping_minor: number;
  tax_minor: number;
  total_minor: number;
  paid_minor: number;
  refunded_minor: number;
  shipping_address: Address | null;
  billing_address: Address | null;
  shipping_method_name: string | null;
  tax_summary: TaxSummaryEntry[];
  vat_id: string | null;
  tax_exemption: 'customer' | 'group' | 'reverse_charge' | null;
  origin: 'shopper' | 'staff';
  customer_note: string | null;
  /** Counted up by every change, so that two who edit at once notice each other. */
  version: number;
  needs_attention: boolean;
  attention_code: string | null;
  attention_reason: string | null;
  attention_at: Date | null;
  placed_at: Date;
  expires_at: Date | null;
  paid_at: Date | null;
  cancelled_at: Date | null;
  cancel_reason: string | null;
  /** Whether its hold has ended, by the database's clock. */
  is_expired: boolean;
}

export interface OrderLineRow {
  id: string;
  variant: string | null;
  product: string | null;
  sku: string;
  name: string;
  variant_title: string | null;
  option_values: Record<string, string> | null;
  image_url: string | null;
  quantity: number;
  unit_price_minor: number;
  subtotal_minor: number;
  discount_minor: number;
  tax_minor: number;
  total_minor: number;
  tax_rate_ppm: number;
  tax_name: string | null;
  requires_shipping: boolean;
  track_stock: boolean;
  product_kind: ProductKind;
  /** What one unit of a bundle is made of. */
  parts: OrderLinePart[] | null;
  /** When a line sold ahead of its date is to be sent. */
  ships_at: Date | null;
  weight_grams: number | null;
  /** How many left in a parcel or were handed over. */
  quantity_fulfilled: number;
  quantity_refunded: number;
  /** How many came back. */
  quantity_returned: number;
  metadata: Record<string, unknown> | null;
}

export interface OrderLinePart {
  variant: string;
  sku: string;
  quantity: number;
  track_stock: boolean;
}

export const ORDER_COLUMNS = `id, number, status, payment_status, fulfilment_status, cart, customer, email, token_hash, currency, locale,
  prices_include_tax, subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor, paid_minor, refunded_minor,
  shipping_address, billing_address, shipping_method_name, tax_summary, vat_id, tax_exemption, origin, customer_note, version,
  needs_attention, attention_code, attention_reason, attention_at, placed_at, expires_at, paid_at, cancelled_at, cancel_reason,
  coalesce(expires_at <= now(), false) as is_expired`;

export function orderById(db: Queryable, id: string): Promise<OrderRow | undefined> {
  return row<OrderRow>(db, `select ${ORDER_COLUMNS} from orders where id = ?`, [id]);
}

/** The next orders of guests, by id. */
export function guestOrdersAfter(
  db: Queryable,
  id: string,
  limit: number,
): Promise<{ id: string; token_hash: string }[]> {
  return rows(
    db,
    'select id, token_hash from orders where id > ? and token_hash is not null order by id limit ?',
    [id, limit],
  );
}

/** Locks the order until the transaction ends. */
export function lockOrder(trx: Transaction, id: string): Promise<OrderRow | undefined> {
  return row<OrderRow>(trx, `select ${ORDER_COLUMNS} from orders where id = ? for update`, [id]);
}

/** An order with its lines, whose moments are text, and the provider it is to be paid with now. */
export type OrderWithLines = OrderRow & {
  lines: (Omit<OrderLineRow, 'ships_at'> & { ships_at: string | null })[];
  provider: string | null;
};

export function orderWithLines(db: Queryable, id: string): Promise<OrderWithLines | undefined> {
  return row<OrderWithLines>(db, ORDER_WITH_LINES, [id]);
}

const ORDER_WITH_LINES = prepared(`
select ${ORDER_COLUMNS},
  (select coalesce(json_agg(l order by l.sort, l.id), '[]') from order_lines l where l."order" = orders.id) as lines,
  (select provider from payments p where p."order" = orders.id and p.provider not in ('gift_card', 'store_credit')
   order by p.created_at desc, p.id limit 1) as provider
from orders where id = ?`);

/** The order a cart has become, unless it was cancelled. */
export function liveOrderOfCart(db: Queryable, cart: string): Promise<OrderRow | undefined> {
  return row<OrderRow>(db, `select ${ORDER_COLUMNS} from orders where cart = ? and status <> 'cancelled'`, [
    cart,
  ]);
}

export function linesOf(db: Queryable, order: string): Promise<OrderLineRow[]> {
  return rows<OrderLineRow>(
    db,
    `select id, variant, product, sku, name, variant_title, option_values, image_url, quantity, unit_price_minor,
       subtotal_minor, discount_minor, tax_minor, total_minor, tax_rate_ppm, tax_name, requires_shipping, track_stock, product_kind, parts,
       ships_at, weight_grams, quantity_fulfilled, quantity_refunded, quantity_returned, metadata
     from order_lines where "order" = ? order by sort, id`,
    [order],
  );
}

export interface OrderPage {
  orders: OrderRow[];
  total: number;
}

export async function ordersOfCustomer(
  db: Queryable,
  customer: string,
  page: { limit: number; offset: number },
): Promise<OrderPage> {
  const orders = await rows<OrderRow>(
    db,
    `select ${ORDER_COLUMNS} from orders where customer = ? order by placed_at desc, id limit ? offset ?`,
    [customer, page.limit, page.offset],
  );
  const counted = await row<{ total: number }>(
    db,
    'select count(*) as total from orders where customer = ?',
    [customer],
  );
  return { orders, total: counted?.total ?? 0 };
}

export interface AttentionPage {
  orders: (OrderRow & { requested_returns: number })[];
  total: number;
}

/** Orders that wait for staff, oldest first: flagged ones, and those with a return nobody has answered. */
export async function ordersNeedingAttention(
  db: Queryable,
  page: { limit: number; offset: number },
): Promise<AttentionPage> {
  const waiting = `from orders o left join (
      select "order", count(*) as requested_returns from returns where status = 'requested' group by "order") r on r."order" = o.id
    where o.needs_attention or r."order" is not null`;
  const orders = await rows<AttentionPage['orders'][number]>(
    db,
    `select ${ORDER_COLUMNS}, coalesce(requested_returns, 0) as requested_returns ${waiting}
     order by coalesce(attention_at, placed_at), id limit ? offset ?`,
    [page.limit, page.offset],
  );
  const counted = await row<{ total: number }>(db, `select count(*) as total ${waiting}`);
  return { orders, total: counted?.total ?? 0 };
}

export async function insertOrderLines(trx: Transaction, lines: Record<string, unknown>[]): Promise<void> {
  await insertRows(trx, 'order_lines', lines);
}

export type OrderChange = Partial<
  Pick<
    OrderRow,
    | 'status'
    | 'payment_status'
    | 'fulfilment_status'
    | 'paid_minor'
    | 'refunded_minor'
    | 'expires_at'
    | 'paid_at'
    | 'cancelled_at'
    | 'cancel_reason'
    | 'needs_attention'
    | 'attention_code'
    | 'attention_reason'
    | 'attention_at'
  >
>;

/** Writes what is given. The order must be locked. */
export async function updateOrder(trx: Transaction, id: string, change: OrderChange): Promise<void> {
  const { sql, bindings } = assignments(change);
  await row(trx, `update orders set ${sql} version = version + 1, updated_at = now() where id = ?`, [
    ...bindings,
    id,
  ]);
}

export interface NewOrderEvent {
  order: string;
  kind: string;
  message: string;
  data?: unknown;
  actor_kind: 'system' | 'customer' | 'staff' | 'provider';
  actor?: string | null;
}

/** One entry of the timeline; entries are never changed. */
export async function insertEvent(trx: Transaction, event: NewOrderEvent): Promise<void> {
  await row(
    trx,
    `insert into order_events ("order", kind, message, data, actor_kind, actor, created_at)
     values (?, ?, ?, ?::json, ?, ?, clock_timestamp())`,
    [
      event.order,
      event.kind,
      event.message,
      event.data === undefined ? null : JSON.stringify(event.data),
      event.actor_kind,
      event.actor ?? null,
    ],
  );
}

/** Whether an order was put on the staff's list for this before, in these words. */
export async function wasFlagged(db: Queryable, order: string, reason: string): Promise<boolean> {
  const found = await row(
    db,
    `select id from order_events where "order" = ? and kind = 'flagged' and message = ? limit 1`,
    [order, reason],
  );
  return found !== undefined;
}

/** Whether staff let an order be sent before its money had come. */
export async function wasAccepted(db: Queryable, order: string): Promise<boolean> {
  const found = await row(db, `select id from order_events where "order" = ? and kind = 'accepted' limit 1`, [
    order,
  ]);
  return found !== undefined;
}

/** Orders whose hold has ended by the database's clock. Those whose money is under way hold on, and must not crowd out others. */
export async function expiredOrders(db: Queryable, limit: number): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    `select id from orders o where status = 'pending' and expires_at <= now()
       and not exists (select from payments p where p."order" = o.id and p.status in ('processing', 'authorised')
         and p.gift_card is null and p.store_credit is null)
     order by expires_at limit ?`,
    [limit],
  );
  return found.map((each) => each.id);
}
