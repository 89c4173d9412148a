/** How a command reaches the shop's database: the one in the settings, or the embedded one, started if it is not running. */
import type { Knex } from 'knex';
import { readEnv } from '../../extensions/commerce-api/src/platform/env.ts';
import { makeShop, type Log, type Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { paymentProviders } from '../../extensions/commerce-api/src/providers/payments.ts';
import { meilisearch } from '../../extensions/commerce-api/src/providers/search-meilisearch.ts';
import { httpShippingRates } from '../../extensions/commerce-api/src/providers/shipping-rates-http.ts';
import { vatCheck } from '../../extensions/commerce-api/src/providers/vat-check.ts';
import { directusEnvironment, givenDatabase, loadSettings, type Settings } from '../environment.ts';
import { startPostgres } from '../postgres.ts';
import { openDatabase } from '../setup.ts';
import { runningShop } from './running-shop.ts';

interface OpenShop {
  shop: Shop;
  db: Knex;
  /** The environment of a Directus process on this database. */
  env: Settings;
  close: () => Promise<void>;
}

const log: Log = {
  info: () => undefined,
  warn: (fields, message) => console.warn(message, fields),
  error: (fields, message) => console.error(message, fields),
};

/** Does the work of a command with the shop, and lets go of it whatever comes of it. */
export async function withShop<Result>(work: (open: OpenShop) => Promise<Result>): Promise<Result> {
  const open = await openShop();
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

/** While `npm start` runs, its stand-ins are the payment provider and the mail server of this command, too. */
async function openShop(): Promise<OpenShop> {
  const own = Object.entries(loadSettings({ create: true })).filter(([, value]) => value !== '');
  const settings = { ...(runningShop()?.env ?? {}), ...(Object.fromEntries(own) as Settings) };
  const given = givenDatabase(settings);
  const postgres = given ? null : await startPostgres();
  const env = directusEnvironment(settings, given ?? postgres?.connection ?? {});
  const db = openDatabase(env);
  return {
    shop: makeShop({
      db,
      env: readEnv(env),
      log,
      payments: paymentProviders,
      vat_check: vatCheck,
      shipping_rates: httpShippingRates,
      search: meilisearch,
    }),
    db,
    env,
    close: async () => {
      await db.destroy();
      await postgres?.stop();
    },
  };
}
