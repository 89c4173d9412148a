/** SQL on parcels, and on how much of each line has left. */
import type { ShipmentStatus } from '../core/fulfilment-state.ts';
import type { LineProgress } from '../core/fulfilment.ts';
import type { ProductKind } from '../core/product-kind.ts';
import {
  assignments,
  insertRows,
  row,
  rows,
  type Queryable,
  type Transaction,
} from '../platform/database.ts';

export interface FulfilmentLine extends LineProgress {
  id: string;
  sku: string;
  requires_shipping: boolean;
  product_kind: ProductKind;
}

/** How far each line is. The order must be locked, or the answer may be old. */
export function fulfilmentLines(trx: Transaction, order: string): Promise<FulfilmentLine[]> {
  return rows<FulfilmentLine>(
    trx,
    `select l.id, l.sku, l.requires_shipping, l.product_kind, l.quantity, l.quantity_fulfilled, l.quantity_refunded,
       l.quantity_returned, coalesce((
         select sum(s.quantity) from shipment_lines s join shipments p on p.id = s.shipment and p.status = 'pending'
         where s.order_line = l.id), 0) as packed
     from order_lines l where l."order" = ? order by l.sort, l.id`,
    [order],
  );
}

/** Counts units as having left. The order must be locked. */
export async function addFulfilled(
  trx: Transaction,
  lines: readonly { order_line: string; quantity: number }[],
): Promise<void> {
  await row(
    trx,
    `update order_lines l set quantity_fulfilled = l.quantity_fulfilled + left_now.quantity
     from json_to_recordset(?::json) as left_now(order_line uuid, quantity int) where l.id = left_now.order_line`,
    [JSON.stringify(lines)],
  );
}

/**
 * Hands over what needs no parcel and nobody's work: downloads and gift cards, not services. The order must be locked.
 * @returns how many lines there were
 */
export async function handOverLines(trx: Transaction, order: string): Promise<number> {
  const handed = await rows(
    trx,
    `update order_lines set quantity_fulfilled = quantity
     where "order" = ? and not requires_shipping and product_kind <> 'service' and quantity_fulfilled < quantity
     returning id`,
    [order],
  );
  return handed.length;
}

export interface ShipmentRow {
  id: string;
  order: string;
  status: ShipmentStatus;
  carrier: string | null;
  tracking_number: string | null;
  tracking_url: string | null;
}

const SHIPMENT_COLUMNS = 'id, "order", status, carrier, tracking_number, tracking_url';

export function shipmentById(db: Queryable, id: string): Promise<ShipmentRow | undefined> {
  return row<ShipmentRow>(db, `select ${SHIPMENT_COLUMNS} from shipments where id = ?`, [id]);
}

/** The order's parcels, oldest first. */
export function shipmentsOf(db: Queryable, order: string): Promise<ShipmentRow[]> {
  return rows<ShipmentRow>(
    db,
    `select ${SHIPMENT_COLUMNS} from shipments where "order" = ? order by created_at, id`,
    [order],
  );
}

export function shipmentLinesOf(
  trx: Transaction,
  shipment: string,
): Promise<{ order_line: string; quantity: number }[]> {
  return rows(trx, 'select order_line, quantity from shipment_lines where shipment = ? order by order_line', [
    shipment,
  ]);
}

export interface NewShipment extends ShipmentRow {
  location: string | null;
  shipped_at: Date | null;
}

export async function insertShipment(
  trx: Transaction,
  shipment: NewShipment,
  lines: readonly { order_line: string; quantity: number }[],
): Promise<void> {
  await row(
    trx,
    `insert into shipments (id, "order", status, carrier, tracking_number, tracking_url, location, shipped_at, created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp(), now())`,
    [
      shipment.id,
      shipment.order,
      shipment.status,
      shipment.carrier,
      shipment.tracking_number,
      shipment.tracking_url,
      shipment.location,
      shipment.shipped_at,
    ],
  );
  await insertRows(
    trx,
    'shipment_lines',
    lines.map((line) => ({ shipment: shipment.id, ...line })),
  );
}

export type ShipmentChange = Partial<
  Pick<ShipmentRow, 'status' | 'carrier' | 'tracking_number' | 'tracking_url'>
> & { shipped_at?: Date; delivered_at?: Date };

/** Writes what is given. The order must be locked. */
export async function updateShipment(trx: Transaction, id: string, change: ShipmentChange): Promise<void> {
  const { sql, bindings } = assignments(change);
  await row(trx, `update shipments set ${sql} updated_at = now() where id = ?`, [...bindings, id]);
}

/** Parcels that are still being packed leave with their order's cancellation. @returns which they were */
export async function cancelPendingShipments(trx: Transaction, order: string): Promise<string[]> {
  const cancelled = await rows<{ id: string }>(
    trx,
    `update shipments set status = 'cancelled', updated_at = now() where "order" = ? and status = 'pending' returning id`,
    [order],
  );
  return cancelled.map((each) => each.id);
}

export async function isActiveLocation(trx: Transaction, location: string): Promise<boolean> {
  return (await row(trx, 'select id from stock_locations where id = ? and active', [location])) !== undefined;
}
