/** Editing orders in tests, and everything of an order that an edit may touch. */
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { editOrder, type EditAnswer } from '../../extensions/commerce-api/src/orders/edit-order.ts';
import { EditWish } from '../../extensions/commerce-api/src/orders/edit-wish.ts';
import { orderById } from '../../extensions/commerce-api/src/orders/queries.ts';

export type Wish = Partial<Omit<EditWish, 'lines' | 'add'>> & {
  /** SKU → quantity. */
  set?: Record<string, number>;
  /** Variant → quantity. */
  add?: Record<string, number>;
};

export interface BookedLine {
  id: string;
  variant: string;
  sku: string;
  quantity: number;
  unit_price_minor: number;
  subtotal_minor: number;
  discount_minor: number;
  tax_minor: number;
  total_minor: number;
}

export function orderLines(shop: Shop, order: string): Promise<BookedLine[]> {
  return rows<BookedLine>(
    shop.db,
    `select id, variant, sku, quantity, unit_price_minor, subtotal_minor, discount_minor, tax_minor, total_minor
     from order_lines where "order" = ? order by sort, id`,
    [order],
  );
}

/** Edits the order as it is now, unless a version is given; lines are named by their variant. */
export async function edit(
  shop: Shop,
  order: string,
  { set = {}, add = {}, ...wish }: Wish,
): Promise<EditAnswer> {
  const lines = await orderLines(shop, order);
  const version = wish.version ?? (await orderById(shop.db, order))!.version;
  const body = EditWish.parse({
    reason: 'Asked for by phone',
    ...wish,
    version,
    lines: Object.entries(set).map(([variant, quantity]) => ({
      line: lines.find((line) => line.variant === variant)?.id ?? variant,
      quantity,
    })),
    add: Object.entries(add).map(([variant, quantity]) => ({ variant, quantity })),
  });
  return editOrder(shop, order, body, null);
}

/** Everything in the books, to show that a dry run or a refused edit changed nothing. */
export async function wholeBooks(shop: Shop): Promise<unknown> {
  const tables = ['orders', 'order_lines', 'order_adjustments', 'payments', 'refunds', 'order_events'];
  const more = ['stock_levels', 'stock_movements', 'promotions', 'promotion_redemptions', 'gift_cards'];
  const books: Record<string, unknown> = {};
  for (const table of [...tables, ...more])
    books[table] = await rows(shop.db, `select * from ${table} order by id`);
  books['jobs'] = await row(shop.db, 'select count(*) as count from graphile_worker._private_jobs');
  return books;
}

export async function totalsOf(shop: Shop, order: string) {
  const found = await row<Record<string, number | string>>(
    shop.db,
    `select subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor from orders where id = ?`,
    [order],
  );
  return found!;
}

export async function eventsOf(shop: Shop, order: string): Promise<string[]> {
  const events = await rows<{ kind: string }>(
    shop.db,
    'select kind from order_events where "order" = ? order by id',
    [order],
  );
  return events.map(({ kind }) => kind);
}
