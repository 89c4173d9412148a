/**
 * Everything a provider or the network can do wrong, at every step of every way an order can go, at every provider: at the end the books
 * are sound and equal to the provider's, to the cent.
 *
 * `PAYMENT_FAULTS=all npm test -- tests/integration/payment-faults.test.ts` is the long form; without it every fault meets every step of
 * the first way, and each other way meets some.
 */
import { expect, test } from 'vitest';
import { compareBooks } from '../../extensions/commerce-api/src/payments/compare-with-providers.ts';
import { orderById } from '../../extensions/commerce-api/src/orders/queries.ts';
import { rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { readEnv } from '../../extensions/commerce-api/src/platform/env.ts';
import { paymentProviders } from '../../extensions/commerce-api/src/providers/payments.ts';
import type { FaultInput } from '../../scripts/emulators/faults.ts';
import { expectSoundBooks } from '../support/books.ts';
import { TEST_SETTINGS } from '../support/databases.ts';
import { aShippingMethod } from '../support/factories.ts';
import { attend, WALKS, type Ended, type Scene, type Walk } from '../support/payment-walks.ts';
import {
  BENCHES,
  startBench,
  webhookDoor,
  type BenchName,
  type ProviderBench,
  type WebhookDoor,
} from '../support/provider-bench.ts';
import { freshShop } from '../support/shop.ts';
import { SILENT } from '../support/silent-log.ts';

const IS_LONG = process.env['PAYMENT_FAULTS'] === 'all';

type Step = Walk['steps'][number];

/** Faults of requests. Stripe’s client repeats a request once by itself, so those that last for one request meet it twice. */
const REQUEST_FAULTS: {
  name: string;
  fault: FaultInput;
  only?: (bench: BenchName, step: Step) => boolean;
}[] = [
  { name: 'silence before it acted', fault: { kind: 'silence_before_acting' } },
  { name: 'silence after it acted', fault: { kind: 'silence_after_acting' } },
  { name: 'a lost request', fault: { kind: 'lost_request' } },
  { name: 'a lost answer', fault: { kind: 'lost_answer' } },
  { name: '429', fault: { kind: 'error_before_acting', status: 429 } },
  { name: '500 before it acted', fault: { kind: 'error_before_acting', status: 500 } },
  { name: '500 after it acted', fault: { kind: 'error_after_acting', status: 500 } },
  {
    name: 'a stored 500, replayed for a day',
    fault: { kind: 'stored_error', status: 500 },
    only: (bench, step) => bench === 'stripe' && step !== 'read',
  },
  {
    name: 'an answer read before a newer one was written',
    fault: { kind: 'slow_answer', delay_ms: 150 },
    only: (_bench, step) => step === 'read',
  },
  {
    name: 'a wrong amount',
    fault: { kind: 'wrong_amount', by_minor: 100 },
    only: (_bench, step) => step === 'start',
  },
  {
    name: 'a wrong currency',
    fault: { kind: 'wrong_currency', currency: 'EUR' },
    only: (_bench, step) => step === 'start',
  },
];

const EVENT_FAULTS: { name: string; fault: FaultInput }[] = [
  { name: 'webhooks twice', fault: { kind: 'duplicate_events', copies: 2 } },
  { name: 'webhooks in reverse', fault: { kind: 'reorder_events' } },
  { name: 'webhooks a day late', fault: { kind: 'hold_events' } },
  { name: 'webhooks before the answer', fault: { kind: 'events_first' } },
  { name: 'webhooks with a bad signature first', fault: { kind: 'bad_signature' } },
  { name: 'webhooks of unknown types between', fault: { kind: 'unknown_event' } },
  { name: 'webhooks of another account between', fault: { kind: 'foreign_event' } },
];

interface Case {
  walk: Walk;
  title: string;
  faults: FaultInput[];
  is_wrong: boolean;
}

function casesOf(bench: ProviderBench): Case[] {
  const walks = WALKS.filter((walk) => walk.only?.includes(bench.name) ?? true);
  return walks.flatMap((walk, index) => {
    const requests = walk.steps.flatMap((step) => {
      const route = routeOf(bench, walk, step);
      if (route === null) return [];
      return REQUEST_FAULTS.filter(({ only }) => only?.(bench.name, step) ?? true).map(({ name, fault }) => ({
        walk,
        title: `${walk.name}, with ${name} at “${step}”`,
        faults: [
          {
            ...fault,
            route,
            times: bench.name === 'stripe' && fault.kind !== 'stored_error' ? 2 : 1,
          } as FaultInput,
        ],
        is_wrong: fault.kind === 'wrong_amount' || fault.kind === 'wrong_currency',
      }));
    });
    const events = EVENT_FAULTS.map(({ name, fault }) => ({
      walk,
      title: `${walk.name}, with ${name}`,
      faults: [{ ...fault, times: 1000 } as FaultInput],
      is_wrong: false,
    }));
    const all = [...requests, ...events];
    return IS_LONG || index === 0 ? all : all.filter((_each, position) => (position + index) % 4 === 0);
  });
}

function routeOf({ routes, name }: ProviderBench, walk: Walk, step: Step): string | null {
  if (walk.is_later && name === 'paypal') {
    if (step === 'take') return 'POST /v2/payments/authorizations/*/capture';
    if (step === 'cancel') return 'POST /v2/payments/authorizations/*/void';
  }
  if (walk.is_hosted === true) {
    if (step === 'start') return 'POST /v1/checkout/sessions';
    if (step === 'read') return 'GET /v1/checkout/sessions/*';
    if (step === 'cancel') return 'POST /v1/checkout/sessions/*/expire';
  }
  if (step === 'take' && name === 'stripe' && !walk.is_later) return null;
  return routes[step];
}

/** Ways walked side by side, each lane with a shop, an emulator and faults of its own: most of the time is spent waiting for silence. */
const LANES: Record<BenchName, number> = { stripe: 4, paypal: 2, flutterwave: 2 };

test.concurrent.each(BENCHES)(
  'every way, with every fault at every step on the way to %s, ends in books that add up',
  { timeout: 1_200_000 },
  async (name) => {
    const lanes: Lane[] = [];
    try {
      for (let lane = 0; lane < LANES[name]; lane += 1) lanes.push(await openLane(name));
      const cases = casesOf(lanes[0]!.bench);
      const walks = await Promise.all(
        lanes.map((lane, index) =>
          walkAll(
            lane,
            cases.filter((_each, place) => place % lanes.length === index),
          ),
        ),
      );
      const broken = walks.flatMap((each) => each.broken);
      const met = walks.reduce((count, each) => count + each.met, 0);
      console.log(
        `${name}: ${cases.length} combinations of way, step and fault, of which ${met} met, ${broken.length} broken`,
      );
      expect(broken).toEqual([]);
      expect(met).toBeGreaterThan(40);
      for (const lane of lanes) await expectSameBooks(lane);
    } finally {
      for (const lane of lanes) await lane.close();
    }
  },
);

interface Lane {
  bench: ProviderBench;
  door: WebhookDoor;
  /** The next case gets providers of its own: what one did to a breaker must not meet another. */
  scene: (is_later: boolean) => Promise<Scene>;
  close: () => Promise<void>;
}

async function openLane(name: BenchName): Promise<Lane> {
  const door = await webhookDoor();
  const bench = await startBench(name, door.urlOf(name));
  const fresh = await freshShop({ env: bench.env });
  const method = await aShippingMethod(fresh.shop);
  const env = readEnv({ ...TEST_SETTINGS, ...bench.env });
  return {
    bench,
    door,
    async scene(is_later) {
      const payments = paymentProviders(env, SILENT);
      const shop = { ...fresh.shop, providers: { ...fresh.shop.providers, payments } };
      await shop.db('shop_settings').update({ payment_capture: is_later ? 'later' : 'now' });
      door.open(shop);
      return { shop, pool: fresh.pool, bench, method };
    },
    async close() {
      await bench.close();
      await door.close();
      await fresh.stop();
    },
  };
}

interface Walked {
  /** What went wrong, a sentence each. */
  broken: string[];
  /** How many faults found what they were meant for; the others met a way that did not pass by. */
  met: number;
}

async function walkAll({ bench, door, scene }: Lane, cases: readonly Case[]): Promise<Walked> {
  const broken: string[] = [];
  let met = 0;
  for (const each of cases) {
    bench.faults.clear();
    const now = await scene(each.walk.is_later ?? false);
    const added = each.faults.map((fault) => bench.faults.add(fault));
    try {
      const ended = await each.walk.go(now);
      const left = bench.faults.list();
      if (!added.some(({ id, times }) => left.some((fault) => fault.id === id && fault.times === times)))
        met += 1;
      bench.faults.clear();
      const problems = await problemsOf(now, ended, each.is_wrong);
      if (problems.length > 0) broken.push(`${each.title}: ${problems.join('; ')}`);
    } catch (error) {
      broken.push(
        `${each.title}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
    for (const failure of door.failures.splice(0))
      broken.push(`${each.title}: at the door: ${String(failure)}`);
  }
  bench.faults.clear();
  return { broken, met };
}

/** @returns what is not as it should be at the end of one way */
async function problemsOf(now: Scene, ended: Ended, is_wrong: boolean): Promise<string[]> {
  const { shop, bench } = now;
  await attend(now, ended.order);
  const order = (await orderById(shop.db, ended.order))!;
  const payments = await rows<{ id: string; status: string; captured_minor: number; refunded_minor: number }>(
    shop.db,
    'select id, status, captured_minor, refunded_minor from payments where "order" = ? order by created_at',
    [ended.order],
  );
  const held = bench.held();
  const problems = payments.flatMap(({ id, captured_minor, refunded_minor }) => {
    const theirs = held.filter(({ payment }) => payment === id);
    const [captured, refunded] = [sum(theirs, 'captured_minor'), sum(theirs, 'refunded_minor')];
    return captured === captured_minor && refunded === refunded_minor
      ? []
      : [
          `payment ${id}: we say ${captured_minor} and ${refunded_minor} back, they ${captured} and ${refunded}`,
        ];
  });
  // Money of a wrong amount was given back, and the order waits for the right one.
  if (is_wrong) return problems;
  const kept_minor = order.paid_minor - order.refunded_minor;
  if (kept_minor !== ended.kept_minor)
    problems.push(`kept ${kept_minor} instead of ${ended.kept_minor} (${JSON.stringify(payments)})`);
  if (order.status !== ended.status) problems.push(`is ${order.status} instead of ${ended.status}`);
  return problems;
}

async function expectSameBooks({ bench, scene }: Lane): Promise<void> {
  const { shop } = await scene(false);
  await expectSoundBooks(shop);
  const compared = await compareBooks(shop, { since: new Date(0) });
  expect(compared.find(({ provider }) => provider === bench.name)).toMatchObject({ broken: [] });
}

function sum<Key extends 'captured_minor' | 'refunded_minor'>(
  list: readonly Record<Key, number>[],
  key: Key,
): number {
  return list.reduce((total, each) => total + each[key], 0);
}
