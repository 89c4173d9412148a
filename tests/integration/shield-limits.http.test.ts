/** How much one request may ask, through the running shop. The bounds themselves are tested beside shield/limits.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aVariant } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { clientOf, send, type Call } from '../support/store-client.ts';

let server: TestServer;
let call: Call;
let admin: { token: string };
beforeAll(async () => {
  server = await startServer();
  call = clientOf(server.url);
  admin = { token: server.admin_token };
  await aVariant(server.shop);
});
afterAll(() => server.stop());

const list = (count: number) => Array.from({ length: count }, (_, at) => `a${at}`).join(',');

describe('a query string', () => {
  test.each([
    ['fields', 'fields=*.*.*'],
    ['fields', `fields=${list(101)}`],
    ['filter', `filter[id][_in]=${list(201)}`],
    ['filter', 'filter[brand][products][variants][product][brand][products][id][_eq]=1'],
    ['limit', 'limit=501'],
    ['offset', 'offset=100001'],
    ['search', `search=${'x'.repeat(201)}`],
    ['sort', 'sort=a,b,c,d,e,f'],
    ['deep._limit', 'deep[variants][_limit]=100000'],
    ['alias', 'alias[a][b]=c'],
    ['alias', 'fields=*&alias[*]=id'],
    ['deep._alias', 'fields=variants.*&deep[variants][_alias][*]=id'],
    ['aggregate', 'aggregate=notjson'],
    ['meta', 'meta[a]=b'],
  ])('is refused for its %s: %s', async (path, query) => {
    const answer = await call('GET', `/items/products?${query}`);
    expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_QUERY', extensions: { path } });
  });

  test('of the admin app may be longer', async () => {
    const query = `fields=id&filter[slug][_in]=${list(400)}`;
    expect((await call('GET', `/items/products?${query}`)).status).toBe(400);
    expect((await call('GET', `/items/products?${query}`, undefined, admin)).status).toBe(200);
  });
});

describe('a query in a body', () => {
  test.each([
    ['SEARCH', '/items/products', { query: { fields: ['*.*.*'] } }],
    ['PATCH', '/items/tags', { query: { filter: 'notjson' }, data: { name: 'changed' } }],
    ['DELETE', '/items/tags', { query: { deep: { toString: {} } } }],
    ['SEARCH', '/items/products', { query: { fields: ['*'], alias: { '*': 'id' } } }],
    ['POST', '/utils/export/products', { query: { alias: { '*': 'id' } }, format: 'csv', file: {} }],
    ['POST', '/utils/export/products', { query: { limit: 10_000 }, format: 'csv', file: {} }],
  ])('%s %s has the same bounds', async (method, path, body) => {
    const answer = await call(method, path, body, admin);
    expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_QUERY' });
  });
});

describe('GraphQL', () => {
  const ask = (query: string, variables?: object, keys = {}) =>
    call('POST', '/graphql', { query, variables }, keys);

  test('answers what a storefront asks', async () => {
    const { data } = await ask('query ($n: Int) { products(limit: $n) { name variants { sku } } }', { n: 1 });
    expect(data.products).toHaveLength(1);
  });

  test.each([
    ['query', { query: 5 }],
    ['operationName', { query: '{ products { id } }', operationName: { constructor: { a: true } } }],
  ])('answered 500 to a %s that is no text', async (path, body) => {
    const answer = await call('POST', '/graphql', body);
    expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_QUERY', extensions: { path } });
  });

  test.each([
    [{ query: 'mutation Q($v: String) { update_addresses_item(filter: $v) { id __typename } }' }],
    [{ query: 'query A { products { id } }', operationName: 'B' }],
    [{ query: 'query A($id: ID!) { products_by_id(id: $id) { id } }' }],
  ])('said that a fault of its own had happened, where it was the document’s: %j', async (body) => {
    const { text } = await call('POST', '/graphql', body);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION' } }] });
  });

  test.each([
    ['aliases', `{ products { ${Array.from({ length: 21 }, (_, at) => `a${at}: id`).join(' ')} } }`],
    ['root', `{ ${Array.from({ length: 11 }, (_, at) => `p${at}: products { id }`).join(' ')} }`],
    ['levels', `{ products ${'{ variants { product '.repeat(5)} { id } ${'} }'.repeat(5)} }`],
    ['tokens', `{ products { ${'id '.repeat(2_001)} } }`],
    ['whole number', '{ products { variants(limit: 100000) { id } } }'],
    ['schema', '{ __schema { types { name } } }'],
  ])('is refused: too many %s', async (reason, query) => {
    const answer = await ask(query);
    expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_QUERY' });
    expect(answer.text).toContain(reason);
    const asked = `${server.url}/graphql?query=${encodeURIComponent(query)}`;
    if (asked.length < 8_000) expect((await send(asked, {})).code).toBe('INVALID_QUERY');
  });

  test('answers one document at a time', async () => {
    const answer = await call('POST', '/graphql', [{ query: '{ products { id } }' }]);
    expect(answer).toMatchObject({ status: 400, code: 'INVALID_QUERY' });
  });

  test('says where a document is wrong', async () => {
    expect((await ask('{ products')).text).toContain('Syntax Error');
  });
});

test('a write that was to be exported was made and then answered 500: it is refused', async () => {
  const id = randomUUID();
  await server.db('brands').insert({ id, name: 'Kept', slug: id });
  const keys = { token: server.admin_token };
  const answer = await call('PATCH', `/items/brands/${id}?export=csv`, { name: 'Changed' }, keys);
  expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_QUERY' });
  expect(await server.db('brands').where({ id }).first('name')).toEqual({ name: 'Kept' });
});

describe('a body', () => {
  test('larger than its path takes is refused before it is read', async () => {
    const answer = await call('POST', '/auth/login', {
      email: 'a@example.com',
      password: 'x'.repeat(20_000),
    });
    expect(answer).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
  });

  test.each([
    ['nested without end', `{"name":${'['.repeat(60)}${']'.repeat(60)}}`],
    ['naming a prototype', '{"__proto__":{"admin":true}}'],
    [
      'of more things than are written at once',
      JSON.stringify(Array.from({ length: 501 }, () => ({ name: 'x' }))),
    ],
    [
      'of more keys than are changed at once',
      JSON.stringify({ keys: Array(501).fill('x'), data: { name: 'x' } }),
    ],
  ])('%s is refused', async (_what, body) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${server.admin_token}` };
    const method = body.includes('keys') ? 'PATCH' : 'POST';
    const answer = await send(`${server.url}/items/tags`, { method, headers, body });
    expect(answer, answer.text).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD' });
    expect(await server.db('tags').where({ name: 'x' }).count()).toEqual([{ count: 0 }]);
  });
});
