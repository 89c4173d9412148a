import { describe, expect, test } from 'vitest';
import { graphQlProblem } from './graphql-problem.ts';
import { APP, PUBLIC } from './limits.ts';

const many = (count: number, of: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => of(at)).join(' ');
const deep = (depth: number): string => (depth === 0 ? '' : `{ a ${deep(depth - 1)} }`);
/** Each fragment spreads the next twice: a few lines that are thousands of fields. */
const bomb = `{ a { ...f0 } } ${many(12, (at) => `fragment f${at} on A { ${at === 11 ? 'x' : `...f${at + 1} ...f${at + 1}`} }`)}`;

const problemOf = (text: string, variables: unknown = {}, bounds: typeof APP | typeof PUBLIC = PUBLIC) =>
  graphQlProblem(text, variables, bounds, bounds === APP);

describe('GraphQL passes', () => {
  test.each([
    [
      'as a storefront asks',
      '{ products(limit: 2, filter: { name: { _contains: "a" } }) { name variants { sku } } }',
    ],
    [
      'with fragments',
      'query { products { ...p } } fragment p on products { id name ... on products { slug } }',
    ],
    ['as deep as may be', deep(8)],
    ['that does not parse, for Directus to explain', '{ products'],
    ['that spreads what is not there, for Directus to explain', '{ products { ...nowhere } }'],
  ])('%s', (_name, text) => {
    expect(problemOf(text)).toBeNull();
  });
});

describe('GraphQL is refused', () => {
  test.each([
    ['2000 tokens', `{ products { ${many(2_001, () => 'a')} } }`],
    ['8 levels', deep(9)],
    ['10 fields at its root', `{ ${many(11, (at) => `f${at}`)} }`],
    ['10 fields at its root', `{ ...r } fragment r on Query { ${many(11, (at) => `f${at}`)} }`],
    ['200 fields', bomb],
    ['20 aliases', `{ products { ${many(21, (at) => `a${at}: id`)} } }`],
    ['10 directives', `{ products { id ${many(11, () => '@include(if: true)')} } }`],
    ['spreads itself', '{ a { ...f } } fragment f on A { b { ...f } }'],
    ['asks for the schema', '{ __schema { types { name } } }'],
    ['asks for the schema', '{ products { id } __type(name: "products") { name } }'],
  ])('%s', (reason, text) => {
    expect(problemOf(text)).toMatchObject({
      path: 'query',
      reason: expect.stringContaining(reason) as string,
    });
  });

  test.each([
    ['products.limit', '{ products(limit: 100000) { id } }', {}],
    ['variants.limit', '{ products { variants(limit: 100000) { id } } }', {}],
    ['products.limit', 'query ($n: Int) { products(limit: $n) { id } }', { n: 100_000 }],
    ['products.limit', 'query ($n: Int = 100000) { products(limit: $n) { id } }', {}],
    [
      'products.filter',
      'query ($f: F) { products(filter: $f) { id } }',
      { f: { id: { _in: Array(201).fill('a') } } },
    ],
    [
      'create_tags_items',
      'mutation ($d: D) { create_tags_items(data: $d) { id } }',
      { d: Array(501).fill({}) },
    ],
    ['create_x.type', 'mutation { create_x(data: { type: "geometry.a);" }) { id } }', {}],
  ])('for its argument %s', (path, text, variables) => {
    expect(problemOf(text, variables)).toMatchObject({ path });
  });

  test('a dashboard of the admin app has many panels in one document', () => {
    const panels = `{ ${many(60, (at) => `panel_${at}: orders_aggregated { count { id } }`)} }`;
    expect(problemOf(panels)).not.toBeNull();
    expect(problemOf(panels, {}, APP)).toBeNull();
    expect(problemOf('{ __schema { types { name } } }', {}, APP)).toBeNull();
  });
});
