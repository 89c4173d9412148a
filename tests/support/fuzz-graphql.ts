/** Hostile GraphQL: what nearly fits the schema, and what is no document at all. */
import fc, { type Arbitrary } from 'fast-check';
import { asked, oneOf } from './fuzz-asked.ts';
import { filterOf, type Words, type Collections } from './fuzz-query.ts';
import { oddBody, type FuzzRequest } from './fuzz-request.ts';
import { nastyText, nastyValue, toJson } from './fuzz-values.ts';

export function graphqlRequests(
  collections: Collections,
  { collection, field }: Words,
): Arbitrary<FuzzRequest> {
  const name = oneOf([6, fc.constantFrom(...Object.keys(collections))], [1, collection]);
  const filter = filterOf(field, field);
  const literal = oneOf<unknown>([2, filter], [2, nastyValue], [1, fc.constantFrom('$v', '$NOW')]);
  const args = fc.dictionary(
    fc.constantFrom(
      'filter',
      'sort',
      'limit',
      'offset',
      'page',
      'search',
      'id',
      'version',
      'data',
      'groupBy',
      'key',
      'x',
    ),
    literal,
    { maxKeys: 3 },
  );
  const selection = fc.letrec<{ set: string }>((tie) => ({
    set: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      fc.array(field, { minLength: 1, maxLength: 4 }).map((names) => names.join(' ')),
      fc
        .tuple(field, args, tie('set'))
        .map(([each, given, inner]) => `${each}${argumentsOf(given)} { id ${inner} }`),
      fc
        .tuple(field, tie('set'))
        .map(([each, inner]) => `a: ${each} b: ${each} ... on ${each} { ${inner} } ...F`),
      fc.constantFrom(
        '__typename',
        'count { id }',
        'sum { price_minor }',
        'created_at_func { year }',
        'id @skip(if: $v)',
        'id @include(if: "x")',
        '__schema { types { name } }',
      ),
    ),
  })).set;
  const operation = fc
    .tuple(
      fc.constantFrom('query', 'query', 'query', 'query', 'mutation', 'subscription', ''),
      fc.constantFrom('', '', '_aggregated', '_by_id', '_by_version'),
      name,
      args,
      selection,
      fc.constantFrom('', '', 'fragment F on products { id ...F }', 'fragment F on products { id }'),
    )
    .map(([kind, suffix, each, given, set, fragment]) => {
      const variables = kind === '' ? '' : ` Q($v: ${'String'})`;
      const verb = kind === 'mutation' ? `update_${each}_item` : `${each}${suffix}`;
      return `${kind}${variables} { ${verb}${argumentsOf(given)} { id ${set} } } ${fragment}`;
    });
  const text = oneOf(
    [6, operation],
    [1, nastyText],
    [
      1,
      fc.constantFrom(
        '{',
        '{}',
        '{ products { id } } { brands { id } }',
        `{ ${'a { '.repeat(300)}id${' }'.repeat(300)} }`,
        '{ __schema { types { name } } }',
        '{ __type(name: "products") { fields { name } } }',
        '#',
      ),
    ],
  );
  const body = fc.record(
    {
      query: oneOf<unknown>([12, text], [1, nastyValue]),
      variables: oneOf<unknown>([2, fc.record({ v: nastyValue })], [1, nastyValue]),
      operationName: oneOf<unknown>([2, fc.constantFrom<unknown>('Q', null, 'x')], [1, nastyValue]),
    },
    { requiredKeys: ['query'] },
  );
  return oneOf(
    [
      6,
      asked(
        '/graphql',
        fc.constant('POST'),
        fc.constantFrom('/graphql', '/graphql', '/graphql', '/graphql/system'),
        { body: oddBody(body) },
      ),
    ],
    [2, asked('/graphql', fc.constant('GET'), fc.constant('/graphql'), { query: body })],
  );
}

function argumentsOf(given: Record<string, unknown>): string {
  const parts = Object.entries(given).map(([key, value]) => `${key}: ${literalOf(value)}`);
  return parts.length > 0 ? `(${parts.join(', ')})` : '';
}

/** As GraphQL writes it: keys without quotes. */
function literalOf(value: unknown): string {
  if (value === '$v') return '$v';
  if (Array.isArray(value)) return `[${value.map(literalOf).join(',')}]`;
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === null) {
    return `{${Object.entries(value).map(([key, inner]) => `${key.replace(/\W/g, '_') || '_'}: ${literalOf(inner)}`).join(', ')}}`; // prettier-ignore
  }
  return toJson(value);
}
