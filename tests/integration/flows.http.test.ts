/** The buttons a merchant finds in the admin app: flows with operations of ours, pressed over HTTP as the app presses them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Knex } from 'knex';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { applyAccess } from '../../seeds/access/apply-access.ts';
import { ROLES } from '../../seeds/access/ids.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aReadyCart, aShippingMethod, aVariant, place, stockOf } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { freshShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let method: string;

beforeAll(async () => {
  server = await startServer();
  method = await aShippingMethod(server.shop);
  for (const role of ['order_staff', 'catalogue_staff', 'customer'] as const) {
    await server.db('directus_users').insert({
      ...{ id: randomUUID(), email: `${role}@example.com`, role: ROLES[role], status: 'active' },
      token: `token-of-${role}`,
    });
  }
});
afterAll(async () => {
  await expectSoundBooks(server.shop);
  await server.stop();
});

const FLOWS = {
  ship: 1,
  refund: 2,
  cancel: 3,
  mark_paid: 4,
  resend_mail: 5,
  sold_elsewhere: 6,
  restock: 7,
} as const;

interface Pressed {
  status: number;
  code: string | undefined;
}

/** Presses a button for one item, with what the form asks for. */
async function press(
  who: string | null,
  flow: keyof typeof FLOWS,
  key: string,
  form: Record<string, unknown> = {},
): Promise<Pressed> {
  const collection = flow === 'sold_elsewhere' || flow === 'restock' ? 'product_variants' : 'orders';
  const id = `5b1c0005-0000-4000-8000-${String(FLOWS[flow]).padStart(12, '0')}`;
  const response = await fetch(`${server.url}/flows/trigger/${id}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(who && { authorization: `Bearer ${who === 'admin' ? server.admin_token : `token-of-${who}`}` }),
    },
    body: JSON.stringify({ collection, keys: [key], ...form }),
  });
  const text = await response.text();
  const json = text.startsWith('{') ? JSON.parse(text) : {};
  return { status: response.status, code: json.errors?.[0]?.extensions?.code };
}

async function placed(quantity = 2) {
  const variant = await aVariant(server.shop, { on_hand: 10 });
  const cart = await aReadyCart(server.shop, method, [{ variant, quantity }]);
  const { order } = await place(server.shop, cart);
  return { variant, order: order.id };
}

async function paid() {
  const made = await placed();
  expect(await press('order_staff', 'mark_paid', made.order)).toMatchObject({ status: 200 });
  return made;
}

function orderNow(id: string) {
  return row<{ status: string; payment_status: string; total_minor: number; refunded_minor: number }>(
    server.db,
    'select status, payment_status, total_minor, refunded_minor from orders where id = ?',
    [id],
  );
}

async function timelineOf(order: string) {
  const user = await row<{ id: string }>(
    server.db,
    `select id from directus_users where email = 'order_staff@example.com'`,
  );
  const events = await rows<{ kind: string; actor: string | null }>(
    server.db,
    'select kind, actor from order_events where "order" = ? order by id',
    [order],
  );
  return events.map(({ kind, actor }) => (actor === user?.id ? `${kind} by staff` : kind));
}

test('a merchant refunds an order with one button and sees it in the timeline', async () => {
  const { order } = await paid();
  expect(await press('order_staff', 'refund', order, { reason: 'Broken' })).toMatchObject({ status: 200 });
  const refunded = await until('the refund is booked', async () => {
    const now = await orderNow(order);
    return now?.payment_status === 'refunded' ? now : null;
  });
  expect(refunded.refunded_minor).toBe(refunded.total_minor);
  expect(await timelineOf(order)).toEqual(
    expect.arrayContaining(['placed', 'paid by staff', expect.stringMatching(/^refund/)]),
  );
});

test('a part of the money goes back as it is typed, and nonsense gives nothing back', async () => {
  const { order } = await paid();
  expect(await press('order_staff', 'refund', order, { amount: '1.234' })).toMatchObject({
    status: 400,
    code: 'INVALID_PAYLOAD',
  });
  expect(await press('order_staff', 'refund', order, { amount: '3.50' })).toMatchObject({ status: 200 });
  await until('the refund is booked', async () => (await orderNow(order))?.refunded_minor === 350);
});

test('an order ships with its tracking number', async () => {
  const { order } = await paid();
  const form = { carrier: 'DHL', tracking_number: '00340', tracking_url: '' };
  expect(await press('order_staff', 'ship', order, form)).toMatchObject({ status: 200 });
  expect(await orderNow(order)).toMatchObject({ status: 'shipped' });
  const shipments = await server
    .db('shipments')
    .where({ order })
    .select('carrier', 'tracking_number', 'status');
  expect(shipments).toEqual([{ carrier: 'DHL', tracking_number: '00340', status: 'shipped' }]);
  expect(await press('order_staff', 'ship', order, form)).toMatchObject({ status: 409 });
});

test('an order is cancelled, its stock comes back, and the timeline says by whom', async () => {
  const { order, variant } = await placed(3);
  expect(await press('order_staff', 'cancel', order, { reason: 'Asked to' })).toMatchObject({ status: 200 });
  expect(await orderNow(order)).toMatchObject({ status: 'cancelled' });
  expect(await timelineOf(order)).toContain('cancelled by staff');
  expect((await stockOf(server.shop, variant)).level).toMatchObject({ on_hand: 10, reserved: 0 });
});

test('a mail about an order goes out again', async () => {
  const { order } = await placed();
  const { email } = await server.db('orders').where({ id: order }).first('email');
  const mails = () => server.inbox.messages().filter((mail) => JSON.stringify(mail).includes(email)).length;
  await until('the first mail is there', () => Promise.resolve(mails() === 1));
  expect(await press('order_staff', 'resend_mail', order, { template: 'order-placed' })).toMatchObject({
    status: 200,
  });
  await until('the second mail is there', () => Promise.resolve(mails() === 2));
});

test('what was sold elsewhere leaves the stock, and a delivery comes in, with who and why in the ledger', async () => {
  const variant = await aVariant(server.shop, { on_hand: 10 });
  const form = { quantity: 3, note: 'Market' };
  expect(await press('catalogue_staff', 'sold_elsewhere', variant, form)).toMatchObject({ status: 200 });
  expect(await press('catalogue_staff', 'restock', variant, { quantity: 5 })).toMatchObject({ status: 200 });
  expect((await stockOf(server.shop, variant)).level).toMatchObject({ on_hand: 12 });
  const movements = await server
    .db('stock_movements')
    .where({ variant })
    .whereNotNull('actor')
    .orderBy('id')
    .select('delta_on_hand', 'reason', 'note');
  expect(movements).toEqual([
    { delta_on_hand: -3, reason: 'sold_elsewhere', note: 'Market' },
    { delta_on_hand: 5, reason: 'received', note: null },
  ]);
  expect(await press('catalogue_staff', 'sold_elsewhere', variant, { quantity: 13 })).toMatchObject({
    status: 409,
    code: 'INSUFFICIENT_STOCK',
  });
});

test('nobody but the staff it is for presses a button: not strangers, not shoppers, not the other staff', async () => {
  const { order } = await paid();
  const variant = await aVariant(server.shop, { on_hand: 10 });
  for (const who of [null, 'customer']) {
    expect((await press(who, 'sold_elsewhere', variant, { quantity: 1 })).status, `${who}`).toBe(403);
    expect((await press(who, 'refund', order)).status, `${who}`).toBe(403);
  }
  expect((await press('catalogue_staff', 'refund', order)).status).toBe(403);
  expect(await orderNow(order)).toMatchObject({ refunded_minor: 0 });
  expect((await stockOf(server.shop, variant)).level).toMatchObject({ on_hand: 10 });
});

test('a flow that a merchant changed or deleted is not put back', async () => {
  const base = await freshShop();
  const db: Knex = base.db;
  const flow = (number: number) => ({ id: `5b1c0005-0000-4000-8000-${String(number).padStart(12, '0')}` });
  await db('directus_flows').where(flow(1)).delete();
  await db('directus_flows').where(flow(2)).update({ status: 'inactive' });
  expect(await applyAccess(db)).toEqual({ changed: false });
  expect(await db('directus_flows').where(flow(1))).toEqual([]);
  expect(await db('directus_flows').where(flow(2)).first()).toMatchObject({ status: 'inactive' });
  await base.stop();
});
