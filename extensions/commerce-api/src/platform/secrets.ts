/** Keys for different purposes, all derived from the one SECRET, so that none can stand in for another. */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Env } from './env.ts';

export type Purpose =
  | 'order-token'
  | 'network'
  | 'rate-limits'
  | 'gift-card-code'
  | 'gift-card-lookup'
  | 'cart-recovery'
  | 'sealed';

const keys = new Map<string, Buffer>();

/** The 32-byte key for a purpose (HKDF-SHA256 over SECRET). */
export function keyFor(env: Env, purpose: Purpose): Buffer {
  const name = `${purpose}\0${env.SECRET}`;
  const known = keys.get(name);
  if (known) return known;
  const key = Buffer.from(hkdfSync('sha256', env.SECRET, '', `kontor ${purpose}`, 32));
  keys.set(name, key);
  return key;
}

/** Every secret that holds, the present one first. */
export function secretsThatHold(env: Env): string[] {
  return underEachSecret(env).map(({ SECRET }) => SECRET);
}

/** The environment with each secret that holds: the present one first, then the one before while it is being replaced. */
export function underEachSecret(env: Env): Env[] {
  return env.SECRET_PREVIOUS === ''
    ? [env]
    : [env, { ...env, SECRET: env.SECRET_PREVIOUS, SECRET_PREVIOUS: '' }];
}

/**
 * A token that is derived rather than stored: the same id always gives the same token, so a repeated request can be
 * answered again while the database holds only `hashToken` of it.
 */
export function deriveToken(env: Env, purpose: Purpose, id: string): string {
  return createHmac('sha256', keyFor(env, purpose)).update(id).digest('base64url');
}

/** What the database keeps of a token. Tokens are 256 random bits, so a plain hash cannot be guessed back. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Whether a token matches a stored hash, in constant time. */
export function tokenMatches(token: string | undefined, stored_hash: string | null): boolean {
  if (!token || !stored_hash) return false;
  const given = Buffer.from(hashToken(token));
  const stored = Buffer.from(stored_hash);
  return given.length === stored.length && timingSafeEqual(given, stored);
}
