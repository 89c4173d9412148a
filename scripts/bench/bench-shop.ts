/** What measurements that are no requests begin with: an empty database of their own, and the shop's use cases in this process. */
import type { Knex } from 'knex';
import pg from 'pg';
import { readEnv } from '../../extensions/commerce-api/src/platform/env.ts';
import { makeShop, type Log, type Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { paymentProviders } from '../../extensions/commerce-api/src/providers/payments.ts';
import { httpShippingRates } from '../../extensions/commerce-api/src/providers/shipping-rates-http.ts';
import { vatCheck } from '../../extensions/commerce-api/src/providers/vat-check.ts';
import type { Settings } from '../environment.ts';
import { startPostgres } from '../postgres.ts';
import { connectionOf } from '../setup.ts';

/** What is undone at the end, the last first. */
export type Stops = (() => unknown)[];

/** A database that is made anew, and a connection to another one of its server. */
export async function freshDatabase(
  database: string,
  stops: Stops,
  settings: string[] = [],
): Promise<{ connection: Settings; admin: pg.Client }> {
  const postgres = await startPostgres({ name: 'bench', settings: [...settings, 'max_wal_size=4GB'] });
  stops.push(() => postgres.stop());
  const admin = new pg.Client(connectionOf({ ...postgres.connection, DB_DATABASE: 'postgres' }));
  await admin.connect();
  stops.push(() => admin.end());
  await admin.query(`drop database if exists ${database} with (force)`);
  await admin.query(`create database ${database}`);
  return { connection: { ...postgres.connection, DB_DATABASE: database }, admin };
}

/** @param say takes its warnings and errors */
export function benchShop(db: Knex, env: Settings, say: Log['error'] = () => undefined): Shop {
  return makeShop({
    db,
    env: readEnv(env),
    log: { info: () => undefined, warn: say, error: say },
    payments: paymentProviders,
    vat_check: vatCheck,
    shipping_rates: httpShippingRates,
  });
}
