/** What an answer says of a limit: the fields of draft-ietf-httpapi-ratelimit-headers-10, and `Retry-After`. */
import type { Allowance } from './allowance.ts';
import type { RateClass } from './rate-classes.ts';

export interface Used {
  remainingPoints: number;
  msBeforeNext: number;
}

/** `RateLimit-Policy`: how many requests in how many seconds. Counted as if each failed: it may be more, and is never less. */
export function policyOf(name: RateClass, { points, cost, seconds }: Allowance): string {
  return `"${name}";q=${Math.floor(points / cost)};w=${seconds}`;
}

/** `RateLimit`: how many are left, and after how many seconds all are there again. */
export function leftOf(
  name: RateClass,
  { cost }: Allowance,
  { remainingPoints, msBeforeNext }: Used,
): string {
  return `"${name}";r=${Math.floor(remainingPoints / cost)};t=${secondsOf(msBeforeNext)}`;
}

/** Whole seconds, rounded up: who waits that long does not come too early. */
export function secondsOf(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}
