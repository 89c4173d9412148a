/** A shop of one's own for a test file: a real database, the use cases, and no server. */
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import pg from 'pg';
import { inject } from 'vitest';
import { jobHandlers } from '../../extensions/commerce-api/src/job-handlers.ts';
import { readEnv } from '../../extensions/commerce-api/src/platform/env.ts';
import { drainJobs } from '../../extensions/commerce-api/src/platform/jobs.ts';
import { makeShop, type Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { paymentProviders } from '../../extensions/commerce-api/src/providers/payments.ts';
import { meilisearch } from '../../extensions/commerce-api/src/providers/search-meilisearch.ts';
import { httpShippingRates } from '../../extensions/commerce-api/src/providers/shipping-rates-http.ts';
import { vatCheck } from '../../extensions/commerce-api/src/providers/vat-check.ts';
import type { Settings } from '../../scripts/environment.ts';
import { connectionOf, openDatabase } from '../../scripts/setup.ts';
import { cloneDatabase, dropDatabase, TEST_SETTINGS } from './databases.ts';
import { SILENT } from './silent-log.ts';

export interface FreshShop {
  shop: Shop;
  db: Knex;
  pool: pg.Pool;
  connection: Settings;
  /** Runs every job that is due. */
  drain: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface FreshShopOptions {
  /** With the demo shop's catalogue. */
  demo?: boolean;
  /** Environment beyond the tests' own. */
  env?: Settings;
}

/** A clone of the template. `stop` drops it. */
export async function freshShop({ demo = false, env = {} }: FreshShopOptions = {}): Promise<FreshShop> {
  const connection = await freshDatabase(demo);
  const db = openDatabase(connection, { min: 0, max: 40 });
  const pool = new pg.Pool({ ...connectionOf(connection), max: 6 });
  const ignore = () => undefined;
  pool.on('error', ignore).on('connect', (client) => client.on('error', ignore));
  const shop = makeShop({
    db,
    env: readEnv({ ...TEST_SETTINGS, ...env }),
    log: SILENT,
    payments: paymentProviders,
    vat_check: vatCheck,
    shipping_rates: httpShippingRates,
    search: meilisearch,
  });
  return {
    shop,
    db,
    pool,
    connection,
    drain: () => drainJobs(shop, pool, jobHandlers),
    stop: async () => {
      await pool.end();
      await db.destroy();
      await dropDatabase(connection, connection['DB_DATABASE'] ?? '');
    },
  };
}

/** The connection to a new clone. */
export async function freshDatabase(demo: boolean): Promise<Settings> {
  const { connection, template, demo_template } = inject('databases');
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await cloneDatabase(connection, demo ? demo_template : template, name);
  return { ...connection, DB_DATABASE: name };
}
