/** All SQL on levels and movements. Levels are the sum of movements, which are inserted here; a trigger adds them up. */
import type { TakenStock } from '../core/restock.ts';
import type { StockLevelFacts } from '../core/stock-allocation.ts';
import { changed, prepared, row, rows, type Queryable, type Transaction } from '../platform/database.ts';

/** Inactive locations too: what they owe counts, and staff move what they keep. */
const LOCK_LEVELS = prepared(
  `select s.variant, s.location, s.on_hand, s.reserved, l.priority, l.active, v.backorder_limit
   from stock_levels s join stock_locations l on l.id = s.location join product_variants v on v.id = s.variant
   where s.variant = any(?::uuid[]) order by s.variant, s.location for update of s`,
);

/** Locks all levels of these variants, in (variant, location) order, until the transaction ends. */
export function lockLevels(trx: Transaction, variants: readonly string[]): Promise<StockLevelFacts[]> {
  return rows<StockLevelFacts>(trx, LOCK_LEVELS, [variants]);
}

/** Opens empty stock levels where there are none. An empty level needs no movement: the ledger's sum is zero too. */
export async function openStockLevels(
  trx: Transaction,
  location: string,
  variants: readonly string[],
): Promise<void> {
  await changed(
    trx,
    `insert into stock_levels (variant, location, on_hand, reserved)
     select variant, ?, 0, 0 from unnest(?::uuid[]) as variant order by variant
     on conflict (variant, location) do nothing`,
    [location, variants],
  );
}

export interface StockChange {
  variant: string;
  location: string;
  delta_on_hand: number;
  delta_reserved: number;
}

export type MovementReason =
  | 'initial'
  | 'reservation'
  | 'release'
  | 'sale'
  | 'restock'
  | 'adjustment'
  | 'transfer'
  | 'import'
  | 'received'
  | 'damaged'
  | 'lost'
  | 'found'
  | 'sold_elsewhere'
  | 'count'
  | 'return';

export interface MovementNote {
  reason: MovementReason;
  order?: string | null;
  /** What ties the movements of one transfer together. */
  transfer?: string | null;
  actor?: string | null;
  note?: string | null;
}

const INSERT_MOVEMENTS = prepared(
  `insert into stock_movements
     (variant, location, delta_on_hand, delta_reserved, reason, "order", transfer, actor, note, created_at)
   select c.variant, c.location, c.delta_on_hand, c.delta_reserved, ?, ?, ?, ?, ?, now()
   from json_to_recordset(?::json) as c(variant uuid, location uuid, delta_on_hand int, delta_reserved int)`,
);

/** Adds movements to levels whose rows are locked. One statement, none for no changes. */
export async function writeChanges(
  trx: Transaction,
  changes: readonly StockChange[],
  note: MovementNote,
): Promise<void> {
  if (changes.length === 0) return;
  const { reason, order = null, transfer = null, actor = null, note: words = null } = note;
  await row(trx, INSERT_MOVEMENTS, [reason, order, transfer, actor, words, JSON.stringify(changes)]);
}

const LOCK_HELD = prepared(
  `select s.variant, s.location, h.quantity from (
     select variant, location, sum(delta_reserved)::bigint as quantity from stock_movements where "order" = ?
     group by variant, location having sum(delta_reserved) > 0) h
   join stock_levels s on s.variant = h.variant and s.location = h.location
   order by s.variant, s.location for update of s`,
);

/** What an order holds, as the ledger tells it; the levels are locked in order. The order must be locked. */
export function lockHeldByOrder(trx: Transaction, order: string): Promise<TakenStock[]> {
  return rows<TakenStock>(trx, LOCK_HELD, [order]);
}

/**
 * What an order has taken of these variants and not given back, the location that sells first first; the levels are locked, in
 * the order of locking. The order must be locked.
 */
export async function lockTakenByOrder(
  trx: Transaction,
  order: string,
  variants: readonly string[],
): Promise<TakenStock[]> {
  const locked = await rows<TakenStock & { priority: number }>(
    trx,
    `select s.variant, s.location, l.priority, t.quantity from (
       select variant, location, -sum(delta_on_hand)::bigint as quantity from stock_movements
       where "order" = ? and variant = any(?::uuid[]) group by variant, location having sum(delta_on_hand) <> 0) t
     join stock_levels s on s.variant = t.variant and s.location = t.location
     join stock_locations l on l.id = s.location
     order by s.variant, s.location for update of s`,
    [order, variants],
  );
  return locked.sort((a, b) => b.priority - a.priority);
}

export interface SoldLine {
  order_line: string;
  variant: string | null;
  sku: string;
  quantity: number;
  track_stock: boolean;
  parts: { variant: string; quantity: number }[] | null;
}

/** These lines of an order as they were sold. */
export function soldLines(trx: Queryable, order: string, lines: readonly string[]): Promise<SoldLine[]> {
  return rows<SoldLine>(
    trx,
    `select id as order_line, variant, sku, quantity, track_stock, parts from order_lines
     where "order" = ? and id = any(?::uuid[])`,
    [order, lines],
  );
}

export interface MovementRow {
  id: number;
  variant: string;
  location: string;
  location_code: string;
  delta_on_hand: number;
  delta_reserved: number;
  reason: MovementReason;
  order: string | null;
  order_number: string | null;
  transfer: string | null;
  actor: string | null;
  note: string | null;
  created_at: Date;
}

/** A page of a variant's ledger, newest first, and how many movements there are; at one location, or at all. */
export async function movementsOf(
  db: Queryable,
  { variant, location }: { variant: string; location: string | null },
  page: { limit: number; offset: number },
): Promise<{ movements: MovementRow[]; total: number }> {
  const wanted = 'm.variant = ? and (?::uuid is null or m.location = ?)';
  const bindings = [variant, location, location];
  const movements = await rows<MovementRow>(
    db,
    `select m.id, m.variant, m.location, l.code as location_code, m.delta_on_hand, m.delta_reserved, m.reason, m."order",
       o.number as order_number, m.transfer, m.actor, m.note, m.created_at
     from stock_movements m join stock_locations l on l.id = m.location left join orders o on o.id = m."order"
     where ${wanted} order by m.id desc limit ? offset ?`,
    [...bindings, page.limit, page.offset],
  );
  const counted = await row<{ total: number }>(
    db,
    `select count(*) as total from stock_movements m where ${wanted}`,
    bindings,
  );
  return { movements, total: counted?.total ?? 0 };
}

/** Sets from when on a level is low; null for the shop's own mark. @returns the level, or undefined where there is none */
export function setLowStockMark(
  db: Queryable,
  level: { variant: string; location: string },
  low_stock_at: number | null,
): Promise<{ on_hand: number; reserved: number; low_stock_at: number | null } | undefined> {
  return row(
    db,
    `update stock_levels set low_stock_at = ?, updated_at = now() where variant = ? and location = ?
     returning on_hand, reserved, low_stock_at`,
    [low_stock_at, level.variant, level.location],
  );
}

/** The active location that sells first. */
export async function firstLocation(db: Queryable): Promise<string | undefined> {
  const found = await row<{ id: string }>(
    db,
    'select id from stock_locations where active order by priority desc, id limit 1',
  );
  return found?.id;
}
