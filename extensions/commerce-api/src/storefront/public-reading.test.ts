import { describe, expect, test } from 'vitest';
import { reachOf, type ItemsQuery, type Schema } from './public-reading.ts';

const text = { type: 'string' };
const schema: Schema = {
  collections: {
    products: {
      fields: {
        id: text,
        name: text,
        brand: text,
        variants: text,
        reviews: text,
        orders: text,
        published_at: { type: 'timestamp' },
        shown_on: { type: 'date' },
        item: text,
      },
    },
    product_variants: { fields: { id: text, product: text, prices: text, image: text, levels: text } },
    prices: { fields: { id: text, variant: text, price_list: text } },
    price_lists: { fields: { id: text, starts_at: { type: 'timestamp' } } },
    brands: { fields: { id: text, name: text, products: text } },
    reviews: { fields: { id: text, product: text } },
    order_lines: { fields: { id: text, product: text } },
    stock_levels: { fields: { id: text, variant: text } },
    directus_files: { fields: { id: text, folder: text } },
    directus_folders: { fields: { id: text, parent: text } },
  },
  relations: [
    { collection: 'products', field: 'brand', related_collection: 'brands', meta: { one_field: 'products' } },
    { collection: 'products', field: 'item', related_collection: null, meta: null },
    {
      collection: 'product_variants',
      field: 'product',
      related_collection: 'products',
      meta: { one_field: 'variants' },
    },
    { collection: 'product_variants', field: 'image', related_collection: 'directus_files', meta: null },
    {
      collection: 'prices',
      field: 'variant',
      related_collection: 'product_variants',
      meta: { one_field: 'prices' },
    },
    {
      collection: 'prices',
      field: 'price_list',
      related_collection: 'price_lists',
      meta: { one_field: null },
    },
    {
      collection: 'reviews',
      field: 'product',
      related_collection: 'products',
      meta: { one_field: 'reviews' },
    },
    {
      collection: 'order_lines',
      field: 'product',
      related_collection: 'products',
      meta: { one_field: 'orders' },
    },
    {
      collection: 'stock_levels',
      field: 'variant',
      related_collection: 'product_variants',
      meta: { one_field: 'levels' },
    },
    { collection: 'directus_files', field: 'folder', related_collection: 'directus_folders', meta: null },
  ],
};
const published = { published_at: { _lte: '$NOW' } };
const rules = [
  {
    collection: 'products',
    filter: { _and: [published] },
    fields: 'id,name,brand,variants,reviews,published_at',
  },
  { collection: 'product_variants', filter: { product: published }, fields: 'id,product,prices,image' },
  {
    collection: 'prices',
    filter: { price_list: { _or: [{ id: { _null: true } }, { starts_at: { _lte: '$NOW' } }] } },
    fields: '*',
  },
  { collection: 'brands', filter: null, fields: '*' },
  { collection: 'directus_files', filter: { folder: { _eq: 'public' } }, fields: 'id' },
];

function reached(query: ItemsQuery, collection = 'products'): string[] | null {
  const reach = reachOf(schema, rules, collection, query);
  return reach && [...reach.collections].sort();
}

describe('an answer hangs on', () => {
  test.each<[string, ItemsQuery, string[]]>([
    ['its collection alone', { fields: ['id', 'name'] }, ['products']],
    ['a key of another row, which is a column', { fields: ['brand'] }, ['products']],
    ['the row behind a key', { fields: ['brand.name'] }, ['brands', 'products']],
    [
      'lists of keys that stand for all fields',
      { fields: ['*'] },
      ['product_variants', 'products', 'reviews'],
    ],
    ['all fields where none is named', {}, ['product_variants', 'products', 'reviews']],
    ['what is counted', { fields: ['count(reviews)'] }, ['products', 'reviews']],
    ['what it is sorted by', { fields: ['id'], sort: ['-brand.name'] }, ['brands', 'products']],
    [
      'what it is filtered by',
      { fields: ['id'], filter: { variants: { _some: { id: { _eq: 1 } } } } },
      ['product_variants', 'products'],
    ],
    [
      'filters within filters',
      { fields: ['id'], filter: { _or: [{ _and: [{ brand: { name: { _eq: 'x' } } }] }] } },
      ['brands', 'products'],
    ],
    [
      'a key that is compared, which is a column',
      { fields: ['id'], filter: { brand: { _eq: 1 } } },
      ['products'],
    ],
    [
      'what is aggregated and grouped',
      { fields: ['id'], aggregate: { count: ['reviews'] }, group: ['year(published_at)'] },
      ['products', 'reviews'],
    ],
    [
      'what an alias stands for',
      { fields: ['some.id'], alias: { some: 'variants' } },
      ['product_variants', 'products'],
    ],
    [
      'deeper filters and the rules of what they reach',
      { fields: ['id'], deep: { variants: { _filter: { prices: { id: { _eq: 1 } } } } } },
      ['price_lists', 'prices', 'product_variants', 'products'],
    ],
    [
      'everything nested',
      { fields: ['variants.*'] },
      ['prices', 'price_lists', 'product_variants', 'products'].sort(),
    ],
    ['files', { fields: ['variants.image.*'] }, ['directus_files', 'product_variants', 'products']],
  ])('%s', (_what, query, collections) => {
    expect(reached(query)).toEqual(collections);
  });

  test('the moments its rules look at', () => {
    expect(reachOf(schema, rules, 'products', { fields: ['variants.prices.id'] })?.clocks).toEqual([
      { table: 'products', column: 'published_at' },
      { table: 'price_lists', column: 'starts_at' },
    ]);
    expect(reachOf(schema, rules, 'brands', { fields: ['name'] })?.clocks).toEqual([]);
  });
});

describe('an answer is not followed', () => {
  test.each<[string, ItemsQuery]>([
    ['into what is not watched', { fields: ['orders'] }],
    ['into stock, of which only flips are told', { fields: ['variants.levels.id'] }],
    ['into any of several collections', { fields: ['item.name'] }],
    ['through a field that is no name', { fields: ['item:products.name'] }],
    ['through a filter that is none', { filter: { '$FOLLOW(order_lines,product)': { id: { _eq: 1 } } } }],
    ['through aliases below the first level', { deep: { variants: { _alias: { some: 'prices' } } } }],
    ['through deep parts of nothing', { deep: { name: { _limit: 1 } } }],
  ])('%s', (_what, query) => {
    expect(reached(query)).toBeNull();
  });

  test.each([
    ['a moment before or after now', { published_at: { _lte: '$NOW(-1 day)' } }],
    ['now and a day', { shown_on: { _lte: '$NOW' } }],
    ['a field that is not watched', { orders: { id: { _null: true } } }],
  ])('where its rule compares %s', (_what, filter) => {
    expect(
      reachOf(schema, [{ collection: 'products', filter, fields: '*' }], 'products', { fields: ['id'] }),
    ).toBeNull();
  });
});
