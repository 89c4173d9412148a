/** What of products decides whether, where and with what counts a listing shows them. */
import type { Aspect } from '../platform/http.ts';
import type { FacetName, ListingFilter, Sort } from './listing-filter.ts';

const OF_SORT: Record<Sort, Aspect[]> = {
  newest: ['newest'],
  oldest: ['newest'],
  name: ['name'],
  '-name': ['name'],
  price: ['price'],
  '-price': ['price'],
  featured: ['featured', 'newest'],
  popular: ['popularity', 'newest'],
  rating: ['rating', 'newest'],
  relevance: ['popularity', 'stock'],
};

const OF_FACET: Record<FacetName, Aspect[]> = {
  category: ['options'],
  brand: ['options'],
  tag: ['options'],
  option: ['options'],
  price: ['price'],
  rating: ['rating'],
  in_stock: ['stock'],
};

export function aspectsOf(
  sort: Sort,
  filter: ListingFilter,
  facets: readonly FacetName[],
  by_words: boolean,
): Aspect[] {
  const aspects = new Set<Aspect>([
    'membership',
    ...OF_SORT[sort],
    ...facets.flatMap((facet) => OF_FACET[facet]),
  ]);
  if (by_words) aspects.add('text');
  if (filter.min_price !== undefined || filter.max_price !== undefined) aspects.add('price');
  if (filter.min_rating !== undefined) aspects.add('rating');
  if (filter.in_stock !== undefined) aspects.add('stock');
  if (filter.featured !== undefined) aspects.add('featured');
  if (filter.option || filter.brand || filter.tag || filter.category !== undefined) aspects.add('options');
  return [...aspects];
}
