import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import { connectionOf, openDatabase, pendingSteps, setUpDatabase } from '../../scripts/setup.ts';
import type { Settings } from '../../scripts/environment.ts';
import { dropDatabase, testEnvironment } from '../support/databases.ts';
import { freshDatabase } from '../support/shop.ts';

const silent = () => undefined;

/** Lends a database and drops it afterwards. */
async function withDatabase(
  make: () => Promise<Settings>,
  work: (env: Settings) => Promise<void>,
): Promise<void> {
  const connection = await make();
  try {
    await work(testEnvironment(connection));
  } finally {
    await dropDatabase(connection, connection['DB_DATABASE'] ?? '');
  }
}

async function emptyDatabase(): Promise<Settings> {
  const { connection } = inject('databases');
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client(connectionOf(connection));
  await client.connect();
  await client.query(`create database "${name}"`);
  await client.end();
  return { ...connection, DB_DATABASE: name };
}

test('a second set-up runs no step, and says so at once', async () => {
  await withDatabase(
    () => freshDatabase(true),
    async (env) => {
      expect(await setUpDatabase({ env, demo: true, progress: silent })).toEqual([]);
      expect(await pendingSteps(env)).toEqual([]);
    },
  );
});

test('two set-ups of one database take turns', { timeout: 180_000 }, async () => {
  await withDatabase(emptyDatabase, async (env) => {
    const said: string[] = [];
    const runs = [1, 2].map(() => setUpDatabase({ env, demo: false, progress: (line) => said.push(line) }));
    const steps = await Promise.all(runs);
    expect(steps.map((each) => each.length).sort()).toEqual([0, 6]);
    expect(said.filter((line) => line.startsWith('Another process'))).toHaveLength(1);
  });
});

test('a change to the snapshot makes due what depends on it, and nothing else', async () => {
  await withDatabase(
    () => freshDatabase(false),
    async (env) => {
      const db = openDatabase(env);
      await db('commerce.setup_ledger')
        .whereIn('name', ['schema', 'SQL objects', 'access rules'])
        .update({ hash: 'older' });
      await db.destroy();
      expect(await setUpDatabase({ env, demo: false, progress: silent })).toEqual([
        'schema',
        'SQL objects',
        'access rules',
      ]);
      expect(await pendingSteps(env)).toEqual([]);
    },
  );
});

test('a set-up that was interrupted goes on where it stopped', { timeout: 180_000 }, async () => {
  await withDatabase(emptyDatabase, async (env) => {
    const interrupt = (line: string) => {
      if (/SQL objects …$/.test(line)) throw new Error('the power went out');
    };
    await expect(setUpDatabase({ env, demo: false, progress: interrupt })).rejects.toThrow(
      'the power went out',
    );
    const rest = ['SQL objects', 'jobs', 'access rules', 'reference data'];
    expect(await pendingSteps(env)).toEqual(rest);

    expect(await setUpDatabase({ env, demo: false, progress: silent })).toEqual(rest);
    const db = openDatabase(env);
    expect(await row(db, 'select count(*)::int as shops from shop_settings')).toEqual({ shops: 1 });
    await db.destroy();
  });
});

test(
  'an installation of Directus that was interrupted before its administrator is begun again',
  { timeout: 180_000 },
  async () => {
    await withDatabase(emptyDatabase, async (env) => {
      const db = openDatabase(env);
      await db.raw('create table directus_collections (collection varchar(64) primary key)');
      await db.raw('create table directus_users (id uuid primary key)');

      await setUpDatabase({ env, demo: false, progress: silent });

      expect(await row(db, 'select email from directus_users')).toEqual({ email: env['ADMIN_EMAIL'] });
      await db.destroy();
    });
  },
);

test('a step that fails leaves itself and what follows to be done', async () => {
  await withDatabase(
    () => freshDatabase(false),
    async (env) => {
      const db = openDatabase(env);
      await db('commerce.setup_ledger')
        .whereIn('name', ['access rules', 'reference data'])
        .update({ hash: 'older' });
      await db.raw('alter table directus_permissions rename to mislaid');
      await expect(setUpDatabase({ env, demo: false, progress: silent })).rejects.toThrow(
        'directus_permissions',
      );
      expect(await pendingSteps(env)).toEqual(['access rules', 'reference data']);
      await db.raw('alter table mislaid rename to directus_permissions');
      expect(await setUpDatabase({ env, demo: false, progress: silent })).toEqual([
        'access rules',
        'reference data',
      ]);
      await db.destroy();
    },
  );
});
