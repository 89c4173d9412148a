/**
 * Idempotency keys: the same key and body give the same answer, once the first has succeeded. Keys are inserted in the
 * transaction of what they guard, so a refusal leaves none behind and a retry after it is free.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../cart/change-cart.ts';
import { KontorError } from '../errors.ts';
import { row, type Transaction } from '../platform/database.ts';

export interface IdempotencyKey {
  /** Caller, route and object: the same key elsewhere is another key. */
  scope: string;
  key: string;
  request_hash: string;
}

/** @throws KontorError IDEMPOTENCY_KEY_MISSING */
export function idempotencyKey(scope: string, key: string | undefined, body: unknown): IdempotencyKey {
  if (!key || key.length > 255) throw new KontorError('IDEMPOTENCY_KEY_MISSING');
  return { scope, key, request_hash: createHash('sha256').update(canonicalJson(body)).digest('base64url') };
}

/**
 * Takes the key until the transaction ends.
 * @returns what the first request stored, or null when this is the first
 * @throws KontorError IDEMPOTENCY_KEY_IN_USE while the first still runs, IDEMPOTENCY_KEY_REUSED for another body
 */
export async function takeKey(trx: Transaction, { scope, key, request_hash }: IdempotencyKey): Promise<unknown> {
  const lock = await row<{ is_ours: boolean }>(trx, 'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as is_ours', [
    `idempotency ${scope} ${key}`,
  ]);
  if (!lock?.is_ours) throw new KontorError('IDEMPOTENCY_KEY_IN_USE');
  const stored = await row<{ request_hash: string; response: unknown }>(
    trx,
    'select request_hash, response from commerce.idempotency_keys where scope = ? and key = ?',
    [scope, key],
  );
  if (!stored) return null;
  if (stored.request_hash !== request_hash) throw new KontorError('IDEMPOTENCY_KEY_REUSED');
  return stored.response;
}

/** Keeps what a repeat needs to answer again; never a secret. */
export async function keepKey(trx: Transaction, taken: IdempotencyKey, status: number, response: unknown): Promise<void> {
  await row(
    trx,
    `insert into commerce.idempotency_keys (scope, key, request_hash, status, response, created_at)
     values (?, ?, ?, ?, ?::jsonb, now())`,
    [taken.scope, taken.key, taken.request_hash, status, JSON.stringify(response)],
  );
}

/** Forgets keys after a day: by then no client repeats its request. */
export async function deleteOldKeys(db: Parameters<typeof row>[0]): Promise<void> {
  await row(db, `delete from commerce.idempotency_keys where created_at < now() - interval '24 hours'`);
}
