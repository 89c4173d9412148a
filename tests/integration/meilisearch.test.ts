/** The second search engine: its index follows the catalogue, is rebuilt without a gap, and is done without while it is ill. */
import { register } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { drainListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import type { Log, Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import {
  meilisearch,
  type Meilisearch,
} from '../../extensions/commerce-api/src/providers/search-meilisearch.ts';
import type { SearchEngine } from '../../extensions/commerce-api/src/providers/search.ts';
import {
  chooseEngine,
  guardEngine,
  searchEngine,
} from '../../extensions/commerce-api/src/search/choose-engine.ts';
import { indexName } from '../../extensions/commerce-api/src/search/engine-settings.ts';
import { enqueueIndexing } from '../../extensions/commerce-api/src/search/enqueue-indexing.ts';
import { indexSearch, syncSearchWords } from '../../extensions/commerce-api/src/search/index-search-job.ts';
import { meilisearchEngine } from '../../extensions/commerce-api/src/search/meilisearch-engine.ts';
import { postgresEngine } from '../../extensions/commerce-api/src/search/postgres-engine.ts';
import { examineIndexes, reindexSearch } from '../../extensions/commerce-api/src/search/reindex.ts';
import { reindexCommand } from '../../scripts/commands/reindex.ts';
import {
  startMeilisearchDouble,
  type MeilisearchDouble,
} from '../../scripts/emulators/meilisearch/server.ts';
import { aVariant } from '../support/factories.ts';
import { wantedSearch as wanted } from '../support/search-desk.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { until } from '../support/until.ts';

let double: MeilisearchDouble;
let fresh: FreshShop;
let shop: Shop;
let engine: Meilisearch;
let live: string;

const KEY = 'key-of-the-tests';

beforeAll(async () => {
  double = await startMeilisearchDouble({ api_key: KEY });
  fresh = await freshShop({ env: { MEILI_URL: double.url, MEILI_API_KEY: KEY, MEILI_TIMEOUT_MS: '10000' } });
  shop = fresh.shop;
  engine = shop.providers.search as Meilisearch;
  live = indexName(engine.prefix, '');
});

afterEach(() => double.faults.clear());

afterAll(async () => {
  await fresh.stop();
  await double.close();
});

const emptyEngine: SearchEngine = {
  name: 'postgres',
  search: () =>
    Promise.resolve({
      ids: [],
      total: 0,
      total_is_exact: true,
      facets: null,
      highlights: {},
      did_you_mean: null,
    }),
  suggest: () => Promise.reject(new Error('nobody asks for suggestions')),
};

/** A product by this name, listed. */
async function product(name: string): Promise<string> {
  const variant = await aVariant(shop);
  const [row] = await fresh
    .db('product_variants')
    .where({ id: variant })
    .select<{ product: string }[]>('product');
  const id = row?.product ?? '';
  await rename(id, name);
  return id;
}

async function rename(id: string, name: string): Promise<void> {
  await fresh.db('products').where({ id }).update({ name });
  await drainListings(shop);
}

/** Meilisearch's own answers: where it finds nothing, nothing is. */
const own = (asked = engine) => meilisearchEngine(shop, asked, emptyEngine);
const foundBy = async (q: string) => (await own().search(wanted(q))).ids;
const jobs = async () =>
  (
    await fresh
      .db('graphile_worker.jobs')
      .where({ task_identifier: 'index-search' })
      .count<{ count: number }[]>()
  )[0]?.count;
/** Runs jobs until none is left, those that failed again as well. */
async function drainAll(): Promise<void> {
  await until('all jobs are done', async () => {
    await fresh.db.raw('update graphile_worker._private_jobs set run_at = now()');
    await fresh.drain();
    return (await jobs()) === 0;
  });
}
const nameIn = (index: string, id: string) => double.indexes.get(index).documents.get(id)?.['name'];

describe('an index that was never built', () => {
  test('is not written to by jobs, and comes to be by reindex only', async () => {
    const id = await product('Alder chair');
    await indexSearch(shop, [id]);
    expect(double.indexes.list()).toEqual([]);
  });

  test('leaves searches to PostgreSQL, and the log says once what to do', async () => {
    const { log, lines } = keptLog();
    const one: Shop = { ...shop, log, providers: { ...shop.providers, search: meilisearch(shop.env) } };
    const first = await searchEngine(one).search(wanted('alder'));
    const second = await searchEngine(one).search(wanted('alder'));
    expect(first.total).toBe(1);
    expect(second).toEqual(first);
    expect(lines).toEqual([
      'warn Meilisearch has no index of this version, so PostgreSQL searches. Build it: npm run kontor -- reindex',
    ]);
    const metric = await register.getSingleMetricAsString('kontor_search_questions_total');
    expect(metric.match(/^kontor.*/gm)).toEqual([
      'kontor_search_questions_total{outcome="answered"} 0',
      'kontor_search_questions_total{outcome="fallen_back"} 2',
      'kontor_search_questions_total{outcome="failed"} 2',
    ]);
  });

  test('is named by the doctor, and so is an engine that does not answer', async () => {
    expect((await examineIndexes(shop, engine)).broken).toEqual([
      `${live} was not built: npm run kontor -- reindex`,
    ]);
    double.faults.add({ kind: 'error_before_acting', status: 503, route: 'GET /indexes' });
    expect((await examineIndexes(shop, engine)).broken).toEqual([
      'Meilisearch refused: made to fail (internal): PostgreSQL searches meanwhile',
    ]);
  });
});

describe('reindex', () => {
  test('fills an index with what is listed, sets it up and takes it into use', async () => {
    const lines: string[] = [];
    await reindexCommand(shop, { engine: null, log: (line) => lines.push(line) });
    expect(lines.join('\n')).toMatch(/Listed and indexed 1 product in PostgreSQL/);
    expect(lines.join('\n')).toMatch(/Indexed 1 product in Meilisearch, in one language/);
    expect(double.indexes.list().map(({ uid }) => uid)).toEqual([live]);
    expect(await foundBy('alder')).toHaveLength(1);
    expect((await examineIndexes(shop, engine)).broken).toEqual([]);
  });

  test('finds everything at every moment while it runs', async () => {
    const missing: unknown[] = [];
    let is_over = false;
    const watching = (async () => {
      while (!is_over) {
        const ids = await foundBy('alder').catch((error: unknown) => [error]);
        if (ids.length !== 1 || typeof ids[0] !== 'string') missing.push(ids);
      }
    })();
    for (let round = 0; round < 3; round += 1) await reindexSearch(shop, engine);
    is_over = true;
    await watching;
    expect(missing).toEqual([]);
  });

  test('loses no change that is made meanwhile', async () => {
    const before = await product('Birch table');
    const gone = await product('Birch bench');
    await drainAll();
    const changed: Promise<string>[] = [];
    /** Meilisearch keeps what it is asked for until the change is listed, and its job has begun. */
    const change = async () => {
      double.tasks.hold();
      const added = await product('Birch stool');
      await rename(before, 'Birch desk');
      await fresh.db('products').where({ id: gone }).update({ status: 'archived' });
      await drainListings(shop);
      const draining = fresh.drain();
      double.tasks.release();
      await draining;
      return added;
    };
    await reindexSearch(shop, engine, {
      // The new index is full, and the next step is to put it in the place of the old one.
      onProgress: ({ done, total }) =>
        void (done === total && changed.length === 0 && changed.push(change())),
    });
    const [added] = await Promise.all(changed);
    await drainAll();
    expect(nameIn(live, before)).toBe('Birch desk');
    expect((await foundBy('birch')).sort()).toEqual([added, before].sort());
    expect((await examineIndexes(shop, engine)).broken).toEqual([]);
  });

  test('removes what earlier versions of the code left', async () => {
    double.indexes.create('kontor_original_00000000', 'product');
    double.indexes.create('other-shop_original_00000000', 'product');
    const result = await reindexSearch(shop, engine);
    expect(result?.deleted).toEqual(['kontor_original_00000000']);
    expect(double.indexes.list().map(({ uid }) => uid)).toEqual([live, 'other-shop_original_00000000']);
  });

  test('begins anew after one that was broken off, and keeps what answers', async () => {
    double.tasks.fail('documentAdditionOrUpdate', 1);
    await expect(reindexCommand(shop, { engine: 'meilisearch', log: () => undefined })).rejects.toThrow(
      /The task was made to fail.*What answered searches before still does/s,
    );
    expect(await foundBy('alder')).toHaveLength(1);
    await reindexSearch(shop, engine);
    expect((await examineIndexes(shop, engine)).broken).toEqual([]);
  });

  test('is not done twice at once', async () => {
    const both = await Promise.all([reindexSearch(shop, engine), reindexSearch(shop, engine)]);
    expect(both.filter((each) => each === null)).toHaveLength(1);
  });

  test('wants MEILI_URL when it is asked for Meilisearch', async () => {
    const plain: Shop = { ...shop, providers: { ...shop.providers, search: null } };
    await expect(reindexCommand(plain, { engine: 'meilisearch', log: () => undefined })).rejects.toThrow(
      /MEILI_URL is not set/,
    );
  });

  test('makes an index for each language anything is translated into', async () => {
    const id = await product('Cedar lamp');
    await fresh.db('languages').insert({ code: 'de', name: 'Deutsch' }).onConflict('code').ignore();
    await fresh.db('products_translations').insert({ product: id, language: 'de', name: 'Zedernlampe' });
    await drainListings(shop);
    await reindexSearch(shop, engine);
    const german = indexName(engine.prefix, 'de');
    expect(nameIn(german, id)).toBe('Zedernlampe');
    expect(nameIn(live, id)).toBe('Cedar lamp');
    const search = (q: string, locale: string) => own().search(wanted(q, { locale }));
    expect((await search('Zedernlampe', 'de-AT')).ids).toEqual([id]);
    expect((await search('alder', 'de')).ids).toHaveLength(1);
    expect((await search('Zedernlampe', 'fr')).ids).toEqual([]);
  });
});

describe('the job that follows changes', () => {
  test('is enqueued with the change, one for all of a transaction, and only where there is an engine', async () => {
    const ids = [await product('Elm shelf'), await product('Elm box')];
    await fresh.drain();
    await shop.db.transaction((trx) => enqueueIndexing(trx, shop, ids));
    expect(await jobs()).toBe(1);
    await shop.db
      .transaction(async (trx) => {
        await enqueueIndexing(trx, shop, ids);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    const plain = { env: { ...shop.env, MEILI_URL: '' } };
    await shop.db.transaction((trx) => enqueueIndexing(trx, plain, ids));
    expect(await jobs()).toBe(1);
    await fresh.drain();
    expect(await foundBy('elm')).toHaveLength(2);
  });

  test('comes with what listings work out, so that a change is found by itself', async () => {
    const id = await product('Fir cupboard');
    await fresh.drain();
    expect(await foundBy('fir')).toEqual([id]);
    await fresh.db('products').where({ id }).update({ status: 'archived' });
    await drainListings(shop);
    await fresh.drain();
    expect(await foundBy('fir')).toEqual([]);
  });

  test('sends several hundred products in one request', async () => {
    const template = await product('Gum crate 0');
    await fresh.db.raw(
      `insert into products (id, slug, name, status) select gen_random_uuid(), 'gum-' || n, 'Gum crate ' || n, 'published' from generate_series(1, 505) n`,
    );
    await fresh.db.raw(
      `insert into product_variants (id, product, sku, price_minor, currency, status, track_stock)
       select gen_random_uuid(), id, upper(slug), 1000, 'USD', 'published', false from products where slug like 'gum-%'`,
    );
    await drainListings(shop);
    const ids = await fresh.db('products').where('slug', 'like', 'gum-%').select<{ id: string }[]>('id');
    await fresh.drain();
    double.requests.length = 0;
    await indexSearch(shop, [template, ...ids.map(({ id }) => id)]);
    const writes = double.requests.filter((route) => route.startsWith(`POST /indexes/${live}/documents`));
    expect(writes).toHaveLength(2);
    for (const { id } of ids) expect(nameIn(live, id)).toMatch(/^Gum crate/);
  });

  test('may run twice, and leaves the same', async () => {
    const id = await product('Hazel rack');
    await indexSearch(shop, [id]);
    const once = double.indexes.get(live).documents.get(id);
    await indexSearch(shop, [id]);
    expect(double.indexes.get(live).documents.get(id)).toEqual(once);
  });

  test('leaves the latest state when two run at once and the older write comes last', async () => {
    const id = await product('Ivy pot, old');
    let letGo = () => {};
    const let_go = new Promise<void>((resolve) => (letGo = resolve));
    const written: unknown[] = [];
    const slow: Meilisearch = {
      ...engine,
      async write(...args) {
        if (written.length === 0) {
          written.push('begun');
          await let_go;
        }
        await engine.write(...args);
        written.push(nameIn(live, id));
      },
    };
    const first = indexSearch({ ...shop, providers: { ...shop.providers, search: slow } }, [id]);
    await until('the first job has read the product', () => written.length > 0);
    await rename(id, 'Ivy pot, new');
    await indexSearch(shop, [id]);
    expect(nameIn(live, id)).toBe('Ivy pot, new');
    letGo();
    await first;
    expect(written).toContain('Ivy pot, old');
    expect(nameIn(live, id)).toBe('Ivy pot, new');
  });

  test('fails when the task fails, and the next attempt brings what it was to bring', async () => {
    const id = await product('Juniper tub');
    double.tasks.fail('documentAdditionOrUpdate', 1);
    await expect(indexSearch(shop, [id])).rejects.toMatchObject({ fault: 'refused', code: 'internal' });
    expect(nameIn(live, id)).toBeUndefined();
    await indexSearch(shop, [id]);
    expect(nameIn(live, id)).toBe('Juniper tub');
  });

  test('is tried again by itself after a connection was lost', async () => {
    const id = await product('Kauri beam');
    double.faults.add({ kind: 'lost_answer', times: 1, route: `POST /indexes/${live}/documents` });
    await fresh.drain();
    expect(await jobs()).toBe(1);
    await drainAll();
    expect(nameIn(live, id)).toBe('Kauri beam');
  });

  test('a search that was kept between a change and its arrival is dropped once the engine knows', async () => {
    const id = await product('Juniper stool');
    await drainAll();
    const listener = await fresh.pool.connect();
    const told: { at_engine: unknown; notice: unknown }[] = [];
    try {
      listener.on('notification', ({ payload = '' }) =>
        told.push({ at_engine: nameIn(live, id), notice: JSON.parse(payload) }),
      );
      await listener.query('listen kontor_listings');
      await fresh.db('products').where({ id }).update({ name: 'Larch stool' });
      await drainListings(shop);
      await drainAll();
      await until('the engine is told of', async () => told.length > 1);
    } finally {
      listener.release(true);
    }
    expect(told.at(-1)).toEqual({
      at_engine: 'Larch stool',
      notice: { products: [], shelves: null, aspects: ['text'] },
    });
  });

  test('makes no index of its own when the one it writes to goes away', async () => {
    const id = await product('Larch gate');
    const target = `${live}_next`;
    double.indexes.create(target, 'product');
    double.tasks.hold();
    const working = indexSearch(shop, [id]);
    await until('the write waits', () => double.tasks.list()[0]?.indexUid === target);
    double.indexes.remove(target);
    double.tasks.release();
    await expect(working).rejects.toMatchObject({ code: 'index_primary_key_no_candidate_found' });
    await indexSearch(shop, [id]);
    expect(nameIn(live, id)).toBe('Larch gate');
    await reindexSearch(shop, engine);
    expect(double.indexes.list().map(({ uid }) => uid)).not.toContain(target);
  });
});

describe('the words merchants edit', () => {
  test('reach every index, without a reindex, and only when they differ', async () => {
    const id = await product('Maple settee');
    await fresh.drain();
    expect(await foundBy('couch')).toEqual([]);
    await fresh.db('search_synonyms').insert({
      kind: 'both_ways',
      active: true,
      words: JSON.stringify(['couch', 'settee']),
    });
    await fresh.db('search_stop_words').insert({ word: 'with' });
    await syncSearchWords(shop);
    expect(await foundBy('couch')).toEqual([id]);
    expect(await foundBy('settee with')).toEqual([id]);
    const before = double.tasks.list().length;
    await syncSearchWords(shop);
    expect(double.tasks.list()).toHaveLength(before);
    expect((await examineIndexes(shop, engine)).broken).toEqual([]);
  });
});

describe('while Meilisearch is ill', () => {
  const cases = {
    down: () => double.stop(),
    silent: () => void double.faults.add({ kind: 'silence_before_acting', route: 'POST /multi-search' }),
    'answering with 503': () =>
      void double.faults.add({ kind: 'error_before_acting', status: 503, route: 'POST /multi-search' }),
    'losing connections': () => void double.faults.add({ kind: 'lost_request', route: 'POST /multi-search' }),
  };

  test.each(Object.entries(cases))(
    '(%s) PostgreSQL answers, and once it is well it is asked again',
    async (illness, break_it) => {
      const { log, lines } = keptLog();
      // Waits for silence only; on a busy machine an answer takes its time.
      const timeout_ms = illness === 'silent' ? 1_500 : shop.env.MEILI_TIMEOUT_MS;
      const asked = meilisearch({ ...shop.env, MEILI_TIMEOUT_MS: timeout_ms }) as Meilisearch;
      let now = 0;
      const guard = guardEngine(log, { pause_ms: 5000, now: () => now });
      const chosen = chooseEngine(guard, own(asked), postgresEngine(shop));
      const expected = await chosen.search(wanted('alder'));
      expect(guard.health()).toMatchObject({ is_well: true, answered: 1 });

      await break_it();
      for (let question = 0; question < 5; question += 1)
        expect((await chosen.search(wanted('alder'))).ids).toEqual(expected.ids);
      expect((await chosen.suggest({ q: 'ald', locale: null, currency: 'USD', limit: 5 })).products).toEqual(
        expected.ids,
      );
      // Three failures in a row, then nobody waits for it any more.
      expect(guard.health()).toMatchObject({ is_well: false, answered: 1, fallen_back: 6, failures: 3 });

      double.faults.clear();
      await double.stop();
      await double.start();
      await chosen.search(wanted('alder'));
      expect(guard.health().answered).toBe(1);
      now += 5001;
      expect((await chosen.search(wanted('alder'))).ids).toEqual(expected.ids);
      await chosen.search(wanted('alder'));
      expect(guard.health()).toMatchObject({ is_well: true, answered: 3 });
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(/^warn Meilisearch .*, so PostgreSQL searches$/);
      expect(lines[1]).toBe('info Meilisearch answers searches again');
    },
  );

  test('what it refuses is answered by PostgreSQL, too', async () => {
    const { log, lines } = keptLog();
    const refused = meilisearch({ ...shop.env, MEILI_API_KEY: 'another' }) as Meilisearch;
    const one: Shop = { ...shop, log, providers: { ...shop.providers, search: refused } };
    expect((await searchEngine(one).search(wanted('alder'))).total).toBe(1);
    expect(lines).toEqual([
      'warn Meilisearch refused: The provided API key is invalid., so PostgreSQL searches',
    ]);
  });

  test('an error of PostgreSQL is not taken for one of Meilisearch', async () => {
    const guard = guardEngine(keptLog().log);
    const failing = () => Promise.reject(new Error('connection terminated'));
    await expect(guard.ask(failing, () => Promise.resolve('answered'))).rejects.toThrow('terminated');
    expect(guard.health().failures).toBe(0);
  });

  test('the key is in no log and no error', async () => {
    await double.stop();
    const error: unknown = await engine
      .search(live, {
        q: 'alder',
        currency: 'USD',
        filter: {},
        sort: 'relevance',
        limit: 1,
        offset: 0,
        facets: [],
        words: 'all',
      })
      .catch((caught: unknown) => caught);
    await double.start();
    const { stack, cause } = error as Error;
    expect(`${stack} ${JSON.stringify(error)} ${JSON.stringify(cause)}`).not.toContain(KEY);
  });
});

function keptLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (_: object, message: string) => void lines.push(`${level} ${message}`);
  return { log: { info: keep('info'), warn: keep('warn'), error: keep('error') }, lines };
}
