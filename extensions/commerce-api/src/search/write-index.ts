import type { Database } from '../platform/database.ts';
import type { Meilisearch } from '../providers/search-meilisearch.ts';
import { indexBatch } from './index-documents.ts';
import { listedVersions } from './search-index-queries.ts';

/** An index and the language it is in. */
export interface IndexTarget {
  index: string;
  language: string;
}

/** Documents of one request: some hundred kilobytes. */
export const WRITE_BATCH = 500;
const MOST_ROUNDS = 5;

/**
 * Brings indexes to the present state of products, whoever else is at it. Each target is written in the order given, and then the versions
 * are read again: what was listed anew meanwhile is written once more. Meilisearch carries writes out in the order it accepted them, and
 * whoever comes last has either written the present state or sees that it is another, so nothing old stays, without any lock.
 * (A write whose answer got lost fails the job, and its repetition is the last one.)
 * @throws SearchEngineError when it did not get through
 */
export async function writeProducts(
  db: Database,
  engine: Meilisearch,
  products: readonly string[],
  targets: readonly IndexTarget[],
): Promise<void> {
  const languages = [...new Set(targets.map(({ language }) => language))];
  for (let start = 0; start < products.length; start += WRITE_BATCH) {
    let stale = products.slice(start, start + WRITE_BATCH);
    for (let round = 1; stale.length > 0; round += 1) {
      if (round > MOST_ROUNDS)
        throw new Error(`${stale.length} products change faster than they are indexed`);
      const { versions, documents, gone } = await indexBatch(db, stale, languages);
      for (const { index, language } of targets)
        await engine.write(index, documents.get(language) ?? [], gone);
      const now = await listedVersions(db, stale);
      stale = stale.filter((product) => now.get(product) !== versions.get(product));
    }
  }
}
