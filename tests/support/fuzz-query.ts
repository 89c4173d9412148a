/** Hostile queries as Directus takes them: fields, filter, sort, deep, aggregates, and names to make them of. */
import fc, { type Arbitrary } from 'fast-check';
import { oneOf } from './fuzz-asked.ts';
import { idOf, nastyText, nastyValue, objectOf, PROTOTYPE_KEYS, toJson } from './fuzz-values.ts';

/** Collections and their fields, relations among them by name. */
export type Collections = Record<string, string[]>;

const OPERATORS = [
  '_eq', '_neq', '_lt', '_lte', '_gt', '_gte', '_in', '_nin', '_null', '_nnull', '_contains', '_ncontains', '_icontains', '_nicontains', '_starts_with',
  '_nstarts_with', '_istarts_with', '_ends_with', '_iends_with', '_between', '_nbetween', '_empty', '_nempty', '_regex', '_intersects', '_nintersects',
  '_intersects_bbox', '_some', '_none', '_json', '_x', '_',
]; // prettier-ignore
const FUNCTIONS = [
  'year',
  'month',
  'week',
  'day',
  'weekday',
  'hour',
  'minute',
  'second',
  'count',
  'json',
  'x',
  'constructor',
];
const DYNAMIC = [
  '$NOW', '$NOW(-1 day)', '$NOW(+1 fortnight)', '$NOW()', '$NOW(1e999 years)', '$NOW(999999999 years)', '$CURRENT_USER', '$CURRENT_USER.role.name', '$CURRENT_USER.x.y.z',
  '$CURRENT_ROLE', '$CURRENT_ROLES', '$CURRENT_POLICIES', '$FOLLOW(products,brand)', '$FOLLOW()', '$',
]; // prettier-ignore

export interface Words {
  collection: Arbitrary<string>;
  field: Arbitrary<string>;
  /** `a.b`, `year(a)`, `count(a)`, `-a`, and what is none of these. */
  path: Arbitrary<string>;
  query: Arbitrary<object>;
}

export function wordsOf(collections: Collections): Words {
  const names = Object.keys(collections);
  const fields = [...new Set(Object.values(collections).flat())];
  const collection = oneOf(
    [12, fc.constantFrom(...names)],
    [
      1,
      fc.constantFrom(
        'directus_users',
        'directus_files',
        'directus_roles',
        'directus_x',
        'x',
        ...PROTOTYPE_KEYS,
      ),
    ],
    [1, nastyText],
  );
  const field = oneOf(
    [14, fc.constantFrom(...fields)],
    [
      1,
      fc.constantFrom(
        '*',
        '*.*',
        'id',
        '$thumbnail',
        '$FILE',
        'item:products.name',
        '',
        '.',
        ...PROTOTYPE_KEYS,
      ),
    ],
    [1, nastyText],
  );
  const call = fc.tuple(fc.constantFrom(...FUNCTIONS), field).map(([name, inner]) => `${name}(${inner})`);
  const single = oneOf(
    [6, field],
    [2, call],
    [
      1,
      fc.constantFrom('count(*)', 'year()', 'year(', 'json(metadata, a.b)', 'json(a$[0])', 'year(month(id))'),
    ],
  );
  const path = oneOf(
    [6, single],
    [3, fc.array(single, { minLength: 2, maxLength: 5 }).map((parts) => parts.join('.'))],
    [1, single.map((each) => `-${each}`)],
  );
  return { collection, field, path, query: queryOf(field, path) };
}

function operand(): Arbitrary<unknown> {
  return oneOf<unknown>(
    [4, nastyValue],
    [3, fc.constantFrom(...DYNAMIC)],
    [
      2,
      fc.constantFrom<unknown>(
        '2024-01-01',
        '12:00',
        1,
        '1',
        'published',
        true,
        [1, 2],
        ['a', 'b'],
        '1,2',
        [],
        ['2024-01-01', '$NOW'],
      ),
    ],
    [1, idOf('variant')],
  );
}

/** A filter, or what looks like one. */
export function filterOf(field: Arbitrary<string>, path: Arbitrary<string>): Arbitrary<unknown> {
  const { filter } = fc.letrec<{ filter: unknown }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.tuple(oneOf([5, field], [1, path]), comparison()).map((pair) => objectOf([pair])),
      fc.tuple(field, tie('filter')).map((pair) => objectOf([pair])),
      fc.tuple(fc.constantFrom('_and', '_or', '_some', '_none', '_not'), oneOf<unknown>([4, fc.array(tie('filter'), { maxLength: 3 })], [1, tie('filter')])).map((pair) => objectOf([pair])),
      nastyValue,
    ),
  })); // prettier-ignore
  return filter;
}

function comparison(): Arbitrary<unknown> {
  const pair = fc.tuple(fc.constantFrom(...OPERATORS), operand());
  return oneOf<unknown>(
    [8, pair.map((each) => objectOf([each]))],
    [1, fc.array(pair, { maxLength: 3 }).map(objectOf)],
    [1, operand()],
  );
}

function queryOf(field: Arbitrary<string>, path: Arbitrary<string>): Arbitrary<object> {
  const number = oneOf<unknown>(
    [3, fc.constantFrom<unknown>(1, 5, 0, -1)],
    [1, nastyValue],
    [1, fc.constantFrom('1e3', 'NaN', '2147483648', '99999999999999999999', 'Infinity')],
  );
  const paths = oneOf<unknown>(
    [4, fc.array(path, { maxLength: 4 }).map(String)],
    [1, fc.array(path, { maxLength: 4 })],
    [1, nastyValue],
  );
  const filter = filterOf(field, path);
  const sub = fc.record(
    {
      _filter: filter,
      _sort: paths,
      _fields: paths,
      _limit: number,
      _page: number,
      _offset: number,
      _search: nastyText,
      _group: paths,
      _alias: nastyValue,
      _x: nastyValue,
      _aggregate: nastyValue,
    },
    { requiredKeys: [] },
  );
  const deep = fc.letrec<{ deep: unknown }>((tie) => ({
    deep: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      sub,
      fc.tuple(field, tie('deep')).map((pair) => objectOf([pair])),
      nastyValue,
    ),
  })).deep;
  return fc
    .record(
      {
        fields: paths,
        filter: oneOf<unknown>([3, filter], [1, filter.map(toJson)]),
        sort: paths,
        deep: oneOf<unknown>([2, deep], [1, deep.map(toJson)]),
        aggregate: oneOf<unknown>(
          [
            5,
            fc.dictionary(
              fc.constantFrom(
                'count',
                'countAll',
                'countDistinct',
                'sum',
                'sumDistinct',
                'avg',
                'avgDistinct',
                'min',
                'max',
                'x',
                '__proto__',
              ),
              paths,
              { maxKeys: 3 },
            ),
          ],
          [1, nastyValue],
        ),
        groupBy: paths,
        alias: oneOf<unknown>(
          [3, fc.dictionary(nastyText, path, { maxKeys: 2 })],
          [2, fc.dictionary(fc.constantFrom('a', 'b'), path, { maxKeys: 2 })],
          [1, nastyValue],
        ),
        search: oneOf<unknown>(
          [2, nastyText],
          [1, nastyValue],
          [1, fc.constantFrom('9'.repeat(30), '1.5e300', 'tea')],
        ),
        limit: number,
        offset: number,
        page: number,
        meta: oneOf<unknown>([2, fc.constantFrom('*', 'total_count', 'filter_count', 'x')], [1, nastyValue]),
        export: oneOf<unknown>(
          [3, fc.constantFrom('csv', 'csv_utf8', 'json', 'xml', 'yaml')],
          [1, nastyValue],
        ),
        version: oneOf<unknown>([1, fc.constantFrom('main', 'draft', 'published')], [1, nastyValue]),
        versionRaw: nastyValue,
        backlink: nastyValue,
        concurrentIndexCreation: nastyValue,
      },
      { requiredKeys: [], noNullPrototype: false },
    )
    .map(fewOf);
}

/** Twenty wrong parameters hide each other: the first refusal wins. Three are kept. */
export function fewOf(record: object): object {
  const entries = Object.entries(record);
  const first =
    JSON.stringify(entries, (_key, value: unknown) => (typeof value === 'bigint' ? '' : value)).length %
    Math.max(entries.length, 1);
  return objectOf([...entries.slice(first), ...entries.slice(0, first)].slice(0, 3));
}
