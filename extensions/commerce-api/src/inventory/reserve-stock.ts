/**
 * Stock: what is on hand, and what of it is promised. `available = on_hand - reserved` over active locations. This domain alone
 * writes `stock_levels` and `stock_movements`; every change is a row in the ledger, in the same transaction.
 */
import { allocate, type StockRequest } from '../core/stock-allocation.ts';
import { KontorError } from '../errors.ts';
import type { Transaction } from '../platform/database.ts';
import { heldByOrder, lockLevels, writeChanges } from './queries.ts';

/**
 * Promises stock to an order, all of it or none. Locks the levels in (variant, location) order; take every other lock first.
 * @throws KontorError INSUFFICIENT_STOCK naming each short variant with what is free
 */
export async function reserveStock(
  trx: Transaction,
  order: string,
  requests: (StockRequest & { sku: string })[],
): Promise<void> {
  const tracked = requests.filter((request) => request.track_stock);
  if (tracked.length === 0) return;
  const levels = await lockLevels(trx, [...new Set(tracked.map((request) => request.variant))]);
  const allocation = allocate(tracked, levels);
  if (!allocation.ok) {
    const skus = new Map(tracked.map((request) => [request.variant, request.sku]));
    const shortages = allocation.shortages.map((shortage) => ({
      ...shortage,
      sku: skus.get(shortage.variant),
    }));
    throw new KontorError('INSUFFICIENT_STOCK', { ...shortages[0], shortages });
  }
  const changes = allocation.reservations.map(({ variant, location, quantity }) => ({
    variant,
    location,
    delta_on_hand: 0,
    delta_reserved: quantity,
  }));
  await writeChanges(trx, changes, { reason: 'reservation', order });
}

/** Gives back whatever the order still holds. May run twice: the second time it holds nothing. */
export async function releaseStock(trx: Transaction, order: string): Promise<void> {
  const held = await lockHeld(trx, order);
  const changes = held.map(({ variant, location, held: quantity }) => ({
    variant,
    location,
    delta_on_hand: 0,
    delta_reserved: -quantity,
  }));
  await writeChanges(trx, changes, { reason: 'release', order });
}

/** What the order holds is sold: it leaves both counts. May run twice: the second time it holds nothing. */
export async function deductStock(trx: Transaction, order: string): Promise<void> {
  const held = await lockHeld(trx, order);
  const changes = held.map(({ variant, location, held: quantity }) => ({
    variant,
    location,
    delta_on_hand: -quantity,
    delta_reserved: -quantity,
  }));
  await writeChanges(trx, changes, { reason: 'sale', order });
}

async function lockHeld(trx: Transaction, order: string) {
  const held = await heldByOrder(trx, order);
  if (held.length > 0) await lockLevels(trx, [...new Set(held.map((each) => each.variant))]);
  return held;
}
