import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

interface Relation {
  collection: string;
  field: string;
  related_collection: string;
  meta: { one_field: string; one_deselect_action: string };
  schema: { on_delete: string };
}

async function call(method: string, path: string, body?: object) {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${server.admin_token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as { data: Relation } };
}

/** What PostgreSQL does with products when their brand goes. */
async function onDelete(): Promise<string | undefined> {
  const constraint = await row<{ rule: string }>(
    server.db,
    `select pg_get_constraintdef(oid) as rule from pg_constraint where conname = 'products_brand_foreign'`,
  );
  return /ON DELETE ([A-Z ]+)$/.exec(constraint?.rule ?? '')?.[1];
}

const PATH = '/relations/products/brand';

describe('a relation is edited while the schema is frozen', () => {
  test.each([
    [
      'with the names in the body, as the admin app sends them',
      { collection: 'products', field: 'brand', related_collection: 'brands' },
    ],
    ['without them, as the route allows', {}],
  ])('%s', async (_, names) => {
    const { json: before } = await call('GET', PATH);
    expect(before.data.schema.on_delete).toBe('SET NULL');

    const edit = { ...names, meta: { one_deselect_action: 'delete' }, schema: { on_delete: 'CASCADE' } };
    const edited = await call('PATCH', PATH, edit);

    expect(edited.status, JSON.stringify(edited.json)).toBe(200);
    expect(server.directus.process.exitCode).toBeNull();
    expect(await onDelete()).toBe('CASCADE');
    const { json: seen } = await call('GET', PATH);
    expect(seen.data).toMatchObject({
      ...before.data,
      meta: { ...before.data.meta, one_deselect_action: 'delete' },
      schema: { ...before.data.schema, on_delete: 'CASCADE' },
    });

    const { meta, schema } = before.data;
    const restored = await call('PATCH', PATH, { ...names, meta, schema });
    expect(restored.status).toBe(200);
    expect(await onDelete()).toBe('SET NULL');
    expect((await call('GET', PATH)).json).toEqual(before);
  });

  test('the schema other requests use is not touched by an edit that is refused', async () => {
    const { status } = await call('PATCH', PATH, { schema: { on_delete: 'NO SUCH RULE' } });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(server.directus.process.exitCode).toBeNull();
    expect(await onDelete()).toBe('SET NULL');
    expect((await call('GET', PATH)).json.data.schema.on_delete).toBe('SET NULL');
  });
});
