/** All SQL on orders, their lines, adjustments and timeline. */
import type { FulfilmentStatus } from '../core/fulfilment-state.ts';
import type { OrderStatus } from '../core/order-state.ts';
import type { OrderPaymentStatus } from '../core/payment-state.ts';
import type { TaxSummaryEntry } from '../core/price-cart.ts';
import type { Address } from '../customers/address.ts';
import {
  assignments,
  insertRows,
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
  needs_attention: boolean;
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
  metadata: Record<string, unknown> | null;
}

export interface OrderEventRow {
  kind: string;
  message: string;
  created_at: Date;
}

const ORDER_COLUMNS = `id, number, status, payment_status, fulfilment_status, cart, customer, email, token_hash, currency, locale,
  prices_include_tax, subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor, paid_minor, refunded_minor,
  shipping_address, billing_address, shipping_method_name, tax_summary, needs_attention, placed_at, expires_at, paid_at,
  cancelled_at, cancel_reason, coalesce(expires_at <= now(), false) as is_expired`;

export function orderById(db: Queryable, id: string): Promise<OrderRow | undefined> {
  return row<OrderRow>(db, `select ${ORDER_COLUMNS} from orders where id = ?`, [id]);
}

/** Locks the order until the transaction ends. */
export function lockOrder(trx: Transaction, id: string): Promise<OrderRow | undefined> {
  return row<OrderRow>(trx, `select ${ORDER_COLUMNS} from orders where id = ? for update`, [id]);
}

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
       subtotal_minor, discount_minor, tax_minor, total_minor, tax_rate_ppm, tax_name, requires_shipping, track_stock, metadata
     from order_lines where "order" = ? order by sort, id`,
    [order],
  );
}

export interface OrderAdjustmentRow {
  kind: 'discount' | 'shipping' | 'shipping_discount';
  code: string | null;
  label: string;
  amount_minor: number;
}

export function adjustmentsOf(db: Queryable, order: string): Promise<OrderAdjustmentRow[]> {
  return rows(
    db,
    `select kind, code, label, amount_minor from order_adjustments where "order" = ?
     order by array_position(array['discount', 'shipping', 'shipping_discount'], kind::text), id`,
    [order],
  );
}

/** The timeline, oldest first; of these kinds, or all. */
export function eventsOf(
  db: Queryable,
  order: string,
  kinds: readonly string[] | null,
): Promise<OrderEventRow[]> {
  return rows(
    db,
    `select kind, message, created_at from order_events where "order" = ? and (?::text[] is null or kind = any(?::text[]))
     order by id`,
    [order, kinds, kinds],
  );
}

export interface ShipmentRow {
  id: string;
  status: string;
  carrier: string | null;
  tracking_number: string | null;
  tracking_url: string | null;
  shipped_at: Date | null;
  delivered_at: Date | null;
}

export function shipmentsOf(db: Queryable, order: string): Promise<ShipmentRow[]> {
  return rows(
    db,
    `select id, status, carrier, tracking_number, tracking_url, shipped_at, delivered_at from shipments
     where "order" = ? order by created_at, id`,
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

/** The next order number, digits only. Gaps are possible, doubles are not. */
export async function nextOrderNumber(trx: Transaction): Promise<number> {
  const next = await row<{ number: number }>(trx, `select nextval('commerce.order_number_seq') as number`);
  if (!next) throw new Error('the order number sequence gave nothing');
  return next.number;
}

export async function insertOrder(
  trx: Transaction,
  order: Record<string, unknown> & { id: string },
): Promise<void> {
  await insertRows(trx, 'orders', [order]);
}

export async function insertOrderLines(trx: Transaction, lines: Record<string, unknown>[]): Promise<void> {
  await insertRows(trx, 'order_lines', lines);
}

export async function insertAdjustments(
  trx: Transaction,
  adjustments: Record<string, unknown>[],
): Promise<void> {
  await insertRows(trx, 'order_adjustments', adjustments);
}

export type OrderChange = Partial<
  Pick<
    OrderRow,
    | 'status'
    | 'payment_status'
    | 'paid_minor'
    | 'refunded_minor'
    | 'expires_at'
    | 'paid_at'
    | 'cancelled_at'
    | 'cancel_reason'
    | 'needs_attention'
  >
> & { attention_reason?: string | null };

/** Writes what is given. The order must be locked. */
export async function updateOrder(trx: Transaction, id: string, change: OrderChange): Promise<void> {
  const { sql, bindings } = assignments(change);
  await row(trx, `update orders set ${sql} updated_at = now() where id = ?`, [...bindings, id]);
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

/** Orders whose hold has ended by the database's clock. Those whose money is under way hold on, and must not crowd out others. */
export async function expiredOrders(db: Queryable, limit: number): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    `select id from orders o where status = 'pending' and expires_at <= now()
       and not exists (select from payments p where p."order" = o.id and p.status in ('processing', 'authorised'))
     order by expires_at limit ?`,
    [limit],
  );
  return found.map((each) => each.id);
}

export interface UnpaidCounts {
  by_email: number;
  by_customer: number;
  by_network: number;
}

/**
 * How many unpaid orders hold stock for this shopper. Waits for other checkouts with the same e-mail, customer or, where it
 * counts, network address (null where it does not), so that parallel ones count each other.
 */
export async function countUnpaid(
  trx: Transaction,
  shopper: { email: string; customer: string | null; network_hash: string | null },
): Promise<UnpaidCounts> {
  // Always in this order, so that no two checkouts wait for each other.
  const counted = [
    `email ${shopper.email.toLowerCase()}`,
    ...(shopper.customer === null ? [] : [`customer ${shopper.customer}`]),
    ...(shopper.network_hash === null ? [] : [`network ${shopper.network_hash}`]),
  ];
  // A statement of its own: the count must not be taken from a snapshot older than the lock.
  for (const each of counted) {
    await row(trx, `select pg_advisory_xact_lock(hashtextextended('unpaid ' || ?, 0))`, [each]);
  }
  const counts = await row<UnpaidCounts>(
    trx,
    `select count(*) filter (where lower(email) = lower(?)) as by_email,
       count(*) filter (where customer = ?) as by_customer,
       count(*) filter (where network_hash = ?) as by_network
     from orders where status = 'pending' and (lower(email) = lower(?) or customer = ? or network_hash = ?)`,
    [
      shopper.email,
      shopper.customer,
      shopper.network_hash,
      shopper.email,
      shopper.customer,
      shopper.network_hash,
    ],
  );
  return counts ?? { by_email: 0, by_customer: 0, by_network: 0 };
}
