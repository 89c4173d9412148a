/** An order as the store and staff are answered it, with its schemas. */
import { z } from 'zod';
import { AdjustmentView, lineFields, minor, TaxSummaryView, totalFields } from '../cart/quote-view.ts';
import { FULFILMENT_STATUSES, SHIPMENT_STATUSES } from '../core/fulfilment-state.ts';
import { isPayable, missingMinor } from '../core/order-payment.ts';
import { ORDER_STATUSES } from '../core/order-state.ts';
import { ORDER_PAYMENT_STATUSES, PAYMENT_STATUSES } from '../core/payment-state.ts';
import { PRODUCT_KINDS } from '../core/product-kind.ts';
import { RETURN_STATUSES } from '../core/return-state.ts';
import { Address } from '../customers/address.ts';
import type { Queryable } from '../platform/database.ts';
import { CUSTOMER_EVENT_KINDS } from './event-kinds.ts';
import { orderParts, staffParts, type OrderParts } from './order-parts-queries.ts';
import type { OrderRow } from './queries.ts';

const moment = z.string();

export const OrderSummary = z.object({
  id: z.uuid(),
  number: z.string(),
  status: z.enum(ORDER_STATUSES),
  payment_status: z.enum(ORDER_PAYMENT_STATUSES),
  fulfilment_status: z.enum(FULFILMENT_STATUSES),
  email: z.string(),
  currency: z.string(),
  prices_include_tax: z.boolean(),
  ...totalFields,
  paid_minor: minor,
  refunded_minor: minor,
  placed_at: moment,
  /** When an unpaid order gives its stock back. */
  expires_at: moment.nullable(),
  paid_at: moment.nullable(),
  cancelled_at: moment.nullable(),
  cancel_reason: z.string().nullable(),
});

const Discount = z.object({ code: z.string().nullable(), label: z.string(), amount_minor: minor });

const OrderLine = z.object({
  ...lineFields,
  variant: z.uuid().nullable(),
  product: z.uuid().nullable(),
  product_kind: z.enum(PRODUCT_KINDS),
  unit_price_minor: minor,
  requires_shipping: z.boolean(),
  /** What one unit of a bundle is made of. */
  parts: z.array(z.object({ variant: z.uuid(), sku: z.string(), quantity: z.int() })).nullable(),
  /** When a line sold ahead of its date is to be sent. */
  ships_at: moment.nullable(),
  /** How many were sent or handed over, had their money given back, and came back. */
  quantity_fulfilled: z.int(),
  quantity_refunded: z.int(),
  quantity_returned: z.int(),
  /** What each promotion took off this line. */
  discounts: z.array(Discount),
});

const Shipment = z.object({
  id: z.uuid(),
  status: z.enum(SHIPMENT_STATUSES),
  carrier: z.string().nullable(),
  tracking_number: z.string().nullable(),
  tracking_url: z.string().nullable(),
  shipped_at: moment.nullable(),
  delivered_at: moment.nullable(),
  lines: z.array(z.object({ order_line: z.uuid(), quantity: z.int() })),
});

const returnLine = { order_line: z.uuid(), quantity: z.int(), reason: z.string().nullable() };

const Return = z.object({
  id: z.uuid(),
  status: z.enum(RETURN_STATUSES),
  requested_by: z.enum(['customer', 'staff']),
  /** What the shop answered. */
  reason: z.string().nullable(),
  created_at: moment,
  received_at: moment.nullable(),
  refund_minor: minor.nullable(),
  lines: z.array(z.object(returnLine)),
});

const event = { kind: z.string(), message: z.string(), created_at: moment };
const note = { body: z.string(), created_at: moment };

export const OrderView = OrderSummary.extend({
  shipping_address: Address.nullable(),
  billing_address: Address.nullable(),
  shipping_method_name: z.string().nullable(),
  vat_id: z.string().nullable(),
  /** Why no tax was charged, if none was. */
  tax_exemption: z.enum(['customer', 'group', 'reverse_charge']).nullable(),
  customer_note: z.string().nullable(),
  /** What is left to pay through a provider; gift cards and store credit are taken off. */
  payable_minor: minor,
  tax_summary: z.array(TaxSummaryView),
  lines: z.array(OrderLine),
  adjustments: z.array(AdjustmentView),
  shipments: z.array(Shipment),
  returns: z.array(Return),
  notes: z.array(z.object(note)),
  events: z.array(z.object(event)),
});

const StaffNote = z.object({ ...note, id: z.uuid(), is_public: z.boolean(), actor: z.uuid().nullable() });

export const StaffOrderView = OrderView.extend({
  customer: z.uuid().nullable(),
  origin: z.enum(['shopper', 'staff']),
  /** Counted up by every change. */
  version: z.int(),
  needs_attention: z.boolean(),
  attention_code: z.string().nullable(),
  attention_reason: z.string().nullable(),
  shipments: z.array(Shipment.extend({ location: z.uuid().nullable(), created_at: moment })),
  returns: z.array(
    Return.extend({
      /** What whoever asked for it wrote. */
      note: z.string().nullable(),
      refund: z.uuid().nullable(),
      lines: z.array(z.object({ ...returnLine, restock: z.boolean(), condition: z.string().nullable() })),
    }),
  ),
  payments: z.array(
    z.object({
      id: z.uuid(),
      provider: z.string(),
      status: z.enum(PAYMENT_STATUSES),
      amount_minor: minor,
      captured_minor: minor,
      refunded_minor: minor,
      provider_payment: z.string().nullable(),
      error_code: z.string().nullable(),
      error_message: z.string().nullable(),
      created_at: moment,
      paid_at: moment.nullable(),
    }),
  ),
  refunds: z.array(
    z.object({
      id: z.uuid(),
      payment: z.uuid(),
      status: z.enum(['pending', 'succeeded', 'failed']),
      amount_minor: minor,
      reason: z.string().nullable(),
      return: z.uuid().nullable(),
      lines: z.unknown(),
      actor: z.uuid().nullable(),
      created_at: moment,
    }),
  ),
  notes: z.array(StaffNote),
  attachments: z.array(
    z.object({
      id: z.uuid(),
      file: z.uuid(),
      title: z.string().nullable(),
      filename: z.string(),
      type: z.string().nullable(),
    }),
  ),
  events: z.array(
    z.object({
      ...event,
      data: z.unknown(),
      actor_kind: z.enum(['system', 'customer', 'staff', 'provider']),
      actor: z.uuid().nullable(),
    }),
  ),
});

export type OrderSummary = z.output<typeof OrderSummary>;
export type OrderView = z.output<typeof OrderView>;
export type StaffOrderView = z.output<typeof StaffOrderView>;

export function orderSummary(order: OrderRow): OrderSummary {
  return {
    id: order.id,
    number: order.number,
    status: order.status,
    payment_status: order.payment_status,
    fulfilment_status: order.fulfilment_status,
    email: order.email,
    currency: order.currency,
    prices_include_tax: order.prices_include_tax,
    subtotal_minor: order.subtotal_minor,
    discount_minor: order.discount_minor,
    shipping_minor: order.shipping_minor,
    tax_minor: order.tax_minor,
    total_minor: order.total_minor,
    paid_minor: order.paid_minor,
    refunded_minor: order.refunded_minor,
    placed_at: order.placed_at.toISOString(),
    expires_at: order.status === 'pending' ? iso(order.expires_at) : null,
    paid_at: iso(order.paid_at),
    cancelled_at: iso(order.cancelled_at),
    cancel_reason: order.cancel_reason,
  };
}

/** Reads what belongs to the order, in one statement, and puts together what its shopper may see of it. */
export async function orderView(db: Queryable, order: OrderRow): Promise<OrderView> {
  const parts = await orderParts(db, order.id, CUSTOMER_EVENT_KINDS);
  return {
    ...shared(order, parts),
    shipments: parts.shipments.filter(({ status }) => status !== 'cancelled').map(shipmentView),
    returns: parts.returns.map((each) => ({
      ...returnView(each),
      lines: each.lines.map(({ order_line, quantity, reason }) => ({ order_line, quantity, reason })),
    })),
    notes: parts.notes
      .filter(({ is_public }) => is_public)
      .map(({ body, created_at }) => ({ body, created_at: isoText(created_at) })),
    events: parts.events.map(({ kind, message, created_at }) => ({
      kind,
      message,
      created_at: isoText(created_at),
    })),
  };
}

/** The same for staff: all of it, with who did what. Two statements. */
export async function staffOrderView(db: Queryable, order: OrderRow): Promise<StaffOrderView> {
  const parts = await orderParts(db, order.id, null);
  const { payments, refunds, attachments } = await staffParts(db, order.id);
  return {
    ...shared(order, parts),
    customer: order.customer,
    origin: order.origin,
    version: order.version,
    needs_attention: order.needs_attention,
    attention_code: order.attention_code,
    attention_reason: order.attention_reason,
    shipments: parts.shipments.map((each) => ({
      ...shipmentView(each),
      location: each.location,
      created_at: isoText(each.created_at),
    })),
    returns: parts.returns.map((each) => ({
      ...returnView(each),
      note: each.note,
      refund: each.refund,
      lines: each.lines,
    })),
    payments: payments.map((each) => ({
      ...each,
      created_at: isoText(each.created_at),
      paid_at: isoText(each.paid_at),
    })),
    refunds: refunds.map((each) => ({ ...each, created_at: isoText(each.created_at) })),
    notes: parts.notes.map((each) => ({ ...each, created_at: isoText(each.created_at) })),
    attachments,
    events: parts.events.map((each) => ({ ...each, created_at: isoText(each.created_at) })),
  };
}

function shared(order: OrderRow, parts: OrderParts) {
  return {
    ...orderSummary(order),
    shipping_address: order.shipping_address,
    billing_address: order.billing_address,
    shipping_method_name: order.shipping_method_name,
    vat_id: order.vat_id,
    tax_exemption: order.tax_exemption,
    customer_note: order.customer_note,
    payable_minor: payableMinor(order, parts),
    tax_summary: order.tax_summary,
    lines: parts.lines.map(({ track_stock: _tracked, weight_grams: _weight, ...line }) => ({
      ...line,
      ships_at: isoText(line.ships_at),
    })),
    adjustments: parts.adjustments,
  };
}

/** What still has to come: of an order that waits what its tenders do not hold, of one that was edited what it is asked for. */
function payableMinor(order: OrderRow, { held_minor, asked_minor }: OrderParts): number {
  if (!isPayable(order)) return 0;
  return order.status === 'pending' ? missingMinor(order, held_minor) : asked_minor;
}

function shipmentView(shipment: OrderParts['shipments'][number]): z.output<typeof Shipment> {
  const { id, status, carrier, tracking_number, tracking_url, lines } = shipment;
  return {
    id,
    status,
    carrier,
    tracking_number,
    tracking_url,
    shipped_at: isoText(shipment.shipped_at),
    delivered_at: isoText(shipment.delivered_at),
    lines,
  };
}

function returnView({
  id,
  status,
  requested_by,
  reason,
  created_at,
  received_at,
  refund_minor,
}: OrderParts['returns'][number]) {
  return {
    id,
    status,
    requested_by,
    reason,
    created_at: isoText(created_at),
    received_at: isoText(received_at),
    refund_minor,
  };
}

function iso(date: Date | null): string | null {
  return date ? date.toISOString() : null;
}

/** A moment as Postgres writes it into JSON, as we write moments. */
function isoText(text: string): string;
function isoText(text: string | null): string | null;
function isoText(text: string | null): string | null {
  return text === null ? null : new Date(text).toISOString();
}
