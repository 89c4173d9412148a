/**
 * `bench recommendations`: takes in a real shop's history up to a day, computes popularity and affinities with the jobs themselves, and
 * measures their lists by the baskets bought from that day on. What was chosen by looking was chosen on an earlier split
 * (`--split 2011-07-01 --until 2011-09-01`); the default is the later one.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { csvLine } from '../../extensions/commerce-api/src/core/csv-line.ts';
import { drainListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import { examine } from '../../extensions/commerce-api/src/operations/examine.ts';
import {
  importHistory,
  type HistoryResult,
} from '../../extensions/commerce-api/src/orders/history/import-history.ts';
import { CHARGES, goodsAmong } from '../../extensions/commerce-api/src/orders/history/plan-history.ts';
import {
  readHistoryCsv,
  type HistoryRecord,
} from '../../extensions/commerce-api/src/orders/history/read-history-csv.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { computeBoughtTogether } from '../../extensions/commerce-api/src/recommendations/compute-bought-together.ts';
import { readRelated } from '../../extensions/commerce-api/src/recommendations/read-related.ts';
import { refreshPopularity } from '../../extensions/commerce-api/src/recommendations/refresh-popularity.ts';
import { refreshSimilar } from '../../extensions/commerce-api/src/recommendations/refresh-similar.ts';
import type { BenchOptions, Measured } from '../bench.ts';
import { closeCsv, openCsv } from '../commands/csv-file.ts';
import { freePort } from '../postgres.ts';
import { ROOT } from '../prepare.mjs';
import { openDatabase, setUpDatabase } from '../setup.ts';
import { benchEnvironment } from './bench-server.ts';
import { benchShop, freshDatabase, type Stops } from './bench-shop.ts';
import {
  mostBought,
  mostTogether,
  qualityOf,
  type Basket,
  type Recommend,
} from './recommendations-measure.ts';

const FILE = join(ROOT, '..', 'shared', 'data', 'uci-online-retail', 'online_retail_to_2011-10-09.csv.gz');
const DATABASE = 'kontor_bench_recommendations';
const CURRENCY = 'GBP';
const SIZE = 10;

/** What the file's README says it holds. */
const TOTALS: Partial<HistoryResult['file']> = {
  lines: 386_807,
  orders: 19_488,
  credits: 2_993,
  credit_lines: 7_076,
  skus: 3_926,
  customers: 3_761,
  lines_without_customer: 100_276,
  countries: 37,
  free_lines: 2_025,
  negative_lines: 1_061,
  units: 3_806_155,
  value: '7095709.174',
};

export const OPTIONS = {
  split: { type: 'string', default: '2011-09-01' },
  until: { type: 'string', default: '2012-01-01' },
} as const;

export async function measure(_args: string[], { own }: BenchOptions): Promise<Measured> {
  if (!existsSync(FILE)) {
    console.log(`Skipped: there is no ${FILE}.`);
    return { results: { skipped: `no ${FILE}` }, wrong: [] };
  }
  const stops: Stops = [];
  try {
    const { shop, db } = await openShop(stops);
    return await measureShop(shop, db, { split: String(own['split']), until: String(own['until']) }, stops);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function openShop(stops: Stops): Promise<{ shop: Shop; db: Knex }> {
  const { connection } = await freshDatabase(DATABASE, stops);
  const env = benchEnvironment(connection, { http: await freePort(), smtp: await freePort() });
  await setUpDatabase({ env, demo: false, progress: (line) => console.log(`  ${line}`) });
  const db = openDatabase(connection);
  stops.push(() => db.destroy());
  return { db, shop: benchShop(db, env, console.error) };
}

async function measureShop(
  shop: Shop,
  db: Knex,
  { split, until }: { split: string; until: string },
  stops: Stops,
): Promise<Measured> {
  const seconds: Record<string, number> = {};
  const timed = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const began = performance.now();
    const result = await work();
    seconds[name] = Math.round((performance.now() - began) / 100) / 10;
    console.log(`  ${name}: ${seconds[name]} s`);
    return result;
  };
  const options = { currency: CURRENCY, products: 'published' } as const;
  const whole = await timed('dry run of the whole file', () =>
    importHistory(shop, FILE, { ...options, dry_run: true }),
  );
  const wrong = Object.entries(TOTALS).flatMap(([name, said]) => {
    const found = whole.file[name as keyof HistoryResult['file']];
    return found === said ? [] : [`${name}: the file's README says ${said}, found ${found}`];
  });

  const folder = mkdtempSync(join(tmpdir(), 'kontor-bench-'));
  stops.push(() => rmSync(folder, { recursive: true }));
  const before = await splitFile(join(folder, 'before.csv'), { split, until });
  const imported = await timed('import', () => importHistory(shop, before.file, options));
  const again = await timed('import again', () => importHistory(shop, before.file, options));
  if (again.orders.created > 0) wrong.push(`a second import made ${again.orders.created} orders`);
  wrong.push(...(await timed('doctor', () => examine(shop))).flatMap(({ broken }) => broken.slice(0, 3)));

  await timed('popularity', () => refreshPopularity(shop));
  await timed('bought together', () => computeBoughtTogether(shop));
  await timed('similar', () => refreshSimilar(shop));
  await timed('listings', () => drainListings(shop));

  const catalogue = await productsBySku(db);
  const known = (baskets: Map<string, Set<string>>): Basket[] =>
    [...baskets.values()]
      .map((skus) => [...skus].map((sku) => catalogue.get(sku) ?? sku))
      .filter(({ length }) => length > 1);
  const [train, test] = [known(before.earlier), known(before.later)];
  const lists = {
    'bought together': await listsOf(db, 'bought_together'),
    similar: await listsOf(db, 'similar'),
    'popular now': await popularNow(db),
    'all, as the shop answers': await timed('answers', () => answersOf(shop, [...catalogue.values()])),
    'baseline: bought most': mostBought(train),
    'baseline: in most baskets together': mostTogether(train),
  };
  const quality = Object.entries(lists).map(([name, recommend]) => ({
    name,
    ...qualityOf(recommend, test, [...catalogue.values()]),
  }));
  report(quality, { split, until, train: train.length, test: test.length, products: catalogue.size });
  const named = (name: keyof typeof lists) => quality.find((each) => each.name === name)?.named ?? 0;
  const best = named('baseline: in most baskets together');
  const missed = (['bought together', 'all, as the shop answers'] as const)
    .filter((name) => named(name) < best)
    .map((name) => `${name} finds less than counting common baskets`);
  const { orders, lines, credits, refunds, products } = imported;
  return {
    results: { split, until, seconds, imported: { orders, lines, credits, refunds, products }, quality },
    wrong,
    missed,
  };
}

interface Split {
  file: string;
  earlier: Map<string, Set<string>>;
  later: Map<string, Set<string>>;
}

/** Writes the lines before the day to a file, and keeps what was bought in each order before and after: sold goods, nothing else. */
async function splitFile(file: string, { split, until }: { split: string; until: string }): Promise<Split> {
  const columns = [
    'order',
    'sku',
    'name',
    'quantity',
    'placed_at',
    'unit_price',
    'customer',
    'country',
  ] as const;
  const out = await openCsv(file, columns, 'What is learned from');
  const [earlier, later] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
  for await (const record of readHistoryCsv(FILE)) {
    const isEarlier = record.placed_at < split;
    if (isEarlier) out.write(csvLine(columns.map((column) => record[column])));
    else if (record.placed_at >= until) continue;
    if (!isSold(record)) continue;
    const baskets = isEarlier ? earlier : later;
    const basket = baskets.get(record.order) ?? new Set<string>();
    baskets.set(record.order, basket.add(record.sku.toUpperCase()));
  }
  await closeCsv(out);
  return { file, earlier, later };
}

const isGoods = goodsAmong(CHARGES);

function isSold({ sku, quantity, unit_price }: HistoryRecord): boolean {
  return isGoods(sku.toUpperCase()) && Number(quantity) > 0 && Number(unit_price) > 0;
}

async function productsBySku(db: Knex): Promise<Map<string, string>> {
  const { rows } = await db.raw<{ rows: { sku: string; product: string }[] }>(
    'select sku, product from product_variants',
  );
  return new Map(rows.map(({ sku, product }) => [sku, product]));
}

async function listsOf(db: Knex, kind: string): Promise<Recommend> {
  const { rows } = await db.raw<{ rows: { product: string; list: string[] }[] }>(
    `select product, array_agg(related::text order by rank) as list from commerce.product_affinities
     where kind = ? and rank <= ? group by product`,
    [kind, SIZE],
  );
  const lists = new Map(rows.map(({ product, list }) => [product, list]));
  return (product) => lists.get(product) ?? [];
}

async function popularNow(db: Knex): Promise<Recommend> {
  const { rows } = await db.raw<{ rows: { product: string }[] }>(
    'select product from commerce.product_popularity order by score desc, product limit ?',
    [SIZE + 1],
  );
  return (given) => rows.flatMap(({ product }) => (product === given ? [] : [product])).slice(0, SIZE);
}

/** By the use case behind `GET /store/products/:slug/related`. */
async function answersOf(shop: Shop, products: readonly string[]): Promise<Recommend> {
  const { rows } = await shop.db.raw<{ rows: { id: string; slug: string }[] }>(
    'select id, slug from products',
  );
  const slugOf = new Map(rows.map(({ id, slug }) => [id, slug]));
  const lists = new Map<string, string[]>();
  for (const product of products) {
    const slug = slugOf.get(product) ?? '';
    const { cards } = await readRelated(shop, slug, { kind: 'all', limit: SIZE, currency: CURRENCY });
    lists.set(
      product,
      cards.map(({ id }) => id),
    );
  }
  return (product) => lists.get(product) ?? [];
}

function report(
  quality: readonly { name: string; any: number; named: number; coverage: number }[],
  of: { split: string; until: string; train: number; test: number; products: number },
): void {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`.padStart(8);
  console.log(
    `\nLearned from ${of.train} baskets before ${of.split}, measured on ${of.test} from then${of.until < '2012' ? ` to ${of.until}` : ''}; ${of.products} products.`,
  );
  console.log(
    'Given one product of a basket, its ten hold …'.padEnd(46),
    ' any other',
    ' a certain',
    '  and of all products',
  );
  for (const { name, any, named, coverage } of quality)
    console.log(`  ${name.padEnd(46)}${percent(any)}  ${percent(named)}  ${percent(coverage)}`);
}
