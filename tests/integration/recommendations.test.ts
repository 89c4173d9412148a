import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { drainListings } from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import { inTransaction, insertRows, row, rows } from '../../extensions/commerce-api/src/platform/database.ts';
import { parse } from '../../extensions/commerce-api/src/platform/http.ts';
import { enqueue } from '../../extensions/commerce-api/src/platform/jobs.ts';
import { computeBoughtTogether } from '../../extensions/commerce-api/src/recommendations/compute-bought-together.ts';
import { readRelated } from '../../extensions/commerce-api/src/recommendations/read-related.ts';
import { refreshPopularity } from '../../extensions/commerce-api/src/recommendations/refresh-popularity.ts';
import { refreshSimilar } from '../../extensions/commerce-api/src/recommendations/refresh-similar.ts';
import { RelatedQuery } from '../../extensions/commerce-api/src/recommendations/shapes.ts';
import { connectionOf } from '../../scripts/setup.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { countStatements } from '../support/statements.ts';
import { until } from '../support/until.ts';

let fresh: FreshShop;
beforeAll(async () => {
  fresh = await freshShop();
});
afterAll(() => fresh.stop());

beforeEach(async () => {
  await fresh.db.raw(`truncate orders, products, categories cascade`);
  await fresh.db
    .raw(`truncate commerce.product_affinities, commerce.product_features, commerce.feature_counts,
    commerce.similarity_changes, commerce.similarity_due, commerce.recommendation_progress, commerce.product_popularity,
    commerce.catalog_changes, commerce.listings, commerce.listed_products, commerce.shelf_entries, commerce.shelf_facets`);
});

interface PlantedProduct {
  name?: string;
  status?: string;
  currency?: string;
  category?: string;
}

/** A product of one variant; its slug is its id. */
async function aProduct({
  name = 'Thing',
  status = 'published',
  currency = 'USD',
  category,
}: PlantedProduct = {}) {
  const id = randomUUID();
  await inTransaction(fresh.db, async (trx) => {
    await insertRows(trx, 'products', [{ id, slug: id, name, status, kind: 'physical' }]);
    const variant = {
      product: id,
      sku: id,
      price_minor: 1000,
      currency,
      status: 'published',
      track_stock: false,
    };
    await insertRows(trx, 'product_variants', [variant]);
    if (category) await insertRows(trx, 'products_categories', [{ product: id, category }]);
  });
  return id;
}

async function someProducts(count: number): Promise<string[]> {
  const made: string[] = [];
  for (let index = 0; index < count; index += 1) made.push(await aProduct({ name: `Thing${index}` }));
  return made;
}

async function aCategory(): Promise<string> {
  const id = randomUUID();
  await inTransaction(fresh.db, (trx) =>
    insertRows(trx, 'categories', [{ id, slug: id, name: 'C', status: 'published' }]),
  );
  return id;
}

interface PlantedOrder {
  days_ago?: number;
  status?: string;
  quantity?: number;
  refunded?: number;
}

let number = 0;
async function anOrder(
  products: string[],
  { days_ago = 0, status = 'delivered', quantity = 1, refunded = 0 }: PlantedOrder = {},
) {
  number += 1;
  const id = randomUUID();
  const amount = products.length * quantity * 1000;
  const placed_at = new Date(Date.now() - days_ago * 86_400_000).toISOString();
  await inTransaction(fresh.db, async (trx) => {
    const money = { subtotal_minor: amount, total_minor: amount, currency: 'USD' };
    await insertRows(trx, 'orders', [
      { id, number: `T${number}`, email: 'a@example.com', status, placed_at, ...money },
    ]);
    const line = { order: id, sku: 'S', name: 'N', unit_price_minor: 1000, subtotal_minor: quantity * 1000 };
    await insertRows(
      trx,
      'order_lines',
      products.map((product) => ({
        ...line,
        product,
        quantity,
        total_minor: quantity * 1000,
        quantity_refunded: refunded,
      })),
    );
    await insertRows(trx, 'order_events', [{ order: id, kind: 'placed' }]);
  });
  return id;
}

async function listOf(product: string, kind: 'bought_together' | 'similar') {
  const found = await rows<{ related: string; score: number }>(
    fresh.db,
    'select related, score from commerce.product_affinities where product = ? and kind = ? order by rank',
    [product, kind],
  );
  return found;
}
const relatedTo = async (product: string, kind: 'bought_together' | 'similar') =>
  (await listOf(product, kind)).map(({ related }) => related);

const related = (product: string, query: Record<string, unknown> = {}) =>
  readRelated(fresh.shop, product, parse(RelatedQuery, query, 'INVALID_QUERY'));

async function reasons(product: string, query: Record<string, unknown> = {}): Promise<[string, string][]> {
  return (await related(product, query)).cards.map(({ id, reason }) => [id, reason]);
}

describe('bought together', () => {
  test('scores are what a pencil says', async () => {
    const [a, b, c, d] = (await someProducts(4)) as [string, string, string, string];
    for (const basket of [
      [a, b],
      [a, b],
      [a, c],
      [a, c, d],
    ])
      await anOrder(basket);
    await computeBoughtTogether(fresh.shop);
    // A basket of n counts 1/n: a is in 1/2 + 1/2 + 1/2 + 1/3 of them, b in 1, c in 5/6. Two baskets count 2 / (2 + 3).
    const bought = 11 / 6;
    const list = await listOf(a, 'bought_together');
    expect(list.map(({ related: other }) => other)).toEqual([b, c]);
    expect(list[0]?.score).toBeCloseTo((1 / bought) * (2 / 5), 5);
    expect(list[1]?.score).toBeCloseTo((5 / 6 / bought / (5 / 6) ** 0.2) * (2 / 5), 5);
    expect(await relatedTo(d, 'bought_together')).toEqual([]);
  });

  test('a wholesaler’s order says less than two small ones, however many lines it has', async () => {
    const many = await someProducts(70);
    const [a, b, c] = many as [string, string, string];
    await anOrder(many);
    await anOrder(many);
    await anOrder(many);
    await anOrder([a, c]);
    await anOrder([a, c]);
    await computeBoughtTogether(fresh.shop);
    expect((await relatedTo(a, 'bought_together'))[0]).toBe(c);
    expect((await relatedTo(b, 'bought_together')).length).toBeLessThanOrEqual(24);
  });

  test('orders that were cancelled, are not paid or were given back do not count', async () => {
    const [a, b, c, d, e] = (await someProducts(5)) as [string, string, string, string, string];
    for (let times = 0; times < 2; times += 1) {
      await anOrder([a, b], { status: 'cancelled' });
      await anOrder([a, c], { status: 'pending' });
      await anOrder([a, d], { refunded: 1 });
      await anOrder([a, e], { quantity: 3, refunded: 1 });
    }
    await computeBoughtTogether(fresh.shop);
    expect(await relatedTo(a, 'bought_together')).toEqual([e]);
  });

  test('what was bought lately counts more, and what was bought years before the latest order not at all', async () => {
    const [a, b, c, d] = (await someProducts(4)) as [string, string, string, string];
    for (let times = 0; times < 2; times += 1) {
      await anOrder([a, b], { days_ago: 300 });
      await anOrder([a, c], { days_ago: 1 });
      await anOrder([a, d], { days_ago: 800 });
    }
    await computeBoughtTogether(fresh.shop);
    expect(await relatedTo(a, 'bought_together')).toEqual([c, b]);
  });

  test('running it again writes nothing, and drops what no order supports any more', async () => {
    const [a, b, c] = (await someProducts(3)) as [string, string, string];
    for (let times = 0; times < 2; times += 1) await anOrder([a, b]);
    const third = [await anOrder([a, c]), await anOrder([a, c])];
    await computeBoughtTogether(fresh.shop);
    const written = () =>
      rows(fresh.db, 'select *, xmin::text from commerce.product_affinities order by product, rank');
    const first = await written();
    await computeBoughtTogether(fresh.shop);
    expect(await written()).toEqual(first);
    await fresh.db.raw(`update orders set status = 'cancelled' where id = any(?)`, [third]);
    await computeBoughtTogether(fresh.shop);
    expect(await relatedTo(a, 'bought_together')).toEqual([b]);
    expect(await relatedTo(c, 'bought_together')).toEqual([]);
  });

  test('a run that lost its work tables in a crash gathers again', async () => {
    const [a, b] = (await someProducts(2)) as [string, string];
    for (let times = 0; times < 2; times += 1) await anOrder([a, b]);
    await fresh.db.raw(
      `insert into commerce.recommendation_progress (job, state) values ('bought_together', '{"cursor": 1, "last": 7}')`,
    );
    await computeBoughtTogether(fresh.shop);
    expect(await relatedTo(a, 'bought_together')).toEqual([b]);
    expect(await row(fresh.db, 'select * from commerce.recommendation_progress')).toBeUndefined();
  });

  test('two runs at once share the work', async () => {
    const products = await someProducts(8);
    for (const a of products) for (const b of products) if (a < b) await anOrder([a, b]);
    for (const a of products) for (const b of products) if (a < b) await anOrder([a, b]);
    await Promise.all([computeBoughtTogether(fresh.shop), computeBoughtTogether(fresh.shop)]);
    for (const product of products) expect(await relatedTo(product, 'bought_together')).toHaveLength(7);
  });

  test('caches are told whose list changed, with the transaction', async () => {
    const [a, b, c] = (await someProducts(3)) as [string, string, string];
    const client = new pg.Client(connectionOf(fresh.connection));
    await client.connect();
    const told: string[] = [];
    client.on('notification', ({ payload }) => told.push(payload ?? ''));
    await client.query('listen kontor_listings');
    try {
      for (let times = 0; times < 2; times += 1) await anOrder([a, b]);
      await computeBoughtTogether(fresh.shop);
      await until('the notice', () => told.length > 0);
      const [notice] = told.map(
        (text) => JSON.parse(text) as { products: string[]; shelves: string[]; aspects: string[] },
      );
      expect(notice).toEqual({ products: [], shelves: expect.any(Array), aspects: ['membership'] });
      expect(notice?.shelves.toSorted()).toEqual([a, b].toSorted());
      expect(notice?.shelves).not.toContain(c);
    } finally {
      await client.end();
    }
  });
});

describe('popularity', () => {
  const scores = async () =>
    new Map(
      (
        await rows<{ product: string; score: number; units: number; now: number }>(
          fresh.db,
          'select product, score, units, commerce.popularity_now(score) as now from commerce.product_popularity',
        )
      ).map(({ product, ...rest }) => [product, rest]),
    );

  test('an order counts half as much after a fortnight, and ten units are not ten orders', async () => {
    const [a, b, c, d] = (await someProducts(4)) as [string, string, string, string];
    await anOrder([a]);
    await anOrder([b], { days_ago: 14 });
    await anOrder([c], { quantity: 10 });
    await anOrder([d], { days_ago: 14 });
    await anOrder([d], { days_ago: 28 });
    await refreshPopularity(fresh.shop);
    const of = await scores();
    expect(of.get(a)?.now).toBeCloseTo(1, 2);
    expect(of.get(b)?.now).toBeCloseTo(0.5, 2);
    expect(of.get(c)?.now).toBeCloseTo(1 + Math.log(10), 2);
    expect(of.get(d)?.now).toBeCloseTo(0.75, 2);
    expect(of.get(a)!.score - of.get(b)!.score).toBeCloseTo(1, 2);
    expect(of.get(c)?.units).toBe(10);
  });

  test('only what sold or was taken back is written, and told to the listings', async () => {
    const [a, b, c] = (await someProducts(3)) as [string, string, string];
    await anOrder([a]);
    const cancelled = await anOrder([b]);
    expect(await refreshPopularity(fresh.shop)).toBe(2);
    await fresh.db.raw('truncate commerce.catalog_changes');
    expect(await refreshPopularity(fresh.shop)).toBe(0);
    expect(await refreshPopularity(fresh.shop, { whole: true })).toBe(0);
    await anOrder([c]);
    await fresh.db.raw(`update orders set status = 'cancelled' where id = ?`, [cancelled]);
    await fresh.db.raw(`insert into order_events ("order", kind) values (?, 'cancelled')`, [cancelled]);
    expect(await refreshPopularity(fresh.shop)).toBe(2);
    const noted = await rows(
      fresh.db,
      'select collection, item, action from commerce.catalog_changes order by item',
    );
    expect(noted).toEqual(
      [b, c].toSorted().map((item) => ({ collection: 'products', item, action: 'update' })),
    );
    expect([...(await scores()).keys()].toSorted()).toEqual([a, c].toSorted());
  });

  test('an order that is decades old is no trouble', async () => {
    const [a] = (await someProducts(1)) as [string];
    await anOrder([a], { days_ago: 365 * 50 });
    await refreshPopularity(fresh.shop);
    expect((await scores()).get(a)?.now).toBeCloseTo(0, 10);
  });
});

describe('similar', () => {
  test('a new product finds what is like it, and is found by it, without one order', async () => {
    const category = await aCategory();
    const red = await aProduct({ name: 'Red enamel teapot', category });
    const blue = await aProduct({ name: 'Blue enamel teapot', category });
    const bag = await aProduct({ name: 'Canvas bag' });
    await refreshSimilar(fresh.shop);
    expect(await relatedTo(red, 'similar')).toEqual([blue]);
    expect(await relatedTo(bag, 'similar')).toEqual([]);
    const green = await aProduct({ name: 'Green enamel teapot lid' });
    await refreshSimilar(fresh.shop);
    expect(await relatedTo(green, 'similar')).toHaveLength(2);
    expect(await relatedTo(red, 'similar')).toEqual([blue, green]);
    expect(await relatedTo(blue, 'similar')).toEqual([red, green]);
  });

  test('one that is renamed, hidden or deleted leaves the lists of others', async () => {
    const one = await aProduct({ name: 'Wool socks' });
    const two = await aProduct({ name: 'Wool socks thick' });
    const three = await aProduct({ name: 'Wool socks thin' });
    const four = await aProduct({ name: 'Wool socks short' });
    await refreshSimilar(fresh.shop);
    expect((await relatedTo(one, 'similar')).toSorted()).toEqual([two, three, four].toSorted());
    await fresh.db.raw(`update products set name = 'Cotton shirt' where id = ?`, [two]);
    await fresh.db.raw(`update products set status = 'archived' where id = ?`, [three]);
    await fresh.db.raw(`delete from products where id = ?`, [four]);
    await refreshSimilar(fresh.shop);
    expect(await relatedTo(one, 'similar')).toEqual([]);
    expect(await relatedTo(two, 'similar')).toEqual([]);
    expect(await relatedTo(three, 'similar')).toEqual([]);
    const counted = await rows(fresh.db, 'select products from commerce.feature_counts where products > 1');
    expect(counted).toEqual([]);
  });

  test('a change that changes nothing of what it is made of writes nothing', async () => {
    const one = await aProduct({ name: 'Wool socks' });
    await aProduct({ name: 'Wool socks thick' });
    await refreshSimilar(fresh.shop);
    const written = () =>
      rows(fresh.db, 'select *, xmin::text from commerce.product_affinities order by product');
    const before = await written();
    expect(before).toHaveLength(2);
    await fresh.db.raw(`update products set description = 'Warm' where id = ?`, [one]);
    await refreshSimilar(fresh.shop);
    await refreshSimilar(fresh.shop);
    expect(await written()).toEqual(before);
  });

  test('a list holds the twenty-four that are most alike', async () => {
    for (let index = 0; index < 30; index += 1) await aProduct({ name: `Mug no${index}` });
    const mug = await aProduct({ name: 'Mug plain white' });
    const best = await aProduct({ name: 'Mug plain white' });
    await refreshSimilar(fresh.shop);
    const list = await relatedTo(mug, 'similar');
    expect(list).toHaveLength(24);
    expect(list[0]).toBe(best);
  });
});

describe('what goes with a product', () => {
  test('the merchant’s own come first, then what is bought together, what is similar, and what sells', async () => {
    const category = await aCategory();
    const seed = await aProduct({ name: 'Copper kettle', category });
    const [upsell, accessory, together, selling, elsewhere] = [
      await aProduct({ name: 'Upsell' }),
      await aProduct({ name: 'Accessory' }),
      await aProduct({ name: 'Together' }),
      await aProduct({ name: 'Selling', category }),
      await aProduct({ name: 'Elsewhere' }),
    ];
    const alike = await aProduct({ name: 'Copper kettle small' });
    await inTransaction(fresh.db, (trx) =>
      insertRows(trx, 'related_products', [
        { product: seed, related: accessory, kind: 'accessory', sort: 2 },
        { product: seed, related: upsell, kind: 'upsell', sort: 1 },
        { product: seed, related: together, kind: 'similar', sort: 3 },
      ]),
    );
    // Once more, or the two would be as good as each other and stand by their ids.
    for (let times = 0; times < 3; times += 1) await anOrder([seed, together]);
    for (let times = 0; times < 2; times += 1) await anOrder([seed, alike]);
    await anOrder([selling]);
    await anOrder([elsewhere], { quantity: 5 });
    await refreshPopularity(fresh.shop);
    await computeBoughtTogether(fresh.shop);
    await refreshSimilar(fresh.shop);
    await drainListings(fresh.shop);
    expect(await reasons(seed)).toEqual([
      [upsell, 'upsell'],
      [accessory, 'accessory'],
      [together, 'alternative'],
      [alike, 'bought_together'],
      [selling, 'similar'],
      [elsewhere, 'popular'],
    ]);
    expect(await reasons(seed, { kind: 'bought_together' })).toEqual([
      [together, 'bought_together'],
      [alike, 'bought_together'],
    ]);
    expect(await reasons(seed, { kind: 'similar', limit: '2' })).toEqual([
      [together, 'alternative'],
      [alike, 'similar'],
    ]);
    const { shown } = await related(seed, { kind: 'similar' });
    expect(shown).toMatchObject({ shelves: [seed], aspects: ['membership'], until: null });
    expect(shown.products).toContain(seed);
    const { statements } = await countStatements(fresh.db, () => related(seed));
    expect(statements.length).toBeLessThanOrEqual(2);
  });

  test('drafts, what begins later and what is not sold in the currency are never shown, by whatever it comes', async () => {
    const seed = await aProduct({ name: 'Copper kettle' });
    const draft = await aProduct({ name: 'Copper kettle draft' });
    const later = await aProduct({ name: 'Copper kettle later' });
    const foreign = await aProduct({ name: 'Copper kettle foreign', currency: 'EUR' });
    const fine = await aProduct({ name: 'Copper kettle fine' });
    for (const other of [draft, later, foreign, fine]) {
      await inTransaction(fresh.db, (trx) =>
        insertRows(trx, 'related_products', [{ product: seed, related: other, kind: 'upsell' }]),
      );
      for (let times = 0; times < 2; times += 1) await anOrder([seed, other]);
    }
    await refreshPopularity(fresh.shop);
    await computeBoughtTogether(fresh.shop);
    await refreshSimilar(fresh.shop);
    await drainListings(fresh.shop);
    expect(await relatedTo(seed, 'bought_together')).toHaveLength(4);
    await fresh.db.raw(`update products set status = 'draft' where id = ?`, [draft]);
    await fresh.db.raw(`update products set published_at = now() + interval '1 hour' where id = ?`, [later]);
    expect(await reasons(seed)).toEqual([[fine, 'upsell']]);
    expect((await related(seed)).shown.until?.getTime()).toBeGreaterThan(Date.now());
    expect(await reasons(seed, { kind: 'bought_together' })).toEqual([[fine, 'bought_together']]);
    expect(await reasons(seed, { kind: 'similar' })).toEqual([[fine, 'similar']]);
    await expect(related(draft)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(related('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(related(seed, { currency: 'EUR' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('what is asked for must be what there is', () => {
    for (const query of [{ limit: '0' }, { limit: '25' }, { kind: 'bought' }, { page: '2' }])
      expect(() => parse(RelatedQuery, query, 'INVALID_QUERY'), JSON.stringify(query)).toThrow();
  });
});

test('the jobs do all of it', async () => {
  const [a, b] = [await aProduct({ name: 'Copper kettle' }), await aProduct({ name: 'Copper pot' })];
  for (let times = 0; times < 2; times += 1) await anOrder([a, b]);
  for (const job of ['compute-affinities', 'refresh-popularity', 'refresh-similar'] as const) {
    await enqueue(fresh.shop.db, job, {});
  }
  await fresh.drain();
  expect(await relatedTo(a, 'bought_together')).toEqual([b]);
  expect(await relatedTo(a, 'similar')).toEqual([b]);
  expect(await row(fresh.db, 'select count(*) as count from commerce.product_popularity')).toEqual({
    count: 2,
  });
});
