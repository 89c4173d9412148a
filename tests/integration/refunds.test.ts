/** Money that goes back, comes twice, or is not what was asked for; on an emulated Stripe. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import { unsettledPayments } from '../../extensions/commerce-api/src/payments/queries.ts';
import { receiveMoney } from '../../extensions/commerce-api/src/payments/receive-money.ts';
import type { RefundInput } from '../../extensions/commerce-api/src/payments/plan-refund.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { settleOrder } from '../../extensions/commerce-api/src/payments/settle-order.ts';
import { settleRefund } from '../../extensions/commerce-api/src/payments/settle-refund.ts';
import { syncPayment } from '../../extensions/commerce-api/src/payments/sync-payment.ts';
import { cancelOrder, expireOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { collectDifference } from '../../extensions/commerce-api/src/payments/collect-difference.ts';
import { lockOrder, orderById } from '../../extensions/commerce-api/src/orders/queries.ts';
import { decideReturn } from '../../extensions/commerce-api/src/orders/decide-return.ts';
import { receiveReturn } from '../../extensions/commerce-api/src/orders/receive-return.ts';
import { refundReturn } from '../../extensions/commerce-api/src/orders/refund-return.ts';
import { requestReturn } from '../../extensions/commerce-api/src/orders/request-return.ts';
import { shipOrder } from '../../extensions/commerce-api/src/orders/ship-order.ts';
import { inTransaction, row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import {
  PaymentProviderError,
  type ProviderRefund,
} from '../../extensions/commerce-api/src/providers/payment.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import { aReadyCart, aVariant, place, stockOf } from '../support/factories.ts';
import { type StripeDesk, stripeDesk } from '../support/stripe-desk.ts';
import { payWith, withProvider } from '../support/stripe-shop.ts';
import {
  aCard,
  aCreditor,
  aTill,
  balanceOf,
  creditOf,
  orderOf,
  paymentsOf,
  type TillOptions,
} from '../support/tills.ts';

let desk: StripeDesk;
let shop: Shop;
beforeAll(async () => {
  desk = await stripeDesk();
  shop = desk.shop;
});
afterAll(() => desk.stop());

const byStaff = { actor_kind: 'staff' as const };
const refund = (order: string, input: RefundInput, at = shop) => refundOrder(at, order, input, byStaff);

/** An order of downloads, paid by card as far as its tenders leave something. */
async function paidOrder(options: TillOptions = {}) {
  const till = await aTill(shop, options);
  const { order, payment } = await orderOf(shop, till);
  const intent = payment.amount_minor > 0 ? payment.provider_payment! : '';
  if (intent) {
    await payWith(desk.stripe, intent);
    await desk.hear(intent);
  }
  return { order: order.id, payment: payment.id, intent, variant: till.variant };
}

/** A parcel of three for 1001 and shipping for 500, paid by hand. */
async function parcelOfThree() {
  const method = await row<{ id: string }>(shop.db, 'select id from shipping_methods');
  const variant = await aVariant(shop, { price_minor: 1001, on_hand: 5 });
  const cart = await aReadyCart(shop, method!.id, [{ variant, quantity: 3 }]);
  const { order } = await place(shop, cart);
  await receiveMoney(shop, order, null);
  const [line] = await rows<{ id: string }>(shop.db, 'select id from order_lines where "order" = ?', [
    order.id,
  ]);
  return { order: order.id, line: line!.id, variant, total_minor: order.total_minor };
}

const refundsOf = (order: string) =>
  rows<{ id: string; status: string; amount_minor: number }>(
    shop.db,
    `select id, status, amount_minor from refunds where "order" = ? order by created_at, id`,
    [order],
  );
const refundedUnits = async (line: string) =>
  (
    await row<{ units: number }>(shop.db, 'select quantity_refunded as units from order_lines where id = ?', [
      line,
    ])
  )?.units;

describe('a refund by amount', () => {
  test('goes to the provider first, then to store credit, then to the gift card', async () => {
    const customer = await aCreditor(shop, 300);
    const card = await aCard(shop, 200);
    const { order } = await paidOrder({ codes: [card.code], customer });

    const made = await refund(order, { amount_minor: 900, reason: 'Broken' });
    expect(made.map(({ amount_minor, status }) => [amount_minor, status])).toEqual([
      [500, 'pending'],
      [300, 'succeeded'],
      [100, 'succeeded'],
    ]);
    expect(await desk.standing(order)).toMatchObject({
      payment_status: 'partly_refunded',
      refunded_minor: 400,
    });
    expect([await creditOf(shop, customer), await balanceOf(shop, card.id)]).toEqual([300, 100]);

    await desk.drain();
    expect(await desk.standing(order)).toMatchObject({
      payment_status: 'partly_refunded',
      refunded_minor: 900,
      events: ['placed', 'paid', 'handed_over', 'refunded', 'refund_requested', 'refunded'],
    });
    await refund(order, {});
    expect(await desk.standing(order)).toMatchObject({ payment_status: 'refunded', refunded_minor: 1000 });
    expect((await paymentsOf(shop, order)).map(({ status }) => status)).toEqual([
      'refunded',
      'refunded',
      'refunded',
    ]);
  });

  test('asked for by two of the staff at once is given once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { order } = await paidOrder();
      const answers = await Promise.allSettled([
        refund(order, { amount_minor: 600 }),
        refund(order, { amount_minor: 600 }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'REFUND_TOO_MUCH', extensions: { refundable_minor: 400 } },
      });
      await desk.drain();
      expect(await desk.standing(order)).toMatchObject({ refunded_minor: 600 });
    }
  });

  test('counts what is still on its way', async () => {
    const { order } = await paidOrder();
    await refund(order, { amount_minor: 700 });
    await expect(refund(order, { amount_minor: 301 })).rejects.toMatchObject({ code: 'REFUND_TOO_MUCH' });
    await refund(order, { amount_minor: 300 });
    await desk.drain();
    expect(await desk.standing(order)).toMatchObject({ payment_status: 'refunded', refunded_minor: 1000 });
  });

  test('of an order that was never paid is refused', async () => {
    const { order } = await orderOf(shop, await aTill(shop));
    await expect(refund(order.id, { amount_minor: 1 })).rejects.toMatchObject({ code: 'ORDER_NOT_PAID' });
  });
});

describe('a refund by lines', () => {
  test('gives what the units cost, each minor unit once, counts them and puts them back', async () => {
    const { order, line, variant } = await parcelOfThree();
    const one = { lines: [{ order_line: line, quantity: 1 }] };
    const [first] = await refund(order, { ...one, restock: true });
    const [second] = await refund(order, { ...one, amount_minor: 900, reason: 'Opened' });
    const [third] = await refund(order, { ...one, include_shipping: true });
    expect([first?.amount_minor, second?.amount_minor, third?.amount_minor]).toEqual([1001, 900, 1501]);
    expect(await refundedUnits(line)).toBe(3);
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 3, reserved: 0 });
    await desk.drain();
    expect(await desk.standing(order)).toMatchObject({
      payment_status: 'partly_refunded',
      refunded_minor: 3402,
    });
  });

  test.each<[string, (line: string) => RefundInput, object]>([
    [
      'more units than were bought',
      (line) => ({
        lines: [
          { order_line: line, quantity: 2 },
          { order_line: line, quantity: 2 },
        ],
      }),
      { path: 'lines.1.quantity', refundable: 3 },
    ],
    [
      'more money than they cost',
      (line) => ({ lines: [{ order_line: line, quantity: 1 }], amount_minor: 1002 }),
      { path: 'amount_minor', refundable_minor: 1001 },
    ],
  ])('of %s is refused, and nothing is changed', async (_what, input, extensions) => {
    const { order, line } = await parcelOfThree();
    await expect(refund(order, input(line))).rejects.toMatchObject({ code: 'REFUND_TOO_MUCH', extensions });
    expect(await refundedUnits(line)).toBe(0);
    expect(await refundsOf(order)).toEqual([]);
  });

  test('gives the shipping back once', async () => {
    const { order } = await parcelOfThree();
    const [made] = await refund(order, { include_shipping: true });
    expect(made).toMatchObject({ amount_minor: 500 });
    await expect(refund(order, { include_shipping: true })).rejects.toMatchObject({
      code: 'REFUND_TOO_MUCH',
      extensions: { path: 'include_shipping' },
    });
    await desk.drain();
  });

  test('of no units at all gives nothing, whatever amount is asked for', async () => {
    const { order } = await parcelOfThree();
    await expect(refund(order, { lines: [], amount_minor: 100 })).rejects.toMatchObject({
      code: 'REFUND_TOO_MUCH',
      extensions: { path: 'amount_minor', refundable_minor: 0 },
    });
    expect(await refundsOf(order)).toEqual([]);
  });

  test('for a return of which nothing came is refused', async () => {
    const { order, line } = await parcelOfThree();
    await shipOrder(shop, order, {}, null);
    const shipped = (await orderById(shop.db, order))!;
    const wish = { lines: [{ order_line: line, quantity: 1, reason: 'Too small' }] };
    const asked = await requestReturn(shop, shipped, wish, null);
    await decideReturn(shop, asked.return, { decision: 'approved' }, null);
    await receiveReturn(shop, asked.return, { lines: [] }, null);
    await expect(refundReturn(shop, asked.return, { amount_minor: 500 }, null)).rejects.toMatchObject({
      code: 'REFUND_TOO_MUCH',
    });
    expect(await refundsOf(order)).toEqual([]);
  });

  test('of another order is not found', async () => {
    const [mine, theirs] = [await parcelOfThree(), await parcelOfThree()];
    const lines = [{ order_line: theirs.line, quantity: 1 }];
    await expect(refund(mine.order, { lines })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a refund to store credit', () => {
  test('stays with the shop: the provider gives nothing back, and neither can give it again', async () => {
    const customer = await aCreditor(shop);
    const { order, intent } = await paidOrder({ customer });
    const made = await refund(order, { amount_minor: 600, to: 'store_credit' });
    expect(made).toMatchObject([{ amount_minor: 600, status: 'succeeded' }]);
    await desk.drain();
    await desk.hear(intent);
    expect(await desk.standing(order)).toMatchObject({
      payment_status: 'partly_refunded',
      refunded_minor: 600,
    });
    expect(await creditOf(shop, customer)).toBe(600);
    await expect(refund(order, { amount_minor: 401 })).rejects.toMatchObject({ code: 'REFUND_TOO_MUCH' });
    await refund(order, {});
    await desk.drain();
    expect(await desk.standing(order)).toMatchObject({ payment_status: 'refunded', refunded_minor: 1000 });
    const back = desk.emulator.ledger().refunds.filter((each) => each.payment_intent === intent);
    expect(back.map(({ amount }) => amount)).toEqual([400]);
  });

  test('is no obstacle when all of it goes back at the provider, too: staff are told of what went twice', async () => {
    // At a desk of its own: here the books of the provider hold more than ours.
    const other = await stripeDesk();
    try {
      const customer = await aCreditor(other.shop);
      const { order, payment } = await orderOf(other.shop, await aTill(other.shop, { customer }));
      const intent = payment.provider_payment!;
      await payWith(other.stripe, intent);
      await other.hear(intent);
      await refund(order.id, { amount_minor: 600, to: 'store_credit' }, other.shop);
      await other.stripe.refunds.create({ payment_intent: intent });
      await other.hear(intent);
      await syncPayment(other.shop, payment.id);
      expect(await other.standing(order.id)).toMatchObject({
        payment_status: 'refunded',
        refunded_minor: 1000,
        needs_attention: true,
      });
      expect((await orderById(other.shop.db, order.id))?.attention_reason).toBe(
        'More went back than came in: 16.00 of 10.00 USD',
      );
      await expectSoundBooks(other.shop);
    } finally {
      await other.stop();
    }
  });

  test('of what a gift card paid leaves the card as it is', async () => {
    const customer = await aCreditor(shop, 100);
    const card = await aCard(shop, 900);
    const { order } = await paidOrder({ codes: [card.code], customer });
    await refund(order, { to: 'store_credit' });
    expect([await creditOf(shop, customer), await balanceOf(shop, card.id)]).toEqual([1000, 0]);
    expect(await desk.standing(order)).toMatchObject({ payment_status: 'refunded', refunded_minor: 1000 });
  });

  test('of a guest’s order is refused', async () => {
    const { order } = await paidOrder();
    await expect(refund(order, { amount_minor: 1, to: 'store_credit' })).rejects.toMatchObject({
      code: 'STORE_CREDIT_NEEDS_CUSTOMER',
    });
  });
});

describe('a refund its provider has not done yet', () => {
  /** The emulator does every refund at once: what a provider may say is said at the port. */
  function saying(status: ProviderRefund['status']) {
    const { stripe } = shop.providers.payments;
    return withProvider(shop, 'stripe', {
      async fetch(id) {
        const truth = (await stripe!.fetch(id))!;
        const refunds = truth.refunds.map((each) => ({ ...each, status }));
        return { ...truth, refunds, refunded_minor: status === 'succeeded' ? truth.refunded_minor : 0 };
      },
    });
  }

  test('is followed until it is done', async () => {
    const { order, payment } = await paidOrder();
    const [made] = await refund(order, { amount_minor: 400 });
    await settleRefund(saying('pending'), made!.id);
    await settleRefund(saying('pending'), made!.id);
    expect(await refundsOf(order)).toMatchObject([{ status: 'pending' }]);
    expect(await desk.standing(order)).toMatchObject({ payment_status: 'paid', refunded_minor: 0 });

    await row(shop.db, `update payments set updated_at = now() - interval '1 day' where id = ?`, [payment]);
    expect(
      await unsettledPayments(shop.db, { older_than_minutes: 10, recent_days: 60, limit: 100 }),
    ).toContain(payment);
    await syncPayment(shop, payment);
    expect(await refundsOf(order)).toMatchObject([{ status: 'succeeded' }]);
    expect(await desk.standing(order)).toMatchObject({
      payment_status: 'partly_refunded',
      refunded_minor: 400,
    });
    await desk.drain();
  });

  test('and that fails, even after it had succeeded, is the shop’s money again, and staff are told', async () => {
    const { order, payment } = await paidOrder({ quantity: 2 });
    const [line] = await rows<{ id: string }>(shop.db, 'select id from order_lines where "order" = ?', [
      order,
    ]);
    await refund(order, { lines: [{ order_line: line!.id, quantity: 1 }] });
    await desk.drain();
    expect(await refundedUnits(line!.id)).toBe(1);

    await syncPayment(saying('failed'), payment);

    expect(await refundsOf(order)).toMatchObject([{ status: 'failed' }]);
    expect(await refundedUnits(line!.id)).toBe(0);
    expect(await desk.standing(order)).toMatchObject({
      payment_status: 'paid',
      refunded_minor: 0,
      needs_attention: true,
      attention_reason: 'A refund failed: the provider could not pay it out',
    });
    // The emulator's books say that it went: let ours agree again.
    await syncPayment(shop, payment);
    expect(await desk.standing(order)).toMatchObject({ refunded_minor: 1000 });
  });

  test('that is refused gives its units back to the order, and the money may be asked for again', async () => {
    const { order } = await paidOrder();
    const [line] = await rows<{ id: string }>(shop.db, 'select id from order_lines where "order" = ?', [
      order,
    ]);
    const input = { lines: [{ order_line: line!.id, quantity: 1 }] };
    const [made] = await refund(order, input);
    const refusing = withProvider(shop, 'stripe', {
      refund: () => Promise.reject(new PaymentProviderError('Disputed', { is_definite: true, code: 'x' })),
    });
    await settleRefund(refusing, made!.id);
    expect(await refundedUnits(line!.id)).toBe(0);
    expect(await desk.standing(order)).toMatchObject({ attention_reason: 'A refund failed: Disputed' });
    await refund(order, input);
    await desk.drain();
    expect(await desk.standing(order)).toMatchObject({ payment_status: 'refunded', refunded_minor: 1000 });
  });

  test('whose answer was lost is not asked for twice, not even when the provider forgot our key', async () => {
    const { order, intent } = await paidOrder();
    const [made] = await refund(order, { amount_minor: 400 });
    await desk.stripe.refunds.create({ payment_intent: intent, amount: 400, metadata: { refund: made!.id } });
    await desk.drain();
    expect(await desk.standing(order)).toMatchObject({ refunded_minor: 400 });
    expect(desk.emulator.ledger().refunds.filter((each) => each.payment_intent === intent)).toHaveLength(1);
  });
});

describe('money that is not what was asked for', () => {
  /** The shopper's payment was changed at the provider, as by somebody with a key to the account. */
  async function oddOrder(amount: number) {
    const { order, payment } = await orderOf(shop, await aTill(shop));
    const intent = payment.provider_payment!;
    await desk.stripe.paymentIntents.update(intent, { amount });
    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    expect(await desk.standing(order.id)).toMatchObject({ paid_minor: 0, needs_attention: true });
    return { order: order.id, intent };
  }

  test('is accepted when it is enough, and what is too much goes back', async () => {
    const { order } = await oddOrder(1200);
    await settleOrder(shop, order, 'accept', null);
    await desk.drain();
    const standing = await desk.standing(order);
    expect(standing).toMatchObject({
      payment_status: 'paid',
      paid_minor: 1200,
      refunded_minor: 200,
      needs_attention: false,
    });
    expect(standing.events).toContain('settled');
  });

  test('is not accepted when it is too little', async () => {
    const { order } = await oddOrder(900);
    await expect(settleOrder(shop, order, 'accept', null)).rejects.toMatchObject({
      code: 'ORDER_NOT_SETTLABLE',
      extensions: { reason: 'not_enough', captured_minor: 900 },
    });
    expect(await desk.standing(order)).toMatchObject({ needs_attention: true, paid_minor: 0 });
    await settleOrder(shop, order, 'refund', null);
    await desk.drain();
  });

  test('goes back, and then the order waits for its money or its end', async () => {
    const { order, intent } = await oddOrder(900);
    await settleOrder(shop, order, 'refund', null);
    await desk.drain();
    expect(await desk.standing(order)).toMatchObject({
      status: 'pending',
      payment_status: 'pending',
      paid_minor: 900,
      refunded_minor: 900,
      needs_attention: false,
    });
    await desk.hear(intent);
    await desk.endHold(order);
    await expireOrder(shop, order);
    expect(await desk.standing(order)).toMatchObject({ status: 'cancelled', needs_attention: false });
  });

  test('once it is back, the shopper may pay again', async () => {
    const { order } = await oddOrder(900);
    await settleOrder(shop, order, 'refund', null);
    await desk.drain();
    const { payment } = await payOrder(shop, (await orderById(shop.db, order))!, {});
    expect(payment).toMatchObject({ amount_minor: 1000, status: 'pending' });
    await payWith(desk.stripe, payment.provider_payment!);
    await desk.hear(payment.provider_payment!);
    expect(await desk.standing(order)).toMatchObject({
      payment_status: 'paid',
      paid_minor: 1900,
      refunded_minor: 900,
    });
  });

  test('in another currency never counts towards the order', async () => {
    const { order, payment } = await orderOf(shop, await aTill(shop));
    await row(shop.db, `update orders set currency = 'EUR' where id = ?`, [order.id]);
    await row(shop.db, `update payments set currency = 'EUR' where id = ?`, [payment.id]);
    await payWith(desk.stripe, payment.provider_payment!);
    await desk.hear(payment.provider_payment!);
    await expect(settleOrder(shop, order.id, 'accept', null)).rejects.toMatchObject({
      code: 'ORDER_NOT_SETTLABLE',
    });
    await settleOrder(shop, order.id, 'refund', null);
    await desk.drain();
    expect(await desk.standing(order.id)).toMatchObject({ paid_minor: 0, refunded_minor: 0 });
    expect(await refundsOf(order.id)).toMatchObject([{ status: 'succeeded', amount_minor: 1000 }]);
  });

  test('is nothing to settle for an order that is as it should be', async () => {
    const { order } = await paidOrder();
    await expect(settleOrder(shop, order, 'accept', null)).rejects.toMatchObject({
      code: 'ORDER_NOT_SETTLABLE',
      extensions: { reason: 'nothing_differs' },
    });
  });
});

describe('an order whose money is not all there', () => {
  /** Over 1300, of which a payment from before brought 1000. */
  async function partPaidOrder() {
    const { order, payment } = await orderOf(shop, await aTill(shop));
    await makeDearer(order.id);
    await payWith(desk.stripe, payment.provider_payment!);
    await desk.hear(payment.provider_payment!);
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'pending',
      payment_status: 'partly_paid',
      paid_minor: 1000,
      events: ['placed', 'partly_paid'],
    });
    return (await orderById(shop.db, order.id))!;
  }

  test('waits for the rest, and for that alone', async () => {
    const order = await partPaidOrder();
    const { payment } = await payOrder(shop, order, {});
    expect(payment.amount_minor).toBe(300);
    await payWith(desk.stripe, payment.provider_payment!);
    await desk.hear(payment.provider_payment!);
    expect(await desk.standing(order.id)).toMatchObject({ payment_status: 'paid', paid_minor: 1300 });
  });

  test('gives back what came when its hold ends', async () => {
    const order = await partPaidOrder();
    await payOrder(shop, order, { provider: 'manual' });
    await desk.endHold(order.id);
    await expireOrder(shop, order.id);
    await desk.drain();
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
      refunded_minor: 1000,
    });
  });
});

/** As an edit that adds 300 to an order over 1000. */
async function makeDearer(order: string): Promise<void> {
  await row(
    shop.db,
    `update order_lines set unit_price_minor = 1300, subtotal_minor = 1300, total_minor = 1300 where "order" = ?`,
    [order],
  );
  await row(shop.db, `update orders set subtotal_minor = 1300, total_minor = 1300 where id = ?`, [order]);
}

describe('an order that costs more since it was edited', () => {
  /** A paid order over 1000 that an edit made cost 300 more. */
  async function dearerOrder() {
    const paid = await paidOrder();
    await makeDearer(paid.order);
    await inTransaction(shop.db, async (trx) => {
      const order = (await lockOrder(trx, paid.order))!;
      await collectDifference(shop, trx, order, { amount_minor: 300, provider: 'manual' }, byStaff);
    });
    return (await orderById(shop.db, paid.order))!;
  }

  test('is partly paid until the difference comes', async () => {
    const order = await dearerOrder();
    expect(order).toMatchObject({ payment_status: 'partly_paid', paid_minor: 1000 });
    await receiveMoney(shop, order, null);
    await receiveMoney(shop, order, null);
    expect(await desk.standing(order.id)).toMatchObject({ payment_status: 'paid', paid_minor: 1300 });
  });

  test('is paid for by the shopper like any other payment', async () => {
    const order = await dearerOrder();
    const { payment } = await payOrder(shop, order, { provider: 'stripe' });
    expect(payment).toMatchObject({ amount_minor: 300, status: 'pending' });
    await payWith(desk.stripe, payment.provider_payment!);
    await desk.hear(payment.provider_payment!);
    expect(await desk.standing(order.id)).toMatchObject({
      payment_status: 'paid',
      paid_minor: 1300,
      refunded_minor: 0,
      needs_attention: false,
    });
  });

  test('asks by one payment: another edit replaces it, and one that undoes the first asks for nothing', async () => {
    const order = await dearerOrder();
    const ask = (amount_minor: number) =>
      inTransaction(shop.db, async (trx) =>
        collectDifference(shop, trx, (await lockOrder(trx, order.id))!, { amount_minor }, byStaff),
      );
    expect(await ask(250)).toMatchObject({ provider: 'manual', amount_minor: 250, status: 'pending' });
    expect(await ask(0)).toBeNull();
    expect((await paymentsOf(shop, order.id)).map(({ status }) => status)).toEqual([
      'cancelled',
      'cancelled',
      'paid',
    ]);
    await ask(300);
    await receiveMoney(shop, order, null);
    expect(await desk.standing(order.id)).toMatchObject({ payment_status: 'paid', paid_minor: 1300 });
  });
});

describe('cancelling', () => {
  test('a paid order that is cancelled gives all of its money back', async () => {
    const { order, variant } = await parcelOfThree();
    await cancelOrder(shop, { id: order }, { actor_kind: 'customer' });
    await desk.drain();
    expect(await desk.standing(order)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 5, reserved: 0 });
  });
});

describe('after all of it', () => {
  test('the books are sound', () => expectSoundBooks(shop));
  test('and equal to the provider’s', () => expectBooksOf(shop, desk.emulator));
});
