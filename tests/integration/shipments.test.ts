/** What leaves the shop after an order was paid: parcels, parts of orders, things that need no parcel. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cancelShipment,
  changeTracking,
  deliverShipment,
} from '../../extensions/commerce-api/src/orders/change-shipment.ts';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { orderById } from '../../extensions/commerce-api/src/orders/queries.ts';
import { staffOrderView } from '../../extensions/commerce-api/src/orders/order-view.ts';
import { dispatchShipment, shipOrder } from '../../extensions/commerce-api/src/orders/ship-order.ts';
import { receiveMoney } from '../../extensions/commerce-api/src/payments/receive-money.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { examine } from '../../extensions/commerce-api/src/operations/examine.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { expectSoundBooks } from '../support/books.ts';
import { orderDesk, outcomesOf, progressOfOrder, type OrderDesk } from '../support/paid-orders.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
let desk: OrderDesk;
beforeAll(async () => {
  fresh = await freshShop();
  desk = await orderDesk(fresh.shop);
});
afterAll(() => fresh.stop());

const viewOf = async (id: string) => staffOrderView(fresh.db, (await orderById(fresh.db, id))!);
const ship = (order: string, input: Parameters<typeof shipOrder>[2] = {}) =>
  shipOrder(fresh.shop, order, input, null);

async function jobsOf(order: string) {
  const jobs = await rows<{ payload: { template: string; shipment?: string } }>(
    fresh.db,
    `select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'send-order-mail' and j.payload->>'order' = ? order by j.id`,
    [order],
  );
  return jobs.map(({ payload }) => payload);
}

describe('an order that is shipped', () => {
  test('whole: everything open leaves in one parcel, the shopper is written, and it is shipped', async () => {
    const { order, lines } = await desk.aPaidOrder([2, 3]);
    const parcel = { carrier: 'DHL', tracking_number: '0034', tracking_url: 'https://dhl.example/0034' };
    const { shipment } = await ship(order.id, parcel);
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'shipped',
      fulfilment_status: 'fulfilled',
      lines: [{ fulfilled: 2 }, { fulfilled: 3 }],
      events: ['placed', 'paid', 'shipped'],
    });
    const view = await viewOf(order.id);
    expect(view.shipments).toMatchObject([
      {
        id: shipment,
        status: 'shipped',
        ...parcel,
        lines: [
          { order_line: lines[0]!.id, quantity: 2 },
          { order_line: lines[1]!.id, quantity: 3 },
        ],
      },
    ]);
    expect(view.events.at(-1)).toMatchObject({ kind: 'shipped', message: 'Shipped with DHL, 0034' });
    expect((await jobsOf(order.id)).at(-1)).toEqual({
      order: order.id,
      template: 'order-shipped',
      shipment,
    });
  });

  test('in parts: each parcel takes its units, and the last one ships the order', async () => {
    const { order, lines } = await desk.aPaidOrder([2, 3]);
    await ship(order.id, { lines: [{ order_line: lines[1]!.id, quantity: 2 }] });
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'processing',
      fulfilment_status: 'partly_fulfilled',
      lines: [{ fulfilled: 0 }, { fulfilled: 2 }],
    });
    await ship(order.id);
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'shipped',
      fulfilment_status: 'fulfilled',
      lines: [{ fulfilled: 2 }, { fulfilled: 3 }],
    });
  });

  test('is delivered when the last of its parcels has arrived', async () => {
    const { order, lines } = await desk.aPaidOrder([2]);
    const first = await ship(order.id, { lines: [{ order_line: lines[0]!.id, quantity: 1 }] });
    const second = await ship(order.id);
    await deliverShipment(fresh.shop, first.shipment!, null);
    expect((await progressOfOrder(fresh.shop, order.id)).status).toBe('shipped');
    await deliverShipment(fresh.shop, second.shipment!, null, { notify: true });
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'delivered',
      events: ['placed', 'paid', 'shipped', 'shipped', 'delivered', 'delivered'],
    });
    const told = (await jobsOf(order.id)).filter(({ template }) => template === 'order-delivered');
    expect(told).toEqual([{ order: order.id, template: 'order-delivered', shipment: second.shipment }]);
  });

  test('is not delivered by the first parcel when the rest has not left', async () => {
    const { order, lines } = await desk.aPaidOrder([2]);
    const { shipment } = await ship(order.id, { lines: [{ order_line: lines[0]!.id, quantity: 1 }] });
    await deliverShipment(fresh.shop, shipment!, null);
    expect((await progressOfOrder(fresh.shop, order.id)).status).toBe('processing');
    await ship(order.id);
    expect((await progressOfOrder(fresh.shop, order.id)).status).toBe('shipped');
  });

  test('writes to nobody when told not to', async () => {
    const { order } = await desk.aPaidOrder([1]);
    await ship(order.id, { notify: false });
    expect((await jobsOf(order.id)).map(({ template }) => template)).not.toContain('order-shipped');
  });

  test('names the user who shipped it', async () => {
    const actor = await row<{ id: string }>(fresh.db, `select id from directus_users limit 1`);
    const { order } = await desk.aPaidOrder([1]);
    await shipOrder(fresh.shop, order.id, {}, actor!.id);
    expect((await viewOf(order.id)).events.at(-1)).toMatchObject({ actor_kind: 'staff', actor: actor!.id });
  });

  test('without the units whose money went back before they left', async () => {
    const { order, lines } = await desk.aPaidOrder([3]);
    const refund = { lines: [{ order_line: lines[0]!.id, quantity: 1 }] };
    await refundOrder(fresh.shop, order.id, refund, { actor_kind: 'staff' });
    await ship(order.id);
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'shipped',
      fulfilment_status: 'fulfilled',
      lines: [{ fulfilled: 2, refunded: 1 }],
    });
  });
});

describe('shipping is refused', () => {
  const refusalOf = (call: Promise<unknown>) =>
    call.then(
      () => 'done',
      (error: { code: string; extensions: object }) => ({ code: error.code, ...error.extensions }),
    );

  test('while the order is not paid', async () => {
    const { order } = await desk.anOrder([1]);
    expect(await refusalOf(ship(order.id))).toMatchObject({
      code: 'ORDER_NOT_SHIPPABLE',
      reason: 'not_paid',
    });
  });

  test('while a rest is to be paid after an edit, and when all its money went back', async () => {
    const { order } = await desk.aPaidOrder([1]);
    await fresh.db('orders').where({ id: order.id }).update({ payment_status: 'partly_paid' });
    expect(await refusalOf(ship(order.id))).toMatchObject({ reason: 'not_paid' });
    await fresh.db('orders').where({ id: order.id }).update({ payment_status: 'refunded' });
    expect(await refusalOf(ship(order.id))).toMatchObject({ reason: 'refunded' });
    await fresh.db('orders').where({ id: order.id }).update({ payment_status: 'paid' });
  });

  test('once it has left, and once it was cancelled', async () => {
    const { order } = await desk.aPaidOrder([1]);
    const { shipment } = await ship(order.id);
    expect(await refusalOf(ship(order.id))).toMatchObject({ reason: 'already_shipped' });
    await deliverShipment(fresh.shop, shipment!, null);
    expect(await refusalOf(ship(order.id))).toMatchObject({ reason: 'already_delivered' });
    const unpaid = await desk.anOrder([1]);
    await cancelOrder(fresh.shop, unpaid.order, { actor_kind: 'staff' });
    expect(await refusalOf(ship(unpaid.order.id))).toMatchObject({ reason: 'already_cancelled' });
  });

  test('for more than is open, with what is open; nothing leaves then', async () => {
    const { order, lines } = await desk.aPaidOrder([2, 2]);
    const [first, second] = lines.map((line) => line.id);
    const wanted = [
      { order_line: first!, quantity: 1 },
      { order_line: second!, quantity: 3 },
    ];
    expect(await refusalOf(ship(order.id, { lines: wanted }))).toMatchObject({
      code: 'ORDER_NOT_SHIPPABLE',
      reason: 'more_than_open',
      path: 'lines.1.quantity',
      open: 2,
    });
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      lines: [{ fulfilled: 0 }, { fulfilled: 0 }],
      events: ['placed', 'paid'],
    });
  });

  test('for lines of another order, lines named twice, and places that are none of the shop’s', async () => {
    const { order, lines } = await desk.aPaidOrder([2]);
    const other = await desk.aPaidOrder([1]);
    const line = { order_line: lines[0]!.id, quantity: 1 };
    const cases: [Parameters<typeof shipOrder>[2], string][] = [
      [{ lines: [{ order_line: other.lines[0]!.id, quantity: 1 }] }, 'lines.0.order_line'],
      [{ lines: [line, line] }, 'lines.1.order_line'],
      [{ location: randomUUID() }, 'location'],
    ];
    for (const [input, path] of cases)
      expect(await refusalOf(ship(order.id, input))).toMatchObject({ code: 'INVALID_PAYLOAD', path });
    expect(await refusalOf(ship(randomUUID()))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a parcel that is being packed', () => {
  test('takes its units, tells nobody, and leaves later', async () => {
    const { order, lines } = await desk.aPaidOrder([3]);
    const { shipment } = await ship(order.id, {
      pending: true,
      lines: [{ order_line: lines[0]!.id, quantity: 2 }],
    });
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'processing',
      fulfilment_status: 'unfulfilled',
      lines: [{ fulfilled: 0 }],
      events: ['placed', 'paid', 'packed'],
    });
    await ship(order.id);
    expect((await progressOfOrder(fresh.shop, order.id)).lines).toMatchObject([{ fulfilled: 1 }]);
    await dispatchShipment(fresh.shop, shipment!, { carrier: 'UPS' }, null);
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'shipped',
      lines: [{ fulfilled: 3 }],
    });
    const parcel = (await viewOf(order.id)).shipments.find(({ id }) => id === shipment);
    expect(parcel).toMatchObject({ status: 'shipped', carrier: 'UPS' });
    await expect(dispatchShipment(fresh.shop, shipment!, {}, null)).rejects.toMatchObject({
      code: 'SHIPMENT_NOT_CHANGEABLE',
      extensions: { reason: 'already_shipped' },
    });
  });

  test('gives its units back when it is unpacked; one that left cannot be', async () => {
    const { order } = await desk.aPaidOrder([2]);
    const packed = await ship(order.id, { pending: true });
    await expect(ship(order.id)).rejects.toMatchObject({ extensions: { reason: 'nothing_open' } });
    await cancelShipment(fresh.shop, packed.shipment!, null);
    await expect(cancelShipment(fresh.shop, packed.shipment!, null)).rejects.toMatchObject({
      extensions: { reason: 'already_cancelled' },
    });
    const { shipment } = await ship(order.id);
    await expect(cancelShipment(fresh.shop, shipment!, null)).rejects.toMatchObject({
      code: 'SHIPMENT_NOT_CHANGEABLE',
      extensions: { reason: 'already_shipped' },
    });
    expect((await progressOfOrder(fresh.shop, order.id)).lines).toMatchObject([{ fulfilled: 2 }]);
  });

  test('does not leave with units that were refunded since', async () => {
    const { order, lines } = await desk.aPaidOrder([2]);
    const { shipment } = await ship(order.id, { pending: true });
    const refund = { lines: [{ order_line: lines[0]!.id, quantity: 1 }] };
    await refundOrder(fresh.shop, order.id, refund, { actor_kind: 'staff' });
    await expect(dispatchShipment(fresh.shop, shipment!, {}, null)).rejects.toMatchObject({
      code: 'ORDER_NOT_SHIPPABLE',
      extensions: { reason: 'more_than_open', open: 1 },
    });
    await cancelShipment(fresh.shop, shipment!, null);
    await ship(order.id);
    expect((await progressOfOrder(fresh.shop, order.id)).lines).toMatchObject([
      { fulfilled: 1, refunded: 1 },
    ]);
  });

  test('is unpacked when what is in it is refunded and the rest has left: the order is shipped by that', async () => {
    const { order, lines } = await desk.aPaidOrder([2]);
    const one = { lines: [{ order_line: lines[0]!.id, quantity: 1 }] };
    await ship(order.id, one);
    const packed = await ship(order.id, { ...one, pending: true });
    expect((await progressOfOrder(fresh.shop, order.id)).status).toBe('processing');
    await refundOrder(fresh.shop, order.id, one, { actor_kind: 'staff' });
    expect((await progressOfOrder(fresh.shop, order.id)).status).toBe('shipped');
    const parcel = (await viewOf(order.id)).shipments.find(({ id }) => id === packed.shipment);
    expect(parcel?.status).toBe('cancelled');
  });

  test('cannot arrive before it left, nor twice', async () => {
    const { order } = await desk.aPaidOrder([1]);
    const { shipment } = await ship(order.id, { pending: true });
    const refusal = (reason: string) => ({ code: 'SHIPMENT_NOT_CHANGEABLE', extensions: { reason } });
    await expect(deliverShipment(fresh.shop, shipment!, null)).rejects.toMatchObject(refusal('not_shipped'));
    await dispatchShipment(fresh.shop, shipment!, {}, null);
    await deliverShipment(fresh.shop, shipment!, null);
    await expect(deliverShipment(fresh.shop, shipment!, null)).rejects.toMatchObject(
      refusal('already_delivered'),
    );
  });
});

test('tracking can be corrected after a parcel left, and not when it was unpacked', async () => {
  const { order } = await desk.aPaidOrder([1]);
  const { shipment } = await ship(order.id, { carrier: 'DHL', tracking_number: '1' });
  await changeTracking(fresh.shop, shipment!, { tracking_number: '2' }, null);
  const view = await viewOf(order.id);
  expect(view.shipments).toMatchObject([{ carrier: 'DHL', tracking_number: '2', tracking_url: null }]);
  expect(view.events.at(-1)).toMatchObject({ kind: 'tracking_changed' });
  const unpacked = await desk.aPaidOrder([1]);
  const parcel = await ship(unpacked.order.id, { pending: true });
  await cancelShipment(fresh.shop, parcel.shipment!, null);
  await expect(changeTracking(fresh.shop, parcel.shipment!, { carrier: 'UPS' }, null)).rejects.toMatchObject({
    extensions: { reason: 'already_cancelled' },
  });
});

describe('what needs no parcel', () => {
  test('an order of downloads is delivered as soon as it is paid', async () => {
    const { order } = await desk.aPaidOrder([2], { kind: 'digital', track_stock: false });
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'delivered',
      fulfilment_status: 'fulfilled',
      lines: [{ fulfilled: 2 }],
      events: expect.arrayContaining(['placed', 'paid', 'handed_over']),
    });
    await expect(ship(order.id)).rejects.toMatchObject({ extensions: { reason: 'already_delivered' } });
  });

  test('in an order with goods it is handed over when paid, and the goods leave later', async () => {
    const { order, lines } = await desk.anOrder([1, 2]);
    const change = { requires_shipping: false, product_kind: 'digital' };
    await fresh.db('order_lines').where({ id: lines[0]!.id }).update(change);
    await receiveMoney(fresh.shop, order, null);
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'processing',
      fulfilment_status: 'partly_fulfilled',
      lines: [{ fulfilled: 1 }, { fulfilled: 0 }],
    });
    await expect(cancelOrder(fresh.shop, order, { actor_kind: 'staff' })).rejects.toMatchObject({
      code: 'ORDER_NOT_CANCELLABLE',
      extensions: { reason: 'already_shipped' },
    });
    const { shipment } = await ship(order.id);
    expect((await viewOf(order.id)).shipments).toMatchObject([
      { id: shipment, lines: [{ order_line: lines[1]!.id, quantity: 2 }] },
    ]);
    expect((await progressOfOrder(fresh.shop, order.id)).status).toBe('shipped');
  });

  test('a service waits for staff, and is handed over without a parcel', async () => {
    const { order, lines } = await desk.anOrder([1], { kind: 'digital', track_stock: false });
    await fresh.db('order_lines').where({ id: lines[0]!.id }).update({ product_kind: 'service' });
    await receiveMoney(fresh.shop, order, null);
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'processing',
      fulfilment_status: 'unfulfilled',
    });
    expect(await ship(order.id)).toEqual({ shipment: null });
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'delivered',
      events: ['placed', 'paid', 'handed_over'],
    });
  });
});

describe('at the same time', () => {
  test('two members of staff who ship the last units: they leave once', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { order, lines } = await desk.aPaidOrder([2]);
      const all = { lines: [{ order_line: lines[0]!.id, quantity: 2 }] };
      const results = await Promise.allSettled([ship(order.id, all), ship(order.id, all), ship(order.id)]);
      expect(outcomesOf(results)).toEqual([
        'ORDER_NOT_SHIPPABLE already_shipped',
        'ORDER_NOT_SHIPPABLE already_shipped',
        'done',
      ]);
      expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
        lines: [{ fulfilled: 2 }],
        events: ['placed', 'paid', 'shipped'],
      });
    }
  });

  test('two parts that together are more than there is: one leaves', async () => {
    const { order, lines } = await desk.aPaidOrder([3]);
    const part = { lines: [{ order_line: lines[0]!.id, quantity: 2 }] };
    const results = await Promise.allSettled([ship(order.id, part), ship(order.id, part)]);
    expect(outcomesOf(results)).toEqual(['ORDER_NOT_SHIPPABLE more_than_open', 'done']);
  });

  test('cancelling against shipping: one wins', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 8; round += 1) {
      const { order, variants } = await desk.aPaidOrder([2]);
      const shipping = () => ship(order.id);
      const cancelling = () => cancelOrder(fresh.shop, order, { actor_kind: 'staff' });
      const both = round % 2 === 0 ? [shipping(), cancelling()] : [cancelling(), shipping()];
      const outcomes = outcomesOf(await Promise.allSettled(both));
      const { status } = await progressOfOrder(fresh.shop, order.id);
      seen.add(status);
      const refusal =
        status === 'shipped'
          ? 'ORDER_NOT_CANCELLABLE already_shipped'
          : 'ORDER_NOT_SHIPPABLE already_cancelled';
      expect(outcomes).toEqual([refusal, 'done'].sort());
      const level = await row(
        fresh.db,
        'select on_hand, reserved from stock_levels where variant = ?',
        variants,
      );
      expect(level).toEqual({ on_hand: status === 'shipped' ? 5 : 7, reserved: 0 });
    }
    expect([...seen].every((status) => ['shipped', 'cancelled'].includes(status))).toBe(true);
  });
});

describe('a call that is repeated with its key', () => {
  test('ships once and answers the same', async () => {
    const { order, lines } = await desk.aPaidOrder([4]);
    const part = { lines: [{ order_line: lines[0]!.id, quantity: 1 }] };
    const key = randomUUID();
    const first = await shipOrder(fresh.shop, order.id, part, null, key);
    expect(await shipOrder(fresh.shop, order.id, part, null, key)).toEqual(first);
    expect((await progressOfOrder(fresh.shop, order.id)).lines).toMatchObject([{ fulfilled: 1 }]);
    await expect(shipOrder(fresh.shop, order.id, {}, null, key)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(await shipOrder(fresh.shop, order.id, part, null, randomUUID())).not.toEqual(first);
  });
});

test.each<[string, string, string]>([
  [
    'a count of sent units',
    'fulfilled quantities equal shipments',
    `update order_lines set quantity_fulfilled = 0 where "order" = ?`,
  ],
  [
    'a parcel',
    'an order’s status fits its shipments',
    `update shipments set status = 'delivered' where "order" = ?`,
  ],
  [
    'a status',
    'an order’s status fits its shipments',
    `update orders set status = 'processing' where id = ?`,
  ],
  [
    'a status',
    'every state of an order has its event',
    `update orders set status = 'delivered' where id = ?`,
  ],
  [
    'a count of returned units',
    'returned quantities equal received returns, and nothing is returned twice',
    `update order_lines set quantity_returned = 1 where "order" = ?`,
  ],
  [
    'a return',
    'every state of a return has its event',
    `insert into returns ("order", status, requested_by) values (?, 'approved', 'staff')`,
  ],
])('%s that was changed by hand is found: %s', async (_what, invariant, sql) => {
  const { order } = await desk.aPaidOrder([2]);
  await ship(order.id);
  const trx = await fresh.db.transaction();
  await trx.raw(sql, [order.id]);
  const findings = await examine({ ...fresh.shop, db: trx });
  await trx.rollback();
  const broken = findings.filter((finding) => finding.broken.length > 0);
  expect(broken.map(({ name }) => name)).toContain(invariant);
});

test('after all of it the books are sound', async () => {
  await fresh.drain();
  await expectSoundBooks(fresh.shop);
});
