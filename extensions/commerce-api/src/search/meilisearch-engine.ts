/** Searching with Meilisearch, asked and answered as the shop's own engine is. */
import { localesFor } from '../catalog/product-cards.ts';
import { writtenOption, type ListingFilter } from '../listings/listing-filter.ts';
import { nameFacets } from '../listings/name-facets.ts';
import type { Shop } from '../platform/shop.ts';
import type { KeyedFilter, Asked, Found } from '../providers/search-meilisearch-query.ts';
import type { Meilisearch } from '../providers/search-meilisearch.ts';
import type { SearchEngine, SearchFound, SearchWanted, Suggestions } from '../providers/search.ts';
import { breakWords } from './break-words.ts';
import { indexName } from './engine-settings.ts';
import { LIMITS } from './find-candidates.ts';
import { keysOf, type KeyedNames } from './search-index-queries.ts';
import { namedLike } from './suggest-queries.ts';

const NOTHING: Found = {
  ids: [],
  total: 0,
  total_is_exact: true,
  counts: [],
  price_bounds: null,
  highlights: {},
};

/**
 * @param postgres asked where Meilisearch finds nothing: it finds what has some of the words, and what may have been meant by them
 * @throws SearchEngineError from each of its functions
 */
export function meilisearchEngine(shop: Shop, engine: Meilisearch, postgres: SearchEngine): SearchEngine {
  return {
    name: 'meilisearch',
    async search(wanted) {
      const locales = localesFor(wanted.locale ?? undefined);
      const keys = await keysOf(shop.db, { locales, ...slugsOf(wanted.filter) });
      const found = await find(engine, wanted, keys);
      if (found.total === 0) return postgres.search(wanted);
      const [category = null] = wanted.filter.category === undefined ? [] : keys.category;
      const facets =
        wanted.facets.length === 0
          ? null
          : await nameFacets(
              shop.db,
              {
                values: found.counts,
                min_minor: found.price_bounds?.min_minor ?? null,
                max_minor: found.price_bounds?.max_minor ?? null,
              },
              { facets: wanted.facets, category, locales },
            );
      const { ids, total, total_is_exact, highlights } = found;
      return { ids, total, total_is_exact, facets, highlights, did_you_mean: null } satisfies SearchFound;
    },
    async suggest({ q, locale, currency, limit }) {
      const locales = localesFor(locale ?? undefined);
      const { language } = await keysOf(shop.db, { locales, ...slugsOf({}) });
      const index = indexName(engine.prefix, language);
      const [{ ids, highlights }, places] = await Promise.all([
        breakWords(q).length === 0 ? NOTHING : engine.suggest(index, { q, currency, limit }),
        namedLike(shop.db, { text: q.trim().toLowerCase(), currency, locales, limit }),
      ]);
      return { products: ids, highlights, ...places, did_you_mean: null } satisfies Suggestions;
    },
  };
}

async function find(engine: Meilisearch, wanted: SearchWanted, keys: KeyedNames): Promise<Found> {
  const filter = keyedFilter(wanted.filter, keys);
  const words = breakWords(wanted.q).length;
  // Without words Meilisearch would answer with everything.
  if (!filter || words === 0) return NOTHING;
  const { q, currency, sort, limit, offset, facets } = wanted;
  const asked: Asked = { q, currency, filter, sort, limit, offset, facets, words: 'all' };
  const index = indexName(engine.prefix, keys.language);
  const found = await engine.search(index, asked);
  if (found.total >= LIMITS.enough || words === 1) return found;
  return engine.search(index, { ...asked, words: 'some' });
}

function slugsOf({ category, brand = [], tag = [] }: ListingFilter) {
  return { category: category === undefined ? [] : [category], brand, tag };
}

/** Null when nothing can match, because a slug names nothing. */
function keyedFilter(filter: ListingFilter, keys: KeyedNames): KeyedFilter | null {
  const { category, brand, tag, option, ...plain } = filter;
  const named = { category, brand, tag };
  for (const facet of ['category', 'brand', 'tag'] as const)
    if (named[facet] !== undefined && keys[facet].length === 0) return null;
  return {
    ...plain,
    ...(category !== undefined && { category: keys.category }),
    ...(brand && { brand: keys.brand }),
    ...(tag && { tag: keys.tag }),
    ...(option && {
      option: Object.fromEntries(
        Object.entries(option).map(([name, values]) => {
          const written = writtenOption(name);
          return [written, values.map((value) => `${written}=${value}`)];
        }),
      ),
    }),
  };
}
