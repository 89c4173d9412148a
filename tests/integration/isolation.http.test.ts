/** What belongs to one shopper stays with them, whatever route another tries: the store, generated REST, GraphQL. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { expectSoundBooks } from '../support/books.ts';
import { ADDRESS } from '../support/factories.ts';
import { startCounter, type Cart, type Counter } from '../support/http-carts.ts';
import { aCustomer, type Call, type Customer, type Keys } from '../support/store-client.ts';

let counter: Counter;
let call: Call;
beforeAll(async () => {
  counter = await startCounter();
  call = counter.call;
});
afterAll(() => counter.server.stop());

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
    const variant = await counter.variantOf();
    const owner = await aCustomer(call);
    const { data: ordered } = await counter.order(await counter.aFullCart(variant, owner));
    const address = await call('POST', '/store/me/addresses', ADDRESS, { token: owner.token });
    const { data: guest } = await counter.order(await counter.aFullCart(variant));
    owned = {
      owner,
      cart: await counter.aFullCart(variant, owner),
      ordered: ordered.order,
      address: address.data.id,
      guest_cart: await counter.aFullCart(variant),
      guest_order: { id: guest.order.id, token: guest.order_token },
    };
    stranger = await aCustomer(call);
  });

  /** Nobody, another customer, the holder of another cart or order, and both at once. */
  async function strangers(): Promise<[string, Keys][]> {
    const other = await counter.aFullCart(await counter.variantOf());
    const { data } = await counter.order(await counter.aFullCart(await counter.variantOf()));
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
      counter.server.db,
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
        for (const path of [item, `${item}?fields=*.*`])
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
    expect((await counter.read(owned.cart)).status).toBe(200);
    expect((await counter.read(owned.guest_cart)).status).toBe(200);
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
    const other = await counter.aFullCart(await counter.variantOf());
    const { data } = await counter.order(other);
    expect((await counter.read(owned.guest_cart, other.keys)).status).toBe(404);
    expect((await counter.read(other, owned.guest_cart.keys)).status).toBe(404);
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

test('after all of it the books are sound', () => expectSoundBooks(counter.server.shop));
