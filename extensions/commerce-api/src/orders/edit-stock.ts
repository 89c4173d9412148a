import type { LineRow } from '../cart/quote-cart.ts';
import type { PricingRows } from '../cart/pricing-queries.ts';
import type { StockLine } from '../core/bundle.ts';
import { KontorError } from '../errors.ts';
import { deductStock, releaseStock, reserveStock } from '../inventory/reserve-stock.ts';
import { restockLines } from '../inventory/restock-lines.ts';
import type { Transaction } from '../platform/database.ts';
import type { EditableLine } from './edit-queries.ts';
import type { OrderRow } from './queries.ts';

export interface StockMoves {
  /** Lines as they are, each with what it shall have more or, where negative, less. */
  changes: readonly { line: EditableLine; delta: number }[];
  added: readonly LineRow[];
}

/** The variants whose stock rows an edit needs: what grows, and the parts it was sold with. */
export function growingVariants(changes: StockMoves['changes']): string[] {
  return changes.flatMap(({ line, delta }) =>
    delta > 0 && line.variant !== null
      ? [line.variant, ...(line.parts ?? []).map((part) => part.variant)]
      : [],
  );
}

/**
 * Moves the stock of an edit: an unpaid order reserves more or releases some, a paid one sells more or puts some back. What goes
 * back goes first, so that a swap of the last units works. Bundles move their parts, as they were sold. Locks levels; call it
 * before the lines are written and after every other lock was taken.
 * @returns the units of each variant that are not there yet
 * @throws KontorError INSUFFICIENT_STOCK; NOT_FOR_SALE for more of a variant that was deleted
 */
export async function moveStock(
  trx: Transaction,
  order: Pick<OrderRow, 'id' | 'status'>,
  { changes, added }: StockMoves,
  rows: PricingRows,
  actor: string | null,
): Promise<Map<string, number>> {
  const less = changes.filter(({ line, delta }) => delta < 0 && line.variant !== null);
  if (less.length > 0 && order.status === 'pending') {
    await releaseStock(
      trx,
      order.id,
      less.map(({ line, delta }) => soldLine(line, -delta, rows)),
    );
  } else if (less.length > 0) {
    const lines = less.map(({ line, delta }) => ({ order_line: line.id, quantity: -delta }));
    await restockLines(trx, { order: order.id, lines, reason: 'restock', actor, note: 'Edited' });
  }
  const more = changes.filter(({ delta }) => delta > 0);
  const backordered = await reserveStock(trx, order.id, [
    ...more.map(({ line, delta }) => soldLine(line, delta, rows)),
    ...added,
  ]);
  if (order.status !== 'pending') await deductStock(trx, order.id);
  return backordered;
}

/** A line as it was sold; whether more of it may be promised than is there is the variant's to say, now. */
function soldLine(line: EditableLine, quantity: number, rows: PricingRows): StockLine {
  const { variant, sku, track_stock, parts } = line;
  if (variant === null) throw new KontorError('NOT_FOR_SALE', { line: line.id, sku });
  const waits = new Map(rows.stock.map((stock) => [stock.variant, stock.allow_backorder]));
  return {
    variant,
    sku,
    quantity,
    track_stock,
    allow_backorder: waits.get(variant) ?? false,
    parts: parts?.map((part) => ({ ...part, allow_backorder: waits.get(part.variant) ?? false })) ?? null,
  };
}
