/** What keeps the engine beside PostgreSQL up to date. */
import type { Shop } from '../platform/shop.ts';
import type { Meilisearch } from '../providers/search-meilisearch.ts';
import { indexName, nameOfNext, wordSettings } from './engine-settings.ts';
import { searchRules } from './rules-queries.ts';
import { indexedLanguages, tellOfNewWords } from './search-index-queries.ts';
import { writeProducts, type IndexTarget } from './write-index.ts';

/**
 * Writes what these products are now, or takes them out. An index that is being rebuilt gets it too, and before the one that answers: if
 * they change names in between, the new one has it either way. Does nothing where no index was ever built. Caches are told once the engine
 * knows: what was found between the change and that is old.
 */
export async function indexSearch(shop: Shop, products: readonly string[]): Promise<void> {
  const engine = shop.providers.search;
  if (!engine) return;
  // Before the products are read: an index that comes to be later is filled from what is listed then.
  const targets = await indexTargets(shop, engine);
  if (targets.length === 0) return;
  await writeProducts(shop.db, engine, products, targets);
  await tellOfNewWords(shop.db);
}

/** Indexes that are there, those under construction first. */
async function indexTargets(shop: Shop, engine: Meilisearch): Promise<IndexTarget[]> {
  const languages = await indexedLanguages(shop.db);
  const there = new Set((await engine.indexes()).filter(({ is_ours }) => is_ours).map(({ name }) => name));
  const live = languages.map((language) => ({ language, index: indexName(engine.prefix, language) }));
  const next = live.map(({ language, index }) => ({ language, index: nameOfNext(index) }));
  return [...next, ...live].filter(({ index }) => there.has(index));
}

/** Tells every index of the synonyms and stop words merchants edited. */
export async function syncSearchWords(shop: Shop): Promise<void> {
  const engine = shop.providers.search;
  if (!engine) return;
  const rules = await searchRules(shop.db);
  let has_changed = false;
  for (const { index, language } of await indexTargets(shop, engine)) {
    const wanted = wordSettings(rules, language);
    const { synonyms, stopWords } = await engine.settings(index);
    if (sameWords(wanted, { synonyms, stopWords })) continue;
    await engine.changeSettings(index, wanted);
    has_changed = true;
  }
  if (has_changed) await tellOfNewWords(shop.db);
}

/** Whatever order the engine tells them in. */
export function sameWords(
  wanted: ReturnType<typeof wordSettings>,
  known: { synonyms?: Record<string, string[]> | null | undefined; stopWords?: string[] | null | undefined },
): boolean {
  const sorted = (synonyms: Record<string, string[]>) =>
    Object.entries(synonyms)
      .map(([word, others]) => [word, [...others].sort()] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1));
  const text = (synonyms: Record<string, string[]>, stop_words: readonly string[]) =>
    JSON.stringify([sorted(synonyms), [...stop_words].sort()]);
  return text(wanted.synonyms, wanted.stopWords) === text(known.synonyms ?? {}, known.stopWords ?? []);
}
