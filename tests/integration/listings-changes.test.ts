/** What lists and pages show while the catalogue changes, with nobody at work in the background but who reads. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listProducts } from '../../extensions/commerce-api/src/catalog/list-products.ts';
import { categoryTree } from '../../extensions/commerce-api/src/catalog/category-tree.ts';
import {
  ListProductsQuery,
  type ListMeta,
  type Product,
} from '../../extensions/commerce-api/src/catalog/shapes.ts';
import { productPage } from '../../extensions/commerce-api/src/listings/documents.ts';
import {
  drainListings,
  fillListings,
  rebuildListings,
} from '../../extensions/commerce-api/src/listings/refresh-listings.ts';
import { expectListingsOfCatalogue } from '../support/books.ts';
import { catalogueDesk, unique, type MadeProduct } from '../support/catalogue-desk.ts';
import { dice, plantCatalogue } from '../support/listed-catalogue.ts';
import { freshShop, type FreshShop } from '../support/shop.ts';
import { countStatements } from '../support/statements.ts';
import { until } from '../support/until.ts';

let fresh: FreshShop;
beforeAll(async () => {
  fresh = await freshShop();
});
afterAll(() => fresh.stop());

const { insert, aProduct, aTag, aPrice } = catalogueDesk(() => fresh.db);

async function list(
  query: Record<string, unknown>,
): Promise<{ slugs: string[]; meta: ListMeta; data: Product[] }> {
  const { json } = await listProducts(fresh.shop, ListProductsQuery.parse(query));
  const { data, meta } = JSON.parse(json) as { data: Product[]; meta: ListMeta };
  return { slugs: data.map(({ slug }) => slug), meta, data };
}

async function page(slug: string, wanted: { locale?: string } = {}): Promise<Product> {
  return JSON.parse((await productPage(fresh.shop, slug, wanted)).text) as Product;
}

const isGone = (slug: string) =>
  expect(productPage(fresh.shop, slug, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });

describe('what has just changed', () => {
  let tag: string;
  let tag_id: string;
  beforeEach(async () => {
    tag = unique('tag');
    tag_id = await insert('tags', { name: tag, slug: tag });
  });
  const tagged = async (...made: MadeProduct[]) => {
    for (const { id } of made) await insert('products_tags', { product: id, tag: tag_id });
  };

  test('shows at once: a new product, a price, a name, an end', async () => {
    const product = await aProduct();
    await tagged(product);
    expect((await list({ tag })).slugs).toEqual([product.slug]);
    await fresh.db('product_variants').where({ id: product.variant }).update({ price_minor: 900 });
    expect((await list({ tag })).data[0]?.price_from_minor).toBe(900);
    expect((await list({ tag, max_price: 1000 })).slugs).toEqual([product.slug]);
    await fresh.db('products').where({ id: product.id }).update({ name: 'Renamed' });
    expect((await page(product.slug)).name).toBe('Renamed');
    await fresh.db('products').where({ id: product.id }).update({ status: 'draft' });
    expect(await list({ tag })).toMatchObject({ slugs: [], meta: { total: 0 } });
    await isGone(product.slug);
    await fresh.db('products').where({ id: product.id }).delete();
    expect((await list({ tag })).slugs).toEqual([]);
  });

  test('is never shown as it was, however much waits', async () => {
    const [kept, hidden, dearer] = [await aProduct(), await aProduct(), await aProduct()];
    await tagged(kept, hidden, dearer);
    expect((await list({ tag })).meta.total).toBe(3);
    await fresh.db.raw(
      `insert into commerce.catalog_changes (collection, item, action) select 'products', gen_random_uuid()::text, 'update' from generate_series(1, 1200)`,
    );
    await fresh.db('products').where({ id: hidden.id }).update({ status: 'archived' });
    await fresh.db('product_variants').where({ id: dearer.variant }).update({ price_minor: 7700 });
    const { statements, result } = await countStatements(fresh.db, () => list({ tag }));
    expect(result.slugs.sort()).toEqual([kept.slug, dearer.slug].sort());
    expect(result.data.find(({ slug }) => slug === dearer.slug)?.price_from_minor).toBe(7700);
    expect(statements).toHaveLength(3);
    await isGone(hidden.slug);
    expect((await page(dearer.slug)).price_from_minor).toBe(7700);
    await drainListings(fresh.shop);
    expect((await list({ tag })).meta.total).toBe(2);
  });

  test('goes as it came when its transaction is rolled back', async () => {
    const product = await aProduct();
    await tagged(product);
    await list({ tag });
    const trx = await fresh.db.transaction();
    await trx('products').where({ id: product.id }).update({ name: 'Never' });
    expect((await page(product.slug)).name).toBe(product.slug);
    await trx.rollback();
    expect((await list({ tag })).data[0]?.name).toBe(product.slug);
  });

  test('is not overtaken by a page that was built before and kept after', async () => {
    const product = await aProduct();
    await page(product.slug);
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        if (n % 4 === 0)
          await fresh
            .db('products')
            .where({ id: product.id })
            .update({ subtitle: `No. ${n}` });
        else if (n % 4 === 1) await drainListings(fresh.shop);
        else await page(product.slug);
      }),
    );
    await drainListings(fresh.shop);
    const [{ subtitle }] = await fresh.db('products').where({ id: product.id }).select('subtitle');
    expect((await page(product.slug)).subtitle).toBe(subtitle);
    expect((await page(product.slug)).subtitle).toBe(subtitle);
  });

  test('reaches every product that shares it: brands, categories, lists of prices, places of stock', async () => {
    const brand = await insert('brands', { name: 'Before', slug: unique('brand') });
    const product = await aProduct({ brand });
    await tagged(product);
    expect((await list({ tag })).data[0]?.brand?.name).toBe('Before');
    await fresh.db('brands').where({ id: brand }).update({ name: 'After' });
    expect((await list({ tag })).data[0]?.brand?.name).toBe('After');

    const [root, leaf] = [unique('root'), unique('leaf')];
    const parent = await insert('categories', { name: root, slug: root, status: 'published' });
    const category = await insert('categories', { name: leaf, slug: leaf, status: 'published', parent });
    await insert('products_categories', { product: product.id, category });
    expect((await list({ category: root })).slugs).toEqual([product.slug]);
    expect((await page(product.slug)).breadcrumbs.map(({ slug }) => slug)).toEqual([root, leaf]);
    await fresh.db('categories').where({ id: category }).update({ parent: null });
    expect(await list({ category: root })).toMatchObject({ slugs: [], meta: { total: 0 } });
    expect((await page(product.slug)).breadcrumbs.map(({ slug }) => slug)).toEqual([leaf]);
    await fresh.db('categories').where({ id: category }).update({ parent, name: 'Leaves' });
    expect((await list({ category: root })).slugs).toEqual([product.slug]);
    expect((await page(product.slug)).categories[0]?.name).toBe('Leaves');
    const counts = async () =>
      (await categoryTree(fresh.shop, { product_count: true })).find(({ slug }) => slug === root)
        ?.product_count;
    expect(await counts()).toBe(1);
    await fresh.db('categories').where({ id: category }).update({ status: 'archived' });
    expect((await list({ category: root })).slugs).toEqual([]);
    expect(await counts()).toBe(0);

    const price_list = await insert('price_lists', { name: 'Sale', kind: 'sale', status: 'inactive' });
    await aPrice(product.variant, 500, { price_list, min_quantity: 1 });
    expect((await list({ tag })).data[0]?.price_from_minor).toBe(2000);
    await fresh.db('price_lists').where({ id: price_list }).update({ status: 'active' });
    expect((await list({ tag })).data[0]?.price_from_minor).toBe(500);

    const location = await insert('stock_locations', { name: 'Store', code: unique('store'), active: true });
    await insert('stock_levels', { variant: product.variant, location });
    await insert('stock_movements', {
      variant: product.variant,
      location,
      delta_on_hand: 5,
      reason: 'initial',
    });
    await fresh.db('product_variants').where({ id: product.variant }).update({ track_stock: true });
    expect((await list({ tag, in_stock: 'true' })).slugs).toEqual([product.slug]);
    await fresh.db('stock_locations').where({ id: location }).update({ active: false });
    expect((await list({ tag, in_stock: 'true' })).slugs).toEqual([]);
    await fresh.db('tags').where({ id: tag_id }).delete();
    expect(await list({ tag })).toMatchObject({ slugs: [], meta: { total: 0 } });
  });

  test('reaches a bundle whose part can no longer be bought', async () => {
    const part = await aProduct({}, { track_stock: false });
    const bundle = await aProduct({ kind: 'bundle' });
    await insert('bundle_items', { bundle: bundle.variant, part: part.variant, quantity: 1 });
    await tagged(bundle);
    expect((await list({ tag, in_stock: 'true' })).slugs).toEqual([bundle.slug]);
    await fresh.db('product_variants').where({ id: part.variant }).update({ track_stock: true });
    expect((await list({ tag, in_stock: 'true' })).slugs).toEqual([]);
  });

  test('reaches the pages that tell of it', async () => {
    const [product, related] = [await aProduct(), await aProduct({ status: 'draft' })];
    await insert('related_products', { product: product.id, related: related.id, kind: 'similar' });
    expect((await page(product.slug)).related).toEqual([]);
    await fresh.db('products').where({ id: related.id }).update({ status: 'published' });
    expect((await page(product.slug)).related.map(({ slug }) => slug)).toEqual([related.slug]);
    await page(product.slug);
    await fresh.db('product_variants').where({ id: related.variant }).update({ price_minor: 123 });
    expect((await page(product.slug)).related[0]?.price_from_minor).toBe(123);
    await drainListings(fresh.shop);
    await fresh.db('products').where({ id: related.id }).delete();
    expect((await page(product.slug)).related).toEqual([]);
  });
});

describe('a total', () => {
  test('is not called exact while changes wait that nobody could work out', async () => {
    const own = await freshShop();
    const desk = catalogueDesk(() => own.db);
    const totals = async (tag: string) => {
      const queries = [{}, { tag }, { tag, max_price: 9000, facets: 'price' }, { q: 'product' }];
      const found = queries.map((query) => listProducts(own.shop, ListProductsQuery.parse(query)));
      return (await Promise.all(found)).map(({ json }) => (JSON.parse(json) as { meta: ListMeta }).meta);
    };
    try {
      const tag = await desk.aTag(await desk.aProduct());
      await drainListings(own.shop);
      expect((await totals(tag)).map((meta) => [meta.total, meta.total_is_exact])).toEqual(
        Array(4).fill([1, true]),
      );
      const holder = await own.db.transaction();
      await holder.raw(`select pg_advisory_xact_lock(hashtextextended('kontor listings', 0))`);
      await desk.aProduct();
      const behind = await totals(tag);
      await holder.rollback();
      expect(behind.map((meta) => [meta.total, meta.total_is_exact])).toEqual(Array(4).fill([1, false]));
      expect(behind[2]?.facets_are_exact).toBe(false);
      await drainListings(own.shop);
      const caughtUp = await totals(tag);
      expect(caughtUp.map((meta) => [meta.total, meta.total_is_exact])).toEqual([
        [2, true],
        [1, true],
        [1, true],
        [2, true],
      ]);
      expect(caughtUp[2]?.facets_are_exact).toBe(true);
    } finally {
      await own.stop();
    }
  });

  test('is not called exact while more changes wait than a reader works out', async () => {
    const tag = await aTag(await aProduct());
    expect((await list({ tag })).meta).toMatchObject({ total: 1, total_is_exact: true });
    await fresh.db.raw(
      `insert into commerce.catalog_changes (collection, item, action) select 'products', gen_random_uuid()::text, 'update' from generate_series(1, 1200)`,
    );
    const keptFor = async () => {
      const { json, shown } = await listProducts(fresh.shop, ListProductsQuery.parse({ tag }));
      const { total_is_exact } = (JSON.parse(json) as { meta: ListMeta }).meta;
      return { total_is_exact, is_short: (shown.until?.getTime() ?? Infinity) < Date.now() + 5_000 };
    };
    // Kept for as long as an exact one, it would still say so long after the changes were worked out.
    expect(await keptFor()).toEqual({ total_is_exact: false, is_short: true });
    await drainListings(fresh.shop);
    expect(await keptFor()).toEqual({ total_is_exact: true, is_short: false });
  });
});

test('changes of what many products share are all worked out, however many before them reach no product', async () => {
  const brand = await insert('brands', { name: 'Before', slug: unique('brand') });
  const product = await aProduct({ brand });
  await drainListings(fresh.shop);
  await fresh.db.raw(
    `insert into commerce.catalog_changes (collection, item, action) select 'brands', gen_random_uuid()::text, 'update' from generate_series(1, 2500)`,
  );
  await fresh.db('brands').where({ id: brand }).update({ name: 'After' });
  expect(await drainListings(fresh.shop)).toBe(1);
  expect(await fresh.db('commerce.catalog_changes')).toEqual([]);
  expect((await page(product.slug)).brand?.name).toBe('After');
});

test('a list stayed slow after very many changes: once they are worked out, nothing of them is left for readers to go through', async () => {
  await fresh.db.raw(
    `insert into commerce.catalog_changes (collection, item, action)
     select 'products', gen_random_uuid()::text, 'update' from generate_series(1, 6000)`,
  );
  expect(await drainListings(fresh.shop)).toBe(6000);
  const { rows } = await fresh.db.raw(
    `select indexrelid::regclass::text as index, pg_relation_size(indexrelid) as bytes from pg_index
     where indrelid = 'commerce.catalog_changes'::regclass and pg_relation_size(indexrelid) > 16384`,
  );
  expect(rows).toEqual([]);
});

describe('the clock', () => {
  /** Moves what a product waits for into the past, as if time had gone by. */
  const goBy = (product: string) =>
    fresh
      .db('commerce.listed_products')
      .where({ product })
      .update({ due_at: new Date(Date.now() - 1) });
  const soon = () => new Date(Date.now() + 3_600_000);

  test('publishes a product when its moment comes, and every answer says until when it holds', async () => {
    const product = await aProduct({ published_at: soon() });
    const tag = await aTag(product);
    const answer = await listProducts(fresh.shop, ListProductsQuery.parse({ tag }));
    const [{ published_at }] = await fresh.db('products').where({ id: product.id }).select('published_at');
    expect(answer.shown.until?.getTime()).toBe(published_at.getTime() + 1);
    await withoutTriggers(`update products set published_at = now() - interval '1 second' where id = ?`, [
      product.id,
    ]);
    await goBy(product.id);
    expect((await list({ tag })).slugs).toEqual([product.slug]);
  });

  test('begins and ends a price list', async () => {
    const product = await aProduct();
    const price_list = await insert('price_lists', {
      name: 'Night',
      kind: 'sale',
      status: 'active',
      starts_at: soon(),
    });
    await aPrice(product.variant, 100, { price_list, min_quantity: 1 });
    const first = await productPage(fresh.shop, product.slug, {});
    expect(JSON.parse(first.text)).toMatchObject({ price_from_minor: 2000 });
    await drainListings(fresh.shop);
    expect((await productPage(fresh.shop, product.slug, {})).shown.until).not.toBeNull();
    await withoutTriggers(
      `update price_lists set starts_at = now() - interval '1 second', ends_at = now() + interval '1 hour' where id = ?`,
      [price_list],
    );
    await goBy(product.id);
    expect((await page(product.slug)).price_from_minor).toBe(100);
    await drainListings(fresh.shop);
    expect((await page(product.slug)).price_from_minor).toBe(100);
    await withoutTriggers(`update price_lists set ends_at = now() - interval '1 millisecond' where id = ?`, [
      price_list,
    ]);
    await goBy(product.id);
    expect((await page(product.slug)).price_from_minor).toBe(2000);
  });
});

async function withoutTriggers(sql: string, bindings: string[]): Promise<void> {
  await fresh.db.transaction(async (trx) => {
    await trx.raw('set local session_replication_role = replica');
    await trx.raw(sql, bindings);
  });
}

describe('languages', () => {
  test('have their own cards, pages and order of names', async () => {
    const [apple, pear] = [await aProduct({ name: 'Apple' }), await aProduct({ name: 'Pear' })];
    const tag = await aTag(apple, pear);
    await fresh
      .db('languages')
      .insert({ code: 'de', name: 'Deutsch', direction: 'ltr' })
      .onConflict()
      .ignore();
    await insert('products_translations', { product: apple.id, language: 'de', name: 'Zapfel' });
    const names = async (query: Record<string, unknown>) =>
      (await list({ tag, ...query })).data.map(({ name }) => name);
    expect(await names({ sort: 'name' })).toEqual(['Apple', 'Pear']);
    expect(await names({ sort: 'name', locale: 'de-CH' })).toEqual(['Pear', 'Zapfel']);
    expect(await names({ sort: '-name', locale: 'de' })).toEqual(['Zapfel', 'Pear']);
    expect(await names({ sort: 'name', locale: 'de', in_stock: 'true', max_price: 9000 })).toEqual([
      'Pear',
      'Zapfel',
    ]);
    expect(await names({ sort: 'name', locale: 'fr' })).toEqual(['Apple', 'Pear']);
    expect((await page(apple.slug, { locale: 'de' })).name).toBe('Zapfel');
    const { statements } = await countStatements(fresh.db, () => page(apple.slug, { locale: 'de' }));
    expect(statements).toHaveLength(1);
    await fresh.db('products_translations').where({ product: apple.id }).update({ name: 'Apfel' });
    expect(await names({ sort: 'name', locale: 'de' })).toEqual(['Apfel', 'Pear']);
    expect((await page(apple.slug, { locale: 'de' })).name).toBe('Apfel');
  });

  test('nobody keeps add no documents', async () => {
    const product = await aProduct();
    await page(product.slug);
    const count = async () => Number((await fresh.db('commerce.listing_documents').count())[0]?.['count']);
    const before = await count();
    for (const locale of ['xx', 'yy-YY', 'zz-Zzzz-ZZ']) await page(product.slug, { locale });
    expect(await count()).toBe(before);
  });
});

describe('a cursor', () => {
  test('shows what stays exactly once while others come and go', async () => {
    const tag = unique('tag');
    const tag_id = await insert('tags', { name: tag, slug: tag });
    const aTagged = async (price_minor: number) => {
      const made = await aProduct({}, { price_minor });
      await insert('products_tags', { product: made.id, tag: tag_id });
      return made;
    };
    const stay: string[] = [];
    for (let n = 0; n < 12; n += 1) stay.push((await aTagged(1000 + 100 * n)).slug);
    const leaving = [await aTagged(1050), await aTagged(1850)];
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let n = 0; ; n += 1) {
      const { slugs, meta } = await list({ tag, sort: 'price', limit: 3, ...(cursor && { cursor }) });
      seen.push(...slugs);
      cursor = meta.next_cursor;
      if (cursor === null) break;
      const gone = leaving.pop();
      if (gone) await fresh.db('products').where({ id: gone.id }).update({ status: 'draft' });
      await aTagged(n % 2 === 0 ? 500 : 1120 + 250 * n);
    }
    expect(seen.filter((slug) => stay.includes(slug))).toEqual(stay);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('of another list, order, selection or maker is refused', async () => {
    const tag = await aTag(await aProduct(), await aProduct(), await aProduct());
    const { meta } = await list({ tag, limit: 1 });
    const cursor = meta.next_cursor ?? '';
    const refused = { code: 'INVALID_QUERY', extensions: { path: 'cursor' } };
    for (const query of [
      { tag, sort: 'name' },
      { limit: 1 },
      { tag, in_stock: 'true' },
      { tag, currency: 'SEK' },
    ]) {
      await expect(list({ ...query, cursor })).rejects.toMatchObject(refused);
    }
    for (const made_up of ['x', Buffer.from('[]').toString('base64url'), `${cursor.slice(0, -4)}AAAA`]) {
      await expect(list({ tag, limit: 1, cursor: made_up })).rejects.toMatchObject(refused);
    }
    expect(() => ListProductsQuery.parse({ page: 101, limit: 100 })).toThrow(/cursor/);
    expect(ListProductsQuery.parse({ page: 100, limit: 100 })).toMatchObject({ page: 100 });
  });
});

describe('notices', () => {
  interface Notice {
    products: string[] | null;
    shelves: string[] | null;
    aspects: string[];
  }

  async function heardOf(work: () => Promise<unknown>): Promise<Notice[]> {
    await drainListings(fresh.shop);
    const client = await fresh.pool.connect();
    const heard: Notice[] = [];
    client.on('notification', ({ payload }) => heard.push(JSON.parse(payload ?? '') as Notice));
    await client.query('listen kontor_listings');
    await work();
    await drainListings(fresh.shop);
    await client.query('select 1');
    await until('a notice', () => heard.length > 0);
    await client.query('unlisten *');
    client.release();
    return heard;
  }

  test('say what changed and where, and no more', async () => {
    const brand = await insert('brands', { name: 'B', slug: unique('brand') });
    const tag = await insert('tags', { name: 'T', slug: unique('tag') });
    const product = await aProduct({ brand });
    const all = '00000000-0000-0000-0000-000000000000';
    const { id, variant } = product;
    expect(
      await heardOf(() => fresh.db('product_variants').where({ id: variant }).update({ price_minor: 10 })),
    ).toEqual([{ products: [id], shelves: [all, brand], aspects: ['price'] }]);
    expect(await heardOf(() => fresh.db('products').where({ id }).update({ vendor: null }))).toEqual([
      { products: [id], shelves: [], aspects: [] },
    ]);
    expect(await heardOf(() => fresh.db('products').where({ id }).update({ description: 'New' }))).toEqual([
      { products: [id], shelves: [all, brand], aspects: ['text'] },
    ]);
    expect(await heardOf(() => insert('products_tags', { product: id, tag }))).toEqual([
      { products: [id], shelves: [tag], aspects: ['membership'] },
      { products: [id], shelves: [all, brand], aspects: ['options', 'text'] },
    ]);
    expect(await heardOf(() => fresh.db('products').where({ id }).update({ status: 'draft' }))).toEqual([
      { products: [id], shelves: [all, brand, tag], aspects: ['membership'] },
    ]);
  });
});

describe('after anything', () => {
  const TABLES = ['listings', 'shelf_entries', 'shelf_names', 'shelf_facets'];
  const everything = async () =>
    Object.fromEntries(
      await Promise.all(
        TABLES.map(async (table) => {
          const { rows } = await fresh.db.raw(
            `select to_jsonb(t)::text as row from commerce.${table} t order by 1`,
          );
          return [table, rows.map(({ row }: { row: string }) => row)] as const;
        }),
      ),
    );

  test('the listings are what a rebuild from nothing makes of the catalogue', async () => {
    const { products } = await plantCatalogue(fresh.db, 40, 77);
    const roll = dice(5);
    const one = () => products[roll(products.length)]?.id ?? '';
    const all = async (table: string) => (await fresh.db(table).select('id')).map(({ id }) => id as string);
    const [brands, tags, categories] = [await all('brands'), await all('tags'), await all('categories')];
    const pick = (ids: string[]) => ids[roll(ids.length)] ?? '';
    const changes: (() => Promise<unknown>)[] = [
      () =>
        fresh
          .db('products')
          .where({ id: one() })
          .update({ brand: roll(3) === 0 ? null : pick(brands) }),
      () =>
        fresh
          .db('products')
          .where({ id: one() })
          .update({ status: roll(2) === 0 ? 'draft' : 'published' }),
      () =>
        fresh
          .db('products')
          .where({ id: one() })
          .update({ featured: roll(2) === 0, sort: roll(9), name: `N${roll(99)}` }),
      () =>
        fresh
          .db('product_variants')
          .where({ product: one() })
          .update({ price_minor: 100 * roll(80) }),
      () =>
        fresh
          .db('product_variants')
          .where({ product: one() })
          .update({ track_stock: roll(2) === 0 }),
      () => fresh.db('products_tags').where({ product: one() }).delete(),
      () =>
        fresh
          .db('products_tags')
          .insert({ product: one(), tag: pick(tags) })
          .onConflict()
          .ignore(),
      () => fresh.db('products_categories').where({ product: one() }).delete(),
      () =>
        fresh
          .db('products_categories')
          .insert({ product: one(), category: pick(categories) })
          .onConflict()
          .ignore(),
      () =>
        fresh
          .db('categories')
          .where({ id: pick(categories) })
          .update({ status: roll(3) === 0 ? 'archived' : 'published' }),
      () => fresh.db('products').where({ id: products.pop()?.id }).delete(),
      () => list({ limit: 5 }),
    ];
    for (let n = 0; n < 150; n += 1) await changes[roll(changes.length)]?.();
    await drainListings(fresh.shop);
    const kept = await everything();
    expect(kept['listings']?.length).toBeGreaterThan(20);
    for (const rebuild of [rebuildListings, fillListings]) {
      await fresh.db.raw(
        `truncate ${TABLES.map((table) => `commerce.${table}`).join(', ')}, commerce.listing_documents, commerce.listed_products`,
      );
      await rebuild(fresh.shop, { onProgress: () => undefined });
      expect(await everything(), rebuild.name).toEqual(kept);
    }
    await expectListingsOfCatalogue(fresh.shop);
  });
});
