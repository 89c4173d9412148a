/** Orders whose money is late, never comes, comes another way or is no longer wanted; on an emulated Stripe. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCode } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import { cancelOrder, expireOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { expiredOrders, orderById } from '../../extensions/commerce-api/src/orders/queries.ts';
import { unsettledPayments } from '../../extensions/commerce-api/src/payments/queries.ts';
import { receiveMoney } from '../../extensions/commerce-api/src/payments/receive-money.ts';
import { settleRefund } from '../../extensions/commerce-api/src/payments/settle-refund.ts';
import { syncPayment } from '../../extensions/commerce-api/src/payments/sync-payment.ts';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import {
  PaymentProviderError,
  type ProviderStatus,
} from '../../extensions/commerce-api/src/providers/payment.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import { aPromotionRow } from '../support/cart-desk.ts';
import { aReadyCart, aVariant, place } from '../support/factories.ts';
import { meanwhile } from '../support/meanwhile.ts';
import { type Placed, type StripeDesk, stripeDesk } from '../support/stripe-desk.ts';
import { payWith, withProvider } from '../support/stripe-shop.ts';

let desk: StripeDesk;
let shop: Shop;
beforeAll(async () => {
  desk = await stripeDesk();
  shop = desk.shop;
});
afterAll(() => desk.stop());

describe('money that comes after the order has expired', () => {
  /** Nobody heard of the intent when the hold ended, so nobody could cancel it: then the shopper pays. */
  async function latePayment(on_hand: number, meanwhile: (placed: Placed) => Promise<void>) {
    const placed = await desk.anOrphan(on_hand);
    await desk.endHold(placed.order.id);
    await expireOrder(shop, placed.order.id);
    expect(await desk.standing(placed.order.id)).toMatchObject({
      status: 'cancelled',
      cart_status: 'active',
    });
    await meanwhile(placed);
    await payWith(desk.stripe, placed.intent);
    await desk.hear(placed.intent);
    await desk.hear(placed.intent);
    return placed;
  }

  test('revives the order while its goods are still there', async () => {
    const { order, variant } = await latePayment(2, () => Promise.resolve());
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'processing',
      payment_status: 'paid',
      needs_attention: false,
      cart_status: 'completed',
      events: ['placed', 'expired', 'revived', 'paid'],
    });
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 0, reserved: 0 });
  });

  test('goes back by itself when the goods are gone, and staff are told', async () => {
    const { order, variant, intent } = await latePayment(2, async ({ variant: wanted }) => {
      await place(shop, await desk.aCartOf(wanted));
    });
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
      paid_minor: order.total_minor,
      refunded_minor: order.total_minor,
      needs_attention: true,
      events: ['placed', 'expired', 'flagged', 'refunded'],
    });
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 2, reserved: 1 });
    const refunds = desk.emulator.ledger().refunds.filter((refund) => refund.payment_intent === intent);
    expect(refunds).toMatchObject([{ amount: order.total_minor, status: 'succeeded' }]);
  });

  test('goes back when the cart has been ordered again', async () => {
    const { order } = await latePayment(9, async ({ cart }) => {
      await place(shop, cart);
    });
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
      needs_attention: true,
    });
  });

  test('a refund the provider refuses stays on the staff’s list', async () => {
    const broken = withProvider(shop, 'stripe', {
      refund: () =>
        Promise.reject(new PaymentProviderError('No such charge', { is_definite: true, code: 'missing' })),
    });
    const placed = await desk.anOrphan(2);
    await desk.endHold(placed.order.id);
    await expireOrder(shop, placed.order.id);
    await place(shop, await desk.aCartOf(placed.variant));
    await payWith(desk.stripe, placed.intent);
    await syncPayment(shop, placed.payment.id, { hint: placed.intent });
    const refund = await row<{ id: string }>(shop.db, 'select id from refunds where "order" = ?', [
      placed.order.id,
    ]);

    await settleRefund(broken, refund!.id);

    expect(await desk.standing(placed.order.id)).toMatchObject({
      refunded_minor: 0,
      needs_attention: true,
      attention_reason: 'A refund failed: No such charge',
      events: ['placed', 'expired', 'flagged', 'refund_failed'],
    });
    await desk.drain();
  });
});

describe('late money for an order that a promotion made cheaper', () => {
  /** Its hold ended, so the promotion may be used again. */
  async function lapsed(limits: Record<string, unknown>, email?: string) {
    const code = `LATE-${randomUUID()}`.toUpperCase();
    const promotion = await aPromotionRow(shop, { code, requires_code: true, currency: 'USD', ...limits });
    const { cart, order } = await ordered(code, email);
    await desk.endHold(order.id);
    await expireOrder(shop, order.id);
    expect(await useOf(promotion)).toEqual({ usage_count: 0, budget_used_minor: 0 });
    return { code, promotion, cart, order };
  }
  /** One unit of 1000, 100 off, by hand. */
  async function ordered(code: string, email = `ada-${randomUUID()}@example.com`) {
    const variant = await aVariant(shop, { kind: 'digital' });
    const cart = await aReadyCart(shop, '', [{ variant, quantity: 1 }], email);
    const { quote } = await addCode(shop, cart.id, cart.holder, code);
    const { order } = await place(shop, { ...cart, total_minor: quote.total_minor });
    return { cart, order };
  }
  const useOf = (promotion: string) =>
    row(shop.db, 'select usage_count, budget_used_minor from promotions where id = ?', [promotion]);

  test('takes the use of its coupon again when it revives the order', async () => {
    const { promotion, order } = await lapsed({ usage_limit: 1 });
    await receiveMoney(shop, order, null);
    await receiveMoney(shop, order, null);
    expect(await desk.standing(order.id)).toMatchObject({ payment_status: 'paid', needs_attention: false });
    expect(order).toMatchObject({ total_minor: 900 });
    expect(await useOf(promotion)).toEqual({ usage_count: 1, budget_used_minor: 100 });
  });

  const email = `grace-${randomUUID()}@example.com`;
  test.each([
    ['coupon', { usage_limit: 1 }, undefined],
    ['budget', { budget_minor: 150 }, undefined],
    ['limit per customer', { usage_limit_per_customer: 1 }, email],
  ])('goes back when the %s was used up meanwhile', async (_what, limits, shopper) => {
    const { code, promotion, order } = await lapsed(limits, shopper);
    await ordered(code, shopper);
    await receiveMoney(shop, order, null);
    await desk.drain();
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
      needs_attention: true,
      attention_reason: expect.stringContaining('its promotion is used up'),
    });
    expect(await useOf(promotion)).toEqual({ usage_count: 1, budget_used_minor: 100 });
  });

  test('goes back when the one use of its code of a list was taken meanwhile', async () => {
    const promotion = await aPromotionRow(shop, { requires_code: true, currency: 'USD' });
    const code = `LIST-${randomUUID()}`.toUpperCase();
    await row(shop.db, 'insert into promotion_codes (promotion, code, usage_limit) values (?, ?, 1)', [
      promotion,
      code,
    ]);
    const { order } = await ordered(code);
    await desk.endHold(order.id);
    await expireOrder(shop, order.id);
    await ordered(code);
    await receiveMoney(shop, order, null);
    await desk.drain();
    expect(await desk.standing(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' });
  });

  test('of two such orders at the same time revives one', async () => {
    const { code, promotion, order } = await lapsed({ usage_limit: 1 });
    const { order: other } = await ordered(code);
    await desk.endHold(other.id);
    await expireOrder(shop, other.id);
    await Promise.all([receiveMoney(shop, order, null), receiveMoney(shop, other, null)]);
    const states = [await desk.standing(order.id), await desk.standing(other.id)];
    expect(states.map(({ status }) => status === 'cancelled').sort()).toEqual([false, true]);
    expect(await useOf(promotion)).toEqual({ usage_count: 1, budget_used_minor: 100 });
    await desk.drain();
  });
});

describe('an order whose hold has ended', () => {
  /** The emulator knows no state `processing`: what a provider may say is said at the port. */
  function saying(status: ProviderStatus, cancel: 'cancelled' | 'paid' | 'cannot_cancel') {
    return withProvider(shop, 'stripe', {
      fetch: async (id) => ({ ...(await shop.providers.payments['stripe']!.fetch(id))!, status }),
      cancel: () => Promise.resolve(cancel),
    });
  }

  test('is cancelled at the provider first, and then gives its stock back', async () => {
    const { order, variant, intent } = await desk.anOrder();
    await desk.endHold(order.id);
    await expireOrder(shop, order.id);
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'cancelled',
      payments: [{ status: 'cancelled' }],
    });
    expect((await desk.stripe.paymentIntents.retrieve(intent)).status).toBe('canceled');
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 5, reserved: 0 });
  });

  test('keeps its stock while the provider is processing the payment', async () => {
    const { order, variant } = await desk.anOrder();
    await desk.endHold(order.id);
    await expireOrder(saying('processing', 'cannot_cancel'), order.id);
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'pending',
      payments: [{ status: 'processing' }],
    });
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 5, reserved: 2 });
  });

  test('gives its stock back at the deadline when the provider cannot cancel', async () => {
    const { order, variant } = await desk.anOrder();
    await desk.endHold(order.id);
    await expireOrder(saying('pending', 'cannot_cancel'), order.id);
    expect((await desk.standing(order.id)).status).toBe('cancelled');
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 5, reserved: 0 });
  });

  test('is paid when the money came in time and only the webhook was lost', async () => {
    const { order, intent } = await desk.anOrder();
    await payWith(desk.stripe, intent);
    await desk.endHold(order.id);
    await expireOrder(shop, order.id);
    expect(await desk.standing(order.id)).toMatchObject({ status: 'processing', payment_status: 'paid' });
  });
});

describe('many orders that wait', () => {
  test('those whose money is under way do not keep others from expiring', async () => {
    const [under_way, forgotten] = [await desk.anOrder(), await desk.anOrder()];
    await shop.db('payments').where({ id: under_way.payment.id }).update({ status: 'processing' });
    for (const [{ order }, hours] of [
      [under_way, 20],
      [forgotten, 10],
    ] as const) {
      await row(shop.db, `update orders set expires_at = now() - make_interval(hours => ?) where id = ?`, [
        hours,
        order.id,
      ]);
    }
    expect(await expiredOrders(shop.db, 1)).toEqual([forgotten.order.id]);
    await expireOrder(shop, forgotten.order.id);
  });

  test('are asked about in turn, however many there are', async () => {
    const DUE = { older_than_minutes: 10, recent_days: 60, limit: 1 };
    const open = [await desk.anOrder(), await desk.anOrder()].map(({ payment }) => payment.id);
    await row(shop.db, `update payments set updated_at = now() - interval '1 day' where id = any(?)`, [open]);
    const asked = [...(await unsettledPayments(shop.db, DUE)), ...(await unsettledPayments(shop.db, DUE))];
    expect(asked.sort()).toEqual(open.sort());
  });
});

describe('cancelling', () => {
  const byShopper = { actor_kind: 'customer' as const };

  test('an order whose money has already moved is refused, and the order is paid', async () => {
    const { order, intent } = await desk.anOrder();
    await payWith(desk.stripe, intent);
    await expect(cancelOrder(shop, order, byShopper)).rejects.toMatchObject({
      code: 'ORDER_NOT_CANCELLABLE',
    });
    expect(await desk.standing(order.id)).toMatchObject({ status: 'processing', payment_status: 'paid' });
  });

  test('ends the payment at the provider, so that it cannot be paid any more', async () => {
    const { order, variant, intent } = await desk.anOrder();
    await cancelOrder(shop, order, byShopper);
    await expect(payWith(desk.stripe, intent)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    await desk.hear(intent);
    expect(await desk.standing(order.id)).toMatchObject({ status: 'cancelled', cart_status: 'active' });
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 5, reserved: 0 });
  });

  test('while staff book its money never loses it', async () => {
    for (let round = 0; round < 12; round += 1) {
      const { order, variant } = await desk.anOrder(5, 'manual');
      const [paid, cancelled] = await Promise.allSettled([
        receiveMoney(shop, order, null),
        cancelOrder(shop, order, byShopper),
      ]);
      if (cancelled.status === 'rejected')
        expect(cancelled.reason).toMatchObject({ code: 'ORDER_NOT_CANCELLABLE' });
      // Whichever is first: money for a cancelled order revives it.
      expect(paid.status).toBe('fulfilled');
      expect(await desk.standing(order.id)).toMatchObject({
        status: 'processing',
        payment_status: 'paid',
        paid_minor: order.total_minor,
      });
      expect(await desk.levelOf(variant)).toEqual({ on_hand: 3, reserved: 0 });
    }
  });

  test('a provider that does not answer is named, and the order waits', async () => {
    const { order } = await desk.anOrder();
    desk.emulator.faults.add({
      kind: 'error_before_acting',
      status: 503,
      route: 'POST /v1/payment_intents/*/cancel',
      times: 2,
    });
    await expect(cancelOrder(shop, order, byShopper)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      status: 502,
    });
    expect((await desk.standing(order.id)).status).toBe('pending');
  });
});

describe('another way to pay', () => {
  test('the first payment is cancelled at its provider, and staff book the money of the second, once', async () => {
    const { order, intent, variant } = await desk.anOrder();

    const switched = await payOrder(shop, order, { provider: 'manual' });
    expect(switched.payment).toMatchObject({ provider: 'manual', status: 'pending' });
    expect((await desk.stripe.paymentIntents.retrieve(intent)).status).toBe('canceled');
    const held_days =
      ((await orderById(shop.db, order.id))!.expires_at!.getTime() - order.placed_at.getTime()) / 86_400_000;
    expect(held_days).toBeCloseTo(7, 3);

    await receiveMoney(shop, order, null);
    await receiveMoney(shop, order, null);
    expect(await desk.standing(order.id)).toMatchObject({
      payment_status: 'paid',
      paid_minor: order.total_minor,
      payments: [{ status: 'cancelled' }, { status: 'paid' }],
      events: ['placed', 'payment_switched', 'paid'],
    });
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 3, reserved: 0 });
  });

  test('staff cannot say that money came which a provider has to report', async () => {
    const { order } = await desk.anOrder();
    await expect(receiveMoney(shop, order, null)).rejects.toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  });

  test('the same wish many times at once makes one payment and one intent', async () => {
    const { order } = await desk.anOrder(5, 'manual');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => payOrder(shop, order, { provider: 'stripe' })),
    );
    expect(new Set(answers.map((answer) => answer.payment.id)).size).toBe(1);
    expect(desk.intentsOf(order.id)).toHaveLength(1);
    expect((await desk.standing(order.id)).payments).toHaveLength(2);
    const held_minutes =
      ((await orderById(shop.db, order.id))!.expires_at!.getTime() - order.placed_at.getTime()) / 60_000;
    expect(held_minutes).toBeLessThan(31);
  });

  test('a payment that already succeeded cannot be switched away: the order is paid', async () => {
    const { order, intent } = await desk.anOrder();
    await payWith(desk.stripe, intent);
    await expect(payOrder(shop, order, { provider: 'manual' })).rejects.toMatchObject({
      code: 'ORDER_NOT_PAYABLE',
    });
    expect(await desk.standing(order.id)).toMatchObject({
      payment_status: 'paid',
      payments: [{ provider: 'stripe', status: 'paid' }],
    });
  });

  test('a payment that was cancelled at the provider is replaced by a new one', async () => {
    const { order, intent } = await desk.anOrder();
    await desk.stripe.paymentIntents.cancel(intent);
    await desk.hear(intent);
    const { payment } = await payOrder(shop, order, {});
    expect(payment).toMatchObject({ provider: 'stripe', status: 'pending' });
    expect(payment.provider_payment).not.toBe(intent);
    await payWith(desk.stripe, payment.provider_payment!);
    await desk.hear(payment.provider_payment!);
    expect(await desk.standing(order.id)).toMatchObject({
      payment_status: 'paid',
      paid_minor: order.total_minor,
    });
  });

  test('an order that is cancelled while its payment is replaced takes no payment, and the provider is not blamed', async () => {
    const { order, intent } = await desk.anOrder();
    await desk.stripe.paymentIntents.cancel(intent);
    const cancelled = meanwhile(shop, { before: 2 }, (id) =>
      cancelOrder(shop, { id }, { actor_kind: 'customer' }),
    );
    await expect(payOrder(cancelled, order, {})).rejects.toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'cancelled',
      payments: [{ status: 'cancelled' }, { status: 'cancelled', provider_payment: null }],
    });
  });

  test('an order that is paid twice keeps one payment and gives the other back', async () => {
    const { order, intent } = await desk.anOrphan();
    await payOrder(shop, order, { provider: 'manual' });
    await receiveMoney(shop, order, null);
    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'processing',
      payment_status: 'paid',
      paid_minor: order.total_minor * 2,
      refunded_minor: order.total_minor,
      needs_attention: true,
    });
  });

  test('manual money that comes for an order that cannot live again is booked as going back', async () => {
    const { order, variant } = await desk.anOrder(2, 'manual');
    await cancelOrder(shop, order, { actor_kind: 'customer' });
    await place(shop, await desk.aCartOf(variant));
    await receiveMoney(shop, order, null);
    await desk.drain();
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
      refunded_minor: order.total_minor,
      needs_attention: true,
    });
  });
});

describe('after all of it', () => {
  test('the books are sound', () => expectSoundBooks(shop));
  test('and equal to the provider’s', () => expectBooksOf(shop, desk.emulator));
});
