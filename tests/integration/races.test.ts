/**
 * Many connections want the same at once: exactly one gets it, sums stay equal, and nobody ever sees a deadlock. Races of one domain
 * stand with it; those named in the plan are
 *
 * - the last unit: checkout ("200 parallel checkouts …"), stock-races ("of forty who want the last unit …")
 * - two lines of one variant: stock-races, and here at checkout
 * - a bundle against its part: stock-checkouts, stock-races
 * - a gift card spent twice: gift-cards (two at once), and here by many
 * - two staff edit one order: order-edits
 * - a refund asked for twice: refunds (two at once), cancel-orders (against a cancellation), and here by many
 * - a coupon with one use left, an exhausted budget, cancelling and expiry against a card payment, deadlocks: here
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCode, addGiftCard, addToCart } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { issueGiftCard } from '../../extensions/commerce-api/src/gift-cards/issue-gift-card.ts';
import { cancelOrder, expireOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { receiveMoney } from '../../extensions/commerce-api/src/payments/receive-money.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { syncPayment } from '../../extensions/commerce-api/src/payments/sync-payment.ts';
import { inTransaction, row } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import { aReadyCart, aVariant, place, stockOf, type ReadyCart } from '../support/factories.ts';
import { atOnce, outcomes } from '../support/stock.ts';
import { stripeDesk, type StripeDesk } from '../support/stripe-desk.ts';
import { payWith } from '../support/stripe-shop.ts';

let desk: StripeDesk;
let shop: Shop;
let method: string;
beforeAll(async () => {
  desk = await stripeDesk();
  shop = desk.shop;
  method = (await shop.db('shipping_methods').first('id'))!.id;
});
afterAll(() => desk.stop());

/** Carts with the same goods, changed one by one before their shoppers check out together. */
async function carts(
  times: number,
  lines: (index: number) => { variant: string; quantity: number }[],
  change: (cart: ReadyCart, index: number) => Promise<{ quote: { total_minor: number } } | undefined>,
): Promise<ReadyCart[]> {
  const ready: ReadyCart[] = [];
  for (let index = 0; index < times; index += 1) {
    const cart = await aReadyCart(shop, method, lines(index));
    const changed = await change(cart, index);
    ready.push({ ...cart, total_minor: changed?.quote.total_minor ?? cart.total_minor });
  }
  return ready;
}

const checkOut = (ready: ReadyCart[]) => outcomes(ready.map((cart) => place(shop, cart)));

async function aPromotion(facts: Record<string, unknown>): Promise<string> {
  const promotion = { name: 'Race', status: 'active', kind: 'percentage', requires_code: true, ...facts };
  const [written] = await shop.db('promotions').insert(promotion, 'id');
  return written.id as string;
}

async function aGiftCard(initial_minor: number): Promise<{ id: string; code: string }> {
  const { card, code } = await issueGiftCard(shop, { initial_minor, currency: 'USD' }, null);
  return { id: card.id, code };
}

const usesOf = (table: 'promotions' | 'promotion_codes', id: string) =>
  shop.db(table).where({ id }).first('usage_count');

async function balanceOf(card: string): Promise<{ balance: number; ledger: number } | undefined> {
  return row(
    shop.db,
    `select c.balance_minor as balance, sum(m.delta_minor)::bigint as ledger from gift_cards c
     join gift_card_movements m on m.gift_card = c.id where c.id = ? group by c.id`,
    [card],
  );
}

describe('many checkouts at once', () => {
  test('with two lines of one variant each: they are promised together or not at all', async () => {
    const variant = await aVariant(shop, { on_hand: 9 });
    const ready = await carts(
      20,
      () => [{ variant, quantity: 1 }],
      (cart) =>
        addToCart(shop, cart.id, cart.holder, { variant, quantity: 1, metadata: { engraving: 'Ada' } }),
    );
    expect(await checkOut(ready)).toEqual({ done: 4, INSUFFICIENT_STOCK: 16 });
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 9, reserved: 8 });
  });

  test('with a coupon that has one use left: one gets it, the others are shown the price without', async () => {
    const variant = await aVariant(shop, { on_hand: 100 });
    const promotion = await aPromotion({
      code: 'LASTUSE',
      value_ppm: 100_000,
      usage_limit: 3,
      usage_count: 0,
    });
    const withCode = (cart: ReadyCart) => addCode(shop, cart.id, cart.holder, 'LASTUSE');
    const lines = () => [{ variant, quantity: 1 }];
    expect(await checkOut(await carts(2, lines, withCode))).toEqual({ done: 2 });

    expect(await checkOut(await carts(25, lines, withCode))).toEqual({ done: 1, PRICE_CHANGED: 24 });
    expect(await usesOf('promotions', promotion)).toEqual({ usage_count: 3 });
  });

  test('with one code of a list, which is good for one use: one gets it', async () => {
    const variant = await aVariant(shop, { on_hand: 100 });
    const promotion = await aPromotion({ value_ppm: 100_000 });
    const [code] = await shop
      .db('promotion_codes')
      .insert({ promotion, code: 'ONE-OF-MANY', usage_limit: 1 }, 'id');
    const ready = await carts(
      20,
      () => [{ variant, quantity: 1 }],
      (cart) => addCode(shop, cart.id, cart.holder, 'ONE-OF-MANY'),
    );
    expect(await checkOut(ready)).toEqual({ done: 1, PRICE_CHANGED: 19 });
    expect(await usesOf('promotion_codes', code.id)).toEqual({ usage_count: 1 });
    expect(await usesOf('promotions', promotion)).toEqual({ usage_count: 1 });
  });

  test('on a budget: whole discounts are given until the next would not fit', async () => {
    const variant = await aVariant(shop, { on_hand: 100, price_minor: 1000 });
    const promotion = await aPromotion({
      code: 'BUDGET',
      value_ppm: 100_000,
      budget_minor: 450,
      currency: 'USD',
    });
    const ready = await carts(
      20,
      () => [{ variant, quantity: 1 }],
      (cart) => addCode(shop, cart.id, cart.holder, 'BUDGET'),
    );
    expect(await checkOut(ready)).toEqual({ done: 4, PRICE_CHANGED: 16 });
    const used = await shop.db('promotions').where({ id: promotion }).first('budget_used_minor');
    expect(used).toEqual({ budget_used_minor: 400 });
  });

  test('with one gift card: no cent of it is spent twice', async () => {
    const variant = await aVariant(shop, { on_hand: 100, price_minor: 1000, kind: 'digital' });
    const card = await aGiftCard(2500);
    const ready = await carts(
      20,
      () => [{ variant, quantity: 1 }],
      (cart) => addGiftCard(shop, cart.id, cart.holder, card.code),
    );
    // Two are paid by it whole; whoever comes later is told what would be left to pay.
    expect(await checkOut(ready)).toEqual({ done: 2, GIFT_CARD_CHANGED: 18 });
    expect(await balanceOf(card.id)).toEqual({ balance: 500, ledger: 500 });
    const taken = await row(
      shop.db,
      `select count(*)::int as orders, sum(amount_minor)::bigint as amount from payments where gift_card = ?`,
      [card.id],
    );
    expect(taken).toEqual({ orders: 2, amount: 2000 });
  });

  test('with the same cards, codes and goods in opposite orders, while others give theirs up: nobody is refused', async () => {
    const goods = [await aVariant(shop, { on_hand: 500 }), await aVariant(shop, { on_hand: 500 })];
    const codes = ['THERE', 'BACK'];
    for (const code of codes) await aPromotion({ code, value_ppm: 10_000, stackable: true });
    const cards = [await aGiftCard(100_000), await aGiftCard(100_000)];
    const ready = await carts(
      40,
      (index) => turned(goods, index).map((variant) => ({ variant, quantity: 1 })),
      async (cart, index) => {
        for (const code of turned(codes, index)) await addCode(shop, cart.id, cart.holder, code);
        const [first, second] = turned(cards, index);
        await addGiftCard(shop, cart.id, cart.holder, first!.code);
        return addGiftCard(shop, cart.id, cart.holder, second!.code);
      },
    );
    const placed = await Promise.all(ready.slice(0, 20).map((cart) => place(shop, cart)));
    const ended = await outcomes([
      ...ready.slice(20).map((cart) => place(shop, cart)),
      ...placed.map(({ order }) => cancelOrder(shop, order, { actor_kind: 'staff' })),
    ]);
    expect(ended).toEqual({ done: 40 });
    for (const variant of goods)
      expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 480, reserved: 0 });
  });

  const turned = <Item>(items: Item[], index: number) => (index % 2 ? items.toReversed() : items);
});

describe('a card payment', () => {
  const byShopper = { actor_kind: 'customer' as const };

  /** Pays while the other thing happens, or so many turns later; then all news is heard, and every job done. */
  async function against(later: number, other: (order: string) => Promise<unknown>) {
    const { order, payment, variant, intent } = await desk.anOrder();
    await desk.endHold(order.id);
    const [paid, ended] = await Promise.allSettled([
      turns(later)
        .then(() => payWith(desk.stripe, intent))
        .then(() => syncPayment(shop, payment.id)),
      other(order.id),
      ...atOnce(3, () => syncPayment(shop, payment.id)),
    ]);
    await desk.hear(intent);
    return {
      paid,
      ended,
      standing: await desk.standing(order.id),
      level: await desk.levelOf(variant),
      order,
    };
  }

  /** As long as so many questions to the database take. */
  async function turns(count: number) {
    for (let turn = 0; turn < count; turn += 1) await row(shop.db, 'select 1');
  }

  /** The provider lets one of the two happen, and the order follows. */
  function expectOneOf({ paid, standing, level, order }: Awaited<ReturnType<typeof against>>) {
    if (paid?.status === 'fulfilled') {
      expect(standing).toMatchObject({ status: 'processing', paid_minor: order.total_minor });
      expect(level).toEqual({ on_hand: 3, reserved: 0 });
    } else {
      expect(paid?.reason).toMatchObject({ code: 'payment_intent_unexpected_state' });
      expect(standing).toMatchObject({ status: 'cancelled', paid_minor: 0 });
      expect(level).toEqual({ on_hand: 5, reserved: 0 });
    }
  }

  test('against a cancellation: one wins, and the money is never lost', async () => {
    for (let round = 0; round < 12; round += 1) {
      const outcome = await against(round % 6, (id) => cancelOrder(shop, { id }, byShopper));
      if (outcome.ended?.status === 'rejected')
        expect(outcome.ended.reason).toMatchObject({ code: 'ORDER_NOT_CANCELLABLE' });
      // A shopper who saw the payment and cancels all the same gets the money back instead.
      if (outcome.standing.events.includes('cancelled') && outcome.paid?.status === 'fulfilled')
        expect(outcome.standing).toMatchObject({ refunded_minor: outcome.standing.paid_minor });
      else expectOneOf(outcome);
    }
  });

  test('against the end of its hold: one wins, and the money is never lost', async () => {
    for (let round = 0; round < 12; round += 1) {
      const outcome = await against(10 * (round % 6), (order) =>
        Promise.all(atOnce(3, () => expireOrder(shop, order))),
      );
      expect(outcome.ended).toMatchObject({ status: 'fulfilled' });
      expectOneOf(outcome);
    }
  });
});

test('many ask for the same money back at once: what was paid goes back, and no more', async () => {
  const { order } = await desk.anOrder(5, 'manual');
  await receiveMoney(shop, order, null);
  const amount_minor = Math.floor(order.total_minor / 3);
  const ended = await outcomes(
    atOnce(20, () => refundOrder(shop, order.id, { amount_minor }, { actor_kind: 'staff' })),
  );
  expect(ended).toEqual({ done: 3, REFUND_TOO_MUCH: 17 });
  await desk.drain();
  expect(await desk.standing(order.id)).toMatchObject({ refunded_minor: 3 * amount_minor });
});

describe('a transaction that Postgres gives up for another', () => {
  /** Two at once lock two rows in opposite orders, and each waits for the other to have its first: one of them must be given up. */
  test('in a deadlock is run again, and both succeed', async () => {
    const [a, b] = [await aVariant(shop), await aVariant(shop)] as const;
    const met = meeting(2);
    const runs: string[] = [];
    const raise = (trx: Parameters<Parameters<typeof inTransaction>[1]>[0], id: string) =>
      row(trx, 'update product_variants set price_minor = price_minor + 1 where id = ?', [id]);
    const both = (name: string, first: string, second: string) =>
      inTransaction(shop.db, async (trx) => {
        runs.push(name);
        await raise(trx, first);
        await met();
        await raise(trx, second);
        return name;
      });
    expect(await Promise.all([both('there', a, b), both('back', b, a)])).toEqual(['there', 'back']);
    expect(runs.length).toBeGreaterThanOrEqual(3);
    const prices = await shop.db('product_variants').whereIn('id', [a, b]).pluck('price_minor');
    expect(prices).toEqual([1002, 1002]);
  });

  test('because it saw an older state is run again', async () => {
    const variant = await aVariant(shop);
    const met = meeting(2);
    const raise = () =>
      inTransaction(shop.db, async (trx) => {
        await row(trx, 'set transaction isolation level serializable');
        const seen = await row<{ price_minor: number }>(
          trx,
          'select price_minor from product_variants where id = ?',
          [variant],
        );
        await met();
        await row(trx, 'update product_variants set price_minor = ? where id = ?', [
          seen!.price_minor + 1,
          variant,
        ]);
      });
    await Promise.all([raise(), raise()]);
    const { price_minor } = await shop.db('product_variants').where({ id: variant }).first('price_minor');
    expect(price_minor).toBe(1002);
  });

  test('again and again is given up after a few tries, and nothing is left of it', async () => {
    const name = `never ${randomUUID()}`;
    let tries = 0;
    const work = inTransaction(shop.db, async (trx) => {
      tries += 1;
      await row(trx, `insert into commerce.setup_ledger (name, hash) values (?, '')`, [name]);
      await row(trx, `do $$ begin raise exception using errcode = 'deadlock_detected'; end $$`);
    });
    await expect(work).rejects.toMatchObject({ code: '40P01' });
    expect(tries).toBe(5);
    expect(await shop.db('commerce.setup_ledger').where({ name })).toEqual([]);
  });

  /** Lets nobody pass until so many are there; whoever comes later, on a second try, passes at once. */
  function meeting(of: number): () => Promise<void> {
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    let there = 0;
    return () => {
      there += 1;
      if (there >= of) open();
      return opened;
    };
  }
});

describe('after all of it', () => {
  test('the books are sound', () => expectSoundBooks(shop));
  test('and equal to the provider’s', () => expectBooksOf(shop, desk.emulator));
});
