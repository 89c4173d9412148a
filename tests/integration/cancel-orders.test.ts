/** Orders that are cancelled after they were paid: money, goods and promotions go back, once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { lockOrder, orderById } from '../../extensions/commerce-api/src/orders/queries.ts';
import { collectDifference } from '../../extensions/commerce-api/src/payments/collect-difference.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { dispatchShipment, shipOrder } from '../../extensions/commerce-api/src/orders/ship-order.ts';
import { startPayment } from '../../extensions/commerce-api/src/payments/start-payment.ts';
import { inTransaction, row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import { orderDesk, outcomesOf, progressOfOrder, type OrderDesk } from '../support/paid-orders.ts';
import { stripeDesk, type StripeDesk } from '../support/stripe-desk.ts';
import { payWith } from '../support/stripe-shop.ts';

let stripe: StripeDesk;
let shop: Shop;
let desk: OrderDesk;
beforeAll(async () => {
  stripe = await stripeDesk();
  shop = stripe.shop;
  desk = await orderDesk(shop);
});
afterAll(() => stripe.stop());

const byStaff = { actor_kind: 'staff' as const };
const byShopper = { actor_kind: 'customer' as const };
const refusal = (reason: string) => ({ code: 'ORDER_NOT_CANCELLABLE', extensions: { reason } });

/** An order paid by card. */
async function aCardOrder() {
  const placed = await stripe.anOrder();
  await payWith(stripe.stripe, placed.intent);
  await stripe.hear(placed.intent);
  return placed;
}

/** As an edit would make it. */
async function makeDearer(order: string): Promise<void> {
  await row(
    shop.db,
    `with dearer as (update orders set shipping_minor = shipping_minor + 100, total_minor = total_minor + 100 where id = ? returning id)
     insert into order_adjustments ("order", kind, label, amount_minor) select id, 'shipping', 'Islands', 100 from dearer`,
    [order],
  );
}

const mailsOf = (order: string) =>
  rows<{ template: string }>(
    shop.db,
    `select payload->>'template' as template from graphile_worker._private_jobs
     where payload->>'order' = ? and payload->>'template' = 'order-cancelled'`,
    [order],
  );

describe('a paid order of which nothing has left', () => {
  test('is cancelled by staff: all its money and all its goods go back, and the shopper is written', async () => {
    const { order, variant } = await aCardOrder();
    expect(await stripe.levelOf(variant)).toEqual({ on_hand: 3, reserved: 0 });
    await cancelOrder(shop, order, { ...byStaff, reason: 'Sold out' });
    expect(await mailsOf(order.id)).toHaveLength(1);
    expect(await stripe.standing(order.id)).toMatchObject({ status: 'cancelled', cart_status: 'completed' });
    await stripe.drain();
    expect(await stripe.standing(order.id)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
      paid_minor: order.total_minor,
      refunded_minor: order.total_minor,
      needs_attention: false,
      events: expect.arrayContaining(['placed', 'paid', 'cancelled', 'refunded']),
    });
    expect(await stripe.levelOf(variant)).toEqual({ on_hand: 5, reserved: 0 });
    expect(await orderById(shop.db, order.id)).toMatchObject({ cancel_reason: 'Sold out' });
  });

  test('is cancelled by its shopper, too', async () => {
    const { order } = await desk.aPaidOrder([2]);
    await cancelOrder(shop, order, byShopper);
    await stripe.drain();
    expect(await progressOfOrder(shop, order.id)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
    });
  });

  test('keeps its goods off the shelf when staff say so', async () => {
    const { order, variants } = await desk.aPaidOrder([2]);
    await cancelOrder(shop, order, { ...byStaff, restock: false });
    expect(await stripe.levelOf(variants[0]!)).toEqual({ on_hand: 5, reserved: 0 });
  });

  test('gives the use of its promotions back', async () => {
    const { order } = await desk.aPaidOrder([1]);
    const promotion = (await row<{ id: string }>(
      shop.db,
      `insert into promotions (name, status, kind, value_ppm, usage_limit, usage_count) values ('Once', 'inactive', 'percentage', 1, 1, 1)
       returning id`,
    ))!.id;
    await row(
      shop.db,
      `insert into promotion_redemptions (promotion, "order", email, amount_minor) values (?, ?, 'a@b.c', 0)`,
      [promotion, order.id],
    );
    await cancelOrder(shop, order, byStaff);
    const counted = await row(shop.db, 'select usage_count from promotions where id = ?', [promotion]);
    expect(counted).toEqual({ usage_count: 0 });
  });

  test('is cancelled once, however often that is asked for', async () => {
    const { order, variants } = await desk.aPaidOrder([2]);
    const cancel = () => cancelOrder(shop, order, byStaff);
    expect(outcomesOf(await Promise.allSettled([cancel(), cancel(), cancel()]))).toEqual([
      'done',
      'done',
      'done',
    ]);
    await cancel();
    await stripe.drain();
    expect((await orderById(shop.db, order.id))!.refunded_minor).toBe(order.total_minor);
    expect(await stripe.levelOf(variants[0]!)).toEqual({ on_hand: 7, reserved: 0 });
    const { events } = await progressOfOrder(shop, order.id);
    expect(events.filter((kind) => kind === 'cancelled')).toHaveLength(1);
  });

  test('of which an edit still asked for more is not asked any more, and what was paid goes back', async () => {
    const { order } = await aCardOrder();
    await makeDearer(order.id);
    const asked = await inTransaction(shop.db, async (trx) => {
      const dearer = (await lockOrder(trx, order.id))!;
      return collectDifference(shop, trx, dearer, { amount_minor: 100 }, byStaff);
    });
    const { provider_payment } = await startPayment(shop, asked!.id);
    await cancelOrder(shop, order, byStaff);
    await stripe.drain();
    expect((await stripe.stripe.paymentIntents.retrieve(provider_payment!)).status).toBe('canceled');
    expect(await stripe.standing(order.id)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
      refunded_minor: order.total_minor,
      payments: [{ status: 'refunded' }, { status: 'cancelled' }],
    });
  });

  test('whose money went back already is cancelled without another refund', async () => {
    const { order } = await desk.aPaidOrder([1]);
    const whole = { amount_minor: order.total_minor };
    await refundOrder(shop, order.id, whole, byStaff);
    await cancelOrder(shop, order, byStaff);
    await stripe.drain();
    expect(await orderById(shop.db, order.id)).toMatchObject({
      status: 'cancelled',
      refunded_minor: order.total_minor,
    });
  });

  test('whose money went back before, its goods kept, still puts all of them back on the shelf', async () => {
    const { order, variants } = await desk.aPaidOrder([2]);
    await refundOrder(shop, order.id, {}, byStaff);
    await stripe.drain();
    await cancelOrder(shop, order, byStaff);
    await cancelOrder(shop, order, byStaff);
    expect(await stripe.levelOf(variants[0]!)).toEqual({ on_hand: 7, reserved: 0 });
  });

  test('of which a unit was refunded and put back is put back once', async () => {
    const { order, lines, variants } = await desk.aPaidOrder([2]);
    const one = { lines: [{ order_line: lines[0]!.id, quantity: 1 }], restock: true };
    await refundOrder(shop, order.id, one, byStaff);
    await cancelOrder(shop, order, byStaff);
    expect(await stripe.levelOf(variants[0]!)).toEqual({ on_hand: 7, reserved: 0 });
  });

  test('against a refund at the same time: no more goes back than came', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { order } = await desk.aPaidOrder([1]);
      await Promise.allSettled([
        refundOrder(shop, order.id, { amount_minor: 700 }, byStaff),
        cancelOrder(shop, order, byStaff),
        refundOrder(shop, order.id, {}, byStaff),
      ]);
      await stripe.drain();
      expect(await orderById(shop.db, order.id)).toMatchObject({
        status: 'cancelled',
        paid_minor: order.total_minor,
        refunded_minor: order.total_minor,
      });
    }
  });
});

describe('cancelling is refused', () => {
  test('once a part has left, and once all of it has', async () => {
    const { order, lines } = await desk.aPaidOrder([2]);
    await shipOrder(shop, order.id, { lines: [{ order_line: lines[0]!.id, quantity: 1 }] }, null);
    await expect(cancelOrder(shop, order, byStaff)).rejects.toMatchObject(refusal('already_shipped'));
    await shipOrder(shop, order.id, {}, null);
    await expect(cancelOrder(shop, order, byShopper)).rejects.toMatchObject(refusal('already_shipped'));
  });

  test('to the shopper while it is being packed; staff unpack it by that', async () => {
    const { order } = await desk.aPaidOrder([2]);
    const { shipment } = await shopShip(order.id);
    await expect(cancelOrder(shop, order, byShopper)).rejects.toMatchObject(refusal('being_packed'));
    await cancelOrder(shop, order, byStaff);
    await expect(dispatchShipment(shop, shipment!, {}, null)).rejects.toMatchObject({
      code: 'SHIPMENT_NOT_CHANGEABLE',
      extensions: { reason: 'already_cancelled' },
    });
  });

  test('when something of it was handed over at once', async () => {
    const { order } = await desk.aPaidOrder([1], { kind: 'digital', track_stock: false });
    await expect(cancelOrder(shop, order, byStaff)).rejects.toMatchObject(refusal('already_delivered'));
  });

  const shopShip = (order: string) => shipOrder(shop, order, { pending: true }, null);
});

describe('cancelling against the payment', () => {
  test('money that moved while it was being cancelled wins, and the refusal says so', async () => {
    const { order, intent } = await stripe.anOrder();
    await payWith(stripe.stripe, intent);
    await expect(cancelOrder(shop, order, byShopper)).rejects.toMatchObject(refusal('already_paid'));
    await cancelOrder(shop, order, byShopper);
    await stripe.drain();
    expect(await stripe.standing(order.id)).toMatchObject({
      status: 'cancelled',
      refunded_minor: order.total_minor,
    });
  });

  test('an order that waits for the rest of its money gives the part back that came', async () => {
    const { order, intent, variant } = await stripe.anOrder();
    await makeDearer(order.id);
    await payWith(stripe.stripe, intent);
    await stripe.hear(intent);
    expect(await stripe.standing(order.id)).toMatchObject({
      status: 'pending',
      payment_status: 'partly_paid',
    });
    await cancelOrder(shop, order, byShopper);
    await stripe.drain();
    expect(await stripe.standing(order.id)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
      refunded_minor: order.total_minor,
      cart_status: 'active',
    });
    expect(await stripe.levelOf(variant)).toEqual({ on_hand: 5, reserved: 0 });
  });

  test('an unpaid order that staff cancel gives its stock and its cart back, and the shopper is written', async () => {
    const { order, variant } = await stripe.anOrder();
    await cancelOrder(shop, order, byStaff);
    expect(await stripe.standing(order.id)).toMatchObject({ status: 'cancelled', cart_status: 'active' });
    expect(await stripe.levelOf(variant)).toEqual({ on_hand: 5, reserved: 0 });
    expect(await mailsOf(order.id)).toHaveLength(1);
  });
});

describe('after all of it', () => {
  test('the books are sound', async () => {
    await stripe.drain();
    await expectSoundBooks(shop);
  });
  test('and equal to the provider’s', () => expectBooksOf(shop, stripe.emulator));
});
