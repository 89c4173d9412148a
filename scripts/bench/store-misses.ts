/** What the shop does when it has to work an answer out: every kind of request past the cache. */
import { startReference } from './bench-server.ts';
import { countSql } from './count-sql.ts';
import { ask } from './raw-client.ts';
import { contest, profileOf, rounds, type Entry, type StoreBench } from './store-bench.ts';
import { atMost } from './store-report.ts';
import {
  detailRequests,
  directusRequest,
  filterRequests,
  ITEMS_CARDS,
  ITEMS_LIST,
  listRequests,
  referenceOf,
  searchRequests,
  suggestRequests,
  type Pool,
} from './store-requests.ts';
import { startStore } from './store-shop.ts';
import { residentOf } from './server-usage.ts';

export const MISSES = [
  'list-miss',
  'filter-miss',
  'filter-large',
  'detail-miss',
  'search-one',
  'search-two',
  'suggest',
];
const SQL_UNITS = 40;
const SETTLE_MS = 200;
/** Statements of a list or a detail may be so many; of what is narrowed, counted or searched, so many. */
const SQL_LIMITS: Record<string, number> = { 'list-miss': 3, 'detail-miss': 3 };
const SQL_LIMIT = 8;

export async function measureMisses(bench: StoreBench): Promise<{ resident_mb: number }> {
  const { store, wants } = bench;
  const pools = await poolsOf(bench);
  const server = await startStore(store, { cache: 'off', profiled: bench.profiles !== null });
  // Its own lists take several times the memory of the shop's: in a process of their own they are no part of what the shop is measured by.
  const directus = wants('list-miss') ? await startStore(store, { cache: 'off' }) : null;
  const query = await startReference('query-server', store.connection, bench.stops);
  try {
    const reference = { url: query.url, pid: query.process.pid ?? 0 };
    for (const [name, pool] of Object.entries(pools)) {
      const entries: Entry[] = [{ name, server, pool }];
      if (name === 'list-miss' && directus) {
        const items = await directusRequest(store.db, directus.url, ITEMS_LIST);
        const cards = await directusRequest(store.db, directus.url, ITEMS_CARDS);
        entries.push(
          { name: 'directus-list', server: directus, pool: items },
          { name: 'directus-cards', server: directus, pool: cards },
          { name: 'query-list', server: reference, pool: referencePool(pool) },
        );
      }
      if (name === 'detail-miss')
        entries.push({ name: 'query-detail', server: reference, pool: referencePool(pool) });
      await contest(bench, entries);
      if (name === 'list-miss' && directus)
        bench.verdicts.push(atMost('memory after Directus’ own lists', residentOf(directus.pid), null, 'MB'));
      if (!bench.runs[name]) continue;
      if (wants('sql')) await countStatements(bench, name, server.url, pool);
      await profileOf(bench, name, server, pool);
    }
    return { resident_mb: residentOf(server.pid) };
  } finally {
    await directus?.stop();
    await server.stop();
  }
}

async function poolsOf({ store: { db, shape }, wants }: StoreBench): Promise<Record<string, Pool>> {
  const makers: Record<string, () => Pool | Promise<Pool>> = {
    'list-miss': () => listRequests(db, shape),
    'filter-miss': () => filterRequests(db, shape),
    'filter-large': () => filterRequests(db, shape, { only: 'large' }),
    'detail-miss': () => detailRequests(db, shape),
    'search-one': () => searchRequests(shape, 1),
    'search-two': () => searchRequests(shape, 2),
    suggest: () => suggestRequests(shape),
  };
  const pools: Record<string, Pool> = {};
  for (const [name, make] of Object.entries(makers)) if (wants(name)) pools[name] = await make();
  return pools;
}

/** The same requests in the words of query-server.ts; its answers are held against the same truth. */
function referencePool({ requests, proven }: Pool): Pool {
  return { requests: requests.map(referenceOf), proven: proven.map(referenceOf) };
}

async function countStatements(
  { cluster, store, verdicts }: StoreBench,
  name: string,
  url: string,
  { requests }: Pool,
): Promise<void> {
  const next = rounds(requests);
  const { statements, transaction } = await countSql(
    cluster.admin,
    store.database,
    SQL_UNITS,
    () => ask(url, next()),
    SETTLE_MS,
  );
  verdicts.push(
    atMost(
      `${name} SQL statements`,
      statements,
      SQL_LIMITS[name] ?? SQL_LIMIT,
      `(+ ${transaction} begin/commit)`,
    ),
  );
}
