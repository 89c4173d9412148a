/** What staff book into the ledger of stock, and what the database refuses whoever writes past it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  adjustStock,
  type AdjustmentReason,
} from '../../extensions/commerce-api/src/inventory/adjust-stock.ts';
import { countStock } from '../../extensions/commerce-api/src/inventory/count-stock.ts';
import { mainLocation } from '../../extensions/commerce-api/src/inventory/main-location.ts';
import { readLedger } from '../../extensions/commerce-api/src/inventory/read-ledger.ts';
import { transferStock } from '../../extensions/commerce-api/src/inventory/transfer-stock.ts';
import {
  brokenConstraint,
  inTransaction,
  row,
  rows,
} from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aVariant, stockOf } from '../support/factories.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { aBundle, aLocation, anOrderOf, levelAt, locationOf, putAt, sell } from '../support/stock.ts';

let fresh: FreshShop;
let shop: Shop;
beforeAll(async () => {
  fresh = await freshShop();
  shop = fresh.shop;
});
afterAll(() => fresh.stop());

describe('staff', () => {
  test.each<[AdjustmentReason | undefined, number, string]>([
    [undefined, 2, 'adjustment'],
    ['received', 2, 'received'],
    ['found', 1, 'found'],
    ['damaged', -1, 'damaged'],
    ['lost', -1, 'lost'],
    ['sold_elsewhere', -2, 'sold_elsewhere'],
    ['count', -1, 'count'],
    ['count', 1, 'count'],
  ])('book goods as %s: %i units', async (reason, delta, written) => {
    const variant = await aVariant(shop, { on_hand: 5 });
    const location = await locationOf(shop, variant);
    expect(await adjustStock(shop, { variant, location, delta, reason, note: 'Why' }, null)).toEqual({
      on_hand: 5 + delta,
      reserved: 0,
    });
    const { movements } = await readLedger(shop, { variant, page: 1, limit: 1 });
    expect(movements).toMatchObject([{ reason: written, delta_on_hand: delta, note: 'Why' }]);
  });

  test.each<[AdjustmentReason, number]>([
    ['received', -1],
    ['found', -1],
    ['damaged', 1],
    ['lost', 1],
    ['sold_elsewhere', 1],
    ['count', 0],
    ['adjustment', 1_000_001],
  ])('cannot book goods as %s with %i units', async (reason, delta) => {
    const variant = await aVariant(shop);
    const location = await locationOf(shop, variant);
    await expect(adjustStock(shop, { variant, location, delta, reason }, null)).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      extensions: { path: 'delta' },
    });
  });

  test('cannot take out what orders hold', async () => {
    const variant = await aVariant(shop, { on_hand: 5 });
    await anOrderOf(shop, { variant, quantity: 4 });
    const location = await locationOf(shop, variant);
    await expect(
      adjustStock(shop, { variant, location, delta: -2, reason: 'lost' }, null),
    ).rejects.toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      extensions: { requested: 2, available: 1 },
    });
  });

  test('book a delivery that covers only a part of what is owed', async () => {
    const variant = await aVariant(shop, { on_hand: 0, allow_backorder: true });
    await sell(shop, await anOrderOf(shop, { variant, quantity: 5 }));
    const location = await locationOf(shop, variant);
    expect(await adjustStock(shop, { variant, location, delta: 2, reason: 'received' }, null)).toEqual({
      on_hand: -3,
      reserved: 0,
    });
  });

  test('count more than was known though orders are owed more, but not less than orders hold', async () => {
    const variant = await aVariant(shop, { on_hand: 2, allow_backorder: true });
    await anOrderOf(shop, { variant, quantity: 5 });
    const location = await locationOf(shop, variant);
    const count = (on_hand: number) =>
      inTransaction(shop.db, (trx) => countStock(trx, location, [{ variant, on_hand }], { reason: 'count' }));
    expect(await count(4)).toEqual(new Set());
    expect(await count(3)).toEqual(new Set([variant]));
    expect(await levelAt(shop, location, variant)).toBe('4/5');
  });

  test('book goods at a location that kept none, and where nothing says where, at the first one', async () => {
    const variant = await aVariant(shop, { on_hand: 1 });
    const shelf = await aLocation(shop);
    await adjustStock(shop, { variant, location: shelf.toUpperCase(), delta: 3 }, null);
    expect(await levelAt(shop, shelf, variant)).toBe('3/0');
    expect(await mainLocation(shop)).toBe(await locationOf(shop, await aVariant(shop)));
  });

  test.each(['variant', 'location'])('are told when the %s does not exist', async (unknown) => {
    const variant = await aVariant(shop);
    const known = { variant, location: await locationOf(shop, variant) };
    await expect(
      adjustStock(shop, { ...known, [unknown]: randomUUID(), delta: 1 }, null),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('move goods between locations, both movements under one transfer', async () => {
    const [mug, pot] = [await aVariant(shop, { on_hand: 5 }), await aVariant(shop, { on_hand: 5 })];
    const [from, to] = [await locationOf(shop, mug), await aLocation(shop)];
    const lines = [
      { variant: mug, quantity: 2 },
      { variant: pot, quantity: 5 },
      { variant: mug, quantity: 1 },
    ];
    const { transfer } = await transferStock(shop, { from, to, lines, note: 'Summer' }, null);
    expect([await levelAt(shop, from, mug), await levelAt(shop, to, mug)]).toEqual(['2/0', '3/0']);
    expect([await levelAt(shop, from, pot), await levelAt(shop, to, pot)]).toEqual(['0/0', '5/0']);
    const movements = await rows<{ reason: string }>(
      shop.db,
      'select reason, note from stock_movements where transfer = ?',
      [transfer],
    );
    expect(movements).toEqual(Array.from({ length: 4 }, () => ({ reason: 'transfer', note: 'Summer' })));
  });

  test('cannot move what orders hold there, nor half of what they ask', async () => {
    const [mug, pot] = [await aVariant(shop, { on_hand: 5 }), await aVariant(shop, { on_hand: 5 })];
    const [from, to] = [await locationOf(shop, mug), await aLocation(shop)];
    await anOrderOf(shop, { variant: pot, quantity: 3 });
    const lines = [
      { variant: mug, quantity: 2 },
      { variant: pot, quantity: 3 },
    ];
    await expect(transferStock(shop, { from, to, lines }, null)).rejects.toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      extensions: { variant: pot, requested: 3, available: 2 },
    });
    expect(await levelAt(shop, to, mug)).toBe('none');
  });

  test('cannot move goods to where they are, from where they never were, or to nowhere', async () => {
    const variant = await aVariant(shop, { on_hand: 5 });
    const [here, empty] = [await locationOf(shop, variant), await aLocation(shop)];
    const move = (from: string, to: string) =>
      transferStock(shop, { from, to, lines: [{ variant, quantity: 1 }] }, null);
    await expect(move(here, here.toUpperCase())).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      extensions: { path: 'to' },
    });
    await expect(move(empty, here)).rejects.toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      extensions: { available: 0 },
    });
    await expect(move(here, randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('read a ledger page by page, newest first, of one location or all', async () => {
    const variant = await aVariant(shop, { on_hand: 5 });
    const [here, there] = [await locationOf(shop, variant), await aLocation(shop)];
    for (const delta of [1, 2, 3]) await putAt(shop, there, variant, delta);
    const order = await anOrderOf(shop, { variant, quantity: 1 });
    const first = await readLedger(shop, { variant, page: 1, limit: 3 });
    const second = await readLedger(shop, { variant, page: 2, limit: 3 });
    expect(first.total).toBe(5);
    expect(first.movements.map((each) => each.delta_on_hand)).toEqual([0, 3, 2]);
    expect(first.movements[0]).toMatchObject({
      order,
      order_number: `T-${order.slice(0, 13)}`,
      delta_reserved: 1,
    });
    expect(second.movements.map((each) => each.reason)).toEqual(['adjustment', 'initial']);
    expect((await readLedger(shop, { variant, location: there, page: 1, limit: 9 })).total).toBe(3);
    expect((await readLedger(shop, { variant, location: here, page: 1, limit: 9 })).total).toBe(2);
  });
});

describe('the database', () => {
  const refused = async (sql: string, bindings: unknown[]) => {
    const error: unknown = await rows(shop.db, sql, bindings).catch((reason: unknown) => reason);
    return brokenConstraint(error);
  };

  test.each<[string, string, string]>([
    [
      'counts written past the ledger',
      'update stock_levels set on_hand = on_hand + 1 where variant = ?',
      'stock_levels_ledger',
    ],
    [
      'promises written past the ledger',
      'update stock_levels set reserved = 0 where variant = ?',
      'stock_levels_ledger',
    ],
    [
      'a level that begins with stock',
      `insert into stock_levels (variant, location, on_hand) select ?, id, 5 from stock_locations where code = 'empty'`,
      'stock_levels_ledger',
    ],
    [
      'a level that moves to another location',
      `update stock_levels set location = (select id from stock_locations where code = 'empty') where variant = ?`,
      'stock_levels_ledger',
    ],
    [
      'a level that goes while its ledger stays',
      'delete from stock_levels where variant = ?',
      'stock_levels_ledger',
    ],
    [
      'a movement without a level',
      `insert into stock_movements (variant, location, delta_on_hand, reason) select ?, id, 1, 'found' from stock_locations where code = 'empty'`,
      'stock_movements_level_foreign',
    ],
    [
      'a movement that changes',
      'update stock_movements set delta_on_hand = 9 where variant = ?',
      'stock_movements_append_only',
    ],
    ['a movement that goes', 'delete from stock_movements where variant = ?', 'stock_movements_append_only'],
    [
      'more promised than there is',
      `insert into stock_movements (variant, location, delta_reserved, reason) select variant, location, 99, 'reservation' from stock_levels where variant = ?`,
      'stock_levels_available_check',
    ],
  ])('refuses %s', async (_, sql, constraint) => {
    await shop.db.raw(
      `insert into stock_locations (name, code, priority) values ('Empty', 'empty', -1) on conflict do nothing`,
    );
    const variant = await aVariant(shop, { on_hand: 5 });
    await anOrderOf(shop, { variant, quantity: 1 });
    expect(await refused(sql, [variant])).toBe(constraint);
    const count = { on_hand: 5, reserved: 1 };
    expect(await stockOf(shop, variant)).toEqual({ level: count, ledger: count });
  });

  test('lets a level without a ledger go, and a mark be written', async () => {
    const variant = await aVariant(shop, { on_hand: 0 });
    await shop.db.raw('update stock_levels set low_stock_at = 3 where variant = ?', [variant]);
    await shop.db.raw('delete from stock_levels where variant = ?', [variant]);
  });

  test('keeps debts over all locations within the backorder limit', async () => {
    const variant = await aVariant(shop, { on_hand: 0, allow_backorder: true, backorder_limit: 3 });
    const other = await aLocation(shop);
    await putAt(shop, other, variant, 1);
    const owe = `insert into stock_movements (variant, location, delta_reserved, reason) select variant, location, ?, 'reservation' from stock_levels where variant = ? and on_hand = ?`;
    await rows(shop.db, owe, [2, variant, 0]);
    expect(await refused(owe, [3, variant, 1])).toBe('stock_levels_available_check');
    await rows(shop.db, owe, [2, variant, 1]);
    await rows(
      shop.db,
      `insert into stock_movements (variant, location, delta_reserved, reason) select variant, location, -reserved, 'release' from stock_levels where variant = ?`,
      [variant],
    );
  });

  test('records what turns a bundle’s and a backordered product’s "in stock"', async () => {
    const mug = await aVariant(shop, { on_hand: 4 });
    const set = await aBundle(shop, { [mug]: 3 });
    const productOf = async (variant: string) =>
      (await row<{ product: string }>(shop.db, 'select product from product_variants where id = ?', [
        variant,
      ]))!.product;
    const recorded = async (work: () => Promise<unknown>, variant: string) => {
      await shop.db.raw('delete from commerce.catalog_changes');
      await work();
      const found = await rows(
        shop.db,
        `select id from commerce.catalog_changes where collection = 'products' and item = ?`,
        [await productOf(variant)],
      );
      return found.length > 0;
    };
    expect(await recorded(() => anOrderOf(shop, { variant: mug, quantity: 1 }), set)).toBe(false);
    expect(await recorded(() => anOrderOf(shop, { variant: mug, quantity: 1 }), set)).toBe(true);
    expect(await recorded(() => anOrderOf(shop, { variant: mug, quantity: 1 }), mug)).toBe(false);
    const later = await aVariant(shop, { on_hand: 0, allow_backorder: true, backorder_limit: 1 });
    expect(await recorded(() => anOrderOf(shop, { variant: later, quantity: 1 }), later)).toBe(true);
    expect(
      await recorded(() => shop.db('bundle_items').where({ bundle: set }).update({ quantity: 2 }), set),
    ).toBe(true);
  });

  test('records that a location opens or closes, which turns "in stock" too', async () => {
    const location = await aLocation(shop);
    await shop.db.raw('update stock_locations set active = false where id = ?', [location]);
    const recorded = await rows(
      shop.db,
      `select action from commerce.catalog_changes where collection = 'stock_locations' and item = ? order by id`,
      [location],
    );
    expect(recorded).toEqual([{ action: 'insert' }, { action: 'update' }]);
  });
});

test('after all of it the books are sound', () => expectSoundBooks(shop));
