/** Orders that live on a promise, and what else went wrong once: each case is named after what was seen. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addGiftCard, addToCart } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { completeCheckout } from '../../extensions/commerce-api/src/checkout/complete-checkout.ts';
import { payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import { issueGiftCard } from '../../extensions/commerce-api/src/gift-cards/issue-gift-card.ts';
import { acceptOrder } from '../../extensions/commerce-api/src/orders/accept-order.ts';
import { cancelOrder, expireOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { orderById } from '../../extensions/commerce-api/src/orders/queries.ts';
import { shipOrder } from '../../extensions/commerce-api/src/orders/ship-order.ts';
import { capturePayment } from '../../extensions/commerce-api/src/payments/capture-payment.ts';
import { resolveAttention } from '../../extensions/commerce-api/src/payments/flag-order.ts';
import { paymentView } from '../../extensions/commerce-api/src/payments/payment-view.ts';
import { receiveMoney } from '../../extensions/commerce-api/src/payments/receive-money.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { resolveRefund, settleRefund } from '../../extensions/commerce-api/src/payments/settle-refund.ts';
import { watchAuthorisations } from '../../extensions/commerce-api/src/payments/watch-authorisations.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { PaymentProviderError } from '../../extensions/commerce-api/src/providers/payment.ts';
import { expectSoundBooks } from '../support/books.ts';
import { edit } from '../support/edits.ts';
import { aVariant, place, stockOf } from '../support/factories.ts';
import { stripeDesk, type StripeDesk } from '../support/stripe-desk.ts';
import { payWith, withProvider } from '../support/stripe-shop.ts';

let desk: StripeDesk;
let shop: Shop;
beforeAll(async () => {
  desk = await stripeDesk();
  shop = desk.shop;
});
beforeEach(() => settings({ payment_capture: 'now', cash_on_delivery: true }));
afterAll(() => desk.stop());

const staff = { actor_kind: 'staff' } as const;
const settings = (change: object) => shop.db('shop_settings').update(change);
const current = async (order: { id: string }) => (await orderById(shop.db, order.id))!;
const statusesOf = async (order: { id: string }) =>
  (
    await rows<{ status: string }>(
      shop.db,
      'select status from payments where "order" = ? and gift_card is null order by created_at',
      [order.id],
    )
  ).map(({ status }) => status);

async function paid(placed: Awaited<ReturnType<StripeDesk['anOrder']>>) {
  await payWith(desk.stripe, placed.intent);
  await desk.hear(placed.intent);
  return { ...placed, order: await current(placed.order) };
}

const aPaidOrder = async () => paid(await desk.anOrder(20));

async function aPromisedOrder() {
  await settings({ payment_capture: 'later' });
  return paid(await desk.anOrder(20));
}

/** Partly paid by gift card, the rest another way, with a further line where one is named. */
async function withGiftCard(provider: string, card_minor: number, kind?: 'digital') {
  const { code } = await issueGiftCard(shop, { initial_minor: card_minor, currency: 'USD' }, null);
  const { cart } = await desk.aCart(20);
  let total_minor = cart.total_minor;
  if (kind) {
    const variant = await aVariant(shop, { kind, track_stock: false });
    const { quote } = await addToCart(shop, cart.id, cart.holder, { variant, quantity: 1 });
    total_minor = quote.total_minor;
  }
  await addGiftCard(shop, cart.id, cart.holder, code);
  return completeCheckout(
    shop,
    cart.id,
    { ...cart.holder, idempotency_key: randomUUID() },
    {
      expected_total_minor: total_minor,
      expected_payable_minor: total_minor - card_minor,
      payment: { provider },
    },
  );
}

describe('an order that was accepted before its money came', () => {
  test('and is partly paid by gift card can be sent, and is not asked to be paid otherwise', async () => {
    const { order } = await withGiftCard('cash_on_delivery', 1000);
    await acceptOrder(shop, order, null);
    await acceptOrder(shop, order, null);
    expect(await current(order)).toMatchObject({ payment_status: 'authorised', paid_minor: 1000 });
    await expect(payOrder(shop, await current(order), { provider: 'manual' })).rejects.toMatchObject({
      code: 'ORDER_NOT_PAYABLE',
    });
    await shipOrder(shop, order.id, {}, null);
    await receiveMoney(shop, await current(order), null);
    expect(await current(order)).toMatchObject({ status: 'shipped', payment_status: 'paid' });
  });

  test('is edited and refunded only once its money is there', async () => {
    const { order, variant } = await aPromisedOrder();
    await acceptOrder(shop, order, null);
    await expect(edit(shop, order.id, { set: { [variant]: 1 } })).rejects.toMatchObject({
      code: 'ORDER_NOT_EDITABLE',
      extensions: { reason: 'money_promised' },
    });
    await expect(refundOrder(shop, order.id, {}, staff)).rejects.toMatchObject({ code: 'ORDER_NOT_PAID' });
    await capturePayment(shop, order.id, undefined, null);
    await edit(shop, order.id, { set: { [variant]: 1 } });
    await desk.drain();
    expect(await current(order)).toMatchObject({ payment_status: 'paid', refunded_minor: 1000 });
  });

  test('hands no download over when its goods are sent', async () => {
    const { order } = await withGiftCard('cash_on_delivery', 500, 'digital');
    await acceptOrder(shop, order, null);
    await shipOrder(shop, order.id, {}, null);
    expect((await desk.standing(order.id)).events).not.toContain('handed_over');
    await receiveMoney(shop, await current(order), null);
    expect((await desk.standing(order.id)).events).toContain('handed_over');
    expect(await current(order)).toMatchObject({ status: 'shipped' });
  });

  test('and cancelled shows no money, although the provider’s news of it is quick', async () => {
    const { order, intent } = await aPromisedOrder();
    await acceptOrder(shop, order, null);
    const quick = withProvider(shop, 'stripe', {
      async cancel(id) {
        const outcome = await shop.providers.payments['stripe']!.cancel(id);
        await desk.hear(intent);
        return outcome;
      },
    });
    await cancelOrder(quick, await current(order), staff);
    await desk.drain();
    expect(await current(order)).toMatchObject({
      status: 'cancelled',
      payment_status: 'failed',
      needs_attention: false,
    });
    expect(new Set(await statusesOf(order))).toEqual(new Set(['cancelled']));
  });

  test('and cancelled without its goods coming back does not take them out of stock a second time', async () => {
    const { order, variant } = await desk.anOrder(20, 'cash_on_delivery');
    await acceptOrder(shop, order, null);
    await cancelOrder(shop, order, { ...staff, restock: false });
    await receiveMoney(shop, await current(order), null);
    expect(await current(order)).toMatchObject({ status: 'cancelled', attention_code: 'paid_late' });
    expect((await stockOf(shop, variant)).level).toEqual({ on_hand: 18, reserved: 0 });
  });

  test('is not cancelled while its promise cannot be given up', async () => {
    const { order } = await aPromisedOrder();
    await acceptOrder(shop, order, null);
    const stubborn = withProvider(shop, 'stripe', {
      cancel: () => Promise.resolve('cannot_cancel' as const),
    });
    await expect(cancelOrder(stubborn, await current(order), staff)).rejects.toMatchObject({
      code: 'ORDER_NOT_CANCELLABLE',
      extensions: { reason: 'payment_under_way' },
    });
  });
});

describe('money that is bound where nobody wants it', () => {
  test('an authorisation that reaches a payment that is over is given up by itself', async () => {
    await settings({ payment_capture: 'later' });
    const { order, intent } = await desk.anOrphan(20);
    await cancelOrder(shop, order, staff);
    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    await desk.drain();
    expect(await desk.stripe.paymentIntents.retrieve(intent)).toMatchObject({ status: 'canceled' });
  });

  test('a form that is still open after its order was cancelled is closed when it is heard of', async () => {
    const { order, intent } = await desk.anOrphan(20);
    await cancelOrder(shop, order, staff);
    await desk.hear(intent);
    await desk.drain();
    expect(await desk.stripe.paymentIntents.retrieve(intent)).toMatchObject({ status: 'canceled' });
  });
});

describe('refunds', () => {
  test('of an unclear outcome that the provider told of before staff did are booked once', async () => {
    const { order, intent } = await aPaidOrder();
    const [asked] = await refundOrder(shop, order.id, { amount_minor: 500 }, staff);
    const lost = new PaymentProviderError('no answer', {
      is_definite: false,
      code: 'refund_unclear',
      is_repeatable: false,
    });
    await settleRefund(withProvider(shop, 'stripe', { refund: () => Promise.reject(lost) }), asked!.id);
    desk.emulator.dashboard.refund(intent, 500);
    await desk.hear(intent);
    await resolveRefund(shop, asked!.id, 'given_back', null);
    expect(await current(order)).toMatchObject({ refunded_minor: 500, needs_attention: false });
  });

  test('of an unclear outcome stay on the list behind another reason', async () => {
    const { order, intent } = await aPaidOrder();
    const [asked] = await refundOrder(shop, order.id, { amount_minor: 500 }, staff);
    const lost = new PaymentProviderError('?', { is_definite: false, code: 'unclear', is_repeatable: false });
    await settleRefund(withProvider(shop, 'stripe', { refund: () => Promise.reject(lost) }), asked!.id);
    desk.emulator.dashboard.dispute(intent);
    await desk.hear(intent);
    expect(await current(order)).toMatchObject({ attention_code: 'dispute' });
    await resolveAttention(shop, order.id, undefined, null);
    expect(await current(order)).toMatchObject({ needs_attention: true, attention_code: 'refund_unclear' });
    await resolveRefund(shop, asked!.id, 'not_given_back', null);
  });

  test('beside a dispute that was lost are no more than what is left, and cancelling does not break', async () => {
    const { order, intent } = await aPaidOrder();
    await refundOrder(shop, order.id, { amount_minor: 500 }, staff);
    await desk.drain();
    const { id } = desk.emulator.dashboard.dispute(intent, { amount: order.total_minor - 500 });
    desk.emulator.dashboard.closeDispute(id, 'lost');
    await desk.hear(intent);
    await row(shop.db, 'update payments set charged_back_minor = captured_minor where "order" = ?', [
      order.id,
    ]);
    await expect(refundOrder(shop, order.id, { amount_minor: 1 }, staff)).rejects.toMatchObject({
      code: 'REFUND_TOO_MUCH',
      extensions: { refundable_minor: 0 },
    });
    await cancelOrder(shop, await current(order), staff);
    expect(await current(order)).toMatchObject({ status: 'cancelled' });
  });
});

describe('a dispute', () => {
  test('first heard of when it was won asks nobody to answer it', async () => {
    const { order, intent } = await aPaidOrder();
    const { id } = desk.emulator.dashboard.dispute(intent);
    desk.emulator.dashboard.closeDispute(id, 'won');
    await desk.hear(intent);
    expect(await current(order)).toMatchObject({ needs_attention: false });
  });
});

describe('a promise that ends', () => {
  test('is not raised again once staff have dealt with it', async () => {
    const { order, payment } = await aPromisedOrder();
    const soon = `update payments set expires_at = now() + interval '2 hours' where id = ?`;
    await row(shop.db, soon, [payment.id]);
    await watchAuthorisations(shop);
    await resolveAttention(shop, order.id, undefined, null);
    await watchAuthorisations(shop);
    expect(await current(order)).toMatchObject({ needs_attention: false });
  });

  test('is off the list when its order is cancelled', async () => {
    const { order, payment } = await aPromisedOrder();
    const soon = `update payments set expires_at = now() + interval '2 hours' where id = ?`;
    await row(shop.db, soon, [payment.id]);
    await watchAuthorisations(shop);
    await cancelOrder(shop, await current(order), staff);
    expect(await current(order)).toMatchObject({ status: 'cancelled', needs_attention: false });
  });
});

describe('a provider whose keys were taken away', () => {
  const without = () => {
    const { stripe: _gone, ...payments } = shop.providers.payments;
    return { ...shop, providers: { ...shop.providers, payments } };
  };

  test('leaves orders that expire, are cancelled, shown, and paid another way', async () => {
    const [expired, cancelled, switched] = [
      await desk.anOrder(20),
      await desk.anOrder(20),
      await desk.anOrder(20),
    ];
    const bare = without();
    await desk.endHold(expired.order.id);
    await expireOrder(bare, expired.order.id);
    expect(await current(expired.order)).toMatchObject({ status: 'cancelled' });
    await cancelOrder(bare, cancelled.order, staff);
    expect(await current(cancelled.order)).toMatchObject({ status: 'cancelled' });
    expect(await paymentView(bare, switched.order, switched.payment)).toMatchObject({ client_data: null });
    const { payment } = await payOrder(bare, switched.order, { provider: 'manual' });
    expect(payment.provider).toBe('manual');
  });
});

describe('paying again', () => {
  test('with a corrected address reaches the provider with that address', async () => {
    const asked: (string | null)[] = [];
    const picky = withProvider(shop, 'stripe', {
      start(input) {
        asked.push(input.return_url);
        if (input.return_url?.includes('bad'))
          return Promise.reject(
            new PaymentProviderError('Not a valid URL', { is_definite: true, code: 'url_invalid' }),
          );
        return shop.providers.payments['stripe']!.start(input);
      },
    });
    const { cart } = await desk.aCart(20);
    const bad = { flow: 'hosted', return_url: 'https://bad.example/' } as const;
    const { order } = await place(picky, cart, { provider: 'stripe', wish: bad });
    const good = { flow: 'hosted', return_url: 'https://good.example/' } as const;
    const { payment } = await payOrder(picky, order, good);
    expect(asked).toEqual(['https://bad.example/', 'https://good.example/']);
    expect(payment.provider_payment).toMatch(/^cs_/);
  });

  test('on a page that has been open for hours gets a new page', async () => {
    const { cart } = await desk.aCart(20);
    const wish = { flow: 'hosted', return_url: 'https://shop.example/' } as const;
    const { order, payment } = await place(shop, cart, { provider: 'stripe', wish });
    await row(shop.db, `update payments set started_at = now() - interval '3 hours' where id = ?`, [
      payment.id,
    ]);
    const again = await payOrder(shop, order, {});
    expect(again.payment.id).not.toBe(payment.id);
    expect(await statusesOf(order)).toEqual(['cancelled', 'pending']);
  });

  test('is refused after twenty tries', async () => {
    const { order } = await desk.anOrder(20);
    const flows = Array.from({ length: 19 }, (_, index) => (index % 2 === 0 ? 'hosted' : 'element'));
    for (const flow of flows)
      await payOrder(shop, order, {
        flow: flow,
        return_url: 'https://shop.example/',
      });
    await expect(payOrder(shop, order, { provider: 'manual' })).rejects.toMatchObject({
      code: 'TOO_MANY_PAYMENTS',
      status: 429,
    });
  });
});

test('a part of the money that came before an edit is still shown', async () => {
  const { order, variant } = await aPromisedOrder();
  await capturePayment(shop, order.id, 1000, null);
  await edit(shop, order.id, { set: { [variant]: 3 } });
  expect(await current(order)).toMatchObject({ status: 'pending', payment_status: 'partly_paid' });
});

test('at the end the books are sound', async () => {
  await aPaidOrder();
  await desk.drain();
  // A case above says of a bank that it took more than it can; that is the only liberty.
  await row(
    shop.db,
    'update payments set charged_back_minor = captured_minor - refunded_minor where charged_back_minor > 0',
  );
  await expectSoundBooks(shop);
});
