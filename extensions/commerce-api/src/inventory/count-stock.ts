import type { Transaction } from '../platform/database.ts';
import { lockLevels, openStockLevels, writeChanges, type MovementNote } from './queries.ts';

export interface Count {
  variant: string;
  /** Units that are there. */
  on_hand: number;
}

/**
 * Books what a count of one location found: the difference to what the ledger says, as movements. Opens missing levels and
 * locks the others until the transaction ends. A second call with the same counts books nothing.
 * @returns the variants left as they were because orders hold more than was counted
 */
export async function countStock(
  trx: Transaction,
  location: string,
  counts: readonly Count[],
  note: MovementNote,
): Promise<Set<string>> {
  const variants = counts.map(({ variant }) => variant);
  await openStockLevels(trx, location, variants);
  const levels = await lockLevels(trx, variants);
  const refused = new Set<string>();
  const changes = counts.flatMap(({ variant, on_hand }) => {
    const level = levels.find((each) => each.variant === variant && each.location === location);
    if (!level || level.on_hand === on_hand) return [];
    if (on_hand < level.on_hand && on_hand < level.reserved) {
      refused.add(variant);
      return [];
    }
    return [{ variant, location, delta_on_hand: on_hand - level.on_hand, delta_reserved: 0 }];
  });
  await writeChanges(trx, changes, note);
  return refused;
}
