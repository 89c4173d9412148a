/** What a role may not read it may not ask about either: no filter, no order, no sum, no group, here or through a relation. */
import { PUBLIC } from '../../extensions/commerce-api/src/shield/limits.ts';
import type { Answer } from '../support/access-world/ask.ts';
import { refused, refusedFor, told, unknownTo, type Cell } from './cells.ts';
import { isShopper } from './check-reads.ts';
import { collections, graphqlName, rightsOf, rowsIn, rowsOf, type Matrix } from './matrix.ts';
import { fieldsOf, isJson, keyOf, pathOf, singletons, type Field } from './model.ts';
import { fieldsIn, type Role } from './read-table.ts';

/** A role's questions about the fields of a collection it may read only in part. */
export function hiddenFields(matrix: Matrix, collection: string, role: Role): Cell[] {
  const hidden = hiddenOf(collection, role);
  if (hidden.length === 0) return [];
  const [path, of] = [pathOf(collection), `${role} on ${collection}`];
  const get = (name: string, fields: Field[], query: string) =>
    refusedFor(`${of}: ${name}`, fields.map((field) => field.name), () => matrix.ask(role, 'GET', `${path}?${query}`)); // prettier-ignore
  const each = (fields: Field[], wrap: (name: string) => string, by = '&') =>
    fields.map(({ name }) => wrap(name)).join(by);
  const columns = hidden.filter((field) => !field.is_list);
  const dropped = hidden.filter((field) => field.is_list && rightsOf(field.to!, role).reads.length === 0);
  const listed = hidden.filter((field) => !dropped.includes(field));
  const sortable = columns.filter((field) => !isJson(field));
  const dated = hidden.filter(({ type }) => type === 'timestamp' || type === 'dateTime');
  const lists = hidden.filter((field) => field.is_list);
  const filter = { _or: hidden.map((field) => ({ [field.name]: someValue(field) })) };
  return [
    ...some(listed, () => get('fields', listed, `fields=${each(listed, (name) => name, ',')}`)),
    ...some(dropped, () => leftOut(matrix, collection, role, dropped)),
    get('filter', hidden, `filter=${encodeURIComponent(JSON.stringify(filter))}`),
    ...few(sortable, PUBLIC.query.sort, (part) =>
      get('sort', part, `sort=${each(part, (name) => name, ',')}`),
    ),
    ...few(columns, PUBLIC.query.groups, (part) =>
      get(
        'group',
        part,
        each(part, (name) => `groupBy[]=${name}`),
      ),
    ),
    ...few(columns, PUBLIC.query.aggregates, (part) => get('aggregate', part, each(part, (name) => `aggregate[countDistinct][]=${name}`))), // prettier-ignore
    ...few(columns, PUBLIC.query.aliases, (part) => get('alias', part, `${each(part, (name) => `alias[x_${name}]=${name}`)}&fields=${each(part, (name) => `x_${name}`, ',')}`)), // prettier-ignore
    ...some(dated, () => get('function', dated, `fields=${each(dated, (name) => `year(${name})`, ',')}`)),
    ...some(lists, () =>
      get('count of a list', lists, `fields=${each(lists, (name) => `count(${name})`, ',')}`),
    ),
    isShopper(role)
      ? refused(`${of}: SEARCH`, () => matrix.ask(role, 'SEARCH', path, { query: { filter } }))
      : refusedFor(
          `${of}: SEARCH`,
          hidden.map(({ name }) => name),
          () => matrix.ask(role, 'SEARCH', path, { query: { filter } }),
        ), // prettier-ignore,
    unknownTo(
      `${of}: GraphQL`,
      hidden.map(({ name }) => name),
      () =>
        matrix.graphql(
          role,
          collection,
          `{ ${graphqlName(collection)} { ${each(hidden, (name) => name, ' ')} } }`,
        ),
    ),
  ];
}

/** A list of rows of a collection that is closed to the role altogether: Directus leaves it out without a word. */
function leftOut(matrix: Matrix, collection: string, role: Role, lists: readonly Field[]): Cell {
  const fields = lists.flatMap(({ name }) => [name, `${name}.*`]).join(',');
  return {
    name: `${role} on ${collection}: lists of what is closed`,
    size: lists.length,
    async check() {
      const answer = await matrix.ask(role, 'GET', `${pathOf(collection)}?fields=${fields}`);
      return lists.flatMap(({ name }) => (answer.text.includes(`"${name}":`) ? [told(answer)] : []));
    },
  };
}

/** The same questions, asked through each relation the role may follow. */
export function hiddenBehindRelations(matrix: Matrix, collection: string, role: Role): Cell[] {
  const readable = fieldsIn(rightsOf(collection, role).reads);
  const relations = fieldsOf(collection).filter(
    ({ name, to }) => to !== null && collections.includes(to) && readable.has(name),
  );
  return relations.flatMap((relation) => behind(matrix, collection, role, relation));
}

function behind(matrix: Matrix, collection: string, role: Role, { name, to, is_list }: Field): Cell[] {
  const hidden = hiddenOf(to!, role);
  if (hidden.length === 0) return [];
  const of = `${role} on ${collection}.${name}`;
  const filter = { _or: hidden.map((field) => ({ [field.name]: someValue(field) })) };
  const through = is_list ? { [name]: { _some: filter } } : { [name]: filter };
  const ask = (query: string) => () => matrix.ask(role, 'GET', `${pathOf(collection)}?${query}`);
  const isClosed = rightsOf(to!, role).reads.length === 0;
  const names = hidden.map((field) => field.name);
  const question = (what: string, query: string): Cell =>
    isClosed ? refusedWhole(`${of}: ${what}`, ask(query)) : refusedFor(`${of}: ${what}`, names, ask(query));
  const sortable = hidden.filter((field) => !field.is_list && !isJson(field)).map((field) => field.name);
  return [
    question('filter', `filter=${encodeURIComponent(JSON.stringify(through))}`),
    ...(is_list || isClosed
      ? []
      : few(sortable, PUBLIC.query.sort, (part) => refusedFor(`${of}: sort`, part, ask(`sort=${part.map((each) => `${name}.${each}`).join(',')}`)))),
    ...(is_list && !isClosed
      ? [question('deep', `fields=${name}.${keyOf(to!)}&deep=${encodeURIComponent(JSON.stringify({ [name]: { _filter: filter } }))}`)]
      : []),
    ...(singletons.includes(collection)
      ? []
      : [
          unknownTo(`${of}: GraphQL`, isClosed ? [name] : names, () =>
            matrix.graphql(role, collection, `{ ${graphqlName(collection)} { ${name} { ${names.join(' ')} } } }`),
          ),
        ]),
  ]; // prettier-ignore
}

/**
 * Where a role sees a field of some rows only (their own address, not a colleague's), Directus lets it ask about the field and
 * shows nothing there; then no answer may depend on what is hidden.
 */
export function partlyHidden(
  matrix: Matrix,
  collection: string,
  role: Role,
  values: readonly Record<string, unknown>[],
): Cell[] {
  // prettier-ignore
  const { reads } = rightsOf(collection, role);
  const key = keyOf(collection);
  const path = pathOf(collection);
  return [...fieldsIn(reads)].flatMap((field) => {
    const rows = new Set(reads.filter((grant) => grant.fields.has(field)).flatMap((grant) => [...rowsOf(matrix, collection, role, grant)])); // prettier-ignore
    const visible = rowsIn(matrix, collection, role, reads);
    const isOpen = (row: Record<string, unknown>) => rows.has(String(row[key]));
    const shown = new Set(values.filter(isOpen).map((row) => row[field]));
    const secret = values.filter(
      (row) => visible.has(String(row[key])) && !isOpen(row) && isText(row[field]) && !shown.has(row[field]),
    );
    if (secret.length === 0) return [];
    const of = `${role} on ${collection}.${field} of others`;
    const silent = (name: string, query: string): Cell => ({
      name: `${of}: ${name}`,
      async check() {
        const answer = await matrix.ask(role, 'GET', `${path}?${query}`);
        const told_of = secret.filter((row) => answer.text.includes(String(row[field])));
        return told_of.length > 0 ? [told(answer)] : [];
      },
    });
    return [
      ...secret.slice(0, 2).map(
        (row): Cell => ({
          name: `${of}: filter`,
          async check() {
            const value = encodeURIComponent(String(row[field]));
            const answer = await matrix.ask(
              role,
              'GET',
              `${path}?fields=${key}&filter[${field}][_eq]=${value}`,
            );
            const found = JSON.stringify(answer.json.data ?? []).includes(String(row[key]));
            return found ? [told(answer)] : [];
          },
        }),
      ),
      ...secret.slice(0, 2).map((row) => {
        const of_row = `filter[${key}][_eq]=${String(row[key])}`;
        return silent('least', `${of_row}&aggregate[min]=${field}&aggregate[max]=${field}`);
      }),
      silent('search', `search=${encodeURIComponent(String(secret[0]![field]))}&fields=${key},${field}`),
      silent('group', `groupBy[]=${field}&aggregate[count]=*`),
      silent('fields', `fields=${field}&limit=-1`),
    ];
  });
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function hiddenOf(collection: string, role: Role): Field[] {
  const readable = fieldsIn(rightsOf(collection, role).reads);
  return fieldsOf(collection).filter(({ name }) => !readable.has(name));
}

/** A condition any value meets. */
function someValue({ is_list, to }: Field): object {
  return is_list ? { _some: { [keyOf(to ?? '')]: { _nnull: true } } } : { _nnull: true };
}

/** As many at a time as the shield lets anybody ask for in one request. */
function few<Each>(all: readonly Each[], most: number, cell: (part: Each[]) => Cell): Cell[] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, index) =>
    cell(all.slice(index * most, (index + 1) * most)),
  );
}

function some(fields: readonly Field[], cell: () => Cell): Cell[] {
  return fields.length > 0 ? [cell()] : [];
}

function refusedWhole(name: string, ask: () => Promise<Answer>): Cell {
  return {
    name,
    async check() {
      const answer = await ask();
      return answer.status === 403 ? [] : [told(answer)];
    },
  };
}
