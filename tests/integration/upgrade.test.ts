import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { describePlan, planUpgrade } from '../../scripts/commands/upgrade.ts';
import type { Settings } from '../../scripts/environment.ts';
import { dumpSchema } from '../../scripts/schema.ts';
import { setUpDatabase } from '../../scripts/setup.ts';
import { testEnvironment } from '../support/databases.ts';
import { aReadyCart, aShippingMethod, aVariant, place } from '../support/factories.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
let db: Knex;
let env: Settings;
beforeEach(async () => {
  fresh = await freshShop();
  ({ db } = fresh);
  env = testEnvironment(fresh.connection);
});
afterEach(() => fresh.stop());

const upgrade = () => setUpDatabase({ env, demo: false, progress: () => undefined });
const note = randomUUID();

/** As an earlier commit left it: without a column, an index and a permission of today, with a longer name and another rule. */
async function makeOlder(): Promise<void> {
  await db.raw('alter table products drop column subtitle');
  await db('directus_fields').where({ collection: 'products', field: 'subtitle' }).delete();
  await db('directus_fields')
    .where({ collection: 'products', field: 'name' })
    .update({ note: 'An earlier note.' });
  await db.raw('drop index products_newest_list');
  await db.raw(
    `select commerce.ensure_check('products', 'products_rating_count_check', 'rating_count >= -1')`,
  );
  await db('directus_permissions').where({ collection: 'products', action: 'read' }).delete();
  await db('commerce.setup_ledger')
    .whereIn('name', ['schema', 'SQL objects', 'access rules'])
    .update({ hash: 'older' });
}

/** A collection with a row that belongs to a product, a field on a table of ours, and a table Directus does not know. */
async function addMerchantsOwn(product: string): Promise<void> {
  await db.raw(`create table merchant_notes (
    id uuid primary key, text varchar(255), product uuid constraint merchant_notes_product_foreign references products (id))`);
  await db.raw('alter table products add column shelf_mark varchar(255)');
  await db.raw('create table erp_export (id serial primary key, body text)');
  await db('directus_collections').insert({ collection: 'merchant_notes', note: 'Our own' });
  await db('directus_fields').insert([
    { collection: 'merchant_notes', field: 'text', interface: 'input' },
    { collection: 'merchant_notes', field: 'product', special: 'm2o', interface: 'select-dropdown-m2o' },
    { collection: 'products', field: 'shelf_mark', interface: 'input' },
  ]);
  await db('directus_relations').insert({
    many_collection: 'merchant_notes',
    many_field: 'product',
    one_collection: 'products',
  });
  await db('merchant_notes').insert({ id: note, text: 'ask the supplier', product });
  await db('products').where({ id: product }).update({ shelf_mark: 'A-17' });
  await db('erp_export').insert({ body: 'kept' });
}

/** What must be the same afterwards, column by column. */
async function contents(): Promise<unknown> {
  const tables = [
    'product_variants',
    'stock_levels',
    'stock_movements',
    'carts',
    'orders',
    'order_lines',
    'order_events',
    'payments',
  ];
  const kept: Record<string, unknown> = {
    products: await db('products').select('id', 'name', 'slug', 'status', 'shelf_mark'),
  };
  for (const table of [...tables, 'merchant_notes', 'erp_export'])
    kept[table] = await db(table).select().orderBy('id');
  return kept;
}

async function anOrder(): Promise<string> {
  const variant = await aVariant(fresh.shop);
  const method = await aShippingMethod(fresh.shop);
  await place(fresh.shop, await aReadyCart(fresh.shop, method, [{ variant, quantity: 2 }]));
  const product = await row<{ product: string }>(db, 'select product from product_variants where id = ?', [
    variant,
  ]);
  return product?.product ?? '';
}

describe('upgrading a database that holds data', () => {
  test('brings what is missing and loses nothing', async () => {
    const product = await anOrder();
    const wanted = await dumpSchema(env);
    await addMerchantsOwn(product);
    await makeOlder();
    const before = await contents();

    expect(await upgrade()).toEqual(['schema', 'SQL objects', 'access rules']);

    expect(await contents()).toEqual(before);
    expect(await row(db, 'select text, product from merchant_notes')).toEqual({
      text: 'ask the supplier',
      product,
    });
    expect(await row(db, 'select subtitle, shelf_mark from products where id = ?', [product])).toEqual({
      subtitle: null,
      shelf_mark: 'A-17',
    });
    expect(
      await rows(db, `select 1 from directus_permissions where collection = 'products' and action = 'read'`),
    ).not.toEqual([]);
    expect(await row(db, `select to_regclass('products_newest_list') is not null as is_there`)).toEqual({
      is_there: true,
    });
    await expect(db('products').update({ rating_count: -1 })).rejects.toThrow('products_rating_count_check');
    const after = await dumpSchema(env);
    for (const own of ['collection: merchant_notes', 'field: shelf_mark']) expect(after).toContain(own);
    expect(linesMissing(wanted, after)).toEqual([]);
    expect((await planUpgrade(env)).steps).toEqual([]);
  });

  test('the plan names what will be added, changed and left alone, and does none of it', async () => {
    await addMerchantsOwn(await anOrder());
    await makeOlder();
    const schema = await dumpSchema(env);

    const plan = await planUpgrade(env);

    expect(plan.steps).toEqual(['schema', 'SQL objects', 'access rules']);
    expect(plan.schema?.adds).toEqual(['field products.subtitle']);
    expect(plan.schema?.changes).toEqual([
      expect.stringMatching(/^field products\.name: meta\.note "An earlier note\." → /),
    ]);
    expect(plan.schema?.keeps).toEqual(['collection merchant_notes', 'field products.shelf_mark']);
    expect(plan.access_changes).toBe(true);
    expect(describePlan(plan).join('\n')).toContain('+ field products.subtitle');
    expect(await dumpSchema(env)).toBe(schema);
    expect(
      await rows(db, `select 1 from directus_permissions where collection = 'products' and action = 'read'`),
    ).toEqual([]);
    expect((await planUpgrade(env)).steps).toEqual(plan.steps);
  });

  test('there is nothing to do for a database that is as it should be', async () => {
    const plan = await planUpgrade(env);
    expect(plan).toEqual({ steps: [], schema: null, access_changes: false });
    expect(describePlan(plan)).toEqual(['Nothing to do: the database is as it should be.']);
  });
});

function linesMissing(wanted: string, from: string): string[] {
  const there = new Set(from.split('\n'));
  return wanted.split('\n').filter((line) => !there.has(line));
}
