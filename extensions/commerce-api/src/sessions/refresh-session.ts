import { identityOf } from '../customers/identity-of.ts';
import type { Client, SignedIn } from '../platform/identity.ts';
import type { Shop } from '../platform/shop.ts';
import { refuseReused } from './refuse-reused.ts';

/** Trades a refresh token for new tokens; the old one is dead. @throws KontorError INVALID_TOKEN */
export async function refreshSession(shop: Shop, refresh_token: string, client: Client): Promise<SignedIn> {
  await refuseReused(shop, refresh_token, client);
  return identityOf(shop).refresh(refresh_token, client);
}
