/** What `kontor doctor` finds: each invariant of the books is broken here once, past all guards, so that a clean answer means something. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Knex } from 'knex';
import { addCode, addGiftCard } from '../../extensions/commerce-api/src/cart/change-cart.ts';
import { issueGiftCard } from '../../extensions/commerce-api/src/gift-cards/issue-gift-card.ts';
import { transferStock } from '../../extensions/commerce-api/src/inventory/transfer-stock.ts';
import { drainListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import { examine } from '../../extensions/commerce-api/src/operations/examine.ts';
import { INVARIANTS } from '../../extensions/commerce-api/src/operations/invariant-queries.ts';
import { refundReturn } from '../../extensions/commerce-api/src/orders/refund-return.ts';
import { takeBack } from '../../extensions/commerce-api/src/orders/request-return.ts';
import { shipOrder } from '../../extensions/commerce-api/src/orders/ship-order.ts';
import { enqueue } from '../../extensions/commerce-api/src/platform/jobs.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { expectSoundBooks } from '../support/books.ts';
import { aReadyCart, aVariant, place } from '../support/factories.ts';
import { orderDesk } from '../support/paid-orders.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { aLocation, locationOf } from '../support/stock.ts';

let fresh: FreshShop;
let shop: Shop;
/** Two of it are promised to an unpaid order. */
let variant: string;
let unpaid: string;
/** Shipped, paid, and a part of it came back and was refunded. */
let returned: string;

beforeAll(async () => {
  fresh = await freshShop();
  shop = fresh.shop;
  const desk = await orderDesk(shop);

  const sent = await desk.aPaidOrder([2]);
  returned = sent.order.id;
  await shipOrder(shop, returned, {}, null);
  const [line] = sent.lines;
  const wish = { lines: [{ order_line: line!.id, quantity: 1 }], received: true };
  const { return: entry } = await takeBack(shop, returned, wish, null);
  await refundReturn(shop, entry, {}, null);

  await paidWithCard();
  await sellCard();
  const moved = sent.variants[0]!;
  const [from, to] = [await locationOf(shop, moved), await aLocation(shop)];
  await transferStock(shop, { from, to, lines: [{ variant: moved, quantity: 1 }] }, null);
  const event = { provider: 'stripe', event_id: 'evt_1', type: 'thing.happened', payload: '{}' };
  await shop.db('webhook_events').insert({ ...event, status: 'processed' });
  await fresh.drain();

  const waiting = await desk.anOrder([2]);
  unpaid = waiting.order.id;
  variant = waiting.variants[0]!;
  await drainListings(shop);
});
afterAll(() => fresh.stop());

/** An order that a gift card pays whole, at a promotion's price. */
async function paidWithCard(): Promise<void> {
  const { code } = await issueGiftCard(shop, { initial_minor: 5000, currency: 'USD' }, null);
  const promotion = {
    name: 'Tenth',
    status: 'active',
    kind: 'percentage',
    value_ppm: 100_000,
    code: 'TENTH',
    requires_code: true,
  };
  await shop.db('promotions').insert({ ...promotion, budget_minor: 1000, currency: 'USD' });
  const goods = await aVariant(shop, { kind: 'digital' });
  const cart = await aReadyCart(shop, '', [{ variant: goods, quantity: 1 }]);
  await addCode(shop, cart.id, cart.holder, 'TENTH');
  const { quote } = await addGiftCard(shop, cart.id, cart.holder, code);
  await place(shop, { ...cart, total_minor: quote.total_minor });
}

/** A gift card that is bought, with another one. */
async function sellCard(): Promise<void> {
  const { code } = await issueGiftCard(shop, { initial_minor: 1000, currency: 'USD' }, null);
  const card = await aVariant(shop, { kind: 'digital', track_stock: false });
  const { product } = await shop.db('product_variants').where({ id: card }).first('product');
  await shop.db('products').where({ id: product }).update({ kind: 'gift_card' });
  const cart = await aReadyCart(shop, '', [{ variant: card, quantity: 1 }]);
  await addGiftCard(shop, cart.id, cart.holder, code);
  await place(shop, cart);
}

test('finds nothing in books that are sound, and looks at something for every invariant', async () => {
  await expectSoundBooks(shop);
  const findings = await examine(shop);
  expect(findings.filter(({ checked }) => checked === 0)).toEqual([]);
});

const aMovement = `insert into stock_movements (variant, location, reason, delta_on_hand, delta_reserved, "order", transfer)
  select variant, location,`;

/** What is done to the books, by the name of what must find it. `:variant`, `:unpaid` and `:returned` are the ones above. */
const VIOLATIONS: Record<string, string[]> = {
  'stock levels equal their ledger': [
    'update stock_levels set on_hand = on_hand + 1 where variant = :variant',
  ],
  'every movement belongs to a level': ['delete from stock_levels where variant = :variant'],
  'nothing is promised twice or oversold': [
    'update stock_levels set reserved = on_hand + 1 where variant = :variant',
  ],
  'reserved stock belongs to pending orders': [`update orders set status = 'cancelled' where id = :unpaid`],
  'pending orders hold what they sold': [
    `${aMovement} 'release', 0, -1, :unpaid, null from stock_levels where variant = :variant`,
  ],
  'orders give back no more stock than they took': [
    `${aMovement} 'return', 1, 0, :unpaid, null from stock_levels where variant = :variant`,
  ],
  'transfers put down what they picked up': [
    `${aMovement} 'transfer', 1, 0, null, gen_random_uuid() from stock_levels where variant = :variant`,
  ],
  'order totals add up': [
    'alter table orders drop constraint orders_total_minor_check',
    'update orders set total_minor = total_minor + 1 where id = :unpaid',
  ],
  'order lines add up to their order': [
    `update order_lines set unit_price_minor = unit_price_minor + 1, subtotal_minor = subtotal_minor + quantity,
       total_minor = total_minor + quantity where "order" = :unpaid`,
  ],
  'discounts and shipping add up to their order': [
    `update order_adjustments set amount_minor = amount_minor + 1 where kind = 'shipping' and "order" = :unpaid`,
  ],
  'a provider payment belongs to one order': [
    'drop index payments_provider_provider_payment_key',
    `update payments set provider_payment = 'one for all' where provider = 'manual'`,
  ],
  'orders are paid what their payments captured': [
    'update orders set paid_minor = paid_minor + 1 where id = :returned',
  ],
  'an order’s status fits its payments': [
    `update orders set payment_status = 'pending' where id = :returned`,
  ],
  'fulfilled quantities equal shipments': ['update shipment_lines set quantity = quantity + 1'],
  'returned quantities equal received returns, and nothing is returned twice': [
    'update return_lines set quantity = quantity + 1',
  ],
  'an order’s status fits its shipments': [`update orders set status = 'delivered' where id = :returned`],
  'refunds are what was captured at most, and payments gave back what they say': [
    'update refunds set amount_minor = amount_minor + 1',
  ],
  'refunds whose outcome nobody knows are on the staff’s list': [
    `update refunds set is_unclear = true, status = 'pending'`,
    'update orders set needs_attention = false',
  ],
  'gift cards and store credit equal their ledgers': [
    'update gift_cards set balance_minor = balance_minor + 1',
  ],
  'tenders hold what was taken for them': [
    `update payments set captured_minor = captured_minor - 1 where provider = 'gift_card'`,
  ],
  'what was spent belongs to a payment of its order': [
    `update gift_card_movements set payment = null where reason = 'spent'`,
  ],
  'gift cards that were sold are issued': [
    'delete from gift_cards where source_order_line is not null',
    `update orders set paid_at = now() - interval '1 hour' where paid_at is not null`,
  ],
  'every state of an order has its event': [
    `delete from order_events where kind = 'placed' and "order" = :unpaid`,
  ],
  'every state of a return has its event': [`delete from order_events where kind = 'return_refunded'`],
  'promotions count their redemptions': ['update promotions set usage_count = usage_count + 1'],
  'orders that live use their promotions': ['update promotion_redemptions set released_at = now()'],
  'listings say what the catalogue says': [
    `insert into commerce.shelf_facets (shelf, currency, facet, value, products) values (gen_random_uuid(), 'USD', 'total', '', 1)`,
  ],
  'stored webhooks have been processed': [`update webhook_events set status = 'failed'`],
  'no job has given up': ['update graphile_worker._private_jobs set attempts = max_attempts'],
};

test('every invariant is broken by a case below', () => {
  expect(Object.keys(VIOLATIONS).sort()).toEqual(INVARIANTS.map(({ name }) => name).sort());
});

test.each(Object.entries(VIOLATIONS))('finds that not: %s', async (name, statements) => {
  const broken = await afterwards(statements);
  expect(broken).toContain(name);
});

test('budgets that are not what redemptions took, and codes of a list that count another number, are found, too', async () => {
  expect(await afterwards(['update promotions set budget_used_minor = budget_used_minor + 1'])).toEqual([
    'promotions count their redemptions',
  ]);
  const aCode = `insert into promotion_codes (promotion, code, usage_limit, usage_count) select id, 'LISTED', 5, 1 from promotions`;
  expect(await afterwards([aCode])).toEqual(['promotions count their redemptions']);
});

test('shelves that count another number in stock are found, too', async () => {
  const more = `update commerce.shelf_facets set in_stock = in_stock + 1 where facet = 'total'`;
  expect(await afterwards([more])).toEqual(['listings say what the catalogue says']);
});

test('a job that was asked for again while it ran, and whose process was killed, has not given up: another does its work', async () => {
  const job = { job_key: 'asked for twice' };
  await enqueue(shop.db, 'clean-up', {}, job);
  await shop.db.raw(
    `update graphile_worker._private_jobs set attempts = 1, locked_at = now(), locked_by = 'dead' where key = ?`,
    [job.job_key],
  );
  await enqueue(shop.db, 'clean-up', {}, job);
  await shop.db.raw(`select graphile_worker.force_unlock_workers('{dead}')`);
  const jobs = await shop.db.raw(
    `select key, attempts from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'clean-up'`,
  );
  expect(jobs.rows).toEqual([{ key: job.job_key, attempts: 0 }]);
  await expectSoundBooks(shop);
});

/** The names of what is broken once these statements ran, in a transaction that no guard watches and nobody keeps. */
async function afterwards(statements: string[]): Promise<string[]> {
  let trx: Knex.Transaction | undefined;
  try {
    trx = await shop.db.transaction();
    await trx.raw('set local session_replication_role = replica');
    for (const statement of statements) await trx.raw(statement, namesIn(statement));
    const findings = await examine({ ...shop, db: trx });
    return findings.filter(({ broken }) => broken.length > 0).map((finding) => finding.name);
  } finally {
    await trx?.rollback();
  }
}

function namesIn(statement: string): Record<string, string> {
  const known = { variant, unpaid, returned };
  return Object.fromEntries(Object.entries(known).filter(([name]) => statement.includes(`:${name}`)));
}
