/** What belongs to an order and is shown with it, read in one statement. Moments are text: they come as JSON. */
import type { ShipmentStatus } from '../core/fulfilment-state.ts';
import type { PaymentStatus } from '../core/payment-state.ts';
import type { ReturnStatus } from '../core/return-state.ts';
import { prepared, row, type Queryable } from '../platform/database.ts';
import type { OrderLineRow } from './queries.ts';

export interface DiscountPart {
  code: string | null;
  label: string;
  amount_minor: number;
}

export type LinePart = Omit<OrderLineRow, 'ships_at'> & {
  ships_at: string | null;
  discounts: DiscountPart[];
};

export interface ShipmentPart {
  id: string;
  status: ShipmentStatus;
  carrier: string | null;
  tracking_number: string | null;
  tracking_url: string | null;
  location: string | null;
  created_at: string;
  shipped_at: string | null;
  delivered_at: string | null;
  lines: { order_line: string; quantity: number }[];
}

export interface ReturnPart {
  id: string;
  status: ReturnStatus;
  requested_by: 'customer' | 'staff';
  reason: string | null;
  note: string | null;
  created_at: string;
  received_at: string | null;
  refund: string | null;
  refund_minor: number | null;
  lines: {
    order_line: string;
    quantity: number;
    reason: string | null;
    restock: boolean;
    condition: string | null;
  }[];
}

export interface EventPart {
  kind: string;
  message: string;
  data: unknown;
  actor_kind: 'system' | 'customer' | 'staff' | 'provider';
  actor: string | null;
  created_at: string;
}

/** What shoppers and staff are both shown, if not all of it. */
export interface OrderParts {
  lines: LinePart[];
  /** One per promotion, over all the lines it took something off. */
  adjustments: (DiscountPart & { kind: 'discount' | 'shipping' | 'shipping_discount' })[];
  shipments: ShipmentPart[];
  returns: ReturnPart[];
  notes: { id: string; body: string; is_public: boolean; actor: string | null; created_at: string }[];
  /** Oldest first. */
  events: EventPart[];
  /** What gift cards and store credit hold ready for it. */
  held_minor: number;
  /** What its newest payment asks for and has not got. */
  asked_minor: number;
}

const NOTHING: OrderParts = {
  lines: [],
  adjustments: [],
  shipments: [],
  returns: [],
  notes: [],
  events: [],
  held_minor: 0,
  asked_minor: 0,
};

/** @param kinds of events; null for all */
export async function orderParts(
  db: Queryable,
  order: string,
  kinds: readonly string[] | null,
): Promise<OrderParts> {
  return (await row<OrderParts>(db, ORDER_PARTS, [kinds, kinds, order])) ?? NOTHING;
}

const ORDER_PARTS = prepared(`
select
  (select coalesce(json_agg(l), '[]') from (
    select id, variant, product, sku, name, variant_title, option_values, image_url, quantity, unit_price_minor, subtotal_minor,
      discount_minor, tax_minor, total_minor, tax_rate_ppm, tax_name, requires_shipping, track_stock, product_kind, parts, ships_at,
      weight_grams, quantity_fulfilled, quantity_refunded, quantity_returned, metadata,
      (select coalesce(json_agg(d), '[]') from (
        select code, label, sum(amount_minor)::bigint as amount_minor from order_adjustments where "order" = o.id and line = ol.id
        group by code, label, promotion, promotion_code order by 3, label) d) as discounts
    from order_lines ol where "order" = o.id order by sort, id) l) as lines,
  (select coalesce(json_agg(a), '[]') from (
    select kind, code, label, sum(amount_minor)::bigint as amount_minor from order_adjustments where "order" = o.id
    group by kind, code, label, promotion, promotion_code
    order by array_position(array['discount', 'shipping', 'shipping_discount'], kind::text), 4, label) a) as adjustments,
  (select coalesce(json_agg(s), '[]') from (
    select id, status, carrier, tracking_number, tracking_url, location, created_at, shipped_at, delivered_at,
      (select coalesce(json_agg(json_build_object('order_line', sl.order_line, 'quantity', sl.quantity) order by ol.sort, ol.id), '[]')
       from shipment_lines sl join order_lines ol on ol.id = sl.order_line where sl.shipment = sh.id) as lines
    from shipments sh where "order" = o.id order by created_at, id) s) as shipments,
  (select coalesce(json_agg(r), '[]') from (
    select id, status, requested_by, reason, note, created_at, received_at, refund, refund_minor,
      (select coalesce(json_agg(json_build_object('order_line', rl.order_line, 'quantity', rl.quantity, 'reason', rl.reason,
          'restock', rl.restock, 'condition', rl.condition) order by ol.sort, ol.id), '[]')
       from return_lines rl join order_lines ol on ol.id = rl.order_line where rl."return" = re.id) as lines
    from returns re where "order" = o.id order by created_at, id) r) as returns,
  (select coalesce(json_agg(n), '[]') from (
    select id, body, is_public, actor, created_at from order_notes where "order" = o.id order by created_at, id) n) as notes,
  (select coalesce(json_agg(e), '[]') from (
    select kind, message, data, actor_kind, actor, created_at from order_events
    where "order" = o.id and (?::text[] is null or kind = any(?::text[])) order by id) e) as events,
  (select coalesce(sum(amount_minor), 0)::bigint from payments
   where "order" = o.id and status = 'authorised' and provider in ('gift_card', 'store_credit')) as held_minor,
  coalesce((select amount_minor - captured_minor from payments
   where "order" = o.id and gift_card is null and store_credit is null order by created_at desc, id limit 1), 0) as asked_minor
from (select ?::uuid as id) o`);

export interface PaymentPart {
  id: string;
  provider: string;
  status: PaymentStatus;
  amount_minor: number;
  captured_minor: number;
  refunded_minor: number;
  provider_payment: string | null;
  error_code: string | null;
  error_message: string | null;
  created_at: string;
  paid_at: string | null;
}

export interface RefundPart {
  id: string;
  payment: string;
  status: 'pending' | 'succeeded' | 'failed';
  amount_minor: number;
  reason: string | null;
  return: string | null;
  lines: unknown;
  actor: string | null;
  created_at: string;
}

/** What only staff are shown. */
export interface StaffParts {
  payments: PaymentPart[];
  refunds: RefundPart[];
  attachments: { id: string; file: string; title: string | null; filename: string; type: string | null }[];
}

export async function staffParts(db: Queryable, order: string): Promise<StaffParts> {
  const parts = await row<StaffParts>(db, STAFF_PARTS, [order]);
  return parts ?? { payments: [], refunds: [], attachments: [] };
}

const STAFF_PARTS = `
select
  (select coalesce(json_agg(p), '[]') from (
    select id, provider, status, amount_minor, captured_minor, refunded_minor, provider_payment, error_code, error_message,
      created_at, paid_at
    from payments where "order" = o.id order by created_at, id) p) as payments,
  (select coalesce(json_agg(r), '[]') from (
    select id, payment, status, amount_minor, reason, "return", lines, actor, created_at
    from refunds where "order" = o.id order by created_at, id) r) as refunds,
  (select coalesce(json_agg(f), '[]') from (
    select of.id, of.file, df.title, df.filename_download as filename, df.type
    from orders_files of join directus_files df on df.id = of.file where of."order" = o.id order by of.sort, of.id) f) as attachments
from (select ?::uuid as id) o`;

/** A parcel or a return as a mail tells of it. */
export interface MailedGoods {
  id: string;
  lines: { name: string; variant_title: string | null; quantity: number }[];
}

export interface MailedShipment extends MailedGoods {
  carrier: string | null;
  tracking_number: string | null;
  tracking_url: string | null;
  /** Where it waits, when the shopper fetches it. */
  pickup: Record<'name' | 'line1' | 'postal_code' | 'city', string | null> | null;
}

export interface MailedReturn extends MailedGoods {
  reason: string | null;
  refund_minor: number | null;
}

export function mailedShipment(db: Queryable, id: string): Promise<MailedShipment | undefined> {
  return row<MailedShipment>(
    db,
    `select s.id, s.carrier, s.tracking_number, s.tracking_url, (
       select coalesce(json_agg(json_build_object('name', l.name, 'variant_title', l.variant_title, 'quantity', sl.quantity)
         order by l.sort, l.id), '[]')
       from shipment_lines sl join order_lines l on l.id = sl.order_line where sl.shipment = s.id) as lines, (
       select json_build_object('name', p.name, 'line1', p.line1, 'postal_code', p.postal_code, 'city', p.city)
       from orders o join shipping_methods m on m.id = o.shipping_method and m.kind = 'pickup'
         join stock_locations p on p.id = coalesce(s.location, m.location) where o.id = s."order") as pickup
     from shipments s where s.id = ?`,
    [id],
  );
}

export function mailedReturn(db: Queryable, id: string): Promise<MailedReturn | undefined> {
  return row<MailedReturn>(
    db,
    `select r.id, r.reason, r.refund_minor, (
       select coalesce(json_agg(json_build_object('name', l.name, 'variant_title', l.variant_title, 'quantity', rl.quantity)
         order by l.sort, l.id), '[]')
       from return_lines rl join order_lines l on l.id = rl.order_line where rl."return" = r.id) as lines
     from returns r where r.id = ?`,
    [id],
  );
}
