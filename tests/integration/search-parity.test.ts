/**
 * Two engines, one catalogue: what a storefront narrows, orders and counts is the same whichever answers. The words are such that both
 * must find the same products by them; how well each ranks is not compared.
 *
 * With MEILI_URL in the environment a real Meilisearch (1.18 or newer, MEILI_API_KEY) is held to it as well.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type FacetName,
  type ListingFilter,
  FACET_NAMES,
  SORTS,
  type Sort,
} from '../../extensions/commerce-api/src/listings/listing-filter.ts';
import { drainListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import {
  meilisearch,
  type Meilisearch,
} from '../../extensions/commerce-api/src/providers/search-meilisearch.ts';
import type { SearchEngine, SearchWanted } from '../../extensions/commerce-api/src/providers/search.ts';
import { meilisearchEngine } from '../../extensions/commerce-api/src/search/meilisearch-engine.ts';
import { postgresEngine } from '../../extensions/commerce-api/src/search/postgres-engine.ts';
import { reindexSearch } from '../../extensions/commerce-api/src/search/reindex.ts';
import {
  startMeilisearchDouble,
  type MeilisearchDouble,
} from '../../scripts/emulators/meilisearch/server.ts';
import { dice, inOrder, isListed, plantCatalogue, type ModelCatalogue } from '../support/listed-catalogue.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';

const PRODUCTS = 150;
const REAL_URL = process.env['MEILI_URL'] ?? '';
/** Said by every second product, below its name and in its description, and by nothing else that begins like it. */
const WORD = 'kestrel';
const GERMAN = 'turmfalke';

let double: MeilisearchDouble;
let fresh: FreshShop;
let shop: Shop;
let catalogue: ModelCatalogue;
let postgres: SearchEngine;
const others: Record<string, { engine: SearchEngine; meili: Meilisearch }> = {};

beforeAll(async () => {
  double = await startMeilisearchDouble();
  fresh = await freshShop();
  ({ shop } = fresh);
  catalogue = await plantCatalogue(fresh.db, PRODUCTS, 17);
  await describeProducts();
  await drainListings(shop);
  postgres = postgresEngine(shop);
  await addEngine('double', { ...shop.env, MEILI_URL: double.url });
  if (REAL_URL)
    await addEngine('real', {
      ...shop.env,
      MEILI_URL: REAL_URL,
      MEILI_API_KEY: process.env['MEILI_API_KEY'] ?? '',
      MEILI_INDEX_PREFIX: `kontor-tests-${process.pid}`,
      MEILI_TIMEOUT_MS: 10_000,
    });
});

afterAll(async () => {
  for (const { meili } of Object.values(others))
    await meili.deleteIndexes((await meili.indexes()).map(({ name }) => name));
  await fresh.stop();
  await double.close();
});

async function addEngine(name: string, env: Shop['env']): Promise<void> {
  const meili = meilisearch(env) as Meilisearch;
  await reindexSearch(shop, meili);
  others[name] = { engine: meilisearchEngine(shop, meili, postgres), meili };
}

/** Texts in two languages, prices in two currencies, and names of options that differ in case only. */
async function describeProducts(): Promise<void> {
  const { db } = fresh;
  await db.raw(
    `update products set description = '<p>Drawn with a ' || case when right(slug, 1) in ('0', '2', '4', '6', '8') then ? else 'sparrow' end
       || ' &amp; a <b>frame</b></p>' where slug like 'product-%'`,
    [WORD],
  );
  await db.raw(
    `update products set subtitle = ? where slug like 'product-%' and right(slug, 1) in ('0', '2', '4', '6', '8')`,
    [`Like a ${WORD}`],
  );
  await db('languages').insert({ code: 'de', name: 'Deutsch' }).onConflict('code').ignore();
  await db.raw(
    `insert into products_translations (id, product, language, name, description)
     select gen_random_uuid(), id, 'de', 'Zeichnung ' || right(slug, 1), 'Mit ' || ? from products
     where slug like 'product-%' and right(slug, 1) in ('0', '2', '3')`,
    [GERMAN],
  );
  await db.raw(
    `insert into prices (id, variant, currency, min_quantity, amount_minor)
     select gen_random_uuid(), v.id, 'EUR', 1, v.price_minor + 25 from product_variants v join products p on p.id = v.product
     where right(p.slug, 1) in ('0', '1', '2', '3', '4')`,
  );
  await db.raw(
    `update product_variants set option_values = '{"Colour":"red"}' where sku in ('SKU-4-0', 'SKU-8-0', 'SKU-12-0')`,
  );
}

const names = REAL_URL ? ['double', 'real'] : ['double'];
const wanted = (more: Partial<SearchWanted>): SearchWanted => ({
  q: WORD,
  locale: null,
  currency: 'USD',
  filter: {},
  sort: 'newest',
  limit: 100,
  offset: 0,
  facets: [],
  ...more,
});

const FILTERS: Record<string, ListingFilter> = {
  nothing: {},
  'a category with what is below it': { category: 'house' },
  'a category below an archived one': { category: 'lamps' },
  'a category that is not there': { category: 'no-such' },
  'a category that is archived': { category: 'attic' },
  'a brand': { brand: ['alder'] },
  'several brands, one unknown': { brand: ['alder', 'cedar', 'no-such'] },
  'no known brand': { brand: ['no-such'] },
  'several tags': { tag: ['eco', 'sale'] },
  'a least price': { min_price: 2000 },
  'a highest price': { max_price: 2000 },
  'one price': { min_price: 2500, max_price: 2500 },
  'an empty range of prices': { min_price: 3000, max_price: 2000 },
  'a rating': { min_rating: 3 },
  'a rating between stars': { min_rating: 2.5 },
  'being in stock': { in_stock: true },
  'being out of stock': { in_stock: false },
  'being featured': { featured: true },
  'not being featured': { featured: false },
  'an option': { option: { Colour: ['Red'] } },
  'an option in another case': { option: { Colour: ['red'] } },
  'an option with a comma, or another': { option: { Colour: ['Green, dark', 'Blue'] } },
  'two options': { option: { Colour: ['Red', 'Blue'], Size: ['S'] } },
  'an option that is not there': { option: { Weight: ['1=2 "kg"'] } },
  'much at once': {
    category: 'house',
    tag: ['eco', 'gift'],
    min_price: 500,
    max_price: 5000,
    in_stock: true,
    option: { Size: ['S', 'M'] },
  },
};

describe.each(names)('the %s Meilisearch and PostgreSQL', (name) => {
  const meili = () => others[name]?.engine as SearchEngine;
  /** Asks both. What only one can know is left out. */
  async function both(more: Partial<SearchWanted>) {
    const question = wanted(more);
    const [first, second] = await Promise.all([postgres.search(question), meili().search(question)]);
    const plain = ({ ids, total, total_is_exact, facets }: typeof first) => ({
      ids: question.sort === 'relevance' ? ids.toSorted() : ids,
      total,
      total_is_exact,
      facets,
    });
    return [plain(second), plain(first)] as const;
  }

  test.each(Object.entries(FILTERS))('find the same, narrowed by %s', async (_, filter) => {
    const [found, expected] = await both({ filter });
    expect(found).toEqual(expected);
    // Both may be wrong: the model is the judge. Options in another case were changed after it was made.
    if (filter.option?.['Colour']) return;
    const model = inOrder(
      catalogue.products.filter(
        (product) => Number(product.slug.at(-1)) % 2 === 0 && isListed(catalogue, product, filter),
      ),
      'newest',
    );
    expect(found.ids).toEqual(model.slice(0, 100).map(({ id }) => id));
    expect(found.total).toBe(model.length);
  });

  test.each(SORTS)('order the same by %s', async (sort) => {
    for (const filter of [{}, { category: 'house', in_stock: true }]) {
      const [found, expected] = await both({ sort, filter });
      expect(found).toEqual(expected);
      expect(found.ids.length).toBeGreaterThan(5);
    }
  });

  test.each(Object.entries(FILTERS))('count the same facets, narrowed by %s', async (_, filter) => {
    const [found, expected] = await both({ filter, facets: [...FACET_NAMES], limit: 1 });
    expect(found.facets).toEqual(expected.facets);
  });

  test.each(FACET_NAMES)('count %s alone as beside others', async (facet: FacetName) => {
    const filter = FILTERS['much at once'] as ListingFilter;
    const [found, expected] = await both({ filter, facets: [facet] });
    expect(found.facets).toEqual(expected.facets);
    const [all] = await both({ filter, facets: [...FACET_NAMES] });
    expect(found.facets?.[facet]).toEqual(all.facets?.[facet]);
  });

  test('count nothing that nobody asked for', async () => {
    const [found, expected] = await both({});
    expect(found.facets).toBeNull();
    expect(expected.facets).toBeNull();
  });

  test('page through the same, whether pages fit or not', async () => {
    const [all] = await both({ sort: 'price' });
    for (const limit of [1, 7, 20]) {
      for (const offset of [0, limit, limit * 2, 3, 11, 70, 500]) {
        const [found, expected] = await both({ sort: 'price', limit, offset });
        expect(found).toEqual(expected);
        expect(found.ids).toEqual(all.ids.slice(offset, offset + limit));
        expect(found.total).toBe(all.total);
      }
    }
  });

  test.each(['EUR', 'USD', 'JPY'])('know the prices and what is sold in %s', async (currency) => {
    for (const sort of ['price', '-price'] satisfies Sort[]) {
      const [found, expected] = await both({ currency, sort, facets: ['price', 'option', 'in_stock'] });
      expect(found).toEqual(expected);
      const [narrowed, also] = await both({ currency, sort, filter: { min_price: 1025, max_price: 2025 } });
      expect(narrowed).toEqual(also);
    }
  });

  test.each(['de', 'de-AT', 'fr', null])('find words and sort names of %s', async (locale) => {
    for (const q of [WORD, GERMAN]) {
      for (const sort of ['name', '-name'] satisfies Sort[]) {
        const [found, expected] = await both({ q, locale, sort, facets: ['category'] });
        expect(found).toEqual(expected);
      }
    }
  });

  // PostgreSQL completes and corrects to words of names and the like, Meilisearch to those of descriptions, too.
  test('find what begins like the last word, and what is typed with a slip', async () => {
    for (const q of ['kestr', 'kestrle', 'frame kestrel', 'KESTREL', 'kestrel ']) {
      const [found, expected] = await both({ q });
      expect({ q, total: found.total }).toEqual({ q, total: 75 });
      expect(found).toEqual(expected);
    }
  });

  test.each(['', ' ', '"', '---', 'nosuchwordatall', '"" OR price > 0', `${WORD}"`, `-${WORD}`])(
    'make nothing of the signs in <%s>',
    async (q) => {
      const [found, expected] = await both({ q });
      expect(found).toEqual(expected);
    },
  );

  test('mark what was found, and escape the rest', async () => {
    const question = wanted({ limit: 3 });
    const [first, second] = await Promise.all([postgres.search(question), meili().search(question)]);
    for (const { highlights, ids } of [first, second]) {
      expect(Object.keys(highlights).sort()).toEqual(ids.toSorted());
      for (const id of ids)
        expect(highlights[id]?.description).toBe('Drawn with a <mark>kestrel</mark> &amp; a frame');
    }
  });

  test('suggest the same places, and products by the beginning of their name', async () => {
    const question = { q: 'zin', locale: null, currency: 'USD', limit: 10 };
    const [first, second] = await Promise.all([postgres.suggest(question), meili().suggest(question)]);
    expect(second.products).toHaveLength(10);
    const called = new Map(catalogue.products.map(({ id, name: each }) => [id, each]));
    for (const id of [...first.products, ...second.products]) expect(called.get(id)).toMatch(/^Zinc/);
    const places = { ...question, q: 'bra' };
    const [places_there, places_here] = await Promise.all([
      postgres.suggest(places),
      meili().suggest(places),
    ]);
    expect(places_here.brands).toEqual(places_there.brands);
    expect(places_here.categories).toEqual(places_there.categories);
    expect(places_here.brands).toHaveLength(3);
  });

  test('agree on any filter, sort and page somebody may come by', async () => {
    const roll = dice(REAL_URL ? 4242 : 77);
    const maybe = <Value>(value: () => Value): Value | undefined => (roll(3) === 0 ? value() : undefined);
    const among = <Value>(values: readonly Value[]): Value => values[roll(values.length)] as Value;
    for (let question = 0; question < 60; question += 1) {
      const filter: ListingFilter = {
        category: maybe(() => among(['house', 'kitchen', 'pans', 'garden'])),
        brand: maybe(() => [among(['alder', 'birch']), among(['cedar', 'no-such'])]),
        tag: maybe(() => [among(['new', 'gift', 'eco'])]),
        min_price: maybe(() => roll(3000)),
        max_price: maybe(() => 1000 + roll(6000)),
        min_rating: maybe(() => roll(9) / 2),
        in_stock: maybe(() => roll(2) === 0),
        featured: maybe(() => roll(2) === 0),
        option: maybe(() => ({ [among(['Colour', 'Size'])]: [among(['Red', 'S']), among(['Blue', 'M'])] })),
      };
      const limit = 1 + roll(30);
      const more = {
        filter,
        sort: among(SORTS.filter((sort) => sort !== 'relevance')),
        limit,
        offset: roll(2) === 0 ? 0 : roll(40),
        currency: among(['USD', 'EUR']),
        locale: among([null, 'de']),
        facets: FACET_NAMES.filter(() => roll(2) === 0),
      };
      const [found, expected] = await both(more);
      expect({ more, ...found }).toEqual({ more, ...expected });
    }
  });
});
