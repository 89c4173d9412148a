/** `bench selling`: pricing in memory, adding a line, a whole checkout, a rush for the last units; with the statements they take. */
import { cpus } from 'node:os';
import pg from 'pg';
import { priceCart } from '../../extensions/commerce-api/src/core/price-cart.ts';
import type { BenchOptions, Measured } from '../bench.ts';
import { buildExtensions } from '../build.ts';
import { startDirectus, type DirectusServer } from '../directus.ts';
import type { Settings } from '../environment.ts';
import { freePort } from '../postgres.ts';
import { connectionOf, setUpDatabase } from '../setup.ts';
import { BARE_SCHEMA } from './bare-server.ts';
import { benchEnvironment, NOTES, startMailSink, startReference } from './bench-server.ts';
import { freshDatabase, type Stops } from './bench-shop.ts';
import { seedCatalogue, variantId } from './catalogue.ts';
import { countSql } from './count-sql.ts';
import { largeCart } from './large-cart.ts';
import { clientOf, medianRate, type Send } from './load.ts';
import { ownCatalogue, RUSH_STOCK, RUSHED, skuOf, skus } from './own-catalogue.ts';
import { project } from './project.ts';
import { median, rounded } from './rates.ts';
import { aCart, addLine, complete, Refused, type Cart } from './shopper.ts';

const DATABASE = 'kontor_bench';
const BUYERS = 200;

export async function measure(_args: string[], options: BenchOptions): Promise<Measured> {
  const stops: Stops = [];
  try {
    return await measureShop(await openShop(stops), options);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

export interface BenchShop {
  shop: string;
  bare: string;
  db: pg.Client;
  admin: pg.Client;
  env: Settings;
  server: DirectusServer;
}

/** A shop of its own on a seeded database, and the bare server beside it on the same PostgreSQL. */
export async function openShop(stops: Stops, extra: Settings = {}): Promise<BenchShop> {
  const log = (line: string) => console.log(`  ${line}`);
  log('PostgreSQL …');
  const settings = ['shared_preload_libraries=pg_stat_statements'];
  const { connection, admin } = await freshDatabase(DATABASE, stops, settings);
  await admin.query('create extension if not exists pg_stat_statements');
  const [http, smtp] = [await freePort(), await freePort()];
  const env = { ...benchEnvironment(connection, { http, smtp }), ...extra };
  await setUpDatabase({ env, demo: false, progress: log });
  await buildExtensions({ log });
  const db = new pg.Client(connectionOf(connection));
  await db.connect();
  stops.push(() => db.end());
  log('Catalogue …');
  await seedCatalogue(db, ownCatalogue());
  await project(env, log);
  await db.query(BARE_SCHEMA);
  const sink = await startMailSink(smtp);
  stops.push(() => sink.disconnect());
  const { url: bare } = await startReference('bare-server', connection, stops);
  const server = await startDirectus(env);
  stops.push(() => server.stop());
  return { shop: server.url, bare, db, admin, env, server };
}

async function measureShop({ shop, bare, db, admin }: BenchShop, options: BenchOptions): Promise<Measured> {
  const wrong: string[] = [];
  const { send, close } = clientOf(shop);
  const bareClient = clientOf(bare);
  const next = skus();
  const load = { workers: 10, ...options };
  const checkout = async () => complete(send, await aCart(send, [next(), next()]));

  const pricing_ms = pricingTime();
  const reference = await medianRate(() => bareClient.send('POST', '/lines'), load);
  const adding = await medianRate(adder(send, next), load);
  const buying = await medianRate(checkout, load);
  const carts = await someCarts(send, next);
  await jobsDone(db);
  const sql = {
    add_line: await countSql(admin, DATABASE, 20, () => addLine(send, carts[0]!, next())),
    checkout: await countSql(admin, DATABASE, 20, checkout),
    complete_1_line: await countSql(admin, DATABASE, 5, completer(send, carts.slice(1, 6))),
    complete_100_lines: await countSql(admin, DATABASE, 5, completer(send, carts.slice(6, 11))),
  };
  const rushes = [];
  for (const sku of RUSHED) rushes.push(await rush(send, db, sku));
  close();
  bareClient.close();

  if (sql.checkout.statements + sql.checkout.transaction > 60)
    wrong.push(`a checkout takes ${sql.checkout.statements} statements`);
  for (const { sold, codes } of rushes)
    if (sold !== RUSH_STOCK || Object.keys(codes).some((code) => code !== '409 INSUFFICIENT_STOCK'))
      wrong.push(`${sold} of ${RUSH_STOCK} sold, refusals: ${JSON.stringify(codes)}`);
  const ratio = (rate: { per_second: number }) => rounded(rate.per_second / reference.per_second, 3);
  const results = {
    machine: { cpus: cpus().length, cpu: cpus()[0]?.model, node: process.version, ...options },
    notes: NOTES,
    pricing_200_lines_20_promotions_ms: pricing_ms,
    bare_transaction: reference,
    add_line: { ...adding, to_bare: ratio(adding) },
    checkout: { ...buying, to_bare: ratio(buying) },
    sql,
    rushes,
  };
  print(results);
  return { results, wrong };
}

/** Median milliseconds of the pipeline, in this process. */
function pricingTime(): number {
  const facts = largeCart(200, 20);
  const took: number[] = [];
  for (let run = 0; run < 60; run += 1) {
    const began = performance.now();
    priceCart(facts);
    took.push(performance.now() - began);
  }
  return rounded(median(took.slice(20)), 2);
}

/** Each worker fills carts of its own, five lines each. */
function adder(send: Send, next: () => string): (worker: number) => Promise<void> {
  const open = new Map<number, { cart: Cart; left: number }>();
  return async (worker) => {
    let own = open.get(worker);
    if (!own || own.left === 0) own = { cart: await aCart(send), left: 5 };
    open.set(worker, { ...own, left: own.left - 1 });
    await addLine(send, own.cart, next());
  };
}

/** What the load left behind must not be counted with what comes. */
async function jobsDone(db: pg.Client): Promise<void> {
  for (let tries = 0; tries < 240; tries += 1) {
    const { rows } = await db.query<{ left: string }>('select count(*) as left from graphile_worker.jobs');
    if (Number(rows[0]?.left) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('the jobs of the load did not end within a minute');
}

/** One to add to, five of one line and five of a hundred. */
async function someCarts(send: Send, next: () => string): Promise<Cart[]> {
  const hundred = Array.from({ length: 100 }, (_, n) => skuOf(n, 0));
  const carts = [await aCart(send)];
  for (let n = 0; n < 5; n += 1) carts.push(await aCart(send, [next()]));
  for (let n = 0; n < 5; n += 1) carts.push(await aCart(send, hundred));
  return carts;
}

function completer(send: Send, carts: Cart[]): () => Promise<void> {
  const left = [...carts];
  return () => complete(send, left.pop()!);
}

/** As many buyers at once as want one each, of a variant that has fewer. */
async function rush(send: Send, db: pg.Client, sku: string) {
  const codes: Record<string, number> = {};
  let answered = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: BUYERS }, async () => {
      try {
        await complete(send, await aCart(send, [sku]));
        answered += 1;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        codes[error.message] = (codes[error.message] ?? 0) + 1;
      }
    }),
  );
  const seconds = rounded((performance.now() - began) / 1000, 2);
  const { rows } = await db.query<{ sold: number }>(
    `select coalesce(sum(l.quantity), 0)::int as sold from order_lines l join orders o on o.id = l."order"
     where l.variant = $1 and o.number not like 'OLD-%' and o.status <> 'cancelled'`,
    [variantId(sku)],
  );
  return { seconds, answered, sold: rows[0]!.sold, codes };
}

function print(results: {
  pricing_200_lines_20_promotions_ms: number;
  bare_transaction: { per_second: number };
  add_line: { per_second: number; p99_ms: number; to_bare: number };
  checkout: { per_second: number; p99_ms: number; to_bare: number };
  sql: Record<string, { statements: number; transaction: number }>;
  rushes: { seconds: number; sold: number; codes: Record<string, number> }[];
}): void {
  const { bare_transaction, add_line, checkout, sql } = results;
  const rate = (each: typeof add_line) =>
    `${each.per_second}/s, ${each.to_bare} of the bare transaction; p99 ${each.p99_ms} ms`;
  const count = (name: string) => `${sql[name]!.statements} + ${sql[name]!.transaction} begin/commit`;
  const rows: [string, string][] = [
    ['pricing 200 lines with 20 promotions', `${results.pricing_200_lines_20_promotions_ms} ms in memory`],
    ['bare transaction of 7 statements', `${bare_transaction.per_second}/s`],
    ['add a line to a cart', rate(add_line)],
    ['whole guest checkout, 2 lines, 2 calls', rate(checkout)],
    ['statements: add a line', count('add_line')],
    ['statements: checkout with its jobs', count('checkout')],
    ['statements: complete, 1 line', count('complete_1_line')],
    ['statements: complete, 100 lines', count('complete_100_lines')],
    ...results.rushes.map(({ seconds, sold, codes }): [string, string] => [
      `${BUYERS} buyers for ${RUSH_STOCK}`,
      `${sold} sold in ${seconds} s; ${JSON.stringify(codes)}`,
    ]),
  ];
  console.log(`\n${rows.map(([name, value]) => `${name.padEnd(40)} ${value}`).join('\n')}\n`);
}
