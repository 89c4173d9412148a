/** Gift cards and store credit, from the ledger to the order they pay; on an emulated Stripe. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import {
  adjustGiftCard,
  readGiftCard,
  setGiftCardStatus,
} from '../../extensions/commerce-api/src/gift-cards/change-gift-card.ts';
import { findGiftCard } from '../../extensions/commerce-api/src/gift-cards/find-gift-card.ts';
import { reduceTenders } from '../../extensions/commerce-api/src/gift-cards/tenders.ts';
import { issueSoldCards } from '../../extensions/commerce-api/src/gift-cards/sold-gift-cards.ts';
import { changeStoreCredit } from '../../extensions/commerce-api/src/gift-cards/store-credit.ts';
import { sendGiftCardMail } from '../../extensions/commerce-api/src/notifications/send-money-mail.ts';
import { cancelOrder, expireOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { expiredOrders, lockOrder } from '../../extensions/commerce-api/src/orders/queries.ts';
import { receiveMoney } from '../../extensions/commerce-api/src/payments/receive-money.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { settleRefund } from '../../extensions/commerce-api/src/payments/settle-refund.ts';
import { syncPayment } from '../../extensions/commerce-api/src/payments/sync-payment.ts';
import { inTransaction, row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { PaymentProviderError } from '../../extensions/commerce-api/src/providers/payment.ts';
import { startInbox } from '../../scripts/emulators/inbox/inbox.ts';
import { examine } from '../../extensions/commerce-api/src/operations/examine.ts';
import { freshShop } from '../support/shop.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import { aVariant } from '../support/factories.ts';
import { type StripeDesk, stripeDesk } from '../support/stripe-desk.ts';
import { payWith, withProvider } from '../support/stripe-shop.ts';
import { aCard, aCreditor, aTill, balanceOf, creditOf, orderOf, paymentsOf } from '../support/tills.ts';

const SOMEBODY = { user: null, ip: null, user_agent: null };

let desk: StripeDesk;
let shop: Shop;
beforeAll(async () => {
  desk = await stripeDesk();
  shop = desk.shop;
});
afterAll(() => desk.stop());

const byStaff = { actor_kind: 'staff' as const };
const intentOf = (payment: { provider_payment: string | null }) => payment.provider_payment ?? '';

describe('a gift card', () => {
  test('is found by its code however it is typed, and nothing of the code is stored but its last four characters', async () => {
    const { id, code } = await aCard(shop, 5000);
    expect(await findGiftCard(shop, code.toLowerCase().replaceAll('-', ' '))).toMatchObject({
      id,
      balance_minor: 5000,
      last4: code.slice(-4),
    });
    const stored = await row<{ text: string }>(
      shop.db,
      'select to_jsonb(g)::text as text from gift_cards g where id = ?',
      [id],
    );
    expect(stored?.text).not.toContain(code);
    expect(stored?.text).not.toContain(code.replaceAll('-', ''));
  });

  test('keeps a ledger of what staff do, and never falls below zero', async () => {
    const { id } = await aCard(shop, 1000);
    await adjustGiftCard(shop, id, { delta_minor: 500, note: 'Goodwill' }, null);
    await expect(
      adjustGiftCard(shop, id, { delta_minor: -1501, note: 'Too much' }, null),
    ).rejects.toMatchObject({
      code: 'BALANCE_TOO_SMALL',
    });
    expect(await readGiftCard(shop, id)).toMatchObject({
      card: { balance_minor: 1500, status: 'active' },
      movements: [
        { delta_minor: 500, reason: 'adjusted', note: 'Goodwill' },
        { delta_minor: 1000, reason: 'issued' },
      ],
    });
  });

  test('lives again when it is enabled', async () => {
    const { id, code } = await aCard(shop, 1000);
    await setGiftCardStatus(shop, id, 'disabled', SOMEBODY);
    await expect(findGiftCard(shop, code)).rejects.toMatchObject({ code: 'GIFT_CARD_REFUSED' });
    await setGiftCardStatus(shop, id, 'active', SOMEBODY);
    expect(await findGiftCard(shop, code)).toMatchObject({ id });
  });

  test.each<[string, () => Promise<string>]>([
    ['an unknown code', () => Promise.resolve('AAAA-BBBB-CCCC-DDDD')],
    ['no code at all', () => Promise.resolve('!')],
    [
      'a disabled card',
      async () => {
        const { id, code } = await aCard(shop, 1000);
        await setGiftCardStatus(shop, id, 'disabled', SOMEBODY);
        return code;
      },
    ],
    [
      'an expired card',
      async () => (await aCard(shop, 1000, { expires_at: new Date(Date.now() - 1000) })).code,
    ],
    [
      'an empty card',
      async () => {
        const { id, code } = await aCard(shop, 1000);
        await adjustGiftCard(shop, id, { delta_minor: -1000, note: 'Paid out' }, null);
        return code;
      },
    ],
  ])('%s is refused in the same words, and counted', async (_what, codeOf) => {
    const code = await codeOf();
    const before = await failures();
    const refusal: unknown = await findGiftCard(shop, code).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'GIFT_CARD_REFUSED', status: 422, extensions: { path: 'code' } });
    expect(await failures()).toBe((before ?? 0) + 1);
  });

  test('after a hundred wrong codes in ten minutes nobody may try, not even with a right one; later all may', async () => {
    const { code } = await aCard(shop, 1000);
    const wrong = () => findGiftCard(shop, randomUUID()).catch((error: { code: string }) => error.code);
    const codes: unknown[] = [];
    while (codes.at(-1) !== 'GIFT_CARD_TRIES' && codes.length < 120) codes.push(await wrong());
    expect(codes.length).toBeLessThanOrEqual(101);
    expect(await failures()).toBe(100);
    await expect(findGiftCard(shop, code)).rejects.toMatchObject({ code: 'GIFT_CARD_TRIES', status: 429 });

    await row(shop.db, `update commerce.gift_card_failures set minute = minute - interval '11 minutes'`);
    await expect(findGiftCard(shop, code)).resolves.toMatchObject({ balance_minor: 1000 });
  });

  async function failures(): Promise<number | undefined> {
    const counted = await row<{ count: number }>(
      shop.db,
      `select coalesce(sum(failures), 0)::int as count from commerce.gift_card_failures`,
    );
    return counted?.count;
  }
});

describe('an order that a gift card pays in part', () => {
  test('takes the balance when it is placed and asks the provider for the rest; after a declined card another pays it', async () => {
    const card = await aCard(shop, 300);
    const till = await aTill(shop, { codes: [card.code] });
    const { order, payment } = await orderOf(shop, till, { payable_minor: 700 });
    expect(payment).toMatchObject({ provider: 'stripe', amount_minor: 700, status: 'pending' });
    expect(await balanceOf(shop, card.id)).toBe(0);
    expect(await desk.standing(order.id)).toMatchObject({ payment_status: 'pending', paid_minor: 0 });

    const intent = intentOf(payment);
    await expect(payWith(desk.stripe, intent, 'pm_card_visa_chargeDeclined')).rejects.toMatchObject({
      statusCode: 402,
    });
    await desk.hear(intent);
    expect(await desk.standing(order.id)).toMatchObject({ payment_status: 'failed' });
    expect((await payOrder(shop, order, {})).payment).toMatchObject({ amount_minor: 700 });

    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    expect(await desk.standing(order.id)).toMatchObject({ payment_status: 'paid', paid_minor: 1000 });
    expect(await paymentsOf(shop, order.id)).toMatchObject([
      { provider: 'gift_card', status: 'paid', captured_minor: 300 },
      { provider: 'stripe', status: 'paid', captured_minor: 700 },
    ]);
  });

  test('pays the rest another way when the shopper switches', async () => {
    const card = await aCard(shop, 300);
    const { order } = await orderOf(shop, await aTill(shop, { codes: [card.code] }));
    const { payment } = await payOrder(shop, order, { provider: 'manual' });
    expect(payment).toMatchObject({ provider: 'manual', amount_minor: 700 });
    await receiveMoney(shop, order, null);
    expect(await desk.standing(order.id)).toMatchObject({ payment_status: 'paid', paid_minor: 1000 });
  });

  test('gives back of them what it costs less since, from the last', async () => {
    const customer = await aCreditor(shop, 200);
    const [first, second] = [await aCard(shop, 300), await aCard(shop, 300)];
    const till = await aTill(shop, { codes: [first.code, second.code], customer });
    const { order } = await orderOf(shop, till, { provider: 'manual' });
    await inTransaction(shop.db, async (trx) => {
      await lockOrder(trx, order.id);
      await reduceTenders(trx, order.id, 450);
    });
    expect(await creditOf(shop, customer)).toBe(200);
    expect([await balanceOf(shop, first.id), await balanceOf(shop, second.id)]).toEqual([0, 250]);
    expect(await paymentsOf(shop, order.id)).toMatchObject([
      { status: 'authorised', amount_minor: 300 },
      { status: 'authorised', amount_minor: 50 },
      { status: 'cancelled', amount_minor: 0 },
      { provider: 'manual', amount_minor: 200 },
    ]);
    await cancelOrder(shop, order, { actor_kind: 'customer' });
    expect([await balanceOf(shop, first.id), await balanceOf(shop, second.id)]).toEqual([300, 300]);
  });

  test('gives the balance back when its hold ends', async () => {
    const card = await aCard(shop, 300);
    const { order } = await orderOf(shop, await aTill(shop, { codes: [card.code] }));
    await desk.endHold(order.id);
    expect(await expiredOrders(shop.db, 100)).toContain(order.id);
    await expireOrder(shop, order.id);
    await expireOrder(shop, order.id);
    expect(await balanceOf(shop, card.id)).toBe(300);
    expect(await paymentsOf(shop, order.id)).toMatchObject([
      { provider: 'gift_card', status: 'cancelled' },
      { provider: 'stripe', status: 'cancelled' },
    ]);
  });

  test('while it is cancelled and its money is booked at once, loses neither money nor balance', async () => {
    for (let round = 0; round < 8; round += 1) {
      const card = await aCard(shop, 300);
      const till = await aTill(shop, { codes: [card.code] });
      const { order } = await orderOf(shop, till, { provider: 'manual' });
      await Promise.allSettled([
        receiveMoney(shop, order, null),
        cancelOrder(shop, order, { actor_kind: 'customer' }),
      ]);
      // Whichever is first: money for a cancelled order takes the card again and revives it.
      expect(await desk.standing(order.id)).toMatchObject({ payment_status: 'paid', paid_minor: 1000 });
      expect(await balanceOf(shop, card.id)).toBe(0);
    }
  });

  test('whose money comes after it expired lives again with the same card', async () => {
    const { order, card, intent } = await anOrphanWithCard();
    await expireOrder(shop, order);
    expect(await balanceOf(shop, card)).toBe(300);
    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    expect(await desk.standing(order)).toMatchObject({ payment_status: 'paid', paid_minor: 1000 });
    expect(await balanceOf(shop, card)).toBe(0);
  });

  test('whose money comes after its card was spent elsewhere gets that money back', async () => {
    const { order, card, code, intent } = await anOrphanWithCard();
    await expireOrder(shop, order);
    await orderOf(shop, await aTill(shop, { codes: [code] }));
    await payWith(desk.stripe, intent);
    await desk.hear(intent);
    expect(await desk.standing(order)).toMatchObject({
      status: 'cancelled',
      payment_status: 'refunded',
      paid_minor: 700,
      refunded_minor: 700,
      needs_attention: true,
    });
    expect(await balanceOf(shop, card)).toBe(0);
  });

  /** Nobody heard of its intent when its hold ended. */
  async function anOrphanWithCard() {
    const card = await aCard(shop, 300);
    const till = await aTill(shop, { codes: [card.code] });
    desk.failToStart('lost_answer');
    const { order } = await orderOf(shop, till);
    await desk.endHold(order.id);
    const [intent] = desk.intentsOf(order.id);
    return { order: order.id, card: card.id, code: card.code, intent: intent!.id };
  }
});

describe('an order that gift cards and store credit pay', () => {
  test('wholly is paid at once, cards first, and no provider is asked', async () => {
    const customer = await aCreditor(shop, 5000);
    const cards = [await aCard(shop, 200), await aCard(shop, 300)];
    const till = await aTill(shop, { codes: cards.map(({ code }) => code), customer });

    const { order, payment } = await orderOf(shop, till, { payable_minor: 0 });

    expect(order).toMatchObject({ payment_status: 'paid', paid_minor: 1000 });
    expect(payment).toMatchObject({ status: 'paid', amount_minor: 0 });
    expect(desk.intentsOf(order.id)).toEqual([]);
    expect(await paymentsOf(shop, order.id)).toMatchObject([
      { provider: 'gift_card', captured_minor: 200 },
      { provider: 'gift_card', captured_minor: 300 },
      { provider: 'store_credit', captured_minor: 500 },
      { provider: 'stripe', captured_minor: 0 },
    ]);
    expect(await creditOf(shop, customer)).toBe(4500);
  });

  test('at the same time spend one card once: the other is told what it would have to pay', async () => {
    for (let round = 0; round < 5; round += 1) {
      const card = await aCard(shop, 1000);
      const tills = [await aTill(shop, { codes: [card.code] }), await aTill(shop, { codes: [card.code] })];
      const answers = await Promise.allSettled(
        tills.map((till) => orderOf(shop, till, { payable_minor: 0 })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = answers.find((answer) => answer.status === 'rejected');
      expect(refused?.reason).toMatchObject({
        code: 'GIFT_CARD_CHANGED',
        status: 409,
        extensions: { payable_minor: 1000, covered_minor: 0, unusable: [card.id] },
      });
      expect(await balanceOf(shop, card.id)).toBe(0);
    }
  });

  test('at the same time may use the same cards in another order', async () => {
    const [a, b] = [await aCard(shop, 500), await aCard(shop, 500)];
    const tills = [
      await aTill(shop, { codes: [a.code, b.code], price_minor: 400 }),
      await aTill(shop, { codes: [b.code, a.code], price_minor: 400 }),
    ];
    const placed = await Promise.all(tills.map((till) => orderOf(shop, till)));
    expect(placed.map(({ order }) => order.payment_status)).toEqual(['paid', 'paid']);
    expect([await balanceOf(shop, a.id), await balanceOf(shop, b.id)]).toEqual([100, 100]);
  });

  test('at the same time spend one account once', async () => {
    const customer = await aCreditor(shop, 1500);
    const tills = [await aTill(shop, { customer }), await aTill(shop, { customer })];
    const answers = await Promise.allSettled(tills.map((till) => orderOf(shop, till, { payable_minor: 0 })));
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await creditOf(shop, customer)).toBe(500);
  });

  test.each([
    ['disabled', (id: string) => setGiftCardStatus(shop, id, 'disabled', SOMEBODY)],
    ['emptied', (id: string) => adjustGiftCard(shop, id, { delta_minor: -300, note: 'Lost' }, null)],
  ])('is not placed when a card was %s since: nobody is charged more unasked', async (_how, end) => {
    const card = await aCard(shop, 300);
    const till = await aTill(shop, { codes: [card.code] });
    await end(card.id);
    await expect(orderOf(shop, till)).rejects.toMatchObject({
      code: 'GIFT_CARD_CHANGED',
      extensions: { payable_minor: 1000 },
    });
    const [cart] = await rows(shop.db, 'select status from carts where id = ?', [till.cart.id]);
    expect(cart).toEqual({ status: 'active' });
  });
});

describe('store credit', () => {
  test('is granted and taken back for a reason, and never falls below zero', async () => {
    const customer = await aCreditor(shop, 1000);
    const take = { delta_minor: -400, currency: 'USD', note: 'Granted twice' };
    const [account] = await changeStoreCredit(shop, customer, take, null);
    expect(account).toMatchObject({
      balance_minor: 600,
      movements: [
        { delta_minor: -400, reason: 'adjusted' },
        { delta_minor: 1000, reason: 'granted' },
      ],
    });
    const tooMuch = changeStoreCredit(shop, customer, { ...take, delta_minor: -601 }, null);
    await expect(tooMuch).rejects.toMatchObject({ code: 'BALANCE_TOO_SMALL' });
  });

  test('of nobody we know is refused', async () => {
    const grant = { delta_minor: 1, currency: 'USD', note: 'x' };
    await expect(changeStoreCredit(shop, randomUUID(), grant, null)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('gift cards that are sold', () => {
  /** An order of two cards, paid by hand. */
  async function soldCards(quantity = 2) {
    const variant = await aVariant(shop, { price_minor: 2500, kind: 'gift_card', track_stock: false });
    const { order } = await orderOf(shop, await aTill(shop, { variant, quantity }), { provider: 'manual' });
    await receiveMoney(shop, order, null);
    await desk.drain();
    const [line] = await rows<{ id: string }>(shop.db, 'select id from order_lines where "order" = ?', [
      order.id,
    ]);
    return { order: order.id, line: line!.id };
  }
  const cardsOf = (line: string) =>
    rows<{ id: string; status: string; initial_minor: number; balance_minor: number }>(
      shop.db,
      'select id, status, initial_minor, balance_minor from gift_cards where source_order_line = ? order by status',
      [line],
    );

  test('are issued once they are paid, one for each unit and worth its price, however often the job runs', async () => {
    const { order, line } = await soldCards();
    await Promise.all([issueSoldCards(shop, order), issueSoldCards(shop, order)]);
    expect(await cardsOf(line)).toMatchObject([
      { status: 'active', initial_minor: 2500, balance_minor: 2500 },
      { status: 'active', initial_minor: 2500, balance_minor: 2500 },
    ]);
    const { events } = await desk.standing(order);
    expect(events.filter((kind) => kind === 'gift_cards_issued')).toHaveLength(1);
  });

  test('are mailed to whoever bought them, with codes that pay', async () => {
    const { order, line } = await soldCards();
    const inbox = await startInbox({ smtp_port: 0, http_port: 0 });
    const mailing = {
      ...shop,
      env: { ...shop.env, EMAIL_SMTP_HOST: '127.0.0.1', EMAIL_SMTP_PORT: inbox.smtp_port },
    };
    const ids = (await cardsOf(line)).map(({ id }) => id);
    await sendGiftCardMail(mailing, { order, gift_cards: ids }, { id: '1', attempt: 1 });
    const [mail] = inbox.messages();
    await inbox.stop();
    expect(mail!.subject).toMatch(/^Your gift cards from /);
    const codes = mail!.text.match(/([A-Z2-9]{4}-){3}[A-Z2-9]{4}/g) ?? [];
    const found = await Promise.all(codes.map((code) => findGiftCard(shop, code)));
    expect(found.map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  test('are taken back when their price is refunded, as long as they are unspent', async () => {
    const { order, line } = await soldCards();
    const [spent] = await cardsOf(line);
    await adjustGiftCard(shop, spent!.id, { delta_minor: -100, note: 'Spent at the counter' }, null);

    await refundOrder(shop, order, { lines: [{ order_line: line, quantity: 1 }] }, byStaff);
    await desk.drain();
    expect(await cardsOf(line)).toMatchObject([
      { id: spent!.id, status: 'active', balance_minor: 2400 },
      { status: 'disabled', balance_minor: 0 },
    ]);
    const more = refundOrder(shop, order, { lines: [{ order_line: line, quantity: 1 }] }, byStaff);
    await expect(more).rejects.toMatchObject({ code: 'GIFT_CARD_SPENT', extensions: { refundable: 0 } });
    await desk.drain();
    await issueSoldCards(shop, order);
    expect(await cardsOf(line)).toHaveLength(2);
  });

  const price = { amount_minor: 5000 };

  test('are taken back when everything is refunded by its amount, in one or in parts', async () => {
    const [one, parts] = [await soldCards(), await soldCards()];
    await refundOrder(shop, one.order, price, byStaff);
    await refundOrder(shop, parts.order, { amount_minor: 2000 }, byStaff);
    expect(await cardsOf(parts.line)).toMatchObject([{ status: 'active' }, { status: 'active' }]);
    await refundOrder(shop, parts.order, { amount_minor: 3000 }, byStaff);
    await desk.drain();
    for (const { line } of [one, parts])
      expect(await cardsOf(line)).toMatchObject([
        { status: 'disabled', balance_minor: 0 },
        { status: 'disabled', balance_minor: 0 },
      ]);
  });

  test('refuse that everything is refunded by its amount once one is spent', async () => {
    const { order, line } = await soldCards();
    const [spent] = await cardsOf(line);
    await adjustGiftCard(shop, spent!.id, { delta_minor: -100, note: 'Spent at the counter' }, null);
    await expect(refundOrder(shop, order, price, byStaff)).rejects.toMatchObject({
      code: 'GIFT_CARD_SPENT',
    });
    expect(await cardsOf(line)).toMatchObject([{ status: 'active' }, { status: 'active' }]);
  });

  test('are not issued when everything was refunded by its amount before', async () => {
    const variant = await aVariant(shop, { price_minor: 5000, kind: 'gift_card', track_stock: false });
    const { order } = await orderOf(shop, await aTill(shop, { variant }), { provider: 'manual' });
    await receiveMoney(shop, order, null);
    await refundOrder(shop, order.id, price, byStaff);
    await desk.drain();
    await issueSoldCards(shop, order.id);
    expect(await cardsOfOrder(order.id)).toEqual([]);
  });

  /** Sold for 5000 by card; no job has run yet. */
  async function soldByStripe() {
    const variant = await aVariant(shop, { price_minor: 5000, kind: 'gift_card', track_stock: false });
    const { order, payment } = await orderOf(shop, await aTill(shop, { variant }));
    const intent = intentOf(payment);
    await payWith(desk.stripe, intent);
    await syncPayment(shop, payment.id, { hint: intent });
    return { order: order.id, intent, payment: payment.id };
  }
  const cardsOfOrder = (order: string) =>
    rows<{ id: string; status: string; balance_minor: number }>(
      shop.db,
      `select g.id, g.status, g.balance_minor from gift_cards g join order_lines l on l.id = g.source_order_line
       where l."order" = ?`,
      [order],
    );
  /** As in the provider's dashboard. */
  async function refundOutside(
    { intent, payment }: { intent: string; payment: string },
    amount?: number,
  ): Promise<void> {
    await desk.stripe.refunds.create({ payment_intent: intent, ...(amount !== undefined && { amount }) });
    await syncPayment(shop, payment);
  }

  test('end when all their money went back in the provider’s dashboard', async () => {
    const sold = await soldByStripe();
    const { order } = sold;
    await desk.drain();
    await refundOutside(sold);
    expect(await cardsOfOrder(order)).toMatchObject([{ status: 'disabled', balance_minor: 0 }]);
    expect(await desk.standing(order)).toMatchObject({ payment_status: 'refunded', needs_attention: false });
  });

  test('are not issued when all their money went back in the dashboard before', async () => {
    const sold = await soldByStripe();
    const { order } = sold;
    await refundOutside(sold);
    await issueSoldCards(shop, order);
    expect(await cardsOfOrder(order)).toEqual([]);
    await desk.drain();
  });

  test.each([
    ['a part of the money went back in the dashboard', 100, 0, 'A part of the money went back'],
    ['all of it did and one was spent', undefined, -100, 'gift cards it sold were spent'],
  ])('stay good, and staff are told, when %s', async (_what, amount, spent_minor, reason) => {
    const sold = await soldByStripe();
    const { order } = sold;
    await desk.drain();
    const [card] = await cardsOfOrder(order);
    if (spent_minor !== 0)
      await adjustGiftCard(shop, card!.id, { delta_minor: spent_minor, note: 'Spent' }, null);
    await refundOutside(sold, amount);
    expect(await cardsOfOrder(order)).toMatchObject([{ status: 'active' }]);
    expect(await desk.standing(order)).toMatchObject({
      needs_attention: true,
      attention_reason: expect.stringContaining(reason),
    });
  });

  /** Its job fails for good. */
  async function refuse(refund: string): Promise<void> {
    const broken = withProvider(shop, 'stripe', {
      refund: () =>
        Promise.reject(new PaymentProviderError('No such charge', { is_definite: true, code: 'missing' })),
    });
    await settleRefund(broken, refund);
  }

  test('keep their balance while a refund is on its way, and are good again when it fails', async () => {
    const { order } = await soldByStripe();
    await desk.drain();
    const [refund] = await refundOrder(shop, order, {}, byStaff);
    expect(await cardsOfOrder(order)).toMatchObject([{ status: 'disabled', balance_minor: 5000 }]);
    await refuse(refund!.id);
    expect(await cardsOfOrder(order)).toMatchObject([{ status: 'active', balance_minor: 5000 }]);
    await refundOrder(shop, order, {}, byStaff);
    await desk.drain();
    expect(await cardsOfOrder(order)).toMatchObject([{ status: 'disabled', balance_minor: 0 }]);
  });

  test('are good again with their balance when a bank sends the refund back', async () => {
    const { order, payment } = await soldByStripe();
    await desk.drain();
    const [refund] = await refundOrder(shop, order, {}, byStaff);
    await desk.drain();
    const { fetch } = shop.providers.payments['stripe']!;
    const returned = withProvider(shop, 'stripe', {
      fetch: async (id) => {
        const truth = (await fetch(id))!;
        const refunds = truth.refunds.map((each) => ({ ...each, status: 'failed' as const }));
        return { ...truth, refunded_minor: 0, refunds };
      },
    });
    await syncPayment(returned, payment);
    expect(await cardsOfOrder(order)).toMatchObject([{ status: 'active', balance_minor: 5000 }]);
    expect(await desk.standing(order)).toMatchObject({ payment_status: 'paid', needs_attention: true });
    // Back to what the provider says in truth.
    await row(shop.db, `update refunds set status = 'succeeded' where id = ?`, [refund!.id]);
    await syncPayment(shop, payment);
  });

  test('stay taken back when a refund fails because the dashboard was faster', async () => {
    const sold = await soldByStripe();
    await desk.drain();
    const [refund] = await refundOrder(shop, sold.order, {}, byStaff);
    await refundOutside(sold);
    await refuse(refund!.id);
    expect(await cardsOfOrder(sold.order)).toMatchObject([{ status: 'disabled', balance_minor: 0 }]);
    await desk.drain();
    expect(await cardsOfOrder(sold.order)).toHaveLength(1);
  });

  test('are issued after all when the refund that came first fails', async () => {
    const { order } = await soldByStripe();
    const [refund] = await refundOrder(shop, order, {}, byStaff);
    await issueSoldCards(shop, order);
    expect(await cardsOfOrder(order)).toEqual([]);
    await refuse(refund!.id);
    await desk.drain();
    expect(await cardsOfOrder(order)).toMatchObject([{ status: 'active', balance_minor: 5000 }]);
  });
});

describe('books that were tampered with', () => {
  test('are found out: money nobody paid with, and a payment that took nothing', async () => {
    const fresh = await freshShop();
    const card = await aCard(fresh.shop, 1000);
    const till = await aTill(fresh.shop, { codes: [card.code] });
    const { order } = await orderOf(fresh.shop, till, { provider: 'manual' });
    const movement = `insert into gift_card_movements (gift_card, delta_minor, reason, "order") values (?, 1, 'returned', ?)`;
    await row(fresh.shop.db, movement, [card.id, order.id]);
    await row(
      fresh.shop.db,
      `insert into payments ("order", provider, status, amount_minor, captured_minor, currency, gift_card)
       values (?, 'gift_card', 'paid', 5, 5, 'USD', ?)`,
      [order.id, card.id],
    );
    const broken = (await examine(fresh.shop)).filter((finding) => finding.broken.length > 0);
    await fresh.stop();
    expect(broken.map(({ name }) => name)).toEqual([
      'orders are paid what their payments captured',
      'tenders hold what was taken for them',
      'what was spent belongs to a payment of its order',
    ]);
  });
});

describe('after all of it', () => {
  test('the books are sound', () => expectSoundBooks(shop));
  test('and equal to the provider’s', () => expectBooksOf(shop, desk.emulator));
});
