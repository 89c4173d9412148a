/**
 * `bench storefront`: the catalogue as shoppers read it, out of the cache and past it, against bare servers on the same machine and
 * Directus' own list, in turns. Every kind of request is held against the database before it is timed.
 */
import { cpus } from 'node:os';
import { positive, type BenchOptions, type Measured } from '../bench.ts';
import { buildExtensions } from '../build.ts';
import { SetupProblem } from '../prepare.mjs';
import { NOTES } from './bench-server.ts';
import type { Stops } from './bench-shop.ts';
import type { StoreBench } from './store-bench.ts';
import { measureGrowth } from './store-growth.ts';
import { measureHits } from './store-hits.ts';
import { measureMisses, MISSES } from './store-misses.ts';
import { atMost, HITS, missedOf, sayRuns, sayVerdicts, verdictsOf } from './store-report.ts';
import { openCluster, openStore, POSTGRES_SETTINGS } from './store-shop.ts';

export const OPTIONS = {
  products: { type: 'string' },
  only: { type: 'string' },
  grow: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  'cpu-prof': { type: 'string' },
} as const;

const SCENARIOS = [...MISSES, 'sql', ...HITS, 'mix'];
const DEFAULT_PRODUCTS = 10_000;
const DEFAULT_GROWN = 1_000_000;
const RESIDENT_LIMIT_MB = 450;

export async function measure(_args: string[], options: BenchOptions): Promise<Measured> {
  const { products, only, grow, keep, 'cpu-prof': profiles } = options.own;
  const names = typeof only === 'string' ? only.split(',') : SCENARIOS;
  const unknown = names.filter((name) => !SCENARIOS.includes(name));
  if (unknown.length > 0)
    throw new SetupProblem(`There is no scenario ${unknown.join(', ')}. There are ${SCENARIOS.join(', ')}.`);
  const size = positive('products', products ?? (grow ? DEFAULT_GROWN : DEFAULT_PRODUCTS));
  const stops: Stops = [];
  const log = (line: string) => console.log(`  ${line}`);
  try {
    log('PostgreSQL …');
    const cluster = await openCluster(stops);
    await buildExtensions({ log });
    const open = (count: number) => openStore(cluster, { size: count, keep: keep === true, stops, log });
    if (grow) {
      const stores = { small: await open(DEFAULT_PRODUCTS), large: await open(size) };
      return await measureGrowth({ cluster, ...stores, options, log });
    }
    const bench: StoreBench = {
      cluster,
      store: await open(size),
      options,
      wants: (scenario) => names.includes(scenario),
      profiles: typeof profiles === 'string' ? profiles : null,
      log,
      stops,
      wrong: [],
      runs: {},
      verdicts: [],
    };
    return await measureShop(bench, names);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function measureShop(bench: StoreBench, names: readonly string[]): Promise<Measured> {
  const { options, store, verdicts, runs, wrong } = bench;
  const any = (of: readonly string[]) => names.some((name) => of.includes(name));
  const misses = any(MISSES) ? await measureMisses(bench) : null;
  const hits = any([...HITS, 'mix']) ? await measureHits(bench) : null;
  verdicts.unshift(...verdictsOf(runs));
  const resident = (name: string, megabytes: number | undefined) => {
    if (megabytes !== undefined) verdicts.push(atMost(name, megabytes, RESIDENT_LIMIT_MB, 'MB'));
  };
  resident('memory after misses', misses?.resident_mb);
  resident('memory after hits and mix', hits?.resident_mb);
  sayRuns(runs);
  sayVerdicts(verdicts);
  const { seconds, repeats } = options;
  const results = {
    machine: { cpus: cpus().length, cpu: cpus()[0]?.model, node: process.version, seconds, repeats },
    notes: [...NOTES, `PostgreSQL with ${POSTGRES_SETTINGS.join(', ')}.`],
    products: store.shape.size,
    seconds_to_seed: store.seconds,
    runs,
    verdicts,
    mix: hits?.mix ?? null,
  };
  return { results, wrong, missed: missedOf(verdicts) };
}
