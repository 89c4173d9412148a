/** From counted values to facets as a storefront shows them: named, in order, prices in round ranges. */
import { compareText } from '../core/compare-text.ts';
import { groupBy } from '../core/group-by.ts';
import { priceRanges } from '../core/price-steps.ts';
import type { Queryable } from '../platform/database.ts';
import { placeNames, type PlaceName } from './facet-queries.ts';
import { optionOfFacet, type FacetName, type Facets, type FacetValue } from './listing-filter.ts';

/** Values of one facet, as listings name them: places by key, options as "Name=Value", prices by the beginning of their step. */
export interface RawFacets {
  values: { facet: string; value: string; count: number }[];
  min_minor: number | null;
  max_minor: number | null;
}

/** Of each facet the values most products have; a storefront shows fewer. */
const MOST_VALUES = 100;

/**
 * Names counts. With a category chosen, categories are those below it and itself: of these it does not matter whether its own condition
 * holds. One statement, none where no places were counted.
 */
export async function nameFacets(
  db: Queryable,
  raw: RawFacets,
  wanted: { facets: readonly FacetName[]; category: string | null; locales: readonly string[] },
): Promise<Facets> {
  const byFacet = groupBy(raw.values, ({ facet }) => facet);
  const of = (facet: string) => byFacet.get(facet) ?? [];
  const places = ['category', 'brand', 'tag'].flatMap(of);
  const named =
    places.length === 0
      ? []
      : await placeNames(
          db,
          places.map(({ value }) => value),
          wanted.category,
          wanted.locales,
        );
  const nameOf = new Map(named.map((place) => [place.id, place]));
  const facets: Facets = {};
  for (const facet of wanted.facets) {
    switch (facet) {
      case 'category':
      case 'brand':
      case 'tag':
        facets[facet] = placeValues(of(facet), nameOf);
        break;
      case 'price':
        facets.price = {
          min_minor: raw.min_minor,
          max_minor: raw.max_minor,
          ranges: priceRanges(of('price').map(({ value, count }) => ({ start: Number(value), count }))),
        };
        break;
      case 'rating':
        facets.rating = [4, 3, 2, 1].map((from) => ({
          from,
          count: sum(of('rating').filter(({ value }) => Number(value) >= from)),
        }));
        break;
      case 'in_stock':
        facets.in_stock = [true, false].map((value) => ({
          value,
          count: sum(of('in_stock').filter((each) => each.value === String(value))),
        }));
        break;
      case 'option':
        facets.option = optionValues(of('option'));
        break;
    }
  }
  return facets;
}

function placeValues(
  counts: readonly { value: string; count: number }[],
  nameOf: ReadonlyMap<string, PlaceName>,
): FacetValue[] {
  const values = counts.flatMap(({ value, count }) => {
    const place = nameOf.get(value);
    return place ? [{ value: place.slug, label: place.name, count }] : [];
  });
  return values.sort(byCount).slice(0, MOST_VALUES);
}

function optionValues(counts: readonly { value: string; count: number }[]): NonNullable<Facets['option']> {
  const options = counts.map(({ value, count }) => ({ ...optionOfFacet(value), count }));
  return [...groupBy(options, ({ name }) => name)]
    .map(([name, values]) => ({
      name,
      values: values
        .map(({ value, count }) => ({ value, label: value, count }))
        .sort(byCount)
        .slice(0, MOST_VALUES),
    }))
    .sort((a, b) => sum(b.values) - sum(a.values) || compareText(a.name, b.name));
}

function byCount(a: FacetValue, b: FacetValue): number {
  return b.count - a.count || compareText(a.label, b.label) || compareText(a.value, b.value);
}

function sum(counts: readonly { count: number }[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
