/** SQL of edits: what an order and its lines say that an edit depends on, and what it writes. The order must be locked. */
import type { BookedLine, EditedLine, OrderTotals } from '../core/edit-order.ts';
import type { TaxSummaryEntry } from '../core/quote.ts';
import type { Address } from '../customers/address.ts';
import { row, rows, type Queryable, type Transaction } from '../platform/database.ts';
import type { OrderLinePart } from './queries.ts';

export interface EditableLine extends BookedLine {
  variant: string | null;
  sku: string;
  name: string;
  /** The code of the class. */
  tax_class: string | null;
  track_stock: boolean;
  parts: (OrderLinePart & { track_stock: boolean })[] | null;
  sort: number | null;
  discounts: (BookedLine['discounts'][number] & { promotion: string | null })[];
}

/** The lines of an order with their discounts, promotion by promotion. */
export function editableLines(db: Queryable, order: string): Promise<EditableLine[]> {
  return rows<EditableLine>(
    db,
    `select l.id, l.variant, l.sku, l.name, l.product_kind, l.quantity, l.unit_price_minor, l.subtotal_minor, l.discount_minor,
       l.tax_minor, l.total_minor, l.tax_rate_ppm, l.tax_name, l.tax_class, l.track_stock, l.parts, l.sort, l.quantity_fulfilled,
       l.quantity_refunded, l.quantity_returned, coalesce(l.quantity_placed, l.quantity) as quantity_placed,
       coalesce((
         select sum(s.quantity) from shipment_lines s join shipments p on p.id = s.shipment and p.status = 'pending'
         where s.order_line = l.id), 0)::bigint as packed,
       (select coalesce(json_agg(json_build_object('id', a.id, 'promotion', a.promotion, 'amount_minor', -a.amount_minor,
           'placed_minor', -coalesce(a.placed_minor, a.amount_minor)) order by a.id), '[]')
         from order_adjustments a where a.line = l.id and a.kind = 'discount') as discounts
     from order_lines l where l."order" = ? order by l.sort, l.id`,
    [order],
  );
}

export async function shippingMethodOf(db: Queryable, order: string): Promise<string | null> {
  const found = await row<{ shipping_method: string | null }>(
    db,
    'select shipping_method from orders where id = ?',
    [order],
  );
  return found?.shipping_method ?? null;
}

/** Writes new amounts of lines, and remembers of each what it was when the order was placed. */
export async function writeEditedLines(trx: Transaction, lines: readonly EditedLine[]): Promise<void> {
  if (lines.length === 0) return;
  await row(
    trx,
    `update order_lines l set quantity_placed = coalesce(l.quantity_placed, l.quantity), quantity = e.quantity,
       subtotal_minor = e.subtotal_minor, discount_minor = e.discount_minor, tax_minor = e.tax_minor, total_minor = e.total_minor
     from json_to_recordset(?::json) as e(id uuid, quantity int, subtotal_minor bigint, discount_minor bigint, tax_minor bigint,
       total_minor bigint) where l.id = e.id`,
    [JSON.stringify(lines)],
  );
  await row(
    trx,
    `update order_adjustments a set placed_minor = coalesce(a.placed_minor, a.amount_minor), amount_minor = -e.amount_minor
     from json_to_recordset(?::json) as e(id uuid, amount_minor bigint) where a.id = e.id`,
    [JSON.stringify(lines.flatMap((line) => line.discounts))],
  );
}

/** Takes lines out, with their discounts and with what cancelled parcels, which never left, say of them. */
export async function deleteOrderLines(trx: Transaction, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await row(trx, 'delete from order_adjustments where line = any(?::uuid[])', [lines]);
  await row(
    trx,
    `delete from shipment_lines s using shipments p
     where p.id = s.shipment and p.status = 'cancelled' and s.order_line = any(?::uuid[])`,
    [lines],
  );
  await row(trx, 'delete from order_lines where id = any(?::uuid[])', [lines]);
}

/** Writes what an order amounts to, and counts its version up. */
export async function writeEditedOrder(
  trx: Transaction,
  id: string,
  edited: OrderTotals & { tax_summary: readonly TaxSummaryEntry[]; shipping_address: Address | null },
): Promise<void> {
  await row(
    trx,
    `update orders set subtotal_minor = ?, discount_minor = ?, shipping_minor = ?, tax_minor = ?, total_minor = ?,
       tax_summary = ?::json, shipping_address = ?::json, version = version + 1, updated_at = now() where id = ?`,
    [
      edited.subtotal_minor,
      edited.discount_minor,
      edited.shipping_minor,
      edited.tax_minor,
      edited.total_minor,
      JSON.stringify(edited.tax_summary),
      edited.shipping_address && JSON.stringify(edited.shipping_address),
      id,
    ],
  );
}

/**
 * Books what promotions give more, or less where negative, on the order's use of them and on their budgets. Locks the promotions
 * in id order. A budget that does not reach breaks `promotions_budget_used_minor_check`.
 */
export async function moveRedemptions(
  trx: Transaction,
  order: string,
  moves: readonly { promotion: string; delta_minor: number }[],
): Promise<void> {
  if (moves.length === 0) return;
  await row(trx, 'select id from promotions where id = any(?::uuid[]) order by id for update', [
    moves.map((move) => move.promotion),
  ]);
  await row(
    trx,
    `with moved as (
       update promotion_redemptions r set amount_minor = r.amount_minor + m.delta_minor
       from json_to_recordset(?::json) as m(promotion uuid, delta_minor bigint)
       where r."order" = ? and r.promotion = m.promotion and r.released_at is null
       returning r.promotion, m.delta_minor)
     update promotions p set budget_used_minor = p.budget_used_minor + moved.delta_minor from moved where p.id = moved.promotion`,
    [JSON.stringify(moves), order],
  );
}

export async function wasEdited(db: Queryable, order: string): Promise<boolean> {
  const found = await row(db, `select id from order_events where "order" = ? and kind = 'edited' limit 1`, [
    order,
  ]);
  return found !== undefined;
}
