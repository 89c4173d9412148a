/** Builds the indexes of the engine beside PostgreSQL anew while the old ones answer, and puts them in their place in one moment. */
import type { Shop } from '../platform/shop.ts';
import { SearchEngineError, type Meilisearch } from '../providers/search-meilisearch.ts';
import { indexName, nameOfNext, settingsOf, wordSettings } from './engine-settings.ts';
import { sameWords } from './index-search-job.ts';
import { searchRules } from './rules-queries.ts';
import { countListed, indexedLanguages, listedAfter, tryRebuildLock } from './search-index-queries.ts';
import { WRITE_BATCH, writeProducts } from './write-index.ts';

export interface ReindexProgress {
  done: number;
  total: number;
}

export interface Reindexed {
  products: number;
  indexes: string[];
  /** Of earlier versions, or left over. */
  deleted: string[];
}

/**
 * Fills new indexes with what is listed and swaps them with those that answer. Products that change meanwhile are not lost: from the moment
 * an index under construction exists, the jobs that follow changes write to it as well, and what is listed is read only after that moment.
 * @returns null when another rebuild is under way
 * @throws SearchEngineError when Meilisearch fails; the indexes that answer stay as they are
 */
export async function reindexSearch(
  shop: Shop,
  engine: Meilisearch,
  { onProgress = () => undefined }: { onProgress?: (progress: ReindexProgress) => void } = {},
): Promise<Reindexed | null> {
  // The transaction holds the lock and does nothing else.
  return shop.db.transaction(async (trx) =>
    (await tryRebuildLock(trx)) ? rebuild(shop, engine, onProgress) : null,
  );
}

/** Batches under way: Meilisearch takes those that wait together. */
const AT_ONCE = 4;

async function rebuild(
  shop: Shop,
  engine: Meilisearch,
  onProgress: (progress: ReindexProgress) => void,
): Promise<Reindexed> {
  const rules = await searchRules(shop.db);
  const languages = await indexedLanguages(shop.db);
  const targets = languages.map((language) => {
    const live = indexName(engine.prefix, language);
    return { language, live, index: nameOfNext(live) };
  });
  for (const { index, language } of targets) await engine.createIndex(index, settingsOf(rules, language));

  const total = await countListed(shop.db);
  let done = 0;
  onProgress({ done, total });
  for (let after: string | null = null; ; ) {
    const products = await listedAfter(shop.db, after, WRITE_BATCH * AT_ONCE);
    if (products.length === 0) break;
    const batches = Array.from({ length: AT_ONCE }, (_, batch) =>
      products.slice(batch * WRITE_BATCH, (batch + 1) * WRITE_BATCH),
    );
    await Promise.all(batches.map((batch) => writeProducts(shop.db, engine, batch, targets)));
    after = products.at(-1) ?? null;
    done += products.length;
    onProgress({ done, total: Math.max(total, done) });
  }

  const there = new Set((await engine.indexes()).map(({ name }) => name));
  await engine.publish(
    targets.map(({ index, live }) => ({ fresh: index, live, is_replaced: there.has(live) })),
  );
  const live = new Set(targets.map((target) => target.live));
  const left = (await engine.indexes()).map(({ name }) => name).filter((name) => !live.has(name));
  await engine.deleteIndexes(left);
  return { products: done, indexes: [...live], deleted: left.filter((name) => !name.endsWith('_next')) };
}

export interface IndexFinding {
  checked: number;
  /** What a reindex would mend. */
  broken: string[];
}

/** Whether the engine holds what is listed. While jobs wait it may lag behind, and says so. */
export async function examineIndexes(shop: Shop, engine: Meilisearch): Promise<IndexFinding> {
  try {
    return await compareIndexes(shop, engine);
  } catch (error) {
    if (!(error instanceof SearchEngineError)) throw error;
    return { checked: 0, broken: [`${error.message} (${error.code}): PostgreSQL searches meanwhile`] };
  }
}

async function compareIndexes(shop: Shop, engine: Meilisearch): Promise<IndexFinding> {
  const rules = await searchRules(shop.db);
  const languages = await indexedLanguages(shop.db);
  const there = new Map((await engine.indexes()).map(({ name, is_ours }) => [name, is_ours]));
  const listed = await countListed(shop.db);
  const broken: string[] = [];
  for (const language of languages) {
    const index = indexName(engine.prefix, language);
    if (there.get(index) !== true) {
      broken.push(`${index} was not built: npm run kontor -- reindex`);
      continue;
    }
    const documents = await engine.countDocuments(index);
    if (documents !== listed)
      broken.push(
        `${index} holds ${documents} products, ${listed} are listed: wait for the jobs, or reindex`,
      );
    if (!sameWords(wordSettings(rules, language), await engine.settings(index)))
      broken.push(`${index} has other synonyms or stop words: wait a minute, or reindex`);
  }
  return { checked: languages.length, broken };
}
