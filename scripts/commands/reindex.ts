/** `npm run kontor -- reindex`: what storefronts list and search, worked out anew while they go on. */
import { rebuildListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import {
  SearchEngineError,
  type Meilisearch,
} from '../../extensions/commerce-api/src/providers/search-meilisearch.ts';
import {
  reindexSearch,
  type Reindexed,
  type ReindexProgress,
} from '../../extensions/commerce-api/src/search/reindex.ts';
import { SetupProblem } from '../prepare.mjs';
import { parseArguments } from './arguments.ts';
import { withShop } from './open-shop.ts';
import { progressBar } from './progress-bar.ts';

const USAGE = `npm run kontor -- reindex [options]

Works out anew what storefronts list and search. The shop may go on serving and changing meanwhile. Nothing is lost when it is
stopped: run it again.

  --engine postgres     only the listings and the index of words in PostgreSQL
  --engine meilisearch  only Meilisearch's indexes, from the listings as they are`;

const ENGINES = ['postgres', 'meilisearch'] as const;
type Engine = (typeof ENGINES)[number];

/** `kontor reindex`: exit code 0 when everything asked for is built. */
export async function run(args: string[]): Promise<number> {
  const engine = readArguments(args);
  return withShop(async ({ shop }) => {
    await reindexCommand(shop, { engine, log: (line) => console.log(line) });
    return 0;
  });
}

/**
 * Rebuilds, with a progress bar where there is a terminal, and says what comes next.
 * @throws SetupProblem with what to do when Meilisearch is wanted and not there, or fails
 */
export async function reindexCommand(
  shop: Shop,
  { engine, log }: { engine: Engine | null; log: (line: string) => void },
): Promise<void> {
  const { search } = shop.providers;
  if (engine === 'meilisearch' && !search)
    throw new SetupProblem(
      'MEILI_URL is not set: this shop searches with PostgreSQL. .env.example explains it.',
    );
  if (engine !== 'meilisearch') {
    const products = await withBar('listed', (onProgress) => rebuildListings(shop, { onProgress }));
    log(`Listed and indexed ${plural(products.done)} in PostgreSQL (${products.seconds} s).`);
  }
  if (engine !== 'postgres' && search) await rebuildMeilisearch(shop, search, log);
  else if (!search) log('PostgreSQL searches. To search with Meilisearch, set MEILI_URL and run this again.');
}

async function rebuildMeilisearch(
  shop: Shop,
  engine: Meilisearch,
  log: (line: string) => void,
): Promise<void> {
  try {
    const { result, seconds } = await withBar('in Meilisearch', (onProgress) =>
      reindexSearch(shop, engine, { onProgress }),
    );
    report(result, seconds, log);
  } catch (error) {
    if (!(error instanceof SearchEngineError)) throw error;
    throw new SetupProblem(
      `${error.message} (${error.code}). What answered searches before still does. Look at ${shop.env.MEILI_URL} and MEILI_API_KEY, then run this again.`,
    );
  }
}

function report(result: Reindexed | null, seconds: string, log: (line: string) => void): void {
  if (!result)
    throw new SetupProblem('Another reindex is under way. Wait for it; it brings what this one would.');
  const { products, indexes, deleted } = result;
  log(
    `Indexed ${plural(products)} in Meilisearch, in ${indexes.length === 1 ? 'one language' : `${indexes.length} languages`} (${seconds} s).`,
  );
  if (deleted.length > 0) log(`Removed what earlier versions left: ${deleted.join(', ')}.`);
  log('Searches go to Meilisearch within seconds; changes of products follow by themselves.');
  log('Whether it holds what is listed: npm run kontor -- doctor');
}

async function withBar<Result>(
  what: string,
  work: (onProgress: (progress: ReindexProgress) => void) => Promise<Result>,
): Promise<{ result: Result; done: number; seconds: string }> {
  const bar = progressBar(`{bar} {percentage}% | {value} of {total} products ${what} | {eta_formatted} left`);
  const began = Date.now();
  let last = 0;
  bar.start(0, 0);
  try {
    const result = await work(({ done, total }) => {
      last = done;
      bar.setTotal(total);
      bar.update(done);
    });
    return { result, done: last, seconds: ((Date.now() - began) / 1000).toFixed(1) };
  } finally {
    bar.stop();
  }
}

function readArguments(args: string[]): Engine | null {
  const { engine } = parseArguments({ args, options: { engine: { type: 'string' } } }, USAGE).values;
  const known = ENGINES.find((each) => each === engine);
  if (engine !== undefined && !known) throw new SetupProblem(`There is no engine "${engine}".\n\n${USAGE}`);
  return known ?? null;
}

function plural(count: number): string {
  return `${count} product${count === 1 ? '' : 's'}`;
}
