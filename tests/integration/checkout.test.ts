/** Checkout, in process on a real database: what an order is made of, and what happens when many want the same. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addToCart, readCart } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { cancelOrder, expireOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { isKontorError } from '../../extensions/commerce-api/src/errors.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aReadyCart, aShippingMethod, aVariant, place, stockOf } from '../support/factories.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
let method: string;
beforeAll(async () => {
  fresh = await freshShop();
  method = await aShippingMethod(fresh.shop);
});
afterAll(() => fresh.stop());

const codeOf = (reason: unknown) => (isKontorError(reason) ? reason.code : String(reason));

/** How each of several parallel calls ended: `placed` or its error code, counted. */
async function outcomes(calls: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.allSettled(calls)) {
    const name = result.status === 'fulfilled' ? 'placed' : codeOf(result.reason);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('placing an order', () => {
  test('copies what was sold, reserves the stock and closes the cart', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop, { on_hand: 5, price_minor: 1250 });
    const cart = await aReadyCart(shop, method, [{ variant, quantity: 2 }]);

    const { order, payment, order_token } = await place(shop, cart);

    expect(order).toMatchObject({
      status: 'pending',
      payment_status: 'pending',
      subtotal_minor: 2500,
      shipping_minor: 500,
    });
    expect(order.total_minor).toBe(cart.total_minor);
    expect(order.number).toMatch(/^K-\d+$/);
    expect(order_token).toMatch(/^[\w-]{43}$/);
    expect(payment).toMatchObject({ provider: 'manual', status: 'pending', amount_minor: cart.total_minor });
    expect(await stockOf(shop, variant)).toEqual({
      level: { on_hand: 5, reserved: 2 },
      ledger: { on_hand: 5, reserved: 2 },
    });
    const events = await rows<{ kind: string }>(shop.db, 'select kind from order_events where "order" = ?', [
      order.id,
    ]);
    expect(events.map((event) => event.kind)).toEqual(['placed']);
    await expect(addToCart(shop, cart.id, cart.holder, { variant, quantity: 1 })).rejects.toMatchObject({
      code: 'CART_NOT_OPEN',
    });
  });

  test('a total the shopper did not agree to is refused with the new quote, and changes nothing', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop, { on_hand: 5 });
    const cart = await aReadyCart(shop, method, [{ variant, quantity: 1 }]);
    await shop.db.raw('update product_variants set price_minor = price_minor + 100 where id = ?', [variant]);

    const refusal = await place(shop, cart).catch((error: unknown) => error);

    expect(refusal).toMatchObject({ code: 'PRICE_CHANGED', status: 409 });
    const quote = (refusal as { extensions: { quote: { total_minor: number } } }).extensions.quote;
    expect(quote.total_minor).toBe(cart.total_minor + 100);
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 5, reserved: 0 });
    expect((await readCart(shop, cart.id, cart.holder)).cart.status).toBe('active');
  });

  test('a key used with PRICE_CHANGED is free for the agreed retry', async () => {
    const { shop } = fresh;
    const cart = await aReadyCart(shop, method, [{ variant: await aVariant(shop), quantity: 1 }]);
    const key = randomUUID();

    await expect(place(shop, { ...cart, total_minor: cart.total_minor + 1 }, { key })).rejects.toMatchObject({
      code: 'PRICE_CHANGED',
    });

    expect((await place(shop, cart, { key })).order.status).toBe('pending');
  });

  test('the same key and body answer with the same order; the same key with another body is refused', async () => {
    const { shop } = fresh;
    const cart = await aReadyCart(shop, method, [{ variant: await aVariant(shop), quantity: 1 }]);
    const key = randomUUID();
    const first = await place(shop, cart, { key });

    const again = await place(shop, cart, { key });

    expect(again.order.id).toBe(first.order.id);
    expect(again.order_token).toBe(first.order_token);
    await expect(place(shop, { ...cart, total_minor: 1 }, { key })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  test('another key on a cart that became an order answers with that order', async () => {
    const { shop } = fresh;
    const cart = await aReadyCart(shop, method, [{ variant: await aVariant(shop), quantity: 1 }]);
    const first = await place(shop, cart);
    expect((await place(shop, cart)).order.id).toBe(first.order.id);
  });

  test.each([
    ['EMAIL_MISSING', 'email = null'],
    ['ADDRESS_MISSING', 'shipping_address = null'],
    ['SHIPPING_METHOD_MISSING', 'shipping_method = null'],
  ])('a cart that lacks something is refused with %s', async (code, change) => {
    const { shop } = fresh;
    const cart = await aReadyCart(shop, method, [{ variant: await aVariant(shop), quantity: 1 }]);
    await shop.db.raw(`update carts set ${change} where id = ?`, [cart.id]);
    await expect(place(shop, cart)).rejects.toMatchObject({ code });
  });

  test('an empty cart is refused', async () => {
    const { shop } = fresh;
    const cart = await aReadyCart(shop, method, []);
    await expect(place(shop, cart)).rejects.toMatchObject({ code: 'CART_EMPTY' });
  });

  test('a product unpublished since it was put in the cart is refused by name', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop);
    const cart = await aReadyCart(shop, method, [{ variant, quantity: 1 }]);
    await shop.db.raw(
      `update products set status = 'archived' where id = (select product from product_variants where id = ?)`,
      [variant],
    );
    await expect(place(shop, cart)).rejects.toMatchObject({ code: 'NOT_FOR_SALE' });
  });

  test('a digital order needs neither address nor shipping', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop, { kind: 'digital', track_stock: false });
    const cart = await aReadyCart(shop, method, [{ variant, quantity: 1 }]);
    await shop.db.raw('update carts set shipping_address = null where id = ?', [cart.id]);
    expect((await place(shop, cart)).order.shipping_minor).toBe(0);
  });

  test('an order with a backordered variant reserves beyond what is there', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop, { on_hand: 1, allow_backorder: true });
    const cart = await aReadyCart(shop, method, [{ variant, quantity: 3 }]);
    await place(shop, cart);
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 1, reserved: 3 });
  });

  test('one e-mail address may hold only so many unpaid orders', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop, { on_hand: 100 });
    const email = `eager-${randomUUID()}@example.com`;
    const carts = [];
    for (let index = 0; index < 8; index += 1)
      carts.push(await aReadyCart(shop, method, [{ variant, quantity: 1 }], email));
    expect(await outcomes(carts.map((cart) => place(shop, cart)))).toEqual({
      placed: 5,
      TOO_MANY_UNPAID_ORDERS: 3,
    });
  });

  test('one network address may hold only so many unpaid orders, however many come at once', async () => {
    const shop = { ...fresh.shop, env: { ...fresh.shop.env, RATE_LIMITS: 'on' as const } };
    const variant = await aVariant(shop, { on_hand: 100 });
    const network_hash = randomUUID();
    const carts = [];
    for (let index = 0; index < 25; index += 1) {
      const cart = await aReadyCart(shop, method, [{ variant, quantity: 1 }]);
      carts.push({ ...cart, holder: { ...cart.holder, caller: { customer: null, network_hash } } });
    }
    expect(await outcomes(carts.map((cart) => place(shop, cart)))).toEqual({
      placed: 20,
      TOO_MANY_UNPAID_ORDERS: 5,
    });
  });
});

describe('many at once', () => {
  test('50 parallel completions of one cart make one order', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop, { on_hand: 100 });
    const cart = await aReadyCart(shop, method, [{ variant, quantity: 1 }]);

    const results = await Promise.all(Array.from({ length: 50 }, () => place(shop, cart)));

    expect(new Set(results.map((result) => result.order.id)).size).toBe(1);
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 100, reserved: 1 });
    const orders = await row<{ count: number }>(
      shop.db,
      'select count(*) as count from orders where cart = ?',
      [cart.id],
    );
    expect(orders?.count).toBe(1);
  });

  test('50 parallel completions with one key make one order, and refuse the rest only as being in flight', async () => {
    const { shop } = fresh;
    const cart = await aReadyCart(shop, method, [{ variant: await aVariant(shop), quantity: 1 }]);
    const key = randomUUID();
    const counts = await outcomes(Array.from({ length: 50 }, () => place(shop, cart, { key })));
    expect(counts['placed']).toBeGreaterThanOrEqual(1);
    expect((counts['placed'] ?? 0) + (counts['IDEMPOTENCY_KEY_IN_USE'] ?? 0)).toBe(50);
    const orders = await row<{ count: number }>(
      shop.db,
      'select count(*) as count from orders where cart = ?',
      [cart.id],
    );
    expect(orders?.count).toBe(1);
  });

  test('200 parallel checkouts of a variant with 50 in stock make exactly 50 orders and 150 clear refusals', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop, { on_hand: 50 });
    const carts = [];
    for (let index = 0; index < 200; index += 1)
      carts.push(await aReadyCart(shop, method, [{ variant, quantity: 1 }]));

    const counts = await outcomes(carts.map((cart) => place(shop, cart)));

    expect(counts).toEqual({ placed: 50, INSUFFICIENT_STOCK: 150 });
    expect(await stockOf(shop, variant)).toEqual({
      level: { on_hand: 50, reserved: 50 },
      ledger: { on_hand: 50, reserved: 50 },
    });
  });

  test('carts with the same variants in opposite order never deadlock a shopper', async () => {
    const { shop } = fresh;
    const [a, b] = [await aVariant(shop, { on_hand: 500 }), await aVariant(shop, { on_hand: 500 })];
    const carts = [];
    for (let index = 0; index < 40; index += 1) {
      const lines = index % 2 ? [a, b] : [b, a];
      carts.push(
        await aReadyCart(
          shop,
          method,
          lines.map((variant) => ({ variant, quantity: 1 })),
        ),
      );
    }
    expect(await outcomes(carts.map((cart) => place(shop, cart)))).toEqual({ placed: 40 });
  });
});

describe('orders that are not paid', () => {
  test('cancelling gives the stock and the cart back', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop, { on_hand: 3 });
    const cart = await aReadyCart(shop, method, [{ variant, quantity: 2 }]);
    const { order } = await place(shop, cart);

    await cancelOrder(shop, order, { actor_kind: 'customer', reason: 'Changed my mind' });

    expect(await stockOf(shop, variant)).toEqual({
      level: { on_hand: 3, reserved: 0 },
      ledger: { on_hand: 3, reserved: 0 },
    });
    expect((await readCart(shop, cart.id, cart.holder)).cart.status).toBe('active');
    const second = await place(shop, cart);
    expect(second.order.id).not.toBe(order.id);
  });

  test('an order whose hold has ended expires, once, however many jobs try', async () => {
    const { shop } = fresh;
    const variant = await aVariant(shop, { on_hand: 3 });
    const { order } = await place(shop, await aReadyCart(shop, method, [{ variant, quantity: 2 }]));
    await shop.db.raw(`update orders set expires_at = now() - interval '1 second' where id = ?`, [order.id]);

    await Promise.all(Array.from({ length: 5 }, () => expireOrder(shop, order.id)));

    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 3, reserved: 0 });
    const events = await rows<{ kind: string }>(
      shop.db,
      'select kind from order_events where "order" = ? order by id',
      [order.id],
    );
    expect(events.map((event) => event.kind)).toEqual(['placed', 'expired']);
  });

  test('an order within its hold does not expire', async () => {
    const { shop } = fresh;
    const { order } = await place(
      shop,
      await aReadyCart(shop, method, [{ variant: await aVariant(shop), quantity: 1 }]),
    );
    await expireOrder(shop, order.id);
    const now = await row<{ status: string }>(shop.db, 'select status from orders where id = ?', [order.id]);
    expect(now?.status).toBe('pending');
  });
});

test('after all of it the books are sound', () => expectSoundBooks(fresh.shop));
