/**
 * Shoppers and staff place, pay, cancel, refund, ship, return and edit at random in a process that is killed with SIGKILL at random
 * moments and started again. At the end the books are sound, equal to the provider's, and nothing anybody was told has been lost.
 *
 * Short by default. `KILL_ROUNDS=200 npm test -- tests/integration/kill.test.ts` is the long form; KILL_SEED repeats the choices
 * of a run that failed.
 */
import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { issueGiftCard } from '../../extensions/commerce-api/src/gift-cards/issue-gift-card.ts';
import { startStripeEmulator } from '../../scripts/emulators/stripe/server.ts';
import { freePort } from '../../scripts/postgres.ts';
import { expectBooksOf, expectSoundBooks } from '../support/books.ts';
import { TEST_SETTINGS } from '../support/databases.ts';
import { aShippingMethod, aVariant } from '../support/factories.ts';
import { lostAnswers } from '../support/kill-checks.ts';
import type { Goods } from '../support/kill-protocol.ts';
import { killAgainAndAgain, type KillReport } from '../support/kill-run.ts';
import { freshShop } from '../support/shop.ts';
import { aBundle, aLocation, putAt } from '../support/stock.ts';
import { until } from '../support/until.ts';

const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 12);
const SEED = Number(process.env['KILL_SEED'] ?? randomInt(2 ** 31));
const WEBHOOK_SECRET = 'whsec_of_the_kill_test';

/** What is there is little, so that everybody wants the same. */
async function stockUp(shop: Shop): Promise<Goods> {
  await shop.db('shop_settings').update({ max_unpaid_per_customer: 100_000 });
  const variants: string[] = [];
  for (let index = 0; index < 6; index += 1)
    variants.push(await aVariant(shop, { on_hand: 12, price_minor: 700 + 130 * index }));
  variants.push(await aVariant(shop, { on_hand: 2, allow_backorder: true, backorder_limit: 5 }));
  variants.push(await aVariant(shop, { track_stock: false, kind: 'digital' }));
  const locations = [(await shop.db('stock_locations').first('id'))!.id as string, await aLocation(shop)];
  for (const variant of variants.slice(0, 3)) await putAt(shop, locations[1]!, variant, 6);
  const bundle = await aBundle(shop, { [variants[0]!]: 2, [variants[1]!]: 1 }, { price_minor: 1900 });
  const card = await aVariant(shop, { track_stock: false, kind: 'digital', price_minor: 1000 });
  const { product } = await shop.db('product_variants').where({ id: card }).first('product');
  await shop.db('products').where({ id: product }).update({ kind: 'gift_card' });
  const gift_cards = [];
  for (let index = 0; index < 4; index += 1)
    gift_cards.push((await issueGiftCard(shop, { initial_minor: 4000, currency: 'USD' }, null)).code);
  const customers = [];
  for (const name of ['ada', 'grace']) {
    const [customer] = await shop.db('customers').insert({ email: `${name}@example.com` }, 'id');
    customers.push(customer.id as string);
  }
  return {
    variants: [...variants, bundle, card],
    locations,
    method: await aShippingMethod(shop),
    codes: await promote(shop),
    gift_cards,
    customers,
  };
}

/** A code with few uses, one with a small budget, and one that may be used as often as anybody likes. */
async function promote(shop: Shop): Promise<string[]> {
  const common = { status: 'active', requires_code: true, stackable: true, kind: 'percentage' };
  const promotions = [
    { ...common, name: 'Few', code: 'FEW', value_ppm: 100_000, usage_limit: 12 },
    { ...common, name: 'Small', code: 'SMALL', value_ppm: 200_000, budget_minor: 4000, currency: 'USD' },
    { ...common, name: 'Always', code: 'ALWAYS', value_ppm: 50_000 },
  ];
  await shop.db('promotions').insert(promotions);
  return promotions.map(({ code }) => code);
}

/** Promotions that gave more than they may. What they count is what was redeemed: `doctor` knows. */
function overspent({ db }: Shop): Promise<unknown[]> {
  return rows(
    db,
    `select name, usage_count, usage_limit, budget_used_minor, budget_minor from promotions
     where usage_count > usage_limit or budget_used_minor > budget_minor`,
  );
}

/** A worker gives back what dead ones had locked when it starts, or a quarter of a minute later what was locked just then. */
async function noLockIsNew({ db }: Shop): Promise<boolean> {
  const [locks] = await rows<{ is_new: boolean }>(
    db,
    `select coalesce(bool_or(locked_at > now() - interval '5 seconds'), false) as is_new from graphile_worker._private_jobs`,
  );
  return locks?.is_new === false;
}

async function summary({ db }: Shop, { kills, repeated, confirmed, refused }: KillReport): Promise<string> {
  const byKind: Record<string, number> = {};
  for (const { kind } of confirmed) byKind[kind] = (byKind[kind] ?? 0) + 1;
  const orders = await rows<{ status: string; payment_status: string; count: number }>(
    db,
    'select status, payment_status, count(*) as count from orders group by 1, 2 order by 1, 2',
  );
  const count = orders.reduce((sum, each) => sum + each.count, 0);
  return [
    `${kills} kills, seed ${SEED}: ${count} orders, ${confirmed.length} confirmed answers, ${repeated} requests cut off and repeated.`,
    `Confirmed: ${list(byKind)}.`,
    `Orders: ${list(Object.fromEntries(orders.map((each) => [`${each.status}/${each.payment_status}`, each.count])))}.`,
    `Refused: ${list(refused)}.`,
  ].join('\n');
}

function list(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

test(
  `a process that is killed ${ROUNDS} times loses nothing it has confirmed`,
  async () => {
    const webhook_port = await freePort();
    const emulator = await startStripeEmulator({
      port: 0,
      webhook_url: `http://127.0.0.1:${webhook_port}/`,
      webhook_secret: WEBHOOK_SECRET,
      retry_ms: 25,
    });
    const payments = {
      STRIPE_SECRET_KEY: 'sk_test_tests',
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      STRIPE_API_URL: emulator.url,
    };
    const fresh = await freshShop({ env: payments });
    try {
      const report = await killAgainAndAgain({
        rounds: ROUNDS,
        seed: SEED,
        goods: await stockUp(fresh.shop),
        env: { ...TEST_SETTINGS, ...fresh.connection, ...payments },
        webhook_port,
        emulator,
        beforeLast: () => until('the dead are believed dead', () => noLockIsNew(fresh.shop)),
        beforeEnd: () => emulator.events.settled(),
      });
      console.log(await summary(fresh.shop, report));

      expect(report.broken, `KILL_SEED=${SEED}`).toEqual([]);
      expect(report.unanswered).toEqual([]);
      expect(await lostAnswers(fresh.shop, report.confirmed), `KILL_SEED=${SEED}`).toEqual([]);
      expect(await overspent(fresh.shop), `KILL_SEED=${SEED}`).toEqual([]);
      const stored = await fresh.shop.db('webhook_events').pluck('event_id');
      const untold = emulator.events.deliveries().filter(({ id }) => !stored.includes(id));
      expect(untold, 'events the provider was told are taken').toEqual([]);
      await expectSoundBooks(fresh.shop);
      await expectBooksOf(fresh.shop, emulator);
    } finally {
      await fresh.stop();
      await emulator.close();
    }
  },
  60_000 + 10_000 * ROUNDS,
);
