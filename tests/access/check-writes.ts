/** Writing: what is refused, by REST and GraphQL, and that what is allowed goes through. */
import { randomUUID } from 'node:crypto';
import { allowed, difference, refused, told, unknownTo, type Cell } from './cells.ts';
import { beyond, graphqlName, rightsOf, rowsIn, type Matrix } from './matrix.ts';
import { fieldsOf, keyOf, pathOf, singletons } from './model.ts';
import { fieldsIn, type Grant, type Role } from './read-table.ts';

type Row = Record<string, unknown>;
type Verb = 'create' | 'update' | 'delete';

const NO_ROW = randomUUID();

/** What may be written at routes of its own only. */
const NOT_BY_VALUE = ['tfa_secret'];

/** What Directus looks at before it asks who is writing. */
const BODIES: Record<string, Partial<Record<'create' | 'update', object>>> = {
  directus_comments: { create: { comment: 'x', collection: 'products', item: NO_ROW } },
  directus_files: { create: { type: 'image/png' } },
  directus_translations: { create: { key: 'x', language: 'en-GB', value: 'x' }, update: { value: 'x' } },
  directus_versions: { create: { key: 'x', collection: 'products', item: NO_ROW }, update: { name: 'x' } },
};

/** Every write a role may not make. They leave the database as it was. */
export function refusedWrites(matrix: Matrix, collection: string, role: Role, rows: readonly Row[]): Cell[] {
  const { creates, updates, deletes } = rightsOf(collection, role);
  const closed: Verb[] = [];
  if (creates.length === 0) closed.push('create');
  if (updates.length === 0) closed.push('update');
  if (deletes.length === 0) closed.push('delete');
  const some = rows[0]?.[keyOf(collection)] as string | undefined;
  return [
    ...closed.flatMap((verb) => wholly(matrix, collection, role, verb, some ?? randomUUID())),
    ...(closed.length > 0 ? [noMutation(matrix, collection, role, closed)] : []),
    ...outOfReach(matrix, collection, role, 'update', updates),
    ...outOfReach(matrix, collection, role, 'delete', deletes),
    ...otherFields(matrix, collection, role, rows),
  ];
}

function wholly(matrix: Matrix, collection: string, role: Role, verb: Verb, key: string): Cell[] {
  const of = `${role} on ${collection}`;
  const path = pathOf(collection);
  const [field] = valueFields(collection);
  const bodyOf = (of_verb: 'create' | 'update') => BODIES[collection]?.[of_verb] ?? { [field!]: null };
  const ask = (what: string, method: string, rest: string, body?: object) =>
    refused(`${of}: ${what}`, () => matrix.ask(role, method, path + rest, body));
  if (singletons.includes(collection)) {
    if (verb === 'update') return [ask('update', 'PATCH', '', { [field!]: 'x' })];
    return [verb === 'create' ? ask('create', 'POST', '', {}) : ask('delete', 'DELETE', `/${key}`)];
  }
  if (verb === 'create') return [ask('create', 'POST', '', bodyOf('create'))];
  if (verb === 'update')
    return [
      ask('update one', 'PATCH', `/${key}`, bodyOf('update')),
      ask('update many', 'PATCH', '', { keys: [key], data: bodyOf('update') }),
    ];
  return [ask('delete one', 'DELETE', `/${key}`), ask('delete many', 'DELETE', '', [key] as object)];
}

/** GraphQL knows a mutation only for those who may make it. */
function noMutation(matrix: Matrix, collection: string, role: Role, closed: readonly Verb[]): Cell {
  const name = graphqlName(collection);
  const forms: Record<Verb, string[]> = {
    create: ['item', 'items'],
    update: ['item', 'items', 'batch'],
    delete: ['item', 'items'],
  };
  const names = closed.flatMap((verb) => forms[verb].map((form) => `${verb}_${name}_${form}`));
  const document = `mutation { ${names.map((each) => `${each} { ${keyOf(collection)} }`).join(' ')} }`;
  // An administrator has the mutation all the same: the guard of the books refuses it when it is made.
  if (role === 'administrator') return guarded(matrix, collection, closed);
  return unknownTo(`${role} on ${collection}: mutations`, names, () =>
    matrix.graphql(role, collection, document),
  );
}

function guarded(matrix: Matrix, collection: string, closed: readonly Verb[]): Cell {
  const [name, key] = [graphqlName(collection), keyOf(collection)];
  const id = matrix.keys.get(collection)?.[0] ?? randomUUID();
  const made: Record<Verb, string> = {
    create: `create_${name}_items(data: []) { ${key} }`,
    update: `update_${name}_items(ids: ["${id}"], data: { ${key}: "${id}" }) { ${key} }`,
    delete: `delete_${name}_items(ids: ["${id}"]) { ids }`,
  };
  const mutations = closed.filter((verb) => verb !== 'create').map((verb) => made[verb]);
  return {
    name: `administrator on ${collection}: mutations`,
    size: mutations.length,
    async check() {
      const problems = mutations.map(async (mutation) => {
        const answer = await matrix.graphql('administrator', collection, `mutation { ${mutation} }`);
        return answer.json.errors ? [] : [told(answer)];
      });
      return (await Promise.all(problems)).flat();
    },
  };
}

/** Rows of others, where a role may write some rows. */
function outOfReach(
  matrix: Matrix,
  collection: string,
  role: Role,
  verb: 'update' | 'delete',
  grants: readonly Grant[],
): Cell[] {
  // prettier-ignore
  const outside = grants.length > 0 && beyond(matrix, collection, rowsIn(matrix, collection, role, grants));
  if (!outside) return [];
  const [name, key, path] = [graphqlName(collection), keyOf(collection), pathOf(collection)];
  const [field] = [...fieldsIn(grants), ...valueFields(collection)];
  const of = `${role} on another’s ${collection}`;
  const body = verb === 'update' ? { [field!]: null } : undefined;
  const mutation =
    verb === 'update'
      ? `update_${name}_items(ids: ["${outside}"], data: { ${field}: null }) { ${key} }`
      : `delete_${name}_items(ids: ["${outside}"]) { ids }`;
  return [
    refused(`${of}: ${verb}`, () => matrix.ask(role, verb === 'update' ? 'PATCH' : 'DELETE', `${path}/${outside}`, body)), // prettier-ignore
    {
      name: `${of}: ${verb} in GraphQL`,
      async check() {
        const answer = await matrix.graphql(role, collection, `mutation { ${mutation} }`);
        return answer.json.errors ? [] : [told(answer)];
      },
    },
  ];
}

/** Fields a role may not write, of rows of which it may write others. */
function otherFields(matrix: Matrix, collection: string, role: Role, rows: readonly Row[]): Cell[] {
  const { creates, updates } = rightsOf(collection, role);
  const path = pathOf(collection);
  const of = `${role} on ${collection}`;
  const cells: Cell[] = [];
  const closedTo = (grants: readonly Grant[]) =>
    grants.length === 0 ? [] : valueFields(collection).filter((name) => !fieldsIn(grants).has(name));
  const [key] = rowsIn(matrix, collection, role, updates);
  const row = rows.find((each) => String(each[keyOf(collection)]) === key);
  const unchangeable = row ? closedTo(updates) : [];
  // The guard of the books names one field only, so these are asked one by one.
  for (const name of unchangeable) {
    cells.push(refused(`${of}: update ${name}`, () => matrix.ask(role, 'PATCH', `${path}/${key}`, { [name]: row![name] }))); // prettier-ignore
  }
  for (const name of closedTo(creates)) {
    cells.push(refused(`${of}: create with ${name}`, () => matrix.ask(role, 'POST', path, { [name]: 1 })));
  }
  return cells;
}

/** What a role may write goes through: its own row with the values it has, and the deletion of no row. */
export function allowedWrites(matrix: Matrix, collection: string, role: Role, rows: readonly Row[]): Cell[] {
  // What an administrator may write of Directus' own is for Directus to say.
  if (role === 'administrator' && collection.startsWith('directus_')) return [];
  const { creates, updates, deletes } = rightsOf(collection, role);
  const [path, key, of] = [pathOf(collection), keyOf(collection), `${role} on ${collection}`];
  const cells: Cell[] = [];
  const [reached] = rowsIn(matrix, collection, role, updates);
  const row = rows.find((each) => String(each[key]) === reached);
  const columns = valueFields(collection).filter(
    (name) => name !== key && fieldsIn(updates).has(name) && !NOT_BY_VALUE.includes(name),
  );
  if (row && columns.length > 0) {
    const body = Object.fromEntries(columns.map((name) => [name, row[name]]));
    const target = singletons.includes(collection) ? path : `${path}/${reached}`;
    const cell = allowed(`${of}: update`, () => matrix.ask(role, 'PATCH', `${target}?fields=${key}`, body));
    cells.push({ ...cell, size: columns.length });
  }
  if (creates.length > 0 && !singletons.includes(collection)) {
    cells.push({
      name: `${of}: create`,
      async check() {
        const { status, text } = await matrix.ask(role, 'POST', path, {});
        // Too little to make a row of, but nobody says it is not allowed.
        return [200, 204, 400].includes(status) ? [] : [`answered ${status} ${text.slice(0, 200)}`];
      },
    });
  }
  if (deletes.length > 0 && !singletons.includes(collection)) {
    cells.push({
      name: `${of}: delete`,
      async check() {
        const mutation = `mutation { delete_${graphqlName(collection)}_items(ids: []) { ids } }`;
        const answer = await matrix.graphql(role, collection, mutation);
        return difference('unknown', [], answer.json.data ? [] : [told(answer)]);
      },
    });
  }
  return cells;
}

/** Fields with a column, which a plain value can be written to. */
function valueFields(collection: string): string[] {
  return fieldsOf(collection)
    .filter(({ is_list }) => !is_list)
    .map(({ name }) => name);
}
