import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  Category,
  CategoryNode,
  Product,
  ProductCard,
} from '../../extensions/commerce-api/src/catalog/shapes.ts';
import { catalogueDesk, unique, type MadeProduct } from '../support/catalogue-desk.ts';
import { startServer } from '../support/server.ts';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const { insert, currency, aVariant, aProduct, aTag, aPrice } = catalogueDesk(() => server.db);

async function get(path: string): Promise<{ status: number; headers: Headers; body: Answer }> {
  const response = await fetch(server.url + path);
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer };
}

interface Answer {
  data?: unknown;
  meta?: { page: number; limit: number; total: number };
  errors?: { message: string; extensions: { code: string; path?: string } }[];
}

async function list(query: string): Promise<z.output<typeof ProductCard>[]> {
  const { status, body } = await get(`/store/products?${query}`);
  expect(body.errors).toBeUndefined();
  expect(status).toBe(200);
  return z.array(z.strictObject(ProductCard.shape)).parse(body.data);
}

const slugs = (cards: { slug: string }[]) => cards.map((card) => card.slug);

describe('the product list', () => {
  test('shows what is published, has begun, and has a published variant', async () => {
    const shown = await aProduct({ published_at: new Date(Date.now() - 60_000) });
    const draft = await aProduct({ status: 'draft' });
    const archived = await aProduct({ status: 'archived' });
    const later = await aProduct({ published_at: new Date(Date.now() + 3_600_000) });
    const withdrawn = await aProduct({}, { status: 'archived' });
    const tag = await aTag(shown, draft, archived, later, withdrawn);
    expect(slugs(await list(`tag=${tag}`))).toEqual([shown.slug]);
  });

  test('pages through everything exactly once', async () => {
    const made = await Promise.all(Array.from({ length: 7 }, () => aProduct()));
    const tag = await aTag(...made);
    const pages = await Promise.all(
      [1, 2, 3, 4].map((page) => get(`/store/products?tag=${tag}&limit=3&page=${page}`)),
    );
    expect(pages.map(({ body }) => body.meta)).toMatchObject(
      [1, 2, 3, 4].map((page) => ({ page, limit: 3, total: 7, total_is_exact: true })),
    );
    const seen = pages.flatMap(({ body }) => slugs(body.data as { slug: string }[]));
    expect(seen.sort()).toEqual(slugs(made).sort());
  });

  test('shows a card with brand, image, options, variants and prices from lowest to highest', async () => {
    const brand = unique('brand');
    const product = await aProduct(
      {
        brand: await insert('brands', { name: 'Nordlicht', slug: brand }),
        options: JSON.stringify([{ name: 'Size', values: ['S', 'M'] }]),
        subtitle: 'Warm',
        rating_average: 4.5,
        rating_count: 12,
      },
      { title: 'S', option_values: JSON.stringify({ Size: 'S' }), compare_at_price_minor: 2500, sort: 1 },
    );
    await aVariant(product.id, {
      title: 'M',
      option_values: JSON.stringify({ Size: 'M' }),
      price_minor: 3000,
      sort: 2,
    });
    await insert('products_files', {
      product: product.id,
      url: 'https://example.com/a.jpg',
      alt: 'A jumper',
      sort: 1,
    });
    const [card] = await list(`brand=${brand}`);
    expect(card).toMatchObject({
      id: product.id,
      subtitle: 'Warm',
      kind: 'physical',
      brand: { slug: brand, name: 'Nordlicht' },
      image: { url: 'https://example.com/a.jpg', alt: 'A jumper' },
      price_from_minor: 2000,
      price_to_minor: 3000,
      compare_at_from_minor: 2500,
      currency: await currency(),
      rating_average: 4.5,
      rating_count: 12,
      in_stock: true,
      options: [{ name: 'Size', values: ['S', 'M'] }],
      variants: [
        {
          id: product.variant,
          title: 'S',
          option_values: { Size: 'S' },
          price_minor: 2000,
          compare_at_price_minor: 2500,
        },
        { title: 'M', price_minor: 3000, compare_at_price_minor: null },
      ],
    });
  });

  test('shows pictures kept by the shop under its public address', async () => {
    const file = randomUUID();
    await server.db('directus_files').insert({ id: file, storage: 'local', filename_download: 'a.webp' });
    const tag = await aTag(await aProduct({ thumbnail: file, name: 'Lamp' }));
    const [card] = await list(`tag=${tag}`);
    expect(card?.image?.url).toMatch(new RegExp(`^https?://[^/]+/assets/${file}$`));
    expect(card?.image?.alt).toBe('Lamp');
  });

  test('keeps to a category and everything published below it', async () => {
    const [root, child, hidden] = [unique('root'), unique('child'), unique('hidden')];
    const parent = await insert('categories', { name: root, slug: root, status: 'published' });
    const below = await insert('categories', { name: child, slug: child, status: 'published', parent });
    const archived = await insert('categories', { name: hidden, slug: hidden, status: 'archived', parent });
    const inside = await aProduct();
    const deep = await aProduct();
    const unseen = await aProduct();
    await insert('products_categories', { product: inside.id, category: parent });
    await insert('products_categories', { product: deep.id, category: below });
    await insert('products_categories', { product: deep.id, category: parent });
    await insert('products_categories', { product: unseen.id, category: archived });
    expect(slugs(await list(`category=${root}`)).sort()).toEqual([inside.slug, deep.slug].sort());
    expect(slugs(await list(`category=${child}`))).toEqual([deep.slug]);
    expect(await list(`category=${hidden}`)).toEqual([]);
    expect(await list(`category=${unique('nowhere')}`)).toEqual([]);
  });

  test('tells apart what can be bought now and what cannot', async () => {
    const location = await insert('stock_locations', { name: 'Main', code: unique('main'), active: true });
    const closed = await insert('stock_locations', { name: 'Closed', code: unique('closed'), active: false });
    const level = async ({ variant }: MadeProduct, on_hand: number, reserved: number, where = location) => {
      await insert('stock_levels', { variant, location: where });
      const counted = { delta_on_hand: on_hand, delta_reserved: reserved, reason: 'initial' };
      await insert('stock_movements', { variant, location: where, ...counted });
    };
    const tracked = { track_stock: true };
    const untracked = await aProduct();
    const free = await aProduct({}, tracked);
    const reserved = await aProduct({}, tracked);
    const elsewhere = await aProduct({}, tracked);
    const backordered = await aProduct({}, { ...tracked, allow_backorder: true });
    await level(free, 3, 2);
    await level(reserved, 3, 3);
    await level(elsewhere, 5, 0, closed);
    await level(backordered, 0, 0);
    const tag = await aTag(untracked, free, reserved, elsewhere, backordered);
    const [yes, no] = [await list(`tag=${tag}&in_stock=true`), await list(`tag=${tag}&in_stock=false`)];
    expect(slugs(yes).sort()).toEqual([untracked.slug, free.slug, backordered.slug].sort());
    expect(yes.every((card) => card.in_stock)).toBe(true);
    expect(slugs(no).sort()).toEqual([reserved.slug, elsewhere.slug].sort());
    expect(no.some((card) => card.in_stock)).toBe(false);

    const ids = [untracked, free, reserved, backordered].map((product) => product.variant);
    const { body, headers } = await get(`/store/stock?variants=${[...ids, randomUUID(), ids[0]].join(',')}`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body.data).toMatchObject([
      { variant: ids[0], available: null, in_stock: true, allow_backorder: false },
      { variant: ids[1], available: 1, in_stock: true, allow_backorder: false },
      { variant: ids[2], available: 0, in_stock: false, allow_backorder: false },
      { variant: ids[3], available: 0, in_stock: true, allow_backorder: true },
    ]);
  });

  test('shows the price of a running sale and strikes the usual one through', async () => {
    const on_sale = await aProduct();
    const not_yet = await aProduct();
    const for_members = await aProduct();
    const sale = (values: Record<string, unknown>) =>
      insert('price_lists', { name: unique('list'), kind: 'sale', status: 'active', ...values });
    const members = await insert('customer_groups', { name: 'Members', code: unique('members') });
    await aPrice(on_sale.variant, 1500, {
      price_list: await sale({ ends_at: new Date(Date.now() + 3_600_000) }),
    });
    await aPrice(not_yet.variant, 1500, {
      price_list: await sale({ starts_at: new Date(Date.now() + 3_600_000) }),
    });
    await aPrice(for_members.variant, 1500, { price_list: await sale({ customer_group: members }) });
    const tag = await aTag(on_sale, not_yet, for_members);
    const cards = new Map((await list(`tag=${tag}`)).map((card) => [card.slug, card]));
    expect(cards.get(on_sale.slug)).toMatchObject({ price_from_minor: 1500, compare_at_from_minor: 2000 });
    expect(cards.get(not_yet.slug)).toMatchObject({ price_from_minor: 2000, compare_at_from_minor: null });
    expect(cards.get(for_members.slug)).toMatchObject({
      price_from_minor: 2000,
      compare_at_from_minor: null,
    });
  });

  test('lists in another currency only what has a price in it', async () => {
    const priced = await aProduct();
    const unpriced = await aProduct();
    const tag = await aTag(priced, unpriced);
    await aPrice(priced.variant, 1900, { currency: 'SEK' });
    await aVariant(priced.id);
    const [card, ...others] = await list(`tag=${tag}&currency=SEK`);
    expect(others).toEqual([]);
    expect(card).toMatchObject({
      slug: priced.slug,
      currency: 'SEK',
      price_from_minor: 1900,
      price_to_minor: 1900,
    });
    expect(card?.variants.map((variant) => variant.id)).toEqual([priced.variant]);
    expect((await get(`/store/products/${unpriced.slug}?currency=SEK`)).status).toBe(404);
  });

  test('sorts by the price it shows, whatever lists and tiers there are', async () => {
    const list_ids: string[] = [];
    for (const [kind, priority] of [
      ['sale', 1],
      ['sale', 2],
      ['override', 1],
      ['override', 3],
    ] as const) {
      list_ids.push(await insert('price_lists', { name: unique('list'), kind, status: 'active', priority }));
    }
    list_ids.push(
      await insert('price_lists', { name: 'off', kind: 'sale', status: 'inactive', priority: 9 }),
    );
    const made: MadeProduct[] = [];
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let index = 0; index < 24; index += 1) {
      const product = await aProduct({}, { price_minor: next(5000) });
      const variants = [product.variant, await aVariant(product.id, { price_minor: next(5000) })];
      for (const variant of variants) {
        for (const price_list of [null, ...list_ids]) {
          for (const min_quantity of [1, 5]) {
            if (next(3) === 0) await aPrice(variant, next(5000), { price_list, min_quantity });
          }
        }
      }
      made.push(product);
    }
    const tag = await aTag(...made);
    const prices = (await list(`tag=${tag}&limit=100&sort=price`)).map((card) => card.price_from_minor);
    expect(prices).toHaveLength(24);
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
    const falling = (await list(`tag=${tag}&limit=100&sort=-price`)).map((card) => card.price_from_minor);
    expect(falling).toEqual(prices.toReversed());
  });

  test('sorts by name without regard to case, by age and by what is featured', async () => {
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const a = await aProduct({ name: 'apple', published_at: ago(3) });
    const b = await aProduct({ name: 'Banana', published_at: ago(1), featured: true });
    const c = await aProduct({ name: 'cherry', published_at: ago(2) });
    const tag = await aTag(a, b, c);
    expect(slugs(await list(`tag=${tag}&sort=name`))).toEqual(slugs([a, b, c]));
    expect(slugs(await list(`tag=${tag}&sort=-name`))).toEqual(slugs([c, b, a]));
    expect(slugs(await list(`tag=${tag}`))).toEqual(slugs([b, c, a]));
    expect(slugs(await list(`tag=${tag}&sort=featured`))).toEqual(slugs([b, c, a]));
    expect(slugs(await list(`tag=${tag}&featured=false`))).toEqual(slugs([c, a]));
  });

  test('speaks the wanted language where it can, and its parent language else', async () => {
    for (const code of ['de', 'de-AT']) {
      await server.db('languages').insert({ code, name: code, direction: 'ltr' }).onConflict().ignore();
    }
    const product = await aProduct({ name: 'Jam', subtitle: 'Sweet' });
    const tag = await aTag(product);
    const translate = (language: string, name: string) =>
      insert('products_translations', { product: product.id, language, name });
    await translate('de', 'Konfitüre');
    await translate('de-AT', 'Marmelade');
    const nameIn = async (query: string) =>
      (await list(`tag=${tag}${query}`)).map(({ name, subtitle }) => [name, subtitle]);
    expect(await nameIn('')).toEqual([['Jam', 'Sweet']]);
    expect(await nameIn('&locale=de-AT')).toEqual([['Marmelade', 'Sweet']]);
    expect(await nameIn('&locale=de-CH')).toEqual([['Konfitüre', 'Sweet']]);
    expect(await nameIn('&locale=fr')).toEqual([['Jam', 'Sweet']]);
  });

  test.each([
    ['limit=101', 'limit'],
    ['limit=0', 'limit'],
    ['sort=cheapest', 'sort'],
    ['in_stock=maybe', 'in_stock'],
    ['currency=dollars', 'currency'],
    ['category=', 'category'],
    ['category=a%00b', 'category'],
    ['category[_eq]=a', 'category'],
    ['colour=red', 'colour'],
  ])('refuses %s and names what is wrong', async (query, path) => {
    const { status, body } = await get(`/store/products?${query}`);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_QUERY', path });
  });
});

describe('the product page', () => {
  test('shows everything about a product', async () => {
    const [root, leaf] = [unique('root'), unique('leaf')];
    const parent = await insert('categories', { name: 'Clothes', slug: root, status: 'published' });
    const category = await insert('categories', { name: 'Jumpers', slug: leaf, status: 'published', parent });
    const product = await aProduct(
      { name: 'Jumper', description: '<p>Wool.</p>', seo_title: 'A jumper', subtitle: 'Warm' },
      {
        barcode: '4006381333931',
        weight_grams: 400,
        length_mm: 300,
        image_url: 'https://example.com/s.jpg',
        max_per_order: 5,
      },
    );
    await insert('products_categories', { product: product.id, category });
    const tag = await aTag(product);
    await insert('products_files', { product: product.id, url: 'https://example.com/2.jpg', sort: 2 });
    await insert('products_files', {
      product: product.id,
      url: 'https://example.com/1.jpg',
      alt: 'Front',
      sort: 1,
    });
    await aPrice(product.variant, 1800, { min_quantity: 10 });
    const similar = await aProduct();
    const draft = await aProduct({ status: 'draft' });
    await insert('related_products', { product: product.id, related: draft.id, kind: 'similar', sort: 1 });
    await insert('related_products', {
      product: product.id,
      related: similar.id,
      kind: 'accessory',
      sort: 2,
    });

    const { status, body } = await get(`/store/products/${product.slug}`);
    expect(status).toBe(200);
    expect(z.strictObject(Product.shape).parse(body.data)).toMatchObject({
      name: 'Jumper',
      description: '<p>Wool.</p>',
      images: [
        { url: 'https://example.com/1.jpg', alt: 'Front' },
        { url: 'https://example.com/2.jpg', alt: 'Jumper' },
      ],
      image: { url: 'https://example.com/1.jpg', alt: 'Front' },
      categories: [{ slug: leaf, name: 'Jumpers' }],
      breadcrumbs: [
        { slug: root, name: 'Clothes' },
        { slug: leaf, name: 'Jumpers' },
      ],
      tags: [{ slug: tag }],
      seo: { title: 'A jumper', description: 'Warm' },
      variants: [
        {
          id: product.variant,
          barcode: '4006381333931',
          weight_grams: 400,
          length_mm: 300,
          width_mm: null,
          image: { url: 'https://example.com/s.jpg' },
          max_per_order: 5,
          price_tiers: [{ min_quantity: 10, price_minor: 1800 }],
          in_stock: true,
        },
      ],
      related: [{ id: similar.id, relation: 'accessory', price_from_minor: 2000 }],
    });
  });

  test('is not there for drafts, what has not begun, or what nobody sells', async () => {
    const draft = await aProduct({ status: 'draft' });
    const later = await aProduct({ published_at: new Date(Date.now() + 3_600_000) });
    const withdrawn = await aProduct({}, { status: 'archived' });
    for (const slug of [draft.slug, later.slug, withdrawn.slug, unique('nothing')]) {
      const { status, body } = await get(`/store/products/${slug}`);
      expect([slug, status, body.errors?.[0]?.extensions.code]).toEqual([slug, 404, 'NOT_FOUND']);
    }
  });
});

describe('the categories', () => {
  test('form a tree without what is archived and what hangs below it', async () => {
    const make = async (name: string, values: Record<string, unknown> = {}) => {
      const slug = unique(name);
      return { slug, id: await insert('categories', { name, slug, status: 'published', ...values }) };
    };
    const root = await make('root');
    const second = await make('second', { parent: root.id, sort: 2 });
    const first = await make('first', { parent: root.id, sort: 1 });
    const archived = await make('archived', { parent: root.id, status: 'archived' });
    const orphan = await make('orphan', { parent: archived.id });
    const product = await aProduct();
    await insert('products_categories', { product: product.id, category: first.id });
    await insert('products_categories', { product: product.id, category: root.id });

    const { body } = await get('/store/categories?product_count=true');
    const tree = z.array(CategoryNode).parse(body.data);
    const found = tree.find((node) => node.slug === root.slug);
    expect(found?.product_count).toBe(1);
    expect(found?.children.map((node) => [node.slug, node.product_count])).toEqual([
      [first.slug, 1],
      [second.slug, 0],
    ]);
    expect(JSON.stringify(tree)).not.toContain(orphan.slug);

    const one = await get(`/store/categories/${first.slug}`);
    expect(Category.parse(one.body.data)).toMatchObject({
      name: 'first',
      breadcrumbs: [{ slug: root.slug }, { slug: first.slug }],
      children: [],
    });
    expect((await get(`/store/categories/${orphan.slug}`)).body.errors?.[0]?.extensions.code).toBe(
      'NOT_FOUND',
    );
  });

  test('come through a chain that bites its own tail', async () => {
    const [a, b] = [unique('a'), unique('b')];
    const first = await insert('categories', { name: a, slug: a, status: 'published' });
    const second = await insert('categories', { name: b, slug: b, status: 'published', parent: first });
    await server.db('categories').where({ id: first }).update({ parent: second });
    const product = await aProduct();
    await insert('products_categories', { product: product.id, category: second });
    expect(slugs(await list(`category=${a}`))).toEqual([product.slug]);
    expect((await get(`/store/products/${product.slug}`)).status).toBe(200);
    expect((await get('/store/categories?product_count=true')).status).toBe(200);
    expect((await get(`/store/categories/${a}`)).status).toBe(404);
  });
});

describe('live stock', () => {
  test.each([
    '',
    'variants=',
    'variants=a',
    `variants=${Array.from({ length: 101 }, () => randomUUID()).join(',')}`,
  ])('takes 1 to 100 ids, not %#', async (query) => {
    const { status, body } = await get(`/store/stock?${query}`);
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'INVALID_QUERY']);
  });

  test('says nothing of what shoppers may not see', async () => {
    const draft = await aProduct({ status: 'draft' });
    const withdrawn = await aProduct({}, { status: 'archived' });
    const { body } = await get(`/store/stock?variants=${draft.variant},${withdrawn.variant}`);
    expect(body.data).toEqual([]);
  });
});
