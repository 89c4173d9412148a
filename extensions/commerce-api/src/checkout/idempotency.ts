/**
 * Idempotency keys: the same key and body give the same answer, once the first has succeeded. Keys are inserted in the
 * transaction of what they guard, so a refusal leaves none behind and a retry after it is free.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import { KontorError } from '../errors.ts';
import type { Transaction } from '../platform/database.ts';
import type { Shop } from '../platform/shop.ts';
import { deleteKeysOlderThan, insertKey, lockKey, storedKey } from './idempotency-queries.ts';

/** By then no client repeats its request. */
const KEPT_HOURS = 24;

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
export async function takeKey(trx: Transaction, taken: IdempotencyKey): Promise<unknown> {
  if (!(await lockKey(trx, taken))) throw new KontorError('IDEMPOTENCY_KEY_IN_USE');
  return keptAnswer(taken, await storedKey(trx, taken));
}

/** What the first request with a key that is ours stored. @throws KontorError IDEMPOTENCY_KEY_REUSED for another body */
export function keptAnswer<Response>(
  taken: IdempotencyKey,
  stored: { request_hash: string; response: Response } | null | undefined,
): Response | null {
  if (!stored) return null;
  if (stored.request_hash !== taken.request_hash) throw new KontorError('IDEMPOTENCY_KEY_REUSED');
  return stored.response;
}

/** Keeps what a repeat needs to answer again; never a secret. */
export function keepKey(
  trx: Transaction,
  taken: IdempotencyKey,
  status: number,
  response: unknown,
): Promise<void> {
  return insertKey(trx, taken, status, response);
}

/** May run twice. */
export function deleteOldKeys(shop: Shop): Promise<void> {
  return deleteKeysOlderThan(shop.db, KEPT_HOURS);
}
