/** Reading: which rows and fields a role gets, however it asks. */
import { PUBLIC } from '../../extensions/commerce-api/src/shield/limits.ts';
import { allowed, difference, refused, told, unknownTo, type Cell } from './cells.ts';
import { beyond, graphqlName, rightsOf, rowsIn, rowsOf, type Matrix } from './matrix.ts';
import { fieldsOf, isJson, keyOf, pathOf, singletons } from './model.ts';
import { fieldsIn, type Role } from './read-table.ts';

type Row = Record<string, unknown>;

/** Every way to read a collection, for a role that may not at all. */
export function closedReads(matrix: Matrix, collection: string, role: Role): Cell[] {
  const [path, key, of] = [pathOf(collection), keyOf(collection), `${role} on ${collection}`];
  const one = matrix.keys.get(collection)?.[0] ?? 'nothing';
  const get = (name: string, rest: string) =>
    refused(`${of}: ${name}`, () => matrix.ask(role, 'GET', path + rest));
  const name = graphqlName(collection);
  const names = [name, ...(singletons.includes(collection) ? [] : [`${name}_by_id`, `${name}_aggregated`])];
  const document = `{ ${name} { ${key} } ${name}_by_id(id: "x") { ${key} } ${name}_aggregated { count { ${key} } } }`;
  return [
    get('list', `?fields=${key}`),
    get('one', `/${one}`),
    get('aggregate', '?aggregate[count]=*'),
    get('export', '?export=csv'),
    refused(`${of}: SEARCH`, () => matrix.ask(role, 'SEARCH', path, { query: { fields: [key] } })),
    unknownTo(`${of}: GraphQL`, names, () =>
      matrix.graphql(role, collection, names.length === 1 ? `{ ${name} { ${key} } }` : document),
    ),
  ];
}

/** Every way to read a collection, for a role that may: its rows and fields, and no others. */
export function openReads(matrix: Matrix, collection: string, role: Role): Cell[] {
  const { reads } = rightsOf(collection, role);
  const readable = fieldsIn(reads);
  const [path, key, of] = [pathOf(collection), keyOf(collection), `${role} on ${collection}`];
  if (singletons.includes(collection)) return openSingleton(matrix, collection, role);
  const visible = rowsIn(matrix, collection, role, reads);
  const outside = beyond(matrix, collection, visible);
  const [inside] = visible;
  // What some rows hide is shown, and not asked about.
  const isWhole = (name: string) => reads.every(({ fields }) => fields.has(name));
  const plain = fieldsOf(collection).filter(({ name, is_list }) => !is_list && isWhole(name));
  const scalar = plain.filter((field) => !isJson(field) && field.to === null);
  // The key is there in every row.
  const filter = { _or: plain.map(({ name }) => ({ [name]: { _nnull: true } })) };
  const sort = scalar.slice(0, PUBLIC.query.sort).map(({ name }) => name);
  const search = { fields: [key], filter, sort, limit: -1 };
  const isRows = (rows: Row[]) =>
    difference(
      'shown',
      visible,
      rows.map((row) => String(row[key])),
    );
  const name = graphqlName(collection);

  return [
    {
      name: `${of}: list`,
      size: readable.size,
      async check() {
        const answer = await matrix.ask(
          role,
          'GET',
          `${path}?limit=-1&fields=*&meta=filter_count,total_count`,
        );
        if (answer.status !== 200) return [told(answer)];
        const rows = answer.json.data as Row[];
        const counts = Object.values((answer.json.meta ?? {}) as object).map(Number);
        return [
          ...isRows(rows),
          ...rows.flatMap((row) =>
            difference('shown', fieldsShown(collection, role, readable), Object.keys(row)),
          ),
          ...rows.flatMap((row) => unmasked(matrix, collection, role, row)),
          ...counts
            .filter((count) => count !== visible.size)
            .map((count) => `counts ${count}, not ${visible.size}`),
        ];
      },
    },
    {
      name: `${of}: aggregate`,
      async check() {
        const answer = await matrix.ask(role, 'GET', `${path}?aggregate[count]=*`);
        const count = Number(answer.json.data?.[0]?.count);
        return count === visible.size ? [] : [`counts ${count}, not ${visible.size}: ${told(answer)}`];
      },
    },
    {
      name: `${of}: by every readable field`,
      size: plain.length,
      async check() {
        const query = `fields=${key}&limit=-1&sort=${search.sort.join(',')}&filter=${encodeURIComponent(JSON.stringify(filter))}`;
        const answer = isShopper(role)
          ? await matrix.ask(role, 'GET', `${path}?${query}`)
          : await matrix.ask(role, 'SEARCH', path, { query: search });
        return answer.status === 200 ? isRows(answer.json.data as Row[]) : [told(answer)];
      },
    },
    {
      name: `${of}: export`,
      async check() {
        const answer = await matrix.ask(role, 'GET', `${path}?export=csv&limit=-1&fields=${key}`);
        if (answer.status !== 200) return [told(answer)];
        const lines = answer.text
          .split('\n')
          .slice(1)
          .map((line) => line.trim().replaceAll('"', ''));
        return difference('exported', visible, lines.filter(Boolean));
      },
    },
    hasNoGraphql(collection, role)
      ? refused(`${of}: GraphQL`, () => matrix.graphql(role, collection, `{ ${name} { ${key} } }`))
      : {
          name: `${of}: GraphQL`,
          size: 2,
          async check() {
            const query = `{ ${name}(limit: -1) { ${key} } ${name}_aggregated { count { ${key} } } }`;
            const answer = await matrix.graphql(role, collection, query);
            const { data } = answer.json;
            if (!data?.[name]) return [told(answer)];
            const count = Number(data[`${name}_aggregated`]?.[0]?.count?.[key]);
            return [
              ...isRows(data[name] as Row[]),
              ...(count === visible.size ? [] : [`counts ${count} in GraphQL`]),
            ];
          },
        },
    ...(inside === undefined
      ? []
      : [allowed(`${of}: one`, () => matrix.ask(role, 'GET', `${path}/${inside}?fields=${key}`))]),
    ...(outside === undefined
      ? []
      : [
          refused(`${of}: one out of reach`, () => matrix.ask(role, 'GET', `${path}/${outside}`)),
          hiddenFromGraphql(matrix, collection, role, outside),
        ]),
  ];
}

/** SEARCH is for the admin app; the shield lets nobody else use it. */
export function isShopper(role: Role): boolean {
  return role === 'anonymous' || role === 'customer';
}

/** Directus' own collections are behind a GraphQL API of the admin app; shoppers have no way there. */
function hasNoGraphql(collection: string, role: Role): boolean {
  return collection.startsWith('directus_') && isShopper(role);
}

function openSingleton(matrix: Matrix, collection: string, role: Role): Cell[] {
  const readable = fieldsIn(rightsOf(collection, role).reads);
  return [
    {
      name: `${role} on ${collection}: the one row`,
      size: readable.size,
      async check() {
        const answer = await matrix.ask(role, 'GET', pathOf(collection));
        if (answer.status !== 200) return [told(answer)];
        return difference(
          'shown',
          fieldsShown(collection, role, readable),
          Object.keys(answer.json.data as Row),
        );
      },
    },
  ];
}

function hiddenFromGraphql(matrix: Matrix, collection: string, role: Role, outside: string): Cell {
  const [name, key] = [`${graphqlName(collection)}_by_id`, keyOf(collection)];
  return {
    name: `${role} on ${collection}: GraphQL one out of reach`,
    async check() {
      const answer = await matrix.graphql(role, collection, `{ ${name}(id: "${outside}") { ${key} } }`);
      return answer.json.data?.[name] ? [told(answer)] : [];
    },
  };
}

/** Lists of rows of a collection that is closed to the role are left out, whatever the role may read here. */
function fieldsShown(collection: string, role: Role, readable: ReadonlySet<string>): string[] {
  return fieldsOf(collection)
    .filter(
      ({ name, to, is_list }) => readable.has(name) && !(is_list && rightsOf(to!, role).reads.length === 0),
    )
    .map(({ name }) => name);
}

/** Fields of a row that no grant covering this row gives, and that hold something all the same. */
function unmasked(matrix: Matrix, collection: string, role: Role, row: Row): string[] {
  const { reads } = rightsOf(collection, role);
  const key = String(row[keyOf(collection)]);
  const given = fieldsIn(reads.filter((grant) => rowsOf(matrix, collection, role, grant).has(key)));
  const shown = Object.keys(row).filter(
    (name) => !given.has(name) && row[name] !== null && !isEmptyList(row[name]),
  );
  return shown.length > 0 ? [`shows ${shown.join(' ')} of ${key}`] : [];
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
