/** Stock over HTTP: what shoppers see and ask for, what staff book, and who may not. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import { ROLES } from '../../extensions/commerce-api/src/platform/roles.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aStaffToken, aVariant, stockOf, type VariantOptions } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { aBundle, aLocation, anOrderOf, levelAt, lineIds, locationOf, sell } from '../support/stock.ts';
import { aCustomer, clientOf, type Call, type Keys } from '../support/store-client.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let shop: Shop;
let call: Call;
let staff: Keys;
let other_staff: Keys;
beforeAll(async () => {
  server = await startServer();
  ({ shop } = server);
  call = clientOf(server.url);
  staff = { token: await aStaffToken(shop, ROLES.catalogue_staff) };
  other_staff = { token: await aStaffToken(shop, ROLES.order_staff) };
});
afterAll(() => server.stop());

describe('what can be bought', () => {
  const MAY = '2099-05-01T00:00:00.000Z';
  const later: VariantOptions = { allow_backorder: true };
  const available = (units: number | null, left: number | null, ships_at: string | null = null) => ({
    available: units,
    in_stock: units !== 0 || left !== 0,
    allow_backorder: left !== 0,
    backorder_left: left,
    preorder_ships_at: ships_at,
  });

  test.each<[string, () => Promise<string>, ReturnType<typeof available>]>([
    ['what is there', () => aVariant(shop, { on_hand: 3 }), available(3, 0)],
    ['nothing', () => aVariant(shop, { on_hand: 0 }), available(0, 0)],
    ['what nobody counts', () => aVariant(shop, { on_hand: 0, track_stock: false }), available(null, 0)],
    ['backorders without limit', () => aVariant(shop, { on_hand: 0, ...later }), available(0, null)],
    [
      'backorders within their limit',
      () => aVariant(shop, { on_hand: 1, ...later, backorder_limit: 4 }),
      available(1, 4),
    ],
    [
      'no backorder where the limit is owed',
      async () => {
        const variant = await aVariant(shop, { on_hand: 1, ...later, backorder_limit: 4 });
        await anOrderOf(shop, { variant, quantity: 5 });
        return variant;
      },
      available(0, 0),
    ],
    [
      'no backorder where no level would keep it',
      async () => {
        const variant = await aVariant(shop, { on_hand: 0, ...later });
        await shop.db.raw('delete from stock_levels where variant = ?', [variant]);
        return variant;
      },
      available(0, 0),
    ],
    [
      'a preorder with its date',
      () => aVariant(shop, { on_hand: 0, ...later, preorder_ships_at: new Date(MAY) }),
      available(0, null, MAY),
    ],
    [
      'no date that has passed, and none for what is not preordered',
      () => aVariant(shop, { on_hand: 2, preorder_ships_at: new Date(MAY) }),
      available(2, 0),
    ],
    [
      'a bundle by its scarcest part',
      async () => {
        const [mug, pot] = [await aVariant(shop, { on_hand: 7 }), await aVariant(shop, { on_hand: 9 })];
        return aBundle(shop, { [mug]: 2, [pot]: 1 });
      },
      available(3, 0),
    ],
    [
      'no bundle without enough of a part, whatever the bundle says of itself',
      async () => aBundle(shop, { [await aVariant(shop, { on_hand: 1 })]: 2 }, { on_hand: 9, ...later }),
      available(0, 0),
    ],
    [
      'a bundle whose parts may be backordered, when the last of them is announced',
      async () => {
        const mug = await aVariant(shop, {
          on_hand: 1,
          ...later,
          backorder_limit: 5,
          preorder_ships_at: new Date(MAY),
        });
        return aBundle(shop, { [mug]: 2 });
      },
      available(0, 3, MAY),
    ],
    [
      'a bundle of what nobody counts',
      async () => aBundle(shop, { [await aVariant(shop, { on_hand: 0, track_stock: false })]: 1 }),
      available(null, 0),
    ],
  ])('is %s, and the catalogue agrees', async (_, make, expected) => {
    const variant = await make();
    const { data } = await call('GET', `/store/stock?variants=${variant}`);
    expect(data).toEqual([{ variant, ...expected }]);

    const product = await row<{ slug: string }>(
      shop.db,
      'select p.slug from products p join product_variants v on v.product = p.id where v.id = ?',
      [variant],
    );
    const page = await call('GET', `/store/products/${product!.slug}`);
    expect(page.data).toMatchObject({
      in_stock: expected.in_stock,
      variants: [{ in_stock: expected.in_stock }],
    });
    const listed = async (in_stock: boolean) => {
      const answer = await call('GET', `/store/products?limit=100&in_stock=${in_stock}`);
      return (answer.data as { slug: string }[]).some(({ slug }) => slug === product!.slug);
    };
    expect([await listed(true), await listed(false)]).toEqual([expected.in_stock, !expected.in_stock]);
  });
});

describe('a wish', () => {
  test('is noted with the same answer, new or not, and one mail comes when it is back', async () => {
    const variant = await aVariant(shop, { on_hand: 0 });
    const email = `ada-${randomUUID()}@example.com`;
    const ask = () => call('POST', '/store/stock/notices', { variant, email: email.toUpperCase() });
    const answers = [await ask(), await ask()];
    expect(answers.map(({ status, data }) => ({ status, data }))).toEqual(
      Array.from({ length: 2 }, () => ({ status: 202, data: { status: 'noted' } })),
    );
    const body = { variant, location: await locationOf(shop, variant), delta: 1 };
    expect((await call('POST', '/staff/stock/adjust', body, staff)).status).toBe(200);
    const [mail, ...others] = await until('the mail', () => {
      const mails = server.inbox.messages(email);
      return mails.length > 0 && mails;
    });
    expect(mail!.subject).toMatch(/^Back in stock/);
    expect(others).toEqual([]);
  });

  test('of a customer goes to their own address', async () => {
    const variant = await aVariant(shop, { on_hand: 0 });
    const customer = await aCustomer(call);
    expect((await call('POST', '/store/stock/notices', { variant }, customer)).status).toBe(202);
    const wish = await row(shop.db, 'select email from stock_notices where variant = ?', [variant]);
    expect(wish).toEqual({ email: customer.email });
  });

  test.each<[string, object, number, string]>([
    ['no address', { variant: randomUUID() }, 400, 'INVALID_PAYLOAD'],
    ['an address that is none', { variant: randomUUID(), email: 'ada' }, 400, 'INVALID_PAYLOAD'],
    ['a variant that is not sold', { variant: randomUUID(), email: 'ada@example.com' }, 404, 'NOT_FOUND'],
    [
      'more than it takes',
      { variant: randomUUID(), email: 'ada@example.com', quantity: 1 },
      400,
      'INVALID_PAYLOAD',
    ],
  ])('with %s is refused', async (_, body, status, code) => {
    expect(await call('POST', '/store/stock/notices', body)).toMatchObject({ status, code });
  });
});

describe('staff', () => {
  test('book a delivery with its reason, and a loss the other way round is refused', async () => {
    const variant = await aVariant(shop, { on_hand: 5 });
    const body = { variant, location: await locationOf(shop, variant), delta: 3, reason: 'received' };
    expect(await call('POST', '/staff/stock/adjust', body, staff)).toMatchObject({
      status: 200,
      data: { on_hand: 8 },
    });
    expect(await call('POST', '/staff/stock/adjust', { ...body, reason: 'lost' }, other_staff)).toMatchObject(
      {
        status: 400,
        code: 'INVALID_PAYLOAD',
        extensions: { path: 'delta' },
      },
    );
    expect(await call('POST', '/staff/stock/adjust', { ...body, reason: 'stolen' }, staff)).toMatchObject({
      status: 400,
    });
  });

  test('move goods, and read it in the ledger', async () => {
    const variant = await aVariant(shop, { on_hand: 5 });
    const [from, to] = [await locationOf(shop, variant), await aLocation(shop)];
    const body = { from, to, lines: [{ variant, quantity: 2 }], note: 'For the market' };
    const moved = await call('POST', '/staff/stock/transfer', body, other_staff);
    expect(moved.status).toBe(200);
    expect(await levelAt(shop, to, variant)).toBe('2/0');
    const ledger = await call('GET', `/staff/stock/movements?variant=${variant}&limit=2`, undefined, staff);
    expect(JSON.parse(ledger.text)).toMatchObject({
      data: [
        { reason: 'transfer', transfer: moved.data.transfer, note: 'For the market' },
        { reason: 'transfer', transfer: moved.data.transfer },
      ],
      meta: { page: 1, limit: 2, total: 3 },
    });
    expect(
      await call('POST', '/staff/stock/transfer', { ...body, lines: [{ variant, quantity: 9 }] }, staff),
    ).toMatchObject({ status: 409, code: 'INSUFFICIENT_STOCK', extensions: { available: 3 } });
    expect(await call('POST', '/staff/stock/transfer', { ...body, to: from }, staff)).toMatchObject({
      status: 400,
      extensions: { path: 'to' },
    });
  });

  test('put the goods of an order back', async () => {
    const variant = await aVariant(shop, { on_hand: 5 });
    const order = await anOrderOf(shop, { variant, quantity: 2 });
    await sell(shop, order);
    const [order_line] = await lineIds(shop, order);
    const path = `/staff/orders/${order}/restock`;
    const answer = await call('POST', path, { lines: [{ order_line, quantity: 9 }] }, staff);
    expect(answer).toMatchObject({ status: 200, data: { units: 2 } });
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 5, reserved: 0 });
    expect(
      await call('POST', path, { lines: [{ order_line: randomUUID(), quantity: 1 }] }, staff),
    ).toMatchObject({ status: 404 });
  });

  test('set from when on a level is low', async () => {
    const variant = await aVariant(shop, { on_hand: 5 });
    const body = { variant, location: await locationOf(shop, variant), low_stock_at: 3 };
    expect(await call('PUT', '/staff/stock/low-stock-at', body, staff)).toMatchObject({
      status: 200,
      data: { on_hand: 5, reserved: 0, low_stock_at: 3 },
    });
    const missing = { ...body, location: randomUUID() };
    expect(await call('PUT', '/staff/stock/low-stock-at', missing, staff)).toMatchObject({ status: 404 });
  });

  test.each([
    ['POST', '/staff/stock/adjust', { variant: randomUUID(), location: randomUUID(), delta: 1 }],
    [
      'POST',
      '/staff/stock/transfer',
      { from: randomUUID(), to: randomUUID(), lines: [{ variant: randomUUID(), quantity: 1 }] },
    ],
    ['PUT', '/staff/stock/low-stock-at', { variant: randomUUID(), location: randomUUID(), low_stock_at: 1 }],
    ['GET', `/staff/stock/movements?variant=${randomUUID()}`, undefined],
    ['POST', `/staff/orders/${randomUUID()}/restock`, { lines: [{ order_line: randomUUID(), quantity: 1 }] }],
  ])('alone may %s %s', async (method, path, body) => {
    const customer = await aCustomer(call);
    expect(await call(method, path, body)).toMatchObject({ status: 401 });
    expect(await call(method, path, body, customer)).toMatchObject({ status: 403 });
  });
});

describe('the items API', () => {
  const admin = () => ({ token: server.admin_token });

  test('cannot write counts, nor movements, nor make a bundle of a bundle', async () => {
    const variant = await aVariant(shop, { on_hand: 5 });
    const level = await row<{ id: string }>(shop.db, 'select id from stock_levels where variant = ?', [
      variant,
    ]);
    const place = { variant, location: await aLocation(shop) };
    const set = await aBundle(shop, { [variant]: 1 });
    const answers = [
      await call('PATCH', `/items/stock_levels/${level!.id}`, { on_hand: 99 }, admin()),
      await call('POST', '/items/stock_levels', { ...place, on_hand: 99 }, admin()),
      await call('POST', '/items/stock_movements', { ...place, delta_on_hand: 9, reason: 'found' }, admin()),
      await call(
        'POST',
        '/items/bundle_items',
        { bundle: await aVariant(shop), part: set, quantity: 1 },
        admin(),
      ),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 400]);
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 5, reserved: 0 });
  });

  test('cannot write counts through a flow that announces nothing: the database refuses', async () => {
    const variant = await aVariant(shop, { on_hand: 5 });
    const level = await row<{ id: string }>(shop.db, 'select id from stock_levels where variant = ?', [
      variant,
    ]);
    const made = async (path: string, body: object) => {
      const answer = await call('POST', path, body, admin());
      expect(answer.status, answer.text).toBe(200);
      return (answer.data as { id: string }).id;
    };
    const flow = await made('/flows', {
      name: 'Past the ledger',
      trigger: 'webhook',
      options: { method: 'POST' },
    });
    const operation = await made('/operations', {
      ...{ name: 'Write', key: 'write', type: 'item-update', position_x: 1, position_y: 1, flow },
      options: {
        collection: 'stock_levels',
        permissions: '$full',
        emitEvents: false,
        key: [level!.id],
        payload: { on_hand: 4242 },
      },
    });
    await call('PATCH', `/flows/${flow}`, { operation, status: 'active', accountability: 'all' }, admin());
    await until('the flow runs', async () => {
      await call('POST', `/flows/trigger/${flow}`, undefined, admin());
      return row(server.db, `select id from directus_activity where action = 'run' and item = ?`, [flow]);
    });
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 5, reserved: 0 });

    const options = { collection: 'stock_levels', permissions: '$full', emitEvents: false, key: [level!.id] };
    const harmless = { options: { ...options, payload: { low_stock_at: 7 } } };
    expect((await call('PATCH', `/operations/${operation}`, harmless, admin())).status).toBe(200);
    await until('the same flow writes a mark', async () => {
      await call('POST', `/flows/trigger/${flow}`, undefined, admin());
      return row(server.db, 'select id from stock_levels where id = ? and low_stock_at = 7', [level!.id]);
    });
  });
});

test('after all of it the books are sound', () => expectSoundBooks(shop));
