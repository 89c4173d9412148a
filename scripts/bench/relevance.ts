/**
 * `bench relevance`: puts the products of ../shared/data/esci-us-7k and icecat-19k into shops of their own, asks the shop's own search what
 * people were asked about them, and compares. Weights were chosen on one half of the queries; the other half is held out.
 */
import type { Knex } from 'knex';
import pg from 'pg';
import { drainBulk } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import { LIMITS } from '../../extensions/commerce-api/src/search/find-candidates.ts';
import { INSTEAD } from '../../extensions/commerce-api/src/search/plan-query.ts';
import { postgresEngine } from '../../extensions/commerce-api/src/search/postgres-engine.ts';
import { SCORING } from '../../extensions/commerce-api/src/search/score-candidates.ts';
import type { BenchOptions, Measured } from '../bench.ts';
import type { Settings } from '../environment.ts';
import { freePort } from '../postgres.ts';
import { connectionOf, openDatabase, setUpDatabase } from '../setup.ts';
import { benchEnvironment } from './bench-server.ts';
import { benchShop, freshDatabase, type Stops } from './bench-shop.ts';
import { baselineOf } from './relevance-baseline.ts';
import { judgedShops, type JudgedShop } from './relevance-data.ts';
import { isHeldOut, mean, ndcg, recall, type Quality } from './relevance-measure.ts';
import { productId, seedJudged } from './relevance-shop.ts';

const DATABASE = 'kontor_bench_relevance';
const CURRENCY = 'USD';
const PLAIN = 'plain BM25 (SQLite)';
const AS_IT_IS = 'the search of the shop';

/** What is taken away, to see what it was worth. */
const ABLATIONS: Record<string, () => void> = {
  [AS_IT_IS]: () => undefined,
  'no pairs of neighbours': () => Object.assign(SCORING, { pair: 0 }),
  'no preference for all words': () => Object.assign(SCORING, { coverage: 0 }),
  'no corrections and beginnings': () => Object.assign(INSTEAD, { begun: 0, one_typo: 0, two_typos: 0 }),
  'no boosts (popularity, rating, stock)': () => Object.assign(SCORING, { prior: 0 }),
  'BM25F alone, whatever matches': () => {
    Object.assign(SCORING, { pair: 0, coverage: 0, prior: 0 });
    Object.assign(INSTEAD, { begun: 0, one_typo: 0, two_typos: 0 });
    Object.assign(LIMITS, { most_of_it: 0, enough: Infinity });
  },
};

export async function measure(_args: string[], _options: BenchOptions): Promise<Measured> {
  const shops = judgedShops();
  if (!shops) {
    console.log('  skipped: ../shared/data is not there');
    return { results: { skipped: '../shared/data is not there' }, wrong: [] };
  }
  const results: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const judged of shops) {
    const stops: Stops = [];
    try {
      results[judged.name] = await measureShop(await openShop(judged, stops), judged, wrong);
    } finally {
      for (const stop of stops.reverse()) await stop();
    }
  }
  return { results, wrong };
}

async function openShop(judged: JudgedShop, stops: Stops): Promise<Shop> {
  const log = (line: string) => console.log(`  ${line}`);
  log(
    `${judged.name}: ${judged.products.length} products, ${judged.queries.size} judged queries; ${judged.note}`,
  );
  const { connection } = await freshDatabase(DATABASE, stops);
  const env = benchEnvironment(connection, { http: await freePort(), smtp: await freePort() });
  await setUpDatabase({ env, demo: false, progress: () => undefined });
  await withClient(connection, (db) => seedJudged(db, judged));
  const db: Knex = openDatabase(connection, { min: 0, max: 4 });
  stops.push(() => db.destroy());
  const shop = benchShop(db, env);
  const began = performance.now();
  await drainBulk(shop, { onProgress: () => undefined });
  await withClient(connection, (client) => client.query('vacuum analyze'));
  log(`listed and indexed in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return shop;
}

async function measureShop(
  shop: Shop,
  judged: JudgedShop,
  wrong: string[],
): Promise<Record<string, unknown>> {
  const kept = { SCORING: { ...SCORING }, INSTEAD: { ...INSTEAD }, LIMITS: { ...LIMITS } };
  const find = baselineOf(judged);
  const plain = await halvesOf(judged, (q) => Promise.resolve(find(q)));
  const table: Record<string, Halves> = { [PLAIN]: plain };
  for (const [name, take] of Object.entries(ABLATIONS)) {
    take();
    table[name] = await halvesOf(judged, search(shop, judged));
    Object.assign(SCORING, kept.SCORING);
    Object.assign(INSTEAD, kept.INSTEAD);
    Object.assign(LIMITS, kept.LIMITS);
  }
  print(table);
  const said = judged.baseline.ndcg_10;
  if (Math.abs(plain.all.ndcg_10 - said) > 0.001)
    wrong.push(`${judged.name}: plain BM25 reaches ${plain.all.ndcg_10.toFixed(3)}, its README says ${said}`);
  const reached = table[AS_IT_IS];
  for (const part of ['all', 'held_out'] as const) {
    if (!reached || reached[part].ndcg_10 < plain[part].ndcg_10)
      wrong.push(`${judged.name}, ${part}: the search of the shop is worse than plain BM25`);
  }
  return { note: judged.note, ...table };
}

function print(table: Record<string, Halves>): void {
  console.log(`  ${'nDCG@10 (recall@50)'.padEnd(40)} all              chosen on        held out`);
  for (const [name, { all, chosen_on, held_out }] of Object.entries(table)) {
    const cells = [all, chosen_on, held_out].map(
      ({ ndcg_10, recall_50 }) => `${ndcg_10.toFixed(3)} (${recall_50.toFixed(3)})`,
    );
    console.log(`  ${name.padEnd(40)} ${cells.map((cell) => cell.padEnd(16)).join(' ')}`);
  }
}

/** What finds keys of judged products, best first. */
type Find = (q: string) => Promise<string[]>;

function search(shop: Shop, { products }: JudgedShop): Find {
  const keyOf = new Map(products.map(({ key }) => [productId(key), key]));
  const page = { locale: null, currency: CURRENCY, filter: {}, limit: 50, offset: 0, facets: [] };
  return async (q) => {
    const { ids } = await postgresEngine(shop).search({ ...page, q, sort: 'relevance' });
    return ids.map((id) => keyOf.get(id) ?? '');
  };
}

interface Halves {
  all: Quality;
  chosen_on: Quality;
  held_out: Quality;
}

async function halvesOf({ queries }: JudgedShop, find: Find): Promise<Halves> {
  const measured: { is_held_out: boolean; ndcg_10: number; recall_50: number }[] = [];
  for (const [q, gains] of queries) {
    const found = await find(q);
    measured.push({
      is_held_out: isHeldOut(q),
      ndcg_10: ndcg(found, gains, 10),
      recall_50: recall(found, gains, 50),
    });
  }
  const of = (part: typeof measured): Quality => ({
    ndcg_10: mean(part.map(({ ndcg_10 }) => ndcg_10)),
    recall_50: mean(part.map(({ recall_50 }) => recall_50)),
    queries: part.length,
  });
  return {
    all: of(measured),
    chosen_on: of(measured.filter(({ is_held_out }) => !is_held_out)),
    held_out: of(measured.filter(({ is_held_out }) => is_held_out)),
  };
}

async function withClient(
  connection: Settings,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client(connectionOf(connection));
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
