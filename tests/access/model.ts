/** The data model as the snapshot and Directus declare it: which collections there are, their fields, and what hangs together. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCollectionNames, systemFieldRows, systemRelationRows } from '@directus/system-data';
import yaml from 'js-yaml';
import { ROOT } from '../../scripts/prepare.mjs';

export interface Field {
  name: string;
  type: string;
  /** The other side of a relation; null for a plain value. */
  to: string | null;
  /** Many rows of the other side, which carry no column here. */
  is_list: boolean;
}

interface SnapshotField {
  collection: string;
  field: string;
  type: string;
  meta: { special: string[] | null } | null;
}

interface Relation {
  collection: string;
  field: string;
  related_collection: string | null;
  one_field: string | null;
}

interface Snapshot {
  collections: { collection: string; meta: { singleton: boolean }; schema: object | null }[];
  fields: SnapshotField[];
  relations: {
    collection: string;
    field: string;
    related_collection: string;
    meta: { one_field: string | null };
  }[];
}

const snapshot = yaml.load(readFileSync(join(ROOT, 'snapshots/schema.yaml'), 'utf8')) as Snapshot;

/** Those with rows; folders of the admin app's menu have none. */
export const shopCollections: readonly string[] = snapshot.collections
  .filter(({ schema }) => schema)
  .map(({ collection }) => collection);
export const singletons: readonly string[] = [
  ...snapshot.collections.filter(({ meta }) => meta.singleton).map(({ collection }) => collection),
  'directus_settings',
];
export const systemCollections: readonly string[] = systemCollectionNames;

const relations: Relation[] = [
  ...snapshot.relations.map(({ meta, ...each }) => ({ ...each, one_field: meta.one_field })),
  ...systemRelationRows.map((each) => ({
    collection: each.many_collection,
    field: each.many_field,
    related_collection: each.one_collection,
    one_field: each.one_field,
  })),
];

const declared = [
  ...snapshot.fields.map(({ meta, ...each }) => ({ ...each, special: meta?.special ?? [] })),
  ...systemFieldRows.map((each) => ({
    collection: each.collection,
    field: each.field,
    type: typeOfSystemField(each),
    special: each.special ?? [],
  })),
];

const byCollection = new Map<string, Field[]>();
for (const { collection, field, type, special } of declared) {
  if (special.includes('no-data')) continue;
  const many = relations.find((each) => each.collection === collection && each.field === field);
  const one = relations.find((each) => each.related_collection === collection && each.one_field === field);
  const known = byCollection.get(collection) ?? [];
  byCollection.set(collection, known);
  known.push({
    name: field,
    type,
    to: many?.related_collection ?? one?.collection ?? null,
    is_list: !many && one !== undefined,
  });
}

export function fieldsOf(collection: string): readonly Field[] {
  return byCollection.get(collection) ?? [];
}

export function namesOf(collection: string): string[] {
  return fieldsOf(collection).map(({ name }) => name);
}

export function keyOf(collection: string): string {
  return collection === 'languages' ? 'code' : 'id';
}

/** Where the REST API has a collection. */
export function pathOf(collection: string): string {
  return collection.startsWith('directus_')
    ? `/${collection.slice('directus_'.length)}`
    : `/items/${collection}`;
}

export function isJson({ type }: Field): boolean {
  return type === 'json' || type === 'csv';
}

function typeOfSystemField({ special }: { special: string[] | null }): string {
  if (special?.some((each) => each === 'cast-json' || each === 'cast-csv')) return 'json';
  return special?.some((each) => each.startsWith('date-')) ? 'timestamp' : 'string';
}
