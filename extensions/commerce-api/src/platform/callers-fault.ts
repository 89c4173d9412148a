/**
 * Directus hands what Postgres refuses to its error handler as it is, which answers 500 with the statement in it. What the
 * caller can put right is told as such.
 */
import type { Request } from 'express';
import { KontorError } from '../errors.ts';

/** Our own routes have parsed what comes in: there, what Postgres refuses is a fault of ours. */
const OWN_SURFACES = /^\/(store|staff|webhooks|docs)(\/|$)/i;

const CHECK_VIOLATION = '23514';
const STILL_REFERRED_TO = ['23503', '23001'];
/** No such function or operator for the type of a column: `aggregate[sum]` of a text. */
const WRONG_TYPES = ['42883', '42804'];

/** The error to answer with, or null when this one is not the caller's to put right. */
export function callersFault(
  error: unknown,
  { method, path }: Pick<Request, 'method' | 'path'>,
): KontorError | null {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  if (OWN_SURFACES.test(path) || typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return null;
  if (code === CHECK_VIOLATION) {
    const message = `A value breaks the rule ${String(constraint)}. Nothing was changed.`;
    return new KontorError('INVALID_PAYLOAD', { message, constraint }, error);
  }
  if (STILL_REFERRED_TO.includes(code)) return new KontorError('STILL_IN_USE', { constraint }, error);
  // Class 22: values that are none of their type, out of its range, or text that cannot be stored.
  if (!code.startsWith('22') && !WRONG_TYPES.includes(code)) return null;
  const isReading = method === 'GET' || method === 'SEARCH';
  return new KontorError(isReading ? 'INVALID_QUERY' : 'INVALID_PAYLOAD', {}, error);
}
