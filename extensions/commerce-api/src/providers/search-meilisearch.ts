/**
 * Meilisearch, 1.18 or newer, by its own client. Writing is asynchronous there: each change is a task, and every function here
 * that changes something resolves when its tasks have succeeded. Tasks run in the order they were asked for.
 */
import { Meilisearch as Client, type EnqueuedTaskPromise, type Settings } from 'meilisearch';
import type { Env } from '../platform/env.ts';
import {
  questionsFor,
  readAnswers,
  suggestionQuestion,
  type Asked,
  type Found,
  type Question,
} from './search-meilisearch-query.ts';
import type { IndexedProduct } from './search-meilisearch-documents.ts';

export type { Settings as MeilisearchSettings } from 'meilisearch';

/** What went wrong. `missing`: the index is not there, or was not made by this version. */
export type SearchFault = 'unreachable' | 'missing' | 'refused';

export class SearchEngineError extends Error {
  override name = 'SearchEngineError';
  readonly fault: SearchFault;
  /** Meilisearch's own code, `timeout` or `unreachable`. */
  readonly code: string;

  constructor(
    message: string,
    { fault, code, cause }: { fault: SearchFault; code: string; cause?: unknown },
  ) {
    super(message, { cause });
    this.fault = fault;
    this.code = code;
  }
}

export interface KnownIndex {
  name: string;
  /** False for one that Meilisearch made by itself, because a document came to an index that had just been deleted. */
  is_ours: boolean;
}

export interface Meilisearch {
  /** Begins the name of every index of this shop. */
  prefix: string;
  search(index: string, asked: Asked): Promise<Found>;
  suggest(index: string, asked: { q: string; currency: string; limit: number }): Promise<Found>;

  /** This shop's indexes, those under construction among them. */
  indexes(): Promise<KnownIndex[]>;
  settings(index: string): Promise<Settings>;
  countDocuments(index: string): Promise<number>;
  /** An empty index. One of that name that was left over is gone. */
  createIndex(index: string, settings: Settings): Promise<void>;
  changeSettings(index: string, settings: Settings): Promise<void>;
  /** Replaces whole documents and takes others out. */
  write(index: string, documents: readonly IndexedProduct[], gone: readonly string[]): Promise<void>;
  /** Each new index takes the name of the old one, all in one moment; what had the name is called by the new one's after that. */
  publish(pairs: readonly { fresh: string; live: string; is_replaced: boolean }[]): Promise<void>;
  deleteIndexes(indexes: readonly string[]): Promise<void>;
}

/** What a write may take, waiting in Meilisearch's queue included: less than graphile-worker takes a job for lost, by far. */
const WRITE_MS = 30_000;
const TASK_MS = 300_000;
const POLL_MS = 25;
const ALL_INDEXES = 1000;
/** Never named when documents are written: an index that is not there must not come to be with it. */
const PRIMARY_KEY = 'product';

/** Null where the shop has none. */
export function meilisearch(
  env: Pick<Env, 'MEILI_URL' | 'MEILI_API_KEY' | 'MEILI_INDEX_PREFIX' | 'MEILI_TIMEOUT_MS'>,
): Meilisearch | null {
  if (env.MEILI_URL === '') return null;
  const access = { host: env.MEILI_URL, ...(env.MEILI_API_KEY && { apiKey: env.MEILI_API_KEY }) };
  const reader = new Client({ ...access, timeout: env.MEILI_TIMEOUT_MS });
  const writer = new Client({
    ...access,
    timeout: WRITE_MS,
    defaultWaitOptions: { timeout: TASK_MS, interval: POLL_MS },
  });
  const prefix = `${env.MEILI_INDEX_PREFIX}_`;

  const ask = (queries: Question[]) =>
    answered(async () => (await reader.multiSearch({ queries })).results as readonly unknown[]);

  async function deleteIndexes(indexes: readonly string[]): Promise<void> {
    for (const index of indexes) {
      await done(writer.deleteIndex(index)).catch((error: unknown) => {
        if (!(error instanceof SearchEngineError) || error.code !== 'index_not_found') throw error;
      });
    }
  }

  return {
    prefix,
    async search(index, asked) {
      const questions = questionsFor(index, asked);
      return readAnswers(asked, questions, await ask(questions.map(({ query }) => query)));
    },
    async suggest(index, asked) {
      const questions = [suggestionQuestion(index, asked)];
      return readAnswers(asked, questions, await ask(questions.map(({ query }) => query)));
    },
    async indexes() {
      const { results } = await answered(() => writer.getRawIndexes({ limit: ALL_INDEXES }));
      return results
        .filter(({ uid }) => uid.startsWith(prefix))
        .map(({ uid, primaryKey }) => ({ name: uid, is_ours: primaryKey === PRIMARY_KEY }));
    },
    settings: (index) => answered(() => writer.index(index).getSettings()),
    countDocuments: async (index) => (await answered(() => writer.index(index).getStats())).numberOfDocuments,
    async createIndex(index, settings) {
      await deleteIndexes([index]);
      await done(writer.createIndex(index, { primaryKey: PRIMARY_KEY }));
      await done(writer.index(index).updateSettings(settings));
    },
    changeSettings: (index, settings) => done(writer.index(index).updateSettings(settings)),
    async write(index, documents, gone) {
      const tasks: Promise<void>[] = [];
      if (documents.length > 0) tasks.push(done(writer.index(index).addDocuments([...documents])));
      if (gone.length > 0) tasks.push(done(writer.index(index).deleteDocuments([...gone])));
      await Promise.all(tasks);
    },
    async publish(pairs) {
      const swaps = pairs.map(({ fresh, live, is_replaced }) => ({
        indexes: [fresh, live] as [string, string],
        rename: !is_replaced,
      }));
      await done(writer.swapIndexes(swaps));
    },
    deleteIndexes,
  };
}

/** Resolves once the task has succeeded. */
async function done(enqueued: EnqueuedTaskPromise): Promise<void> {
  const { status, error, type } = await answered(() => enqueued.waitTask());
  if (status === 'succeeded') return;
  const code = error?.code ?? `task_${status}`;
  throw new SearchEngineError(`Meilisearch did not carry out ${type}: ${error?.message ?? status}`, {
    fault: code === 'index_not_found' ? 'missing' : 'refused',
    code,
  });
}

/**
 * An index without our settings is one we did not make: Meilisearch makes an index when a document is written to one that is not
 * there. Every search filters by an attribute, which such an index refuses.
 */
const MISSING = new Set([
  'index_not_found',
  'invalid_search_filter',
  'invalid_search_sort',
  'invalid_search_facets',
]);

/** @throws SearchEngineError for whatever the client throws */
async function answered<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (error) {
    throw faultOf(error);
  }
}

function faultOf(error: unknown): SearchEngineError {
  if (error instanceof SearchEngineError) return error;
  const { name, message, cause, response } = error as Error & {
    cause?: { code?: string; name?: string };
    response?: { status: number };
  };
  if (name === 'MeilisearchApiError') {
    const code = cause?.code ?? `http_${response?.status ?? 0}`;
    const isDown = (response?.status ?? 500) >= 500 || response?.status === 429 || response?.status === 408;
    const fault = isDown ? 'unreachable' : MISSING.has(code) ? 'missing' : 'refused';
    return new SearchEngineError(`Meilisearch refused: ${message}`, { fault, code });
  }
  const isLate = name === 'MeilisearchTaskTimeOutError' || cause?.name === 'MeilisearchRequestTimeOutError';
  return new SearchEngineError(
    isLate ? 'Meilisearch did not answer in time' : 'Meilisearch could not be reached',
    { fault: 'unreachable', code: isLate ? 'timeout' : 'unreachable', cause: reasonOf(error) },
  );
}

/** What the system said, without the request, which carries the key. */
function reasonOf(error: unknown): unknown {
  let reason = error;
  while (reason instanceof Error && reason.cause instanceof Error) reason = reason.cause;
  return reason instanceof Error ? reason.message : undefined;
}
