/** Narrows, orders and counts products that were found by words. */
import { localesFor } from '../catalog/product-cards.ts';
import type { Queryable } from '../platform/database.ts';
import { countFacets, type CountedFacets } from './count-facets.ts';
import { pageInOrder, pageOfCandidates, resolveFilter, type ShownText } from './filter-queries.ts';
import type { FacetName, ListingFilter, Sort } from './listing-filter.ts';
import { conditionsOf, fragmentsOf, namedIn } from './selection.ts';

export interface WantedCandidates {
  /** Best first. */
  candidates: readonly { product: string; score: number }[];
  /** Whether there are no others: only then it is worth counting how many of them are sold. */
  is_all: boolean;
  /** How many there are, as far as that is known. */
  total: number;
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
  shown: ShownText[];
  /** How many of the candidates fulfil the filter and are sold in the currency; of some candidates in their own order, how many there are. */
  total: number;
  /** Null when none was asked for. */
  facets: CountedFacets['facets'] | null;
}

/** One statement for a page in the order of the search; two where names must be looked up, four with facets. */
export async function listCandidates(db: Queryable, wanted: WantedCandidates): Promise<ListedCandidates> {
  const { filter, currency } = wanted;
  const locales = localesFor(wanted.locale ?? undefined);
  const products = wanted.candidates.map(({ product }) => product);
  const { sort, limit, offset } = wanted;
  const page = { products, currency, locales, limit, offset };
  if (isPlain(wanted)) {
    const { shown, total } = await pageInOrder(db, { ...page, is_counted: wanted.is_all });
    return { shown, total: total ?? wanted.total, facets: null };
  }
  const resolved = await resolveFilter(db, { currency, locales, ...namedIn(filter) });
  const conditions = conditionsOf(filter, resolved);
  const fragments = fragmentsOf(conditions);
  const listed = await pageOfCandidates(db, { ...page, sort, named: resolved.named, conditions: fragments });
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
  return { ...listed, facets: counted?.facets ?? null };
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
