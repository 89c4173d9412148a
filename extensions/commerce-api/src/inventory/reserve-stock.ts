/**
 * Stock: what is on hand, and what of it is promised. Available is what is on hand at active locations and not reserved. This
 * domain alone writes `stock_movements`, from which the database makes `stock_levels`, and `stock_notices`.
 * A bundle has no stock of its own: whatever happens to it happens to its parts.
 */
import { stockRequests, type StockLine } from '../core/bundle.ts';
import { planRestock } from '../core/restock.ts';
import { allocate, type StockLevelFacts } from '../core/stock-allocation.ts';
import { KontorError } from '../errors.ts';
import type { Transaction } from '../platform/database.ts';
import { lockHeldByOrder, lockLevels, writeChanges, type StockChange } from './queries.ts';

export { lockLevels } from './queries.ts';

export interface StockPlan {
  /** To be written as movements of reason `reservation`, under the lock of the levels. */
  changes: StockChange[];
  /** Units promised that are not there yet, by variant: what waits for a delivery. */
  backordered: Map<string, number>;
}

/** The variants whose levels lines need, sorted; none for what is not tracked. */
export function stockedVariants(lines: readonly StockLine[]): string[] {
  const tracked = stockRequests(lines).filter((request) => request.track_stock);
  return [...new Set(tracked.map((request) => request.variant))].sort();
}

/**
 * Says how lines are reserved, from the locked levels of all their variants (`stockedVariants`). Changes nothing.
 * @throws KontorError INSUFFICIENT_STOCK naming each short variant with what could be had, what may be backordered included
 */
export function planReservation(levels: readonly StockLevelFacts[], lines: readonly StockLine[]): StockPlan {
  const requests = stockRequests(lines);
  const allocation = allocate(requests, levels);
  if (!allocation.ok) {
    const skus = new Map(requests.map((request) => [request.variant, request.sku]));
    const shortages = allocation.shortages.map((shortage) => ({
      ...shortage,
      sku: skus.get(shortage.variant),
    }));
    throw new KontorError('INSUFFICIENT_STOCK', { ...shortages[0], shortages });
  }
  const backordered = new Map<string, number>();
  const changes = allocation.reservations.map(({ variant, location, quantity, backordered: owed }) => {
    if (owed > 0) backordered.set(variant, owed);
    return { variant, location, delta_on_hand: 0, delta_reserved: quantity };
  });
  return { changes, backordered };
}

/**
 * Promises stock to an order, all of it or none, in two statements. Locks the levels in (variant, location) order; take every
 * other lock first. Reserving more for the same order adds to what it holds.
 * @returns the units of each variant that are not there yet
 * @throws KontorError INSUFFICIENT_STOCK
 */
export async function reserveStock(
  trx: Transaction,
  order: string,
  lines: readonly StockLine[],
): Promise<Map<string, number>> {
  const variants = stockedVariants(lines);
  if (variants.length === 0) return new Map();
  const { changes, backordered } = planReservation(await lockLevels(trx, variants), lines);
  await writeChanges(trx, changes, { reason: 'reservation', order });
  return backordered;
}

/**
 * Gives back what the order still holds, or what it holds for these lines. Two statements; the order must be locked. Without
 * lines it may run twice: the second time the order holds nothing.
 */
export async function releaseStock(
  trx: Transaction,
  order: string,
  lines?: readonly StockLine[],
): Promise<void> {
  const held = await lockHeldByOrder(trx, order);
  const given = lines ? planRestock(stockRequests(lines), held) : held;
  const changes = given.map(({ variant, location, quantity }) => ({
    variant,
    location,
    delta_on_hand: 0,
    delta_reserved: -quantity,
  }));
  await writeChanges(trx, changes, { reason: 'release', order });
}

/** What the order holds is sold: it leaves both counts. Two statements; the order must be locked. May run twice. */
export async function deductStock(trx: Transaction, order: string): Promise<void> {
  const held = await lockHeldByOrder(trx, order);
  const changes = held.map(({ variant, location, quantity }) => ({
    variant,
    location,
    delta_on_hand: -quantity,
    delta_reserved: -quantity,
  }));
  await writeChanges(trx, changes, { reason: 'sale', order });
}
