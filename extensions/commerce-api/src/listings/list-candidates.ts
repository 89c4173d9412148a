/** Narrows, orders and counts products that were found by words. */
import { localesFor } from '../catalog/product-cards.ts';
import type { Queryable } from '../platform/database.ts';
import { countFacets, type CountedFacets } from './count-facets.ts';
import { pageOfCandidates, resolveFilter } from './filter-queries.ts';
import type { FacetName, ListingFilter, Sort } from './listing-filter.ts';
import { conditionsOf, fragmentsOf, namedIn } from './selection.ts';

export interface WantedCandidates {
  /** Best first. */
  candidates: readonly { product: string; score: number }[];
  filter: ListingFilter;
  /** `relevance` keeps the order of the candidates. */
  sort: Sort;
  currency: string;
  locale: string | null;
  limit: number;
  offset: number;
  facets: readonly FacetName[];
}

export interface ListedCandidates {
  /** One page, in order. */
  ids: string[];
  /** How many of the candidates fulfil the filter and are sold in the currency. */
  total: number;
  /** Null when none was asked for. */
  facets: CountedFacets['facets'] | null;
}

/** One statement for a page in the order of the search; two where names must be looked up, four with facets. */
export async function listCandidates(db: Queryable, wanted: WantedCandidates): Promise<ListedCandidates> {
  const { filter, currency } = wanted;
  if (isPlain(wanted)) return { ...(await plainPage(db, wanted)), facets: null };
  const locales = localesFor(wanted.locale ?? undefined);
  const resolved = await resolveFilter(db, { currency, locales, ...namedIn(filter) });
  const conditions = conditionsOf(filter, resolved);
  const products = wanted.candidates.map(({ product }) => product);
  const page = await pageOfCandidates(db, {
    products,
    currency,
    named: resolved.named,
    conditions: fragmentsOf(conditions),
    sort: wanted.sort,
    limit: wanted.limit,
    offset: wanted.offset,
  });
  const { category } = resolved;
  const counted =
    wanted.facets.length > 0
      ? await countFacets(db, {
          currency,
          locales,
          category,
          conditions,
          facets: wanted.facets,
          candidates: products,
        })
      : null;
  return { ...page, facets: counted?.facets ?? null };
}

/** Nothing is looked at but who was found. */
export function isPlain({
  filter,
  sort,
  facets,
}: Pick<WantedCandidates, 'filter' | 'sort' | 'facets'>): boolean {
  return (
    sort === 'relevance' && facets.length === 0 && Object.values(filter).every((each) => each === undefined)
  );
}

function plainPage(
  db: Queryable,
  { candidates, currency, sort, limit, offset }: WantedCandidates,
): Promise<{ ids: string[]; total: number }> {
  const products = candidates.map(({ product }) => product);
  return pageOfCandidates(db, { products, currency, named: '', conditions: [], sort, limit, offset });
}
