import { describe, expect, test } from 'vitest';
import { APP, PUBLIC } from './limits.ts';
import { queryProblem } from './query-problem.ts';

const many = (count: number, each = 'a') => Array.from({ length: count }, (_, at) => `${each}${at}`);
const nested = (depth: number, inner: unknown): unknown =>
  depth === 0 ? inner : { a: nested(depth - 1, inner) };

describe('a query passes', () => {
  test.each<[string, object]>([
    [
      'as a storefront asks',
      { fields: 'id,name,variants.prices.amount_minor', limit: '20', page: '3', meta: '*' },
    ],
    ['with a comma too many', { fields: 'id,,name,', sort: 'name,' }],
    ['with everything absent or empty', { fields: '', filter: '', deep: '', limit: '', search: '' }],
    [
      'with a filter as JSON',
      { filter: '{"_or":[{"name":{"_contains":"a"}},{"brand":{"slug":{"_eq":"b"}}}]}' },
    ],
    ['with a filter as qs reads it', { filter: { _and: { 0: { id: { _in: 'a,b' } } } } }],
    [
      'with deep',
      { deep: { variants: { _filter: '{"sku":{"_eq":"a"}}', prices: { _limit: '-1', _sort: 'x' } } } },
    ],
    ['with aggregates', { aggregate: { count: '*', sum: ['a', 'b'] }, groupBy: 'brand' }],
    ['for as many as there may be', { limit: -1 }],
    [
      'at the bounds',
      { limit: 500, fields: many(100), search: 'x'.repeat(200), sort: many(5), offset: 100_000 },
    ],
    ['that is none', null as unknown as object],
  ])('%s', (_name, query) => {
    expect(queryProblem(query, PUBLIC.query)).toBeNull();
  });
});

describe('a query is refused, and its path is told', () => {
  test.each<[string, unknown]>([
    ['fields', { fields: many(101) }],
    ['groupBy', { groupBy: [], aggregate: {} }],
    ['groupBy', { groupBy: '__proto__' }],
    ['sort', { sort: 'brand.__proto__' }],
    ['fields', { fields: many(101).join(',') }],
    ['fields', { fields: 'a.b.c.d.e.f.g' }],
    ['fields', { fields: '*.*.*' }],
    ['fields', { fields: many(6, '*.*').map(() => '*.*') }],
    ['fields', { fields: { x: 1 } }],
    ['filter', { filter: 'notjson' }],
    ['filter', { filter: nested(7, { _eq: 1 }) }],
    ['filter', { filter: { _or: many(51).map((name) => ({ [name]: { _eq: 1 } })) } }],
    ['filter', { filter: { _and: [{ _or: [{ _and: [{ _or: [{ _and: [] }] }] }] }] } }],
    ['filter', { filter: { id: { _in: many(201) } } }],
    ['filter', { filter: { id: { _in: many(201).join(',') } } }],
    ['filter', { filter: { name: { _eq: 'x'.repeat(501) } } }],
    ['filter', { filter: { constructor: { _eq: 1 } } }],
    ['filter', { filter: { shape: { _intersects: 'x'.repeat(501) } } }],
    ['sort', { sort: many(6) }],
    ['sort', { sort: [{ a: 1 }] }],
    ['groupBy', { groupBy: many(4) }],
    ['aggregate', { aggregate: 'notjson' }],
    ['aggregate', { aggregate: { sum: many(6) } }],
    ['aggregate', { aggregate: { sum: { a: 1 } } }],
    ['aggregate', { aggregate: { count: ['a', 'b.constructor'] } }],
    ['alias', { alias: 'notjson' }],
    ['alias', { alias: { a: 1 } }],
    ['alias', { alias: { '*': 'a' } }],
    ['alias', { alias: { '': 'a' } }],
    ['alias', { alias: { a: '*.b' } }],
    ['alias', { alias: { a: '__proto__' } }],
    ['alias', { alias: { a: 'b.toString' } }],
    ['alias', { alias: Object.fromEntries(many(11).map((name) => [name, 'x'])) }],
    ['search', { search: 'x'.repeat(201) }],
    ['search', { search: ['a'] }],
    ['limit', { limit: 501 }],
    ['limit', { limit: -2 }],
    ['limit', { limit: 'many' }],
    ['offset', { offset: 100_001 }],
    ['page', { page: 5_001, limit: 20 }],
    ['page', { page: -1 }],
    ['meta', { meta: { x: 1 } }],
    ['export', { export: ['csv'] }],
    ['version', { version: {} }],
    ['deep', { deep: 'x' }],
    ['deep', { deep: [] }],
    ['deep', { deep: { toString: { x: 1 } } }],
    ['deep', { deep: JSON.parse('{"__proto__":{"_limit":1}}') as object }],
    ['deep', { deep: { '': {} } }],
    ['deep', { deep: { a: 'x' } }],
    ['deep', { deep: nested(8, {}) }],
    ['deep', { deep: { a: { _deep: {} } } }],
    ['deep', { deep: Object.fromEntries(many(16).map((name) => [name, {}])) }],
    ['deep._filter', { deep: { a: { _filter: 'notjson' } } }],
    ['deep._alias', { deep: { a: { _fields: '*', _alias: { '*': 'b' } } } }],
    ['deep._fields', { deep: { a: { _fields: { x: 1 } } } }],
    ['deep._limit', { deep: { a: { b: { _limit: 100_000 } } } }],
  ])('%s: %j', (path, query) => {
    expect(queryProblem(query, PUBLIC.query)).toMatchObject({ path });
  });

  test('the admin app may ask for more, and not for everything', () => {
    const wide = { fields: many(150), filter: { id: { _in: many(500) } } };
    expect(queryProblem(wide, PUBLIC.query)).not.toBeNull();
    expect(queryProblem(wide, APP.query)).toBeNull();
    expect(queryProblem({ fields: '*.*.*' }, APP.query)).toMatchObject({ path: 'fields' });
  });
});
