import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Knex } from 'knex';
import { applyAccess, policies } from '../../seeds/access/apply-access.ts';
import { presets } from '../../seeds/access/presets.ts';
import { POLICIES, PUBLIC_FOLDER, ROLES } from '../../seeds/access/ids.ts';
import { freshShop } from '../support/shop.ts';

let base: Awaited<ReturnType<typeof freshShop>>;
let db: Knex;

beforeAll(async () => {
  base = await freshShop();
  db = base.db;
});
beforeEach(() => applyAccess(db));
afterAll(() => base.stop());

test('applying the access rules again changes nothing', async () => {
  const before = await everything();
  expect(await applyAccess(db)).toEqual({ changed: false });
  expect(await everything()).toEqual(before);
});

test('two processes that apply the access rules at once leave one copy', async () => {
  await db('directus_permissions').where({ policy: POLICIES.customer }).delete();
  const results = await Promise.all([applyAccess(db), applyAccess(db)]);
  expect(results.map((result) => result.changed).sort()).toEqual([false, true]);
  const declared = policies.find((policy) => policy.id === POLICIES.customer)!.permissions.length;
  expect(await count('directus_permissions', { policy: POLICIES.customer })).toBe(declared);
});

test('a permission that somebody widened is put back', async () => {
  const orders = { policy: POLICIES.customer, collection: 'orders', action: 'read' };
  await db('directus_permissions').where(orders).update({ permissions: '{}', fields: '*' });
  expect(await applyAccess(db)).toEqual({ changed: true });
  const row = await db('directus_permissions').where(orders).first();
  expect(row.permissions).toEqual({ customer: { user: { _eq: '$CURRENT_USER' } } });
  expect(row.fields).not.toContain('*');
});

test('roles, policies, access and permissions that are no longer declared are removed', async () => {
  const role = '5b1c0001-0000-4000-8000-0000000000ff';
  const policy = '5b1c0002-0000-4000-8000-0000000000ff';
  await db('directus_roles').insert({ id: role, name: 'Gone' });
  await db('directus_policies').insert({ id: policy, name: 'Gone' });
  await db('directus_access').insert({ id: '5b1c0004-0000-4000-8000-0000000000ff', role, policy });
  await db('directus_permissions').insert({ policy, collection: 'orders', action: 'read', fields: '*' });
  await db('directus_permissions').insert({
    policy: POLICIES.customer,
    collection: 'stock_levels',
    action: 'read',
    fields: '*',
  });

  expect(await applyAccess(db)).toEqual({ changed: true });

  expect(await count('directus_roles', { id: role })).toBe(0);
  expect(await count('directus_policies', { id: policy })).toBe(0);
  expect(await count('directus_access', { role })).toBe(0);
  expect(await count('directus_permissions', { policy })).toBe(0);
  expect(await count('directus_permissions', { policy: POLICIES.customer, collection: 'stock_levels' })).toBe(
    0,
  );
});

test("a merchant's own role, their policy on our role and their public permissions stay", async () => {
  const own = {
    role: '10000000-0000-4000-8000-000000000001',
    policy: '10000000-0000-4000-8000-000000000002',
  };
  const access = '10000000-0000-4000-8000-000000000003';
  const PUBLIC_POLICY = 'abf8a154-5b1c-4a46-ac9c-7300570f4f17';
  await db('directus_roles').insert({ id: own.role, name: 'Bookkeeping' });
  await db('directus_policies').insert({ id: own.policy, name: 'Bookkeeping' });
  await db('directus_access').insert({ id: access, role: ROLES.order_staff, policy: own.policy });
  await db('directus_permissions').insert({
    policy: PUBLIC_POLICY,
    collection: 'blog',
    action: 'read',
    fields: '*',
  });

  expect(await applyAccess(db)).toEqual({ changed: false });

  expect(await count('directus_roles', { id: own.role })).toBe(1);
  expect(await count('directus_access', { id: access })).toBe(1);
  expect(await count('directus_permissions', { policy: PUBLIC_POLICY, collection: 'blog' })).toBe(1);
});

test('two-factor and address rules that a merchant puts on our policies stay', async () => {
  const rules = { enforce_tfa: true, ip_access: '192.0.2.0/24' };
  await db('directus_policies').where({ id: POLICIES.order_staff }).update(rules);
  expect(await applyAccess(db)).toEqual({ changed: false });
  expect(await db('directus_policies').where({ id: POLICIES.order_staff }).first()).toMatchObject(rules);
});

test('a bookmark that a merchant deleted or changed is not put back', async () => {
  const unpaid = { collection: 'orders', bookmark: 'Unpaid orders' };
  const toShip = { collection: 'orders', bookmark: 'To ship' };
  await db('directus_presets').where(unpaid).delete();
  await db('directus_presets')
    .where(toShip)
    .update({ filter: JSON.stringify({ _and: [] }) });
  expect(await applyAccess(db)).toEqual({ changed: false });
  expect(await count('directus_presets', unpaid)).toBe(0);
  expect((await db('directus_presets').where(toShip).first()).filter).toEqual({ _and: [] });
});

test('a bookmark of ours that is no longer declared goes, unless a merchant changed it', async () => {
  const { id: _, ...drafts } = await db('directus_presets')
    .where({ collection: 'products', bookmark: 'Drafts' })
    .first();
  const { hash } = await db('commerce.setup_ledger').where({ name: 'preset:products:Drafts' }).first();
  const asWritten = {
    ...drafts,
    layout_query: JSON.stringify(drafts.layout_query),
    filter: JSON.stringify(drafts.filter),
  };
  await db('directus_presets').insert({ ...asWritten, bookmark: 'Old' });
  await db('directus_presets').insert({ ...asWritten, bookmark: 'Old, changed', icon: 'star' });
  for (const bookmark of ['Old', 'Old, changed']) {
    await db('commerce.setup_ledger').insert({ name: `preset:products:${bookmark}`, hash });
  }

  expect(await applyAccess(db)).toEqual({ changed: true });

  expect(await count('directus_presets', { bookmark: 'Old' })).toBe(0);
  expect(await count('directus_presets', { bookmark: 'Old, changed' })).toBe(1);
  expect(await applyAccess(db)).toEqual({ changed: false });
});

test('settings a merchant changed, even back to what Directus ships, are left alone', async () => {
  const theirs = { project_name: 'Teehaus', storage_asset_transform: 'all' };
  await db('directus_settings').update(theirs);
  expect(await applyAccess(db)).toEqual({ changed: false });
  expect(await db('directus_settings').first()).toMatchObject(theirs);
});

test('the public folder comes back when somebody deleted it', async () => {
  await db('directus_files').where({ folder: PUBLIC_FOLDER }).update({ folder: null });
  await db('directus_folders').where({ parent: PUBLIC_FOLDER }).update({ parent: null });
  await db('directus_folders').where({ id: PUBLIC_FOLDER }).delete();
  expect(await applyAccess(db)).toEqual({ changed: true });
  expect(await count('directus_folders', { id: PUBLIC_FOLDER })).toBe(1);
});

test('every collection and field that a permission or a list names exists', async () => {
  const known = new Set<string>(
    (
      await db.raw(
        `select table_name as collection, column_name as field from information_schema.columns where table_schema = 'public'
         union select collection, field from directus_fields`,
      )
    ).rows.map((row: { collection: string; field: string }) => `${row.collection}.${row.field}`),
  );
  const named = [
    ...policies.flatMap((policy) =>
      policy.permissions.flatMap((each) => pathsOf(each.collection, each.fields ?? [])),
    ),
    ...presets.flatMap((preset) =>
      pathsOf(preset.collection, [...preset.fields, preset.sort.replace('-', '')]),
    ),
  ];
  // Aliases of Directus' own collections live in its code, not in the database.
  const aliases = ['directus_activity.revisions', 'directus_flows.operations'];
  const unknown = named.filter((path) => !known.has(path) && !aliases.includes(path));
  expect([...new Set(unknown)]).toEqual([]);
});

function pathsOf(collection: string, fields: readonly string[]): string[] {
  return fields.filter((field) => field !== '*').map((field) => `${collection}.${field.split('.')[0]}`);
}

async function count(table: string, where: Record<string, string>): Promise<number> {
  return Number((await db(table).where(where).count({ n: '*' }).first())!['n']);
}

async function everything(): Promise<unknown[]> {
  const tables = ['roles', 'policies', 'access', 'permissions', 'presets', 'settings', 'folders'].map(
    (name) => `directus_${name}`,
  );
  return Promise.all(tables.map((table) => db(table).orderBy('id')));
}
