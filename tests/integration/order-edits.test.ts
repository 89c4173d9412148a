/** Orders that staff edit after they were placed: what is in them, what it costs, and the stock that follows. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCode } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { shipOrder } from '../../extensions/commerce-api/src/orders/ship-order.ts';
import { inTransaction, insertRows, row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { expectSoundBooks } from '../support/books.ts';
import { edit, eventsOf, orderLines, totalsOf, wholeBooks } from '../support/edits.ts';
import { ADDRESS, aReadyCart, aShippingMethod, aVariant, place, stockOf } from '../support/factories.ts';
import { orderDesk, outcomesOf, progressOfOrder, type OrderDesk } from '../support/paid-orders.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { aBundle } from '../support/stock.ts';

let fresh: FreshShop;
let desk: OrderDesk;
let method: string;
beforeAll(async () => {
  fresh = await freshShop();
  method = await aShippingMethod(fresh.shop);
  desk = await orderDesk(fresh.shop);
  await inTransaction(fresh.shop.db, async (trx) => {
    const standard = await row<{ id: string }>(trx, `select id from tax_classes where code = 'standard'`);
    const tax = { tax_class: standard!.id, country: 'US', name: 'Sales tax' };
    await insertRows(trx, 'tax_rates', [
      { ...tax, region: 'TX', rate_ppm: 100_000 },
      { ...tax, region: 'NY', rate_ppm: 80_000 },
      { ...tax, region: 'OK', rate_ppm: 100_000 },
    ]);
  });
});
afterAll(() => fresh.stop());

const levelOf = async (variant: string) => (await stockOf(fresh.shop, variant)).level;

async function aPromotion(promotion: Record<string, unknown> = {}): Promise<{ id: string; code: string }> {
  const id = randomUUID();
  const code = `CODE-${id.slice(0, 8)}`.toUpperCase();
  const tenth = { name: 'A tenth off', status: 'active', kind: 'percentage', value_ppm: 100_000 };
  await inTransaction(fresh.shop.db, (trx) =>
    insertRows(trx, 'promotions', [{ id, code, requires_code: true, ...tenth, ...promotion }]),
  );
  return { id, code };
}

/** An order of three of a variant at 10.00, a tenth off by a code. */
async function aDiscountedOrder(promotion: Record<string, unknown> = {}) {
  const { shop } = fresh;
  const variant = await aVariant(shop);
  const { id, code } = await aPromotion(promotion);
  const cart = await aReadyCart(shop, method, [{ variant, quantity: 3 }]);
  const { quote } = await addCode(shop, cart.id, cart.holder, code);
  const { order } = await place(shop, { ...cart, total_minor: quote.total_minor });
  return { order, variant, promotion: id };
}

const usedOf = (promotion: string) =>
  row(
    fresh.shop.db,
    `select p.budget_used_minor as budget, p.usage_count as uses, r.amount_minor as redeemed
     from promotions p join promotion_redemptions r on r.promotion = p.id where p.id = ?`,
    [promotion],
  );

describe('an unpaid order', () => {
  test('takes quantities, additions and removals at once, and its stock and payment follow', async () => {
    const { shop } = fresh;
    const { order, variants } = await desk.anOrder([2, 1]);
    const [first, second] = variants as [string, string];
    const third = await aVariant(shop, { price_minor: 700 });
    const answer = await edit(shop, order.id, { set: { [first]: 3, [second]: 0 }, add: { [third]: 2 } });

    // 3 × 10.00 + 2 × 7.00, a tenth of tax on it and on 5.00 of shipping.
    expect(await totalsOf(shop, order.id)).toEqual({
      subtotal_minor: 4400,
      discount_minor: 0,
      shipping_minor: 500,
      tax_minor: 490,
      total_minor: 5390,
    });
    expect(answer).toMatchObject({
      dry_run: false,
      difference_minor: 5390 - order.total_minor,
      settlement: { kind: 'payment', amount_minor: 5390 },
      order: { total_minor: 5390, payable_minor: 5390, payment_status: 'pending' },
    });
    expect(answer.order.tax_summary).toEqual([
      { name: 'Sales tax', rate_ppm: 100_000, taxable_minor: 4900, tax_minor: 490 },
    ]);
    expect(await orderLines(shop, order.id)).toMatchObject([
      { variant: first, quantity: 3, subtotal_minor: 3000, tax_minor: 300, total_minor: 3300 },
      { variant: third, quantity: 2, subtotal_minor: 1400, tax_minor: 140, total_minor: 1540 },
    ]);
    expect([await levelOf(first), await levelOf(second), await levelOf(third)]).toEqual([
      { on_hand: 7, reserved: 3 },
      { on_hand: 6, reserved: 0 },
      { on_hand: 10, reserved: 2 },
    ]);
    const payments = await rows(
      shop.db,
      'select status, amount_minor from payments where "order" = ? order by created_at',
      [order.id],
    );
    expect(payments).toEqual([
      { status: 'cancelled', amount_minor: order.total_minor },
      { status: 'pending', amount_minor: 5390 },
    ]);
  });

  test('says in its timeline what was changed, and tells the shopper', async () => {
    const { shop } = fresh;
    const { order, variants } = await desk.anOrder([2]);
    await edit(shop, order.id, { set: { [variants[0]!]: 1 }, reason: 'One was too many' });
    const event = await row<{ message: string; data: Record<string, unknown>; actor_kind: string }>(
      shop.db,
      `select message, data, actor_kind from order_events where "order" = ? and kind = 'edited'`,
      [order.id],
    );
    expect(event).toMatchObject({
      message: 'One was too many',
      actor_kind: 'staff',
      data: { lines: [{ from: 2, to: 1 }], total_minor: { from: order.total_minor, to: 1650 } },
    });
    const mails = await rows(
      shop.db,
      `select j.payload ->> 'template' as template from graphile_worker._private_jobs j
       where j.payload ->> 'order' = ? and j.payload ->> 'template' is not null order by j.id`,
      [order.id],
    );
    expect(mails).toEqual([{ template: 'order-edited' }]);
  });

  test('keeps the price that was agreed for what it holds, and takes the price of now for what is added', async () => {
    const { shop } = fresh;
    const { order, variants } = await desk.anOrder([1]);
    const [variant] = variants as [string];
    await row(shop.db, 'update product_variants set price_minor = 2000 where id = ?', [variant]);
    await edit(shop, order.id, { set: { [variant]: 2 }, add: { [variant]: 1 } });
    expect(await orderLines(shop, order.id)).toMatchObject([
      { quantity: 2, unit_price_minor: 1000 },
      { quantity: 1, unit_price_minor: 2000 },
    ]);
  });

  test('keeps its discount per unit, and the promotion’s budget follows', async () => {
    const { shop } = fresh;
    const { order, variant, promotion } = await aDiscountedOrder({ budget_minor: 350, currency: 'USD' });
    const before = await orderLines(shop, order.id);
    expect(await usedOf(promotion)).toEqual({ budget: 300, uses: 1, redeemed: 300 });
    await edit(shop, order.id, { set: { [variant]: 1 } });
    expect(await orderLines(shop, order.id)).toMatchObject([{ quantity: 1, discount_minor: 100 }]);
    expect(await usedOf(promotion)).toEqual({ budget: 100, uses: 1, redeemed: 100 });
    await expect(edit(shop, order.id, { set: { [variant]: 4 } })).rejects.toMatchObject({
      code: 'EDIT_REFUSED',
      extensions: { reason: 'budget_exhausted' },
    });
    await edit(shop, order.id, { set: { [variant]: 3 } });
    expect(await orderLines(shop, order.id)).toEqual(before);
    expect(await usedOf(promotion)).toEqual({ budget: 300, uses: 1, redeemed: 300 });
    expect((await totalsOf(shop, order.id))['total_minor']).toBe(order.total_minor);
  });

  test('gives a line’s discount back to its promotion when the line goes; what joins gets none', async () => {
    const { shop } = fresh;
    const { order, variant, promotion } = await aDiscountedOrder();
    const other = await aVariant(shop);
    await edit(shop, order.id, { set: { [variant]: 0 }, add: { [other]: 1 } });
    expect(await orderLines(shop, order.id)).toMatchObject([{ variant: other, discount_minor: 0 }]);
    expect(await usedOf(promotion)).toEqual({ budget: 0, uses: 1, redeemed: 0 });
  });

  test('swaps the last units of what is sold out elsewhere', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop, { on_hand: 2 });
    const { order } = await place(shop, await aReadyCart(shop, method, [{ variant, quantity: 2 }]));
    await edit(shop, order.id, { set: { [variant]: 0 }, add: { [variant]: 2 } });
    expect(await levelOf(variant)).toEqual({ on_hand: 2, reserved: 2 });
  });
});

describe('a paid order', () => {
  test('takes more from stock and puts back what is taken out', async () => {
    const { shop } = fresh;
    const { order, variants } = await desk.aPaidOrder([2, 1]);
    const [first, second] = variants as [string, string];
    expect(await levelOf(first)).toEqual({ on_hand: 5, reserved: 0 });
    await edit(shop, order.id, { set: { [first]: 4, [second]: 0 } });
    expect([await levelOf(first), await levelOf(second)]).toEqual([
      { on_hand: 3, reserved: 0 },
      { on_hand: 6, reserved: 0 },
    ]);
  });

  test('moves the parts of bundles, as many as were sold with one', async () => {
    const { shop } = fresh;
    const part = await aVariant(shop, { on_hand: 20 });
    const bundle = await aBundle(shop, { [part]: 3 });
    const { order } = await desk.aPaidOrderOf([bundle]);
    expect(await levelOf(part)).toEqual({ on_hand: 14, reserved: 0 });
    // The bundle has changed since; what was sold has not.
    await row(shop.db, 'update bundle_items set quantity = 5 where bundle = ?', [bundle]);
    await edit(shop, order.id, { set: { [bundle]: 3 } });
    expect(await levelOf(part)).toEqual({ on_hand: 11, reserved: 0 });
    await edit(shop, order.id, { set: { [bundle]: 1 } });
    expect(await levelOf(part)).toEqual({ on_hand: 17, reserved: 0 });
    await edit(shop, order.id, { add: { [bundle]: 1 } });
    expect(await levelOf(part)).toEqual({ on_hand: 12, reserved: 0 });
  });

  test('of which a part has left keeps what has left, and is shipped when the rest goes out of it', async () => {
    const { shop } = fresh;
    const { order, variants, lines } = await desk.aPaidOrder([3, 1]);
    const [first, second] = variants as [string, string];
    await shipOrder(shop, order.id, { lines: [{ order_line: lines[0]!.id, quantity: 2 }] }, null);
    await expect(edit(shop, order.id, { set: { [first]: 1 } })).rejects.toMatchObject({
      code: 'EDIT_REFUSED',
      extensions: { reason: 'below_kept', line: lines[0]!.id, at_least: 2 },
    });
    await edit(shop, order.id, { set: { [first]: 2, [second]: 0 } });
    expect(await progressOfOrder(shop, order.id)).toMatchObject({
      status: 'shipped',
      fulfilment_status: 'fulfilled',
    });
  });
});

describe('where it goes', () => {
  test('may change as long as the taxes are the same', async () => {
    const { shop } = fresh;
    const { order } = await desk.aPaidOrder([1]);
    const tulsa = { ...ADDRESS, city: 'Tulsa', region: 'OK', postal_code: '74103' };
    const answer = await edit(shop, order.id, { shipping_address: tulsa });
    expect(answer).toMatchObject({
      difference_minor: 0,
      settlement: { kind: 'none', amount_minor: 0 },
      order: { shipping_address: tulsa, total_minor: order.total_minor, payment_status: 'paid' },
    });
    const brooklyn = { ...ADDRESS, city: 'Brooklyn', region: 'NY', postal_code: '11201' };
    await expect(edit(shop, order.id, { shipping_address: brooklyn })).rejects.toMatchObject({
      code: 'EDIT_REFUSED',
      extensions: { reason: 'taxes_differ', path: 'shipping_address' },
    });
    const toronto = { ...ADDRESS, city: 'Toronto', region: 'ON', country: 'CA' };
    await expect(edit(shop, order.id, { shipping_address: toronto })).rejects.toMatchObject({
      extensions: { reason: 'not_served', path: 'shipping_address' },
    });
  });

  test('takes a corrected street even when the shipping method is no longer offered', async () => {
    const { shop } = fresh;
    const { order } = await desk.anOrder([1]);
    await row(
      shop.db,
      'update shipping_methods set active = false where id = (select shipping_method from orders where id = ?)',
      [order.id],
    );
    try {
      const corrected = { ...ADDRESS, line1: '2 Main St' };
      const answer = await edit(shop, order.id, { shipping_address: corrected });
      expect(answer.order.shipping_address).toEqual(corrected);
    } finally {
      await row(shop.db, 'update shipping_methods set active = true where not active');
    }
  });
});

describe('a dry run', () => {
  test('answers what the edit would do and changes nothing', async () => {
    const { shop } = fresh;
    const { order, variants } = await desk.aPaidOrder([3]);
    const other = await aVariant(shop, { price_minor: 300 });
    const wish = { set: { [variants[0]!]: 1 }, add: { [other]: 2 } };
    const before = await wholeBooks(shop);
    const rehearsed = await edit(shop, order.id, { ...wish, dry_run: true });
    expect(await wholeBooks(shop)).toEqual(before);
    const done = await edit(shop, order.id, wish);
    const known = ['difference_minor', 'settlement'] as const;
    for (const key of known) expect(rehearsed[key]).toEqual(done[key]);
    expect(rehearsed.order.total_minor).toBe(done.order.total_minor);
    expect(rehearsed.order.lines.map((line) => line.quantity)).toEqual([1, 2]);
  });

  test('is refused for the same reasons', async () => {
    const { shop } = fresh;
    const { order, variants } = await desk.aPaidOrder([3]);
    const wish = { set: { [variants[0]!]: 999 }, dry_run: true };
    await expect(edit(shop, order.id, wish)).rejects.toMatchObject({ code: 'INSUFFICIENT_STOCK' });
  });
});

describe('what is refused leaves everything as it was', () => {
  test.each([
    ['more than there is', { more: 100 }, { code: 'INSUFFICIENT_STOCK' }],
    ['the quantities it has', { same: true }, { code: 'EDIT_REFUSED', extensions: { reason: 'no_change' } }],
    ['nothing left', { less: true }, { code: 'EDIT_REFUSED', extensions: { reason: 'nothing_left' } }],
    ['an old version', { version: 0 }, { code: 'ORDER_CHANGED' }],
    ['a variant that is not for sale', { draft: true }, { code: 'NOT_FOR_SALE' }],
    ['a variant that does not exist', { unknown: true }, { code: 'NOT_FOR_SALE' }],
    [
      'a line of another order',
      { stranger: true },
      { code: 'EDIT_REFUSED', extensions: { reason: 'unknown_line' } },
    ],
  ])('%s', async (_name, kind: Record<string, unknown>, refusal) => {
    const { shop } = fresh;
    const { order, variants } = await desk.anOrder([2, 1]);
    const [first, second] = variants as [string, string];
    const draft = kind['draft'] ? await aVariant(shop, { status: 'draft' }) : randomUUID();
    const wish = {
      set: {
        [first]: kind['less'] ? 0 : kind['more'] ? 100 : kind['same'] ? 2 : 1,
        [second]: kind['less'] ? 0 : 1,
        ...(kind['stranger'] ? { [randomUUID()]: 1 } : {}),
      },
      ...(kind['draft'] || kind['unknown'] ? { add: { [draft]: 1 } } : {}),
      ...(kind['version'] === undefined ? {} : { version: -1 }),
    };
    const before = await wholeBooks(shop);
    await expect(edit(shop, order.id, wish)).rejects.toMatchObject(refusal);
    expect(await wholeBooks(shop)).toEqual(before);
  });

  test('an order that is cancelled, shipped or wholly refunded', async () => {
    const { shop } = fresh;
    const cancelled = await desk.anOrder([1]);
    await cancelOrder(shop, cancelled.order, { actor_kind: 'staff' });
    const shipped = await desk.aPaidOrder([1]);
    await shipOrder(shop, shipped.order.id, {}, null);
    for (const [{ order, variants }, reason] of [
      [cancelled, 'already_cancelled'],
      [shipped, 'already_shipped'],
    ] as const) {
      await expect(edit(shop, order.id, { set: { [variants[0]!]: 2 } })).rejects.toMatchObject({
        code: 'ORDER_NOT_EDITABLE',
        extensions: { reason },
      });
    }
  });

  test('goods that ship, into an order that ships nowhere', async () => {
    const { shop } = fresh;
    const download = await aVariant(shop, { kind: 'digital' });
    const { order } = await place(shop, await aReadyCart(shop, method, [{ variant: download, quantity: 1 }]));
    const parcel = await aVariant(shop);
    await expect(edit(shop, order.id, { add: { [parcel]: 1 } })).rejects.toMatchObject({
      code: 'EDIT_REFUSED',
      extensions: { reason: 'needs_shipping', variant: parcel },
    });
  });
});

describe('at the same time', () => {
  test('two staff edit one order: one is done, the other is told that it changed', async () => {
    const { shop } = fresh;
    for (let round = 0; round < 5; round += 1) {
      const { order, variants } = round % 2 === 0 ? await desk.anOrder([3]) : await desk.aPaidOrder([3]);
      const [variant] = variants as [string];
      const { version } = (await row<{ version: number }>(
        shop.db,
        'select version from orders where id = ?',
        [order.id],
      ))!;
      const results = await Promise.allSettled(
        [1, 2, 4, 5].map((quantity) => edit(shop, order.id, { set: { [variant]: quantity }, version })),
      );
      expect(outcomesOf(results).map((each) => each.split(' ')[0])).toEqual([
        'ORDER_CHANGED',
        'ORDER_CHANGED',
        'ORDER_CHANGED',
        'done',
      ]);
      const events = await eventsOf(shop, order.id);
      expect(events.filter((kind) => kind === 'edited')).toHaveLength(1);
    }
  });

  test('one edits while another ships: nothing that left is taken out', async () => {
    const { shop } = fresh;
    for (let round = 0; round < 5; round += 1) {
      const { order, variants, lines } = await desk.aPaidOrder([2, 1]);
      const results = await Promise.allSettled([
        edit(shop, order.id, { set: { [variants[0]!]: 0 } }),
        shipOrder(shop, order.id, { lines: [{ order_line: lines[0]!.id, quantity: 2 }] }, null),
      ]);
      expect(outcomesOf(results).filter((each) => each === 'done')).toHaveLength(1);
    }
  });

  test('one edits while another cancels: never both halves', async () => {
    const { shop } = fresh;
    for (let round = 0; round < 5; round += 1) {
      const { order, variants } = round % 2 === 0 ? await desk.anOrder([2]) : await desk.aPaidOrder([2]);
      const results = await Promise.allSettled([
        edit(shop, order.id, { set: { [variants[0]!]: 3 } }),
        cancelOrder(shop, order, { actor_kind: 'staff' }),
      ]);
      const { status } = await progressOfOrder(shop, order.id);
      const codes = results.flatMap((each) =>
        each.status === 'rejected' ? [(each.reason as { code: string }).code] : [],
      );
      expect(['cancelled', 'pending', 'processing']).toContain(status);
      expect(['', 'ORDER_CHANGED', 'ORDER_NOT_EDITABLE', 'ORDER_NOT_CANCELLABLE']).toContain(
        codes.join() || '',
      );
      expect(await levelOf(variants[0]!)).toEqual(
        {
          cancelled: { on_hand: 7, reserved: 0 },
          pending: { on_hand: 7, reserved: 3 },
          processing: { on_hand: 4, reserved: 0 },
        }[status as 'cancelled'],
      );
    }
  });
});

test('the books are sound after all of it', async () => {
  await fresh.drain();
  await expectSoundBooks(fresh.shop);
});
