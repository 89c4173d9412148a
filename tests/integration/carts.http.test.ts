/** Carts over HTTP: what guests and customers do with theirs. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recoveryToken } from '../../extensions/commerce-api/src/cart/recover-cart.ts';
import { issueGiftCard } from '../../extensions/commerce-api/src/gift-cards/issue-gift-card.ts';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import { expectSoundBooks } from '../support/books.ts';
import { ADDRESS } from '../support/factories.ts';
import { startCounter, type Counter } from '../support/http-carts.ts';
import { aCustomer, type Call } from '../support/store-client.ts';

let counter: Counter;
let call: Call;
let method: string;
beforeAll(async () => {
  counter = await startCounter();
  call = counter.call;
  method = counter.method;
});
afterAll(() => counter.server.stop());

const usesOf = async (code: string) =>
  (
    await row<{ usage_count: number }>(
      counter.server.db,
      'select usage_count from promotions where code = ?',
      [code],
    )
  )?.usage_count;

describe('a guest', () => {
  test('starts a cart with everything at once and sees what it costs', async () => {
    const variant = await counter.variantOf({ price_minor: 1250 });
    const { id, keys, data } = await counter.aFullCart(variant, undefined, {
      lines: [{ variant, quantity: 2, metadata: { engraving: 'Ada' } }],
    });
    expect(keys.cart_token).toMatch(/^[\w-]{43}$/);
    expect(data).toMatchObject({
      status: 'active',
      currency: 'USD',
      item_count: 2,
      subtotal_minor: 2500,
      shipping_minor: 500,
      requires_shipping: true,
    });
    expect(data.total_minor).toBe(
      data.subtotal_minor -
        data.discount_minor +
        data.shipping_minor +
        (data.prices_include_tax ? 0 : data.tax_minor),
    );
    expect(data.lines).toMatchObject([
      { variant, quantity: 2, unit_price_minor: 1250, is_available: true, metadata: { engraving: 'Ada' } },
    ]);

    const { data: again } = await call('GET', `/store/carts/${id}`, undefined, keys);
    const { token: _shownOnce, ...rest } = data;
    expect(again).toEqual(rest);
    expect((await call('GET', '/store/cart', undefined, keys)).data.id).toBe(id);
    const stored = await row<{ token_hash: string }>(
      counter.server.db,
      'select token_hash from carts where id = ?',
      [id],
    );
    expect(stored?.token_hash).not.toBe(keys.cart_token);
  });

  test('a cart that cannot be started whole is not started', async () => {
    const [one, none] = [await counter.variantOf(), await counter.variantOf({ status: 'draft' })];
    const carts = () => row(counter.server.db, 'select count(*) as count from carts');
    const before = await carts();
    const lines = [one, none].map((variant) => ({ variant, quantity: 1 }));
    expect(await call('POST', '/store/carts', { lines })).toMatchObject({
      status: 409,
      code: 'NOT_FOR_SALE',
      extensions: { variant: none },
    });
    expect(await call('POST', '/store/carts', { currency: 'XTS' })).toMatchObject({
      status: 422,
      code: 'CURRENCY_UNAVAILABLE',
    });
    expect(await carts()).toEqual(before);
  });

  test('adds, changes, removes and clears lines, with totals on every answer', async () => {
    const [cheap, dear] = [
      await counter.variantOf({ price_minor: 100 }),
      await counter.variantOf({ price_minor: 900 }),
    ];
    const { id, keys } = await counter.aCart();
    const lines = `/store/carts/${id}/lines`;

    await call('POST', lines, { variant: cheap, quantity: 1 }, keys);
    await call('POST', lines, { variant: cheap, quantity: 2 }, keys);
    await call('POST', lines, { variant: cheap, quantity: 1, metadata: { gift: true } }, keys);
    const { status, data } = await call('POST', lines, { variant: dear, quantity: 1 }, keys);
    expect([status, data.item_count, data.subtotal_minor]).toEqual([201, 5, 1300]);
    const [threeCheap, gift, oneDear] = data.lines;
    expect([threeCheap.quantity, gift.metadata, oneDear.variant]).toEqual([3, { gift: true }, dear]);

    const changed = await call('PATCH', `${lines}/${threeCheap.id}`, { quantity: 1 }, keys);
    expect([changed.status, changed.data.subtotal_minor]).toEqual([200, 1100]);
    const removed = await call('DELETE', `${lines}/${oneDear.id}`, undefined, keys);
    expect([removed.status, removed.data.subtotal_minor]).toEqual([200, 200]);
    expect(await call('DELETE', `${lines}/${oneDear.id}`, undefined, keys)).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
    const cleared = await call('DELETE', lines, undefined, keys);
    expect(cleared.data).toMatchObject({ lines: [], item_count: 0, total_minor: 0 });
    expect(await counter.order({ id, keys, data: cleared.data })).toMatchObject({
      status: 409,
      code: 'EMAIL_MISSING',
    });
  });

  test('is refused more than there is, whole, and told what there is', async () => {
    const variant = await counter.variantOf({ on_hand: 3 });
    const { id, keys } = await counter.aCart({ lines: [{ variant, quantity: 2 }] });
    const refused = await call('POST', `/store/carts/${id}/lines`, { variant, quantity: 2 }, keys);
    expect(refused).toMatchObject({
      status: 409,
      code: 'INSUFFICIENT_STOCK',
      extensions: { variant, requested: 4, available: 3 },
    });
    const { data } = await call('GET', `/store/carts/${id}`, undefined, keys);
    expect(data.lines).toMatchObject([{ quantity: 2 }]);
    const [line] = data.lines;
    expect(await call('PATCH', `/store/carts/${id}/lines/${line.id}`, { quantity: 4 }, keys)).toMatchObject({
      code: 'INSUFFICIENT_STOCK',
    });
  });

  test('is held to the limit of a variant over all its lines, when adding and when ordering', async () => {
    const variant = await counter.variantOf({ max_per_order: 2 });
    const cart = await counter.aFullCart(variant);
    const more = { variant, quantity: 2, metadata: { gift: true } };
    expect(await call('POST', `/store/carts/${cart.id}/lines`, more, cart.keys)).toMatchObject({
      status: 422,
      code: 'QUANTITY_LIMIT',
      extensions: { limit: 2 },
    });
    const [line] = cart.data.lines;
    const { data } = await call(
      'PATCH',
      `/store/carts/${cart.id}/lines/${line.id}`,
      { quantity: 2 },
      cart.keys,
    );
    await counter.server.db.raw('update product_variants set max_per_order = 1 where id = ?', [variant]);
    expect(await counter.order(cart, data.total_minor)).toMatchObject({
      status: 422,
      code: 'QUANTITY_LIMIT',
    });
  });

  test('is offered the shipping methods of the address, and may choose no other', async () => {
    const variant = await counter.variantOf();
    const cart = await counter.aCart({ lines: [{ variant, quantity: 1 }] });
    const methods = () => call('GET', `/store/carts/${cart.id}/shipping-methods`, undefined, cart.keys);
    const patch = (body: object) => call('PATCH', `/store/carts/${cart.id}`, body, cart.keys);
    expect((await methods()).data).toEqual([]);
    expect(await patch({ shipping_method: method })).toMatchObject({
      status: 422,
      code: 'SHIPPING_METHOD_UNAVAILABLE',
    });
    await patch({ shipping_address: ADDRESS });
    expect((await methods()).data).toMatchObject([{ id: method, amount_minor: 500, currency: 'USD' }]);
    expect((await patch({ shipping_method: method })).data.shipping_minor).toBe(500);
    const moved = await patch({ shipping_address: { ...ADDRESS, country: 'NZ', region: undefined } });
    expect(moved.data.shipping_minor).toBe(0);
    expect((await methods()).data).toEqual([]);
    await patch({ email: 'ada@example.com' });
    expect(await counter.order(cart, moved.data.total_minor)).toMatchObject({
      status: 409,
      code: 'SHIPPING_METHOD_MISSING',
    });
  });

  test('keeps a line that is no longer for sale in sight but out of the totals', async () => {
    const [variant, other] = [await counter.variantOf(), await counter.variantOf({ price_minor: 300 })];
    const cart = await counter.aFullCart(variant, undefined, {
      lines: [variant, other].map((each) => ({ variant: each, quantity: 1 })),
    });
    await counter.server.db.raw(`update product_variants set status = 'archived' where id = ?`, [variant]);
    const { data } = await counter.read(cart);
    expect(data.lines).toMatchObject([
      { variant, is_available: false, total_minor: 0 },
      { variant: other, is_available: true },
    ]);
    expect(data.subtotal_minor).toBe(300);
    expect(await counter.order(cart, data.total_minor)).toMatchObject({ status: 409, code: 'NOT_FOR_SALE' });
  });
});

describe('the answer', () => {
  test('says what a shopper has to know to choose, and to pay', async () => {
    const code = await counter.aCode({ value_ppm: 250_000 });
    const variant = await counter.variantOf({ price_minor: 1000 });
    const { data } = await counter.aFullCart(variant, undefined, { codes: [code] });
    expect(data.lines[0]).toMatchObject({
      price_reason: 'base',
      price_list: null,
      discounts: [{ code, label: code, amount_minor: 250 }],
      ships_at: null,
      parts: [],
    });
    expect(data.shipping_methods).toMatchObject([
      { id: method, kind: 'flat', amount_minor: 500, carrier: null, pickup_location: null },
    ]);
    expect(data).toMatchObject({
      vat_id: null,
      tax_exemption: null,
      use_store_credit: false,
      payable: { gift_cards: [], store_credit_minor: 0, remaining_minor: data.total_minor },
    });
  });

  test('a VAT id that cannot exist is refused, naming what is wrong; one that can is kept as it is written', async () => {
    const { id, keys } = await counter.aCart();
    const patch = (vat_id: string | null) => call('PATCH', `/store/carts/${id}`, { vat_id }, keys);
    expect(await patch('XX12345')).toMatchObject({
      status: 422,
      code: 'VAT_ID_INVALID',
      extensions: { path: 'vat_id', reason: 'unknown_country' },
    });
    expect((await patch(' de136695976')).data.vat_id).toBe('DE136695976');
    expect((await patch(null)).data.vat_id).toBeNull();
  });

  test('the currency may change as long as everything is sold in the new one', async () => {
    const { id, keys } = await counter.aCart({
      lines: [{ variant: await counter.variantOf(), quantity: 1 }],
    });
    expect(await call('PATCH', `/store/carts/${id}`, { currency: 'XTS' }, keys)).toMatchObject({
      status: 422,
      code: 'CURRENCY_UNAVAILABLE',
    });
  });
});

describe('a gift card', () => {
  test('pays what it can, and can be taken off again', async () => {
    const { card, code } = await issueGiftCard(
      counter.server.shop,
      { initial_minor: 400, currency: 'USD' },
      null,
    );
    const cart = await counter.aFullCart(await counter.variantOf({ price_minor: 1000 }));
    const cards = `/store/carts/${cart.id}/gift-cards`;
    expect(await call('POST', cards, { code: 'NOT-A-CODE' }, cart.keys)).toMatchObject({
      status: 422,
      code: 'GIFT_CARD_REFUSED',
    });
    const { status, data } = await call('POST', cards, { code }, cart.keys);
    expect([status, data.payable]).toEqual([
      200,
      {
        gift_cards: [{ id: card.id, last4: card.last4, covers_minor: 400 }],
        store_credit_minor: 0,
        remaining_minor: data.total_minor - 400,
      },
    ]);
    const without = await call('DELETE', `${cards}/${card.id}`, undefined, cart.keys);
    expect(without.data.payable).toMatchObject({ gift_cards: [], remaining_minor: data.total_minor });
    expect(
      await call('PATCH', `/store/carts/${cart.id}`, { use_store_credit: true }, cart.keys),
    ).toMatchObject({ status: 401, code: 'SIGN_IN_REQUIRED' });
  });
});

describe('a link in a mail', () => {
  test('opens the cart with a new token; a wrong one opens nothing', async () => {
    const cart = await counter.aFullCart(await counter.variantOf());
    const token = recoveryToken(counter.server.shop.env, { id: cart.id, email: cart.data.email });
    const { status, data } = await call('POST', '/store/carts/recover', { token });
    expect([status, data.id, data.lines.length]).toEqual([200, cart.id, 1]);
    expect(data.token).toMatch(/^[\w-]{43}$/);
    expect((await counter.read(cart, { cart_token: data.token })).status).toBe(200);
    expect((await counter.read(cart)).status).toBe(404);
    expect(await call('POST', '/store/carts/recover', { token: `${token}x` })).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
  });
});

describe('a code', () => {
  test('takes its share off, however it is written, once, and may be taken off again', async () => {
    const code = await counter.aCode({ value_ppm: 250_000 });
    const cart = await counter.aFullCart(await counter.variantOf({ price_minor: 1000 }));
    const codes = `/store/carts/${cart.id}/codes`;
    for (const spelling of [` ${code.toLowerCase()} `, code]) {
      const { status, data } = await call('POST', codes, { code: spelling }, cart.keys);
      expect([status, data.discount_minor, data.codes]).toEqual([
        200,
        250,
        [{ code, applied: true, reason: null }],
      ]);
    }
    const { data } = await call('DELETE', `${codes}/${code.toLowerCase()}`, undefined, cart.keys);
    expect([data.discount_minor, data.codes, data.total_minor]).toEqual([0, [], cart.data.total_minor]);
  });

  test('waits for its minimum', async () => {
    const code = await counter.aCode({ minimum_subtotal_minor: 2000 });
    const variant = await counter.variantOf({ price_minor: 1000 });
    const cart = await counter.aFullCart(variant);
    const early = await call('POST', `/store/carts/${cart.id}/codes`, { code }, cart.keys);
    expect([early.data.discount_minor, early.data.codes]).toEqual([
      0,
      [{ code, applied: false, reason: 'minimum_not_met' }],
    ]);
    const { data } = await call('POST', `/store/carts/${cart.id}/lines`, { variant, quantity: 1 }, cart.keys);
    expect(data.discount_minor).toBe(200);
  });

  test.each([
    ['nobody knows', 'unknown', null],
    ['has ended', 'expired', { ends_at: '2020-01-01T00:00:00Z' }],
  ])('that %s is refused with the reason and not kept', async (_what, reason, promotion) => {
    const code = promotion ? await counter.aCode(promotion) : `NONE-${randomUUID().slice(0, 8)}`;
    const cart = await counter.aFullCart(await counter.variantOf());
    const refused = await call('POST', `/store/carts/${cart.id}/codes`, { code }, cart.keys);
    expect(refused).toMatchObject({ status: 422, code: 'CODE_REFUSED', extensions: { reason } });
    expect((await counter.read(cart)).data.codes).toEqual([]);
  });

  test('that is used up is refused with the reason', async () => {
    const code = await counter.aCode({ usage_limit: 1 });
    const variant = await counter.variantOf();
    expect((await counter.order(await counter.aFullCart(variant, undefined, { codes: [code] }))).status).toBe(
      201,
    );
    const late = await counter.aFullCart(variant);
    const refused = await call('POST', `/store/carts/${late.id}/codes`, { code }, late.keys);
    expect(refused).toMatchObject({ status: 422, code: 'CODE_REFUSED', extensions: { reason: 'used_up' } });
  });

  test('with a limit is used that often under parallel checkouts, and comes back with a cancelled order', async () => {
    const code = await counter.aCode({ usage_limit: 3 });
    const variant = await counter.variantOf();
    const carts = await Promise.all(
      Array.from({ length: 10 }, () => counter.aFullCart(variant, undefined, { codes: [code] })),
    );

    const answers = await Promise.all(carts.map((cart) => counter.order(cart)));

    const placed = answers.filter((answer) => answer.status === 201);
    expect(placed).toHaveLength(3);
    for (const refused of answers.filter((answer) => answer.status !== 201))
      expect([refused.status, refused.code]).toEqual([409, 'PRICE_CHANGED']);
    expect(await usesOf(code)).toBe(3);

    const { order: first, order_token } = placed[0]!.data;
    const cancelled = await call('POST', `/store/orders/${first.id}/cancel`, {}, { order_token });
    expect(cancelled.data.status).toBe('cancelled');
    expect(await usesOf(code)).toBe(2);
    expect((await counter.order(carts[answers.findIndex((answer) => answer.status !== 201)]!)).status).toBe(
      201,
    );
  });
});

describe('a customer', () => {
  test('has a cart without a token, found again by signing in anywhere', async () => {
    const customer = await aCustomer(call);
    const { id, data } = await counter.aCart(
      { lines: [{ variant: await counter.variantOf(), quantity: 1 }] },
      customer,
    );
    expect(data.token).toBeNull();
    expect((await call('GET', '/store/cart', undefined, { token: customer.token })).data.id).toBe(id);
  });

  test('gets the guest’s lines at sign-in: the guest’s quantity wins, and the token is dead', async () => {
    const { email, token } = await aCustomer(call);
    const [both, own_only, guests] = [
      await counter.variantOf(),
      await counter.variantOf(),
      await counter.variantOf(),
    ];
    const own = await counter.aCart(
      {
        lines: [
          { variant: both, quantity: 5 },
          { variant: own_only, quantity: 1 },
        ],
      },
      { email, token },
    );
    const code = await counter.aCode();
    const guest = await counter.aCart({
      email: 'somebody-else@example.com',
      shipping_address: { ...ADDRESS, full_name: 'Somebody Else' },
      codes: [code],
      lines: [
        { variant: both, quantity: 2 },
        { variant: guests, quantity: 3 },
      ],
    });

    const cart = { id: guest.id, token: guest.keys.cart_token };
    const signedIn = await call('POST', '/store/auth/login', { email, password: 'tulips-on-tuesday', cart });

    expect(signedIn.data.cart).toBe(own.id);
    const { data } = await counter.read(own);
    const quantities = Object.fromEntries(
      data.lines.map((line: { variant: string; quantity: number }) => [line.variant, line.quantity]),
    );
    expect(quantities).toEqual({ [both]: 2, [own_only]: 1, [guests]: 3 });
    expect(data).toMatchObject({ email: null, shipping_address: null, codes: [{ code }] });
    expect(await counter.read(guest)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await counter.read(guest, { token })).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    const again = await call('POST', '/store/auth/login', { email, password: 'tulips-on-tuesday', cart });
    expect([again.status, again.data.cart]).toEqual([200, null]);
  });

  test('who registers with a full cart keeps the lines, not what the guest had typed', async () => {
    const guest = await counter.aFullCart(await counter.variantOf());
    const { token, cart } = await aCustomer(call, { id: guest.id, token: guest.keys.cart_token! });
    expect(cart).not.toBe(guest.id);
    const { data } = await call('GET', `/store/carts/${cart}`, undefined, { token });
    expect(data).toMatchObject({ item_count: 1, shipping_address: null, shipping_method: null });
    expect(data.email).not.toBe(guest.data.email);
  });

  test('who signs in with the wrong token of a cart is signed in, and gets nothing of it', async () => {
    const guest = await counter.aFullCart(await counter.variantOf());
    const { cart } = await aCustomer(call, { id: guest.id, token: 'x'.repeat(43) });
    expect(cart).toBeNull();
    expect((await counter.read(guest)).data.status).toBe('active');
  });
});

test('after all of it the books are sound', () => expectSoundBooks(counter.server.shop));
