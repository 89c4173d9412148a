/** Whole checkouts against the stock of bundles, backorders and goods on the move. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transferStock } from '../../extensions/commerce-api/src/inventory/transfer-stock.ts';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aReadyCart, aShippingMethod, aVariant, place, stockOf } from '../support/factories.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { aBundle, aLocation, atOnce, locationOf, outcomes, putAt } from '../support/stock.ts';

let fresh: FreshShop;
let shop: Shop;
let method: string;
beforeAll(async () => {
  fresh = await freshShop();
  shop = fresh.shop;
  method = await aShippingMethod(shop);
});
afterAll(() => fresh.stop());

const cartsWith = (times: number, variant: string, quantity = 1) =>
  Promise.all(atOnce(times, () => aReadyCart(shop, method, [{ variant, quantity }])));
const checkOut = (carts: Awaited<ReturnType<typeof cartsWith>>) =>
  outcomes(carts.map((cart) => place(shop, cart)));

test('bundles and their part bought singly share what is there, to the unit', async () => {
  const mug = await aVariant(shop, { on_hand: 21 });
  const set = await aBundle(shop, { [mug]: 2 });
  const [sets, mugs] = [await cartsWith(15, set), await cartsWith(15, mug)];
  const [of_sets, of_mugs] = await Promise.all([checkOut(sets), checkOut(mugs)]);
  const reserved = 2 * (of_sets['done'] ?? 0) + (of_mugs['done'] ?? 0);
  for (const ended of [of_sets, of_mugs])
    expect((ended['done'] ?? 0) + (ended['INSUFFICIENT_STOCK'] ?? 0)).toBe(15);
  expect((await stockOf(shop, mug)).level).toEqual({ on_hand: 21, reserved });
  expect(21 - reserved).toBeLessThan((of_mugs['done'] ?? 0) < 15 ? 1 : 2);
});

test('no more is backordered than the limit, however many check out at once', async () => {
  const variant = await aVariant(shop, { on_hand: 2, allow_backorder: true, backorder_limit: 5 });
  expect(await checkOut(await cartsWith(25, variant))).toEqual({ done: 7, INSUFFICIENT_STOCK: 18 });
  expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 2, reserved: 7 });
});

test('goods on the move are sold once each', async () => {
  const variant = await aVariant(shop, { on_hand: 10 });
  const [here, there] = [await locationOf(shop, variant), await aLocation(shop)];
  await putAt(shop, there, variant, 10);
  const carts = await cartsWith(30, variant);
  const move = (from: string, to: string) =>
    transferStock(shop, { from, to, lines: [{ variant, quantity: 1 }] }, null);
  const [ended] = await Promise.all([
    checkOut(carts),
    outcomes(atOnce(16, (index) => (index % 2 ? move(here, there) : move(there, here)))),
  ]);
  expect(ended).toEqual({ done: 20, INSUFFICIENT_STOCK: 10 });
  expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 20, reserved: 20 });
});

test('an order remembers the parts it sold and when a preorder is announced for, and gives the parts back', async () => {
  const ships_at = new Date('2099-05-01T00:00:00Z');
  const mug = await aVariant(shop, { on_hand: 1, allow_backorder: true, preorder_ships_at: ships_at });
  const pot = await aVariant(shop, { on_hand: 5 });
  const set = await aBundle(shop, { [mug]: 2, [pot]: 1 });
  const [cart] = await cartsWith(1, set, 2);
  const { order } = await place(shop, cart!);
  const line = await row<{ parts: { variant: string; quantity: number }[]; ships_at: Date }>(
    shop.db,
    'select parts, ships_at from order_lines where "order" = ?',
    [order.id],
  );
  expect(line!.ships_at).toEqual(ships_at);
  expect(line!.parts.map(({ variant, quantity }) => [variant, quantity]).sort()).toEqual(
    [
      [mug, 2],
      [pot, 1],
    ].sort(),
  );
  expect((await stockOf(shop, mug)).level).toEqual({ on_hand: 1, reserved: 4 });
  await cancelOrder(shop, order, { actor_kind: 'customer' });
  expect((await stockOf(shop, mug)).level).toEqual({ on_hand: 1, reserved: 0 });
  expect((await stockOf(shop, pot)).level).toEqual({ on_hand: 5, reserved: 0 });
});

test('after all of it the books are sound', () => expectSoundBooks(shop));
