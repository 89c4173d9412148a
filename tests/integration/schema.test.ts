import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { findDrift } from '../../scripts/commands/drift.ts';
import { applySql } from '../../scripts/setup.ts';
import { testEnvironment } from '../support/databases.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
beforeAll(async () => {
  fresh = await freshShop();
});
afterAll(() => fresh.stop());

/** Every object the SQL files make, with its definition. */
function sqlObjects(): Promise<{ name: string; definition: string }[]> {
  return rows(
    fresh.db,
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
       where indrelid::regclass::text !~ '^pg_'
     union all
     select conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint where conrelid <> 0
     union all
     select tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
     union all
     select oid::regprocedure::text, prosrc from pg_proc where pronamespace = 'commerce'::regnamespace
     order by 1, 2`,
  );
}

describe('the data model', () => {
  test(
    'applied to an empty database, dumped and generated, is the one in git',
    { timeout: 180_000 },
    async () => {
      const drift = await findDrift(testEnvironment(inject('databases').connection), () => undefined);
      expect(drift).toEqual([]);
    },
  );

  test('the SQL files change nothing when they run again', async () => {
    const before = await sqlObjects();
    await applySql(fresh.db);
    expect(await sqlObjects()).toEqual(before);
    expect(before.length).toBeGreaterThan(200);
  });

  test('every foreign key has an index that begins with it', async () => {
    const without = await rows<{ foreign_key: string }>(
      fresh.db,
      `select c.conrelid::regclass || '.' || c.conname as foreign_key
       from pg_constraint c
       join pg_class t on t.oid = c.conrelid
       where c.contype = 'f' and t.relname !~ '^directus_'
         and t.relnamespace in ('public'::regnamespace, 'commerce'::regnamespace)
         and not exists (
           select from pg_index i where i.indrelid = c.conrelid and i.indpred is null
             and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
       order by 1`,
    );
    expect(without).toEqual([]);
  });

  test('no collection lacks what the generated API needs: a primary key of one column', async () => {
    const without = await rows(
      fresh.db,
      `select t.relname from pg_class t
       where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace and not exists (
         select from pg_constraint c where c.conrelid = t.oid and c.contype = 'p' and cardinality(c.conkey) = 1)`,
    );
    expect(without).toEqual([]);
  });
});

describe('amounts', () => {
  const LARGEST = Number.MAX_SAFE_INTEGER;

  test.each([0, -1, LARGEST, -LARGEST])('the bigint %s is read as a number', async (amount) => {
    expect(await row(fresh.db, 'select ?::bigint as amount', [amount])).toEqual({ amount });
  });

  test.each(['9007199254740992', '-9007199254740992'])('the bigint %s is refused', async (amount) => {
    await expect(row(fresh.db, 'select ?::bigint as amount', [amount])).rejects.toThrow(RangeError);
  });

  test('the connection is good for the next question after a refusal', async () => {
    const connection = await fresh.db.transaction();
    await expect(row(connection, `select '9007199254740993'::bigint as amount`)).rejects.toThrow(RangeError);
    expect(await row(connection, 'select 1::bigint as amount')).toEqual({ amount: 1 });
    await connection.rollback();
  });
});
