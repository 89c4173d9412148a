/** A running shop with MEILI_URL: its jobs keep the index, its storefront is answered from it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reindexSearch } from '../../extensions/commerce-api/src/search/reindex.ts';
import {
  startMeilisearchDouble,
  type MeilisearchDouble,
} from '../../scripts/emulators/meilisearch/server.ts';
import { aVariant } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let double: MeilisearchDouble;
let server: TestServer;

beforeAll(async () => {
  // Looks like a number, which Directus would make one of.
  double = await startMeilisearchDouble({ api_key: '1234567890123456' });
  server = await startServer({
    env: { MEILI_URL: double.url, MEILI_API_KEY: '1234567890123456', MEILI_TIMEOUT_MS: '5000' },
  });
  const { search } = server.shop.providers;
  if (search) await reindexSearch(server.shop, search);
});

afterAll(async () => {
  await server.stop();
  await double.close();
});

async function aProduct(): Promise<string> {
  const id = await aVariant(server.shop);
  const [variant] = await server
    .db('product_variants')
    .where({ id })
    .select<{ product: string }[]>('product');
  return variant?.product ?? '';
}

const searches = () => double.requests.filter((route) => route === 'POST /multi-search').length;
const find = async (q: string) => {
  const response = await fetch(`${server.url}/store/products?q=${encodeURIComponent(q)}&facets=price`);
  expect(response.status).toBe(200);
  return (await response.json()) as { data: { id: string }[]; meta: { total: number } };
};

test('a product that comes to be is found in Meilisearch by itself, and no more once it is archived', async () => {
  const product = await aProduct();
  await server.db('products').where({ id: product }).update({ name: 'Walrus figurine' });
  const indexed = () => double.indexes.list()[0]?.documents.get(product);
  await until('the product is indexed', () => indexed()?.['name'] === 'Walrus figurine');

  const before = searches();
  expect(await find('walrus')).toMatchObject({ data: [{ id: product }], meta: { total: 1 } });
  expect(searches()).toBeGreaterThan(before);

  await server.db('products').where({ id: product }).update({ status: 'archived' });
  // Not shown from that moment, whatever the index still knows.
  expect((await find('walrus figurine')).data).toEqual([]);
  await until('the product is taken out', () => indexed() === undefined);
  expect((await find('figurine')).data).toEqual([]);
});

test('while Meilisearch is gone the storefront goes on', async () => {
  const product = await aProduct();
  await double.stop();
  await server.db('products').where({ id: product }).update({ name: 'Narwhal print' });
  expect(await find('narwhal')).toMatchObject({ data: [{ id: product }], meta: { total: 1 } });
  await double.start();
});
