/** What each role can and cannot do over the generated REST and GraphQL API, tried on a running Directus. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Knex } from 'knex';
import { PUBLIC_FOLDER, ROLES } from '../../seeds/access/ids.ts';
import { startServer } from '../support/server.ts';

type Caller = 'anonymous' | 'ada' | 'ben' | 'vendor' | 'catalogue_staff' | 'order_staff';
type Letter = 'c' | 'r' | 'u' | 'd';

let server: Awaited<ReturnType<typeof startServer>>;
let db: Knex;
let world: Awaited<ReturnType<typeof plantWorld>>;

beforeAll(async () => {
  server = await startServer();
  db = server.db;
  world = await plantWorld();
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
  promotions: { catalogue_staff: 'crud', order_staff: 'r' },
  promotion_redemptions: { order_staff: 'r' },
  reviews: { anonymous: 'r', ada: 'r', vendor: 'r', catalogue_staff: 'ru', order_staff: 'r' },
  stock_locations: { vendor: 'r', catalogue_staff: 'r', order_staff: 'r' },
  stock_levels: { vendor: 'r', catalogue_staff: 'r', order_staff: 'r' },
  stock_movements: { order_staff: 'r' },
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
  gift_cards: { order_staff: 'r' },
  orders: { ada: 'r', order_staff: 'r' },
  order_lines: { ada: 'r', vendor: 'r', order_staff: 'r' },
  order_adjustments: { ada: 'r', order_staff: 'r' },
  order_events: { ada: 'r', order_staff: 'r' },
  payments: { ada: 'r', order_staff: 'r' },
  refunds: { ada: 'r', order_staff: 'r' },
  shipments: { ada: 'r', order_staff: 'r' },
  shipment_lines: { ada: 'r', order_staff: 'r' },
  returns: { ada: 'r', order_staff: 'r' },
  return_lines: { ada: 'r', order_staff: 'r' },
  webhook_events: { order_staff: 'r' },
  wishlists: { ada: 'rud' },
  wishlist_items: { ada: 'rd' },
};
const CALLERS: Caller[] = ['anonymous', 'ada', 'vendor', 'catalogue_staff', 'order_staff'];

describe.each(CALLERS)('%s', (caller) => {
  const may = (collection: string, letter: Letter) => (MAY[collection]?.[caller] ?? '').includes(letter);

  test('reads exactly the collections they may read', async () => {
    const answered: Record<string, number> = {};
    const expected: Record<string, number> = {};
    for (const collection of Object.keys(MAY)) {
      answered[collection] = (await call(caller, 'GET', `/items/${collection}?limit=1`)).status;
      expected[collection] = may(collection, 'r') ? 200 : 403;
    }
    expect(answered).toEqual(expected);
  });

  test('writes nowhere else: every other create, update and delete is refused and changes nothing', async () => {
    const before = await fingerprints();
    const wrongly: string[] = [];
    for (const collection of Object.keys(MAY)) {
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
    expect(await fingerprints()).toEqual(before);
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
    const { text } = await call('anonymous', 'GET', `/items/products?limit=-1&fields=*,*.*,*.*.*,*.*.*.*`);
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
    ['ada', 'customers', 'stripe_customer'],
    ['ada', 'payments', 'provider_payment'],
    ['ada', 'payments', 'client_data'],
    ['ada', 'order_events', 'data'],
    ['order_staff', 'orders', 'token_hash'],
    ['order_staff', 'orders', 'network_hash'],
    ['order_staff', 'carts', 'token_hash'],
    ['order_staff', 'gift_cards', 'code_hash'],
    ['order_staff', 'payments', 'client_data'],
    ['vendor', 'order_lines', 'order'],
  ];
  test.each(HIDDEN)('%s: %s.%s', async (caller, collection, field) => {
    const json = field.endsWith('data');
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

describe('a customer', () => {
  const OWNED = [
    'customers', 'addresses', 'payment_methods', 'orders', 'order_lines', 'order_adjustments', 'order_events', 'payments',
    'refunds', 'shipments', 'shipment_lines', 'returns', 'return_lines', 'wishlists', 'wishlist_items',
  ]; // prettier-ignore

  test.each(OWNED)('reads their own %s and nobody else’s', async (collection) => {
    const key = collection === 'order_events' ? 'placed_event' : collection;
    for (const [me, other] of [
      ['ada', 'ben'],
      ['ben', 'ada'],
    ] as const) {
      const { data } = await get(me, `/items/${collection}?limit=-1&fields=id`);
      expect(data).toEqual([{ id: world[me].rows[key] }]);
      const path = `/items/${collection}/${world[other].rows[key]}`;
      expect((await call(me, 'GET', path)).status).toBe(403);
      expect(
        (await call(me, 'GET', `/items/${collection}?filter[id][_eq]=${world[other].rows[key]}`)).json.data,
      ).toEqual([]);
    }
  });

  test('counts and sums only their own', async () => {
    const { data } = await get('ada', '/items/orders?aggregate[sum]=total_minor&aggregate[count]=*');
    expect(data[0]).toMatchObject({ sum: { total_minor: expect.toSatisfy((sum) => Number(sum) === 1000) } });
    expect(Number(data[0].count)).toBe(1);
    const { meta } = await get('ada', '/items/orders?meta=*');
    expect(Number(meta.filter_count)).toBe(1);
  });

  test('reads an order with everything of it in one request, without what is for staff', async () => {
    const { data } = await get(
      'ada',
      `/items/orders/${world.ada.rows['orders']}?fields=*,lines.*,payments.*,refunds.*,shipments.*,shipments.lines.*,events.*`,
    );
    expect(data.lines).toHaveLength(1);
    expect(data.events.map((event: { kind: string }) => event.kind)).toEqual(['placed']);
    expect(data.shipments[0].lines).toHaveLength(1);
    expect(JSON.stringify(data)).not.toContain('SECRET');
  });

  test('sees their own review while it waits, and not those of others', async () => {
    const { data } = await get('ada', '/items/reviews?limit=-1&fields=status&sort=status');
    expect(data.map((row: { status: string }) => row.status)).toEqual(['approved', 'pending']);
    expect((await get('ben', '/items/reviews?limit=-1&fields=status')).data).toEqual([
      { status: 'approved' },
    ]);
  });

  test('renames and deletes their own wish list, not another’s, and makes none for anybody', async () => {
    const [mine, theirs] = [world.ada.rows['wishlists'], world.ben.rows['wishlists']];
    expect((await call('ada', 'PATCH', `/items/wishlists/${mine}`, { name: 'Tea time' })).status).toBe(200);
    for (const body of [{ customer: world.ben.customer }, { id: randomUUID() }]) {
      expect((await call('ada', 'PATCH', `/items/wishlists/${mine}`, body)).status).toBe(403);
    }
    expect((await call('ada', 'PATCH', `/items/wishlists/${theirs}`, { name: 'Mine' })).status).toBe(403);
    expect((await call('ada', 'DELETE', `/items/wishlists/${theirs}`)).status).toBe(403);
    expect(
      (await call('ada', 'POST', '/items/wishlists', { customer: world.ben.customer, name: 'x' })).status,
    ).toBe(403);
    expect(await db('wishlists').where({ customer: world.ben.customer })).toMatchObject([{ name: 'Gifts' }]);
  });

  test('cannot change another’s cart, order or address through GraphQL either', async () => {
    const { orders, addresses, carts } = world.ben.rows;
    const before = await fingerprints();
    for (const mutation of [
      `update_orders_item(id: "${orders}", data: { status: "cancelled" }) { id }`,
      `update_addresses_item(id: "${addresses}", data: { line1: "x" }) { id }`,
      `update_carts_item(id: "${carts}", data: { email: "x" }) { id }`,
      `delete_orders_item(id: "${orders}") { id }`,
      `update_wishlists_item(id: "${world.ben.rows['wishlists']}", data: { name: "x" }) { id }`,
      `create_payments_item(data: { provider: "x" }) { id }`,
      `create_wishlists_item(data: { name: "x" }) { id }`,
    ]) {
      const { json } = await call('ada', 'POST', '/graphql', { query: `mutation { ${mutation} }` });
      expect(json.errors, mutation).toBeDefined();
    }
    expect(await fingerprints()).toEqual(before);
  });

  test('reads only their own through GraphQL', async () => {
    const { json } = await call('ada', 'POST', '/graphql', {
      query:
        '{ orders { number customer { email } lines { sku } } addresses { line1 } orders_aggregated { count { id } } }',
    });
    expect(json.data).toMatchObject({
      orders: [{ number: 'T-ada', customer: { email: 'ada@example.com' }, lines: [{ sku: 'TEA-1' }] }],
      addresses: [{ line1: 'ada street' }],
      orders_aggregated: [{ count: { id: 1 } }],
    });
    const other = await call('ada', 'POST', '/graphql', {
      query: `{ orders_by_id(id: "${world.ben.rows['orders']}") { id } }`,
    });
    expect(other.json.data?.orders_by_id ?? null).toBeNull();
    for (const field of [
      'carts { id }',
      'orders { token_hash }',
      'stock_levels { on_hand }',
      'payments { client_data }',
    ]) {
      const { json: refused } = await call('ada', 'POST', '/graphql', { query: `{ ${field} }` });
      expect(refused.errors, field).toBeDefined();
      expect(refused.data ?? null, field).toBeNull();
    }
  });

  test('has no way into the app and its collections', async () => {
    for (const path of [
      '/users',
      '/roles',
      '/policies',
      '/permissions',
      '/settings',
      '/activity',
      '/revisions',
      '/flows',
      '/presets',
    ]) {
      const { status, json } = await call('ada', 'GET', path);
      const empty = status === 200 && (json.data.length === 0 || path === '/settings');
      expect(status === 403 || empty, `${path} → ${status}`).toBe(true);
    }
  });
});

describe('a vendor', () => {
  test('sees their own products, drafts included, and nobody else’s', async () => {
    const { data } = await get('vendor', '/items/products?limit=-1&fields=id,variants.cost_minor');
    expect(data).toEqual([{ id: world.vendor_product, variants: [{ cost_minor: expect.anything() }] }]);
  });

  test('changes the words of a product but not whose it is, how it is taxed or whether it is for sale', async () => {
    const path = `/items/products/${world.vendor_product}`;
    expect((await call('vendor', 'PATCH', path, { name: 'Better pot' })).status).toBe(200);
    for (const body of [
      { vendor: null },
      { status: 'archived' },
      { tax_class: null },
      { rating_average: 5 },
    ]) {
      expect((await call('vendor', 'PATCH', path, body)).status, JSON.stringify(body)).toBe(403);
    }
    expect((await call('vendor', 'PATCH', `/items/products/${world.product}`, { name: 'x' })).status).toBe(
      403,
    );
    expect(
      (await call('vendor', 'PATCH', `/items/product_variants/${world.variant}`, { price_minor: 1 })).status,
    ).toBe(403);
  });

  test('sees what was sold of theirs, not to whom', async () => {
    const { data } = await get('vendor', '/items/order_lines?limit=-1');
    expect(data.map((line: { sku: string }) => line.sku)).toEqual(['POT-1']);
    expect(data[0]).not.toHaveProperty('order');
  });
});

describe('staff', () => {
  test('catalogue staff open, price and publish a product, and cannot hand a vendor to a user', async () => {
    const slug = `staff-${randomUUID()}`;
    const made = await call('catalogue_staff', 'POST', '/items/products', {
      name: 'New',
      slug,
      status: 'published',
    });
    expect(made.status).toBe(200);
    const vendor = { user: world.ada.user };
    expect((await call('catalogue_staff', 'PATCH', `/items/vendors/${world.vendor}`, vendor)).status).toBe(
      403,
    );
    await db('products').where({ slug }).delete();
  });

  test('catalogue staff cannot delete the public folder', async () => {
    expect((await call('catalogue_staff', 'DELETE', `/folders/${PUBLIC_FOLDER}`)).status).toBe(403);
  });

  test('order staff read an order whole and correct a customer’s name, not their e-mail or who they are', async () => {
    const { data } = await get(
      'order_staff',
      `/items/orders/${world.ada.rows['orders']}?fields=*,events.*,lines.*`,
    );
    expect(data).toMatchObject({ attention_reason: 'SECRET reason', lines: [{ sku: 'TEA-1' }] });
    const path = `/items/customers/${world.ben.customer}`;
    expect((await call('order_staff', 'PATCH', path, { first_name: 'Benjamin' })).status).toBe(200);
    for (const body of [
      { email: 'x@example.com' },
      { user: world.ada.user },
      { stripe_customer: 'cus_x' },
      { orders: [] },
    ]) {
      expect((await call('order_staff', 'PATCH', path, body)).status, JSON.stringify(body)).toBe(403);
    }
  });

  test('staff see names of colleagues, not of shoppers’ accounts, and change neither', async () => {
    const { data } = await get('order_staff', '/users?limit=-1&fields=id');
    expect(ids(data)).not.toContain(world.ada.user);
    expect((await call('order_staff', 'GET', '/users?fields=email,token')).status).toBe(403);
    expect((await call('order_staff', 'PATCH', `/users/${world.ada.user}`, { role: null })).status).toBe(403);
  });
});

async function call(caller: Caller, method: string, path: string, body?: object) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(caller === 'anonymous' ? {} : { authorization: `Bearer token-of-${caller}` }),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  const json = text.startsWith('{') ? JSON.parse(text) : {};
  return { status: response.status, text, json };
}

async function get(caller: Caller, path: string) {
  const { status, json, text } = await call(caller, 'GET', path);
  expect(status, `${path}: ${text}`).toBe(200);
  return json;
}

function ids(data: { id: string }[]): string[] {
  return data.map((row) => row.id).sort();
}

/** Content of every collection in the table, to show that a refusal changed nothing. */
async function fingerprints(): Promise<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const table of Object.keys(MAY)) {
    const { rows } = await db.raw(
      `select count(*) || ':' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as is from ?? t`,
      [table],
    );
    result[table] = rows[0].is;
  }
  return result;
}

/** A small shop with two customers who bought the same things, and something hidden in every corner. */
async function plantWorld() {
  for (const table of [
    'products',
    'categories',
    'price_lists',
    'customers',
    'languages',
    'brands',
    'tags',
    'vendors',
  ]) {
    await db.raw('truncate ?? cascade', [table]);
  }
  await db('directus_files').update({ folder: null });
  const keys: Record<string, string> = {};
  const add = async (table: string, row: object, key = 'id'): Promise<string> => {
    const [made] = await db(table).insert(row).returning(key);
    return ((keys[table] ??= made[key]), made[key]);
  };
  const account = async (name: string, role: string): Promise<string> => {
    const id = randomUUID();
    await db('directus_users').insert({
      id,
      email: `${name}@example.com`,
      role,
      status: 'active',
      token: `token-of-${name}`,
    });
    return id;
  };

  const vendor_user = await account('vendor', ROLES.vendor);
  await account('catalogue_staff', ROLES.catalogue_staff);
  await account('order_staff', ROLES.order_staff);

  await add('languages', { code: 'en-GB', name: 'English', direction: 'ltr' }, 'code');
  const brand = await add('brands', { name: 'Leaf', slug: 'leaf' });
  const tag = await add('tags', { name: 'Green', slug: 'green' });
  const vendor = await add('vendors', {
    name: 'Potter',
    slug: 'potter',
    status: 'active',
    user: vendor_user,
    email: 'SECRET@example.com',
  });
  const tea = await add('categories', { name: 'Tea', slug: 'tea', status: 'published' });
  const old = await add('categories', { name: 'Old', slug: 'old', status: 'archived' });
  await add('categories_translations', { category: tea, language: 'en-GB', name: 'Tea' });

  const aProduct = (slug: string, row: object) =>
    add('products', { name: slug, slug, status: 'published', brand, ...row });
  const tomorrow = new Date(Date.now() + 86_400_000);
  const product = await aProduct('tea', { published_at: new Date(0) });
  const vendor_product = await aProduct('pot', { vendor });
  const draft = await aProduct('draft', { status: 'draft' });
  const future = await aProduct('future', { published_at: tomorrow });
  const aVariant = (of: string, sku: string, status = 'published') =>
    add('product_variants', {
      product: of,
      sku,
      status,
      price_minor: 1000,
      cost_minor: 400,
      currency: 'EUR',
    });
  const variant = await aVariant(product, 'TEA-1');
  await aVariant(product, 'TEA-2', 'archived');
  const vendor_variant = await aVariant(vendor_product, 'POT-1');
  const draft_variant = await aVariant(draft, 'DRAFT-1');
  const future_variant = await aVariant(future, 'FUTURE-1');
  for (const of of [product, draft, future]) {
    await add('products_files', { product: of, url: 'https://example.com/a.png' });
    await add('products_translations', { product: of, language: 'en-GB', name: 'x' });
    await add('products_categories', { product: of, category: tea });
    await add('products_tags', { product: of, tag });
  }
  await add('products_categories', { product, category: old });
  await add('related_products', { product, related: draft, kind: 'similar' });

  await db('shop_settings').delete();
  await add('shop_settings', { shop_name: 'Leaf', currency: 'EUR', email: 'SECRET@example.com' });
  const group = await add('customer_groups', { name: 'Cafés', code: `cafes-${randomUUID()}` });
  const open = await add('price_lists', { name: 'Open', kind: 'sale', status: 'active' });
  const grouped = await add('price_lists', {
    name: 'Cafés',
    kind: 'override',
    status: 'active',
    customer_group: group,
  });
  const coming = await add('price_lists', {
    name: 'Coming',
    kind: 'sale',
    status: 'active',
    starts_at: tomorrow,
  });
  const aPrice = (of: string, amount_minor: number, price_list: string | null) =>
    add('prices', { variant: of, currency: 'USD', amount_minor, price_list });
  await aPrice(variant, 900, null);
  await aPrice(variant, 700, open);
  await aPrice(variant, 500, grouped);
  await aPrice(variant, 300, coming);
  await aPrice(draft_variant, 100, null);
  await aPrice(future_variant, 100, null);

  const location = await add('stock_locations', { name: 'Shed', code: `shed-${randomUUID()}` });
  await add('stock_levels', { variant, location, on_hand: 7 });
  await add('stock_levels', { variant: vendor_variant, location, on_hand: 3 });
  await add('gift_cards', {
    last4: '1234',
    initial_minor: 1,
    balance_minor: 1,
    currency: 'EUR',
    code_hash: randomUUID(),
  });
  await add('webhook_events', { provider: 'stripe', event_id: randomUUID(), type: 'x', payload: '{}' });

  const aFile = (folder: string | null) =>
    add('directus_files', {
      id: randomUUID(),
      storage: 'local',
      filename_download: 'a.png',
      type: 'image/png',
      folder,
    });
  const subfolder = await add('directus_folders', { id: randomUUID(), name: 'Teas', parent: PUBLIC_FOLDER });
  const public_file = await aFile(PUBLIC_FOLDER);
  const nested_file = await aFile(subfolder);
  const private_file = await aFile(null);

  const aCustomer = async (name: string) => {
    const rows: Record<string, string> = {};
    const own = async (table: string, row: object, as = table) => (rows[as] = await add(table, row));
    const user = await account(name, ROLES.customer);
    const customer = await own('customers', {
      email: `${name}@example.com`,
      user,
      stripe_customer: `cus_SECRET_${name}`,
    });
    await own('addresses', {
      customer,
      full_name: name,
      line1: `${name} street`,
      city: 'Bern',
      country: 'CH',
      postal_code: '1',
    });
    await own('payment_methods', { customer, provider: 'stripe', provider_method: `pm_SECRET_${name}` });
    const cart = await own('carts', { customer, currency: 'EUR', token_hash: `SECRET-${randomUUID()}` });
    await own('cart_lines', { cart, variant, quantity: 1 });
    const order = await own('orders', {
      number: `T-${name}`, customer, email: `${name}@example.com`, currency: 'EUR', subtotal_minor: 1000, total_minor: 1000,
      token_hash: `SECRET-${name}`, network_hash: 'SECRET', attention_reason: 'SECRET reason',
    }); // prettier-ignore
    const line = {
      order,
      name: 'Tea',
      quantity: 1,
      unit_price_minor: 1000,
      subtotal_minor: 1000,
      total_minor: 1000,
    };
    const order_line = await own('order_lines', { ...line, sku: 'TEA-1', variant, product });
    await own('order_adjustments', { order, kind: 'shipping', label: 'Post', amount_minor: 0 });
    await own(
      'order_events',
      { order, kind: 'placed', message: 'Placed', data: '{"note":"SECRET"}', actor_kind: 'customer' },
      'placed_event',
    );
    await own('order_events', { order, kind: 'payment_requested', message: 'SECRET', actor_kind: 'system' });
    const money = { order, amount_minor: 1000, currency: 'EUR' };
    const payment = await own('payments', {
      ...money,
      provider: 'stripe',
      provider_payment: `pi_SECRET_${name}`,
      client_data: '{"s":"SECRET"}',
    });
    await own('refunds', { ...money, payment, status: 'pending', provider_refund: 'SECRET' });
    const shipment = await own('shipments', { order });
    await own('shipment_lines', { shipment, order_line, quantity: 1 });
    const returned = await own('returns', { order, note: 'SECRET' });
    await own('return_lines', { return: returned, order_line, quantity: 1 });
    const wishlist = await own('wishlists', { customer, name: 'Gifts' });
    await own('wishlist_items', { wishlist, variant });
    return { user, customer, rows };
  };
  const ada = await aCustomer('ada');
  const ben = await aCustomer('ben');
  const guest = await add('orders', {
    number: 'T-guest',
    email: 'g@example.com',
    currency: 'EUR',
    subtotal_minor: 1,
    total_minor: 1,
  });
  await add('order_lines', {
    order: guest, name: 'Pot', quantity: 1, unit_price_minor: 1, subtotal_minor: 1, total_minor: 1, sku: 'POT-1',
    variant: vendor_variant, product: vendor_product,
  }); // prettier-ignore
  await add('reviews', { product, rating: 5, status: 'approved', author_name: 'C.', body: 'Fine' });
  await add('reviews', { product, rating: 1, status: 'pending', author_name: 'A.', customer: ada.customer });
  await add('reviews', { product: draft, rating: 4, status: 'approved', author_name: 'D.' });
  return {
    keys, product, vendor_product, draft, future, variant, vendor_variant, vendor, public_file, nested_file, private_file, ada, ben,
  }; // prettier-ignore
}
