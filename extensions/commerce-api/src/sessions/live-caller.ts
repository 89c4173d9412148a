/**
 * Directus believes the role in an access token until it expires, and does not look whether its user is still active. Here both are
 * asked of the database for each signed-in request: one statement by primary keys, exact where a cache would be late, and no more than
 * the routes of `/store` needed anyhow to know the customer, who is remembered with the request.
 */
import { rememberKnown, type Accountability } from '../platform/caller.ts';
import { deadToken } from '../platform/dead-token.ts';
import type { Shop } from '../platform/shop.ts';
import { decodedClaims } from './claims.ts';
import { standingOf } from './queries.ts';
import { SESSION_CLAIM } from './session-id.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface SignedInRequest {
  /** As Directus' authentication left it, which has checked the signature. */
  accountability?: Accountability | undefined;
  token?: string | null | undefined;
}

/**
 * Refuses a token whose user is gone or not active, has another role by now, or whose session has ended.
 * @throws the error of `deadToken`
 */
export async function requireLiveCaller(shop: Shop, req: SignedInRequest): Promise<void> {
  const { accountability, token } = req;
  if (!accountability?.user) return;
  const session = sessionClaim(token);
  const known = await standingOf(shop.db, accountability.user, session);
  const is_live = known?.status === 'active' && known.role === accountability.role && known.is_open;
  if (!is_live) throw deadToken();
  rememberKnown(req, { customer: known.customer, role: known.role, session });
}

/** The session a token that was checked already is of; null for a static token, and for tokens from before sessions were named. */
function sessionClaim(token: string | null | undefined): string | null {
  const session = decodedClaims(token)[SESSION_CLAIM];
  return typeof session === 'string' && UUID.test(session) ? session : null;
}
