/** What shoppers and staff do with the money of orders beyond paying at once: promises, cash at the door, disputes, several attempts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addToCart } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import { acceptOrder } from '../../extensions/commerce-api/src/orders/accept-order.ts';
import { cancelOrder, expireOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { orderById } from '../../extensions/commerce-api/src/orders/queries.ts';
import { shipOrder } from '../../extensions/commerce-api/src/orders/ship-order.ts';
import { capturePayment } from '../../extensions/commerce-api/src/payments/capture-payment.ts';
import {
  compareBooks,
  compareWithProviders,
} from '../../extensions/commerce-api/src/payments/compare-with-providers.ts';
import { resolveAttention } from '../../extensions/commerce-api/src/payments/flag-order.ts';
import { receiveMoney } from '../../extensions/commerce-api/src/payments/receive-money.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { resolveRefund, settleRefund } from '../../extensions/commerce-api/src/payments/settle-refund.ts';
import { syncPayment } from '../../extensions/commerce-api/src/payments/sync-payment.ts';
import { watchAuthorisations } from '../../extensions/commerce-api/src/payments/watch-authorisations.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import {
  PaymentProviderError,
  type ProviderPayment,
} from '../../extensions/commerce-api/src/providers/payment.ts';
import { paymentProviders } from '../../extensions/commerce-api/src/providers/payments.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aVariant, place, stockOf } from '../support/factories.ts';
import { stripeDesk, type StripeDesk } from '../support/stripe-desk.ts';
import { payWith, withProvider } from '../support/stripe-shop.ts';

let desk: StripeDesk;
let shop: Shop;
beforeAll(async () => {
  desk = await stripeDesk();
  shop = desk.shop;
});
beforeEach(() => settings({ payment_capture: 'now', cash_on_delivery: false }));
afterAll(() => desk.stop());

const settings = (change: object) => shop.db('shop_settings').update(change);
const current = async (order: { id: string }) => (await orderById(shop.db, order.id))!;
const paymentsOf = (order: { id: string }) =>
  rows<{ id: string; status: string; captured_minor: number; refunded_minor: number; provider: string }>(
    shop.db,
    'select id, status, captured_minor, refunded_minor, provider from payments where "order" = ? order by created_at',
    [order.id],
  );

async function aPromisedOrder() {
  await settings({ payment_capture: 'later' });
  const placed = await desk.anOrder();
  await payWith(desk.stripe, placed.intent);
  await desk.hear(placed.intent);
  return { ...placed, order: await current(placed.order) };
}

async function aPaidOrder() {
  const placed = await desk.anOrder();
  await payWith(desk.stripe, placed.intent);
  await desk.hear(placed.intent);
  return { ...placed, order: await current(placed.order) };
}

describe('money that is promised and taken later', () => {
  test('holds the order and its stock past its time, and pays it when staff take it', async () => {
    const { order, variant, intent } = await aPromisedOrder();
    expect(order).toMatchObject({ status: 'pending', payment_status: 'authorised', paid_minor: 0 });
    await desk.endHold(order.id);
    await expireOrder(shop, order.id);
    expect(await current(order)).toMatchObject({ status: 'pending', payment_status: 'authorised' });

    await capturePayment(shop, order.id, undefined, null);
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'processing',
      payment_status: 'paid',
      paid_minor: order.total_minor,
      events: ['placed', 'payment_authorised', 'capture_requested', 'paid'],
    });
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 3, reserved: 0 });
    await desk.hear(intent);
    expect(await current(order)).toMatchObject({ paid_minor: order.total_minor });
  });

  test('can be taken in part; the order waits for the rest, which the shopper pays', async () => {
    const { order } = await aPromisedOrder();
    await capturePayment(shop, order.id, 1000, null);
    expect(await current(order)).toMatchObject({
      status: 'pending',
      payment_status: 'partly_paid',
      paid_minor: 1000,
    });
    await settings({ payment_capture: 'now' });
    const { payment } = await payOrder(shop, await current(order), {});
    expect(payment.amount_minor).toBe(order.total_minor - 1000);
    await payWith(desk.stripe, payment.provider_payment!);
    await desk.hear(payment.provider_payment!);
    expect(await current(order)).toMatchObject({ status: 'processing', payment_status: 'paid' });
  });

  test('is not taken twice, and not beyond what was promised', async () => {
    const { order } = await aPromisedOrder();
    await expect(capturePayment(shop, order.id, order.total_minor + 1, null)).rejects.toMatchObject({
      code: 'PAYMENT_NOT_CAPTURABLE',
      extensions: { reason: 'too_much', authorised_minor: order.total_minor },
    });
    const both = await Promise.allSettled([
      capturePayment(shop, order.id, undefined, null),
      capturePayment(shop, order.id, undefined, null),
    ]);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    await expect(capturePayment(shop, order.id, undefined, null)).rejects.toMatchObject({
      extensions: { reason: 'nothing_authorised' },
    });
    expect(await current(order)).toMatchObject({ paid_minor: order.total_minor });
  });

  test('is given up when the order is cancelled', async () => {
    const { order, intent, variant } = await aPromisedOrder();
    await cancelOrder(shop, order, { actor_kind: 'staff' });
    expect(await desk.stripe.paymentIntents.retrieve(intent)).toMatchObject({ status: 'canceled' });
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 5, reserved: 0 });
  });

  test('lets the order be sent first once staff accept it, and is taken afterwards', async () => {
    const { order, variant } = await aPromisedOrder();
    await acceptOrder(shop, order, null);
    await acceptOrder(shop, order, null);
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'processing',
      payment_status: 'authorised',
      paid_minor: 0,
      events: ['placed', 'payment_authorised', 'accepted'],
    });
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 3, reserved: 0 });
    await shipOrder(shop, order.id, {}, null);
    await capturePayment(shop, order.id, undefined, null);
    expect(await current(order)).toMatchObject({
      status: 'shipped',
      payment_status: 'paid',
      paid_minor: order.total_minor,
    });
  });

  test('that ends before it is taken puts an accepted order on the list, and the shopper is asked again', async () => {
    const { order, intent } = await aPromisedOrder();
    await acceptOrder(shop, order, null);
    desk.emulator.dashboard.expireAuthorisation(intent);
    await desk.hear(intent);
    expect(await current(order)).toMatchObject({
      status: 'processing',
      payment_status: 'partly_paid',
      needs_attention: true,
      attention_code: 'authorisation_lost',
    });
    const { payment } = await payOrder(shop, await current(order), {});
    await payWith(desk.stripe, payment.provider_payment!);
    await desk.hear(payment.provider_payment!);
    expect(await current(order)).toMatchObject({ status: 'processing', payment_status: 'authorised' });
    await capturePayment(shop, order.id, undefined, null);
    expect(await current(order)).toMatchObject({ status: 'processing', payment_status: 'paid' });
  });

  test('that ends within a day puts its order on the list once', async () => {
    const { order, payment } = await aPromisedOrder();
    await watchAuthorisations(shop);
    expect(await current(order)).toMatchObject({ needs_attention: false });
    await row(shop.db, `update payments set expires_at = now() + interval '20 hours' where id = ?`, [
      payment.id,
    ]);
    await watchAuthorisations(shop);
    await watchAuthorisations(shop);
    expect(await current(order)).toMatchObject({ attention_code: 'authorisation_ends' });
    expect((await desk.standing(order.id)).events.filter((kind) => kind === 'flagged')).toHaveLength(1);
  });
});

describe('cash on delivery', () => {
  const aCashOrder = async () => {
    await settings({ cash_on_delivery: true });
    return desk.anOrder(5, 'cash_on_delivery');
  };

  test('is offered only where the shop says so', async () => {
    await expect(desk.anOrder(5, 'cash_on_delivery')).rejects.toMatchObject({ code: 'PROVIDER_UNKNOWN' });
  });

  test('is accepted by staff, sent, and paid at the door', async () => {
    const { order } = await aCashOrder();
    await acceptOrder(shop, order, null);
    expect(await current(order)).toMatchObject({ status: 'processing', payment_status: 'authorised' });
    await shipOrder(shop, order.id, {}, null);
    await receiveMoney(shop, await current(order), null);
    await receiveMoney(shop, await current(order), null);
    expect(await current(order)).toMatchObject({
      status: 'shipped',
      payment_status: 'paid',
      paid_minor: order.total_minor,
      needs_attention: false,
    });
  });

  test('that is cancelled after it was accepted puts its goods back and owes nothing', async () => {
    const { order, variant } = await aCashOrder();
    await acceptOrder(shop, order, null);
    await cancelOrder(shop, order, { actor_kind: 'staff' });
    expect(await current(order)).toMatchObject({ status: 'cancelled', paid_minor: 0 });
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 5, reserved: 0 });
    expect(await paymentsOf(order)).toMatchObject([{ status: 'cancelled' }]);
  });

  test('hands downloads over only when the money is there', async () => {
    await settings({ cash_on_delivery: true });
    const [file, thing] = [
      await aVariant(shop, { kind: 'digital', track_stock: false }),
      await aVariant(shop),
    ];
    const cart = await desk.aCartOf(thing);
    const { quote } = await addToCart(shop, cart.id, cart.holder, { variant: file, quantity: 1 });
    const { order } = await place(
      shop,
      { ...cart, total_minor: quote.total_minor },
      { provider: 'cash_on_delivery' },
    );
    const handed = async () =>
      (await desk.standing(order.id)).events.filter((kind) => kind === 'handed_over').length;
    await acceptOrder(shop, order, null);
    expect(await handed()).toBe(0);
    await receiveMoney(shop, await current(order), null);
    expect(await handed()).toBe(1);
  });

  test.each(['manual', 'stripe'])('nothing else that is unpaid can be accepted (%s)', async (provider) => {
    const { order } = await desk.anOrder(5, provider);
    await expect(acceptOrder(shop, order, null)).rejects.toMatchObject({
      code: 'ORDER_NOT_ACCEPTABLE',
      extensions: { reason: 'nothing_promised' },
    });
  });
});

describe('a dispute', () => {
  test('puts its order on the list, and leaves the money where it is while it is open', async () => {
    const { order, intent } = await aPaidOrder();
    desk.emulator.dashboard.dispute(intent, { reason: 'product_not_received' });
    await desk.hear(intent);
    await desk.hear(intent);
    expect(await desk.standing(order.id)).toMatchObject({
      payment_status: 'paid',
      refunded_minor: 0,
      needs_attention: true,
      events: ['placed', 'paid', 'dispute_opened', 'flagged'],
    });
    expect(
      await rows(shop.db, 'select status, reason, amount_minor, currency from disputes where "order" = ?', [
        order.id,
      ]),
    ).toEqual([
      { status: 'open', reason: 'product_not_received', amount_minor: order.total_minor, currency: 'USD' },
    ]);
  });

  test('that is lost counts as charged back: it cannot be refunded as well', async () => {
    const { order, intent } = await aPaidOrder();
    const { id } = desk.emulator.dashboard.dispute(intent);
    await desk.hear(intent);
    desk.emulator.dashboard.closeDispute(id, 'lost');
    await desk.hear(intent);
    expect((await desk.standing(order.id)).events.at(-1)).toBe('dispute_lost');
    expect(
      await row(shop.db, 'select charged_back_minor from payments where "order" = ?', [order.id]),
    ).toEqual({
      charged_back_minor: order.total_minor,
    });
    await expect(
      refundOrder(shop, order.id, { amount_minor: 100 }, { actor_kind: 'staff' }),
    ).rejects.toMatchObject({ code: 'REFUND_TOO_MUCH', extensions: { refundable_minor: 0 } });
  });

  test('that is won leaves everything as it was', async () => {
    const { order, intent } = await aPaidOrder();
    const { id } = desk.emulator.dashboard.dispute(intent);
    await desk.hear(intent);
    desk.emulator.dashboard.closeDispute(id, 'won');
    await desk.hear(intent);
    await resolveAttention(shop, order.id, 'Answered with the parcel’s number', null);
    expect(await desk.standing(order.id)).toMatchObject({ needs_attention: false, payment_status: 'paid' });
    await refundOrder(shop, order.id, { amount_minor: 100 }, { actor_kind: 'staff' });
    await desk.drain();
    expect(await current(order)).toMatchObject({ refunded_minor: 100 });
  });
});

describe('several attempts at one order', () => {
  test('a second one that succeeds goes back by itself, and staff are told', async () => {
    // A provider that cannot end what it has begun: the shopper still has its page open.
    const stubborn = withProvider(shop, 'stripe', {
      cancel: () => Promise.resolve('cannot_cancel' as const),
    });
    const { order, intent } = await desk.anOrder();
    const { payment } = await payOrder(stubborn, order, {
      flow: 'hosted',
      return_url: 'https://shop.example/back',
    });
    expect(payment.provider_payment).toMatch(/^cs_/);
    desk.emulator.shopper.pay(payment.provider_payment!);
    await syncPayment(shop, payment.id);
    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    await desk.drain();
    expect(await current(order)).toMatchObject({
      status: 'processing',
      payment_status: 'paid',
      paid_minor: 2 * order.total_minor,
      refunded_minor: order.total_minor,
      needs_attention: true,
      attention_code: 'paid_twice',
    });
    expect(await paymentsOf(order)).toMatchObject([
      { status: 'refunded', refunded_minor: order.total_minor },
      { status: 'paid', refunded_minor: 0 },
    ]);
  });

  test('once an earlier one has paid, the later one is ended at its provider', async () => {
    const stubborn = withProvider(shop, 'stripe', {
      cancel: () => Promise.resolve('cannot_cancel' as const),
    });
    const { order, intent } = await desk.anOrder();
    const { payment } = await payOrder(stubborn, order, {
      flow: 'hosted',
      return_url: 'https://shop.example/back',
    });
    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    await desk.drain();
    expect(await desk.stripe.checkout.sessions.retrieve(payment.provider_payment!)).toMatchObject({
      status: 'expired',
    });
    expect(await paymentsOf(order)).toMatchObject([{ status: 'paid' }, { status: 'cancelled' }]);
  });

  test('a provider that is down holds nobody back from paying another way, and is asked to end the first later', async () => {
    const { order, intent } = await desk.anOrder();
    desk.emulator.faults.add({ kind: 'error_before_acting', status: 503 });
    const { payment } = await payOrder(shop, order, { provider: 'manual' });
    desk.emulator.faults.clear();
    expect(payment).toMatchObject({ provider: 'manual', status: 'pending' });
    await row(
      shop.db,
      `select graphile_worker.reschedule_jobs(array_agg(id), run_at := now()) from graphile_worker._private_jobs having count(*) > 0`,
    );
    await desk.drain();
    expect(await desk.stripe.paymentIntents.retrieve(intent)).toMatchObject({ status: 'canceled' });
  });

  test('a stored failure of the provider is got around by another attempt at once', async () => {
    desk.emulator.faults.add({
      kind: 'stored_error',
      status: 500,
      route: 'POST /v1/payment_intents',
      times: 1,
    });
    const { payment } = await desk.anOrder();
    expect(payment.provider_payment).toMatch(/^pi_/);
    expect(payment.attempt).toBe(2);
  });

  test('an attempt whose answer was lost a day ago is found rather than doubled', async () => {
    const { order, payment, intent } = await desk.anOrphan();
    await row(shop.db, `update payments set started_at = now() - interval '25 hours' where id = ?`, [
      payment.id,
    ]);
    desk.emulator.forgetKeys();
    const paid = await payOrder(shop, order, {});
    expect(paid.payment.provider_payment).toBe(intent);
    expect(desk.intentsOf(order.id)).toHaveLength(1);
  });
});

describe('a payment on the provider’s own page', () => {
  async function aHostedOrder() {
    const { order } = await desk.anOrder();
    const { payment } = await payOrder(shop, order, {
      flow: 'hosted',
      return_url: 'https://shop.example/back',
    });
    return { order, payment, session: payment.provider_payment! };
  }

  test('is paid there, and found by the news of its intent alone', async () => {
    const { order, payment, session } = await aHostedOrder();
    expect(payment.client_data).toMatchObject({ redirect_url: expect.stringContaining('/c/') });
    const { id: intent } = desk.emulator.shopper.pay(session);
    await desk.hear(intent);
    expect(await current(order)).toMatchObject({ status: 'processing', payment_status: 'paid' });
  });

  test('follows refunds and disputes that begin at the provider and name its intent only', async () => {
    const { order, session } = await aHostedOrder();
    const { id: intent } = desk.emulator.shopper.pay(session);
    await desk.hear(intent);
    desk.emulator.dashboard.refund(intent, 400);
    await desk.hear(intent);
    expect(await current(order)).toMatchObject({ payment_status: 'partly_refunded', refunded_minor: 400 });
    desk.emulator.dashboard.dispute(intent, { amount: 100 });
    await desk.hear(intent);
    expect(await current(order)).toMatchObject({ attention_code: 'dispute' });
  });

  test('that is left open ends when its order does', async () => {
    const { order, session } = await aHostedOrder();
    await cancelOrder(shop, await current(order), { actor_kind: 'customer' });
    expect(await desk.stripe.checkout.sessions.retrieve(session)).toMatchObject({ status: 'expired' });
    expect(await current(order)).toMatchObject({ status: 'cancelled' });
  });
});

describe('a provider that fails', () => {
  test('is left alone: nothing is ordered, and the shopper hears how else to pay', async () => {
    const { cart, variant } = await desk.aCart();
    desk.emulator.faults.add({ kind: 'error_before_acting', status: 503, route: 'POST /v1/payment_intents' });
    const payments = paymentProviders(shop.env, shop.log);
    const fragile = { ...shop, providers: { ...shop.providers, payments } };
    for (let tries = 0; tries < 5; tries += 1)
      await place(fragile, await desk.aCartOf(await aVariant(shop)), { provider: 'stripe' });
    desk.emulator.faults.clear();
    await expect(place(fragile, cart, { provider: 'stripe' })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      status: 503,
      extensions: { retry_after_s: expect.any(Number), offered: expect.arrayContaining(['manual']) },
    });
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 5, reserved: 0 });
    expect((await place(fragile, cart, { provider: 'manual' })).order.status).toBe('pending');
  });
});

describe('a refund whose outcome nobody knows', () => {
  /** Its provider would do it twice, and lost its answer. */
  async function anUnclearRefund() {
    const { order, intent } = await aPaidOrder();
    const [asked] = await refundOrder(shop, order.id, { amount_minor: 500 }, { actor_kind: 'staff' });
    const lost = new PaymentProviderError('no answer', {
      is_definite: false,
      code: 'refund_unclear',
      is_repeatable: false,
    });
    const silent = withProvider(shop, 'stripe', { refund: () => Promise.reject(lost) });
    await settleRefund(silent, asked!.id);
    await settleRefund(silent, asked!.id);
    return { order, intent, refund: asked!.id };
  }

  test('waits for staff, who look at the provider', async () => {
    const { order } = await anUnclearRefund();
    expect(await current(order)).toMatchObject({ attention_code: 'refund_unclear', refunded_minor: 0 });
    expect(
      await rows(shop.db, 'select status, is_unclear from refunds where "order" = ?', [order.id]),
    ).toEqual([{ status: 'pending', is_unclear: true }]);
  });

  test.each([
    ['not_given_back', { status: 'failed' }, 0],
    ['ask_again', { status: 'succeeded' }, 500],
  ] as const)('is what they say: %s', async (outcome, refund_is, refunded_minor) => {
    const { order, refund } = await anUnclearRefund();
    await resolveRefund(shop, refund, outcome, null);
    await desk.drain();
    expect(await row(shop.db, 'select status from refunds where id = ?', [refund])).toEqual(refund_is);
    expect(await current(order)).toMatchObject({ refunded_minor });
    await expect(resolveRefund(shop, refund, outcome, null)).rejects.toMatchObject({
      code: 'REFUND_NOT_UNCLEAR',
    });
  });

  test('that did happen is booked as soon as staff say so', async () => {
    const { order, intent, refund } = await anUnclearRefund();
    desk.emulator.dashboard.refund(intent, 500);
    await resolveRefund(shop, refund, 'given_back', null);
    await desk.hear(intent);
    expect(await current(order)).toMatchObject({ refunded_minor: 500, needs_attention: false });
  });
});

describe('comparing books', () => {
  test('mends what a lost webhook and a lost answer left behind', async () => {
    const { order, payment, intent } = await desk.anOrphan();
    await payWith(desk.stripe, intent);
    await compareWithProviders(shop);
    expect(await current(order)).toMatchObject({ payment_status: 'paid', status: 'processing' });
    expect((await paymentsOf(order))[0]).toMatchObject({ id: payment.id, captured_minor: order.total_minor });
  });

  test('names each payment that differs, to the cent', async () => {
    const { order, payment, intent } = await aPaidOrder();
    const since = new Date(Date.now() - 3_600_000);
    const other = withProvider(shop, 'stripe', {
      async fetch(id): Promise<ProviderPayment | null> {
        const truth = await shop.providers.payments['stripe']!.fetch(id);
        return truth && id === intent ? { ...truth, captured_minor: truth.captured_minor - 1 } : truth;
      },
    });
    const found = (await compareBooks(other, { since })).find(({ provider }) => provider === 'stripe')!;
    expect(found.broken).toEqual([
      `payment ${payment.id} (${intent}): captured ${order.total_minor}, given back 0 USD; stripe says ${order.total_minor - 1}, 0 USD`,
    ]);
  });

  test('tells of money for a payment that is not in these books', async () => {
    const stranger = await desk.stripe.paymentIntents.create({
      amount: 4711,
      currency: 'usd',
      automatic_payment_methods: { enabled: true },
      metadata: { payment: randomUUID() },
    });
    await payWith(desk.stripe, stranger.id);
    const [found] = await compareBooks(shop, { since: new Date(Date.now() - 3_600_000) });
    expect(found!.broken).toEqual([expect.stringContaining(`${stranger.id} took 4711 USD`)]);
    await desk.stripe.refunds.create({ payment_intent: stranger.id });
  });
});

test('at the end the books are sound, and the same as the provider’s', async () => {
  await aPaidOrder();
  await desk.drain();
  await expectSoundBooks(shop);
  const compared = await compareBooks(shop, { since: new Date(Date.now() - 3_600_000) });
  // Money of strangers at the same account is named, and is none of these books.
  const ours = compared
    .flatMap(({ broken }) => broken)
    .filter((each) => !each.endsWith('these books do not have'));
  expect(ours).toEqual([]);
});
