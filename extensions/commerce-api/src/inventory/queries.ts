/** All SQL on stock. `stock_levels` is the sum of `stock_movements`: both change in one transaction, here alone. */
import type { StockLevelFacts } from '../core/stock-allocation.ts';
import { changed, row, rows, type Queryable, type Transaction } from '../platform/database.ts';

/** Locks the levels of these variants at active locations, in (variant, location) order, until the transaction ends. */
export function lockLevels(trx: Transaction, variants: readonly string[]): Promise<StockLevelFacts[]> {
  return rows<StockLevelFacts>(
    trx,
    `select s.variant, s.location, s.on_hand, s.reserved, l.priority
     from stock_levels s join stock_locations l on l.id = s.location and l.active
     where s.variant = any(?::uuid[]) order by s.variant, s.location for update of s`,
    [variants],
  );
}

/** Opens empty stock levels where there are none. An empty level needs no movement: the ledger's sum is zero too. */
export async function openStockLevels(
  trx: Transaction,
  location: string,
  variants: readonly string[],
): Promise<void> {
  await changed(
    trx,
    `insert into stock_levels (variant, location, on_hand, reserved) select unnest(?::uuid[]), ?, 0, 0
     on conflict (variant, location) do nothing`,
    [variants, location],
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
  | 'import';

export interface MovementNote {
  reason: MovementReason;
  order?: string | null;
  actor?: string | null;
  note?: string | null;
}

/** Writes changes to levels whose rows are locked, each with its row in the ledger. */
export async function writeChanges(
  trx: Transaction,
  changes: readonly StockChange[],
  note: MovementNote,
): Promise<void> {
  if (changes.length === 0) return;
  await row(
    trx,
    `update stock_levels s set on_hand = s.on_hand + c.delta_on_hand, reserved = s.reserved + c.delta_reserved
     from json_to_recordset(?::json) as c(variant uuid, location uuid, delta_on_hand int, delta_reserved int)
     where s.variant = c.variant and s.location = c.location`,
    [JSON.stringify(changes)],
  );
  const { reason, order = null, actor = null, note: words = null } = note;
  await row(
    trx,
    `insert into stock_movements (variant, location, delta_on_hand, delta_reserved, reason, "order", actor, note, created_at)
     select c.variant, c.location, c.delta_on_hand, c.delta_reserved, ?, ?, ?, ?, now()
     from json_to_recordset(?::json) as c(variant uuid, location uuid, delta_on_hand int, delta_reserved int)`,
    [reason, order, actor, words, JSON.stringify(changes)],
  );
}

export interface HeldStock {
  variant: string;
  location: string;
  held: number;
}

/** What an order holds, as the ledger tells it, in the order of locking. */
export function heldByOrder(trx: Queryable, order: string): Promise<HeldStock[]> {
  return rows<HeldStock>(
    trx,
    `select variant, location, sum(delta_reserved)::bigint as held from stock_movements where "order" = ?
     group by variant, location having sum(delta_reserved) > 0 order by variant, location`,
    [order],
  );
}

export interface AvailabilityRow {
  variant: string;
  /** On hand and not reserved, over active locations. Below zero where backorders were taken. */
  free: number;
  track_stock: boolean;
  allow_backorder: boolean;
}

/** The stock of those variants that shoppers may see. One statement. */
export function availabilityOf(db: Queryable, variants: string[]): Promise<AvailabilityRow[]> {
  return rows<AvailabilityRow>(
    db,
    `select v.id as variant, v.track_stock, v.allow_backorder,
       coalesce((
         select sum(s.on_hand - s.reserved) from stock_levels s join stock_locations l on l.id = s.location and l.active
         where s.variant = v.id), 0) as free
     from product_variants v
     join products p on p.id = v.product and p.status = 'published'
       and (p.published_at is null or p.published_at <= now())
     where v.id = any(?::uuid[]) and v.status = 'published'`,
    [variants],
  );
}
