/** Stock to test with: locations, bundles, and orders that take from it without a cart. */
import { randomUUID } from 'node:crypto';
import { soldParts, type StockLine } from '../../extensions/commerce-api/src/core/bundle.ts';
import { isKontorError } from '../../extensions/commerce-api/src/errors.ts';
import { adjustStock } from '../../extensions/commerce-api/src/inventory/adjust-stock.ts';
import {
  deductStock,
  releaseStock,
  reserveStock,
} from '../../extensions/commerce-api/src/inventory/reserve-stock.ts';
import {
  inTransaction,
  insertRows,
  row,
  rows,
  type Queryable,
} from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { aVariant, type VariantOptions } from './factories.ts';

/** A place of its own; factories put their stock at the active one that sells first. */
export async function aLocation(
  shop: Shop,
  facts: { priority?: number; active?: boolean } = {},
): Promise<string> {
  const id = randomUUID();
  await inTransaction(shop.db, (trx) =>
    insertRows(trx, 'stock_locations', [
      { id, name: `Place ${id.slice(0, 4)}`, code: id, active: true, priority: 0, ...facts },
    ]),
  );
  return id;
}

/** What is sold as one and kept as its parts: variant → how many of it. */
export async function aBundle(
  shop: Shop,
  parts: Record<string, number>,
  options: VariantOptions = {},
): Promise<string> {
  const bundle = await aVariant(shop, { on_hand: 0, ...options });
  const items = Object.entries(parts).map(([part, quantity]) => ({
    id: randomUUID(),
    bundle,
    part,
    quantity,
  }));
  await inTransaction(shop.db, (trx) => insertRows(trx, 'bundle_items', items));
  return bundle;
}

/** Counts units in. */
export async function putAt(shop: Shop, location: string, variant: string, delta: number): Promise<void> {
  await adjustStock(shop, { variant, location, delta }, null);
}

/** The one location a variant of the factories lies at. */
export async function locationOf(shop: Shop, variant: string): Promise<string> {
  const level = await row<{ location: string }>(
    shop.db,
    'select location from stock_levels where variant = ?',
    [variant],
  );
  return level!.location;
}

/** On hand and reserved at one location, as `4/1`; `none` without a level. */
export async function levelAt(shop: Shop, location: string, variant: string): Promise<string> {
  const level = await row<{ on_hand: number; reserved: number }>(
    shop.db,
    'select on_hand, reserved from stock_levels where location = ? and variant = ?',
    [location, variant],
  );
  return level ? `${level.on_hand}/${level.reserved}` : 'none';
}

export interface Wanted {
  variant: string;
  quantity: number;
}

/** Lines with what the catalogue says of their variants, as a checkout reads them. */
export function stockLines(db: Queryable, wanted: readonly Wanted[]): Promise<StockLine[]> {
  return rows<StockLine>(
    db,
    `select v.id as variant, v.sku, w.quantity, v.track_stock, v.allow_backorder,
       (select json_agg(json_build_object('variant', p.id, 'sku', p.sku, 'quantity', b.quantity,
          'track_stock', p.track_stock, 'allow_backorder', p.allow_backorder))
        from bundle_items b join product_variants p on p.id = b.part where b.bundle = v.id) as parts
     from json_to_recordset(?::json) as w(variant uuid, quantity int) join product_variants v on v.id = w.variant`,
    [JSON.stringify(wanted)],
  );
}

/** An order that holds what it sold, all in one transaction like a checkout's. @returns its id */
export function anOrderOf(shop: Shop, ...wanted: Wanted[]): Promise<string> {
  return inTransaction(shop.db, async (trx) => {
    const order = randomUUID();
    await row(
      trx,
      `insert into orders (id, number, email, currency, subtotal_minor, total_minor) values (?, ?, ?, 'USD', 0, 0)`,
      [order, `T-${order.slice(0, 13)}`, `${order}@example.com`],
    );
    const lines = await stockLines(trx, wanted);
    const free = { unit_price_minor: 0, subtotal_minor: 0, discount_minor: 0, tax_minor: 0, total_minor: 0 };
    await insertRows(
      trx,
      'order_lines',
      lines.map((line, index) => ({
        id: randomUUID(),
        order,
        variant: line.variant,
        sku: line.sku,
        name: line.sku,
        quantity: line.quantity,
        ...free,
        tax_rate_ppm: 0,
        requires_shipping: true,
        track_stock: line.track_stock,
        parts: soldParts(line.parts),
        sort: index,
        quantity_fulfilled: 0,
        quantity_refunded: 0,
        quantity_returned: 0,
        product_kind: 'physical',
      })),
    );
    await row(
      trx,
      `insert into order_events ("order", kind, message, actor_kind) values (?, 'placed', 'Placed', 'customer')`,
      [order],
    );
    await reserveStock(trx, order, lines);
    return order;
  });
}

/** The order is paid: what it holds leaves. */
export async function sell(shop: Shop, order: string): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    await row(
      trx,
      `update orders set status = 'processing', payment_status = 'paid', paid_at = now() where id = ?`,
      [order],
    );
    await row(
      trx,
      `insert into order_events ("order", kind, message, actor_kind) values (?, 'paid', 'Paid', 'customer')`,
      [order],
    );
    await deductStock(trx, order);
  });
}

/** The order is given up: what it holds is free again. */
export async function giveUp(shop: Shop, order: string): Promise<void> {
  await inTransaction(shop.db, async (trx) => {
    await row(trx, `update orders set status = 'cancelled', payment_status = 'failed' where id = ?`, [order]);
    await row(
      trx,
      `insert into order_events ("order", kind, message, actor_kind) values (?, 'cancelled', 'Cancelled', 'staff')`,
      [order],
    );
    await releaseStock(trx, order);
  });
}

/** Its lines in the order they were asked for. */
export async function lineIds(shop: Shop, order: string): Promise<string[]> {
  const found = await rows<{ id: string }>(
    shop.db,
    'select id from order_lines where "order" = ? order by sort',
    [order],
  );
  return found.map(({ id }) => id);
}

/** How each of several parallel calls ended: `done` or its error code, counted. */
export async function outcomes(calls: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.allSettled(calls)) {
    const code = (reason: unknown) => (isKontorError(reason) ? reason.code : String(reason));
    const name = result.status === 'fulfilled' ? 'done' : code(result.reason);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** As many calls at once. */
export function atOnce<Answer>(times: number, call: (index: number) => Promise<Answer>): Promise<Answer>[] {
  return Array.from({ length: times }, (_, index) => call(index));
}
