/** The indexes, and what tasks do to them. */
import type { Document } from './documents.ts';
import { indexNotFound, MeilisearchError } from './errors.ts';
import { changeSettings, DEFAULT_SETTINGS, type Settings, type SettingsChange } from './settings.ts';

export type Index = {
  uid: string;
  primaryKey: string | null;
  settings: Settings;
  documents: Map<string, Document>;
  createdAt: string;
  updatedAt: string;
};

export type Swap = { indexes: [string, string]; rename: boolean };

export type Indexes = ReturnType<typeof createIndexes>;

const DOCUMENT_ID = /^[A-Za-z0-9_-]{1,511}$/;

export function createIndexes() {
  const indexes = new Map<string, Index>();

  function create(uid: string, primaryKey: string | null): Index {
    const now = new Date().toISOString();
    const index: Index = {
      uid,
      primaryKey,
      settings: DEFAULT_SETTINGS,
      documents: new Map(),
      createdAt: now,
      updatedAt: now,
    };
    indexes.set(uid, index);
    return index;
  }

  /** @throws MeilisearchError index_not_found */
  function get(uid: string): Index {
    const index = indexes.get(uid);
    if (!index) throw indexNotFound(uid);
    return index;
  }

  return {
    get,
    list: () => [...indexes.values()].sort((one, other) => (one.uid < other.uid ? -1 : 1)),
    create(uid: string, primaryKey: string | null): void {
      if (indexes.has(uid))
        throw new MeilisearchError('index_already_exists', `Index \`${uid}\` already exists.`);
      create(uid, primaryKey);
    },
    remove(uid: string): void {
      get(uid);
      indexes.delete(uid);
    },
    changeSettings(uid: string, change: SettingsChange): void {
      const index = indexes.get(uid) ?? create(uid, null);
      index.settings = changeSettings(index.settings, change);
      index.updatedAt = new Date().toISOString();
    },
    /** Replaces documents whole. An index that is not there comes to be, even when the documents are then refused. */
    write(uid: string, documents: readonly Document[], primaryKey: string | null): void {
      const index = indexes.get(uid) ?? create(uid, null);
      const key = index.primaryKey ?? primaryKey ?? guessKey(documents[0] ?? {});
      const keyed = documents.map((document) => [documentId(document, key), document] as const);
      index.primaryKey = key;
      for (const [id, document] of keyed) index.documents.set(id, document);
      index.updatedAt = new Date().toISOString();
    },
    erase(uid: string, ids: readonly string[]): void {
      const index = get(uid);
      for (const id of ids) index.documents.delete(id);
      index.updatedAt = new Date().toISOString();
    },
    /** All or none. */
    swap(swaps: readonly Swap[]): void {
      for (const { indexes: pair, rename } of swaps) {
        const [one, other] = pair;
        get(one);
        if (!rename) get(other);
        else if (indexes.has(other))
          throw new MeilisearchError('index_already_exists', `Index \`${other}\` already exists.`);
      }
      for (const { indexes: pair, rename } of swaps) {
        const [one, other] = pair;
        const [first, second] = [indexes.get(one), indexes.get(other)];
        if (first) indexes.set(other, Object.assign(first, { uid: other }));
        if (rename) indexes.delete(one);
        else if (second) indexes.set(one, Object.assign(second, { uid: one }));
      }
    },
  };
}

function documentId(document: Document, key: string): string {
  const value = document[key];
  if (value === undefined)
    throw new MeilisearchError(
      'missing_document_id',
      `Document doesn't have a \`${key}\` attribute: \`${JSON.stringify(document)}\`.`,
    );
  const isNumber = typeof value === 'number' && Number.isInteger(value);
  if (!isNumber && (typeof value !== 'string' || !DOCUMENT_ID.test(value)))
    throw new MeilisearchError(
      'invalid_document_id',
      `Document identifier \`${JSON.stringify(value)}\` is invalid. A document identifier can be of type integer or string, only composed of alphanumeric characters (a-z A-Z 0-9), hyphens (-) and underscores (_), and can not be more than 511 bytes.`,
    );
  return String(value);
}

/** The one attribute whose name ends in "id". */
function guessKey(document: Document): string {
  const [key, more] = Object.keys(document).filter((name) => name.toLowerCase().endsWith('id'));
  if (key === undefined)
    throw new MeilisearchError(
      'index_primary_key_no_candidate_found',
      'The primary key inference failed as the engine did not find any field ending with `id` in its name. Please specify the primary key manually using the `primaryKey` query parameter.',
    );
  if (more !== undefined)
    throw new MeilisearchError(
      'index_primary_key_multiple_candidates_found',
      `The primary key inference failed as the engine found several fields ending with \`id\` in their names: '${key}' and '${more}'. Please specify the primary key manually using the \`primaryKey\` query parameter.`,
    );
  return key;
}
