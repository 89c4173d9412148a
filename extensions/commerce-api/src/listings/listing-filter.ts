/** What a listing may be narrowed to, how it may be ordered, and what is counted beside it. */

export const SORTS = [
  'newest',
  'oldest',
  'name',
  '-name',
  'price',
  '-price',
  'featured',
  'popular',
  'rating',
  'relevance',
] as const;
export type Sort = (typeof SORTS)[number];

export const FACET_NAMES = ['category', 'brand', 'tag', 'price', 'rating', 'in_stock', 'option'] as const;
export type FacetName = (typeof FACET_NAMES)[number];

/** All conditions hold together; within one that takes several values, any of them does. Slugs that name nothing match nothing. */
export interface ListingFilter {
  /** Slug: products of the category or of anything published below it. */
  category?: string | undefined;
  /** Slugs. */
  brand?: string[] | undefined;
  tag?: string[] | undefined;
  /** Of the cheapest variant, in minor units of the listing's currency; both ends belong to the range. */
  min_price?: number | undefined;
  max_price?: number | undefined;
  min_rating?: number | undefined;
  in_stock?: boolean | undefined;
  featured?: boolean | undefined;
  /** Name of an option → values. */
  option?: Record<string, string[]> | undefined;
}

export interface FacetValue {
  /** What the parameter of the same name takes. */
  value: string;
  label: string;
  count: number;
}

/** Counts of what each value would list, with every condition except those of its own facet. */
export interface Facets {
  category?: FacetValue[];
  brand?: FacetValue[];
  tag?: FacetValue[];
  /** Of the cheapest variants, in minor units; null bounds where nothing is listed. */
  price?: {
    min_minor: number | null;
    max_minor: number | null;
    ranges: { from_minor: number; to_minor: number | null; count: number }[];
  };
  /** "and up": how many are rated so much or better. */
  rating?: { from: number; count: number }[];
  in_stock?: { value: boolean; count: number }[];
  option?: { name: string; values: FacetValue[] }[];
}

/** The name of an option as it stands before the equals sign. */
export function writtenOption(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('=', '%3D');
}

/** How a value of an option is kept and counted. */
export function optionFacet(name: string, value: string): string {
  return `option:${writtenOption(name)}=${value}`;
}

/** Back from what follows `option:`. */
export function optionOfFacet(value: string): { name: string; value: string } {
  const end = value.indexOf('=');
  return {
    name: decodeURIComponent(value.slice(0, end).replaceAll(/%(?!25|3D)/g, '%25')),
    value: value.slice(end + 1),
  };
}
