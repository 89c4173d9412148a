/** The routes, each with what it takes and what it answers. */
import { z } from 'zod';
import type { Document } from './documents.ts';
import { MeilisearchError } from './errors.ts';
import type { Index, Indexes } from './indexes.ts';
import { parseMultiSearch } from './search-params.ts';
import { search } from './search.ts';
import { parseSettings } from './settings.ts';
import type { Task, Tasks } from './tasks.ts';
import { parseFields } from './validate.ts';

export type Api = { indexes: Indexes; tasks: Tasks };
export type Answer = { status: number; body: unknown };
export type Call = { method: string; path: string; query: URLSearchParams; body: unknown };

const uid = z.string().regex(/^[A-Za-z0-9_-]{1,400}$/, 'an index uid has letters, digits, - and _ only');
const NewIndex = z.strictObject({ uid, primaryKey: z.string().nullish() });
const ListQuery = z.strictObject({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(0).default(20),
});
const WriteQuery = z.strictObject({ primaryKey: z.string().optional() });
const NoQuery = z.strictObject({});
const SwapItem = z.strictObject({
  indexes: z.tuple([z.string(), z.string()]),
  rename: z.boolean().default(false),
});
const documents = z.array(z.record(z.string(), z.unknown()));
const ids = z.array(z.union([z.string(), z.int()]));

type Handler = (api: Api, call: Call, name: string) => Answer;
type Route = { method: string; pattern: RegExp; query?: z.ZodObject; handle: Handler };

const ok = (body: unknown): Answer => ({ status: 200, body });
const accepted = (body: unknown): Answer => ({ status: 202, body });

const ROUTES: Route[] = [
  { method: 'GET', pattern: /^\/health$/, handle: () => ok({ status: 'available' }) },
  {
    method: 'GET',
    pattern: /^\/version$/,
    handle: () => ok({ commitSha: 'emulated', commitDate: 'emulated', pkgVersion: '1.41.0' }),
  },
  { method: 'GET', pattern: /^\/indexes$/, query: ListQuery, handle: listIndexes },
  { method: 'POST', pattern: /^\/indexes$/, handle: createIndex },
  {
    method: 'GET',
    pattern: /^\/indexes\/([^/]+)$/,
    handle: ({ indexes }, _call, name) => ok(shownIndex(indexes.get(name))),
  },
  { method: 'DELETE', pattern: /^\/indexes\/([^/]+)$/, handle: deleteIndex },
  {
    method: 'GET',
    pattern: /^\/indexes\/([^/]+)\/settings$/,
    handle: ({ indexes }, _call, name) => ok(indexes.get(name).settings),
  },
  { method: 'PATCH', pattern: /^\/indexes\/([^/]+)\/settings$/, handle: changeSettings },
  { method: 'GET', pattern: /^\/indexes\/([^/]+)\/stats$/, handle: indexStats },
  {
    method: 'POST',
    pattern: /^\/indexes\/([^/]+)\/documents$/,
    query: WriteQuery,
    handle: writeDocuments,
  },
  { method: 'POST', pattern: /^\/indexes\/([^/]+)\/documents\/delete-batch$/, handle: eraseDocuments },
  {
    method: 'POST',
    pattern: /^\/indexes\/([^/]+)\/search$/,
    handle: ({ indexes }, { body }, name) => ok(search(indexes.get(name), body)),
  },
  { method: 'POST', pattern: /^\/multi-search$/, handle: multiSearch },
  { method: 'POST', pattern: /^\/swap-indexes$/, handle: swapIndexes },
  { method: 'GET', pattern: /^\/tasks\/(\d+)$/, handle: getTask },
];

/** @throws MeilisearchError */
export function answerApi(api: Api, call: Call): Answer {
  for (const { method, pattern, query = NoQuery, handle } of ROUTES) {
    const match = method === call.method ? pattern.exec(call.path) : null;
    if (!match) continue;
    parseFields(query, Object.fromEntries(call.query), 'invalid_index');
    return handle(api, call, decodeURIComponent(match[1] ?? ''));
  }
  throw new MeilisearchError('not_found', `The route ${call.method} ${call.path} is not emulated.`);
}

function listIndexes({ indexes }: Api, { query }: Call): Answer {
  const { offset, limit } = parseFields(ListQuery, Object.fromEntries(query), 'invalid_index');
  const all = indexes.list();
  return ok({
    results: all.slice(offset, offset + limit).map(shownIndex),
    offset,
    limit,
    total: all.length,
  });
}

function createIndex({ indexes, tasks }: Api, { body }: Call): Answer {
  const { uid: name, primaryKey = null } = parseFields(NewIndex, body, 'invalid_index');
  return accepted(
    tasks.enqueue({
      type: 'indexCreation',
      indexUid: name,
      details: { primaryKey },
      work: () => indexes.create(name, primaryKey),
    }),
  );
}

function deleteIndex({ indexes, tasks }: Api, _call: Call, name: string): Answer {
  return accepted(tasks.enqueue({ type: 'indexDeletion', indexUid: name, work: () => indexes.remove(name) }));
}

function changeSettings({ indexes, tasks }: Api, { body }: Call, name: string): Answer {
  requireUid(name);
  const change = parseSettings(body);
  return accepted(
    tasks.enqueue({
      type: 'settingsUpdate',
      indexUid: name,
      details: change,
      work: () => indexes.changeSettings(name, change),
    }),
  );
}

function indexStats({ indexes, tasks }: Api, _call: Call, name: string): Answer {
  const isWaiting = ({ indexUid, status }: Task) =>
    indexUid === name && (status === 'enqueued' || status === 'processing');
  return ok({
    numberOfDocuments: indexes.get(name).documents.size,
    isIndexing: tasks.list().some(isWaiting),
    fieldDistribution: {},
  });
}

function writeDocuments({ indexes, tasks }: Api, { query, body }: Call, name: string): Answer {
  requireUid(name);
  const written = parseBody(documents, body) as Document[];
  return accepted(
    tasks.enqueue({
      type: 'documentAdditionOrUpdate',
      indexUid: name,
      details: { receivedDocuments: written.length },
      work: () => indexes.write(name, written, query.get('primaryKey')),
    }),
  );
}

function eraseDocuments({ indexes, tasks }: Api, { body }: Call, name: string): Answer {
  const erased = parseBody(ids, body).map(String);
  return accepted(
    tasks.enqueue({
      type: 'documentDeletion',
      indexUid: name,
      details: { providedIds: erased.length },
      work: () => indexes.erase(name, erased),
    }),
  );
}

function multiSearch({ indexes }: Api, { body }: Call): Answer {
  const results = parseMultiSearch(body).map(({ indexUid, params }, position) => {
    try {
      return { indexUid, ...search(indexes.get(indexUid), params) };
    } catch (error) {
      if (!(error instanceof MeilisearchError)) throw error;
      throw new MeilisearchError(error.code, `Inside \`.queries[${position}]\`: ${error.message}`);
    }
  });
  return ok({ results });
}

function swapIndexes({ indexes, tasks }: Api, { body }: Call): Answer {
  if (!Array.isArray(body)) throw new MeilisearchError('malformed_payload', 'A swap is a list of pairs.');
  const swaps = body.map((item) => parseFields(SwapItem, item, 'invalid_swap'));
  const names = swaps.flatMap((swap) => swap.indexes);
  if (new Set(names).size < names.length)
    throw new MeilisearchError(
      'invalid_swap_duplicate_index_found',
      'Indexes must be declared only once during a swap.',
    );
  return accepted(
    tasks.enqueue({
      type: 'indexSwap',
      indexUid: null,
      details: { swaps },
      work: () => indexes.swap(swaps),
    }),
  );
}

function getTask({ tasks }: Api, _call: Call, id: string): Answer {
  const task = tasks.find(Number(id));
  if (!task) throw new MeilisearchError('task_not_found', `Task \`${id}\` not found.`);
  return ok(task);
}

function shownIndex({ uid: name, primaryKey, createdAt, updatedAt }: Index) {
  return { uid: name, primaryKey, createdAt, updatedAt };
}

function requireUid(name: string): void {
  if (!uid.safeParse(name).success)
    throw new MeilisearchError(
      'invalid_index_uid',
      `\`${name}\` is not a valid index uid. Index uid can be an integer or a string containing only alphanumeric characters, hyphens (-) and underscores (_), and can not be more than 512 bytes.`,
    );
}

function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (!result.success)
    throw new MeilisearchError(
      'malformed_payload',
      `The payload is malformed: ${result.error.issues[0]?.message}`,
    );
  return result.data;
}
