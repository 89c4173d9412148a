/** The search every shop has, on PostgreSQL alone. */
import { isPlain, listCandidates } from '../listings/list-candidates.ts';
import type { FacetName, ListingFilter } from '../listings/listing-filter.ts';
import type { Shop } from '../platform/shop.ts';
import type { SearchEngine, SearchFound, SearchWanted } from '../providers/search.ts';
import { highlightProducts } from './highlight-products.ts';
import { rankProducts, type Place } from './rank-products.ts';
import { suggest } from './suggest.ts';

/** What is narrowed, ordered and counted, at most. */
const MOST_CANDIDATES = 1000;

export function postgresEngine(shop: Shop): SearchEngine {
  return {
    name: 'postgres',
    search: (wanted) => search(shop, wanted),
    suggest: (wanted) => suggest(shop, wanted),
  };
}

/**
 * Three statements for a list in its own order, four for another; one more for words hardly anybody has, two more with facets. Where a page
 * does not fill since little of what was found is sold in the currency, all of it is done again, looking further.
 */
async function search(
  shop: Shop,
  wanted: SearchWanted,
  needed = wanted.offset + wanted.limit,
): Promise<SearchFound> {
  const { q, locale, currency, filter, sort, limit, offset, facets } = wanted;
  const ranked = await rankProducts(shop, {
    q,
    locale,
    currency,
    within: placeOf(filter, facets),
    is_thorough: !isPlain(wanted),
    limit: MOST_CANDIDATES,
    needed,
  });
  const { candidates, marked, did_you_mean, is_all, total } = ranked;
  const listed = await listCandidates(shop.db, {
    candidates,
    is_all,
    total,
    filter,
    sort,
    currency,
    locale,
    limit,
    offset,
    facets,
  });
  if (listed.shown.length < limit && ranked.has_further) return search(shop, wanted, MOST_CANDIDATES);
  const highlights = await highlightProducts(shop, listed.shown, marked);
  return {
    ids: listed.shown.map(({ product }) => product),
    total: listed.total,
    total_is_exact: is_all,
    facets: listed.facets,
    highlights,
    did_you_mean,
  };
}

/**
 * Where to look, if the filter names one place: in a corner of the shop more is found than among the best of all of it. Not where other
 * brands or tags are to be counted beside the chosen one; other categories are not.
 */
function placeOf(
  { category, brand = [], tag = [] }: ListingFilter,
  facets: readonly FacetName[],
): Place | null {
  if (category !== undefined) return { category };
  const [brandSlug, ...brands] = brand;
  if (brandSlug !== undefined && brands.length === 0 && !facets.includes('brand'))
    return { brand: brandSlug };
  const [tagSlug, ...tags] = tag;
  if (tagSlug !== undefined && tags.length === 0 && !facets.includes('tag')) return { tag: tagSlug };
  return null;
}
