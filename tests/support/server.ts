/** A whole running shop for a test file: Directus with our bundles, a clone of the database, the payment emulator, an inbox. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { readEnv } from '../../extensions/commerce-api/src/platform/env.ts';
import { makeShop, type Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { paymentProviders } from '../../extensions/commerce-api/src/providers/payments.ts';
import { meilisearch } from '../../extensions/commerce-api/src/providers/search-meilisearch.ts';
import { httpShippingRates } from '../../extensions/commerce-api/src/providers/shipping-rates-http.ts';
import { vatCheck } from '../../extensions/commerce-api/src/providers/vat-check.ts';
import { startDirectus, type DirectusServer } from '../../scripts/directus.ts';
import {
  startFlutterwaveEmulator,
  type FlutterwaveEmulator,
} from '../../scripts/emulators/flutterwave/server.ts';
import { startInbox, type Inbox } from '../../scripts/emulators/inbox/inbox.ts';
import { startPayPalEmulator, type PayPalEmulator } from '../../scripts/emulators/paypal/server.ts';
import { startStripeEmulator, type StripeEmulator } from '../../scripts/emulators/stripe/server.ts';
import type { Settings } from '../../scripts/environment.ts';
import { freePort } from '../../scripts/postgres.ts';
import { openDatabase } from '../../scripts/setup.ts';
import { DEMO_UPLOADS, dropDatabase, TEST_SETTINGS, testEnvironment } from './databases.ts';
import { freshDatabase } from './shop.ts';
import { SILENT } from './silent-log.ts';

export interface TestServer {
  url: string;
  admin_token: string;
  /** The same database, for planting and asking; its providers talk to the same emulator. */
  shop: Shop;
  db: Knex;
  env: Settings;
  emulator: StripeEmulator;
  /** Null unless asked for. */
  paypal: PayPalEmulator | null;
  flutterwave: FlutterwaveEmulator | null;
  inbox: Inbox;
  directus: DirectusServer;
  /** Ends the server (SIGKILL by default) and starts it again on the same database and port. */
  restart: (signal?: NodeJS.Signals) => Promise<void>;
  stop: () => Promise<void>;
}

export interface ServerOptions {
  demo?: boolean;
  env?: Settings;
  /** Further emulators beside Stripe's. */
  providers?: ('paypal' | 'flutterwave')[];
  /** Hears all the server writes. */
  output?: (chunk: string) => void;
}

const WEBHOOK_SECRET = 'whsec_of_the_tests';
const WEBHOOK_ID = 'WH-OF-THE-TESTS';
const SECRET_HASH = 'hash-of-the-tests';

export async function startServer({
  demo = false,
  env: extra = {},
  providers = [],
  output,
}: ServerOptions = {}): Promise<TestServer> {
  const connection = await freshDatabase(demo);
  const name = connection['DB_DATABASE'] ?? '';
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const emulator = await startStripeEmulator({
    port: 0,
    webhook_url: `${url}/webhooks/stripe`,
    webhook_secret: WEBHOOK_SECRET,
    retry_ms: 100,
  });
  const paypal = providers.includes('paypal')
    ? await startPayPalEmulator({
        port: 0,
        webhook_url: `${url}/webhooks/paypal`,
        webhook_id: WEBHOOK_ID,
        retry_ms: 100,
      })
    : null;
  const flutterwave = providers.includes('flutterwave')
    ? await startFlutterwaveEmulator({
        port: 0,
        webhook_url: `${url}/webhooks/flutterwave`,
        secret_hash: SECRET_HASH,
        retry_ms: 100,
      })
    : null;
  const inbox = await startInbox({ smtp_port: 0, http_port: 0 });
  const folder = join(tmpdir(), `kontor-${name}`);
  const uploads = join(folder, 'uploads');
  mkdirSync(uploads, { recursive: true });
  if (demo) cpSync(DEMO_UPLOADS, uploads, { recursive: true });
  const payments: Settings = {
    STRIPE_SECRET_KEY: 'sk_test_tests',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_URL: emulator.url,
    ...(paypal && {
      PAYPAL_CLIENT_ID: 'tests',
      PAYPAL_CLIENT_SECRET: 'secret-of-the-tests',
      PAYPAL_WEBHOOK_ID: WEBHOOK_ID,
      PAYPAL_API_URL: paypal.url,
    }),
    ...(flutterwave && {
      FLUTTERWAVE_SECRET_KEY: 'FLWSECK_TEST-tests',
      FLUTTERWAVE_SECRET_HASH: SECRET_HASH,
      FLUTTERWAVE_API_URL: flutterwave.url,
    }),
  };
  const env = testEnvironment(connection, {
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: url,
    TEMP_PATH: join(folder, 'temp'),
    STORAGE_LOCAL_ROOT: uploads,
    EMAIL_SMTP_HOST: '127.0.0.1',
    EMAIL_SMTP_PORT: String(inbox.smtp_port),
    ...payments,
    ...extra,
  });
  const db = openDatabase(connection, { min: 0, max: 10 });
  const shop = makeShop({
    db,
    env: readEnv({ ...TEST_SETTINGS, ...payments, ...extra }),
    log: SILENT,
    payments: paymentProviders,
    vat_check: vatCheck,
    shipping_rates: httpShippingRates,
    search: meilisearch,
  });
  const server: TestServer = {
    url,
    admin_token: TEST_SETTINGS['ADMIN_TOKEN'] ?? '',
    shop,
    db,
    env,
    emulator,
    paypal,
    flutterwave,
    inbox,
    directus: await startDirectus(env, output),
    async restart(signal = 'SIGKILL') {
      await server.directus.stop(signal);
      server.directus = await startDirectus(env, output);
    },
    async stop() {
      await server.directus.stop();
      for (const each of [emulator, paypal, flutterwave]) await each?.close();
      await inbox.stop();
      await db.destroy();
      await dropDatabase(connection, name);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return server;
}
