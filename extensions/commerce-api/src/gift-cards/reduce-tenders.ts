import type { Transaction } from '../platform/database.ts';
import { reduceHeldTenders } from './tender-queries.ts';

/**
 * An unpaid order costs less than its tenders hold: so much goes back, to store credit first, then to gift cards, the newest first.
 * The order must be locked; locks accounts, then cards.
 */
export function reduceTenders(trx: Transaction, order: string, by_minor: number): Promise<void> {
  return reduceHeldTenders(trx, order, by_minor);
}
