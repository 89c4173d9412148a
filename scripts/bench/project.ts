/** What listings and search read, made from a catalogue that was written past the triggers. */
import { rebuildListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import { readEnv } from '../../extensions/commerce-api/src/platform/env.ts';
import { makeShop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { paymentProviders } from '../../extensions/commerce-api/src/providers/payments.ts';
import { httpShippingRates } from '../../extensions/commerce-api/src/providers/shipping-rates-http.ts';
import { vatCheck } from '../../extensions/commerce-api/src/providers/vat-check.ts';
import type { Settings } from '../environment.ts';
import { openDatabase } from '../setup.ts';

export type Log = (line: string) => void;

/** Works out the whole catalogue anew, saying how far it is. */
export async function project(env: Settings, log: Log): Promise<void> {
  const db = openDatabase(env);
  const toLog = (_fields: object, message: string) => log(message);
  const shop = makeShop({
    db,
    env: readEnv(env),
    log: { info: () => undefined, warn: toLog, error: toLog },
    payments: paymentProviders,
    vat_check: vatCheck,
    shipping_rates: httpShippingRates,
  });
  let said = Date.now();
  try {
    await rebuildListings(shop, {
      onProgress: ({ done, total }) => {
        if (Date.now() - said < 5_000) return;
        said = Date.now();
        log(`${done.toLocaleString('en')} of ${total.toLocaleString('en')} projected`);
      },
    });
  } finally {
    await db.destroy();
  }
}
