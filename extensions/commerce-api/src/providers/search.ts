/**
 * The port to whatever finds products by words. PostgreSQL is the engine of every shop (`search/`); another may stand in front of it
 * (`search-meilisearch.ts`). Lists without words come from the read model and never from here.
 */
import type { FacetName, Facets, ListingFilter, Sort } from '../listings/listing-filter.ts';

export interface SearchWanted {
  /** What the shopper typed. */
  q: string;
  /** The language wanted, such as `de` or `de-AT`; null for the original texts. */
  locale: string | null;
  currency: string;
  filter: ListingFilter;
  sort: Sort;
  limit: number;
  offset: number;
  /** Only these are counted. */
  facets: FacetName[];
}

/** What was found of one product, as HTML: everything but `<mark>` is escaped. Only what holds a mark. */
export interface Highlight {
  name?: string;
  description?: string;
}

export interface SearchFound {
  /** One page, in order. */
  ids: string[];
  /** How many match in all. */
  total: number;
  /** False where counting stopped at what an engine looks at for one search: then `total` is a lower bound. */
  total_is_exact: boolean;
  /** Null when none was asked for. */
  facets: Facets | null;
  /** By product, for those of this page. */
  highlights: Record<string, Highlight>;
  /** Other words, where those typed find little or nothing. */
  did_you_mean: string | null;
}

export interface SuggestWanted {
  /** The beginning of what a shopper types. */
  q: string;
  locale: string | null;
  currency: string;
  limit: number;
}

/** What may be meant while somebody still types. */
export interface Suggestions {
  /** Ids, best first. */
  products: string[];
  /** As in `SearchFound`. */
  highlights: Record<string, Highlight>;
  categories: { slug: string; name: string }[];
  brands: { slug: string; name: string }[];
  did_you_mean: string | null;
}

export interface SearchEngine {
  name: 'postgres' | 'meilisearch';
  search(wanted: SearchWanted): Promise<SearchFound>;
  suggest(wanted: SuggestWanted): Promise<Suggestions>;
}
