/** The shop as it lives inside Directus: one per process, whichever entry of the bundle asks first. */
import emitter from '@directus/api/emitter';
import { makeIdentity, type IdentityParts } from './platform/identity.ts';
import { makeShop, type Announcement, type Log, type Shop } from './platform/shop.ts';
import { breachedPasswords } from './providers/breached-passwords.ts';
import { paymentProviders } from './providers/payments.ts';
import { meilisearch } from './providers/search-meilisearch.ts';
import { httpShippingRates } from './providers/shipping-rates-http.ts';
import { vatCheck } from './providers/vat-check.ts';

/** What Kontor takes from the context Directus hands to endpoints and hooks. */
export type DirectusContext = IdentityParts & { logger: Log; getSchema: () => Promise<unknown> };

const HOME = Symbol.for('kontor.shop');
const home = globalThis as { [HOME]?: Shop };

export function directusShop(context: DirectusContext): Shop {
  home[HOME] ??= makeShop({
    db: context.database,
    log: context.logger,
    payments: paymentProviders,
    vat_check: vatCheck,
    shipping_rates: httpShippingRates,
    search: meilisearch,
    breached_passwords: breachedPasswords,
    identity: makeIdentity(context),
    announcer: { announce: (event) => announce(context, event) },
  });
  return home[HOME];
}

/**
 * Tells Directus of rows Kontor wrote itself, so that merchants' flows on `orders.items.update` and the like run. At least once,
 * after the commit; a failing flow does not stop the others.
 */
async function announce(context: DirectusContext, { action, collection, keys }: Announcement): Promise<void> {
  const name = `items.${action}`;
  const events = [name, `${collection}.${name}`];
  const scene = { database: context.database, schema: await context.getSchema(), accountability: null };
  const payload = {};
  if (action === 'update') emitter.emitAction(events, { payload, keys, collection }, scene);
  else for (const key of keys) emitter.emitAction(events, { payload, key, collection }, scene);
}
