/** Roundabout ways to what is hidden. What each role may do with each collection, access-matrix.http.test.ts asks one by one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf, type Caller, type Client } from '../support/access-world/ask.ts';
import { plantWorld, type World } from '../support/access-world/world.ts';
import { startServer, type TestServer } from '../support/server.ts';

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

describe('the shop window', () => {
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
    const fields =
      '*,*.*,variants.*.*,reviews.*.*,categories.*.*,variants.prices.*,variants.stock_levels.variant.*';
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
  test('not through a relation, a level of its own or another name', async () => {
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
