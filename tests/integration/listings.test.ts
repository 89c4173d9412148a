import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listProducts } from '../../extensions/commerce-api/src/catalog/list-products.ts';
import { ListProductsQuery, type ListMeta } from '../../extensions/commerce-api/src/catalog/shapes.ts';
import {
  FACET_NAMES,
  type FacetName,
  type Facets,
  type ListingFilter,
} from '../../extensions/commerce-api/src/listings/listing-filter.ts';
import {
  categoriesOf,
  inOrder,
  isListed,
  optionsOf,
  plantCatalogue,
  type ModelCatalogue,
  type ModelProduct,
} from '../support/listed-catalogue.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { countStatements } from '../support/statements.ts';

let fresh: FreshShop;
let model: ModelCatalogue;
beforeAll(async () => {
  fresh = await freshShop();
  model = await plantCatalogue(fresh.db, 60, 20_261_129);
  await list({});
});
afterAll(() => fresh.stop());

interface Answered {
  data: { id: string; slug: string }[];
  meta: ListMeta;
}

async function list(query: Record<string, unknown>): Promise<Answered> {
  const { json } = await listProducts(fresh.shop, ListProductsQuery.parse(query));
  return JSON.parse(json) as Answered;
}

/** Pages in their order, by the cursor of each one before. */
async function pagesOf(query: Record<string, unknown>): Promise<Answered[]> {
  const pages: Answered[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Answered = await list({ ...query, ...(cursor && { cursor }) });
    pages.push(page);
    cursor = page.meta.next_cursor;
  }
  return pages;
}

const SORTS = ['newest', 'oldest', 'name', '-name', 'price', '-price', 'featured', 'popular', 'rating'];

const filters: fc.Arbitrary<ListingFilter> = fc.record(
  {
    category: fc.constantFrom('house', 'kitchen', 'pans', 'attic', 'lamps', 'garden', 'nowhere'),
    brand: fc.subarray(['alder', 'birch', 'cedar', 'nobody'], { minLength: 1 }),
    tag: fc.subarray(['new', 'gift', 'eco', 'sale'], { minLength: 1 }),
    min_price: fc.integer({ min: 0, max: 6_500 }),
    max_price: fc.integer({ min: 0, max: 6_500 }),
    min_rating: fc.constantFrom(0, 1, 2.5, 4, 5),
    in_stock: fc.boolean(),
    featured: fc.boolean(),
    option: fc.record(
      {
        Colour: fc.subarray(['Red', 'Blue', 'Green, dark'], { minLength: 1 }),
        Size: fc.subarray(['S', 'M', 'XXL'], { minLength: 1 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** As a storefront writes it. */
function queryOf({ brand, tag, in_stock, featured, ...others }: ListingFilter): Record<string, unknown> {
  return {
    ...others,
    ...(brand && { brand: brand.join(',') }),
    ...(tag && { tag: tag.join(',') }),
    ...(in_stock !== undefined && { in_stock: String(in_stock) }),
    ...(featured !== undefined && { featured: String(featured) }),
  };
}

/** Facets of the model: of each value, how many products it would list with all other conditions. */
function facetsOf(filter: ListingFilter, wanted: readonly FacetName[]): Record<string, unknown> {
  const matching = (left_out: string | null, option: string | null = null) => {
    const kept: ListingFilter = { ...filter };
    if (left_out === 'price') {
      delete kept.min_price;
      delete kept.max_price;
    }
    if (left_out === 'rating') delete kept.min_rating;
    if (left_out === 'brand' || left_out === 'tag' || left_out === 'in_stock') delete kept[left_out];
    if (option !== null && kept.option)
      kept.option = Object.fromEntries(Object.entries(kept.option).filter(([name]) => name !== option));
    return model.products.filter((product) => isListed(model, product, kept));
  };
  const counted = (products: ModelProduct[], valuesOf: (product: ModelProduct) => Iterable<string>) => {
    const counts: Record<string, number> = {};
    for (const product of products)
      for (const value of valuesOf(product)) counts[value] = (counts[value] ?? 0) + 1;
    return counts;
  };
  const all: Record<FacetName, () => unknown> = {
    category: () =>
      counted(matching('category'), (product) =>
        [...categoriesOf(model, product)].filter(
          (slug) => filter.category === undefined || isBelow(slug, filter.category),
        ),
      ),
    brand: () => counted(matching('brand'), ({ brand }) => (brand === null ? [] : [brand])),
    tag: () => counted(matching('tag'), ({ tags }) => tags),
    in_stock: () => counted(matching('in_stock'), ({ in_stock }) => [String(in_stock)]),
    rating: () =>
      [4, 3, 2, 1].map(
        (from) => matching('rating').filter(({ rating }) => rating !== null && rating >= from).length,
      ),
    price: () => {
      const prices = matching('price').map(({ price }) => price);
      return prices.length === 0
        ? [null, null, 0]
        : [Math.min(...prices), Math.max(...prices), prices.length];
    },
    option: () =>
      Object.fromEntries(
        ['Colour', 'Size'].flatMap((name) => {
          const counts = counted(matching('option', name), (product) => optionsOf(product)[name] ?? []);
          return Object.keys(counts).length > 0 ? [[name, counts]] : [];
        }),
      ),
  };
  return Object.fromEntries(wanted.map((facet) => [facet, all[facet]()]));
}

function isBelow(slug: string, above: string): boolean {
  for (
    let at: string | null = slug;
    at !== null && !model.archived.includes(at);
    at = model.parents[at] ?? null
  ) {
    if (at === above) return true;
  }
  return false;
}

/** An answer's facets in the shape of the model's. */
function shapeOf(facets: Facets): Record<string, unknown> {
  const counts = (values: readonly { value: string | boolean; count: number }[]) =>
    Object.fromEntries(
      values.filter(({ count }) => count > 0).map(({ value, count }) => [String(value), count]),
    );
  const { category, brand, tag, in_stock, rating, price, option } = facets;
  return {
    ...(category && { category: counts(category) }),
    ...(brand && { brand: counts(brand) }),
    ...(tag && { tag: counts(tag) }),
    ...(in_stock && { in_stock: counts(in_stock) }),
    ...(rating && { rating: rating.map(({ count }) => count) }),
    ...(price && {
      price: [price.min_minor, price.max_minor, price.ranges.reduce((sum, range) => sum + range.count, 0)],
    }),
    ...(option && { option: Object.fromEntries(option.map(({ name, values }) => [name, counts(values)])) }),
  };
}

describe('a list', () => {
  test.each(SORTS)('sorted by %s has everything in its order', async (sort) => {
    const { data, meta } = await list({ sort, limit: 100 });
    expect(data.map(({ slug }) => slug)).toEqual(inOrder(model.products, sort).map(({ slug }) => slug));
    expect(meta).toMatchObject({ total: 60, total_is_exact: true, next_cursor: null });
  });

  test('holds what every condition lets through, in order, and counts it', async () => {
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.constantFrom(...SORTS),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 3 }),
        async (filter, sort, limit, page) => {
          const expected = inOrder(
            model.products.filter((product) => isListed(model, product, filter)),
            sort,
          );
          const { data, meta } = await list({ ...queryOf(filter), sort, limit, page });
          expect(data.map(({ slug }) => slug)).toEqual(
            expected.slice((page - 1) * limit, page * limit).map(({ slug }) => slug),
          );
          expect(meta).toMatchObject({ page, limit, total: expected.length, total_is_exact: true });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('counts what each value would list, with all conditions but its own', async () => {
    await fc.assert(
      fc.asyncProperty(filters, fc.subarray([...FACET_NAMES], { minLength: 1 }), async (filter, facets) => {
        const { meta } = await list({ ...queryOf(filter), facets: facets.join(','), limit: 1 });
        expect(shapeOf(meta.facets ?? {})).toEqual(facetsOf(filter, facets));
        expect(meta.facets_are_exact).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('counts the categories below one alike, few of them or very many', async () => {
    const counted = async () => (await list({ category: 'house', facets: 'category' })).meta.facets?.category;
    const few = await counted();
    expect(few?.map(({ value }) => value).sort()).toEqual(['house', 'kitchen', 'pans']);
    const kitchen = await fresh.db('categories').where({ slug: 'kitchen' }).first('id');
    const more = Array.from({ length: 310 }, (_, n) => ({
      id: randomUUID(),
      slug: `shelf-${n}`,
      name: `Shelf ${n}`,
      status: 'published',
      parent: kitchen.id,
    }));
    await fresh.db('categories').insert(more);
    try {
      expect(await counted()).toEqual(few);
    } finally {
      await fresh
        .db('categories')
        .whereIn(
          'id',
          more.map(({ id }) => id),
        )
        .delete();
    }
  });

  test('is read page by page with cursors as it is read at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.constantFrom(...SORTS),
        fc.integer({ min: 3, max: 20 }),
        async (filter, sort, limit) => {
          const expected = inOrder(
            model.products.filter((product) => isListed(model, product, filter)),
            sort,
          );
          const pages = await pagesOf({ ...queryOf(filter), sort, limit });
          for (const { meta } of pages) expect(meta.total).toBe(expected.length);
          expect(pages.flatMap(({ data }) => data.map(({ slug }) => slug))).toEqual(
            expected.map(({ slug }) => slug),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('is narrowed, ordered and counted among what words find, too', async () => {
    const found = model.products.filter(({ name }) => /^moss/.test(name));
    const filter: ListingFilter = { in_stock: true, tag: ['new', 'eco'] };
    const expected = found.filter((product) => isListed(model, product, filter));
    expect(expected.length).toBeGreaterThan(2);
    const { data, meta } = await list({ q: 'moss', ...queryOf(filter), sort: 'price', facets: 'tag' });
    expect(data.map(({ slug }) => slug)).toEqual(inOrder(expected, 'price').map(({ slug }) => slug));
    expect(meta.total).toBe(expected.length);
    const inStock = found.filter((product) => isListed(model, product, { in_stock: true }));
    const gifts = inStock.filter(({ tags }) => tags.includes('gift')).length;
    expect(meta.facets?.tag?.find(({ value }) => value === 'gift')?.count ?? 0).toBe(gifts);
    const pages = await pagesOf({ q: 'moss', limit: 4 });
    const seen = pages.flatMap((page) => page.data.map(({ slug }) => slug));
    expect(seen.sort()).toEqual(found.map(({ slug }) => slug).sort());
  });

  test.each([
    ['everything', {}, 1],
    ['a category', { category: 'kitchen' }, 1],
    ['a brand by name', { brand: 'alder', sort: 'name', locale: 'de' }, 1],
    ['a category with facets', { category: 'house', facets: 'all' }, 3],
    ['a selection', { category: 'house', brand: 'alder,birch', in_stock: 'true' }, 3],
    [
      'a selection with all facets',
      {
        category: 'house',
        brand: 'alder',
        tag: 'new',
        min_price: 200,
        min_rating: 1,
        facets: 'all',
        option: { Colour: 'Red' },
      },
      5,
    ],
  ])('of %s takes few statements, whatever its length', async (_name, query, most) => {
    await list(query);
    for (const limit of [1, 50]) {
      const { statements } = await countStatements(fresh.db, () => list({ ...query, limit }));
      expect(statements.length).toBeLessThanOrEqual(most);
    }
  });
});
