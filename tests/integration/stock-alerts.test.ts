/** Who hears of stock: staff when it runs low, shoppers who asked when it is back. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adjustStock } from '../../extensions/commerce-api/src/inventory/adjust-stock.ts';
import { markLowStock } from '../../extensions/commerce-api/src/inventory/mark-low-stock.ts';
import {
  alertLowStock,
  reportLowStock,
} from '../../extensions/commerce-api/src/inventory/report-low-stock.ts';
import {
  askForNotice,
  forgetOldNotices,
  sendStockNotices,
} from '../../extensions/commerce-api/src/inventory/stock-notices.ts';
import { transferStock } from '../../extensions/commerce-api/src/inventory/transfer-stock.ts';
import { inTransaction, insertRows, row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { ROLES } from '../../extensions/commerce-api/src/platform/roles.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aVariant } from '../support/factories.ts';
import { startInbox, type Inbox } from '../../scripts/emulators/inbox/inbox.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { aBundle, aLocation, anOrderOf, atOnce, giveUp, locationOf, putAt, sell } from '../support/stock.ts';

let inbox: Inbox;
let fresh: FreshShop;
let shop: Shop;
beforeAll(async () => {
  inbox = await startInbox({ smtp_port: 0, http_port: 0 });
  fresh = await freshShop({
    env: { EMAIL_SMTP_HOST: '127.0.0.1', EMAIL_SMTP_PORT: String(inbox.smtp_port) },
  });
  shop = fresh.shop;
  await shop.db.raw(`update shop_settings set shop_name = 'Nord', storefront_url = 'https://nord.example/'`);
});
afterAll(async () => {
  await inbox.stop();
  await fresh.stop();
});

const anEmail = () => `ada-${randomUUID()}@example.com`;

/** Jobs that wait, by name. */
async function waiting(name: string): Promise<number> {
  const found = await row<{ count: number }>(
    shop.db,
    `select count(*) as count from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = ?`,
    [name],
  );
  return found!.count;
}

async function aUser(role: string, status = 'active'): Promise<string> {
  const id = randomUUID();
  await inTransaction(shop.db, (trx) =>
    insertRows(trx, 'directus_users', [{ id, email: anEmail(), role, status }]),
  );
  return id;
}

describe('low stock', () => {
  let mailbox: string;
  beforeEach(async () => {
    mailbox = anEmail();
    await shop.db.raw('update shop_settings set email = ?, low_stock_at = null', [mailbox]);
    await fresh.drain();
  });

  async function marked(
    on_hand: number,
    low_stock_at: number | null,
  ): Promise<{ variant: string; location: string }> {
    const variant = await aVariant(shop, { on_hand });
    const location = await locationOf(shop, variant);
    await markLowStock(shop, { variant, location, low_stock_at });
    return { variant, location };
  }

  test('is told when an order takes a level down to its mark, and not again while it stays low', async () => {
    const { variant } = await marked(5, 3);
    await anOrderOf(shop, { variant, quantity: 1 });
    expect(await waiting('alert-low-stock')).toBe(0);
    const crossing = await anOrderOf(shop, { variant, quantity: 1 });
    expect(await waiting('alert-low-stock')).toBe(1);
    await sell(shop, crossing);
    await anOrderOf(shop, { variant, quantity: 1 });
    expect(await waiting('alert-low-stock')).toBe(1);
    await fresh.drain();
    expect(inbox.messages(mailbox).map((mail) => mail.subject)).toEqual([
      expect.stringMatching(/^Low stock: Product p-/),
    ]);
    expect(inbox.messages(mailbox)[0]!.text).toMatch(/2 free, mark 3/);
  });

  test('is told again after it was filled up and has fallen again', async () => {
    const { variant, location } = await marked(4, 3);
    for (let round = 0; round < 2; round += 1) {
      await adjustStock(shop, { variant, location, delta: -1 }, null);
      await fresh.drain();
      await adjustStock(shop, { variant, location, delta: 1 }, null);
      await fresh.drain();
    }
    expect(inbox.messages(mailbox)).toHaveLength(2);
  });

  test('is told by the mark of the shop where a level has none, and never where neither has one', async () => {
    const [{ variant }, other] = [await marked(3, null), await marked(3, null)];
    await anOrderOf(shop, { variant: other.variant, quantity: 3 });
    expect(await waiting('alert-low-stock')).toBe(0);
    await shop.db.raw('update shop_settings set low_stock_at = 2');
    await anOrderOf(shop, { variant, quantity: 1 });
    await fresh.drain();
    expect(inbox.messages(mailbox)).toHaveLength(1);
  });

  test.each<[string, (level: { variant: string; location: string }) => Promise<unknown>]>([
    ['a loss', (level) => adjustStock(shop, { ...level, delta: -3, reason: 'lost' }, null)],
    [
      'a transfer',
      async ({ variant, location: from }) =>
        transferStock(shop, { from, to: await aLocation(shop), lines: [{ variant, quantity: 3 }] }, null),
    ],
    [
      'a movement written by hand',
      ({ variant }) =>
        rows(
          shop.db,
          `insert into stock_movements (variant, location, delta_on_hand, reason) select variant, location, -3, 'lost' from stock_levels where variant = ?`,
          [variant],
        ),
    ],
  ])('is told whatever takes it: %s', async (_, take) => {
    await take(await marked(5, 2));
    await fresh.drain();
    expect(inbox.messages(mailbox)).toHaveLength(1);
  });

  test('of a bundle is that of its parts, all in one mail', async () => {
    const [mug, pot] = [await marked(4, 3), await marked(4, 3)];
    const set = await aBundle(shop, { [mug.variant]: 1, [pot.variant]: 2 });
    await anOrderOf(shop, { variant: set, quantity: 1 });
    await fresh.drain();
    expect(inbox.messages(mailbox).map((mail) => mail.subject)).toEqual(['Low stock: 2 levels']);
  });

  test('is not told of an order that was never placed, nor of goods nobody counts', async () => {
    const { variant } = await marked(4, 3);
    const failed = inTransaction(shop.db, async (trx) => {
      await rows(
        trx,
        `insert into stock_movements (variant, location, delta_on_hand, reason) select variant, location, -1, 'lost' from stock_levels where variant = ?`,
        [variant],
      );
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    const uncounted = await marked(4, 3);
    await shop.db.raw('update product_variants set track_stock = false where id = ?', [uncounted.variant]);
    await adjustStock(shop, { ...uncounted, delta: -2 }, null);
    expect(await waiting('alert-low-stock')).toBe(0);
  });

  test('that was filled up before anybody looked is no news', async () => {
    const { variant } = await marked(4, 3);
    await giveUp(shop, await anOrderOf(shop, { variant, quantity: 2 }));
    await fresh.drain();
    expect(inbox.messages(mailbox)).toEqual([]);
  });

  test('is in the inbox of staff and administrators, once, however often the job runs', async () => {
    const staff = [await aUser(ROLES.order_staff), await aUser(ROLES.catalogue_staff)];
    const others = [
      await aUser(ROLES.customer),
      await aUser(ROLES.vendor),
      await aUser(ROLES.order_staff, 'suspended'),
    ];
    const admin = await row<{ id: string }>(
      shop.db,
      `select id from directus_users where email = 'admin@example.com'`,
    );
    const { variant } = await marked(4, 3);
    await anOrderOf(shop, { variant, quantity: 1 });
    await Promise.all(atOnce(4, () => alertLowStock(shop)));
    const told = await rows<{ recipient: string; subject: string; item: string }>(
      shop.db,
      `select recipient, subject, message, collection, item, status from directus_notifications where item =
         (select id::text from stock_levels where variant = ?)`,
      [variant],
    );
    expect(told.map((each) => each.recipient).sort()).toEqual([...staff, admin!.id].sort());
    expect(told[0]).toMatchObject({
      collection: 'stock_levels',
      status: 'inbox',
      subject: expect.stringMatching(/^Low stock: /),
    });
    expect(told.some((each) => others.includes(each.recipient))).toBe(false);
    await fresh.drain();
    expect(inbox.messages(mailbox)).toHaveLength(1);
  });

  test('needs no mail where the shop has no address', async () => {
    await shop.db.raw('update shop_settings set email = null');
    const { variant } = await marked(4, 3);
    await anOrderOf(shop, { variant, quantity: 1 });
    await alertLowStock(shop);
    expect(await waiting('send-mail')).toBe(0);
  });

  test('is reported in whole when staff ask, and not at all while all is well', async () => {
    await shop.db.raw('update stock_levels set low_stock_at = null');
    expect(await reportLowStock(shop)).toEqual({ levels: 0 });
    await marked(2, 3);
    await marked(3, 3);
    await marked(4, 3);
    expect(await reportLowStock(shop)).toEqual({ levels: 2 });
    await fresh.drain();
    expect(inbox.messages(mailbox)).toHaveLength(1);
  });

  test('cannot be marked where nothing is kept', async () => {
    const level = { variant: await aVariant(shop), location: await aLocation(shop), low_stock_at: 3 };
    await expect(markLowStock(shop, level)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('back in stock', () => {
  const guest = { customer: null };
  const soldOut = async () => {
    const variant = await aVariant(shop, { on_hand: 0 });
    return { variant, location: await locationOf(shop, variant) };
  };
  const subjects = (email: string) => inbox.messages(email).map((mail) => mail.subject);

  test('is mailed once to everybody who asked, with a link, and the wish is met', async () => {
    const { variant, location } = await soldOut();
    const emails = [anEmail(), anEmail()];
    for (const email of emails) await askForNotice(shop, guest, { variant, email });
    await putAt(shop, location, variant, 2);
    await fresh.drain();
    for (const email of emails) {
      expect(subjects(email)).toEqual([expect.stringMatching(/^Back in stock: Product p-/)]);
      expect(inbox.messages(email)[0]!.text).toMatch(/https:\/\/nord\.example\/products\/p-/);
    }
    await sendStockNotices(shop);
    await anOrderOf(shop, { variant, quantity: 2 });
    await putAt(shop, location, variant, 2);
    await fresh.drain();
    for (const email of emails) expect(inbox.messages(email)).toHaveLength(1);
    expect(
      await rows(shop.db, 'select id from stock_notices where variant = ? and notified_at is null', [
        variant,
      ]),
    ).toEqual([]);
  });

  test('is mailed once though many jobs look at once', async () => {
    const { variant, location } = await soldOut();
    const emails = Array.from({ length: 30 }, anEmail);
    for (const email of emails) await askForNotice(shop, guest, { variant, email });
    await putAt(shop, location, variant, 1);
    await Promise.all(atOnce(6, () => sendStockNotices(shop)));
    await fresh.drain();
    for (const email of emails) expect(inbox.messages(email)).toHaveLength(1);
  });

  test('is one wish however often it is made, in capitals too, until it is met', async () => {
    const { variant, location } = await soldOut();
    const email = anEmail();
    for (const spelled of [email, email, email.toUpperCase()])
      await askForNotice(shop, guest, { variant, email: spelled });
    await putAt(shop, location, variant, 1);
    await fresh.drain();
    expect(subjects(email)).toHaveLength(1);
    await anOrderOf(shop, { variant, quantity: 1 });
    await askForNotice(shop, guest, { variant, email });
    await putAt(shop, location, variant, 1);
    await fresh.drain();
    expect(subjects(email)).toHaveLength(2);
  });

  test('goes to a customer’s own address', async () => {
    const { variant } = await soldOut();
    const [customer, own] = [randomUUID(), anEmail()];
    await inTransaction(shop.db, (trx) =>
      insertRows(trx, 'customers', [{ id: customer, email: own, locale: 'de-DE' }]),
    );
    await askForNotice(shop, { customer }, { variant, email: anEmail() });
    const wish = await row(shop.db, 'select customer, email, locale from stock_notices where variant = ?', [
      variant,
    ]);
    expect(wish).toEqual({ customer, email: own, locale: 'de-DE' });
  });

  test.each<[string, number, (mug: string, order: string) => Promise<unknown>]>([
    ['the last part comes', 3, async (mug) => putAt(shop, await locationOf(shop, mug), mug, 1)],
    ['an order gives the last part back', 4, (_, order) => giveUp(shop, order)],
  ])('is told of a bundle when %s', async (_, on_hand, come) => {
    const mug = await aVariant(shop, { on_hand });
    const set = await aBundle(shop, { [mug]: 2 });
    const order = await anOrderOf(shop, { variant: mug, quantity: on_hand === 3 ? 2 : 3 });
    const email = anEmail();
    await askForNotice(shop, guest, { variant: set, email });
    await sendStockNotices(shop);
    await fresh.drain();
    expect(subjects(email)).toEqual([]);
    await come(mug, order);
    await fresh.drain();
    expect(subjects(email)).toHaveLength(1);
  });

  test('is told when debts leave room for another backorder, and when backorders are allowed at last', async () => {
    const owing = await aVariant(shop, { on_hand: 0, allow_backorder: true, backorder_limit: 2 });
    const order = await anOrderOf(shop, { variant: owing, quantity: 2 });
    const { variant: closed } = await soldOut();
    const email = anEmail();
    for (const variant of [owing, closed]) await askForNotice(shop, guest, { variant, email });
    await giveUp(shop, order);
    await fresh.drain();
    expect(subjects(email)).toHaveLength(1);
    await shop.db.raw('update product_variants set allow_backorder = true where id = ?', [closed]);
    await sendStockNotices(shop);
    await fresh.drain();
    expect(subjects(email)).toHaveLength(2);
  });

  test('is told of nothing that shoppers cannot buy after all', async () => {
    const { variant, location } = await soldOut();
    const email = anEmail();
    await askForNotice(shop, guest, { variant, email });
    await shop.db.raw(`update product_variants set status = 'archived' where id = ?`, [variant]);
    await putAt(shop, location, variant, 1);
    await fresh.drain();
    expect(subjects(email)).toEqual([]);
  });

  test('needs no job where nobody waits', async () => {
    const { variant, location } = await soldOut();
    await putAt(shop, location, variant, 1);
    expect(await waiting('send-stock-notices')).toBe(0);
  });

  test('cannot be asked for by a guest without an address, nor of what is not sold', async () => {
    const { variant } = await soldOut();
    await expect(askForNotice(shop, guest, { variant })).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      extensions: { path: 'email' },
    });
    const draft = await aVariant(shop, { status: 'draft' });
    await expect(askForNotice(shop, guest, { variant: draft, email: anEmail() })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('cannot be used to fill a stranger’s mailbox', async () => {
    const email = anEmail();
    for (const { variant } of await Promise.all(atOnce(25, soldOut)))
      await askForNotice(shop, guest, { variant, email });
    expect(await rows(shop.db, 'select id from stock_notices where email = ?', [email])).toHaveLength(20);
  });

  test('is forgotten a month after it was met, or after a year of waiting', async () => {
    const [met, waits, fresh_one] = [anEmail(), anEmail(), anEmail()];
    for (const email of [met, waits, fresh_one])
      await askForNotice(shop, guest, { variant: (await soldOut()).variant, email });
    await shop.db.raw(`update stock_notices set notified_at = now() - interval '31 days' where email = ?`, [
      met,
    ]);
    await shop.db.raw(`update stock_notices set created_at = now() - interval '366 days' where email = ?`, [
      waits,
    ]);
    expect(await forgetOldNotices(shop)).toBe(2);
    expect(await rows(shop.db, 'select id from stock_notices where email = ?', [fresh_one])).toHaveLength(1);
  });
});

test('after all of it the books are sound', () => expectSoundBooks(shop));
