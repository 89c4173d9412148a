/**
 * Many shoppers at once, three providers of whose requests and events one in ten goes wrong, and workers that are killed at random: at
 * the end shop and providers hold the same money, nobody has paid twice, and whoever has paid has their order.
 *
 * Short by default. `STORM_CHECKOUTS=1000 npm test -- tests/integration/payment-storm.test.ts` is the long form; STORM_SEED repeats the
 * choices of a run.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { payOrder } from '../../extensions/commerce-api/src/checkout/pay-order.ts';
import { paymentStatus } from '../../extensions/commerce-api/src/checkout/payment-status.ts';
import { isKontorError } from '../../extensions/commerce-api/src/errors.ts';
import { cancelOrder } from '../../extensions/commerce-api/src/orders/close-order.ts';
import { compareBooks } from '../../extensions/commerce-api/src/payments/compare-with-providers.ts';
import { refundOrder } from '../../extensions/commerce-api/src/payments/refund-order.ts';
import { row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Settings } from '../../scripts/environment.ts';
import { freePort } from '../../scripts/postgres.ts';
import { ROOT } from '../../scripts/prepare.mjs';
import { expectSoundBooks } from '../support/books.ts';
import { TEST_SETTINGS } from '../support/databases.ts';
import { aReadyCart, aShippingMethod, aVariant, place } from '../support/factories.ts';
import { makeFlaky, type Flaky } from '../support/flaky.ts';
import { chance } from '../support/kill-protocol.ts';
import { attend, finish, type Scene } from '../support/payment-walks.ts';
import { BENCHES, startBench, webhookDoor, type ProviderBench } from '../support/provider-bench.ts';
import { freshShop } from '../support/shop.ts';

const CHECKOUTS = Number(process.env['STORM_CHECKOUTS'] ?? 45);
const SEED = Number(process.env['STORM_SEED'] ?? randomInt(2 ** 31));
const CONCURRENCY = 20;
/** A request is asked about some ten kinds of faults, of which those that fit it count: about one in ten meets one. */
const SHARE_OF_FAULTS = 0.2;

test(
  `${CHECKOUTS} checkouts at flaky providers, with workers that are killed, leave the same books on both sides`,
  { timeout: 120_000 + CHECKOUTS * 1500 },
  async () => {
    const began = new Date();
    const port = await freePort();
    const benches: ProviderBench[] = [];
    for (const name of BENCHES) benches.push(await startBench(name, `http://127.0.0.1:${port}/${name}`));
    const payments = Object.assign({}, ...benches.map(({ env }) => env)) as Settings;
    const fresh = await freshShop({ env: payments });
    const { shop } = fresh;
    const random = chance(SEED);
    const flaky = benches.map(({ faults }) => makeFlaky(faults, SHARE_OF_FAULTS, random));
    const killer = killing({ ...TEST_SETTINGS, ...fresh.connection, ...payments }, port, random);
    try {
      await shop.db('shop_settings').update({ storefront_url: 'https://shop.example' });
      const method = await aShippingMethod(shop);
      const variant = await aVariant(shop, { on_hand: CHECKOUTS * 2 });
      const scenes = benches.map((bench): Scene => ({ shop, pool: fresh.pool, bench, method }));
      const told: Record<string, number> = {};
      let left = CHECKOUTS;
      const shopper = async () => {
        while (left-- > 0) {
          const outcome = await oneCheckout(scenes[Math.floor(random() * scenes.length)]!, variant, random);
          told[outcome] = (told[outcome] ?? 0) + 1;
        }
      };
      await killer.begin();
      await Promise.all(Array.from({ length: CONCURRENCY }, shopper));
      for (const each of flaky) each.mend();
      await killer.end();

      const door = await webhookDoor(port);
      door.open(shop);
      try {
        await freeJobs(scenes[0]!);
        for (const scene of scenes) await finish(scene);
        for (const { order, provider } of await flagged(scenes[0]!))
          await attend(scenes.find(({ bench }) => bench.name === provider)!, order);
        for (const scene of scenes) await finish(scene);
        expect(door.failures).toEqual([]);
      } finally {
        await door.close();
      }
      console.log(
        `seed ${SEED}: ${CHECKOUTS} checkouts, ${killer.kills()} kills, ${list(told)}; faults: ${list(countsOf(flaky))}`,
      );

      await expectSoundBooks(shop);
      const compared = await compareBooks(shop, { since: began });
      expect(
        compared.flatMap(({ broken }) => broken),
        `STORM_SEED=${SEED}`,
      ).toEqual([]);
      expect(await unfair(scenes), `STORM_SEED=${SEED}`).toEqual([]);
      const kills = CHECKOUTS >= 1000 ? 20 : 1;
      expect(killer.kills()).toBeGreaterThanOrEqual(kills);
    } finally {
      await killer.end();
      for (const bench of benches) await bench.close();
      await fresh.stop();
    }
  },
);

/** One shopper from cart to payment, with a mind of their own. @returns what they did */
async function oneCheckout(scene: Scene, variant: string, random: () => number): Promise<string> {
  const { shop, bench, method } = scene;
  const cart = await aReadyCart(shop, method, [{ variant, quantity: 1 }]);
  const key = randomUUID();
  const { order } = await again(() => place(shop, cart, { provider: bench.name, key }));
  const mind = random();
  if (mind < 0.05) return 'left without paying';
  if (mind < 0.1) {
    await again(() => cancelOrder(shop, order, { actor_kind: 'customer' }), ['ORDER_NOT_CANCELLABLE']);
    return 'cancelled';
  }
  const first = await toPay(scene, order);
  if (first === null) return 'had nothing to pay';
  if (mind < 0.2) bench.pay(first, 'declined');
  for (let visit = 0; visit < 4; visit += 1) {
    const payment = visit === 0 && mind >= 0.2 ? first : await toPay(scene, order);
    if (payment === null) break;
    try {
      bench.pay(payment);
    } catch {
      // The page says that it has been paid, or takes nothing any more: the shopper goes back to the shop.
    }
    const { payment: now } = await paymentStatus(shop, order);
    if (now.captured_minor > 0 || now.status === 'processing') break;
  }
  if (random() > 0.9) {
    const { order: now } = await paymentStatus(shop, order);
    if (now.paid_minor > 300)
      await refundOrder(shop, order.id, { amount_minor: 300 }, { actor_kind: 'staff' });
    return 'paid, and got something back';
  }
  return 'paid';
}

async function toPay({ shop }: Scene, order: Parameters<typeof payOrder>[1]): Promise<string | null> {
  const answer = await again(() => payOrder(shop, order, {}), ['ORDER_NOT_PAYABLE']);
  return answer?.payment.provider_payment ?? null;
}

const PATIENT = ['PROVIDER_FAILED', 'PROVIDER_UNAVAILABLE', 'IDEMPOTENCY_KEY_IN_USE'];

/** Whoever gets no answer asks again. @returns undefined where a refusal is an answer, too */
async function again<Answer>(ask: () => Promise<Answer>, answers?: never): Promise<Answer>;
async function again<Answer>(ask: () => Promise<Answer>, answers: string[]): Promise<Answer | undefined>;
async function again<Answer>(
  ask: () => Promise<Answer>,
  answers: string[] = [],
): Promise<Answer | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isKontorError(error)) throw error;
      if (answers.includes(error.code)) return undefined;
      if (!PATIENT.includes(error.code) || tries === 60) throw error;
      await pause(50 * tries);
    }
  }
}

/** Keeps one worker alive, and kills it again and again. */
function killing(env: Settings, port: number, random: () => number) {
  let isOver = false;
  let kills = 0;
  let running: Promise<void> = Promise.resolve();
  async function once_(): Promise<void> {
    const child = fork(join(ROOT, 'tests', 'support', 'storm-worker.ts'), [String(port)], {
      env,
      silent: true,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    await heard(child);
    await pause(300 + random() * 1500);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    kills += 1;
  }
  return {
    kills: () => kills,
    begin: () => {
      running = (async () => {
        while (!isOver) await once_();
      })();
      return Promise.resolve();
    },
    async end() {
      isOver = true;
      await running;
    },
  };
}

/** @throws Error with the last words of a process that ends before it is ready */
async function heard(child: ChildProcess): Promise<void> {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const said = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (said[0] !== 'ready') throw new Error(`The worker ended before it was ready:\n${words}`);
}

/** Every worker is dead: what they had taken is free, as it is when the next one starts. */
async function freeJobs({ shop }: Scene): Promise<void> {
  await row(
    shop.db,
    `select graphile_worker.force_unlock_workers(array_agg(distinct locked_by)) from graphile_worker._private_jobs
     where locked_by is not null having count(*) > 0`,
  );
}

function flagged({ shop }: Scene): Promise<{ order: string; provider: string }[]> {
  return rows(
    shop.db,
    `select o.id as order, p.provider from orders o join payments p on p."order" = o.id
     where o.needs_attention and p.provider_payment is not null group by 1, 2`,
  );
}

/** Orders that cost their shopper more than they should, or took money and gave nothing for it. */
async function unfair(scenes: readonly Scene[]): Promise<string[]> {
  const { shop } = scenes[0]!;
  const held = scenes.flatMap(({ bench }) => bench.held());
  const orders = await rows<{
    id: string;
    number: string;
    status: string;
    total_minor: number;
    payments: string[];
  }>(
    shop.db,
    `select o.id, o.number, o.status, o.total_minor, array_agg(p.id::text) as payments
     from orders o join payments p on p."order" = o.id group by o.id`,
  );
  return orders.flatMap(({ number, status, total_minor, payments }) => {
    const theirs = held.filter(({ payment }) => payments.includes(payment));
    const kept_minor = theirs.reduce((sum, each) => sum + each.captured_minor - each.refunded_minor, 0);
    if (kept_minor > total_minor) return [`${number} costs ${total_minor} and took ${kept_minor}`];
    return kept_minor > 0 && status !== 'processing' ? [`${number} took ${kept_minor} and is ${status}`] : [];
  });
}

function countsOf(flaky: readonly Flaky[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of flaky)
    for (const [kind, count] of Object.entries(each.counts)) counts[kind] = (counts[kind] ?? 0) + count;
  return counts;
}

function list(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
