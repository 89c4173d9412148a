/** What nobody writes by hand: the books, through the items API, even as an administrator. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockOrder } from '../../extensions/commerce-api/src/orders/queries.ts';
import {
  flagOrder,
  resolveAttention,
  type AttentionCode,
} from '../../extensions/commerce-api/src/payments/flag-order.ts';
import { inTransaction, row } from '../../extensions/commerce-api/src/platform/database.ts';
import { aReadyCart, aShippingMethod, aVariant, place, stockOf } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let order: string;
let variant: string;
beforeAll(async () => {
  server = await startServer();
  variant = await aVariant(server.shop, { on_hand: 5 });
  const method = await aShippingMethod(server.shop);
  const placed = await place(server.shop, await aReadyCart(server.shop, method, [{ variant, quantity: 1 }]));
  order = placed.order.id;
});
afterAll(() => server.stop());

const flag = (code: AttentionCode) =>
  inTransaction(server.db, async (trx) =>
    flagOrder(trx, (await lockOrder(trx, order))!, code, 'Somebody has to look', { actor_kind: 'system' }),
  );

async function call(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${server.admin_token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = (text ? JSON.parse(text) : {}) as {
    data?: never;
    errors?: { extensions: { code: string } }[];
  };
  return { status: answer.status, code: json.errors?.[0]?.extensions.code, data: json.data as unknown };
}

describe('an administrator', () => {
  test.each(['status', 'total_minor', 'paid_minor', 'email'])(
    'cannot change %s of an order',
    async (field) => {
      const before = await row(server.db, 'select * from orders where id = ?', [order]);
      const answer = await call('PATCH', `/items/orders/${order}`, {
        [field]: field === 'email' ? 'a@example.com' : 1,
      });
      expect(answer).toMatchObject({ status: 403, code: 'FORBIDDEN' });
      expect(await row(server.db, 'select * from orders where id = ?', [order])).toEqual(before);
    },
  );

  test('may take an order off the attention list, and the next flag counts anew', async () => {
    await flag('paid_twice');
    await server
      .db('orders')
      .where({ id: order })
      .update({ attention_at: new Date(0) });
    expect(await call('PATCH', `/items/orders/${order}`, { needs_attention: false })).toMatchObject({
      status: 200,
    });
    await flag('dispute');
    const now = await row<{ attention_code: string; attention_at: Date }>(
      server.db,
      'select attention_code, attention_at from orders where id = ?',
      [order],
    );
    expect(now).toMatchObject({ attention_code: 'dispute' });
    expect(now!.attention_at.getTime()).toBeGreaterThan(0);
    const flags = await server
      .db('order_events')
      .where({ order, kind: 'flagged' })
      .orderBy('id')
      .select('data');
    expect(flags.map(({ data }) => data)).toEqual([{ code: 'paid_twice' }, { code: 'dispute' }]);
    await resolveAttention(server.shop, order, undefined, null);
    expect(
      await row(server.db, 'select needs_attention, attention_at from orders where id = ?', [order]),
    ).toEqual({ needs_attention: false, attention_at: null });
  });

  test.each(['attention_code', 'attention_at'])(
    'cannot write %s, which a flag brings along',
    async (field) => {
      const value = field === 'attention_at' ? new Date().toISOString() : 'paid_twice';
      expect(await call('PATCH', `/items/orders/${order}`, { [field]: value })).toMatchObject({
        status: 403,
      });
    },
  );

  test('cannot write how often a promotion was used', async () => {
    const made = await call('POST', '/items/promotions', {
      name: 'Ten',
      kind: 'percentage',
      value_ppm: 100_000,
    });
    const { id } = made.data as { id: string };
    expect(await call('PATCH', `/items/promotions/${id}`, { usage_count: 7 })).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
    });
    expect(await call('PATCH', `/items/promotions/${id}`, { name: 'Ten percent' })).toMatchObject({
      status: 200,
    });
  });

  test('cannot delete an order, make a payment or a dispute, or rewrite a movement', async () => {
    expect(await call('DELETE', `/items/orders/${order}`)).toMatchObject({ status: 403 });
    expect(
      await call('POST', '/items/payments', { order, provider: 'manual', amount_minor: 1, currency: 'USD' }),
    ).toMatchObject({ status: 403 });
    const payment = await row<{ id: string }>(server.db, 'select id from payments where "order" = ?', [
      order,
    ]);
    expect(
      await call('POST', '/items/disputes', {
        ...{ order, payment: payment?.id, provider: 'stripe', provider_dispute: 'dp_1' },
        ...{ amount_minor: 1, currency: 'USD', status: 'open' },
      }),
    ).toMatchObject({ status: 403 });
    const movement = await row<{ id: number }>(
      server.db,
      'select id from stock_movements where variant = ? limit 1',
      [variant],
    );
    expect(
      await call('PATCH', `/items/stock_movements/${movement?.id}`, { delta_on_hand: 99 }),
    ).toMatchObject({ status: 403 });
  });

  test('cannot change stock inside a nested edit of the product', async () => {
    const level = await row<{ id: string; product: string }>(
      server.db,
      `select s.id, v.product from stock_levels s join product_variants v on v.id = s.variant where v.id = ?`,
      [variant],
    );
    const body = {
      variants: {
        update: [
          {
            id: variant,
            stock_levels: { update: [{ id: level?.id, on_hand: 500 }], create: [], delete: [] },
          },
        ],
        create: [],
        delete: [],
      },
    };
    expect(await call('PATCH', `/items/products/${level?.product}`, body)).toMatchObject({ status: 403 });
    expect((await stockOf(server.shop, variant)).level).toEqual({ on_hand: 5, reserved: 1 });
  });

  test('adjusts stock through /staff, with a row in the ledger that says who and why', async () => {
    const level = await row<{ location: string }>(
      server.db,
      'select location from stock_levels where variant = ?',
      [variant],
    );
    const answer = await call('POST', '/staff/stock/adjust', {
      variant,
      location: level?.location,
      delta: 3,
      note: 'Delivery',
    });
    expect(answer).toMatchObject({ status: 200, data: { on_hand: 8, reserved: 1 } });
    expect(await stockOf(server.shop, variant)).toEqual({
      level: { on_hand: 8, reserved: 1 },
      ledger: { on_hand: 8, reserved: 1 },
    });
    const booked = await row(
      server.db,
      `select reason, note, actor is not null as has_actor from stock_movements where variant = ? order by id desc limit 1`,
      [variant],
    );
    expect(booked).toEqual({ reason: 'adjustment', note: 'Delivery', has_actor: true });
    expect(
      await call('POST', '/staff/stock/adjust', { variant, location: level?.location, delta: -8 }),
    ).toMatchObject({ status: 409, code: 'INSUFFICIENT_STOCK' });
    expect(
      await call('POST', '/staff/stock/adjust', { variant: order, location: level?.location, delta: 1 }),
    ).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});

test('a flow with full access that announces what it writes cannot write stock past the ledger', async () => {
  const level = await row<{ id: string }>(server.db, 'select id from stock_levels where variant = ?', [
    variant,
  ]);
  const before = await stockOf(server.shop, variant);
  const flow = await made('/flows', { name: 'Restock', trigger: 'webhook', options: { method: 'POST' } });
  const operation = await made('/operations', {
    ...{ name: 'Write', key: 'write', type: 'item-update', position_x: 1, position_y: 1, flow },
    options: {
      collection: 'stock_levels',
      permissions: '$full',
      emitEvents: true,
      key: [level?.id],
      payload: { on_hand: 4242 },
    },
  });
  await call('PATCH', `/flows/${flow}`, { operation, status: 'active', accountability: 'all' });
  await until('the flow runs', async () => {
    await call('POST', `/flows/trigger/${flow}`);
    return row(server.db, `select id from directus_activity where action = 'run' and item = ?`, [flow]);
  });
  expect(await stockOf(server.shop, variant)).toEqual(before);
});

async function made(path: string, body: object): Promise<string> {
  const { status, data } = await call('POST', path, body);
  expect(status, path).toBe(200);
  return (data as { id: string }).id;
}
