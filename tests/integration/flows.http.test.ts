/** The buttons a merchant finds in the admin app: flows with operations of ours, pressed over HTTP as the app presses them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Knex } from 'knex';
import { lockOrder } from '../../extensions/commerce-api/src/orders/queries.ts';
import { readSetup, startSetup } from '../../extensions/commerce-api/src/payment-methods/start-setup.ts';
import { flagOrder } from '../../extensions/commerce-api/src/payments/flag-order.ts';
import { inTransaction, row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { applyAccess } from '../../seeds/access/apply-access.ts';
import { ROLES } from '../../seeds/access/ids.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aReadyCart, aShippingMethod, aVariant, place, stockOf } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { freshShop } from '../support/shop.ts';
import { aCreditor, aTill, orderOf } from '../support/tills.ts';
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
  accept: 9,
  capture: 10,
  settle: 11,
  resolve: 12,
  sync: 13,
  charge: 14,
  replay: 15,
  resolve_refund: 16,
} as const;

/** Where the buttons are that are not beside orders. */
const PLACES: Partial<Record<keyof typeof FLOWS, string>> = {
  sold_elsewhere: 'product_variants',
  restock: 'product_variants',
  replay: 'webhook_events',
  resolve_refund: 'refunds',
};

/** For order staff alone. */
const ORDER_BUTTONS = (Object.keys(FLOWS) as (keyof typeof FLOWS)[]).filter(
  (flow) => PLACES[flow] !== 'product_variants',
);

interface Pressed {
  status: number;
  code: string | undefined;
  message: string | undefined;
}

/** Presses a button for one item, with what the form asks for. */
async function press(
  who: string | null,
  flow: keyof typeof FLOWS,
  key: string,
  form: Record<string, unknown> = {},
): Promise<Pressed> {
  const collection = PLACES[flow] ?? 'orders';
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
  const [error] = json.errors ?? [];
  return { status: response.status, code: error?.extensions?.code, message: error?.message };
}

async function placed(quantity = 2, provider = 'manual') {
  const variant = await aVariant(server.shop, { on_hand: 10 });
  const cart = await aReadyCart(server.shop, method, [{ variant, quantity }]);
  const { order, payment } = await place(server.shop, cart, { provider });
  return { variant, order: order.id, payment: payment.id, at_provider: payment.provider_payment ?? '' };
}

/** While the shop's settings are other ones. */
async function having<Answer>(
  settings: Record<string, unknown>,
  act: () => Promise<Answer>,
): Promise<Answer> {
  const before = await server.db('shop_settings').first(Object.keys(settings));
  await server.db('shop_settings').update(settings);
  return act().finally(() => server.db('shop_settings').update(before));
}

async function paid() {
  const made = await placed();
  expect(await press('order_staff', 'mark_paid', made.order)).toMatchObject({ status: 200 });
  return made;
}

function orderNow(id: string) {
  return row<{
    status: string;
    payment_status: string;
    total_minor: number;
    paid_minor: number;
    refunded_minor: number;
    needs_attention: boolean;
    attention_code: string | null;
  }>(
    server.db,
    `select status, payment_status, total_minor, paid_minor, refunded_minor, needs_attention, attention_code
     from orders where id = ?`,
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

describe('money that is promised', () => {
  const authorised = async () => {
    const made = await having({ payment_capture: 'later' }, () => placed(2, 'stripe'));
    server.emulator.shopper.pay(made.at_provider);
    await until(
      'it is authorised',
      async () => (await orderNow(made.order))?.payment_status === 'authorised',
    );
    return made;
  };

  test('is taken with one button, and who did it is in the timeline', async () => {
    const { order } = await authorised();
    expect(await press('order_staff', 'capture', order)).toMatchObject({ status: 200 });
    const now = await orderNow(order);
    expect(now).toMatchObject({ status: 'processing', payment_status: 'paid', paid_minor: now?.total_minor });
    expect(await timelineOf(order)).toContain('capture_requested by staff');
    expect(await press('order_staff', 'capture', order)).toMatchObject({
      ...{ status: 409, code: 'PAYMENT_NOT_CAPTURABLE' },
      message: expect.stringContaining('Reason: nothing authorised.'),
    });
  });

  test('is taken in part as it is typed; nothing, less than nothing and nonsense are refused', async () => {
    const { order } = await authorised();
    for (const amount of ['0', '-3.50', 'all', '3.505'])
      expect(await press('order_staff', 'capture', order, { amount }), amount).toMatchObject({ status: 400 });
    expect(await press('order_staff', 'capture', order, { amount: '3.50' })).toMatchObject({ status: 200 });
    expect(await orderNow(order)).toMatchObject({ payment_status: 'partly_paid', paid_minor: 350 });
  });

  test('at the door lets the order be sent once staff accept it', async () => {
    const { order } = await having({ cash_on_delivery: true }, () => placed(2, 'cash_on_delivery'));
    expect(await press('order_staff', 'accept', order)).toMatchObject({ status: 200 });
    expect(await orderNow(order)).toMatchObject({ status: 'processing', payment_status: 'authorised' });
    expect(await timelineOf(order)).toContain('accepted by staff');
    expect(await press('order_staff', 'ship', order)).toMatchObject({ status: 200 });
    expect(await press('order_staff', 'mark_paid', order)).toMatchObject({ status: 200 });
    expect(await orderNow(order)).toMatchObject({ status: 'shipped', payment_status: 'paid' });
  });

  test('is found where staff look for it: to capture, to accept, and once that is done to ship', async () => {
    const listed = async (bookmark: string) => {
      const { filter } = await server
        .db('directus_presets')
        .where({ collection: 'orders', bookmark })
        .first('filter');
      const query = new URLSearchParams({ fields: 'id', limit: '-1', filter: JSON.stringify(filter) });
      const headers = { authorization: 'Bearer token-of-order_staff' };
      const response = await fetch(`${server.url}/items/orders?${query.toString()}`, { headers });
      return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
    };
    const listsOf = async (order: string) => {
      const found = [];
      for (const bookmark of ['To accept', 'To capture', 'To ship'])
        if ((await listed(bookmark)).includes(order)) found.push(bookmark);
      return found;
    };
    const card = await authorised();
    const door = await having({ cash_on_delivery: true }, () => placed(2, 'cash_on_delivery'));
    expect(await listsOf(card.order)).toEqual(['To capture']);
    expect(await listsOf(door.order)).toEqual(['To accept']);
    await press('order_staff', 'accept', door.order);
    expect(await listsOf(door.order)).toEqual(['To ship']);
    await press('order_staff', 'capture', card.order);
    expect(await listsOf(card.order)).toEqual(['To ship']);
  });

  test('by nobody is not accepted', async () => {
    const { order } = await placed();
    expect(await press('order_staff', 'accept', order)).toMatchObject({
      ...{ status: 409, code: 'ORDER_NOT_ACCEPTABLE' },
    });
  });
});

describe('an order that needs attention', () => {
  /** The provider takes a dollar more than it was asked for. */
  async function overcharged() {
    server.emulator.faults.add({
      ...{ kind: 'wrong_amount', by_minor: 100, times: 1, route: 'POST /v1/payment_intents' },
    });
    const made = await placed(2, 'stripe');
    server.emulator.shopper.pay(made.at_provider);
    await until(
      'it is flagged',
      async () => (await orderNow(made.order))?.attention_code === 'amount_differs',
    );
    return made;
  }

  test('is settled by accepting what came, and what is too much goes back', async () => {
    const { order } = await overcharged();
    expect(await press('order_staff', 'settle', order, { action: 'accept' })).toMatchObject({ status: 200 });
    expect(await orderNow(order)).toMatchObject({ status: 'processing', needs_attention: false });
    await until('the rest goes back', async () => (await orderNow(order))?.refunded_minor === 100);
    expect(await timelineOf(order)).toContain('settled by staff');
  });

  test('is settled by giving back what came, and by nothing where nobody says which', async () => {
    const { order } = await overcharged();
    expect(await press('order_staff', 'settle', order)).toMatchObject({
      status: 400,
      code: 'INVALID_PAYLOAD',
    });
    expect(await orderNow(order)).toMatchObject({ needs_attention: true });
    expect(await press('order_staff', 'settle', order, { action: 'refund' })).toMatchObject({ status: 200 });
    const now = await until('all of it goes back', async () => {
      const seen = await orderNow(order);
      return seen?.refunded_minor ? seen : null;
    });
    expect(now).toMatchObject({ status: 'pending', needs_attention: false });
    expect(now.refunded_minor).toBe(now.total_minor + 100);
  });

  test('leaves the list when staff have dealt with it, with their note in the timeline', async () => {
    const { order } = await paid();
    await inTransaction(server.db, async (trx) =>
      flagOrder(trx, (await lockOrder(trx, order))!, 'overpaid', 'Too much came', { actor_kind: 'system' }),
    );
    expect(await press('order_staff', 'resolve', order, { note: 'Called them' })).toMatchObject({
      status: 200,
    });
    expect(await orderNow(order)).toMatchObject({ needs_attention: false, attention_code: null });
    const told = await server
      .db('order_events')
      .where({ order, kind: 'attention_resolved' })
      .first('message');
    expect(told).toEqual({ message: 'Called them' });
  });
});

test('an order whose webhook was lost is paid once staff ask the provider', async () => {
  const { order, at_provider } = await placed(2, 'stripe');
  server.emulator.faults.add({ kind: 'hold_events', event_type: '*', times: 10 });
  server.emulator.shopper.pay(at_provider);
  expect(await press('order_staff', 'sync', order)).toMatchObject({ status: 200 });
  server.emulator.faults.clear();
  expect(await orderNow(order)).toMatchObject({ payment_status: 'paid' });
  await server.emulator.events.release();
});

test('a kept card pays what an order costs, and without one nothing is charged', async () => {
  const customer = await aCreditor(server.shop);
  const { order } = await orderOf(server.shop, await aTill(server.shop, { customer }), {
    provider: 'manual',
  });
  expect(await press('order_staff', 'charge', order.id)).toMatchObject({
    status: 422,
    code: 'METHODS_NOT_KEPT',
  });

  const { setup } = await startSetup(server.shop, customer, { provider: 'stripe', make_default: true });
  const begun = await row<{ provider_setup: string }>(
    server.db,
    'select provider_setup from commerce.payment_setups where id = ?',
    [setup],
  );
  server.emulator.shopper.setUp(begun!.provider_setup);
  expect(await readSetup(server.shop, customer, setup)).toMatchObject({ status: 'succeeded' });
  expect(await press('order_staff', 'charge', order.id)).toMatchObject({ status: 200 });
  expect(await orderNow(order.id)).toMatchObject({ payment_status: 'paid', paid_minor: order.total_minor });
});

test('a webhook that could not be processed is processed again', async () => {
  const { at_provider, order } = await placed(2, 'stripe');
  server.emulator.shopper.pay(at_provider);
  await until('it is paid', async () => (await orderNow(order))?.payment_status === 'paid');
  const stored = await until('it is processed', async () =>
    row<{ id: string }>(
      server.db,
      `select id from webhook_events where status = 'processed' and payload ->> 'provider_payment' = ?`,
      [at_provider],
    ),
  );
  await server.db('webhook_events').where({ id: stored.id }).update({ status: 'failed', error: 'No answer' });
  expect(await press('order_staff', 'replay', stored.id)).toMatchObject({ status: 200 });
  await until('it is processed again', async () => {
    const { status } = await server.db('webhook_events').where({ id: stored.id }).first('status');
    return status === 'processed';
  });
});

test('staff say what became of a refund that its provider does not tell of', async () => {
  const { order, payment, at_provider } = await placed(2, 'stripe');
  server.emulator.shopper.pay(at_provider);
  await until('it is paid', async () => (await orderNow(order))?.payment_status === 'paid');
  const refund = randomUUID();
  await server.db('refunds').insert({
    ...{
      id: refund,
      order,
      payment,
      amount_minor: 300,
      currency: 'USD',
      status: 'pending',
      is_unclear: true,
    },
  });
  expect(await press('order_staff', 'resolve_refund', refund)).toMatchObject({ status: 400 });
  expect(await press('order_staff', 'resolve_refund', refund, { outcome: 'ask_again' })).toMatchObject({
    status: 200,
  });
  await until('the provider gives it back', async () => (await orderNow(order))?.refunded_minor === 300);
  expect(await press('order_staff', 'resolve_refund', refund, { outcome: 'given_back' })).toMatchObject({
    ...{ status: 409, code: 'REFUND_NOT_UNCLEAR' },
  });
});

test('nobody but the staff it is for presses a button: not strangers, not shoppers, not the other staff', async () => {
  const { order } = await paid();
  const variant = await aVariant(server.shop, { on_hand: 10 });
  for (const who of [null, 'customer']) {
    expect((await press(who, 'sold_elsewhere', variant, { quantity: 1 })).status, `${who}`).toBe(403);
    expect((await press(who, 'refund', order)).status, `${who}`).toBe(403);
  }
  for (const flow of ORDER_BUTTONS) {
    const form = { action: 'refund', outcome: 'given_back' };
    for (const who of [null, 'customer', 'catalogue_staff'])
      expect((await press(who, flow, order, form)).status, `${who} ${flow}`).toBe(403);
  }
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
