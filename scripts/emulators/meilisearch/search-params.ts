/** What a search may ask for. */
import { z } from 'zod';
import { MeilisearchError } from './errors.ts';
import { parseFields } from './validate.ts';

const count = z.int().min(0);
const names = z.array(z.string()).nullish();

const fields = {
  q: z.string().nullish(),
  offset: count.default(0),
  limit: count.default(20),
  page: count.optional(),
  hitsPerPage: count.optional(),
  filter: z.unknown().optional(),
  facets: names,
  sort: names,
  attributesToRetrieve: names,
  attributesToHighlight: names,
  attributesToCrop: names,
  attributesToSearchOn: names,
  cropLength: count.default(10),
  cropMarker: z.string().default('…'),
  highlightPreTag: z.string().default('<em>'),
  highlightPostTag: z.string().default('</em>'),
  matchingStrategy: z.enum(['last', 'all', 'frequency']).default('last'),
};
/** What the real one knows beside these. Any value is refused. */
const notEmulated = {
  distinct: z.unknown().optional(),
  showMatchesPosition: z.unknown().optional(),
  showRankingScore: z.unknown().optional(),
  showRankingScoreDetails: z.unknown().optional(),
  showPerformanceDetails: z.unknown().optional(),
  rankingScoreThreshold: z.unknown().optional(),
  retrieveVectors: z.unknown().optional(),
  vector: z.unknown().optional(),
  hybrid: z.unknown().optional(),
  media: z.unknown().optional(),
  locales: z.unknown().optional(),
  personalize: z.unknown().optional(),
};

const SearchParams = z.strictObject({ ...fields, ...notEmulated });
const MultiSearchParams = z.strictObject({
  queries: z.array(z.looseObject({ indexUid: z.string() })),
  federation: z.unknown().optional(),
});

export type SearchParams = z.output<typeof SearchParams>;

/** @throws MeilisearchError */
export function parseSearch(value: unknown): SearchParams {
  const params = parseFields(SearchParams, value, 'invalid_search');
  for (const name of Object.keys(notEmulated) as (keyof typeof notEmulated)[]) {
    if (params[name] !== undefined)
      throw new MeilisearchError('not_emulated', `The parameter ${name} is not emulated.`);
  }
  return params;
}

/** @throws MeilisearchError */
export function parseMultiSearch(value: unknown): { indexUid: string; params: unknown }[] {
  const { queries, federation } = parseFields(MultiSearchParams, value, 'invalid_multi_search');
  if (federation !== undefined)
    throw new MeilisearchError('not_emulated', 'Federated search is not emulated.');
  return queries.map(({ indexUid, ...params }) => ({ indexUid, params }));
}
