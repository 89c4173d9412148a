/** What no well-meaning client sends: each is answered with 4xx and a code, and changes nothing. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSoundBooks } from '../support/books.ts';
import { ADDRESS } from '../support/factories.ts';
import { startCounter, type Cart, type Counter } from '../support/http-carts.ts';
import {
  aCustomer,
  headersOf,
  send,
  type Call,
  type Customer,
  type Keys,
  type Reply,
} from '../support/store-client.ts';

let counter: Counter;
let call: Call;
beforeAll(async () => {
  counter = await startCounter();
  call = counter.call;
});
afterAll(() => counter.server.stop());

describe('garbage', () => {
  let cart: Cart;
  let variant: string;
  let customer: Customer;
  beforeAll(async () => {
    variant = await counter.variantOf();
    cart = await counter.aFullCart(variant);
    customer = await aCustomer(call);
  });

  /** 4xx with a code, and the cart as it was. */
  async function refused(answer: Reply, what: string): Promise<void> {
    expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeGreaterThanOrEqual(400);
    expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeLessThan(500);
    expect(answer.code, `${what}: ${answer.text.slice(0, 300)}`).toMatch(/^[A-Z_]+$/);
    const { token: _shownOnce, ...before } = cart.data;
    expect((await counter.read(cart)).data, what).toEqual(before);
  }

  const raw = (body: string, type = 'application/json', path = '/lines', verb = 'POST') =>
    send(`${counter.server.url}/store/carts/${cart.id}${path}`, {
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
    await refused(await counter.read(cart, { cart_token }), 'token');
    await refused(await call('GET', '/store/cart', undefined, { cart_token }), 'token');
  });

  test('odd but honest text is kept as it is, down to the order', async () => {
    const metadata = {
      note: "Robert'); DROP TABLE students;--",
      bidi: '\u202etxt',
      emoji: '👩‍👩‍👧',
      html: '<script>alert(1)</script>',
    };
    const odd = await counter.aFullCart(variant, undefined, { lines: [{ variant, quantity: 1, metadata }] });
    expect((await counter.read(odd)).data.lines[0].metadata).toEqual(metadata);
    const { status, data } = await counter.order(odd);
    expect([status, data.order.lines[0].metadata]).toEqual([201, metadata]);
  });
});

test('after all of it the books are sound', () => expectSoundBooks(counter.server.shop));
