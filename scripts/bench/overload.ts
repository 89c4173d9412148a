/**
 * `bench overload`: first what the shop can, then for as long as is asked five times that, then an everyday load. Shoppers come
 * whether earlier ones were served or not, as they do. Every order that was told of must be there, once; nobody who was refused has one;
 * the provider's books are ours; and the shop must soon be as quick and as large as before.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { examine } from '../../extensions/commerce-api/src/operations/examine.ts';
import { compareBooks } from '../../extensions/commerce-api/src/payments/compare-with-providers.ts';
import { positive, type BenchOptions, type Measured } from '../bench.ts';
import { end, startChild } from '../directus.ts';
import type { Settings } from '../environment.ts';
import { ROOT } from '../prepare.mjs';
import { openDatabase } from '../setup.ts';
import { benchShop, type Stops } from './bench-shop.ts';
import { clientOf, rateOf } from './load.ts';
import { skus } from './own-catalogue.ts';
import { rateFrom, rounded } from './rates.ts';
import { openShop, type BenchShop } from './selling.ts';
import { startWalks, type Walk } from './walks.ts';

export const OPTIONS = { times: { type: 'string', default: '5' } } as const;

const WEBHOOK_SECRET = 'whsec_of_the_bench';
/** How many walks at once find out what the shop can. */
const WORKERS = 12;
const CALIBRATION_S = 10;
const EVERYDAY_S = 20;
/** Of what it can, an everyday load. */
const EVERYDAY_SHARE = 0.5;
/** As quick as before: so much of what is asked is served within a second, and nobody is refused. */
const SERVED_SHARE = 0.9;
const RECOVERED_WITHIN_S = 10;
const SETTLING_S = 30;
const GROWN_AT_MOST = 1.3;
const MEGABYTE = 1024 * 1024;
const PAGE = 4096;
const MOST_SOCKETS = 4_000;
const MOST_TOLD = 20;

export async function measure(_args: string[], { seconds, own }: BenchOptions): Promise<Measured> {
  const stops: Stops = [];
  try {
    const stripe = await startEmulator(stops);
    const env = { ...stripe, OVERLOAD: 'on', METRICS_ENABLED: 'true', METRICS_TOKENS: 'bench' };
    const shop = await openShop(stops, env);
    return await overload(shop, stripe, { seconds, times: positive('times', own['times']) });
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Beside the shop, in a process of its own; it forgets everything at the end. Its events are not sent: every shopper returns. */
async function startEmulator(stops: Stops): Promise<Settings> {
  const child = startChild(join(ROOT, 'scripts/emulators/payments/main.ts'), [
    `--stripe-secret=${WEBHOOK_SECRET}`,
  ]);
  stops.push(() => end(child));
  const lines = createInterface({ input: child.stdout! });
  const first = await lines[Symbol.asyncIterator]().next();
  const { stripe } = JSON.parse(String(first.value)) as { stripe: string };
  return {
    STRIPE_SECRET_KEY: 'sk_test_bench',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_URL: stripe,
  };
}

async function overload(
  { shop, db, env, server }: BenchShop,
  { STRIPE_API_URL = '' }: Settings,
  { seconds, times }: { seconds: number; times: number },
): Promise<Measured> {
  const { send, close } = clientOf(shop, MOST_SOCKETS);
  const walks = startWalks({ send, pay: (secret) => payAt(STRIPE_API_URL, secret), next: skus() });
  const memory = () => residentMegabytes(server.process.pid ?? 0);
  // The made-up history of the catalogue is no history of payments: what the doctor says of it before is not news.
  const known = new Set(await booksBroken(env));
  const wrong: string[] = [];
  const missed: string[] = [];

  await rateOf(walks.one, { workers: WORKERS, seconds: CALIBRATION_S });
  const { per_second } = await rateOf(walks.one, { workers: WORKERS, seconds: CALIBRATION_S });
  const before = { megabytes: memory(), walks_per_second: per_second };
  console.log(`  It can ${per_second} walks a second; now ${times} times that for ${seconds} s`);
  let largest = 0;
  const looking = setInterval(() => (largest = Math.max(largest, memory())), 500);
  const rush_ms = performance.now();
  await walks.arrive(per_second * times, seconds);
  const refused = await refusals(shop);
  const everyday = per_second * EVERYDAY_SHARE;
  const everyday_ms = performance.now();
  await walks.arrive(everyday, EVERYDAY_S);
  const all = await walks.finished();
  clearInterval(looking);
  const during = all.filter(({ began_ms }) => began_ms >= rush_ms && began_ms < everyday_ms);
  const after = all.filter(({ began_ms }) => began_ms >= everyday_ms);
  const recovered_s = recoveredAfter(after, everyday_ms, everyday);

  await jobsDone(db);
  await new Promise((resolve) => setTimeout(resolve, SETTLING_S * 1000));
  const settled = memory();
  const broken = [...(await promisesBroken(db, all)), ...(await booksBroken(env))];
  wrong.push(...broken.filter((each) => !known.has(each)).slice(0, MOST_TOLD));
  if (all.some(({ outcome }) => outcome === 'failed'))
    wrong.push(`walks failed otherwise than by being refused: ${JSON.stringify(reasons(all))}`);
  if (!during.some(({ outcome }) => outcome === 'ordered')) wrong.push('nobody could buy during the rush');
  if (recovered_s === null || recovered_s > RECOVERED_WITHIN_S)
    missed.push(`an everyday load was not served again within ${RECOVERED_WITHIN_S} s`);
  if (settled > before.megabytes * GROWN_AT_MOST)
    missed.push(`memory grew from ${before.megabytes} to ${settled} MB`);
  close();

  const results = {
    before,
    rush: {
      seconds,
      offered_per_second: rounded(per_second * times),
      ...summary(during, seconds),
      refused_by_class: refused,
    },
    everyday: { offered_per_second: rounded(everyday), recovered_s, ...summary(after, EVERYDAY_S) },
    megabytes: { before: before.megabytes, largest, settled },
    walks: all.length,
  };
  console.log(`\n${JSON.stringify(results, null, 2)}\n`);
  return { results, wrong, missed };
}

/** As a shopper's browser does, with a card that works. */
async function payAt(emulator: string, client_secret: string): Promise<void> {
  const [intent] = client_secret.split('_secret_');
  const body = new URLSearchParams({ card: 'pm_card_visa' });
  const response = await fetch(`${emulator}/pay/${intent}`, { method: 'POST', body, redirect: 'manual' });
  await response.arrayBuffer();
  if (response.status !== 303) throw new Error(`the payment page answered ${response.status}`);
}

/** @returns the resident memory of a process, as Linux tells it */
function residentMegabytes(pid: number): number {
  const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return Math.round((Number(pages) * PAGE) / MEGABYTE);
}

function reasons(walks: readonly Walk[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { reason } of walks) if (reason) counted[reason] = (counted[reason] ?? 0) + 1;
  return counted;
}

function summary(walks: readonly Walk[], seconds: number) {
  const ordered = walks.filter(({ outcome }) => outcome === 'ordered');
  const { p50_ms, p99_ms } = rateFrom(
    ordered.map(({ took_ms }) => took_ms),
    seconds * 1000,
  );
  const looked = walks.filter(({ outcome }) => outcome === 'looked').length;
  return {
    walks: walks.length,
    looked,
    ordered: ordered.length,
    served_per_second: rounded((ordered.length + looked) / seconds),
    reasons: reasons(walks),
    order_p50_ms: p50_ms,
    order_p99_ms: p99_ms,
  };
}

/** The shop's own count of whom it refused. */
async function refusals(shop: string): Promise<Record<string, number>> {
  const response = await fetch(`${shop}/metrics`, { headers: { authorization: 'Metrics bench' } });
  const lines = (await response.text()).matchAll(/^kontor_overload_refused_total\{work="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, work = '', count]) => [work, Number(count)]));
}

/** @returns after how many whole seconds of the everyday load a second passed in which it was served; null if none */
function recoveredAfter(walks: readonly Walk[], began: number, offered: number): number | null {
  for (let second = 0; second < EVERYDAY_S; second += 1) {
    const those = walks.filter(({ began_ms }) => Math.floor((began_ms - began) / 1000) === second);
    const served = those.filter(({ reason, took_ms }) => reason === null && took_ms < 1000);
    if (served.length >= offered * SERVED_SHARE) return second + 1;
  }
  return null;
}

async function jobsDone(db: BenchShop['db']): Promise<void> {
  for (;;) {
    const { rows } = await db.query<{ left: number }>(
      'select count(*)::int as left from graphile_worker.jobs where run_at <= now() and attempts < max_attempts',
    );
    if (rows[0]?.left === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What was told to shoppers against what the database holds. */
async function promisesBroken(db: BenchShop['db'], walks: readonly Walk[]): Promise<string[]> {
  const { rows } = await db.query<{ cart: string; orders: number; paid: number }>(
    `select cart::text, count(*)::int as orders, count(*) filter (where payment_status = 'paid')::int as paid
     from orders where cart is not null group by cart`,
  );
  const held = new Map(rows.map((each) => [each.cart, each]));
  const broken: string[] = [];
  for (const { cart, outcome, is_told, is_paid } of walks) {
    if (cart === null) continue;
    const orders = held.get(cart)?.orders ?? 0;
    if (is_told && orders !== 1) broken.push(`cart ${cart} was told of an order and has ${orders}`);
    if (outcome === 'refused' && !is_told && orders !== 0)
      broken.push(`cart ${cart} was refused and has an order`);
    if (is_paid && held.get(cart)?.paid !== 1) broken.push(`the order of cart ${cart} was paid and is not`);
  }
  return broken;
}

/** The doctor, and the ledger of the provider. */
async function booksBroken(env: Settings): Promise<string[]> {
  const database = openDatabase(env);
  try {
    const shop = benchShop(database, env);
    const findings = await examine(shop);
    const compared = await compareBooks(shop, {
      since: new Date(Date.now() - 86_400_000),
      onProgress: () => undefined,
    });
    return [
      ...findings,
      ...compared.map(({ provider, broken }) => ({ name: `the books of ${provider}`, broken })),
    ].flatMap(({ name, broken }) => broken.map((each) => `${name}: ${each}`));
  } finally {
    await database.destroy();
  }
}
