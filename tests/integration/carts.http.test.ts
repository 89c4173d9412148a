/** Carts over HTTP: what guests and customers do with theirs, and what nobody can do with another's. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction, insertRows, row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { expectSoundBooks } from '../support/books.ts';
import { ADDRESS, aShippingMethod, aVariant, stockOf, type VariantOptions } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import {
  aCustomer,
  clientOf,
  headersOf,
  send,
  type Call,
  type Customer,
  type Keys,
  type Reply,
} from '../support/store-client.ts';

let server: TestServer;
let call: Call;
let method: string;
beforeAll(async () => {
  server = await startServer();
  call = clientOf(server.url);
  method = await aShippingMethod(server.shop);
});
afterAll(() => server.stop());

interface Cart {
  id: string;
  keys: Keys;
  data: Reply['data'];
}

const variantOf = (options: VariantOptions = {}) => aVariant(server.shop, { on_hand: 100, ...options });

/** A guest's cart, or a customer's. */
async function aCart(body: object = {}, customer?: Customer): Promise<Cart> {
  const { status, data, text } = await call('POST', '/store/carts', body, { token: customer?.token });
  expect(status, text).toBe(201);
  return { id: data.id, data, keys: customer ? { token: customer.token } : { cart_token: data.token } };
}

/** Everything an order needs. */
async function aFullCart(variant: string, customer?: Customer, more: object = {}): Promise<Cart> {
  const email = `ada-${randomUUID()}@example.com`;
  return aCart(
    { email, shipping_address: ADDRESS, shipping_method: method, lines: [{ variant, quantity: 1 }], ...more },
    customer,
  );
}

function order(cart: Cart, total_minor: number = cart.data.total_minor) {
  const body = { expected_total_minor: total_minor, payment: { provider: 'manual' } };
  return call('POST', `/store/carts/${cart.id}/complete`, body, {
    ...cart.keys,
    idempotency_key: randomUUID(),
  });
}

/** A code that takes a share off the goods. */
async function aCode({ value_ppm = 100_000, ...more }: Record<string, unknown> = {}): Promise<string> {
  const code = `CODE-${randomUUID().slice(0, 8)}`.toUpperCase();
  const promotion = {
    id: randomUUID(),
    name: code,
    status: 'active',
    kind: 'percentage',
    code,
    value_ppm,
    usage_count: 0,
    stackable: false,
    priority: 0,
    ...more,
  };
  await inTransaction(server.db, (trx) => insertRows(trx, 'promotions', [promotion]));
  return code;
}

const usesOf = async (code: string) =>
  (await row<{ usage_count: number }>(server.db, 'select usage_count from promotions where code = ?', [code]))
    ?.usage_count;
const read = (cart: Cart, keys = cart.keys) => call('GET', `/store/carts/${cart.id}`, undefined, keys);

describe('a guest', () => {
  test('starts a cart with everything at once and sees what it costs', async () => {
    const variant = await variantOf({ price_minor: 1250 });
    const { id, keys, data } = await aFullCart(variant, undefined, {
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
    const stored = await row<{ token_hash: string }>(server.db, 'select token_hash from carts where id = ?', [
      id,
    ]);
    expect(stored?.token_hash).not.toBe(keys.cart_token);
  });

  test('a cart that cannot be started whole is not started', async () => {
    const [one, none] = [await variantOf(), await variantOf({ status: 'draft' })];
    const carts = () => row(server.db, 'select count(*) as count from carts');
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
    const [cheap, dear] = [await variantOf({ price_minor: 100 }), await variantOf({ price_minor: 900 })];
    const { id, keys } = await aCart();
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
    expect(await order({ id, keys, data: cleared.data })).toMatchObject({
      status: 409,
      code: 'EMAIL_MISSING',
    });
  });

  test('is refused more than there is, whole, and told what there is', async () => {
    const variant = await variantOf({ on_hand: 3 });
    const { id, keys } = await aCart({ lines: [{ variant, quantity: 2 }] });
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
    const variant = await variantOf({ max_per_order: 2 });
    const cart = await aFullCart(variant);
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
    await server.db.raw('update product_variants set max_per_order = 1 where id = ?', [variant]);
    expect(await order(cart, data.total_minor)).toMatchObject({ status: 422, code: 'QUANTITY_LIMIT' });
  });

  test('is offered the shipping methods of the address, and may choose no other', async () => {
    const variant = await variantOf();
    const cart = await aCart({ lines: [{ variant, quantity: 1 }] });
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
    expect(await order(cart, moved.data.total_minor)).toMatchObject({
      status: 409,
      code: 'SHIPPING_METHOD_MISSING',
    });
  });

  test('keeps a line that is no longer for sale in sight but out of the totals', async () => {
    const [variant, other] = [await variantOf(), await variantOf({ price_minor: 300 })];
    const cart = await aFullCart(variant, undefined, {
      lines: [variant, other].map((each) => ({ variant: each, quantity: 1 })),
    });
    await server.db.raw(`update product_variants set status = 'archived' where id = ?`, [variant]);
    const { data } = await read(cart);
    expect(data.lines).toMatchObject([
      { variant, is_available: false, total_minor: 0 },
      { variant: other, is_available: true },
    ]);
    expect(data.subtotal_minor).toBe(300);
    expect(await order(cart, data.total_minor)).toMatchObject({ status: 409, code: 'NOT_FOR_SALE' });
  });
});

describe('a code', () => {
  test('takes its share off, however it is written, once, and may be taken off again', async () => {
    const code = await aCode({ value_ppm: 250_000 });
    const cart = await aFullCart(await variantOf({ price_minor: 1000 }));
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
    const code = await aCode({ minimum_subtotal_minor: 2000 });
    const variant = await variantOf({ price_minor: 1000 });
    const cart = await aFullCart(variant);
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
    const code = promotion ? await aCode(promotion) : `NONE-${randomUUID().slice(0, 8)}`;
    const cart = await aFullCart(await variantOf());
    const refused = await call('POST', `/store/carts/${cart.id}/codes`, { code }, cart.keys);
    expect(refused).toMatchObject({ status: 422, code: 'CODE_REFUSED', extensions: { reason } });
    expect((await read(cart)).data.codes).toEqual([]);
  });

  test('that is used up is refused with the reason', async () => {
    const code = await aCode({ usage_limit: 1 });
    const variant = await variantOf();
    expect((await order(await aFullCart(variant, undefined, { codes: [code] }))).status).toBe(201);
    const late = await aFullCart(variant);
    const refused = await call('POST', `/store/carts/${late.id}/codes`, { code }, late.keys);
    expect(refused).toMatchObject({ status: 422, code: 'CODE_REFUSED', extensions: { reason: 'used_up' } });
  });

  test('with a limit is used that often under parallel checkouts, and comes back with a cancelled order', async () => {
    const code = await aCode({ usage_limit: 3 });
    const variant = await variantOf();
    const carts = await Promise.all(
      Array.from({ length: 10 }, () => aFullCart(variant, undefined, { codes: [code] })),
    );

    const answers = await Promise.all(carts.map((cart) => order(cart)));

    const placed = answers.filter((answer) => answer.status === 201);
    expect(placed).toHaveLength(3);
    for (const refused of answers.filter((answer) => answer.status !== 201))
      expect([refused.status, refused.code]).toEqual([409, 'PRICE_CHANGED']);
    expect(await usesOf(code)).toBe(3);

    const { order: first, order_token } = placed[0]!.data;
    const cancelled = await call('POST', `/store/orders/${first.id}/cancel`, {}, { order_token });
    expect(cancelled.data.status).toBe('cancelled');
    expect(await usesOf(code)).toBe(2);
    expect((await order(carts[answers.findIndex((answer) => answer.status !== 201)]!)).status).toBe(201);
  });
});

describe('a customer', () => {
  test('has a cart without a token, found again by signing in anywhere', async () => {
    const customer = await aCustomer(call);
    const { id, data } = await aCart({ lines: [{ variant: await variantOf(), quantity: 1 }] }, customer);
    expect(data.token).toBeNull();
    expect((await call('GET', '/store/cart', undefined, { token: customer.token })).data.id).toBe(id);
  });

  test('gets the guest’s lines at sign-in: the guest’s quantity wins, and the token is dead', async () => {
    const { email, token } = await aCustomer(call);
    const [both, own_only, guests] = [await variantOf(), await variantOf(), await variantOf()];
    const own = await aCart(
      {
        lines: [
          { variant: both, quantity: 5 },
          { variant: own_only, quantity: 1 },
        ],
      },
      { email, token },
    );
    const code = await aCode();
    const guest = await aCart({
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
    const { data } = await read(own);
    const quantities = Object.fromEntries(
      data.lines.map((line: { variant: string; quantity: number }) => [line.variant, line.quantity]),
    );
    expect(quantities).toEqual({ [both]: 2, [own_only]: 1, [guests]: 3 });
    expect(data).toMatchObject({ email: null, shipping_address: null, codes: [{ code }] });
    expect(await read(guest)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await read(guest, { token })).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    const again = await call('POST', '/store/auth/login', { email, password: 'tulips-on-tuesday', cart });
    expect([again.status, again.data.cart]).toEqual([200, null]);
  });

  test('who registers with a full cart keeps the lines, not what the guest had typed', async () => {
    const guest = await aFullCart(await variantOf());
    const { token, cart } = await aCustomer(call, { id: guest.id, token: guest.keys.cart_token! });
    expect(cart).not.toBe(guest.id);
    const { data } = await call('GET', `/store/carts/${cart}`, undefined, { token });
    expect(data).toMatchObject({ item_count: 1, shipping_address: null, shipping_method: null });
    expect(data.email).not.toBe(guest.data.email);
  });

  test('who signs in with the wrong token of a cart is signed in, and gets nothing of it', async () => {
    const guest = await aFullCart(await variantOf());
    const { cart } = await aCustomer(call, { id: guest.id, token: 'x'.repeat(43) });
    expect(cart).toBeNull();
    expect((await read(guest)).data.status).toBe('active');
  });
});

describe('what is another’s', () => {
  interface Owned {
    owner: Customer;
    cart: Cart;
    ordered: { id: string; number: string };
    address: string;
    guest_cart: Cart;
    guest_order: { id: string; token: string };
  }
  let owned: Owned;
  let stranger: Customer;
  beforeAll(async () => {
    const variant = await variantOf();
    const owner = await aCustomer(call);
    const { data: ordered } = await order(await aFullCart(variant, owner));
    const address = await call('POST', '/store/me/addresses', ADDRESS, { token: owner.token });
    const { data: guest } = await order(await aFullCart(variant));
    owned = {
      owner,
      cart: await aFullCart(variant, owner),
      ordered: ordered.order,
      address: address.data.id,
      guest_cart: await aFullCart(variant),
      guest_order: { id: guest.order.id, token: guest.order_token },
    };
    stranger = await aCustomer(call);
  });

  /** Nobody, another customer, the holder of another cart or order, and both at once. */
  async function strangers(): Promise<[string, Keys][]> {
    const other = await aFullCart(await variantOf());
    const { data } = await order(await aFullCart(await variantOf()));
    const keys: Keys = { cart_token: other.keys.cart_token, order_token: data.order_token };
    return [
      ['nobody', {}],
      ['another customer', { token: stranger.token }],
      ['the holder of another cart and order', keys],
      ['both', { ...keys, token: stranger.token }],
    ];
  }

  const snapshot = () =>
    rows(
      server.db,
      `select (select json_agg(c order by id) from carts c where id in (?, ?)) as carts, (select json_agg(l order by id) from cart_lines l where cart in (?, ?)) as lines,
         (select json_agg(o order by id) from orders o where id in (?, ?)) as orders, (select json_agg(a) from addresses a where id = ?) as addresses`,
      [
        owned.cart.id,
        owned.guest_cart.id,
        owned.cart.id,
        owned.guest_cart.id,
        owned.ordered.id,
        owned.guest_order.id,
        owned.address,
      ],
    );

  test('cannot be read or changed through the store', async () => {
    const before = await snapshot();
    for (const [who, keys] of await strangers()) {
      for (const { id, data } of [owned.cart, owned.guest_cart]) {
        const cart = `/store/carts/${id}`;
        const line = data.lines[0].id as string;
        for (const [verb, path, body] of [
          ['GET', cart],
          ['PATCH', cart, { email: 'mine@example.com' }],
          ['POST', `${cart}/lines`, { variant: data.lines[0].variant, quantity: 1 }],
          ['PATCH', `${cart}/lines/${line}`, { quantity: 9 }],
          ['DELETE', `${cart}/lines/${line}`],
          ['DELETE', `${cart}/lines`],
          ['POST', `${cart}/codes`, { code: 'X' }],
          ['DELETE', `${cart}/codes/X`],
          ['GET', `${cart}/shipping-methods`],
          [
            'POST',
            `${cart}/complete`,
            { expected_total_minor: data.total_minor, payment: { provider: 'manual' } },
          ],
        ] as [string, string, unknown?][]) {
          const answer = await call(verb, path, body, { ...keys, idempotency_key: randomUUID() });
          expect([answer.status, answer.code], `${who}: ${verb} ${path}`).toEqual([404, 'NOT_FOUND']);
        }
      }
      for (const { id } of [owned.ordered, owned.guest_order]) {
        for (const [verb, path, body] of [
          ['GET', `/store/orders/${id}`],
          ['GET', `/store/orders/${id}/payment`],
          ['POST', `/store/orders/${id}/pay`, {}],
          ['POST', `/store/orders/${id}/cancel`, {}],
        ] as [string, string, unknown?][]) {
          const answer = await call(verb, path, body, keys);
          expect([answer.status, answer.code], `${who}: ${verb} ${path}`).toEqual([404, 'NOT_FOUND']);
        }
      }
    }
    const { token } = stranger;
    const path = `/store/me/addresses/${owned.address}`;
    expect((await call('PATCH', path, { ...ADDRESS, city: 'Mine' }, { token })).status).toBe(404);
    expect((await call('DELETE', path, undefined, { token })).status).toBe(404);
    expect((await call('GET', '/store/me/addresses', undefined, { token })).data).toEqual([]);
    expect((await call('GET', '/store/me/orders', undefined, { token })).data).toEqual([]);
    expect(await snapshot()).toEqual(before);
  });

  test('cannot be read or changed through the generated REST', async () => {
    const before = await snapshot();
    const targets: [string, string][] = [
      ['carts', owned.cart.id],
      ['carts', owned.guest_cart.id],
      ['cart_lines', owned.cart.data.lines[0].id],
      ['orders', owned.ordered.id],
      ['orders', owned.guest_order.id],
      ['addresses', owned.address],
    ];
    for (const keys of [{}, { token: stranger.token }]) {
      for (const [collection, id] of targets) {
        const item = `/items/${collection}/${id}`;
        for (const path of [item, `${item}?fields=*.*.*`])
          expect((await call('GET', path, undefined, keys)).status, path).toBe(403);
        const list = await call('GET', `/items/${collection}?fields=id&limit=-1`, undefined, keys);
        expect(
          list.status === 403 || !JSON.stringify(list.data).includes(id),
          `${collection}: ${list.text}`,
        ).toBe(true);
        for (const [verb, body] of [
          ['PATCH', { email: 'mine@example.com' }],
          ['PATCH', { customer: null }],
          ['DELETE'],
        ] as [string, unknown?][]) {
          const answer = await call(verb, item, body, keys);
          expect([401, 403], `${verb} ${item}: ${answer.text}`).toContain(answer.status);
        }
        const found = await call(
          'SEARCH',
          `/items/${collection}`,
          { query: { filter: { id: { _eq: id } }, aggregate: { count: '*' } } },
          keys,
        );
        expect(
          found.status === 403 || Number(found.data?.[0]?.count ?? 0) === 0,
          `SEARCH ${collection}: ${found.text}`,
        ).toBe(true);
      }
    }
    expect(await snapshot()).toEqual(before);
  });

  test('cannot be read through GraphQL, directly or across relations', async () => {
    const queries = [
      `{ orders { id number email } }`,
      `{ orders_by_id(id: "${owned.ordered.id}") { id email } }`,
      `{ carts { id email token_hash } }`,
      `{ carts_by_id(id: "${owned.guest_cart.id}") { id } }`,
      `{ addresses { id line1 } }`,
      `{ addresses_by_id(id: "${owned.address}") { id line1 } }`,
      `{ customers { id email user { email } } }`,
      `{ products { variants { id stock_levels { on_hand reserved } } } }`,
    ];
    const secrets = [
      owned.ordered.id,
      owned.ordered.number,
      owned.guest_order.id,
      owned.guest_cart.id,
      owned.cart.id,
      owned.address,
      owned.owner.email,
    ];
    for (const keys of [{}, { token: stranger.token }]) {
      for (const query of queries) {
        const { text } = await call('POST', '/graphql', { query }, keys);
        // GraphQL repeats what it was asked in its errors; only what it answers counts.
        const answered = JSON.stringify((JSON.parse(text) as { data?: unknown }).data ?? null);
        for (const secret of secrets) expect(answered, query).not.toContain(secret);
      }
    }
  });

  test('is open to whoever it belongs to', async () => {
    expect((await read(owned.cart)).status).toBe(200);
    expect((await read(owned.guest_cart)).status).toBe(200);
    expect(
      (await call('GET', `/store/orders/${owned.ordered.id}`, undefined, { token: owned.owner.token })).data
        .number,
    ).toBe(owned.ordered.number);
    expect(
      (
        await call('GET', `/store/orders/${owned.guest_order.id}`, undefined, {
          order_token: owned.guest_order.token,
        })
      ).status,
    ).toBe(200);
    const mine = await call('GET', '/items/orders?fields=id', undefined, { token: owned.owner.token });
    expect(mine.data).toEqual([{ id: owned.ordered.id }]);
  });

  test('a guest’s token opens that cart and no other, an order’s token that order and no other', async () => {
    const other = await aFullCart(await variantOf());
    const { data } = await order(other);
    expect((await read(owned.guest_cart, other.keys)).status).toBe(404);
    expect((await read(other, owned.guest_cart.keys)).status).toBe(404);
    expect(
      (
        await call('GET', `/store/orders/${owned.guest_order.id}`, undefined, {
          order_token: data.order_token,
        })
      ).status,
    ).toBe(404);
    expect(
      (await call('GET', `/store/orders/${data.order.id}`, undefined, { order_token: other.keys.cart_token }))
        .status,
    ).toBe(404);
    expect(
      (await call('GET', `/store/carts/${other.id}`, undefined, { cart_token: data.order_token })).status,
    ).toBe(404);
  });
});

describe('garbage', () => {
  let cart: Cart;
  let variant: string;
  let customer: Customer;
  beforeAll(async () => {
    variant = await variantOf();
    cart = await aFullCart(variant);
    customer = await aCustomer(call);
  });

  /** 4xx with a code, and the cart as it was. */
  async function refused(answer: Reply, what: string): Promise<void> {
    expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeGreaterThanOrEqual(400);
    expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeLessThan(500);
    expect(answer.code, `${what}: ${answer.text.slice(0, 300)}`).toMatch(/^[A-Z_]+$/);
    const { token: _shownOnce, ...before } = cart.data;
    expect((await read(cart)).data, what).toEqual(before);
  }

  const raw = (body: string, type = 'application/json', path = '/lines', verb = 'POST') =>
    send(`${server.url}/store/carts/${cart.id}${path}`, {
      method: verb,
      body,
      headers: { 'content-type': type, ...headersOf(cart.keys) },
    });

  test.each([
    ['half an object', '{"variant": '],
    ['no JSON at all', 'variant=1'],
    ['a lone value', '"text"'],
    ['null', 'null'],
    ['a list', '[]'],
    ['nothing', ''],
    ['deep nesting', `{"variant":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['a number beyond all numbers', '{"variant":1e999,"quantity":1e999}'],
    ['bytes that are no text', '{"variant":"\u0000\u0001"}'],
  ])('a body of %s is refused', async (what, body) => {
    await refused(await raw(body), what);
  });

  test('a body that calls itself something else is refused', async () => {
    await refused(await raw(`variant=${variant}&quantity=1`, 'application/x-www-form-urlencoded'), 'form');
    await refused(await raw(JSON.stringify({ variant, quantity: 1 }), 'text/plain'), 'text');
  });

  test('a body of more than a megabyte is refused', async () => {
    const answer = await raw(JSON.stringify({ variant, quantity: 1 }) + ' '.repeat(1_200_000));
    await refused(answer, 'huge');
  });

  test.each([
    ['a quantity of text', { quantity: '2' }],
    ['no quantity', { quantity: undefined }],
    ['a quantity of zero', { quantity: 0 }],
    ['a negative quantity', { quantity: -1 }],
    ['half a unit', { quantity: 0.5 }],
    ['a quantity beyond the integers', { quantity: 2 ** 53 }],
    ['a variant that is no id', { variant: "1' or '1'='1" }],
    ['a variant that does not exist', { variant: randomUUID() }],
    ['an unknown key', { price_minor: 1 }],
    ['nested metadata', { metadata: { a: { b: 1 } } }],
    [
      'too much metadata',
      { metadata: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, 1])) },
    ],
    ['a null character', { metadata: { note: 'a\0b' } }],
    ['a null character in a key', { metadata: { 'a\0b': 'note' } }],
    ['half a surrogate pair', { metadata: { note: 'a\ud800b' } }],
  ])('a line with %s is refused', async (what, change) => {
    await refused(
      await call('POST', `/store/carts/${cart.id}/lines`, { variant, quantity: 1, ...change }, cart.keys),
      what,
    );
  });

  test.each([
    '{"variant":"V","quantity":1,"__proto__":{"is_admin":true}}',
    '{"variant":"V","quantity":1,"constructor":{"prototype":{"a":1}}}',
  ])('a key that reaches for prototypes is refused: %s', async (body) => {
    await refused(await raw(body.replace('V', variant)), body);
    expect(({} as Record<string, unknown>)['is_admin']).toBeUndefined();
  });

  test.each([
    ['an e-mail that is none', { email: 'ada' }],
    ['an e-mail of lines', { email: 'ada@example.com\r\nBcc: all@example.com' }],
    ['an unknown country', { shipping_address: { ...ADDRESS, country: 'XX' } }],
    ['an address with a null character', { shipping_address: { ...ADDRESS, city: 'A\0' } }],
    ['an endless name', { shipping_address: { ...ADDRESS, full_name: 'x'.repeat(100_000) } }],
    ['an address of the wrong type', { shipping_address: 'Main Street' }],
    ['an unknown key in the address', { shipping_address: { ...ADDRESS, is_admin: true } }],
    ['a method that is no id', { shipping_method: '../../etc/passwd' }],
    ['somebody else’s customer', { customer: randomUUID() }],
    ['a status of its own', { status: 'completed' }],
  ])('details with %s are refused', async (what, change) => {
    await refused(await call('PATCH', `/store/carts/${cart.id}`, change, cart.keys), what);
  });

  test.each([
    ['a code that is SQL', "'; drop table orders; --"],
    ['a code of a null character', 'A\0B'],
    ['an endless code', 'x'.repeat(10_000)],
    ['an empty code', '   '],
    ['a code of the other direction', '\u202eEDOC'],
  ])('%s is refused', async (what, code) => {
    await refused(await call('POST', `/store/carts/${cart.id}/codes`, { code }, cart.keys), what);
  });

  test.each([
    ['no key', undefined, {}],
    ['an endless key', 'x'.repeat(300), {}],
    ['a total of text', 'key', { expected_total_minor: '1' }],
    ['a negative total', 'key', { expected_total_minor: -1 }],
    ['an unknown provider', 'key', { payment: { provider: 'paypal' } }],
    ['a provider that is a prototype', 'key', { payment: { provider: 'constructor' } }],
    [
      'a way back that is a script',
      'key',
      { payment: { provider: 'manual', return_url: 'javascript:alert(1)' } },
    ],
    ['a note with a null character', 'key', { customer_note: 'a\0b' }],
    ['a total of its own making', 'key', { total_minor: 1 }],
  ])('a checkout with %s is refused', async (what, idempotency_key, change) => {
    const body = { expected_total_minor: cart.data.total_minor, payment: { provider: 'manual' }, ...change };
    await refused(
      await call('POST', `/store/carts/${cart.id}/complete`, body, { ...cart.keys, idempotency_key }),
      what,
    );
  });

  test.each([
    '1',
    'undefined',
    '%00',
    "'",
    '../orders',
    randomUUID().slice(1),
    `${randomUUID()}%20`,
    'ffffffff-ffff-ffff-ffff-fffffffffffg',
  ])('the id %s is refused on every route that takes one', async (id) => {
    const keys: Keys = { ...cart.keys, token: customer.token };
    for (const path of [
      `/store/carts/${id}`,
      `/store/orders/${id}`,
      `/store/orders/${id}/payment`,
      `/store/carts/${cart.id}/lines/${id}`,
      `/store/me/addresses/${id}`,
    ]) {
      const verb = path.includes('/lines/') || path.includes('/addresses/') ? 'DELETE' : 'GET';
      await refused(await call(verb, path, undefined, keys), `${verb} ${path}`);
    }
  });

  test.each([
    ['short', 'x'],
    ['endless', 'x'.repeat(5000)],
    ['escaped', '%00'],
    ['in SQL', '"; drop table carts'],
  ])('a token that is %s opens nothing', async (_what, cart_token) => {
    await refused(await read(cart, { cart_token }), 'token');
    await refused(await call('GET', '/store/cart', undefined, { cart_token }), 'token');
  });

  test('odd but honest text is kept as it is', async () => {
    const metadata = {
      note: "Robert'); DROP TABLE students;--",
      bidi: '\u202etxt',
      emoji: '👩‍👩‍👧',
      html: '<script>alert(1)</script>',
    };
    const { id, keys } = await aCart({ lines: [{ variant, quantity: 1, metadata }] });
    const { data } = await call('GET', `/store/carts/${id}`, undefined, keys);
    expect(data.lines[0].metadata).toEqual(metadata);
    expect((await stockOf(server.shop, variant)).level).toMatchObject({ reserved: 0 });
  });
});

test('after all of it the books are sound', () => expectSoundBooks(server.shop));
