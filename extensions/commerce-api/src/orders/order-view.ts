/** An order as the store answers it, with its schema. */
import { z } from 'zod';
import { AdjustmentView, lineFields, minor, TaxSummaryView, totalFields } from '../cart/quote-view.ts';
import { FULFILMENT_STATUSES } from '../core/fulfilment-state.ts';
import { ORDER_STATUSES } from '../core/order-state.ts';
import { ORDER_PAYMENT_STATUSES } from '../core/payment-state.ts';
import { Address } from '../customers/address.ts';
import type { Queryable } from '../platform/database.ts';
import { CUSTOMER_EVENT_KINDS } from './event-kinds.ts';
import * as queries from './queries.ts';
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

export const OrderView = OrderSummary.extend({
  shipping_address: Address.nullable(),
  billing_address: Address.nullable(),
  shipping_method_name: z.string().nullable(),
  tax_summary: z.array(TaxSummaryView),
  lines: z.array(
    z.object({
      ...lineFields,
      variant: z.uuid().nullable(),
      product: z.uuid().nullable(),
      unit_price_minor: minor,
    }),
  ),
  adjustments: z.array(AdjustmentView),
  shipments: z.array(
    z.object({
      id: z.uuid(),
      status: z.string(),
      carrier: z.string().nullable(),
      tracking_number: z.string().nullable(),
      tracking_url: z.string().nullable(),
      shipped_at: moment.nullable(),
      delivered_at: moment.nullable(),
    }),
  ),
  events: z.array(z.object({ kind: z.string(), message: z.string(), created_at: moment })),
});

export type OrderSummary = z.output<typeof OrderSummary>;
export type OrderView = z.output<typeof OrderView>;

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

/** Reads what belongs to the order and puts it together: the shopper's view of the timeline, or all of it for staff. */
export async function orderView(
  db: Queryable,
  order: OrderRow,
  viewer: 'shopper' | 'staff' = 'shopper',
): Promise<OrderView> {
  const lines = await queries.linesOf(db, order.id);
  const adjustments = await queries.adjustmentsOf(db, order.id);
  const shipments = await queries.shipmentsOf(db, order.id);
  const events = await queries.eventsOf(db, order.id, viewer === 'staff' ? null : CUSTOMER_EVENT_KINDS);
  return {
    ...orderSummary(order),
    shipping_address: order.shipping_address,
    billing_address: order.billing_address,
    shipping_method_name: order.shipping_method_name,
    tax_summary: order.tax_summary,
    lines: lines.map(({ requires_shipping: _shipped, track_stock: _tracked, ...line }) => line),
    adjustments,
    shipments: shipments.map((each) => ({
      ...each,
      shipped_at: iso(each.shipped_at),
      delivered_at: iso(each.delivered_at),
    })),
    events: events.map((event) => ({ ...event, created_at: event.created_at.toISOString() })),
  };
}

function iso(date: Date | null): string | null {
  return date ? date.toISOString() : null;
}
