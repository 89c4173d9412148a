import { deadToken } from '../platform/dead-token.ts';
import type { Client } from '../platform/identity.ts';
import type { Shop } from '../platform/shop.ts';
import { deleteToken, touchSession } from './queries.ts';
import { SESSION_CLAIM, sessionIdOf, sessionTokenHash } from './session-id.ts';

/** What Directus tells of an access token it is about to sign; `session` by a patch of ours. */
export interface SigningMeta {
  type: 'login' | 'refresh';
  user: string | null | undefined;
  session?: string | undefined;
}

/**
 * Puts the session into an access token, so that it ends with it. At a sign-in the session's row is not written yet: its id follows from
 * its first refresh token.
 * @throws the error of `deadToken` when the session was ended while its token was being replaced
 */
export async function nameSession(
  shop: Shop,
  claims: Record<string, unknown>,
  { type, user, session: refresh_token }: SigningMeta,
  client: Client,
): Promise<Record<string, unknown>> {
  // A share link has nobody behind it.
  if (!user) return claims;
  if (!refresh_token)
    throw new Error('Directus does not say which session a token is of: patches/ is not applied');
  if (type === 'login') return { ...claims, [SESSION_CLAIM]: sessionIdOf(refresh_token) };
  const session = await touchSession(shop.db, sessionTokenHash(refresh_token), client);
  if (!session) {
    await deleteToken(shop.db, refresh_token);
    throw deadToken();
  }
  return { ...claims, [SESSION_CLAIM]: session };
}
