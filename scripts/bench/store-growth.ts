/** `bench storefront --grow`: the same requests past the cache of a small shop and of a large one, in turns. */
import type { BenchOptions, Measured } from '../bench.ts';
import { inTurns, type Runs } from './contest.ts';
import type { Log } from './project.ts';
import { median, rounded } from './rates.ts';
import { contestant, prove } from './store-bench.ts';
import { atMost, missedOf, sayRuns, sayVerdicts, type Verdict } from './store-report.ts';
import { detailRequests, filterRequests, listRequests, searchRequests, type Pool } from './store-requests.ts';
import { startStore, type Cluster, type Store, type StoreServer } from './store-shop.ts';

const GROWTH_LIMIT = 1.5;

/** What is read of a shop, and whether how it grows is held against the limit. */
const READ: { name: string; pool: (store: Store) => Pool | Promise<Pool> }[] = [
  { name: 'list', pool: ({ db, shape }) => listRequests(db, shape) },
  { name: 'filter', pool: ({ db, shape }) => filterRequests(db, shape) },
  { name: 'filter-large', pool: ({ db, shape }) => filterRequests(db, shape, { only: 'large' }) },
  { name: 'detail', pool: ({ db, shape }) => detailRequests(db, shape) },
  { name: 'search-one', pool: ({ shape }) => searchRequests(shape, 1) },
  { name: 'search-two', pool: ({ shape }) => searchRequests(shape, 2) },
];

export async function measureGrowth({
  cluster,
  small,
  large,
  options,
  log,
}: {
  cluster: Cluster;
  small: Store;
  large: Store;
  options: BenchOptions;
  log: Log;
}): Promise<Measured> {
  const wrong: string[] = [];
  const runs: Runs = {};
  const servers: StoreServer[] = [];
  try {
    for (const store of [small, large]) servers.push(await startStore(store, { cache: 'off', jobs: 'off' }));
    for (const { name, pool } of READ) {
      const contestants: Parameters<typeof inTurns>[0] = {};
      for (const [at, store] of [small, large].entries()) {
        const own = `${name} ${store.shape.size}`;
        const { requests, proven } = await pool(store);
        // Each once: what nobody has read yet comes from the disk, and of the large shop that would be most of what is timed.
        if (await prove({ wrong }, own, servers[at]!.url, [...new Set([...requests, ...proven])]))
          // One at a time: what a shopper waits for, not what the machine has room for.
          contestants[own] = await contestant(cluster, servers[at]!, requests, 1);
      }
      log(`${Object.keys(contestants).join(', ')} …`);
      Object.assign(runs, await inTurns(contestants, options));
    }
  } finally {
    for (const server of servers) await server.stop();
  }
  const verdicts = READ.flatMap(({ name }) => growthOf(name, runs, small.shape.size, large.shape.size));
  sayRuns(runs);
  sayVerdicts(verdicts);
  const results = {
    products: [small.shape.size, large.shape.size],
    seconds_to_seed: [small.seconds, large.seconds],
    runs,
    verdicts,
  };
  return { results, wrong, missed: missedOf(verdicts) };
}

export function growthOf(name: string, runs: Runs, from: number, to: number): Verdict[] {
  const [small, large] = [runs[`${name} ${from}`], runs[`${name} ${to}`]];
  if (!small || !large) return [];
  const growth = median(large.map(({ p50_ms }, turn) => p50_ms / small[turn]!.p50_ms));
  return [atMost(`${name}: median, ${from} to ${to}`, rounded(growth, 2), GROWTH_LIMIT, '×')];
}
