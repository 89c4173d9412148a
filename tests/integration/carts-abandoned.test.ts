/** Carts nobody came back to: marked, written about once, opened again from the mail, and one day forgotten. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAbandonedCarts, remindOfCart } from '../../extensions/commerce-api/src/cart/abandoned-carts.ts';
import * as carts from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { forgetStaleCarts } from '../../extensions/commerce-api/src/cart/forget-carts.ts';
import { recoverCart, recoveryToken } from '../../extensions/commerce-api/src/cart/recover-cart.ts';
import { jobHandlers } from '../../extensions/commerce-api/src/job-handlers.ts';
import { drainJobs } from '../../extensions/commerce-api/src/platform/jobs.ts';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { startInbox, type Inbox } from '../../scripts/emulators/inbox/inbox.ts';
import { aCart, aCustomerRow, outcomeOf } from '../support/cart-desk.ts';
import { aReadyCart, aShippingMethod, aVariant, place } from '../support/factories.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

let fresh: FreshShop;
let inbox: Inbox;
let shop: Shop;
let method: string;
beforeAll(async () => {
  fresh = await freshShop();
  inbox = await startInbox({ smtp_port: 0, http_port: 0 });
  const env = { ...fresh.shop.env, EMAIL_SMTP_HOST: '127.0.0.1', EMAIL_SMTP_PORT: inbox.smtp_port };
  shop = { ...fresh.shop, env };
  method = await aShippingMethod(shop);
  await shop.db('shop_settings').update({
    shop_name: 'Nord',
    storefront_url: 'https://nord.example/',
    abandoned_after_hours: 4,
    abandoned_mail: true,
    cart_days: 30,
  });
});
afterAll(async () => {
  await inbox.stop();
  await fresh.stop();
});

const NOBODY = { customer: null };
const anEmail = () => `ada-${randomUUID()}@example.com`;
const aged = (id: string, hours: number) =>
  shop.db.raw('update carts set updated_at = now() - make_interval(hours => ?) where id = ?', [hours, id]);
const stateOf = (id: string) =>
  row<{ status: string; abandoned_at: Date | null; reminded_at: Date | null; version: number }>(
    shop.db,
    'select status, abandoned_at, reminded_at, version from carts where id = ?',
    [id],
  );
/** The clock strikes, and what it enqueued is done. */
async function strike(): Promise<void> {
  await findAbandonedCarts(shop);
  await drainJobs(shop, fresh.pool, jobHandlers);
}

async function anIdleCart(input: carts.NewCart = {}, hours = 5) {
  const lines = [{ variant: await aVariant(shop), quantity: 2 }];
  const cart = await aCart(shop, { email: anEmail(), lines, ...input });
  await aged(cart.id, hours);
  return { ...cart, email: cart.quoted.cart.email ?? '' };
}

function tokenIn(text: string): string {
  return /https:\/\/nord\.example\/cart#recover=(\S+)/.exec(text)![1]!;
}

describe('an idle cart', () => {
  test('is marked, stays open, and its shopper gets one mail with a link that opens it', async () => {
    const { id, email, holder } = await anIdleCart();
    await strike();
    expect(await stateOf(id)).toMatchObject({
      status: 'active',
      abandoned_at: expect.any(Date),
      reminded_at: expect.any(Date),
      version: 1,
    });
    const [mail, ...others] = inbox.messages(email);
    expect(others).toEqual([]);
    expect(mail!.subject).toBe('Your cart at Nord is waiting');
    expect(mail!.text).toMatch(/2 × Product p-/);
    expect(mail!.text).toContain('$20.00');

    const { quoted, token } = await recoverCart(shop, NOBODY, tokenIn(mail!.text));
    expect([quoted.cart.id, quoted.lines.length]).toEqual([id, 1]);
    expect((await stateOf(id))!.abandoned_at).toBeNull();
    const recovered = { caller: NOBODY, token: token! };
    expect((await carts.readCart(shop, id, recovered)).cart.id).toBe(id);
    expect(await outcomeOf(carts.readCart(shop, id, holder))).toEqual({ code: 'NOT_FOUND' });

    const again = await recoverCart(shop, NOBODY, tokenIn(mail!.text));
    expect(again.token).not.toBe(token);
    await aged(id, 5);
    await strike();
    expect((await stateOf(id))!.abandoned_at).not.toBeNull();
    expect(inbox.messages(email)).toHaveLength(1);
  });

  test('loses its mark with the shopper’s next change', async () => {
    const { id, holder, quoted } = await anIdleCart();
    await strike();
    await carts.setQuantity(shop, id, holder, quoted.lines[0]!.id, 1);
    expect((await stateOf(id))!.abandoned_at).toBeNull();
  });

  test('is written about once, although the clock strikes in two processes and the job runs twice', async () => {
    const { id, email } = await anIdleCart();
    await Promise.all([findAbandonedCarts(shop), findAbandonedCarts(shop)]);
    await drainJobs(shop, fresh.pool, jobHandlers);
    expect(inbox.messages(email)).toHaveLength(1);
    const job = { id: '7', attempt: 1 };
    await remindOfCart(shop, { cart: id }, job);
    await remindOfCart(shop, { cart: id }, job);
    const [second, first] = inbox.messages(email).map((mail) => /^Message-ID: (.*)$/im.exec(mail.raw)![1]);
    expect(first).toBe(second);
  });

  test('of a customer without an address of its own is written to the account’s', async () => {
    const email = anEmail();
    const customer = await aCustomerRow(shop, { email, first_name: 'Ada' });
    const lines = [{ variant: await aVariant(shop), quantity: 1 }];
    const { id } = await aCart(shop, { lines }, customer);
    await aged(id, 5);
    await strike();
    const [mail] = inbox.messages(email);
    expect(mail!.text).toContain('Hello Ada');
    const token = tokenIn(mail!.text);
    expect(await outcomeOf(recoverCart(shop, NOBODY, token))).toEqual({ code: 'SIGN_IN_REQUIRED' });
    expect((await stateOf(id))!.abandoned_at).not.toBeNull();
    const recovered = await recoverCart(shop, { customer }, token);
    expect([recovered.quoted.cart.id, recovered.token]).toEqual([id, null]);
  });
});

describe('somebody else’s address on many carts', () => {
  test('gets one reminder in seven days, about the newest', async () => {
    const email = anEmail();
    const lines = [{ variant: await aVariant(shop, { on_hand: 1000 }), quantity: 1 }];
    const many: string[] = [];
    for (let count = 0; count < 12; count += 1) {
      const named = count % 2 === 0 ? email : email.toUpperCase();
      const { id } = await aCart(shop, { email: named, lines });
      await aged(id, 30 - count);
      many.push(id);
    }
    await strike();
    expect(inbox.messages(email)).toHaveLength(1);
    for (const id of many) expect((await stateOf(id))!.abandoned_at).not.toBeNull();
    expect((await stateOf(many.at(-1)!))!.reminded_at).not.toBeNull();

    const later = await aCart(shop, { email, lines });
    await aged(later.id, 7);
    const customer = await aCustomerRow(shop, { email });
    const of_account = await aCart(shop, { lines }, customer);
    await aged(of_account.id, 6);
    await strike();
    expect(inbox.messages(email)).toHaveLength(1);

    await shop.db.raw(`update carts set reminded_at = now() - interval '8 days' where id = any(?)`, [many]);
    const after_a_week = await aCart(shop, { email, lines });
    await aged(after_a_week.id, 5);
    await strike();
    expect(inbox.messages(email)).toHaveLength(2);
  });

  test('is not written to about one when another took its place between the mark and the mail', async () => {
    const { id, email } = await anIdleCart();
    await findAbandonedCarts(shop);
    expect((await stateOf(id))!.reminded_at).not.toBeNull();
    await aCart(shop, { email, lines: [{ variant: await aVariant(shop), quantity: 1 }] });
    await drainJobs(shop, fresh.pool, jobHandlers);
    expect(inbox.messages(email)).toEqual([]);
  });
});

describe('nobody is written to about', () => {
  test('a cart that is young, empty, without an address, a draft of staff, or ordered since', async () => {
    const email = anEmail();
    const young = await anIdleCart({}, 3);
    const empty = await anIdleCart({ lines: [] });
    const nameless = await aCart(shop, { lines: [{ variant: await aVariant(shop), quantity: 1 }] });
    await aged(nameless.id, 5);
    const draft = await anIdleCart();
    await shop.db.raw(`update carts set origin = 'staff' where id = ?`, [draft.id]);
    const elsewhere = await anIdleCart({ email });
    const lines = [{ variant: await aVariant(shop), quantity: 1 }];
    const ordered = await aReadyCart(shop, method, lines, email.toUpperCase());
    await place(shop, ordered);
    await aged(ordered.id, 5);
    await strike();
    for (const { id } of [young, empty, nameless, draft, elsewhere, ordered])
      expect((await stateOf(id))!.abandoned_at).toBeNull();
    for (const { email: to } of [young, empty, draft, elsewhere]) {
      const reminders = inbox.messages(to).filter(({ subject }) => subject.includes('waiting'));
      expect(reminders).toEqual([]);
    }
  });

  test('one that was ordered or changed between the mark and the mail', async () => {
    const [came_back, ordered] = [await anIdleCart(), await anIdleCart()];
    await findAbandonedCarts(shop);
    await carts.clearLines(shop, came_back.id, came_back.holder);
    await place(
      shop,
      await aReadyCart(shop, method, [{ variant: await aVariant(shop), quantity: 1 }], ordered.email),
    );
    await drainJobs(shop, fresh.pool, jobHandlers);
    expect(inbox.messages(came_back.email)).toEqual([]);
    expect(inbox.messages(ordered.email).map(({ subject }) => subject)).not.toContain(
      'Your cart at Nord is waiting',
    );
  });

  test('any, where the shop does not want it: they are marked only', async () => {
    await shop.db('shop_settings').update({ abandoned_mail: false });
    try {
      const { id, email } = await anIdleCart();
      await strike();
      expect(await stateOf(id)).toMatchObject({ abandoned_at: expect.any(Date), reminded_at: null });
      expect(inbox.messages(email)).toEqual([]);
    } finally {
      await shop.db('shop_settings').update({ abandoned_mail: true });
    }
  });
});

describe('a link', () => {
  test('of another cart, of an earlier address, or made up, opens nothing', async () => {
    const [cart, other] = [await anIdleCart(), await anIdleCart()];
    const token = recoveryToken(shop.env, cart.quoted.cart);
    const proof = token.split('.')[1]!;
    for (const wrong of [
      `${other.id}.${proof}`,
      `${randomUUID()}.${proof}`,
      `${cart.id}.${'x'.repeat(43)}`,
      'x',
    ])
      expect(await outcomeOf(recoverCart(shop, NOBODY, wrong))).toEqual({ code: 'NOT_FOUND' });
    await carts.updateDetails(shop, cart.id, cart.holder, { email: anEmail() });
    expect(await outcomeOf(recoverCart(shop, NOBODY, token))).toEqual({ code: 'NOT_FOUND' });
  });

  test('of a cart that became an order says so', async () => {
    const ready = await aReadyCart(shop, method, [{ variant: await aVariant(shop), quantity: 1 }]);
    const { cart } = await carts.readCart(shop, ready.id, ready.holder);
    await place(shop, ready);
    expect(await outcomeOf(recoverCart(shop, NOBODY, recoveryToken(shop.env, cart)))).toMatchObject({
      code: 'CART_NOT_OPEN',
    });
  });
});

test('carts are forgotten after as many days as the shop says, those of orders and drafts are kept', async () => {
  const ready = await aReadyCart(shop, method, [{ variant: await aVariant(shop), quantity: 1 }]);
  await place(shop, ready);
  const [old, recent, draft] = [await anIdleCart(), await anIdleCart(), await anIdleCart()];
  await shop.db.raw(`update carts set origin = 'staff' where id = ?`, [draft.id]);
  for (const id of [old.id, draft.id, ready.id]) await aged(id, 31 * 24);
  await aged(recent.id, 29 * 24);
  expect(await forgetStaleCarts(shop)).toBe(1);
  expect(await stateOf(old.id)).toBeUndefined();
  for (const id of [recent.id, draft.id, ready.id]) expect(await stateOf(id)).toBeDefined();
});
