/** Stock in process, on a real database: what orders hold, sell and give back. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  deductStock,
  releaseStock,
  reserveStock,
} from '../../extensions/commerce-api/src/inventory/reserve-stock.ts';
import { restockLines } from '../../extensions/commerce-api/src/inventory/restock-lines.ts';
import { restockOrder } from '../../extensions/commerce-api/src/orders/restock-order.ts';
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
import {
  aBundle,
  aLocation,
  anOrderOf,
  giveUp,
  levelAt,
  lineIds,
  locationOf,
  putAt,
  sell,
  stockLines,
} from '../support/stock.ts';

let fresh: FreshShop;
let shop: Shop;
beforeAll(async () => {
  fresh = await freshShop();
  shop = fresh.shop;
});
afterAll(() => fresh.stop());

/** Statements of one piece of work, without those that open and close its transaction. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const seen: string[] = [];
  const note = ({ sql }: { sql: string }) => seen.push(sql);
  shop.db.on('query', note);
  try {
    await work();
  } finally {
    shop.db.removeListener('query', note);
  }
  return seen.filter((sql) => !/^(begin|commit|rollback)/i.test(sql)).length;
}

describe('an order', () => {
  test('holds, sells and frees any number of variants in two statements each', async () => {
    const variants = await Promise.all(Array.from({ length: 12 }, () => aVariant(shop)));
    const wanted = variants.map((variant) => ({ variant, quantity: 1 }));
    const [paid, given_up] = [await anOrderOf(shop), await anOrderOf(shop)];
    for (const order of [paid, given_up]) {
      const lines = await stockLines(shop.db, wanted);
      expect(await statementsOf(() => inTransaction(shop.db, (trx) => reserveStock(trx, order, lines)))).toBe(
        2,
      );
    }
    expect(await statementsOf(() => inTransaction(shop.db, (trx) => deductStock(trx, paid)))).toBe(2);
    expect(await statementsOf(() => inTransaction(shop.db, (trx) => releaseStock(trx, given_up)))).toBe(2);
    expect(await stockOf(shop, variants[0]!)).toEqual({
      level: { on_hand: 9, reserved: 0 },
      ledger: { on_hand: 9, reserved: 0 },
    });
  });

  test('is sold once and freed once, however often the job runs', async () => {
    const variant = await aVariant(shop, { on_hand: 5 });
    const [paid, given_up] = [
      await anOrderOf(shop, { variant, quantity: 2 }),
      await anOrderOf(shop, { variant, quantity: 1 }),
    ];
    await sell(shop, paid);
    await giveUp(shop, given_up);
    await inTransaction(shop.db, async (trx) => {
      await deductStock(trx, paid);
      await releaseStock(trx, paid);
      await deductStock(trx, given_up);
    });
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 3, reserved: 0 });
  });

  test('leaves whole from one location where one has everything', async () => {
    const [mug, pot] = [await aVariant(shop, { on_hand: 5 }), await aVariant(shop, { on_hand: 0 })];
    const [usual, other] = [await locationOf(shop, mug), await aLocation(shop, { priority: -1 })];
    for (const variant of [mug, pot]) await putAt(shop, other, variant, 3);
    await anOrderOf(shop, { variant: mug, quantity: 1 }, { variant: pot, quantity: 1 });
    expect(await levelAt(shop, usual, mug)).toBe('5/0');
    expect(await levelAt(shop, other, mug)).toBe('3/1');
    expect(await levelAt(shop, other, pot)).toBe('3/1');
  });

  test('takes nothing from a location that is closed', async () => {
    const variant = await aVariant(shop, { on_hand: 1 });
    await putAt(shop, await aLocation(shop, { priority: 9, active: false }), variant, 9);
    await expect(anOrderOf(shop, { variant, quantity: 2 })).rejects.toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      extensions: { variant, requested: 2, available: 1 },
    });
  });

  test('that is short names every variant with what could be had, and holds nothing', async () => {
    const later = { allow_backorder: true, backorder_limit: 2 };
    const [mug, pot] = [await aVariant(shop, { on_hand: 1 }), await aVariant(shop, { on_hand: 1, ...later })];
    const refusal = await anOrderOf(shop, { variant: mug, quantity: 2 }, { variant: pot, quantity: 4 }).catch(
      (error: unknown) => error,
    );
    const { shortages } = (refusal as { extensions: { shortages: { variant: string }[] } }).extensions;
    expect(shortages.find((each) => each.variant === mug)).toMatchObject({ requested: 2, available: 1 });
    expect(shortages.find((each) => each.variant === pot)).toMatchObject({ requested: 4, available: 3 });
    for (const variant of [mug, pot])
      expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 1, reserved: 0 });
  });

  test('is told which of its units are not there yet', async () => {
    const variant = await aVariant(shop, { on_hand: 2, allow_backorder: true, backorder_limit: null });
    const order = await anOrderOf(shop);
    const lines = await stockLines(shop.db, [{ variant, quantity: 5 }]);
    const owed = await inTransaction(shop.db, (trx) => reserveStock(trx, order, lines));
    expect(owed).toEqual(new Map([[variant, 3]]));
    await giveUp(shop, order);
  });

  test('gives back a part of what it holds when it is made smaller', async () => {
    const mug = await aVariant(shop, { on_hand: 9 });
    const set = await aBundle(shop, { [mug]: 2 });
    const order = await anOrderOf(shop, { variant: set, quantity: 3 });
    const less = await stockLines(shop.db, [{ variant: set, quantity: 1 }]);
    await inTransaction(shop.db, (trx) => releaseStock(trx, order, less));
    expect((await stockOf(shop, mug)).level).toEqual({ on_hand: 9, reserved: 4 });
    await giveUp(shop, order);
    expect((await stockOf(shop, mug)).level).toEqual({ on_hand: 9, reserved: 0 });
  });
});

describe('a bundle', () => {
  test('has no stock of its own: its parts are held, sold and put back', async () => {
    const [mug, pot] = [await aVariant(shop, { on_hand: 10 }), await aVariant(shop, { on_hand: 10 })];
    const manual = await aVariant(shop, { on_hand: 0, track_stock: false });
    const set = await aBundle(shop, { [mug]: 2, [pot]: 1, [manual]: 1 });
    const order = await anOrderOf(shop, { variant: set, quantity: 3 });
    const stock = async () =>
      Promise.all([mug, pot, manual].map(async (each) => (await stockOf(shop, each)).level));
    expect(await stock()).toEqual([
      { on_hand: 10, reserved: 6 },
      { on_hand: 10, reserved: 3 },
      { on_hand: 0, reserved: 0 },
    ]);
    await sell(shop, order);
    const [line] = await lineIds(shop, order);
    const units = await restockOrder(shop, order, { lines: [{ order_line: line!, quantity: 1 }] }, null);
    expect(units).toEqual({ units: 3 });
    expect(await stock()).toEqual([
      { on_hand: 6, reserved: 0 },
      { on_hand: 8, reserved: 0 },
      { on_hand: 0, reserved: 0 },
    ]);
  });

  test('whose parts have changed since gives back what was sold', async () => {
    const [mug, cup] = [await aVariant(shop, { on_hand: 5 }), await aVariant(shop, { on_hand: 5 })];
    const set = await aBundle(shop, { [mug]: 1 });
    const order = await anOrderOf(shop, { variant: set, quantity: 2 });
    await sell(shop, order);
    await shop.db.raw('update bundle_items set part = ? where bundle = ?', [cup, set]);
    const [line] = await lineIds(shop, order);
    await restockOrder(shop, order, { lines: [{ order_line: line!, quantity: 2 }] }, null);
    expect((await stockOf(shop, mug)).level?.on_hand).toBe(5);
    expect((await stockOf(shop, cup)).level?.on_hand).toBe(5);
  });

  test('cannot be a part of another, nor become a bundle while it is one', async () => {
    const [mug, pot] = [await aVariant(shop), await aVariant(shop)];
    const set = await aBundle(shop, { [mug]: 1 });
    const nest = (bundle: string, part: string) =>
      rows(shop.db, 'insert into bundle_items (bundle, part) values (?, ?)', [bundle, part]).catch(
        brokenConstraint,
      );
    expect(await nest(pot, set)).toBe('bundle_items_nested_check');
    expect(await nest(mug, pot)).toBe('bundle_items_nested_check');
  });
});

describe('goods that come back', () => {
  async function soldFromTwo(): Promise<{
    order: string;
    line: string;
    variant: string;
    first: string;
    second: string;
  }> {
    const variant = await aVariant(shop, { on_hand: 3 });
    const [first, second] = [await locationOf(shop, variant), await aLocation(shop, { priority: -1 })];
    await putAt(shop, second, variant, 4);
    const order = await anOrderOf(shop, { variant, quantity: 5 });
    await sell(shop, order);
    const [line] = await lineIds(shop, order);
    return { order, line: line!, variant, first, second };
  }
  const back = (order: string, order_line: string, quantity: number, location?: string) =>
    inTransaction(shop.db, (trx) =>
      restockLines(trx, { order, lines: [{ order_line, quantity }], reason: 'return', location }),
    );

  test('go to the locations they left from', async () => {
    const { order, line, variant, first, second } = await soldFromTwo();
    const left = [await levelAt(shop, first, variant), await levelAt(shop, second, variant)];
    expect(left.sort()).toEqual(['0/0', '2/0']);
    expect(await back(order, line, 5)).toBe(5);
    expect(await levelAt(shop, first, variant)).toBe('3/0');
    expect(await levelAt(shop, second, variant)).toBe('4/0');
  });

  test('go to another location when it is given, which may never have kept them', async () => {
    const { order, line, variant } = await soldFromTwo();
    const shelf = await aLocation(shop);
    expect(await back(order, line, 2, shelf)).toBe(2);
    expect(await levelAt(shop, shelf, variant)).toBe('2/0');
    expect(await back(order, line, 5)).toBe(3);
    expect((await stockOf(shop, variant)).level?.on_hand).toBe(7);
  });

  test('are never more than were sold, and nothing while the order only holds them', async () => {
    const { order, line, variant } = await soldFromTwo();
    expect(await back(order, line, 99)).toBe(5);
    expect(await back(order, line, 1)).toBe(0);
    expect((await stockOf(shop, variant)).level?.on_hand).toBe(7);
    const held = await anOrderOf(shop, { variant, quantity: 1 });
    const [held_line] = await lineIds(shop, held);
    expect(await back(held, held_line!, 1)).toBe(0);
  });

  test('are told in the ledger and the timeline, by whom and of which order', async () => {
    const { order, line } = await soldFromTwo();
    await restockOrder(
      shop,
      order,
      { lines: [{ order_line: line, quantity: 1 }], note: 'Parcel came back' },
      null,
    );
    const movement = await row(
      shop.db,
      `select reason, note, delta_on_hand from stock_movements where "order" = ? order by id desc limit 1`,
      [order],
    );
    expect(movement).toEqual({ reason: 'restock', note: 'Parcel came back', delta_on_hand: 1 });
    const event = await row(
      shop.db,
      `select kind, actor_kind from order_events where "order" = ? order by id desc limit 1`,
      [order],
    );
    expect(event).toEqual({ kind: 'restocked', actor_kind: 'staff' });
  });

  test.each<[string, (sold: { order: string; line: string }) => Promise<unknown>]>([
    ['a line of another order', ({ order }) => back(order, randomUUID(), 1)],
    ['a location that does not exist', ({ order, line }) => back(order, line, 1, randomUUID())],
    [
      'an order that does not exist',
      ({ line }) => restockOrder(shop, randomUUID(), { lines: [{ order_line: line, quantity: 1 }] }, null),
    ],
  ])('are refused for %s', async (_, ask) => {
    await expect(ask(await soldFromTwo())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('after all of it the books are sound', () => expectSoundBooks(shop));
