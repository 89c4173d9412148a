/** Past orders as rows that every book agrees with. */
import { createHash } from 'node:crypto';
import type { PastOrder, PastRefund } from './plan-history.ts';
import type { HistoryRows } from './queries.ts';

export interface RowsContext {
  prefix: string;
  currency: string;
  newId: () => string;
  /** What the shop has of a SKU. */
  sellable: ReadonlyMap<string, { product: string; variant: string }>;
}

/** Nothing is ever delivered to such an address (RFC 2606). */
const NOWHERE = 'history.invalid';

/** The same for the same customer of the same shop, so that a second import finds them. */
export function guestId(prefix: string, customer: string): string {
  const hex = createHash('sha256').update(`history customer\0${prefix}\0${customer}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function emailOf({ email, customer }: Pick<PastOrder, 'email' | 'customer'>): string {
  if (email !== null) return email;
  const name = (customer ?? 'unknown').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${customer === null ? name : `customer-${name}`.slice(0, 60)}@${NOWHERE}`;
}

/**
 * Sales are paid by hand and handed over, as far as their time goes; credits for sales nobody knows are cancelled and paid back.
 * Stock is left alone: the goods went before this shop counted any, so nothing is kept of them and nothing can come back.
 */
export function historyRows(orders: readonly PastOrder[], context: RowsContext): HistoryRows {
  const written: HistoryRows = { orders: [], order_lines: [], payments: [], refunds: [], order_events: [] };
  for (const order of orders) writeOrder(written, order, context);
  return written;
}

function writeOrder(written: HistoryRows, order: PastOrder, context: RowsContext): void {
  const id = context.newId();
  const at = order.placed_at;
  const lines = order.lines.map((_line, index) =>
    lineRow(order, index, { id: context.newId(), order: id }, context),
  );
  const ids = lines.map((line) => String(line['id']));
  const refunds = order.is_credit ? [wholeRefund(order)] : order.refunds;
  const refunded_minor = refunds.reduce((sum, { amount_minor }) => sum + amount_minor, 0);
  const isWhole = refunded_minor === order.total_minor;
  const standing = refunded_minor === 0 ? 'paid' : isWhole ? 'refunded' : 'partly_refunded';
  written.orders.push({
    id,
    number: context.prefix + order.number,
    created_at: at,
    updated_at: at,
    placed_at: at,
    status: order.is_credit ? 'cancelled' : 'delivered',
    payment_status: order.is_credit && order.total_minor === 0 ? 'failed' : standing,
    fulfilment_status: order.is_credit ? 'unfulfilled' : 'fulfilled',
    customer: order.customer === null ? null : guestId(context.prefix, order.customer),
    email: emailOf(order),
    currency: context.currency,
    prices_include_tax: true,
    subtotal_minor: order.total_minor,
    total_minor: order.total_minor,
    paid_minor: order.total_minor,
    refunded_minor,
    paid_at: at,
    cancelled_at: order.is_credit ? at : null,
    cancel_reason: order.is_credit ? 'Taken back by a former shop' : null,
  });
  written.order_lines.push(...lines);
  if (order.total_minor > 0) {
    const payment = context.newId();
    written.payments.push({
      id: payment,
      order: id,
      provider: 'manual',
      status: standing,
      amount_minor: order.total_minor,
      captured_minor: order.total_minor,
      refunded_minor,
      currency: context.currency,
      paid_at: at,
      created_at: at,
      updated_at: at,
    });
    for (const refund of refunds) {
      if (refund.amount_minor === 0) continue;
      const units = [...refund.units].map(([index, quantity]) => ({ order_line: ids[index], quantity }));
      written.refunds.push(refundRow(refund, { order: id, payment, units }, context));
    }
  }
  written.order_events.push(...eventRows(id, order, refunds));
}

function lineRow(order: PastOrder, index: number, row: { id: string; order: string }, context: RowsContext) {
  const line = order.lines[index]!;
  const known = line.is_goods ? context.sellable.get(line.sku) : undefined;
  const amount_minor = line.quantity * line.unit_price_minor;
  return {
    ...row,
    variant: known?.variant ?? null,
    product: known?.product ?? null,
    product_kind: line.is_goods ? 'physical' : 'service',
    sku: line.sku,
    name: line.name || line.sku,
    quantity: line.quantity,
    unit_price_minor: line.unit_price_minor,
    subtotal_minor: amount_minor,
    total_minor: amount_minor,
    requires_shipping: false,
    track_stock: false,
    quantity_fulfilled: order.is_credit ? 0 : line.quantity,
    quantity_refunded: order.is_credit ? line.quantity : line.quantity_refunded,
    sort: index + 1,
    created_at: order.placed_at,
  };
}

function wholeRefund(order: PastOrder): PastRefund {
  return {
    order: order.number,
    placed_at: order.placed_at,
    amount_minor: order.total_minor,
    units: new Map(order.lines.map(({ quantity }, index) => [index, quantity])),
  };
}

function refundRow(
  refund: PastRefund,
  of: { order: string; payment: string; units: unknown[] },
  context: RowsContext,
) {
  return {
    id: context.newId(),
    order: of.order,
    payment: of.payment,
    status: 'succeeded',
    amount_minor: refund.amount_minor,
    currency: context.currency,
    reason: `Credit ${refund.order} of a former shop`,
    lines: of.units,
    created_at: refund.placed_at,
    updated_at: refund.placed_at,
  };
}

function eventRows(id: string, order: PastOrder, refunds: readonly PastRefund[]) {
  const event = (kind: string, message: string, created_at = order.placed_at, data: unknown = null) => ({
    order: id,
    kind,
    message,
    data,
    actor_kind: 'system',
    created_at,
  });
  return [
    event('placed', 'Placed at a former shop', order.placed_at, {
      history: order.number,
      country: order.country,
    }),
    event('paid', 'Paid at a former shop'),
    order.is_credit
      ? event('cancelled', 'Taken back by a former shop')
      : event('handed_over', 'Handed over by a former shop'),
    ...refunds.map((refund) =>
      event('refunded', 'Refunded by a former shop', refund.placed_at, {
        history: refund.order,
        amount_minor: refund.amount_minor,
      }),
    ),
  ];
}
