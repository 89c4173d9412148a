import { KontorError } from '../errors.ts';
import type { Identity } from '../platform/identity.ts';
import type { Shop } from '../platform/shop.ts';

/** @throws KontorError UNAVAILABLE where nobody can sign in: outside Directus. */
export function identityOf(shop: Shop): Identity {
  if (!shop.identity) throw new KontorError('UNAVAILABLE');
  return shop.identity;
}
