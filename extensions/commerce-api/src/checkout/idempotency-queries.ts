/** SQL of `commerce.idempotency_keys`; a checkout has it in its own few statements. */
import { row, type Queryable, type Transaction } from '../platform/database.ts';
import type { IdempotencyKey } from './idempotency.ts';

/** Locks the key until the transaction ends. @returns whether nobody else had it */
export async function lockKey(trx: Transaction, { scope, key }: IdempotencyKey): Promise<boolean> {
  const lock = await row<{ is_ours: boolean }>(
    trx,
    'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as is_ours',
    [`idempotency ${scope} ${key}`],
  );
  return lock?.is_ours ?? false;
}

export function storedKey(
  trx: Transaction,
  { scope, key }: IdempotencyKey,
): Promise<{ request_hash: string; response: unknown } | undefined> {
  return row(
    trx,
    'select request_hash, response from commerce.idempotency_keys where scope = ? and key = ?',
    [scope, key],
  );
}

export async function insertKey(
  trx: Transaction,
  taken: IdempotencyKey,
  status: number,
  response: unknown,
): Promise<void> {
  await row(
    trx,
    `insert into commerce.idempotency_keys (scope, key, request_hash, status, response, created_at)
     values (?, ?, ?, ?, ?::jsonb, now())`,
    [taken.scope, taken.key, taken.request_hash, status, JSON.stringify(response)],
  );
}

export async function deleteKeysOlderThan(db: Queryable, hours: number): Promise<void> {
  await row(
    db,
    `delete from commerce.idempotency_keys where created_at < now() - make_interval(hours => ?)`,
    [hours],
  );
}
