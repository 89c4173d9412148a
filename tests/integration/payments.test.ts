/** Payments in process, on a real database and an emulated Stripe whose events come when and as often as the test says. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCode } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { paymentStatus, payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import { isKontorError } from '../../extensions/commerce-api/src/errors.ts';
import { cancelOrder, expireOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { orderById } from '../../extensions/commerce-api/src/orders/queries.ts';
import { receiveMoney } from '../../extensions/commerce-api/src/payments/receive-money.ts';
import { syncPayment } from '../../extensions/commerce-api/src/payments/sync-payment.ts';
import { inTransaction, insertRows, row } from '../../extensions/commerce-api/src/platform/database.ts';
import {
  PaymentProviderError,
  type ProviderStatus,
} from '../../extensions/commerce-api/src/providers/payment.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import {
  aReadyCart,
  aShippingMethod,
  aVariant,
  place,
  stockOf,
  type ReadyCart,
} from '../support/factories.ts';
import {
  payWith,
  SECRETS,
  standingOf,
  stripeShop,
  withProvider,
  type StripeShop,
} from '../support/stripe-shop.ts';

let bench: StripeShop;
let shop: Shop;
let method: string;
beforeAll(async () => {
  bench = await stripeShop();
  shop = bench.shop;
  method = await aShippingMethod(shop);
});
afterAll(() => bench.stop());

const CREATE = 'POST /v1/payment_intents';
const codeOf = (error: unknown) => (isKontorError(error) ? error.code : String(error));

/** The client tries once more by itself, so a fault has to meet it twice to be noticed. */
function fail(kind: 'lost_answer' | 'error_before_acting', status?: number): void {
  bench.emulator.faults.add({ kind, route: CREATE, times: 2, ...(status && { status }) } as never);
}

async function aCart(on_hand = 5, quantity = 2): Promise<{ cart: ReadyCart; variant: string }> {
  const variant = await aVariant(shop, { on_hand });
  return { variant, cart: await aReadyCart(shop, method, [{ variant, quantity }]) };
}

/** An order of 2 out of 5, to be paid with Stripe. */
async function anOrder(on_hand = 5, provider = 'stripe') {
  const { cart, variant } = await aCart(on_hand);
  const { order, payment } = await place(shop, cart, { provider });
  return { order, payment, variant, cart, intent: payment.provider_payment ?? '' };
}

/** An order whose intent exists at the provider, but whose answer we never got. */
async function anOrphan(on_hand = 5) {
  fail('lost_answer');
  const placed = await anOrder(on_hand);
  expect(placed.payment).toMatchObject({ status: 'pending', provider_payment: null, client_data: null });
  const [intent, ...more] = bench.intentsOf(placed.order.id);
  expect(more).toEqual([]);
  return { ...placed, intent: intent!.id };
}

async function endHold(order: string): Promise<void> {
  await shop.db.raw(`update orders set expires_at = now() - interval '1 second' where id = ?`, [order]);
}

const fresh = async (order: string) => (await orderById(shop.db, order))!;
const standing = (order: string) => standingOf(shop, order);
const levelOf = async (variant: string) => (await stockOf(shop, variant)).level;

describe('news of a payment', () => {
  test('the same webhook delivered 10 times and out of order pays once', async () => {
    const { order, variant, intent } = await anOrder();
    await payWith(bench.stripe, intent);
    const bodies = bench.eventsOf(intent).reverse();
    expect(bodies).toHaveLength(3);

    await Promise.all(
      Array.from({ length: 10 }, () => bodies)
        .flat()
        .map((body) => bench.deliver(body)),
    );
    const stored = await row(
      shop.db,
      `select count(*) as count from webhook_events where payload::text like ?`,
      [`%${intent}%`],
    );
    expect(stored).toEqual({ count: 3 });
    await bench.drain();
    await bench.hear(intent);

    expect(await standing(order.id)).toMatchObject({
      status: 'processing',
      payment_status: 'paid',
      paid_minor: order.total_minor,
      events: ['placed', 'paid'],
    });
    expect(await stockOf(shop, variant)).toEqual({
      level: { on_hand: 3, reserved: 0 },
      ledger: { on_hand: 3, reserved: 0 },
    });
  });

  test('a webhook that arrives before our own write finds its payment', async () => {
    const hasty = withProvider(shop, 'stripe', {
      async start(input) {
        const started = await shop.providers.payments['stripe']!.start(input);
        await payWith(bench.stripe, started.provider_payment);
        await bench.hear(started.provider_payment);
        return started;
      },
    });
    const { cart } = await aCart();

    const { order, payment } = await place(hasty, cart, { provider: 'stripe' });

    expect(payment.status).toBe('paid');
    expect(order.payment_status).toBe('paid');
    expect((await standing(order.id)).events).toEqual(['placed', 'paid']);
  });

  test('a webhook whose payment we never heard of from the provider finds it by our own id', async () => {
    const { order, intent } = await anOrphan();
    await payWith(bench.stripe, intent);
    await bench.hear(intent);
    expect(await standing(order.id)).toMatchObject({
      payment_status: 'paid',
      payments: [{ provider_payment: intent, status: 'paid' }],
    });
  });

  test('an event that claims a payment of another intent changes nothing', async () => {
    const [paid, other] = [await anOrder(), await anOrder()];
    await payWith(bench.stripe, paid.intent);
    const body = bench
      .eventsOf(paid.intent)
      .at(-1)!
      .replaceAll(paid.payment.id, other.payment.id)
      .replace(/"evt_\w+"/, '"evt_forged"');
    await shop.db.raw(`update payments set provider_payment = null where id = ?`, [paid.payment.id]);

    await bench.deliver(body);
    await bench.drain();
    expect(await standing(other.order.id)).toMatchObject({ payment_status: 'pending', paid_minor: 0 });

    await bench.hear(paid.intent);
    expect(await standing(paid.order.id)).toMatchObject({ payment_status: 'paid' });
  });

  test('a bad signature is refused and nothing is stored', async () => {
    const { intent } = await anOrder();
    const before = await row(shop.db, 'select count(*) as count from webhook_events');
    const [body] = bench.eventsOf(intent);
    await expect(bench.deliver(body!, 'whsec_of_a_stranger')).rejects.toMatchObject({
      code: 'INVALID_SIGNATURE',
      status: 400,
    });
    expect(await row(shop.db, 'select count(*) as count from webhook_events')).toEqual(before);
  });

  test('while a secret is being rotated both are good', async () => {
    const { intent } = await anOrder();
    const [body] = bench.eventsOf(intent);
    await expect(bench.deliver(body!, SECRETS[1])).resolves.toBeUndefined();
    await expect(bench.deliver(body!, SECRETS[0])).resolves.toBeUndefined();
  });

  test.each([
    ['of a type nobody knows', { id: 'x', object: 'thing' }],
    [
      'about a payment of others who use the account',
      { id: 'pi_other', object: 'payment_intent', metadata: { payment: 'invoice 5' } },
    ],
  ])('an event %s is stored and ignored', async (_what, object) => {
    const id = `evt_${randomUUID()}`;
    await bench.deliver(JSON.stringify({ id, object: 'event', type: 'thing.happened', data: { object } }));
    await bench.drain();
    const stored = await row(shop.db, 'select type, status from webhook_events where event_id = ?', [id]);
    expect(stored).toEqual({ type: 'thing.happened', status: 'ignored' });
  });

  test('when the payment moved while the provider was asked, it is asked again', async () => {
    const { order, payment, intent } = await anOrder();
    let asked = 0;
    const slow = withProvider(shop, 'stripe', {
      async fetch(id) {
        asked += 1;
        const truth = await shop.providers.payments['stripe']!.fetch(id);
        if (asked > 1) return truth;
        await payWith(bench.stripe, intent);
        await bench.hear(intent);
        return truth;
      },
    });
    expect(await syncPayment(slow, payment.id)).toMatchObject({ status: 'paid' });
    expect(asked).toBe(2);
    expect((await standing(order.id)).events).toEqual(['placed', 'paid']);
  });

  test('money that went back before we heard that it had come is booked both ways', async () => {
    const { order, payment, intent } = await anOrder();
    await payWith(bench.stripe, intent);
    await bench.stripe.refunds.create({ payment_intent: intent, amount: 100 });

    await syncPayment(shop, payment.id);
    await syncPayment(shop, payment.id);

    expect(await standing(order.id)).toMatchObject({
      payment_status: 'partly_refunded',
      paid_minor: order.total_minor,
      refunded_minor: 100,
      events: ['placed', 'paid', 'refunded'],
    });
  });

  test.each([
    ['an amount', 'amount_minor = amount_minor + 1', 'amount_minor = amount_minor - 1'],
    ['a currency', `currency = 'EUR'`, `currency = 'USD'`],
  ])('%s that is not the payment’s own flags the order and never pays it', async (_what, tamper, mend) => {
    const { order, payment, variant, intent } = await anOrder();
    await shop.db.raw(`update payments set ${tamper} where id = ?`, [payment.id]);
    await payWith(bench.stripe, intent);

    await bench.hear(intent);
    await syncPayment(shop, payment.id);

    expect(await standing(order.id)).toMatchObject({
      status: 'pending',
      paid_minor: 0,
      needs_attention: true,
      events: ['placed', 'flagged'],
    });
    expect(await levelOf(variant)).toEqual({ on_hand: 5, reserved: 2 });

    await shop.db.raw(`update payments set ${mend} where id = ?`, [payment.id]);
    await syncPayment(shop, payment.id);
    expect(await standing(order.id)).toMatchObject({ payment_status: 'paid' });
  });
});

describe('a card', () => {
  test('that is declined leaves the order payable, and a second one pays it', async () => {
    const { order, intent } = await anOrder();
    await expect(
      payWith(bench.stripe, intent, 'pm_card_visa_chargeDeclinedInsufficientFunds'),
    ).rejects.toMatchObject({ statusCode: 402 });
    await bench.hear(intent);

    const declined = await paymentStatus(shop, order);
    expect(declined.payment).toMatchObject({ status: 'failed', error_code: 'insufficient_funds' });
    const again = await payOrder(shop, order, {});
    expect(again.payment).toMatchObject({ provider_payment: intent, attempt: 1 });

    await payWith(bench.stripe, intent);
    await bench.hear(intent);
    expect(await standing(order.id)).toMatchObject({
      payment_status: 'paid',
      events: ['placed', 'payment_failed', 'paid'],
    });
    await expect(payOrder(shop, order, {})).rejects.toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  });
});

describe('money that comes after the order has expired', () => {
  /** Nobody heard of the intent when the hold ended, so nobody could cancel it: then the shopper pays. */
  async function latePayment(
    on_hand: number,
    meanwhile: (placed: Awaited<ReturnType<typeof anOrphan>>) => Promise<void>,
  ) {
    const placed = await anOrphan(on_hand);
    await endHold(placed.order.id);
    await expireOrder(shop, placed.order.id);
    expect(await standing(placed.order.id)).toMatchObject({ status: 'cancelled', cart_status: 'active' });
    await meanwhile(placed);
    await payWith(bench.stripe, placed.intent);
    await bench.hear(placed.intent);
    await bench.hear(placed.intent);
    return placed;
  }

  test('revives the order while its goods are still there', async () => {
    const { order, variant } = await latePayment(2, () => Promise.resolve());
    expect(await standing(order.id)).toMatchObject({
      status: 'processing',
      payment_status: 'paid',
      needs_attention: false,
      cart_status: 'completed',
      events: ['placed', 'expired', 'revived', 'paid'],
    });
    expect(await levelOf(variant)).toEqual({ on_hand: 0, reserved: 0 });
  });

  test('goes back by itself when the goods are gone, and staff are told', async () => {
    const { order, variant, intent } = await latePayment(2, async ({ variant: wanted }) => {
      await place(shop, await aReadyCart(shop, method, [{ variant: wanted, quantity: 1 }]));
    });
    expect(await standing(order.id)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
      paid_minor: order.total_minor,
      refunded_minor: order.total_minor,
      needs_attention: true,
      events: ['placed', 'expired', 'flagged', 'refunded'],
    });
    expect(await levelOf(variant)).toEqual({ on_hand: 2, reserved: 1 });
    const refunds = bench.emulator.ledger().refunds.filter((refund) => refund.payment_intent === intent);
    expect(refunds).toMatchObject([{ amount: order.total_minor, status: 'succeeded' }]);
  });

  test('goes back when the cart has been ordered again', async () => {
    const { order } = await latePayment(9, async ({ cart }) => {
      await place(shop, cart);
    });
    expect(await standing(order.id)).toMatchObject({
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
    const { settleRefund } = await import('../../extensions/commerce-api/src/payments/settle-refund.ts');
    const placed = await anOrphan(2);
    await endHold(placed.order.id);
    await expireOrder(shop, placed.order.id);
    await place(shop, await aReadyCart(shop, method, [{ variant: placed.variant, quantity: 1 }]));
    await payWith(bench.stripe, placed.intent);
    await syncPayment(shop, placed.payment.id, placed.intent);
    const refund = await row<{ id: string }>(shop.db, 'select id from refunds where "order" = ?', [
      placed.order.id,
    ]);

    await settleRefund(broken, refund!.id);

    expect(await standing(placed.order.id)).toMatchObject({
      refunded_minor: 0,
      needs_attention: true,
      attention_reason: 'A refund failed: No such charge',
      events: ['placed', 'expired', 'flagged', 'refund_failed'],
    });
    await bench.drain();
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
    const { order, variant, intent } = await anOrder();
    await endHold(order.id);
    await expireOrder(shop, order.id);
    expect(await standing(order.id)).toMatchObject({
      status: 'cancelled',
      payments: [{ status: 'cancelled' }],
    });
    expect((await bench.stripe.paymentIntents.retrieve(intent)).status).toBe('canceled');
    expect(await levelOf(variant)).toEqual({ on_hand: 5, reserved: 0 });
  });

  test('keeps its stock while the provider is processing the payment', async () => {
    const { order, variant } = await anOrder();
    await endHold(order.id);
    await expireOrder(saying('processing', 'cannot_cancel'), order.id);
    expect(await standing(order.id)).toMatchObject({
      status: 'pending',
      payments: [{ status: 'processing' }],
    });
    expect(await levelOf(variant)).toEqual({ on_hand: 5, reserved: 2 });
  });

  test('gives its stock back at the deadline when the provider cannot cancel', async () => {
    const { order, variant } = await anOrder();
    await endHold(order.id);
    await expireOrder(saying('pending', 'cannot_cancel'), order.id);
    expect((await standing(order.id)).status).toBe('cancelled');
    expect(await levelOf(variant)).toEqual({ on_hand: 5, reserved: 0 });
  });

  test('is paid when the money came in time and only the webhook was lost', async () => {
    const { order, intent } = await anOrder();
    await payWith(bench.stripe, intent);
    await endHold(order.id);
    await expireOrder(shop, order.id);
    expect(await standing(order.id)).toMatchObject({ status: 'processing', payment_status: 'paid' });
  });
});

describe('cancelling', () => {
  const byShopper = { actor_kind: 'customer' as const };

  test('an order whose money has already moved is refused, and the order is paid', async () => {
    const { order, intent } = await anOrder();
    await payWith(bench.stripe, intent);
    await expect(cancelOrder(shop, order, byShopper)).rejects.toMatchObject({
      code: 'ORDER_NOT_CANCELLABLE',
    });
    expect(await standing(order.id)).toMatchObject({ status: 'processing', payment_status: 'paid' });
  });

  test('ends the payment at the provider, so that it cannot be paid any more', async () => {
    const { order, variant, intent } = await anOrder();
    await cancelOrder(shop, order, byShopper);
    await expect(payWith(bench.stripe, intent)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    await bench.hear(intent);
    expect(await standing(order.id)).toMatchObject({ status: 'cancelled', cart_status: 'active' });
    expect(await levelOf(variant)).toEqual({ on_hand: 5, reserved: 0 });
  });

  test('while staff book its money never loses it', async () => {
    for (let round = 0; round < 12; round += 1) {
      const { order, variant } = await anOrder(5, 'manual');
      const [paid, cancelled] = await Promise.allSettled([
        receiveMoney(shop, order, null),
        cancelOrder(shop, order, byShopper),
      ]);
      if (cancelled.status === 'rejected') expect(codeOf(cancelled.reason)).toBe('ORDER_NOT_CANCELLABLE');
      // Whichever is first: money for a cancelled order revives it.
      expect(paid.status).toBe('fulfilled');
      expect(await standing(order.id)).toMatchObject({
        status: 'processing',
        payment_status: 'paid',
        paid_minor: order.total_minor,
      });
      expect(await levelOf(variant)).toEqual({ on_hand: 3, reserved: 0 });
    }
  });

  test('a provider that does not answer is named, and the order waits', async () => {
    const { order } = await anOrder();
    bench.emulator.faults.add({
      kind: 'error_before_acting',
      status: 503,
      route: 'POST /v1/payment_intents/*/cancel',
      times: 2,
    });
    await expect(cancelOrder(shop, order, byShopper)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      status: 502,
    });
    expect((await standing(order.id)).status).toBe('pending');
  });
});

describe('a provider that is down at checkout', () => {
  test.each([
    ['cannot be reached', 'error_before_acting'],
    ['acts and loses its answer', 'lost_answer'],
  ] as const)('and %s: the order stands, and paying again makes exactly one intent', async (_what, kind) => {
    fail(kind, kind === 'error_before_acting' ? 503 : undefined);
    const { order, payment } = await anOrder();
    expect(payment).toMatchObject({ status: 'pending', client_data: null });

    const paid = await payOrder(shop, order, {});

    expect(paid.payment.client_data).toMatchObject({
      client_secret: expect.stringMatching(/^pi_/) as string,
    });
    expect(bench.intentsOf(order.id)).toHaveLength(1);
  });

  test('and refuses for good: the next attempt has a key of its own', async () => {
    bench.emulator.faults.add({ kind: 'error_after_acting', status: 400, route: CREATE, times: 1 });
    const { order, payment } = await anOrder();
    expect(payment).toMatchObject({ status: 'failed', attempt: 1 });
    const paid = await payOrder(shop, order, {});
    expect(paid.payment).toMatchObject({ status: 'pending', attempt: 2 });
  });

  test('and repeats a stored 500: the webhook brings what the answer did not, and no second intent is made', async () => {
    bench.emulator.faults.add({ kind: 'error_after_acting', status: 500, route: CREATE, times: 1 });
    const { order, payment } = await anOrder();
    expect(payment).toMatchObject({ status: 'pending', client_data: null });
    await expect(payOrder(shop, order, {})).rejects.toMatchObject({ code: 'PROVIDER_FAILED' });

    const [intent] = bench.intentsOf(order.id);
    await bench.hear(intent!.id);

    const paid = await payOrder(shop, order, {});
    expect(paid.payment.provider_payment).toBe(intent!.id);
    expect(bench.intentsOf(order.id)).toHaveLength(1);
  });

  test('and stays down: asking how far the payment is answers what is known', async () => {
    const { order, payment } = await anOrder();
    bench.emulator.faults.add({
      kind: 'error_before_acting',
      status: 503,
      route: 'GET /v1/payment_intents/*',
      times: 2,
    });
    expect((await paymentStatus(shop, order)).payment).toEqual(payment);
  });

  test('a repeated checkout of an order that was cancelled meanwhile starts no payment', async () => {
    fail('error_before_acting', 503);
    const { cart } = await aCart();
    const key = randomUUID();
    const { order } = await place(shop, cart, { provider: 'stripe', key });
    await cancelOrder(shop, order, { actor_kind: 'customer' });
    const again = await place(shop, cart, { provider: 'stripe', key });
    expect(again.order).toMatchObject({ id: order.id, status: 'cancelled' });
    expect(bench.intentsOf(order.id)).toEqual([]);
  });
});

describe('another way to pay', () => {
  test('the first payment is cancelled at its provider, and staff book the money of the second, once', async () => {
    const { order, intent, variant } = await anOrder();

    const switched = await payOrder(shop, order, { provider: 'manual' });
    expect(switched.payment).toMatchObject({ provider: 'manual', status: 'pending' });
    expect((await bench.stripe.paymentIntents.retrieve(intent)).status).toBe('canceled');
    const held_days =
      ((await fresh(order.id)).expires_at!.getTime() - order.placed_at.getTime()) / 86_400_000;
    expect(held_days).toBeCloseTo(7, 3);

    await receiveMoney(shop, order, null);
    await receiveMoney(shop, order, null);
    expect(await standing(order.id)).toMatchObject({
      payment_status: 'paid',
      paid_minor: order.total_minor,
      payments: [{ status: 'cancelled' }, { status: 'paid' }],
      events: ['placed', 'payment_switched', 'paid'],
    });
    expect(await levelOf(variant)).toEqual({ on_hand: 3, reserved: 0 });
  });

  test('staff cannot say that money came which a provider has to report', async () => {
    const { order } = await anOrder();
    await expect(receiveMoney(shop, order, null)).rejects.toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  });

  test('the same wish many times at once makes one payment and one intent', async () => {
    const { order } = await anOrder(5, 'manual');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => payOrder(shop, order, { provider: 'stripe' })),
    );
    expect(new Set(answers.map((answer) => answer.payment.id)).size).toBe(1);
    expect(bench.intentsOf(order.id)).toHaveLength(1);
    expect((await standing(order.id)).payments).toHaveLength(2);
    const held_minutes = ((await fresh(order.id)).expires_at!.getTime() - order.placed_at.getTime()) / 60_000;
    expect(held_minutes).toBeLessThan(31);
  });

  test('a payment that already succeeded cannot be switched away: the order is paid', async () => {
    const { order, intent } = await anOrder();
    await payWith(bench.stripe, intent);
    await expect(payOrder(shop, order, { provider: 'manual' })).rejects.toMatchObject({
      code: 'ORDER_NOT_PAYABLE',
    });
    expect(await standing(order.id)).toMatchObject({
      payment_status: 'paid',
      payments: [{ provider: 'stripe', status: 'paid' }],
    });
  });

  test('a payment that was cancelled at the provider is replaced by a new one', async () => {
    const { order, intent } = await anOrder();
    await bench.stripe.paymentIntents.cancel(intent);
    await bench.hear(intent);
    const { payment } = await payOrder(shop, order, {});
    expect(payment).toMatchObject({ provider: 'stripe', status: 'pending' });
    expect(payment.provider_payment).not.toBe(intent);
    await payWith(bench.stripe, payment.provider_payment!);
    await bench.hear(payment.provider_payment!);
    expect(await standing(order.id)).toMatchObject({ payment_status: 'paid', paid_minor: order.total_minor });
  });

  test('an order that is paid twice keeps one payment and gives the other back', async () => {
    const { order, intent } = await anOrphan();
    await payOrder(shop, order, { provider: 'manual' });
    await receiveMoney(shop, order, null);
    await payWith(bench.stripe, intent);
    await bench.hear(intent);
    expect(await standing(order.id)).toMatchObject({
      status: 'processing',
      payment_status: 'paid',
      paid_minor: order.total_minor * 2,
      refunded_minor: order.total_minor,
      needs_attention: true,
    });
  });

  test('manual money that comes for an order that cannot live again is booked as going back', async () => {
    const { order, variant } = await anOrder(2, 'manual');
    await cancelOrder(shop, order, { actor_kind: 'customer' });
    await place(shop, await aReadyCart(shop, method, [{ variant, quantity: 1 }]));
    await receiveMoney(shop, order, null);
    await bench.drain();
    expect(await standing(order.id)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
      refunded_minor: order.total_minor,
      needs_attention: true,
    });
  });
});

describe('an order of nothing', () => {
  test('is paid as soon as it is placed, without asking a provider for zero', async () => {
    const variant = await aVariant(shop, { kind: 'digital', track_stock: false });
    const cart = await aReadyCart(shop, method, [{ variant, quantity: 1 }]);
    const code = `FREE-${randomUUID().slice(0, 8)}`.toUpperCase();
    await inTransaction(shop.db, (trx) =>
      insertRows(trx, 'promotions', [
        {
          id: randomUUID(),
          name: 'Gift',
          status: 'active',
          kind: 'percentage',
          code,
          value_ppm: 1_000_000,
          usage_count: 0,
          stackable: false,
          priority: 0,
        },
      ]),
    );
    const { quote } = await addCode(shop, cart.id, cart.holder, code);
    expect(quote.total_minor).toBe(0);

    const { order, payment } = await place(shop, { ...cart, total_minor: 0 }, { provider: 'stripe' });

    expect(order).toMatchObject({ status: 'processing', payment_status: 'paid', paid_minor: 0 });
    expect(payment.status).toBe('paid');
    expect(bench.intentsOf(order.id)).toEqual([]);
  });
});

describe('after all of it', () => {
  test('the books are sound', () => expectSoundBooks(shop));
  test('and equal to the provider’s', () => expectBooksOf(shop, bench.emulator));
});
