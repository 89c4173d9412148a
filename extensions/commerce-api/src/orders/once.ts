import { idempotencyKey, keepKey, takeKey } from '../checkout/idempotency.ts';
import { inTransaction, type Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';

export interface Repeatable {
  /** What is done to what, by whom: the same key elsewhere is another key. */
  scope: string;
  /** The caller's Idempotency-Key; without one every call is its own. */
  key: string | undefined;
  /** What was asked for: the same key with another wish is refused. */
  request: unknown;
}

/**
 * Runs `work` in a transaction; a repeat with the same key gets what the first call got, and nothing happens again. A refusal
 * keeps no key.
 * @throws KontorError IDEMPOTENCY_KEY_IN_USE, IDEMPOTENCY_KEY_REUSED
 */
export function once<Result extends object>(
  shop: Shop,
  { scope, key, request }: Repeatable,
  work: (trx: Transaction) => Promise<Result>,
): Promise<Result> {
  return inTransaction(shop.db, async (trx) => {
    if (key === undefined) return work(trx);
    const taken = idempotencyKey(scope, key, request);
    const kept = await takeKey(trx, taken);
    if (kept) return kept as Result;
    const result = await work(trx);
    await keepKey(trx, taken, 200, result);
    return result;
  });
}
