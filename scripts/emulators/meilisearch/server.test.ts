/** The double, asked by Meilisearch's own client. */
import { Meilisearch, type SearchParams } from 'meilisearch';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startMeilisearchDouble, type MeilisearchDouble } from './server.ts';

let double: MeilisearchDouble;
let client: Meilisearch;

beforeEach(async () => {
  double = await startMeilisearchDouble({ api_key: 'key' });
  client = new Meilisearch({ host: double.url, apiKey: 'key', timeout: 2000 });
  onTestFinished(() => double.close());
});

const BOOKS = [
  {
    id: 1,
    title: 'The Lighthouse',
    text: 'A keeper and the sea',
    genre: ['Drama', 'sea'],
    price: 900,
    rank: 3,
  },
  { id: 2, title: 'Sea of Glass', text: 'Lighthouse keepers', genre: ['drama'], price: 1200, rank: 1 },
  { id: 3, title: 'Quiet Harbour', text: 'Nothing of the kind', genre: [], price: 700 },
];

async function library(): Promise<void> {
  await client.createIndex('books', { primaryKey: 'id' }).waitTask();
  await client
    .index('books')
    .updateSettings({
      searchableAttributes: ['title', 'text'],
      filterableAttributes: ['genre', 'price'],
      sortableAttributes: ['price', 'rank', 'title'],
      rankingRules: ['sort', 'words', 'typo', 'proximity', 'attribute', 'exactness'],
      synonyms: { pharos: ['lighthouse'] },
      stopWords: ['the'],
    })
    .waitTask();
  await client.index('books').addDocuments(BOOKS).waitTask();
}

const find = async (q: string, params: SearchParams = {}) => {
  const { hits } = await client.index('books').search(q, params);
  return hits.map(({ id }) => id as number);
};
const codeOf = (asking: Promise<unknown>) =>
  asking.then(
    () => 'none',
    (error: { cause?: { code?: string } }) => error.cause?.code,
  );

describe('tasks', () => {
  test('are carried out later, in order, and tell how they ended', async () => {
    double.tasks.hold();
    const first = await client.createIndex('books');
    const second = await client.createIndex('books');
    expect([first.status, second.taskUid - first.taskUid]).toEqual(['enqueued', 1]);
    expect(await codeOf(client.getRawIndex('books'))).toBe('index_not_found');
    double.tasks.release();
    expect(await client.tasks.waitForTask(first)).toMatchObject({ status: 'succeeded', error: null });
    expect(await client.tasks.waitForTask(second)).toMatchObject({
      status: 'failed',
      error: { code: 'index_already_exists' },
    });
    expect(await codeOf(client.tasks.getTask(99))).toBe('task_not_found');
  });

  test('replace documents whole, take them out, and need their key', async () => {
    await library();
    const books = client.index('books');
    await books.addDocuments([{ id: 1, title: 'Renamed' }]).waitTask();
    expect(await find('keeper')).toEqual([2]);
    await books.deleteDocuments(['1', '3', '77']).waitTask();
    expect((await books.getStats()).numberOfDocuments).toBe(1);
    for (const [document, code] of [
      [{ title: 'none' }, 'missing_document_id'],
      [{ id: 'a b' }, 'invalid_document_id'],
    ] as const)
      expect((await books.addDocuments([document]).waitTask()).error?.code).toBe(code);
    const guessed = client.index('guessed');
    expect((await guessed.addDocuments([{ a_id: 1, b_id: 2 }]).waitTask()).error?.code).toBe(
      'index_primary_key_multiple_candidates_found',
    );
    expect((await guessed.deleteDocuments(['1']).waitTask()).status).toBe('succeeded');
    expect((await client.index('none').deleteDocuments(['1']).waitTask()).error?.code).toBe(
      'index_not_found',
    );
  });

  test('swap indexes all at once or not at all, and give one the name of none', async () => {
    await library();
    await client.createIndex('empty', { primaryKey: 'id' }).waitTask();
    const failed = await client
      .swapIndexes([
        { indexes: ['books', 'empty'], rename: false },
        { indexes: ['none', 'other'], rename: false },
      ])
      .waitTask();
    expect(failed.error?.code).toBe('index_not_found');
    expect(await find('keeper')).toHaveLength(2);
    await client.swapIndexes([{ indexes: ['books', 'empty'], rename: false }]).waitTask();
    expect((await client.index('empty').search('keeper')).hits).toHaveLength(2);
    await client.swapIndexes([{ indexes: ['empty', 'read'], rename: true }]).waitTask();
    expect((await client.getRawIndexes()).results.map(({ uid }) => uid)).toEqual(['books', 'read']);
    expect(
      await codeOf(
        client.swapIndexes([
          { indexes: ['books', 'read'], rename: false },
          { indexes: ['read', 'x'], rename: false },
        ]),
      ),
    ).toBe('invalid_swap_duplicate_index_found');
  });
});

describe('search', () => {
  beforeEach(library);

  test.each([
    ['lighthouse', [1, 2]],
    ['LIGHTHOUSE keep', [1, 2]],
    ['ligthouse', [1, 2]],
    ['ligthhuse', [1, 2]],
    ['harb', [3]],
    ['harbuor', [3]],
    ['sea the glass', [2]],
    ['pharos', [1, 2]],
    ['nothing at all', []],
  ])('finds by %s', async (q, ids) => {
    expect((await find(q, { matchingStrategy: 'all' })).sort()).toEqual(ids);
  });

  test('leaves out words from the end, or the commonest, as it is told', async () => {
    expect((await find('lighthouse glass')).sort()).toEqual([1, 2]);
    expect(await find('glass lighthouse')).toEqual([2]);
    expect(await find('lighthouse glass', { matchingStrategy: 'frequency' })).toEqual([2]);
  });

  test('narrows, sorts and counts', async () => {
    expect(await find('', { filter: 'genre = DRAMA', sort: ['price:desc'] })).toEqual([2, 1]);
    expect(await find('', { sort: ['rank:asc'] })).toEqual([2, 1, 3]);
    expect(await find('', { sort: ['rank:desc'] })).toEqual([1, 2, 3]);
    const { facetDistribution, facetStats } = await client
      .index('books')
      .search('', { facets: ['genre', 'price'], limit: 0 });
    expect(facetDistribution).toEqual({ genre: { Drama: 2, sea: 1 }, price: { 700: 1, 900: 1, 1200: 1 } });
    expect(facetStats).toEqual({ price: { min: 700, max: 1200 } });
  });

  test('pages by number with a count, and by offset with an estimate', async () => {
    const books = client.index('books');
    expect(await books.search('', { page: 2, hitsPerPage: 2 })).toMatchObject({
      hits: [{ id: 3 }],
      page: 2,
      totalHits: 3,
      totalPages: 2,
    });
    expect(await books.search('', { offset: 1, limit: 1 })).toMatchObject({
      hits: [{ id: 2 }],
      estimatedTotalHits: 3,
    });
    await books.updateSettings({ pagination: { maxTotalHits: 2 } }).waitTask();
    expect(await books.search('', { page: 1, hitsPerPage: 5 })).toMatchObject({ totalHits: 2 });
  });

  test('marks and cuts', async () => {
    const { hits } = await client.index('books').search('keep', {
      attributesToRetrieve: ['id'],
      attributesToHighlight: ['text'],
      attributesToCrop: ['text'],
      cropLength: 2,
      highlightPreTag: '<b>',
      highlightPostTag: '</b>',
      filter: 'price = 900',
    });
    expect(hits).toEqual([{ id: 1, _formatted: { id: '1', text: '…<b>keep</b>er and…' } }]);
  });

  test('answers several at once, and says which of them is wrong', async () => {
    const { results } = await client.multiSearch({
      queries: [
        { indexUid: 'books', q: 'harbour' },
        { indexUid: 'books', q: 'sea', attributesToSearchOn: ['title'] },
      ],
    });
    expect(results.map(({ hits }) => hits.map(({ id }) => id as number))).toEqual([[3], [2]]);
    await expect(client.multiSearch({ queries: [{ indexUid: 'none', q: '' }] })).rejects.toThrow(
      'Inside `.queries[0]`: Index `none` not found.',
    );
  });

  test.each([
    [{ nonsense: 1 }, 'bad_request'],
    [{ limit: -1 }, 'invalid_search_limit'],
    [{ hitsPerPage: 'many' }, 'invalid_search_hits_per_page'],
    [{ filter: 'title = x' }, 'invalid_search_filter'],
    [{ sort: ['text:asc'] }, 'invalid_search_sort'],
    [{ sort: ['price'] }, 'invalid_search_sort'],
    [{ facets: ['title'] }, 'invalid_search_facets'],
    [{ attributesToSearchOn: ['genre'] }, 'invalid_search_attributes_to_search_on'],
    [{ matchingStrategy: 'some' }, 'invalid_search_matching_strategy'],
    [{ distinct: 'genre' }, 'not_emulated'],
  ])('refuses %j with %s', async (params, code) => {
    expect(await codeOf(client.index('books').search('', params as SearchParams))).toBe(code);
  });
});

describe('requests', () => {
  test('need the key, but for the health', async () => {
    const stranger = new Meilisearch({ host: double.url });
    expect(await stranger.isHealthy()).toBe(true);
    expect(await codeOf(stranger.getVersion())).toBe('missing_authorization_header');
    expect(await codeOf(new Meilisearch({ host: double.url, apiKey: 'other' }).getVersion())).toBe(
      'invalid_api_key',
    );
    expect((await client.getVersion()).pkgVersion).toMatch(/^1\./);
  });

  test.each([
    [{ searchableAttribute: [] }, 'bad_request'],
    [{ rankingRules: ['best'] }, 'invalid_settings_ranking_rules'],
    [{ typoTolerance: { oneTypo: 1 } }, 'invalid_settings_typo_tolerance'],
    [{ embedders: {} }, 'not_emulated'],
  ])('refuse the settings %j with %s', async (settings, code) => {
    expect(await codeOf(client.index('books').updateSettings(settings as object))).toBe(code);
  });

  test('keep what settings leave out, and bring defaults back by null', async () => {
    await library();
    const books = client.index('books');
    await books.updateSettings({ typoTolerance: { minWordSizeForTypos: { oneTypo: 3 } } }).waitTask();
    await books.updateSettings({ stopWords: null }).waitTask();
    expect(await books.getSettings()).toMatchObject({
      typoTolerance: { enabled: true, minWordSizeForTypos: { oneTypo: 3, twoTypos: 9 } },
      stopWords: [],
      synonyms: { pharos: ['lighthouse'] },
    });
  });

  test('to routes that are not emulated are refused', async () => {
    expect(await codeOf(client.getKeys())).toBe('not_found');
    expect(await codeOf(client.createIndex('a b'))).toBe('invalid_index_uid');
  });
});
