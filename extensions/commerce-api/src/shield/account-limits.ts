/** What counts besides the address, or can only be told from the body. */
import { plainPath } from '../core/plain-path.ts';
import type { RateClass } from './rate-classes.ts';

/** One thing more that a request uses up. */
export interface FurtherLimit {
  of: RateClass;
  /** With the address: whose attempts these are. Null where the address alone counts. */
  account: string | null;
  /** How many requests it stands for. */
  times: number;
  /** The status of the answer does not say whether it failed, so it counts as if it had. */
  is_blind?: true;
}

interface Asked {
  method: string;
  path: string;
  body: unknown;
}

const ACCOUNTS: readonly [path: RegExp, of: RateClass][] = [
  [/^\/(store\/)?auth\/login(\/|$)/, 'login_account'],
  [/^\/(store\/auth|users)\/register$/, 'registration_account'],
  [/^\/(store\/)?auth\/password\/request$/, 'password_reset_account'],
];

/** By GraphQL a body may sign in many times at once, and is answered 200 all the same. */
const MUTATIONS: readonly [name: RegExp, of: RateClass][] = [
  [/\bauth_login\b/g, 'login'],
  [/\bauth_password_request\b/g, 'password_reset'],
];

export function furtherLimits({ method, path, body }: Asked): FurtherLimit[] {
  if (method !== 'POST' || body === null || typeof body !== 'object') return [];
  const plain = plainPath(path);
  const fields = body as Record<string, unknown>;
  if (plain === '/graphql/system') return mutations(fields['query']);
  if (plain === '/store/carts')
    return hasCodes(fields['codes']) ? [{ of: 'coupon_codes', account: null, times: 1 }] : [];
  const of = ACCOUNTS.find(([pattern]) => pattern.test(plain))?.[1];
  // Providers of merchants' own, LDAP for one, call it `identifier`.
  const account = fields['email'] ?? fields['identifier'];
  return of && typeof account === 'string' ? [{ of, account: account.trim().toLowerCase(), times: 1 }] : [];
}

function mutations(query: unknown): FurtherLimit[] {
  if (typeof query !== 'string') return [];
  return MUTATIONS.map(([name, of]) => ({
    of,
    account: null,
    times: query.match(name)?.length ?? 0,
    is_blind: true as const,
  })).filter(({ times }) => times > 0);
}

function hasCodes(codes: unknown): boolean {
  return Array.isArray(codes) && codes.length > 0;
}
