/** The process a storm kills: the door webhooks come to, and the worker of the jobs. It keeps nothing. */
import pg from 'pg';
import { jobHandlers } from '../../extensions/commerce-api/src/job-handlers.ts';
import { readEnv } from '../../extensions/commerce-api/src/platform/env.ts';
import { startWorker } from '../../extensions/commerce-api/src/platform/jobs.ts';
import { makeShop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { paymentProviders } from '../../extensions/commerce-api/src/providers/payments.ts';
import { httpShippingRates } from '../../extensions/commerce-api/src/providers/shipping-rates-http.ts';
import { vatCheck } from '../../extensions/commerce-api/src/providers/vat-check.ts';
import type { Settings } from '../../scripts/environment.ts';
import { connectionOf, openDatabase } from '../../scripts/setup.ts';
import { webhookDoor } from './provider-bench.ts';
import { SILENT } from './silent-log.ts';

const settings = process.env as Settings;
const shop = makeShop({
  db: openDatabase(settings, { min: 0, max: 12 }),
  env: readEnv(settings),
  log: SILENT,
  payments: paymentProviders,
  vat_check: vatCheck,
  shipping_rates: httpShippingRates,
});
const pool = new pg.Pool({ ...connectionOf(settings), max: shop.env.JOBS_CONCURRENCY + 3 });

process.once('disconnect', () => process.exit(1));
const door = await webhookDoor(Number(process.argv[2]));
door.open(shop);
await startWorker(shop, pool, jobHandlers);
process.send?.('ready');
