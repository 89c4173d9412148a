/** Payments in process, on a real database and an emulated Stripe whose events come when and as often as the test says. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCode } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import { paymentStatus } from '../../extensions/commerce-api/src/checkout/payment-status.ts';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { syncPayment } from '../../extensions/commerce-api/src/payments/sync-payment.ts';
import { inTransaction, insertRows, row } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import { aVariant, place, stockOf } from '../support/factories.ts';
import { type StripeDesk, stripeDesk } from '../support/stripe-desk.ts';
import { payWith, SECRETS, withProvider } from '../support/stripe-shop.ts';

let desk: StripeDesk;
let shop: Shop;
beforeAll(async () => {
  desk = await stripeDesk();
  shop = desk.shop;
});
afterAll(() => desk.stop());

describe('news of a payment', () => {
  test('the same webhook delivered 10 times and out of order pays once', async () => {
    const { order, variant, intent } = await desk.anOrder();
    await payWith(desk.stripe, intent);
    const bodies = desk.eventsOf(intent).reverse();
    expect(bodies).toHaveLength(3);

    await Promise.all(
      Array.from({ length: 10 }, () => bodies)
        .flat()
        .map((body) => desk.deliver(body)),
    );
    const stored = await row(
      shop.db,
      `select count(*) as count from webhook_events where payload::text like ?`,
      [`%${intent}%`],
    );
    expect(stored).toEqual({ count: 3 });
    await desk.drain();
    await desk.hear(intent);

    expect(await desk.standing(order.id)).toMatchObject({
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
        await payWith(desk.stripe, started.provider_payment);
        await desk.hear(started.provider_payment);
        return started;
      },
    });
    const { cart } = await desk.aCart();

    const { order, payment } = await place(hasty, cart, { provider: 'stripe' });

    expect(payment.status).toBe('paid');
    expect(order.payment_status).toBe('paid');
    expect((await desk.standing(order.id)).events).toEqual(['placed', 'paid']);
  });

  test('a webhook whose payment we never heard of from the provider finds it by our own id', async () => {
    const { order, intent } = await desk.anOrphan();
    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    expect(await desk.standing(order.id)).toMatchObject({
      payment_status: 'paid',
      payments: [{ provider_payment: intent, status: 'paid' }],
    });
  });

  test('an event that claims a payment of another intent changes nothing', async () => {
    const [paid, other] = [await desk.anOrder(), await desk.anOrder()];
    await payWith(desk.stripe, paid.intent);
    const body = desk
      .eventsOf(paid.intent)
      .at(-1)!
      .replaceAll(paid.payment.id, other.payment.id)
      .replace(/"evt_\w+"/, '"evt_forged"');
    await shop.db.raw(`update payments set provider_payment = null where id = ?`, [paid.payment.id]);

    await desk.deliver(body);
    await desk.drain();
    expect(await desk.standing(other.order.id)).toMatchObject({ payment_status: 'pending', paid_minor: 0 });

    await desk.hear(paid.intent);
    expect(await desk.standing(paid.order.id)).toMatchObject({ payment_status: 'paid' });
  });

  test('a bad signature is refused and nothing is stored', async () => {
    const { intent } = await desk.anOrder();
    const before = await row(shop.db, 'select count(*) as count from webhook_events');
    const [body] = desk.eventsOf(intent);
    await expect(desk.deliver(body!, 'whsec_of_a_stranger')).rejects.toMatchObject({
      code: 'INVALID_SIGNATURE',
      status: 400,
    });
    expect(await row(shop.db, 'select count(*) as count from webhook_events')).toEqual(before);
  });

  test('while a secret is being rotated both are good', async () => {
    const { intent } = await desk.anOrder();
    const [body] = desk.eventsOf(intent);
    await expect(desk.deliver(body!, SECRETS[1])).resolves.toBeUndefined();
    await expect(desk.deliver(body!, SECRETS[0])).resolves.toBeUndefined();
  });

  test.each([
    ['of a type nobody knows', { id: 'x', object: 'thing' }],
    [
      'about a payment of others who use the account',
      { id: 'pi_other', object: 'payment_intent', metadata: { payment: 'invoice 5' } },
    ],
  ])('an event %s is stored and ignored', async (_what, object) => {
    const id = `evt_${randomUUID()}`;
    await desk.deliver(JSON.stringify({ id, object: 'event', type: 'thing.happened', data: { object } }));
    await desk.drain();
    const stored = await row(shop.db, 'select type, status from webhook_events where event_id = ?', [id]);
    expect(stored).toEqual({ type: 'thing.happened', status: 'ignored' });
  });

  test('when the payment moved while the provider was asked, it is asked again', async () => {
    const { order, payment, intent } = await desk.anOrder();
    let asked = 0;
    const slow = withProvider(shop, 'stripe', {
      async fetch(id) {
        asked += 1;
        const truth = await shop.providers.payments['stripe']!.fetch(id);
        if (asked > 1) return truth;
        await payWith(desk.stripe, intent);
        await desk.hear(intent);
        return truth;
      },
    });
    expect(await syncPayment(slow, payment.id)).toMatchObject({ status: 'paid' });
    expect(asked).toBe(2);
    expect((await desk.standing(order.id)).events).toEqual(['placed', 'paid']);
  });

  test('money that went back before we heard that it had come is booked both ways', async () => {
    const { order, payment, intent } = await desk.anOrder();
    await payWith(desk.stripe, intent);
    await desk.stripe.refunds.create({ payment_intent: intent, amount: 100 });

    await syncPayment(shop, payment.id);
    await syncPayment(shop, payment.id);

    expect(await desk.standing(order.id)).toMatchObject({
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
    const { order, payment, variant, intent } = await desk.anOrder();
    await shop.db.raw(`update payments set ${tamper} where id = ?`, [payment.id]);
    await payWith(desk.stripe, intent);

    await desk.hear(intent);
    await syncPayment(shop, payment.id);

    expect(await desk.standing(order.id)).toMatchObject({
      status: 'pending',
      paid_minor: 0,
      needs_attention: true,
      events: ['placed', 'flagged'],
    });
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 5, reserved: 2 });

    await shop.db.raw(`update payments set ${mend} where id = ?`, [payment.id]);
    await syncPayment(shop, payment.id);
    expect(await desk.standing(order.id)).toMatchObject({ payment_status: 'paid' });
  });
});

describe('a storefront that asks again and again', () => {
  test('makes one question to the provider, and what is known is told as it is now', async () => {
    const { order, intent } = await desk.anOrder();
    let questions = 0;
    const counted = withProvider(shop, 'stripe', {
      fetch(id) {
        questions += 1;
        return shop.providers.payments['stripe']!.fetch(id);
      },
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => paymentStatus(counted, order)));
    expect(answers.map(({ payment }) => payment.status)).toEqual(answers.map(() => 'pending'));
    expect(questions).toBe(1);

    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    expect(await paymentStatus(counted, order)).toMatchObject({
      order: { status: 'processing', payment_status: 'paid' },
      payment: { status: 'paid' },
    });
    expect(questions).toBe(1);
  });

  test('is told of the other payment as soon as the shopper has chosen it', async () => {
    const { order } = await desk.anOrder();
    await paymentStatus(shop, order);
    const { payment } = await payOrder(shop, order, { provider: 'manual' });
    expect((await paymentStatus(shop, order)).payment.id).toBe(payment.id);
  });

  test('hears of the payment once the provider answers again', async () => {
    const { order, intent } = await desk.anOrder();
    await payWith(desk.stripe, intent);
    const broken = withProvider(shop, 'stripe', {
      fetch: () => Promise.reject(new Error('a mistake of ours')),
    });
    await expect(paymentStatus(broken, order)).rejects.toThrow('a mistake of ours');
    expect((await paymentStatus(shop, order)).payment.status).toBe('paid');
  });
});

describe('a card', () => {
  test('that is declined leaves the order payable, and a second one pays it', async () => {
    const { order, intent } = await desk.anOrder();
    await expect(
      payWith(desk.stripe, intent, 'pm_card_visa_chargeDeclinedInsufficientFunds'),
    ).rejects.toMatchObject({ statusCode: 402 });
    await desk.hear(intent);

    const declined = await paymentStatus(shop, order);
    expect(declined.payment).toMatchObject({ status: 'failed', error_code: 'insufficient_funds' });
    const again = await payOrder(shop, order, {});
    expect(again.payment).toMatchObject({ provider_payment: intent, attempt: 1 });

    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    expect(await desk.standing(order.id)).toMatchObject({
      payment_status: 'paid',
      events: ['placed', 'payment_failed', 'paid'],
    });
    await expect(payOrder(shop, order, {})).rejects.toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  });
});

describe('a provider that is down at checkout', () => {
  test.each([
    ['cannot be reached', 'error_before_acting'],
    ['acts and loses its answer', 'lost_answer'],
  ] as const)('and %s: the order stands, and paying again makes exactly one intent', async (_what, kind) => {
    desk.failToStart(kind);
    const { order, payment } = await desk.anOrder();
    expect(payment).toMatchObject({ status: 'pending', client_data: null });

    const paid = await payOrder(shop, order, {});

    expect(paid.payment.client_data).toMatchObject({
      client_secret: expect.stringMatching(/^pi_/) as string,
    });
    expect(desk.intentsOf(order.id)).toHaveLength(1);
  });

  test('and refuses for good: the next attempt has a key of its own', async () => {
    desk.emulator.faults.add({
      kind: 'error_after_acting',
      status: 400,
      route: 'POST /v1/payment_intents',
      times: 1,
    });
    const { order, payment } = await desk.anOrder();
    expect(payment).toMatchObject({ status: 'failed', attempt: 1 });
    const paid = await payOrder(shop, order, {});
    expect(paid.payment).toMatchObject({ status: 'pending', attempt: 2 });
  });

  test('and keeps answering an old 500: what it began all the same is found, and no second intent is made', async () => {
    desk.emulator.faults.add({
      kind: 'error_after_acting',
      status: 500,
      route: 'POST /v1/payment_intents',
      times: 1,
    });
    const { order, payment } = await desk.anOrder();
    const [intent] = desk.intentsOf(order.id);
    expect(payment).toMatchObject({ status: 'pending', provider_payment: intent!.id });

    const again = await payOrder(shop, order, {});
    expect(again.payment.provider_payment).toBe(intent!.id);
    expect(desk.intentsOf(order.id)).toHaveLength(1);
  });

  test('and stays down: asking how far the payment is answers what is known', async () => {
    const { order, payment } = await desk.anOrder();
    desk.emulator.faults.add({
      kind: 'error_before_acting',
      status: 503,
      route: 'GET /v1/payment_intents/*',
      times: 2,
    });
    expect((await paymentStatus(shop, order)).payment).toEqual(payment);
  });

  test('a repeated checkout of an order that was cancelled meanwhile starts no payment', async () => {
    desk.failToStart('error_before_acting');
    const { cart } = await desk.aCart();
    const key = randomUUID();
    const { order } = await place(shop, cart, { provider: 'stripe', key });
    await cancelOrder(shop, order, { actor_kind: 'customer' });
    const again = await place(shop, cart, { provider: 'stripe', key });
    expect(again.order).toMatchObject({ id: order.id, status: 'cancelled' });
    expect(desk.intentsOf(order.id)).toEqual([]);
  });
});

describe('an order of nothing', () => {
  test('is paid as soon as it is placed, without asking a provider for zero', async () => {
    const variant = await aVariant(shop, { kind: 'digital', track_stock: false });
    const cart = await desk.aCartOf(variant);
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

    // A download is handed over as soon as it is paid.
    expect(order).toMatchObject({ status: 'delivered', payment_status: 'paid', paid_minor: 0 });
    expect(payment.status).toBe('paid');
    expect(desk.intentsOf(order.id)).toEqual([]);
  });
});

describe('after all of it', () => {
  test('the books are sound', () => expectSoundBooks(shop));
  test('and equal to the provider’s', () => expectBooksOf(shop, desk.emulator));
});
