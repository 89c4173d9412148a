/** What each role may do with each collection over the generated API, and what the shop window shows. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  clientOf,
  fingerprints,
  ids,
  plantWorld,
  type Caller,
  type Client,
  type World,
} from '../support/access-world.ts';
import { startServer, type TestServer } from '../support/server.ts';

type Letter = 'c' | 'r' | 'u' | 'd';

let server: TestServer;
let world: World;
let call: Client['call'];
let get: Client['get'];

beforeAll(async () => {
  server = await startServer();
  world = await plantWorld(server.db);
  ({ call, get } = clientOf(server.url));
});
afterAll(() => server.stop());

/** c, r, u, d as far as any row of the collection allows it. What is not written here is refused. */
const MAY: Record<string, Partial<Record<Caller, string>>> = {
  products: { anonymous: 'r', ada: 'r', vendor: 'ru', catalogue_staff: 'crud', order_staff: 'r' },
  product_variants: { anonymous: 'r', ada: 'r', vendor: 'ru', catalogue_staff: 'crud', order_staff: 'r' },
  products_files: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  products_categories: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  products_tags: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  products_translations: {
    anonymous: 'r',
    ada: 'r',
    vendor: 'ru',
    catalogue_staff: 'crud',
    order_staff: 'r',
  },
  categories: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  categories_translations: { anonymous: 'r', ada: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  brands: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  tags: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  languages: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  vendors: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  related_products: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  price_lists: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  prices: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  bundle_items: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'crud', order_staff: 'r' },
  search_synonyms: { catalogue_staff: 'crud' },
  search_stop_words: { catalogue_staff: 'crud' },
  promotions: { catalogue_staff: 'crud', order_staff: 'r' },
  promotion_scopes: { catalogue_staff: 'crud', order_staff: 'r' },
  promotion_codes: { catalogue_staff: 'crud', order_staff: 'r' },
  promotion_redemptions: { order_staff: 'r' },
  reviews: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'ru', order_staff: 'r' },
  stock_locations: { vendor: 'r', catalogue_staff: 'r', order_staff: 'r' },
  stock_levels: { vendor: 'r', catalogue_staff: 'r', order_staff: 'r' },
  stock_movements: { order_staff: 'r' },
  stock_notices: { ada: 'rd', catalogue_staff: 'r', order_staff: 'r' },
  tax_classes: { vendor: 'r', catalogue_staff: 'r', order_staff: 'r' },
  tax_rates: { order_staff: 'r' },
  shipping_zones: { order_staff: 'r' },
  shipping_methods: { order_staff: 'r' },
  customer_groups: { catalogue_staff: 'r', order_staff: 'r' },
  customers: { ada: 'r', order_staff: 'ru' },
  addresses: { ada: 'r', order_staff: 'r' },
  payment_methods: { ada: 'r', order_staff: 'r' },
  carts: { order_staff: 'r' },
  cart_lines: { order_staff: 'r' },
  gift_cards: { ada: 'r', order_staff: 'r' },
  gift_card_movements: { ada: 'r', order_staff: 'r' },
  store_credits: { ada: 'r', order_staff: 'r' },
  store_credit_movements: { ada: 'r', order_staff: 'r' },
  orders: { ada: 'r', order_staff: 'r' },
  order_lines: { ada: 'r', vendor: 'r', order_staff: 'r' },
  order_adjustments: { ada: 'r', order_staff: 'r' },
  order_events: { ada: 'r', order_staff: 'r' },
  payments: { ada: 'r', order_staff: 'r' },
  refunds: { ada: 'r', order_staff: 'r' },
  disputes: { order_staff: 'r' },
  shipments: { ada: 'r', order_staff: 'r' },
  shipment_lines: { ada: 'r', order_staff: 'r' },
  returns: { ada: 'r', order_staff: 'r' },
  return_lines: { ada: 'r', order_staff: 'r' },
  order_notes: { ada: 'r', order_staff: 'crud' },
  orders_files: { order_staff: 'crud' },
  webhook_events: { order_staff: 'r' },
  wishlists: { ada: 'rud' },
  wishlist_items: { ada: 'rd' },
};
const COLLECTIONS = Object.keys(MAY);
const CALLERS: Caller[] = ['anonymous', 'ada', 'vendor', 'catalogue_staff', 'order_staff'];

test('every collection there is has its line in the table', async () => {
  const { rows } = await server.db.raw(
    `select collection from directus_collections join pg_tables on schemaname = 'public' and tablename = collection`,
  );
  const there = rows.map((row: { collection: string }) => row.collection);
  expect(there.sort()).toEqual([...COLLECTIONS, 'shop_settings'].sort());
});

describe.each(CALLERS)('%s', (caller) => {
  const may = (collection: string, letter: Letter) => (MAY[collection]?.[caller] ?? '').includes(letter);

  test('reads exactly the collections they may read', async () => {
    const answered: Record<string, number> = {};
    const expected: Record<string, number> = {};
    for (const collection of COLLECTIONS) {
      answered[collection] = (await call(caller, 'GET', `/items/${collection}?limit=1`)).status;
      expected[collection] = may(collection, 'r') ? 200 : 403;
    }
    expect(answered).toEqual(expected);
  });

  test('writes nowhere else: every other create, update and delete is refused and changes nothing', async () => {
    const before = await fingerprints(server.db, COLLECTIONS);
    const wrongly: string[] = [];
    for (const collection of COLLECTIONS) {
      const key = world.keys[collection] ?? randomUUID();
      const field = collection === 'languages' ? 'code' : 'id';
      const tries: [Letter, string, string, object?][] = [
        ['c', 'POST', `/items/${collection}`, { [field]: field === 'id' ? randomUUID() : 'xx' }],
        ['u', 'PATCH', `/items/${collection}/${key}`, { [field]: key }],
        ['u', 'PATCH', `/items/${collection}`, { keys: [key], data: { [field]: key } }],
        ['d', 'DELETE', `/items/${collection}/${key}`],
        ['d', 'DELETE', `/items/${collection}`, [key]],
      ];
      for (const [letter, method, path, body] of tries) {
        if (may(collection, letter)) continue;
        const { status } = await call(caller, method, path, body);
        if (status !== 403) wrongly.push(`${method} ${path} → ${status}`);
      }
    }
    expect(wrongly).toEqual([]);
    expect(await fingerprints(server.db, COLLECTIONS)).toEqual(before);
  });
});

describe('the shop window', () => {
  test('shows published products whose day has come, and nothing of the others', async () => {
    const { data } = await get('anonymous', '/items/products?fields=id&limit=-1');
    expect(ids(data)).toEqual([world.product, world.vendor_product].sort());
    for (const hidden of [world.draft, world.future]) {
      expect((await call('anonymous', 'GET', `/items/products/${hidden}`)).status).toBe(403);
    }
  });

  test('shows nothing that hangs on a hidden product', async () => {
    const { data: variants } = await get('anonymous', '/items/product_variants?fields=id&limit=-1');
    expect(ids(variants)).toEqual([world.variant, world.vendor_variant].sort());
    for (const collection of [
      'products_files',
      'products_translations',
      'products_categories',
      'products_tags',
      'reviews',
    ]) {
      const { data } = await get('anonymous', `/items/${collection}?fields=id,product&limit=-1`);
      expect(
        data.map((row: { product: string }) => row.product),
        collection,
      ).toEqual([world.product]);
    }
    expect((await get('anonymous', '/items/related_products?limit=-1')).data).toEqual([]);
  });

  test('hides an archived category and the link to it', async () => {
    const { data } = await get(
      'anonymous',
      `/items/products/${world.product}?fields=categories.category.name`,
    );
    expect(data.categories).toEqual([{ category: { name: 'Tea' } }]);
    expect((await get('anonymous', '/items/categories?limit=-1&fields=name')).data).toEqual([
      { name: 'Tea' },
    ]);
  });

  test('answers a nested read with public fields only, however deep it asks', async () => {
    const fields = '*,*.*,variants.*.*,reviews.*.*,categories.*.*,variants.prices.*,variants.stock_levels.variant.*';
    const { text } = await call('anonymous', 'GET', `/items/products?limit=-1&fields=${fields}`);
    for (const secret of [
      'cost_minor',
      'SECRET',
      'stock_levels',
      'on_hand',
      '"user"',
      'customer',
      'tax_class',
    ]) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain('price_minor');
  });

  test('shows base prices and those of open price lists, not of groups nor of sales to come', async () => {
    const { data } = await get('anonymous', '/items/prices?limit=-1&fields=amount_minor');
    expect(data.map((row: { amount_minor: number }) => Number(row.amount_minor)).sort()).toEqual([700, 900]);
    const { data: lists } = await get('anonymous', '/items/price_lists?limit=-1&fields=name');
    expect(lists).toEqual([{ name: 'Open' }]);
  });

  test('shows approved reviews without who wrote them', async () => {
    const { data } = await get('anonymous', '/items/reviews?limit=-1');
    expect(data).toHaveLength(1);
    expect(data[0]).not.toHaveProperty('customer');
  });

  test('shows name, currency, tax mode and country of the shop and no more', async () => {
    const { data } = await get('anonymous', '/items/shop_settings');
    expect(Object.keys(data).sort()).toEqual([
      'currency',
      'default_country',
      'prices_include_tax',
      'shop_name',
    ]);
  });

  test('shows files of the public folder and its subfolders only', async () => {
    const { data } = await get('anonymous', '/files?limit=-1&fields=id');
    expect(ids(data)).toEqual([world.public_file, world.nested_file].sort());
    expect((await call('anonymous', 'GET', `/assets/${world.private_file}`)).status).toBe(403);
  });

  test('is the same for somebody who is signed in', async () => {
    for (const path of [
      '/items/products?fields=id,variants.id&sort=id&limit=-1',
      '/items/prices?fields=id&sort=id&limit=-1',
    ]) {
      expect((await get('ada', path)).data).toEqual((await get('anonymous', path)).data);
    }
  });
});

describe('what is hidden cannot be asked about', () => {
  const HIDDEN: [Caller, string, string][] = [
    ['anonymous', 'product_variants', 'cost_minor'],
    ['anonymous', 'products', 'tax_class'],
    ['anonymous', 'vendors', 'email'],
    ['anonymous', 'reviews', 'customer'],
    ['anonymous', 'shop_settings', 'email'],
    ['ada', 'orders', 'token_hash'],
    ['ada', 'orders', 'attention_reason'],
    ['ada', 'orders', 'attention_code'],
    ['ada', 'orders', 'attention_at'],
    ['ada', 'payments', 'provider_payment'],
    ['ada', 'payments', 'client_data'],
    ['ada', 'payments', 'request'],
    ['ada', 'payments', 'started_at'],
    ['ada', 'payments', 'charged_back_minor'],
    ['ada', 'refunds', 'is_unclear'],
    ['ada', 'order_events', 'data'],
    ['order_staff', 'orders', 'token_hash'],
    ['order_staff', 'orders', 'network_hash'],
    ['order_staff', 'carts', 'token_hash'],
    ['order_staff', 'gift_cards', 'code_hash'],
    ['ada', 'gift_cards', 'code_hash'],
    ['ada', 'gift_cards', 'note'],
    ['ada', 'gift_card_movements', 'note'],
    ['ada', 'store_credit_movements', 'note'],
    ['ada', 'order_notes', 'actor'],
    ['order_staff', 'payments', 'client_data'],
    ['order_staff', 'payments', 'request'],
    ['vendor', 'order_lines', 'order'],
  ];
  test.each(HIDDEN)('%s: %s.%s', async (caller, collection, field) => {
    const json = field.endsWith('data') || field === 'request';
    const questions = [
      `fields=${field}`,
      `filter[${field}][_nnull]=true`,
      ...(json ? [] : [`sort=${field}`, `groupBy[]=${field}`, `aggregate[countDistinct]=${field}`]),
    ];
    for (const question of questions) {
      expect((await call(caller, 'GET', `/items/${collection}?${question}`)).status, question).toBe(403);
    }
  });

  test('nor reached through a relation', async () => {
    const roundabout: [Caller, string][] = [
      ['anonymous', '/items/products?filter[variants][cost_minor][_gt]=1'],
      ['anonymous', '/items/products?filter[variants][_some][cost_minor][_gt]=1'],
      ['anonymous', '/items/products?filter[reviews][customer][email][_starts_with]=a'],
      ['anonymous', '/items/products?filter[vendor][user][email][_starts_with]=v'],
      ['anonymous', '/items/products?sort=vendor.email'],
      ['anonymous', '/items/products?deep[variants][_filter][cost_minor][_gt]=1&fields=variants.id'],
      ['anonymous', '/items/products?alias[x]=variants&deep[x][_sort]=cost_minor&fields=x.id'],
      ['ada', '/items/orders?filter[customer][user][password][_nnull]=true'],
      ['ada', '/items/orders?filter[payments][client_data][_nnull]=true'],
      ['ada', '/items/orders?filter[payments][request][_nnull]=true'],
      ['ada', '/items/orders?filter[disputes][status][_eq]=open'],
      ['ada', '/items/payments?filter[disputes][status][_eq]=open'],
      ['ada', '/items/order_lines?filter[variant][stock_levels][on_hand][_gt]=0'],
    ];
    for (const [caller, path] of roundabout) expect((await call(caller, 'GET', path)).status, path).toBe(403);
    // Directus leaves out, without a word, what lies in a collection the caller may not read at all.
    const { data } = await get('vendor', '/items/order_lines?fields=sku,order.email,order.customer.*');
    expect(data).toEqual([{ sku: 'POT-1' }]);
  });

  test('nor found by a search', async () => {
    const found = await get('anonymous', '/items/vendors?search=SECRET');
    expect(found.data).toEqual([]);
    expect((await get('ada', '/items/orders?search=SECRET')).data).toEqual([]);
  });
});
