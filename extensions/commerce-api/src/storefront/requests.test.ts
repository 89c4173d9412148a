import qs from 'qs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { route, type Route } from '../platform/http.ts';
import { anonymity, hasBody, requestReader } from './requests.ts';

const answers = { status: 200, description: 'Anything.' };
const handle = () => Promise.resolve({ status: 200 });
const Query = z.strictObject({
  limit: z.coerce.number().int().min(1).default(20),
  sort: z.enum(['name', 'price']).default('name'),
});
const shared = { method: 'get', tag: 'T', summary: 'S', answers, handle } as const;
const routes: Route[] = [
  route({ ...shared, path: '/products', access: 'public', cacheable: true, query: Query }),
  route({ ...shared, path: '/products/mine', access: 'customer' }),
  route({
    ...shared,
    path: '/products/:slug',
    access: 'public',
    cacheable: true,
    params: z.strictObject({ slug: z.string() }),
  }),
  route({ ...shared, path: '/me', access: 'customer' }),
];
const read = requestReader(routes, (text) => qs.parse(text, { depth: 10, arrayLimit: 500 }));
const keyOf = (url: string) => {
  const wanted = read(url);
  return wanted && 'key' in wanted ? wanted.key : null;
};

describe('routes of the shop', () => {
  test.each([
    ['the order of parameters', '/store/products?limit=5&sort=price', '/store/products?sort=price&limit=5'],
    ['a default that is written out', '/store/products?limit=20', '/store/products'],
    ['how a number is written', '/store/products?limit=05', '/store/products?limit=5'],
    ['an escaped letter', '/store/products/%61', '/store/products/a'],
    ['a question mark without a question', '/store/products?', '/store/products'],
  ])('make no difference by %s', (_what, one, other) => {
    expect(keyOf(one)).not.toBeNull();
    expect(keyOf(one)).toBe(keyOf(other));
  });

  test('tell one question from another', () => {
    const urls = [
      '/store/products',
      '/store/products?limit=5',
      '/store/products?sort=price',
      '/store/products/a',
      '/store/products/A',
    ];
    expect(new Set(urls.map(keyOf)).size).toBe(urls.length);
  });

  test('refuse what they do not take, and that is not remembered', () => {
    const first = read('/store/products?junk=1');
    expect(first).toMatchObject({ surface: 'refused', error: { code: 'INVALID_QUERY' } });
    expect(read('/store/products?junk=1')).not.toBe(first);
    expect(read('/store/products')).toBe(read('/store/products'));
  });

  test.each([
    ['a token in the query', '/store/products?access_token=x'],
    ['an empty token', '/store/products?access_token='],
    ['a route for customers', '/store/me'],
    ['a route for customers where another would match', '/store/products/mine'],
    ['no route at all', '/store/nothing'],
    ['another case', '/store/Products'],
    ['a slash at the end', '/store/products/'],
    ['two slashes', '/store//products'],
    ['an escaped letter of the route itself', '/store/%70roducts'],
    ['what cannot be decoded', '/store/products/%ZZ'],
  ])('leave %s to Express', (_what, url) => {
    expect(read(url)).toBeNull();
  });
});

describe('collections', () => {
  test.each([
    ['the order of parameters', '/items/products?limit=5&fields=id', '/items/products?fields=id&limit=5'],
    [
      'parameters Directus does not know',
      '/items/products?limit=5',
      '/items/products?limit=5&utm_source=mail',
    ],
    [
      'how a bracket is written',
      '/items/products?filter[id][_eq]=1',
      '/items/products?filter%5Bid%5D%5B_eq%5D=1',
    ],
  ])('make no difference by %s', (_what, one, other) => {
    expect(keyOf(one)).not.toBeNull();
    expect(keyOf(one)).toBe(keyOf(other));
  });

  test('tell one question from another', () => {
    const urls = [
      '/items/products',
      // Directus fills in its defaults where there is any parameter.
      '/items/products?utm_source=mail',
      '/items/products?limit=5',
      '/items/products?limit=5&limit=6',
      '/items/products?limit=6&limit=5',
      '/items/products?fields=id,name',
      '/items/products?fields=name,id',
      '/items/products/5',
      '/items/products/limit',
      '/items/brands?limit=5',
      '/items/products?filter[id][_eq]=1',
      '/items/products?filter={"id":{"_eq":1}}',
    ];
    expect(new Set(urls.map(keyOf)).size).toBe(urls.length);
  });

  test.each([
    ['what is no catalogue', '/items/orders'],
    ['Directus’ own', '/items/directus_files'],
    ['prototypes', '/items/constructor'],
    ['files to save', '/items/products?export=csv'],
    ['versions', '/items/products?version=draft'],
    ['tokens', '/items/products?access_token=x'],
    ['what changes by itself', '/items/products?filter[published_at][_gt]=$NOW'],
    ['the same, escaped', '/items/products?filter[published_at][_gt]=%24NOW(-1%20day)'],
    ['paths below an item', '/items/products/5/6'],
    ['what cannot be decoded', '/items/products/%'],
  ])('leave %s to Directus', (_what, url) => {
    expect(read(url)).toBeNull();
  });
});

test('only so many URLs are remembered', () => {
  const first = read('/store/products/first');
  for (let each = 0; each < 5_000; each += 1) read(`/store/products/${each}`);
  expect(read('/store/products/first')).not.toBe(first);
  const long = `/store/products/${'x'.repeat(2_000)}`;
  expect(read(long)).not.toBe(read(long));
});

test.each([
  [{}, true],
  [{ cookie: 'theme=dark' }, true],
  [{ authorization: 'Bearer x' }, false],
  [{ authorization: 'Basic x' }, false],
  [{ authorization: '' }, false],
  [{ cookie: 'theme=dark; shop_session=x' }, false],
  [{ cookie: 'shop_refresh=' }, false],
])('headers %o come from nobody: %s', (headers, is_anonymous) => {
  const names = { SESSION_COOKIE_NAME: 'shop_session', REFRESH_TOKEN_COOKIE_NAME: 'shop_refresh' };
  expect(anonymity(names)(headers)).toBe(is_anonymous);
});

test.each([
  [{}, false],
  [{ 'content-length': '0' }, false],
  [{ 'content-length': '2' }, true],
  [{ 'transfer-encoding': 'chunked' }, true],
])('a request with %o brings a body: %s', (headers, has) => {
  expect(hasBody(headers)).toBe(has);
});
