/** What every check of the matrix needs: the table, the rows there are, and a way to ask as each role. */
import type { Knex } from 'knex';
import type { Answer, Caller, Client } from '../support/access-world/ask.ts';
import type { Planted } from '../support/access-world/planter.ts';
import type { World } from '../support/access-world/world.ts';
import { COLLECTIONS } from './collections.ts';
import { keyOf, namesOf, shopCollections, systemCollections } from './model.ts';
import {
  everything,
  nothing,
  readTable,
  type Grant,
  type Rights,
  type Role,
  type Table,
} from './read-table.ts';
import { SYSTEM_COLLECTIONS } from './system-collections.ts';

const CALLERS: Record<Role, Caller> = {
  anonymous: 'anonymous',
  customer: 'ada',
  vendor: 'vendor',
  catalogue_staff: 'catalogue_staff',
  order_staff: 'order_staff',
  administrator: 'administrator',
};

export const table: Table = readTable(COLLECTIONS + SYSTEM_COLLECTIONS, namesOf);

/** Those the REST API has as lists of rows. What Directus says of the others, access-endpoints.ts asks. */
const WITHOUT_ROWS = [
  'directus_collections',
  'directus_fields',
  'directus_relations',
  'directus_migrations',
  'directus_sessions',
  'directus_extensions',
  'directus_deployments',
  'directus_deployment_projects',
  'directus_deployment_runs',
];
export const collections: readonly string[] = [...shopCollections, ...systemCollections].filter(
  (each) => !WITHOUT_ROWS.includes(each),
);

export interface Matrix {
  world: World;
  /** The keys of all rows, by collection. */
  keys: ReadonlyMap<string, readonly string[]>;
  ask: (role: Role, method: string, path: string, body?: object) => Promise<Answer>;
  /** A document for whichever of the two GraphQL APIs has the collection. */
  graphql: (role: Role, collection: string, query: string) => Promise<Answer>;
}

export async function openMatrix(db: Knex, world: World, { call }: Client): Promise<Matrix> {
  const keys = new Map<string, string[]>();
  for (const collection of collections) {
    const key = keyOf(collection);
    keys.set(
      collection,
      (await db(collection).select(key)).map((row) => String(row[key])),
    );
  }
  const ask: Matrix['ask'] = (role, method, path, body) => call(CALLERS[role], method, path, body);
  const graphql: Matrix['graphql'] = (role, collection, query) =>
    ask(role, 'POST', collection.startsWith('directus_') ? '/graphql/system' : '/graphql', { query });
  return { world, keys, ask, graphql };
}

/** What the table says; administrators may do everything where it says nothing of them. */
export function rightsOf(collection: string, role: Role): Rights {
  const rights = table.get(collection)?.get(role);
  if (rights) return rights;
  return role === 'administrator' ? everything(namesOf(collection)) : nothing();
}

/** The rows a grant covers. */
export function rowsOf(
  { world, keys }: Matrix,
  collection: string,
  role: Role,
  { rows }: Grant,
): Set<string> {
  if (rows.includes('every')) return new Set(keys.get(collection));
  const labels = rows.map((each) => (each === 'own' ? CALLERS[role] : each));
  const planted: readonly Planted[] = world.planted[collection] ?? [];
  return new Set(
    planted.filter((row) => row.labels.some((each) => labels.includes(each))).map(({ key }) => key),
  );
}

/** The rows any of the grants covers. */
export function rowsIn(
  matrix: Matrix,
  collection: string,
  role: Role,
  grants: readonly Grant[],
): Set<string> {
  return new Set(grants.flatMap((grant) => [...rowsOf(matrix, collection, role, grant)]));
}

/** A row out of a grant's reach, if there is one. */
export function beyond(
  { keys }: Matrix,
  collection: string,
  within: ReadonlySet<string>,
): string | undefined {
  return keys.get(collection)?.find((key) => !within.has(key));
}

/** As the GraphQL APIs call a collection. */
export function graphqlName(collection: string): string {
  return collection.replace(/^directus_/, '');
}
