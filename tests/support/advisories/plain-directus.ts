/** Directus 11.17.4 as it comes, with a database of its own: no extension, no patch, every part of it switched on. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { runDirectus, startDirectus } from '../../../scripts/directus.ts';
import { startInbox } from '../../../scripts/emulators/inbox/inbox.ts';
import type { Settings } from '../../../scripts/environment.ts';
import { freePort } from '../../../scripts/postgres.ts';
import { openDatabase } from '../../../scripts/setup.ts';
import { cloneDatabase, dropDatabase, TEST_SETTINGS } from '../databases.ts';
import { asAdmin } from './requests.ts';
import type { Target } from './target.ts';

/** Of everybody, in any Directus. */
const PUBLIC_POLICY = 'abf8a154-5b1c-4a46-ac9c-7300570f4f17';

export async function startPlainDirectus(): Promise<{
  target: Target;
  stop: () => Promise<void>;
}> {
  const { connection } = inject('databases');
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
  await cloneDatabase(connection, 'template0', name);
  const database = { ...connection, DB_DATABASE: name };
  const folder = mkdtempSync(join(tmpdir(), 'plain-directus-'));
  const uploads = join(folder, 'uploads');
  for (const each of [uploads, join(folder, 'extensions')]) mkdirSync(each);
  const inbox = await startInbox({ smtp_port: 0, http_port: 0 });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = plainEnvironment(database, {
    PORT: String(port),
    PUBLIC_URL: url,
    EXTENSIONS_PATH: join(folder, 'extensions'),
    STORAGE_LOCAL_ROOT: uploads,
    TEMP_PATH: join(folder, 'temp'),
    EMAIL_TEMPLATES_PATH: join(folder, 'templates'),
    EMAIL_SMTP_PORT: String(inbox.smtp_port),
  });
  await runDirectus(['bootstrap'], env);
  const db = openDatabase(database);
  const directus = await startDirectus(env);
  const target: Target = {
    url,
    db,
    admin_token: TEST_SETTINGS['ADMIN_TOKEN'] ?? '',
    app_token: 'token-of-somebody',
    open_collection: 'news',
    closed_collection: 'secrets',
    closed_id: '1',
    patience_ms: 15_000,
    mails: () => inbox.messages().map(({ to, raw }) => ({ to: to.join(), text: raw })),
    isAlive: () => directus.process.exitCode === null && directus.process.signalCode === null,
  };
  await furnish(target);
  return {
    target,
    async stop() {
      await directus.stop('SIGKILL');
      await inbox.stop();
      await db.destroy();
      await dropDatabase(connection, name);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Directus' own defaults, but for the ways in that the advisories are about and that somebody has to switch on. */
function plainEnvironment(database: Settings, own: Settings): Settings {
  const { PATH = '', HOME = '' } = process.env;
  const {
    STOREFRONT_CACHE: _,
    RATE_LIMITS: __,
    DATABASE_URL: ___,
    MEILI_URL: ____,
    ...settings
  } = TEST_SETTINGS;
  return {
    PATH,
    HOME,
    ...settings,
    ...database,
    ...own,
    DB_CLIENT: 'pg',
    HOST: '127.0.0.1',
    NODE_OPTIONS: `--import=${new URL('unpatched.mjs', import.meta.url).href}`,
    EMAIL_TRANSPORT: 'smtp',
    EMAIL_SMTP_HOST: '127.0.0.1',
    EMAIL_VERIFY_SETUP: 'false',
    STORAGE_LOCATIONS: 'local',
    STORAGE_LOCAL_DRIVER: 'local',
    CACHE_ENABLED: 'true',
    TUS_ENABLED: 'true',
    WEBSOCKETS_ENABLED: 'true',
    WEBSOCKETS_REST_AUTH: 'public',
    WEBSOCKETS_GRAPHQL_AUTH: 'public',
  };
}

/** A collection for everybody, a closed one with a row, and somebody who may open the admin app and upload files. */
async function furnish(target: Target): Promise<void> {
  const ask = asAdmin(target);
  for (const collection of [target.open_collection, target.closed_collection]) {
    const id = { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true } };
    const title = { field: 'title', type: 'string', schema: {}, meta: {} };
    await ask('POST', '/collections', { collection, schema: {}, meta: {}, fields: [id, title] });
    await ask('POST', `/items/${collection}`, { title: 'a row' });
  }
  await ask('POST', '/permissions', {
    policy: PUBLIC_POLICY,
    collection: target.open_collection,
    action: 'read',
    fields: ['*'],
  });
  const policy = await ask('POST', '/policies', { name: 'App', app_access: true });
  const own = { policy: policy.data.id, collection: 'directus_files', fields: ['*'] };
  const ofNobodyElse = { permissions: { uploaded_by: { _eq: '$CURRENT_USER' } } };
  await ask('POST', '/permissions', { ...own, action: 'create' });
  await ask('POST', '/permissions', { ...own, action: 'read', ...ofNobodyElse });
  await ask('POST', '/permissions', { ...own, action: 'update', ...ofNobodyElse });
  const role = await ask('POST', '/roles', { name: 'App', policies: [{ policy: policy.data.id }] });
  await ask('POST', '/users', {
    email: 'somebody@example.com',
    role: role.data.id,
    token: target.app_token,
    status: 'active',
  });
}
