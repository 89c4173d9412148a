/** Customers, vendors and staff over the generated REST and GraphQL API: theirs, and nobody else's. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Knex } from 'knex';
import { POLICIES, PUBLIC_FOLDER } from '../../seeds/access/ids.ts';
import { clientOf, ids, type Client } from '../support/access-world/ask.ts';
import { plantWorld, type World } from '../support/access-world/world.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let db: Knex;
let world: World;
let call: Client['call'];
let get: Client['get'];

beforeAll(async () => {
  server = await startServer();
  db = server.db;
  world = await plantWorld(db);
  ({ call, get } = clientOf(server.url));
});
afterAll(() => server.stop());

describe('a customer', () => {
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
      `/items/orders/${world.ada.rows['orders']}?fields=*,lines.*,payments.*,payments.disputes.*,refunds.*,disputes.*,shipments.*,shipments.lines.*,events.*`,
    );
    expect(data.lines).toHaveLength(1);
    expect(data.events.map((event: { kind: string }) => event.kind)).toEqual(['placed']);
    expect(data.shipments[0].lines).toHaveLength(1);
    expect(JSON.stringify(data)).not.toContain('SECRET');
  });

  test('sees their own review while it waits, and not those of others', async () => {
    const statuses = async (who: 'ada' | 'ben') => {
      const { data } = await get(who, '/items/reviews?limit=-1&fields=status&sort=status');
      return data.map((row: { status: string }) => row.status);
    };
    const seen = await statuses('ben');
    expect(new Set(seen)).toEqual(new Set(['approved']));
    expect(await statuses('ada')).toEqual([...seen, 'pending']);
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
  });
});

describe('a vendor', () => {
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
    const disputed = await get('order_staff', `/items/disputes?filter[order][_eq]=${data.id}`);
    expect(disputed.data).toMatchObject([{ id: data.disputes[0], status: 'open' }]);
    const path = `/items/customers/${world.ben.customer}`;
    expect((await call('order_staff', 'PATCH', path, { first_name: 'Benjamin' })).status).toBe(200);
    for (const body of [
      { email: 'x@example.com' },
      { user: world.ada.user },
      { email_verified_at: null },
      { orders: [] },
    ]) {
      expect((await call('order_staff', 'PATCH', path, body)).status, JSON.stringify(body)).toBe(403);
    }
  });

  test('order staff find out no colleague’s e-mail or role by filters, sums or relations', async () => {
    const admin = await db('directus_users').where({ email: 'admin@example.com' }).first('id');
    for (const question of [
      '/users?filter[email][_starts_with]=admin',
      '/users?filter[role][name][_eq]=Administrator',
      `/users?filter[id][_eq]=${admin.id}&aggregate[min]=email`,
      '/items/order_notes?filter[actor][email][_starts_with]=admin',
      '/items/order_notes?sort=actor.email',
      '/items/orders?fields=id&deep[notes][_filter][actor][email][_starts_with]=admin&fields=notes.id',
    ]) {
      expect((await call('order_staff', 'GET', question)).status, question).toBe(403);
    }
    const { data } = await get('order_staff', '/users?search=admin@example.com&fields=id');
    expect(data).toEqual([]);
    const { json } = await call('order_staff', 'POST', '/graphql/system', {
      query: '{ users(filter: { email: { _starts_with: "admin" } }) { id } }',
    });
    expect(json.errors).toBeDefined();
    // The list of users in the admin app is in the order of addresses, and a name is nobody's secret.
    const page = '/users?sort=email&fields=id,first_name,email&filter[first_name][_nnull]=true';
    expect((await call('order_staff', 'GET', page)).status).toBe(200);
  });

  test('staff see names of colleagues, not of shoppers’ accounts, and change neither', async () => {
    const { data } = await get('order_staff', '/users?limit=-1&fields=id');
    expect(ids(data)).not.toContain(world.ada.user);
    expect((await call('order_staff', 'GET', '/users?fields=email,token')).status).toBe(403);
    expect((await call('order_staff', 'PATCH', `/users/${world.ada.user}`, { role: null })).status).toBe(403);
  });

  test('whose policy holds at other addresses only have no way into /staff either', async () => {
    const path = `/staff/orders/${world.ada.rows['orders']}`;
    expect((await call('order_staff', 'GET', path)).status).toBe(200);
    expect(await restrictOrderStaff(['10.1.1.1'])).toBe(200);
    expect((await call('order_staff', 'GET', path)).status).toBe(403);
    expect(await restrictOrderStaff(null)).toBe(200);
    expect((await call('order_staff', 'GET', path)).status).toBe(200);
  });

  async function restrictOrderStaff(ip_access: string[] | null): Promise<number> {
    const answer = await fetch(`${server.url}/policies/${POLICIES.order_staff}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${server.admin_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ip_access }),
    });
    return answer.status;
  }
});
