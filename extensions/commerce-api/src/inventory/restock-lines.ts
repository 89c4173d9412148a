import { planRestock } from '../core/restock.ts';
import { KontorError } from '../errors.ts';
import { brokenConstraint, type Transaction } from '../platform/database.ts';
import { lockLevels, lockTakenByOrder, openStockLevels, soldLines, writeChanges } from './queries.ts';

export interface Restock {
  order: string;
  lines: readonly { order_line: string; quantity: number }[];
  reason: 'return' | 'restock';
  /** Where the goods are put; by default where they left from, as the ledger tells. */
  location?: string | null | undefined;
  actor?: string | null | undefined;
  note?: string | null | undefined;
}

/**
 * Puts sold goods back, of a bundle its parts. Never more of a variant than the order took and has not given back; what was not
 * tracked, or never left, goes nowhere. Locks levels; the order must be locked, and every other lock taken.
 * @returns how many units came back, of all variants together
 * @throws KontorError NOT_FOUND for a line that is not the order's, or a location that does not exist
 */
export async function restockLines(trx: Transaction, restock: Restock): Promise<number> {
  const { order, lines, reason, location = null, actor, note } = restock;
  const sold = await soldLines(
    trx,
    order,
    lines.map((line) => line.order_line),
  );
  const lineOf = new Map(sold.map((line) => [line.order_line, line]));
  const wanted = lines.flatMap(({ order_line, quantity }) => {
    const line = lineOf.get(order_line.toLowerCase());
    if (!line) throw new KontorError('NOT_FOUND', { order_line });
    if (line.parts)
      return line.parts.map((part) => ({ variant: part.variant, quantity: part.quantity * quantity }));
    return line.variant === null ? [] : [{ variant: line.variant, quantity }];
  });
  const variants = [...new Set(wanted.map((each) => each.variant))];
  if (variants.length === 0) return 0;
  if (location !== null) await openAndLock(trx, location, variants);
  const given = planRestock(wanted, await lockTakenByOrder(trx, order, variants), location);
  const changes = given.map((each) => ({
    variant: each.variant,
    location: each.location,
    delta_on_hand: each.quantity,
    delta_reserved: 0,
  }));
  await writeChanges(trx, changes, { reason, order, actor: actor ?? null, note: note ?? null });
  return given.reduce((sum, each) => sum + each.quantity, 0);
}

async function openAndLock(trx: Transaction, location: string, variants: string[]): Promise<void> {
  try {
    await openStockLevels(trx, location, variants);
  } catch (error) {
    if (brokenConstraint(error)?.endsWith('_foreign'))
      throw new KontorError('NOT_FOUND', { location }, error);
    throw error;
  }
  await lockLevels(trx, variants);
}
