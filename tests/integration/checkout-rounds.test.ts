/** What a checkout costs in round trips to Postgres, from its key to its answer; and what it leaves of promotions when it closes. */
import { randomUUID } from 'node:crypto';
import type { Response } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addCode,
  addGiftCard,
  createCart,
  readCart,
} from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { checkoutRoutes } from '../../extensions/commerce-api/src/checkout/routes.ts';
import { followOrder } from '../../extensions/commerce-api/src/checkout/follow-order.ts';
import { issueGiftCard } from '../../extensions/commerce-api/src/gift-cards/issue-gift-card.ts';
import { sendOrderMail } from '../../extensions/commerce-api/src/notifications/send-order-mail.ts';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Answer } from '../../extensions/commerce-api/src/platform/http.ts';
import type { JobPayload } from '../../extensions/commerce-api/src/platform/jobs.ts';
import type { Announcement, Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { startInbox } from '../../scripts/emulators/inbox/inbox.ts';
import { freePort } from '../../scripts/postgres.ts';
import { expectSoundBooks } from '../support/books.ts';
import {
  ADDRESS,
  aReadyCart,
  aShippingMethod,
  aVariant,
  place,
  type ReadyCart,
} from '../support/factories.ts';
import { outcomes } from '../support/stock.ts';
import { stripeShop, type StripeShop } from '../support/stripe-shop.ts';

let fresh: StripeShop;
let shop: Shop;
let method: string;
beforeAll(async () => {
  fresh = await stripeShop();
  shop = fresh.shop;
  method = await aShippingMethod(shop);
});
afterAll(() => fresh.stop());

async function aCart(lines: number, email = `ada-${randomUUID()}@example.com`): Promise<ReadyCart> {
  const variants: string[] = [];
  for (let count = 0; count < lines; count += 1) variants.push(await aVariant(shop));
  const caller = { customer: null, network_hash: randomUUID() };
  const { quoted, token } = await createCart(shop, caller, {
    email,
    lines: variants.map((variant) => ({ variant, quantity: 1 })),
    shipping_address: ADDRESS,
    shipping_method: method,
  });
  const holder = { caller, token: token ?? undefined };
  return { id: quoted.cart.id, holder, total_minor: quoted.quote.total_minor };
}

async function aPromotion(facts: Record<string, unknown>): Promise<{ id: string; code: string }> {
  const code = `CODE-${randomUUID().slice(0, 8)}`.toUpperCase();
  const promotion = { name: code, code, status: 'active', kind: 'percentage', value_ppm: 100_000 };
  const [written] = await shop.db('promotions').insert({ ...promotion, requires_code: true, ...facts }, 'id');
  return { id: written.id, code };
}

async function withCode(cart: ReadyCart, code: string): Promise<ReadyCart> {
  const { quote } = await addCode(shop, cart.id, cart.holder, code);
  return { ...cart, total_minor: quote.total_minor };
}

/** What the route answers, and every statement it took, BEGIN and COMMIT among them. */
async function answered(
  cart: ReadyCart,
  {
    expected_payable_minor,
    provider = 'manual',
  }: { expected_payable_minor?: number; provider?: string } = {},
): Promise<{ answer: Answer; statements: string[] }> {
  const route = checkoutRoutes.find((each) => each.path === '/carts/:cart/complete')!;
  const statements: string[] = [];
  const note = ({ sql }: { sql: string }) => statements.push(sql);
  fresh.db.on('query', note);
  const headers: Record<string, string | undefined> = {
    'x-cart-token': cart.holder.token,
    'idempotency-key': randomUUID(),
  };
  const exchange = {
    shop,
    caller: cart.holder.caller,
    params: { cart: cart.id },
    query: {},
    body: { expected_total_minor: cart.total_minor, expected_payable_minor, payment: { provider } },
    header: (name: string) => headers[name],
    res: {} as Response,
  };
  try {
    return { answer: await route.handle(exchange as never), statements };
  } finally {
    fresh.db.removeListener('query', note);
  }
}

describe('round trips of a checkout', () => {
  test('are as many for a hundred lines as for one, and at most twelve', async () => {
    const one = await answered(await aCart(1));
    const hundred = await answered(await aCart(100));

    expect((hundred.answer.data as { order: { lines: unknown[] } }).order.lines).toHaveLength(100);
    expect(hundred.statements).toEqual(one.statements);
    expect(one.statements.length).toBeLessThanOrEqual(12);
  });

  test('are one more when a provider is told of the payment, and twenty lines change nothing', async () => {
    const one = await answered(await aCart(1), { provider: 'stripe' });
    const twenty = await answered(await aCart(20), { provider: 'stripe' });

    const { payment } = one.answer.data as { payment: { client_data: { client_secret?: string } } };
    expect(payment.client_data.client_secret).toBeTruthy();
    expect(twenty.statements).toEqual(one.statements);
    expect(one.statements.length).toBeLessThanOrEqual(12);
  });

  test('stay within twelve with a coupon and a gift card', async () => {
    const { code } = await aPromotion({});
    const card = await issueGiftCard(shop, { initial_minor: 300, currency: 'USD' }, null);
    const cart = await withCode(await aCart(3), code);
    await addGiftCard(shop, cart.id, cart.holder, card.code);

    const { answer, statements } = await answered(cart, { expected_payable_minor: cart.total_minor - 300 });

    const { payment } = answer.data as { payment: { amount_minor: number } };
    expect(payment.amount_minor).toBe(cart.total_minor - 300);
    expect(statements.length).toBeLessThanOrEqual(12);
  });
});

describe('a promotion', () => {
  test('for the first order only is given once to an e-mail address that orders twice at the same time', async () => {
    const { code } = await aPromotion({ first_order_only: true });
    const email = `twice-${randomUUID()}@example.com`;
    const carts = [await withCode(await aCart(1, email), code), await withCode(await aCart(1, email), code)];

    expect(await outcomes(carts.map((cart) => place(shop, cart)))).toEqual({ done: 1, PRICE_CHANGED: 1 });
  });

  test('notes on each line what it took off, and is shown once on the order', async () => {
    const { id, code } = await aPromotion({});
    const { answer } = await answered(await withCode(await aCart(3), code));

    const { order } = answer.data as {
      order: { id: string; discount_minor: number; adjustments: { kind: string; amount_minor: number }[] };
    };
    const stored = await rows<{ amount_minor: number; is_its_line: boolean }>(
      shop.db,
      `select a.amount_minor, a.amount_minor = -l.discount_minor as is_its_line
       from order_adjustments a join order_lines l on l.id = a.line where a."order" = ? and a.promotion = ?`,
      [order.id, id],
    );
    expect(stored).toEqual(Array.from({ length: 3 }, () => ({ amount_minor: -100, is_its_line: true })));
    expect(order.adjustments.filter((each) => each.kind === 'discount')).toMatchObject([
      { amount_minor: -order.discount_minor },
    ]);
  });

  test('gets its use, its budget and the use of its code back when the order closes', async () => {
    const { id } = await aPromotion({ budget_minor: 1000, usage_limit: 5, currency: 'USD', code: null });
    const [code] = await shop
      .db('promotion_codes')
      .insert({ promotion: id, code: `BULK-${randomUUID()}`.toUpperCase(), usage_limit: 1 }, ['id', 'code']);
    const cart = await withCode(await aCart(1), code.code as string);
    const used = () =>
      row(
        shop.db,
        `select p.usage_count, p.budget_used_minor, c.usage_count as code_count
         from promotions p join promotion_codes c on c.promotion = p.id where p.id = ?`,
        [id],
      );

    const { order } = await place(shop, cart);
    expect(await used()).toEqual({ usage_count: 1, budget_used_minor: 100, code_count: 1 });
    await cancelOrder(shop, order, { actor_kind: 'customer' });

    expect(await used()).toEqual({ usage_count: 0, budget_used_minor: 0, code_count: 0 });
    expect((await place(shop, cart)).order.discount_minor).toBe(100);
  });
});

test('a cart that came to hold more than 200 lines does not become an order', async () => {
  const cart = await aCart(1);
  const variant = await aVariant(shop);
  await shop.db.raw(
    `insert into cart_lines (cart, variant, quantity, metadata_key, sort)
     select ?, ?, 1, 'k' || n, n from generate_series(1, 200) n`,
    [cart.id, variant],
  );
  await expect(place(shop, cart)).rejects.toMatchObject({ code: 'CART_FULL', extensions: { limit: 200 } });
});

describe('a repeat', () => {
  test('with the key of an order that was cancelled since shows that order, though its cart is open again', async () => {
    const cart = await aCart(1);
    const key = randomUUID();
    const { order } = await place(shop, cart, { key });
    await cancelOrder(shop, order, { actor_kind: 'customer' });

    const again = await place(shop, cart, { key });

    expect(again.order).toMatchObject({ id: order.id, status: 'cancelled' });
    expect((await readCart(shop, cart.id, cart.holder)).cart.status).toBe('active');
  });

  test('by a stranger is told of nothing, whatever the key', async () => {
    const cart = await aCart(1);
    const key = randomUUID();
    await place(shop, cart, { key });
    const stranger = { ...cart, holder: { ...cart.holder, token: 'not-the-token-of-this-cart' } };
    await expect(place(shop, stranger, { key })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('what is free is paid at once, and its goods leave the ledger of promises', async () => {
  const variant = await aVariant(shop, { kind: 'digital', price_minor: 0, on_hand: 3 });
  const cart = await aReadyCart(shop, method, [{ variant, quantity: 1 }]);

  const { order, payment } = await place(shop, cart);

  expect(order).toMatchObject({ payment_status: 'paid', total_minor: 0 });
  expect(payment).toMatchObject({ status: 'paid', amount_minor: 0 });
  const level = await row(shop.db, 'select on_hand, reserved from stock_levels where variant = ?', [variant]);
  expect(level).toEqual({ on_hand: 2, reserved: 0 });
});

test('a placed order whose mail cannot be sent is announced once, and its mail comes later', async () => {
  const smtp_port = await freePort();
  const announced: Announcement[] = [];
  const shopWithMail: Shop = {
    ...shop,
    env: { ...shop.env, EMAIL_SMTP_HOST: '127.0.0.1', EMAIL_SMTP_PORT: smtp_port },
    announcer: { announce: async (event) => void announced.push(event) },
  };
  const { order } = await place(shop, await aCart(1));

  await followOrder(shopWithMail, { order: order.id }, { id: '41', attempt: 1 });

  expect(announced).toEqual([{ action: 'create', collection: 'orders', keys: [order.id] }]);
  const later = await row<{ payload: JobPayload<'send-order-mail'> }>(
    shop.db,
    `select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'send-order-mail' and j.payload ->> 'order' = ?`,
    [order.id],
  );
  const inbox = await startInbox({ smtp_port, http_port: 0 });
  await sendOrderMail(shopWithMail, later!.payload, { id: '97', attempt: 1 });
  expect(inbox.messages(order.email).map((mail) => mail.message_id)).toEqual([
    expect.stringMatching(/^<job-41-/),
  ]);
  await inbox.stop();
});

test('orders placed at the same time have numbers of their own', async () => {
  const carts: ReadyCart[] = [];
  for (let count = 0; count < 20; count += 1) carts.push(await aCart(1));
  const placed = await Promise.all(carts.map((cart) => place(shop, cart)));
  expect(new Set(placed.map(({ order }) => order.number)).size).toBe(20);
});

test('after all of it the books are sound', () => expectSoundBooks(shop));
