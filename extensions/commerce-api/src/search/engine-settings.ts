/** How Meilisearch is set up: the fields and weights of the shop's own engine, and the words merchants edit. */
import { createHash } from 'node:crypto';
import type { MeilisearchSettings } from '../providers/search-meilisearch.ts';
import { MAX_FACET_VALUES, MAX_TOTAL_HITS } from '../providers/search-meilisearch-query.ts';
import { DOCUMENT_SHAPE } from './index-documents.ts';
import type { RuleRows } from './rules-queries.ts';
import { isForLanguage } from './search-rules.ts';
import { FIELDS } from './weigh-terms.ts';

/** What the code decides. Attributes that hold a value by currency stand for all of them. */
const BY_CODE = {
  searchableAttributes: ['codes', ...byWeight(), 'other_texts'],
  filterableAttributes: [
    'category_keys',
    'brand_keys',
    'tag_keys',
    'option_keys',
    'in_stock',
    'price',
    'price_step',
    'rating',
    'rating_step',
    'featured',
  ],
  sortableAttributes: [
    'product',
    'name_key',
    'price',
    'age_rank',
    'featured_rank',
    'popularity_rank',
    'rating_rank',
  ],
  displayedAttributes: ['product', 'name', 'description', 'price'],
  // An order that is asked for goes before everything; without one the rule does nothing.
  rankingRules: ['sort', 'words', 'typo', 'proximity', 'attribute', 'exactness', 'prior:desc'],
  typoTolerance: {
    enabled: true,
    minWordSizeForTypos: { oneTypo: 4, twoTypos: 8 },
    disableOnAttributes: ['codes'],
    // 128 is no 126.
    disableOnNumbers: true,
  },
  pagination: { maxTotalHits: MAX_TOTAL_HITS },
  faceting: { maxValuesPerFacet: MAX_FACET_VALUES, sortFacetValuesBy: { '*': 'count' } },
} satisfies MeilisearchSettings;

function byWeight(): string[] {
  return Object.entries(FIELDS)
    .sort(([, one], [, other]) => other.weight - one.weight)
    .map(([field]) => field);
}

export function settingsOf(rules: RuleRows, language: string): MeilisearchSettings {
  return { ...BY_CODE, ...wordSettings(rules, language) };
}

/** What merchants decide, for one language. */
export function wordSettings(
  { synonyms, stop_words, original }: RuleRows,
  language: string,
): { synonyms: Record<string, string[]>; stopWords: string[] } {
  const isMeant = (rule: { language: string | null }) => isForLanguage(rule.language, language, original);
  const leads = new Map<string, Set<string>>();
  const lead = (from: string, to: readonly string[]) => {
    const key = plain(from);
    const known = leads.get(key) ?? new Set();
    for (const each of to.map(plain)) if (each !== key && each !== '') known.add(each);
    if (key !== '' && known.size > 0) leads.set(key, known);
  };
  for (const { kind, word, words } of synonyms.filter(isMeant)) {
    if (kind === 'one_way') lead(word ?? '', words);
    else for (const each of words) lead(each, words);
  }
  return {
    synonyms: Object.fromEntries([...leads].sort().map(([from, to]) => [from, [...to].sort()])),
    stopWords: [...new Set(stop_words.filter(isMeant).map(({ word }) => plain(word)))].sort(),
  };
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}

/**
 * An index is named after what the code wants of it: after an upgrade that wants something else it is not there, PostgreSQL answers, and
 * the log says that a reindex is due. Servers of both versions can run side by side, each on its own.
 */
export function indexName(prefix: string, language: string): string {
  const code = language.replaceAll(/[^A-Za-z0-9-]/g, '-');
  return `${prefix}${code || 'original'}_${FINGERPRINT}`;
}

/** What an index is called while it is built. */
export function nameOfNext(index: string): string {
  return `${index}_next`;
}

const FINGERPRINT = createHash('sha256')
  .update(JSON.stringify([DOCUMENT_SHAPE, BY_CODE]))
  .digest('hex')
  .slice(0, 8);
