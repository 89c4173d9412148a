/** Hostile requests at the items of every collection. */
import fc, { type Arbitrary } from 'fast-check';
import { asked, oneOf } from './fuzz-asked.ts';
import type { Collections, Words } from './fuzz-query.ts';
import { oddBody, type FuzzRequest } from './fuzz-request.ts';
import { encoded, idOf, nastyText, nastyValue, objectOf } from './fuzz-values.ts';

/** What a merchant's own rows depend on, and a run would soon end by: no fuzzer writes them. */
const NOT_WRITTEN = [
  'shop_settings',
  'languages',
  'currencies',
  'directus_settings',
  'directus_users',
  'directus_access',
  'directus_policies',
];

export function itemsRequests(
  collections: Collections,
  { collection, query }: Words,
): Arbitrary<FuzzRequest> {
  const path = oneOf(
    [4, collection.map((name) => `/items/${encoded(name)}`)],
    [
      1,
      fc
        .tuple(collection, oneOf([2, idOf('variant')], [1, idOf('product')], [1, nastyText]))
        .map(([name, id]) => `/items/${encoded(name)}/${encoded(id)}`),
    ],
  );
  const read = asked('/items', fc.constant('GET'), path, { query });
  const search = asked('/items', fc.constant('SEARCH'), path, {
    body: oddBody(query.map((each) => objectOf([['query', each]]))),
  });
  const writable = Object.keys(collections).filter((name) => !NOT_WRITTEN.includes(name));
  const write = fc.constantFrom(...writable).chain((name) => {
    const row = fc.dictionary(
      fc.constantFrom(...collections[name]!, 'x', '__proto__'),
      oneOf<unknown>(
        [3, nastyValue],
        [1, idOf('variant')],
        [1, idOf('product')],
        [
          1,
          fc.constantFrom<unknown>('published', 'USD', 1, 'a', { create: [], update: [], delete: [] }, [
            { id: 'x' },
          ]),
        ],
      ),
      { maxKeys: 4 },
    );
    const body = oneOf<unknown>(
      [4, row],
      [1, fc.array(row, { maxLength: 3 })],
      [
        1,
        fc.record({
          keys: oneOf<unknown>([2, fc.array(idOf('product'), { maxLength: 2 })], [1, nastyValue]),
          data: row,
        }),
      ],
      [1, fc.record({ query: query, data: row })],
      [1, nastyValue],
    );
    const one = oneOf(
      [1, fc.constant('')],
      [
        2,
        oneOf([2, idOf('product')], [1, idOf('variant')], [1, fc.uuid()], [1, nastyText]).map(
          (id) => `/${encoded(id)}`,
        ),
      ],
    );
    return asked(
      '/items',
      fc.constantFrom('POST', 'PATCH', 'PATCH', 'PUT'),
      one.map((id) => `/items/${name}${id}`),
      { query, body: oddBody(body) },
    );
  });
  // What is deleted is not there for the others: only ids that are nobody's.
  const remove = asked(
    '/items',
    fc.constant('DELETE'),
    fc
      .tuple(collection, oneOf([1, fc.uuid()], [1, nastyText]))
      .map(([name, id]) => `/items/${encoded(name)}/${encoded(id) || 'x'}`),
    {
      body: oddBody(fc.array(oneOf<unknown>([1, fc.uuid()], [1, nastyText]), { minLength: 1, maxLength: 3 })),
    },
  );
  return oneOf([8, read], [2, search], [4, write], [1, remove]);
}
