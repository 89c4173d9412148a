/** Carts as use cases: what each costs in round trips, what parallel changes leave, and what may be in one. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as carts from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { cartView } from '../../extensions/commerce-api/src/cart/cart-view.ts';
import { mergeCart } from '../../extensions/commerce-api/src/cart/merge-cart.ts';
import { issueGiftCard } from '../../extensions/commerce-api/src/gift-cards/issue-gift-card.ts';
import { changeStoreCredit } from '../../extensions/commerce-api/src/gift-cards/store-credit.ts';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { aCart, aCustomerRow, aPromotionRow, insert, outcomeOf } from '../support/cart-desk.ts';
import { ADDRESS, aShippingMethod, aVariant } from '../support/factories.ts';
import { countStatements } from '../support/statements.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
let shop: Shop;
let method: string;
beforeAll(async () => {
  fresh = await freshShop();
  shop = fresh.shop;
  method = await aShippingMethod(shop);
});
afterAll(() => fresh.stop());

const one = (variant: string, quantity = 1) => ({ variant, quantity });

describe('round trips', () => {
  test('a cart starts with lines, addresses, e-mail, codes and shipping method in two', async () => {
    const [cup, plate] = [await aVariant(shop), await aVariant(shop)];
    await aPromotionRow(shop, { code: 'TENTH', requires_code: true });
    const { statements, result } = await countStatements(shop.db, () =>
      aCart(shop, {
        email: 'ada@example.com',
        locale: 'en-US',
        shipping_address: ADDRESS,
        billing_address: ADDRESS,
        shipping_method: method,
        codes: ['tenth '],
        lines: [one(cup), one(plate), one(cup)],
      }),
    );
    expect(statements).toHaveLength(2);
    const { quote } = result.quoted;
    expect(quote).toMatchObject({ subtotal_minor: 3000, discount_minor: 300, shipping_minor: 500 });
    const read = await carts.readCart(shop, result.id, result.holder);
    expect(cartView(shop.env, read)).toEqual(cartView(shop.env, result.quoted));
  });

  test('every change of a cart takes two, and answers what a read of it would', async () => {
    const variant = await aVariant(shop);
    const code = 'TWICE';
    await aPromotionRow(shop, { code, requires_code: true });
    const { id, holder, quoted } = await aCart(shop, { lines: [one(await aVariant(shop))] });
    const line = quoted.lines[0]!.id;
    const changes: [name: string, change: () => ReturnType<typeof carts.readCart>][] = [
      ['add', () => carts.addToCart(shop, id, holder, one(variant))],
      ['set', () => carts.setQuantity(shop, id, holder, line, 2)],
      ['patch', () => carts.updateDetails(shop, id, holder, { shipping_address: ADDRESS })],
      ['choose', () => carts.updateDetails(shop, id, holder, { shipping_method: method })],
      ['code', () => carts.addCode(shop, id, holder, code)],
      ['code off', () => carts.removeCode(shop, id, holder, code)],
      ['remove', () => carts.removeLine(shop, id, holder, line)],
      ['clear', () => carts.clearLines(shop, id, holder)],
    ];
    for (const [name, change] of changes) {
      const { statements, result } = await countStatements(shop.db, change);
      expect([name, statements.length]).toEqual([name, 2]);
      const read = await countStatements(shop.db, () => carts.readCart(shop, id, holder));
      expect(read.statements).toHaveLength(1);
      expect(cartView(shop.env, read.result)).toEqual(cartView(shop.env, result));
    }
  });

  test('they stay two however long the cart is', async () => {
    const variants = await Promise.all(Array.from({ length: 40 }, () => aVariant(shop)));
    const { id, holder } = await aCart(shop, { lines: variants.map((variant) => one(variant)) });
    const { statements, result } = await countStatements(shop.db, () =>
      carts.addToCart(shop, id, holder, one(variants[0]!)),
    );
    expect([statements.length, result.quote.subtotal_minor]).toEqual([2, 41_000]);
  });
});

describe('changes at once', () => {
  test('twenty of one cart lose nothing: lines, quantities and e-mail are all there', async () => {
    const [cup, plate] = [await aVariant(shop, { on_hand: 100 }), await aVariant(shop, { on_hand: 100 })];
    const { id, holder } = await aCart(shop);
    await Promise.all([
      ...Array.from({ length: 10 }, () => carts.addToCart(shop, id, holder, one(cup))),
      ...Array.from({ length: 9 }, (_, index) =>
        carts.addToCart(shop, id, holder, { ...one(plate), metadata: { index } }),
      ),
      carts.updateDetails(shop, id, holder, { email: 'ada@example.com' }),
    ]);
    const { cart, lines } = await carts.readCart(shop, id, holder);
    expect(lines).toHaveLength(10);
    expect(lines.find((line) => line.variant === cup)?.quantity).toBe(10);
    expect([cart.email, cart.version]).toEqual(['ada@example.com', 21]);
  });

  test('more than there is never gets in, however many try', async () => {
    const variant = await aVariant(shop, { on_hand: 3 });
    const { id, holder } = await aCart(shop);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => outcomeOf(carts.addToCart(shop, id, holder, one(variant)))),
    );
    expect(outcomes.filter(({ code }) => code === 'ok')).toHaveLength(3);
    expect(outcomes.filter(({ code }) => code === 'INSUFFICIENT_STOCK')).toHaveLength(5);
    expect((await carts.readCart(shop, id, holder)).lines).toMatchObject([{ quantity: 3 }]);
  });
});

describe('goods', () => {
  test('a bundle is limited by its parts, beside those bought singly, and says what it is made of', async () => {
    const [cup, plate] = [await aVariant(shop, { on_hand: 5 }), await aVariant(shop, { on_hand: 9 })];
    const set = await aVariant(shop, { on_hand: 0 });
    await insert(shop, 'bundle_items', { bundle: set, part: cup, quantity: 2, sort: 1 });
    await insert(shop, 'bundle_items', { bundle: set, part: plate, quantity: 1, sort: 2 });
    const { id, holder, quoted } = await aCart(shop, { lines: [one(set, 2)] });
    expect(cartView(shop.env, quoted).lines[0]!.parts).toMatchObject([
      { variant: cup, quantity: 2 },
      { variant: plate, quantity: 1 },
    ]);
    expect(await outcomeOf(carts.addToCart(shop, id, holder, one(cup, 2)))).toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      variant: cup,
      available: 1,
    });
    await carts.addToCart(shop, id, holder, one(cup));
    expect(await outcomeOf(carts.addToCart(shop, id, holder, one(set)))).toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      variant: set,
      requested: 3,
      available: 2,
    });
  });

  test('a backorder reaches to its limit, and what is not there yet says when it ships', async () => {
    const ships_at = new Date('2099-05-01T00:00:00Z');
    const variant = await aVariant(shop, {
      on_hand: 1,
      allow_backorder: true,
      backorder_limit: 2,
      preorder_ships_at: ships_at,
    });
    const { id, holder, quoted } = await aCart(shop, { lines: [one(variant)] });
    expect(quoted.lines[0]!.ships_at).toBeNull();
    const more = await carts.addToCart(shop, id, holder, one(variant, 2));
    expect(more.lines[0]!.ships_at).toBe(ships_at.toISOString());
    expect(await outcomeOf(carts.addToCart(shop, id, holder, one(variant)))).toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      requested: 4,
      available: 3,
    });
  });

  test('fewer of what is no longer for sale may be kept, more may not be added', async () => {
    const variant = await aVariant(shop);
    const { id, holder, quoted } = await aCart(shop, { lines: [one(variant, 3)] });
    await shop.db.raw(`update product_variants set status = 'archived' where id = ?`, [variant]);
    const line = quoted.lines[0]!.id;
    expect(await outcomeOf(carts.setQuantity(shop, id, holder, line, 4))).toMatchObject({
      code: 'NOT_FOR_SALE',
    });
    expect((await carts.setQuantity(shop, id, holder, line, 2)).lines).toMatchObject([{ quantity: 2 }]);
  });

  test('the cart changes its currency when every line has a price in the new one', async () => {
    const [cup, plate] = [await aVariant(shop), await aVariant(shop)];
    await insert(shop, 'prices', { variant: cup, currency: 'EUR', amount_minor: 900, min_quantity: 1 });
    const { id, holder } = await aCart(shop, { lines: [one(cup), one(plate)] });
    const toEuro = () => carts.updateDetails(shop, id, holder, { currency: 'EUR' });
    expect(await outcomeOf(toEuro())).toEqual({ code: 'NOT_FOR_SALE', variant: plate, currency: 'EUR' });
    expect(await outcomeOf(carts.updateDetails(shop, id, holder, { currency: 'XTS' }))).toMatchObject({
      code: 'CURRENCY_UNAVAILABLE',
    });
    await insert(shop, 'prices', { variant: plate, currency: 'EUR', amount_minor: 800, min_quantity: 1 });
    const { quote } = await toEuro();
    expect([quote.currency, quote.subtotal_minor]).toEqual(['EUR', 1700]);
    expect((await carts.readCart(shop, id, holder)).quote).toMatchObject({ subtotal_minor: 1700 });
  });

  test('a draft of staff is nobody’s cart, also where it names the customer', async () => {
    const customer = await aCustomerRow(shop);
    const { id, holder } = await aCart(shop, {}, customer);
    await shop.db.raw(`update carts set origin = 'staff' where id = ?`, [id]);
    expect(await outcomeOf(carts.readCart(shop, id, holder))).toEqual({ code: 'NOT_FOUND' });
    expect(await outcomeOf(carts.readOpenCart(shop, holder))).toEqual({ code: 'NOT_FOUND' });
    const change = carts.updateDetails(shop, id, holder, { email: 'a@example.com' });
    expect(await outcomeOf(change)).toEqual({ code: 'NOT_FOUND' });
  });
});

describe('gift cards and store credit', () => {
  test('cards pay in their order, then store credit, and the cart says what is left', async () => {
    const customer = await aCustomerRow(shop);
    const cards = await Promise.all(
      [300, 500].map((initial_minor) => issueGiftCard(shop, { initial_minor, currency: 'USD' }, null)),
    );
    await changeStoreCredit(shop, customer, { delta_minor: 150, currency: 'USD', note: 'sorry' }, null);
    const { id, holder } = await aCart(shop, { lines: [one(await aVariant(shop))] }, customer);
    const first = await countStatements(shop.db, () => carts.addGiftCard(shop, id, holder, cards[0]!.code));
    // The holder, the wrong tries so far, the card, and then as any change.
    expect(first.statements.length).toBeLessThanOrEqual(5);
    expect(first.result.payable.remaining_minor).toBe(700);
    await carts.addGiftCard(shop, id, holder, cards[1]!.code);
    await carts.addGiftCard(shop, id, holder, cards[1]!.code);
    const { payable } = await carts.updateDetails(shop, id, holder, { use_store_credit: true });
    expect(payable).toEqual({
      gift_cards: cards.map(({ card }, index) => ({
        id: card.id,
        last4: card.last4,
        covers_minor: [300, 500][index],
      })),
      store_credit_minor: 150,
      remaining_minor: 50,
    });
    expect((await carts.readCart(shop, id, holder)).payable).toEqual(payable);
    const without = await carts.removeGiftCard(shop, id, holder, cards[0]!.card.id);
    expect(without.payable).toMatchObject({ store_credit_minor: 150, remaining_minor: 350 });
    const kept = await row<{ balance_minor: number }>(
      shop.db,
      'select balance_minor from gift_cards where id = ?',
      [cards[1]!.card.id],
    );
    expect(kept?.balance_minor).toBe(500);
  });

  test('a wrong code, and a card in another currency, are refused and not kept', async () => {
    const euro = await issueGiftCard(shop, { initial_minor: 500, currency: 'EUR' }, null);
    const { id, holder } = await aCart(shop, { lines: [one(await aVariant(shop))] });
    for (const code of ['NO-SUCH-CARD', euro.code]) {
      expect(await outcomeOf(carts.addGiftCard(shop, id, holder, code))).toMatchObject({
        code: 'GIFT_CARD_REFUSED',
      });
    }
    expect((await carts.readCart(shop, id, holder)).cart.gift_cards).toEqual([]);
  });

  test('a stranger to the cart cannot try codes on it, and no failure is counted', async () => {
    const { code } = await issueGiftCard(shop, { initial_minor: 500, currency: 'USD' }, null);
    const { id } = await aCart(shop);
    const stranger = { caller: { customer: null }, token: 'not-the-token-of-this-cart' };
    const failures = () =>
      row(shop.db, 'select coalesce(sum(failures), 0)::int as failures from commerce.gift_card_failures');
    const before = await failures();
    for (const tried of ['NO-SUCH-CARD', code])
      expect(await outcomeOf(carts.addGiftCard(shop, id, stranger, tried))).toEqual({ code: 'NOT_FOUND' });
    expect(await failures()).toEqual(before);
  });

  test('a guest has no store credit to use', async () => {
    const { id, holder } = await aCart(shop);
    expect(await outcomeOf(carts.updateDetails(shop, id, holder, { use_store_credit: true }))).toEqual({
      code: 'SIGN_IN_REQUIRED',
    });
  });
});

describe('signing in', () => {
  test('brings codes and gift cards along, and nothing that is about the guest', async () => {
    const customer = await aCustomerRow(shop);
    const { card, code } = await issueGiftCard(shop, { initial_minor: 300, currency: 'USD' }, null);
    const guest = await aCart(shop, {
      lines: [one(await aVariant(shop))],
      email: 'guest@example.com',
      shipping_address: ADDRESS,
      vat_id: 'DE136695976',
    });
    await carts.addGiftCard(shop, guest.id, guest.holder, code);
    const merged = await mergeCart(shop, { cart: guest.id, token: guest.holder.token!, customer });
    const { cart, lines } = await carts.readCart(shop, merged, { caller: { customer }, token: undefined });
    expect(lines).toHaveLength(1);
    expect(cart).toMatchObject({ gift_cards: [card.id], email: null, shipping_address: null, vat_id: null });
  });

  test('again and again does not fill a cart beyond its 200 lines, 20 codes and 20 gift cards: its own stay', async () => {
    const customer = await aCustomerRow(shop);
    const account = { caller: { customer }, token: undefined };
    const variant = await aVariant(shop, { on_hand: 1000 });
    const engraved = (from: number, count: number, quantity = 1) =>
      Array.from({ length: count }, (_, at) => ({ variant, quantity, metadata: { engraving: from + at } }));
    const own = await aCart(shop, { lines: engraved(0, 150) }, customer);
    await shop.db.raw('update carts set codes = ?, gift_cards = ? where id = ?', [
      JSON.stringify(Array.from({ length: 15 }, (_, at) => `OWN-${at}`)),
      JSON.stringify(Array.from({ length: 15 }, () => randomUUID())),
      own.id,
    ]);
    // Ten of the guest's lines are the customer's too, and their quantity still wins.
    for (const from of [140, 300]) {
      const guest = await aCart(shop, { lines: engraved(from, 100, 2) });
      await shop.db.raw('update carts set codes = ?, gift_cards = ? where id = ?', [
        JSON.stringify(Array.from({ length: 20 }, (_, at) => `GUEST-${from + at}`)),
        JSON.stringify(Array.from({ length: 20 }, () => randomUUID())),
        guest.id,
      ]);
      await mergeCart(shop, { cart: guest.id, token: guest.holder.token!, customer });
    }

    const { cart, lines } = await carts.readCart(shop, own.id, account);
    const held = new Map(lines.map((line) => [line.metadata?.['engraving'], line.quantity]));
    expect(held.size).toBe(200);
    expect([held.get(0), held.get(140), held.get(150), held.get(199), held.get(200)]).toEqual([
      1,
      2,
      2,
      2,
      undefined,
    ]);
    expect([cart.codes.length, cart.gift_cards.length]).toEqual([20, 20]);
    expect(cart.codes.slice(14, 16)).toEqual(['OWN-14', 'GUEST-140']);
  });
});
