/** Goods that come back: asked for, answered, received, put back on the shelf and paid back. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deliverShipment } from '../../extensions/commerce-api/src/orders/change-shipment.ts';
import { decideReturn } from '../../extensions/commerce-api/src/orders/decide-return.ts';
import { orderById } from '../../extensions/commerce-api/src/orders/queries.ts';
import { orderView, staffOrderView } from '../../extensions/commerce-api/src/orders/order-view.ts';
import { receiveReturn } from '../../extensions/commerce-api/src/orders/receive-return.ts';
import { refundReturn } from '../../extensions/commerce-api/src/orders/refund-return.ts';
import { requestReturn, takeBack } from '../../extensions/commerce-api/src/orders/request-return.ts';
import { shipOrder } from '../../extensions/commerce-api/src/orders/ship-order.ts';
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

/** An order that has left whole. */
async function aShippedOrder(quantities: number[], options?: Parameters<OrderDesk['aPaidOrder']>[1]) {
  const paid = await desk.aPaidOrder(quantities, options);
  const { shipment } = await shipOrder(fresh.shop, paid.order.id, {}, null);
  return { ...paid, shipment: shipment! };
}

type Shipped = Awaited<ReturnType<typeof aShippedOrder>>;
const wish = ({ lines }: Shipped, quantity: number, line = 0) => ({
  lines: [{ order_line: lines[line]!.id, quantity, reason: 'Too small' }],
});
const ask = (shipped: Shipped, quantity: number) =>
  requestReturn(fresh.shop, shipped.order, wish(shipped, quantity), null);
const onHand = async (variant: string) =>
  (await row<{ on_hand: number }>(fresh.db, 'select on_hand from stock_levels where variant = ?', [variant]))
    ?.on_hand;

async function mailsOf(order: string): Promise<string[]> {
  const jobs = await rows<{ template: string }>(
    fresh.db,
    `select j.payload->>'template' as template from graphile_worker._private_jobs j
     join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'send-order-mail' and j.payload->>'order' = ? and j.payload->>'return' is not null order by j.id`,
    [order],
  );
  return jobs.map(({ template }) => template);
}

describe('a return', () => {
  test('goes from the wish over the answer and the goods to the money', async () => {
    const shipped = await aShippedOrder([3, 1]);
    const { order, lines, variants } = shipped;
    const asked = await requestReturn(fresh.shop, order, { ...wish(shipped, 2), note: 'Sorry' }, null);
    await decideReturn(fresh.shop, asked.return, { decision: 'approved', reason: 'Use our label' }, null);
    await receiveReturn(fresh.shop, asked.return, {}, null);
    expect(await onHand(variants[0]!)).toBe(7);
    const { refund_minor } = await refundReturn(fresh.shop, asked.return, {}, null);
    expect(refund_minor).toBe(2000);
    await fresh.drain();
    expect(await progressOfOrder(fresh.shop, order.id)).toMatchObject({
      status: 'shipped',
      payment_status: 'partly_refunded',
      lines: [
        { fulfilled: 3, returned: 2, refunded: 2 },
        { fulfilled: 1, returned: 0, refunded: 0 },
      ],
      events: expect.arrayContaining([
        'return_requested',
        'return_approved',
        'return_received',
        'return_refunded',
        'refunded',
      ]),
    });
    const stored = (await orderById(fresh.db, order.id))!;
    expect(stored.refunded_minor).toBe(2000);
    const line = { order_line: lines[0]!.id, quantity: 2, reason: 'Too small' };
    expect((await staffOrderView(fresh.db, stored)).returns).toMatchObject([
      {
        id: asked.return,
        status: 'refunded',
        requested_by: 'customer',
        note: 'Sorry',
        reason: 'Use our label',
        refund_minor: 2000,
        lines: [{ ...line, restock: true, condition: null }],
      },
    ]);
    expect((await orderView(fresh.db, stored)).returns).toMatchObject([
      { id: asked.return, status: 'refunded', lines: [line] },
    ]);
  });

  test('writes to the shopper at each answer', async () => {
    const shipped = await aShippedOrder([2]);
    const first = await ask(shipped, 1);
    await decideReturn(fresh.shop, first.return, { decision: 'rejected', reason: 'Worn' }, null);
    const second = await ask(shipped, 1);
    await decideReturn(fresh.shop, second.return, { decision: 'approved' }, null);
    expect(await mailsOf(shipped.order.id)).toEqual([
      'return-requested',
      'return-rejected',
      'return-requested',
      'return-approved',
    ]);
  });

  test('may come in another number and condition than announced: what did not come is taken off', async () => {
    const shipped = await aShippedOrder([3, 2]);
    const [first, second] = shipped.lines.map((line) => line.id);
    const asked = await requestReturn(
      fresh.shop,
      shipped.order,
      {
        lines: [
          { order_line: first!, quantity: 3 },
          { order_line: second!, quantity: 2 },
        ],
      },
      null,
    );
    const came = { order_line: first!, quantity: 2, restock: false, condition: 'scratched' };
    await receiveReturn(fresh.shop, asked.return, { lines: [came] }, null);
    const view = await staffOrderView(fresh.db, (await orderById(fresh.db, shipped.order.id))!);
    expect(view.returns).toMatchObject([{ status: 'received', lines: [came] }]);
    expect((await progressOfOrder(fresh.shop, shipped.order.id)).lines).toMatchObject([
      { returned: 2 },
      { returned: 0 },
    ]);
    expect(await onHand(shipped.variants[0]!)).toBe(5);
    await requestReturn(fresh.shop, shipped.order, { lines: [{ order_line: second!, quantity: 2 }] }, null);
  });

  test('at the counter is received at once, and put where staff say', async () => {
    const shipped = await aShippedOrder([2]);
    const location = randomUUID();
    await fresh
      .db('stock_locations')
      .insert({ id: location, name: 'Counter', code: location.slice(0, 8), active: true, priority: 0 });
    const taken = await takeBack(
      fresh.shop,
      shipped.order.id,
      { ...wish(shipped, 2), received: true, location },
      null,
    );
    const there = await row(fresh.db, 'select on_hand from stock_levels where variant = ? and location = ?', [
      shipped.variants[0]!,
      location,
    ]);
    expect(there).toEqual({ on_hand: 2 });
    await refundReturn(fresh.shop, taken.return, { amount_minor: 1500 }, null);
    await fresh.drain();
    expect((await orderById(fresh.db, shipped.order.id))!.refunded_minor).toBe(1500);
  });

  test('that staff arrange is approved at once, and needs no day to be kept', async () => {
    const shipped = await aShippedOrder([1]);
    await fresh
      .db('shipments')
      .where({ id: shipped.shipment })
      .update({ shipped_at: new Date(Date.now() - 900 * 86_400_000) });
    const arranged = await takeBack(fresh.shop, shipped.order.id, wish(shipped, 1), null);
    const view = await staffOrderView(fresh.db, (await orderById(fresh.db, shipped.order.id))!);
    expect(view.returns).toMatchObject([{ id: arranged.return, status: 'approved', requested_by: 'staff' }]);
    expect(await mailsOf(shipped.order.id)).toEqual(['return-approved']);
  });

  test('gives the shipping back when staff want it', async () => {
    const shipped = await aShippedOrder([1]);
    const { return: id } = await takeBack(
      fresh.shop,
      shipped.order.id,
      { ...wish(shipped, 1), received: true },
      null,
    );
    const { refund_minor } = await refundReturn(fresh.shop, id, { include_shipping: true }, null);
    expect(refund_minor).toBe(shipped.order.total_minor);
    await fresh.drain();
    expect((await progressOfOrder(fresh.shop, shipped.order.id)).payment_status).toBe('refunded');
  });
});

describe('asking to return is refused', () => {
  test('before anything was sent, and for more than was', async () => {
    const paid = await desk.aPaidOrder([2]);
    const line = paid.lines[0]!.id;
    const request = (quantity: number) =>
      requestReturn(fresh.shop, paid.order, { lines: [{ order_line: line, quantity }] }, null);
    await expect(request(1)).rejects.toMatchObject({
      code: 'NOT_RETURNABLE',
      extensions: { reason: 'not_shipped', path: 'lines.0.quantity', returnable: 0 },
    });
    await shipOrder(fresh.shop, paid.order.id, { lines: [{ order_line: line, quantity: 1 }] }, null);
    await expect(request(2)).rejects.toMatchObject({
      extensions: { reason: 'more_than_left', returnable: 1 },
    });
    await request(1);
  });

  test('for what is in another return, unless that was rejected', async () => {
    const shipped = await aShippedOrder([2]);
    const first = await ask(shipped, 2);
    await expect(ask(shipped, 1)).rejects.toMatchObject({ extensions: { reason: 'more_than_left' } });
    await decideReturn(fresh.shop, first.return, { decision: 'rejected' }, null);
    await ask(shipped, 2);
  });

  test('after the days of the shop, counted from the arrival', async () => {
    const shipped = await aShippedOrder([1]);
    const days = (await row<{ return_days: number }>(fresh.db, 'select return_days from shop_settings'))!
      .return_days;
    const ago = (count: number) => new Date(Date.now() - count * 86_400_000);
    const parcel = fresh.db('shipments').where({ id: shipped.shipment });
    await parcel.clone().update({ shipped_at: ago(days + 1) });
    await expect(ask(shipped, 1)).rejects.toMatchObject({ extensions: { reason: 'too_late' } });
    await deliverShipment(fresh.shop, shipped.shipment, null);
    await ask(shipped, 1);
    const late = await aShippedOrder([1]);
    await deliverShipment(fresh.shop, late.shipment, null);
    await fresh
      .db('shipments')
      .where({ id: late.shipment })
      .update({ delivered_at: ago(days + 1) });
    await expect(ask(late, 1)).rejects.toMatchObject({ extensions: { reason: 'too_late' } });
  });

  test('for lines of another order, and lines named twice', async () => {
    const [mine, other] = [await aShippedOrder([2]), await aShippedOrder([1])];
    await expect(requestReturn(fresh.shop, mine.order, wish(other, 1), null)).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      extensions: { path: 'lines.0.order_line' },
    });
    const twice = { lines: [...wish(mine, 1).lines, ...wish(mine, 1).lines] };
    await expect(requestReturn(fresh.shop, mine.order, twice, null)).rejects.toMatchObject({
      extensions: { path: 'lines.1.order_line' },
    });
  });
});

describe('a step of a return is refused, by name', () => {
  const refusal = (reason: string) => ({ code: 'RETURN_NOT_CHANGEABLE', extensions: { reason } });

  test('refunding before the goods are here, and anything after the money went', async () => {
    const shipped = await aShippedOrder([1]);
    const { return: id } = await ask(shipped, 1);
    await expect(refundReturn(fresh.shop, id, {}, null)).rejects.toMatchObject(refusal('not_received'));
    await receiveReturn(fresh.shop, id, {}, null);
    await expect(receiveReturn(fresh.shop, id, {}, null)).rejects.toMatchObject(refusal('already_received'));
    await refundReturn(fresh.shop, id, {}, null);
    await expect(refundReturn(fresh.shop, id, {}, null)).rejects.toMatchObject(refusal('already_refunded'));
    await expect(decideReturn(fresh.shop, id, { decision: 'rejected' }, null)).rejects.toMatchObject(
      refusal('already_refunded'),
    );
  });

  test('answering twice, and receiving what was rejected', async () => {
    const shipped = await aShippedOrder([1]);
    const { return: id } = await ask(shipped, 1);
    await decideReturn(fresh.shop, id, { decision: 'rejected' }, null);
    await expect(decideReturn(fresh.shop, id, { decision: 'approved' }, null)).rejects.toMatchObject(
      refusal('already_rejected'),
    );
    await expect(receiveReturn(fresh.shop, id, {}, null)).rejects.toMatchObject(refusal('already_rejected'));
    await expect(receiveReturn(fresh.shop, randomUUID(), {}, null)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('receiving more than was announced, or other lines', async () => {
    const shipped = await aShippedOrder([2, 1]);
    const { return: id } = await ask(shipped, 1);
    const [first, second] = shipped.lines.map((line) => line.id);
    await expect(
      receiveReturn(fresh.shop, id, { lines: [{ order_line: first!, quantity: 2 }] }, null),
    ).rejects.toMatchObject({ code: 'NOT_RETURNABLE', extensions: { reason: 'more_than_announced' } });
    await expect(
      receiveReturn(fresh.shop, id, { lines: [{ order_line: second! }] }, null),
    ).rejects.toMatchObject({ code: 'INVALID_PAYLOAD', extensions: { path: 'lines.0.order_line' } });
    await expect(receiveReturn(fresh.shop, id, { location: randomUUID() }, null)).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      extensions: { path: 'location' },
    });
    expect((await progressOfOrder(fresh.shop, shipped.order.id)).lines).toMatchObject([
      { returned: 0 },
      { returned: 0 },
    ]);
  });
});

describe('at the same time', () => {
  test('two returns of one unit: one is taken', async () => {
    for (let round = 0; round < 5; round += 1) {
      const shipped = await aShippedOrder([1]);
      const counter = { ...wish(shipped, 1), received: true };
      const results = await Promise.allSettled([
        ask(shipped, 1),
        ask(shipped, 1),
        takeBack(fresh.shop, shipped.order.id, counter, null),
      ]);
      expect(outcomesOf(results)).toEqual([
        'NOT_RETURNABLE more_than_left',
        'NOT_RETURNABLE more_than_left',
        'done',
      ]);
    }
  });

  test('two members of staff who receive and refund one return: its goods and its money go back once', async () => {
    const shipped = await aShippedOrder([2]);
    const { return: id } = await ask(shipped, 2);
    const receive = () => receiveReturn(fresh.shop, id, {}, null);
    expect(outcomesOf(await Promise.allSettled([receive(), receive()]))).toEqual([
      'RETURN_NOT_CHANGEABLE already_received',
      'done',
    ]);
    const refund = () => refundReturn(fresh.shop, id, {}, null);
    expect(outcomesOf(await Promise.allSettled([refund(), refund(), refund()]))).toEqual([
      'RETURN_NOT_CHANGEABLE already_refunded',
      'RETURN_NOT_CHANGEABLE already_refunded',
      'done',
    ]);
    await fresh.drain();
    expect((await orderById(fresh.db, shipped.order.id))!.refunded_minor).toBe(2000);
    expect(await onHand(shipped.variants[0]!)).toBe(7);
  });
});

test('a request that is repeated with its key is one return', async () => {
  const shipped = await aShippedOrder([3]);
  const key = randomUUID();
  const once = () => requestReturn(fresh.shop, shipped.order, wish(shipped, 1), null, key);
  expect(await once()).toEqual(await once());
  const view = await orderView(fresh.db, (await orderById(fresh.db, shipped.order.id))!);
  expect(view.returns).toHaveLength(1);
});

test('after all of it the books are sound', async () => {
  await fresh.drain();
  await expectSoundBooks(fresh.shop);
});
