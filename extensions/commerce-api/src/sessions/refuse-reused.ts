import { KontorError } from '../errors.ts';
import { inTransaction } from '../platform/database.ts';
import type { Client } from '../platform/identity.ts';
import type { Shop } from '../platform/shop.ts';
import { deleteReplacedTokens, deleteSession, insertActivity, replacedToken } from './queries.ts';
import { sessionTokenHash } from './session-id.ts';

/** Two tabs of one browser may send the same token; what comes later was copied. */
const GRACE_SECONDS = 10;

/** As long as any token may live that was replaced. */
const KEPT_DAYS = 30;

/**
 * A refresh token that was replaced and comes again was copied, by whoever sent it now or by whoever replaced it. Nobody can tell which:
 * the session ends for both, with all its tokens, and the activity log says so. Within the grace nothing ends.
 * @throws KontorError INVALID_TOKEN when it was reused
 */
export async function refuseReused(shop: Shop, refresh_token: string, client: Client): Promise<void> {
  const known = await replacedToken(shop.db, sessionTokenHash(refresh_token), GRACE_SECONDS);
  if (!known?.is_late) return;
  const { session, user } = known;
  await inTransaction(shop.db, async (trx) => {
    await deleteSession(trx, user, session);
    const line = { action: 'refresh-token-reused', collection: 'directus_users', item: user };
    await insertActivity(trx, { ...line, user, ...client });
  });
  shop.log.warn(
    { user, session, ip: client.ip },
    'A replaced refresh token was used again: its session was ended',
  );
  throw new KontorError('INVALID_TOKEN');
}

/** May run twice. */
export async function forgetReplacedTokens(shop: Shop): Promise<void> {
  await deleteReplacedTokens(shop.db, KEPT_DAYS);
}
