/** The money of edits, with an emulated Stripe: payments that are replaced, differences that go back or are asked for. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addGiftCard } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { completeCheckout } from '../../extensions/commerce-api/src/checkout/complete-checkout.ts';
import { payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import { ERRORS } from '../../extensions/commerce-api/src/errors.ts';
import { issueGiftCard } from '../../extensions/commerce-api/src/gift-cards/issue-gift-card.ts';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { orderById } from '../../extensions/commerce-api/src/orders/queries.ts';
import { shipOrder } from '../../extensions/commerce-api/src/orders/ship-order.ts';
import { receiveMoney } from '../../extensions/commerce-api/src/payments/receive-money.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { settleRefund } from '../../extensions/commerce-api/src/payments/settle-refund.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { PaymentProviderError } from '../../extensions/commerce-api/src/providers/payment.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import { edit, orderLines } from '../support/edits.ts';
import { aVariant } from '../support/factories.ts';
import { outcomesOf } from '../support/paid-orders.ts';
import { stripeDesk, type StripeDesk } from '../support/stripe-desk.ts';
import { payWith, withProvider } from '../support/stripe-shop.ts';

let desk: StripeDesk;
let shop: Shop;
beforeAll(async () => {
  desk = await stripeDesk();
  shop = desk.shop;
});
afterAll(() => desk.stop());

/** An order of two at 10.00 and 5.00 of shipping, paid by card. */
async function aPaidOrder(on_hand = 20) {
  const placed = await desk.anOrder(on_hand);
  await payWith(desk.stripe, placed.intent);
  await desk.hear(placed.intent);
  return placed;
}

const current = async (id: string) => (await orderById(shop.db, id))!;

/** Pays by card what the order asks for now. */
async function payRest(id: string): Promise<string> {
  const { payment } = await payOrder(shop, await current(id), {});
  const intent = payment.provider_payment ?? '';
  await payWith(desk.stripe, intent);
  await desk.hear(intent);
  return intent;
}

const moneyOf = (order: string) =>
  row(
    shop.db,
    `select payment_status as status, total_minor as total, paid_minor as paid, refunded_minor as refunded from orders where id = ?`,
    [order],
  );

describe('an unpaid order', () => {
  test('gets a payment of the new amount, and the old one can no longer be paid', async () => {
    const { order, variant, intent } = await desk.anOrder(20);
    const answer = await edit(shop, order.id, { set: { [variant]: 3 } });
    expect(answer.settlement).toEqual({ kind: 'payment', amount_minor: 3500 });
    const intents = desk.intentsOf(order.id);
    expect(intents.map(({ status, amount }) => ({ status, amount }))).toEqual([
      { status: 'canceled', amount: 2500 },
      { status: 'requires_payment_method', amount: 3500 },
    ]);
    await expect(payWith(desk.stripe, intent)).rejects.toThrow();
    // The news of the cancelled one comes late and changes nothing.
    await desk.hear(intent);
    expect(await desk.standing(order.id)).toMatchObject({ status: 'pending', payment_status: 'pending' });
    await payRest(order.id);
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'processing',
      payment_status: 'paid',
      total_minor: 3500,
      paid_minor: 3500,
    });
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 17, reserved: 0 });
  });

  test('keeps its payment where the total stays', async () => {
    const { order, variant, intent } = await desk.anOrder(20);
    const twin = await aVariant(shop);
    const answer = await edit(shop, order.id, { set: { [variant]: 1 }, add: { [twin]: 1 } });
    expect(answer).toMatchObject({ difference_minor: 0, settlement: { kind: 'none' } });
    expect(desk.intentsOf(order.id)).toHaveLength(1);
    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    expect(await desk.standing(order.id)).toMatchObject({ status: 'processing', payment_status: 'paid' });
  });

  test('that costs nothing any more is paid by that', async () => {
    const { order, variant } = await desk.anOrder(20);
    await row(shop.db, 'update product_variants set price_minor = 0 where id = ?', [variant]);
    const free = await aVariant(shop, { price_minor: 0 });
    await row(
      shop.db,
      'update orders set shipping_minor = 0, total_minor = total_minor - shipping_minor where id = ?',
      [order.id],
    );
    await row(shop.db, `delete from order_adjustments where "order" = ?`, [order.id]);
    const answer = await edit(shop, order.id, { set: { [variant]: 0 }, add: { [free]: 1 } });
    expect(answer.settlement).toEqual({ kind: 'payment', amount_minor: 0 });
    expect(answer.order).toMatchObject({ status: 'processing', payment_status: 'paid', total_minor: 0 });
    expect(desk.intentsOf(order.id).map(({ status }) => status)).toEqual(['canceled']);
  });

  test('that was paid a moment before is not edited as an unpaid one: staff are told that it changed', async () => {
    const { order, variant, intent } = await desk.anOrder(20);
    await payWith(desk.stripe, intent);
    await expect(edit(shop, order.id, { set: { [variant]: 1 } })).rejects.toMatchObject({
      code: 'ORDER_CHANGED',
    });
    expect(await desk.standing(order.id)).toMatchObject({
      status: 'processing',
      payment_status: 'paid',
      total_minor: 2500,
    });
    expect(await orderLines(shop, order.id)).toMatchObject([{ quantity: 2 }]);
    expect((await edit(shop, order.id, { set: { [variant]: 1 } })).settlement).toEqual({
      kind: 'refund',
      amount_minor: 1000,
    });
    await desk.drain();
  });

  test('waits when its provider does not answer, and nothing is changed', async () => {
    const { order, variant } = await desk.anOrder(20);
    const route = 'POST /v1/payment_intents/*/cancel';
    desk.emulator.faults.add({ kind: 'error_before_acting', route, times: 2, status: 503 });
    await expect(edit(shop, order.id, { set: { [variant]: 1 } })).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
    });
    expect(await orderLines(shop, order.id)).toMatchObject([{ quantity: 2 }]);
    desk.emulator.faults.clear();
  });

  test('is edited while the shopper pays: either the old amount is paid, or the new one is asked for', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { order, variant, intent } = await desk.anOrder(20);
      const [edited, paid] = await Promise.allSettled([
        edit(shop, order.id, { set: { [variant]: 1 } }),
        payWith(desk.stripe, intent).then(() => desk.hear(intent)),
      ]);
      const standing = await desk.standing(order.id);
      if (edited.status === 'fulfilled' && paid.status === 'rejected')
        expect(standing).toMatchObject({ status: 'pending', total_minor: 1500, paid_minor: 0 });
      else if (edited.status === 'rejected')
        expect(standing).toMatchObject({ status: 'processing', total_minor: 2500, paid_minor: 2500 });
      else expect(standing).toMatchObject({ status: 'processing', total_minor: 1500 });
      await desk.drain();
    }
  });

  test('of which a part was paid asks for the rest, or gives back what is too much', async () => {
    const partly = async () => {
      const { order, variant } = await desk.anOrder(20, 'manual');
      await row(shop.db, 'update payments set amount_minor = 2000 where "order" = ?', [order.id]);
      await receiveMoney(shop, order, null);
      expect(await moneyOf(order.id)).toMatchObject({ status: 'partly_paid', total: 2500, paid: 2000 });
      return { order, variant };
    };
    const more = await partly();
    const asked = await edit(shop, more.order.id, { set: { [more.variant]: 3 } });
    expect(asked.settlement).toEqual({ kind: 'payment', amount_minor: 1500 });
    await receiveMoney(shop, await current(more.order.id), null);
    expect(await moneyOf(more.order.id)).toEqual({ status: 'paid', total: 3500, paid: 3500, refunded: 0 });
    const less = await partly();
    const done = await edit(shop, less.order.id, { set: { [less.variant]: 1 } });
    expect(done.order).toMatchObject({ status: 'processing', payment_status: 'paid', total_minor: 1500 });
    await desk.drain();
    expect(await moneyOf(less.order.id)).toEqual({ status: 'paid', total: 1500, paid: 2000, refunded: 500 });
  });

  test('that two staff edit at once is edited once, and asks for one new amount', async () => {
    const { order, variant } = await desk.anOrder(20);
    const { version } = await current(order.id);
    const results = await Promise.allSettled(
      [1, 3].map((quantity) => edit(shop, order.id, { set: { [variant]: quantity }, version })),
    );
    expect(outcomesOf(results).map((each) => each.split(' ')[0])).toEqual(['ORDER_CHANGED', 'done']);
    const { total_minor } = await current(order.id);
    expect(desk.intentsOf(order.id).map(({ status, amount }) => [status, amount])).toEqual([
      ['canceled', 2500],
      ['requires_payment_method', total_minor],
    ]);
  });

  test('that gift cards pay for holds no more of them than it costs', async () => {
    const { code, card } = await issueGiftCard(shop, { initial_minor: 2000, currency: 'USD' }, null);
    const { cart, variant } = await desk.aCart(20);
    await addGiftCard(shop, cart.id, cart.holder, code);
    const agreed = { expected_total_minor: cart.total_minor, expected_payable_minor: 500 };
    const { order } = await completeCheckout(
      shop,
      cart.id,
      { ...cart.holder, idempotency_key: randomUUID() },
      { ...agreed, payment: { provider: 'stripe' } },
    );
    expect(desk.intentsOf(order.id).map(({ amount }) => amount)).toEqual([500]);
    const dearer = await edit(shop, order.id, { set: { [variant]: 3 } });
    expect(dearer.settlement).toEqual({ kind: 'payment', amount_minor: 1500 });
    // 1 × 10.00 and 5.00 of shipping: the card covers it, and 5.00 of it are free again.
    const cheaper = await edit(shop, order.id, { set: { [variant]: 1 } });
    expect(cheaper.settlement).toEqual({ kind: 'payment', amount_minor: 0 });
    expect(cheaper.order).toMatchObject({ status: 'processing', payment_status: 'paid', paid_minor: 1500 });
    expect(await row(shop.db, 'select balance_minor from gift_cards where id = ?', [card.id])).toEqual({
      balance_minor: 500,
    });
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 19, reserved: 0 });
  });
});

describe('a paid order', () => {
  test('that became cheaper gives the difference back', async () => {
    const { order, variant } = await aPaidOrder();
    const answer = await edit(shop, order.id, { set: { [variant]: 1 }, reason: 'One was too many' });
    expect(answer).toMatchObject({
      difference_minor: -1000,
      settlement: { kind: 'refund', amount_minor: 1000 },
      order: {
        total_minor: 1500,
        payment_status: 'paid',
        refunds: [{ amount_minor: 1000, status: 'pending' }],
      },
    });
    await desk.drain();
    expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 1500, paid: 2500, refunded: 1000 });
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 19, reserved: 0 });
  });

  test('that became dearer asks for the difference, and is paid when it came', async () => {
    const { order, variant } = await aPaidOrder();
    const answer = await edit(shop, order.id, { set: { [variant]: 4 } });
    expect(answer).toMatchObject({
      difference_minor: 2000,
      settlement: { kind: 'collect', amount_minor: 2000 },
      order: { total_minor: 4500, payment_status: 'partly_paid', status: 'processing' },
    });
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 16, reserved: 0 });
    await payRest(order.id);
    expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 4500, paid: 4500, refunded: 0 });
    expect(await desk.levelOf(variant)).toEqual({ on_hand: 16, reserved: 0 });
    expect(await desk.standing(order.id)).toMatchObject({ status: 'processing', needs_attention: false });
  });

  test('may pay the difference by hand', async () => {
    const { order, variant } = await aPaidOrder();
    await edit(shop, order.id, { set: { [variant]: 3 }, provider: 'manual' });
    await receiveMoney(shop, await current(order.id), null);
    expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 3500, paid: 3500, refunded: 0 });
  });

  test('sets off what it was asked for and has not paid', async () => {
    const { order, variant } = await aPaidOrder();
    await edit(shop, order.id, { set: { [variant]: 4 } });
    const { payment } = await payOrder(shop, await current(order.id), {});
    const less = await edit(shop, order.id, { set: { [variant]: 3 } });
    expect(less).toMatchObject({ settlement: { kind: 'collect', amount_minor: 1000 } });
    await expect(payWith(desk.stripe, payment.provider_payment ?? '')).rejects.toThrow();
    const even = await edit(shop, order.id, { set: { [variant]: 2 } });
    expect(even).toMatchObject({
      settlement: { kind: 'collect', amount_minor: 0 },
      order: { payment_status: 'paid', total_minor: 2500 },
    });
    await edit(shop, order.id, { set: { [variant]: 3 } });
    const back = await edit(shop, order.id, { set: { [variant]: 1 } });
    expect(back).toMatchObject({ settlement: { kind: 'refund', amount_minor: 1000 } });
    await desk.drain();
    expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 1500, paid: 2500, refunded: 1000 });
  });

  test('that was asked for more and pays it while it is edited again is told that it changed', async () => {
    const { order, variant } = await aPaidOrder();
    await edit(shop, order.id, { set: { [variant]: 3 } });
    const { payment } = await payOrder(shop, await current(order.id), {});
    await payWith(desk.stripe, payment.provider_payment ?? '');
    await expect(edit(shop, order.id, { set: { [variant]: 2 } })).rejects.toMatchObject({
      code: 'ORDER_CHANGED',
    });
    expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 3500, paid: 3500, refunded: 0 });
  });

  test('up, down and up again adds up', async () => {
    const { order, variant } = await aPaidOrder();
    await edit(shop, order.id, { set: { [variant]: 1 } });
    await desk.drain();
    await edit(shop, order.id, { set: { [variant]: 5 } });
    expect(await moneyOf(order.id)).toEqual({
      status: 'partly_paid',
      total: 5500,
      paid: 2500,
      refunded: 1000,
    });
    await payRest(order.id);
    expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 5500, paid: 6500, refunded: 1000 });
    await edit(shop, order.id, { set: { [variant]: 2 } });
    await desk.drain();
    expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 2500, paid: 6500, refunded: 4000 });
  });

  for (const provider of ['stripe', 'manual'])
    test(`edited while a refund is on its way gives the difference back once (asked by ${provider})`, async () => {
      const { order, variant } = await aPaidOrder();
      await edit(shop, order.id, { set: { [variant]: 1 } });
      const again = await edit(shop, order.id, { set: { [variant]: 2 }, provider });
      expect(again).toMatchObject({
        settlement: { kind: 'collect', amount_minor: 1000 },
        order: { payment_status: 'partly_paid' },
      });
      await expectSoundBooks(shop);
      const back = await edit(shop, order.id, { set: { [variant]: 1 } });
      expect(back.settlement).toEqual({ kind: 'collect', amount_minor: 0 });
      await desk.drain();
      expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 1500, paid: 2500, refunded: 1000 });
    });

  test('whose difference comes while a refund is on its way keeps it', async () => {
    const { order, variant } = await aPaidOrder();
    await edit(shop, order.id, { set: { [variant]: 1 } });
    await edit(shop, order.id, { set: { [variant]: 2 } });
    // Paying by its intent, and hearing of it, lets the refund go out, too: by hand it does not.
    await payOrder(shop, await current(order.id), { provider: 'manual' });
    await receiveMoney(shop, await current(order.id), null);
    expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 2500, paid: 3500, refunded: 0 });
    await desk.drain();
    expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 2500, paid: 3500, refunded: 1000 });
  });

  test('owes no difference any more when the refund that it was asked for beside fails', async () => {
    const { order, variant } = await aPaidOrder();
    await edit(shop, order.id, { set: { [variant]: 1 } });
    const { refunds } = (await edit(shop, order.id, { set: { [variant]: 2 } })).order;
    const refusing = withProvider(shop, 'stripe', {
      refund: () => Promise.reject(new PaymentProviderError('Disputed', { is_definite: true, code: 'x' })),
    });
    await settleRefund(refusing, refunds[0]!.id);
    expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 2500, paid: 2500, refunded: 0 });
    const less = await edit(shop, order.id, { set: { [variant]: 1 } });
    expect(less.settlement).toEqual({ kind: 'refund', amount_minor: 1000 });
    await desk.drain();
    expect(await moneyOf(order.id)).toEqual({ status: 'paid', total: 1500, paid: 2500, refunded: 1000 });
  });

  test('whose payment of the difference is cancelled at the provider after a refund still owes it', async () => {
    const { order, variant } = await aPaidOrder();
    await refundOrder(shop, order.id, { amount_minor: 100, reason: 'Goodwill' }, { actor_kind: 'staff' });
    await desk.drain();
    const cancelAsk = async () => {
      const { payment } = await payOrder(shop, await current(order.id), {});
      await desk.stripe.paymentIntents.cancel(payment.provider_payment ?? '');
      await desk.hear(payment.provider_payment ?? '');
    };
    await edit(shop, order.id, { set: { [variant]: 3 } });
    await cancelAsk();
    const { shipping_address } = await current(order.id);
    await edit(shop, order.id, { shipping_address: { ...shipping_address!, line2: 'Back door' } });
    expect(await moneyOf(order.id)).toMatchObject({ status: 'partly_paid', total: 3500 });
    await cancelAsk();
    const back = await edit(shop, order.id, { set: { [variant]: 2 } });
    expect(back.settlement).toEqual({ kind: 'collect', amount_minor: 0 });
    await desk.drain();
    expect(await moneyOf(order.id)).toMatchObject({ total: 2500, paid: 2500, refunded: 100 });
    await edit(shop, order.id, { set: { [variant]: 3 } });
    await cancelAsk();
    await payRest(order.id);
    expect(await moneyOf(order.id)).toMatchObject({ total: 3500, paid: 3500, refunded: 100 });
  });

  test('gives no more back than is left of what was paid', async () => {
    const { order, variant } = await aPaidOrder();
    await refundOrder(shop, order.id, { amount_minor: 2000, reason: 'Goodwill' }, { actor_kind: 'staff' });
    await desk.drain();
    const answer = await edit(shop, order.id, { set: { [variant]: 1 } });
    expect(answer).toMatchObject({
      difference_minor: -1000,
      settlement: { kind: 'refund', amount_minor: 500 },
    });
    await desk.drain();
    expect(await moneyOf(order.id)).toMatchObject({ paid: 2500, refunded: 2500 });
  });

  test('is not edited below what was refunded', async () => {
    const { order, variant } = await aPaidOrder();
    const [line] = await orderLines(shop, order.id);
    const by = { actor_kind: 'staff' } as const;
    await refundOrder(shop, order.id, { lines: [{ order_line: line!.id, quantity: 1 }] }, by);
    await desk.drain();
    await expect(
      edit(shop, order.id, { set: { [variant]: 0 }, add: { [await aVariant(shop)]: 1 } }),
    ).rejects.toMatchObject({
      code: 'EDIT_REFUSED',
      extensions: { reason: 'below_kept', at_least: 1 },
    });
    const answer = await edit(shop, order.id, { set: { [variant]: 1 } });
    expect(answer.settlement).toEqual({ kind: 'refund', amount_minor: 1000 });
    await desk.drain();
    expect(await moneyOf(order.id)).toMatchObject({ paid: 2500, refunded: 2000, total: 1500 });
  });

  test('is edited and refunded at once: never more goes back than was paid', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { order, variant } = await aPaidOrder();
      const results = await Promise.allSettled([
        edit(shop, order.id, { set: { [variant]: 1 } }),
        refundOrder(shop, order.id, { amount_minor: 2000 }, { actor_kind: 'staff' }),
      ]);
      expect(outcomesOf(results)).toContain('done');
      await desk.drain();
      const refunds = await rows<{ amount_minor: number }>(
        shop.db,
        `select amount_minor from refunds where "order" = ? and status <> 'failed'`,
        [order.id],
      );
      const back = refunds.reduce((sum, refund) => sum + refund.amount_minor, 0);
      expect(back).toBeLessThanOrEqual(2500);
    }
  });

  test('is asked through another provider by its name only if the shop has it', async () => {
    const { order, variant } = await aPaidOrder();
    await expect(edit(shop, order.id, { set: { [variant]: 3 }, provider: 'barter' })).rejects.toMatchObject({
      code: 'PROVIDER_UNKNOWN',
    });
    expect(await orderLines(shop, order.id)).toMatchObject([{ quantity: 2 }]);
  });
});

test('whatever staff and shopper do at once, each is done or refused, and the order stays whole', async () => {
  const by = { actor_kind: 'staff' } as const;
  const known = new Set(Object.keys(ERRORS));
  for (let round = 0; round < 6; round += 1) {
    const { order, variant, intent } = round % 2 === 0 ? await aPaidOrder() : await desk.anOrder(20);
    const to = (quantity: number) => () => edit(shop, order.id, { set: { [variant]: quantity } });
    const moves = [
      to(1),
      to(5),
      to(3),
      () => refundOrder(shop, order.id, { amount_minor: 700 }, by),
      () => shipOrder(shop, order.id, {}, null),
      () => cancelOrder(shop, order, by),
      () => payWith(desk.stripe, intent).then(() => desk.hear(intent)),
      () => payOrder(shop, order, {}),
    ];
    const first = await Promise.allSettled(moves.slice(0, 4 + (round % 3)).map((move) => move()));
    const second = await Promise.allSettled([moves[6]!, to(2), moves[7]!, to(4)].map((move) => move()));
    for (const result of [...first, ...second]) {
      if (result.status === 'fulfilled') continue;
      const { code, type } = result.reason as { code?: string; type?: string };
      // The payment page refuses what was cancelled or paid before; it speaks Stripe's language.
      expect(type?.startsWith('Stripe') || known.has(code ?? ''), String(result.reason)).toBe(true);
    }
    await desk.drain();
  }
});

test('the books are sound, ours and the provider’s', async () => {
  await desk.drain();
  await expectSoundBooks(shop);
  await expectBooksOf(shop, desk.emulator);
});
