/** Counts what each value would list: with every condition but those of its own facet. */
import type { Queryable } from '../platform/database.ts';
import { ALL_PRODUCTS } from './all-products.ts';
import { candidatesIn, countValues, listedIn, type CountedSet, type ValueCount } from './facet-queries.ts';
import { optionOfFacet, type FacetName, type Facets } from './listing-filter.ts';
import { nameFacets, type RawFacets } from './name-facets.ts';
import { BROAD, fragmentsOf, shelvesOf, type Condition } from './selection.ts';

export interface CountedFacets {
  facets: Facets;
  /** False where a set was larger than what is looked at for one answer. */
  facets_are_exact: boolean;
  /** What was counted: shelves, or all products. */
  shelves: string[];
}

/** Products looked at for one answer, over all sets that are no shelf. */
const MOST_LOOKED_AT = 15_000;
const MOST_OF_ONE = 10_000;

interface Wanted {
  currency: string;
  locales: readonly string[];
  /** The chosen category. */
  category: string | null;
  conditions: readonly Condition[];
  facets: readonly FacetName[];
  /** Only these products; left out, all of them. */
  candidates?: readonly string[];
}

/** A set of products, and what is counted of it. */
interface Counting {
  conditions: readonly Condition[];
  facets: FacetName[];
  /** The one option counted here, or those not counted here. */
  only_option?: string;
  without_options: string[];
}

/** Two statements, whatever is counted. */
export async function countFacets(db: Queryable, wanted: Wanted): Promise<CountedFacets> {
  const countings = countingsOf(wanted);
  const sets = countings.map((counting) => setOf(counting, wanted.candidates === undefined));
  const matching = sets.filter(({ shelf }) => shelf === undefined).length;
  const most = Math.min(MOST_OF_ONE, Math.floor(MOST_LOOKED_AT / Math.max(1, matching)));
  const { currency, category, candidates } = wanted;
  const source = candidates ? candidatesIn(currency, candidates) : listedIn(currency);
  const counts = await countValues(db, { currency, category, source, most }, sets);
  const raw = rawFacets(countings, counts);
  const facets_are_exact = !counts.some(({ facet, count }) => facet === 'looked' && count >= most);
  const shelves = [...new Set(countings.flatMap(({ conditions }) => shelvesOf(conditions)))];
  return { facets: await nameFacets(db, raw, wanted), facets_are_exact, shelves };
}

/** Facets that leave out the same conditions are counted over one set. A category's values lie below it, so that it leaves out none. */
function countingsOf({ conditions, facets }: Wanted): Counting[] {
  const countings = new Map<string, Counting>();
  const add = (left_out: readonly Condition[], facet: FacetName, option: Partial<Counting> = {}) => {
    const kept = conditions.filter((condition) => !left_out.includes(condition));
    const key = JSON.stringify([
      conditions.map((condition) => kept.includes(condition)),
      option.only_option ?? null,
    ]);
    const known = countings.get(key) ?? { conditions: kept, facets: [], without_options: [], ...option };
    known.facets.push(facet);
    if (option.without_options) known.without_options = option.without_options;
    countings.set(key, known);
  };
  for (const facet of facets) {
    const own = facet === 'category' ? [] : conditions.filter((condition) => condition.facet === facet);
    if (facet !== 'option') add(own, facet);
    else {
      const chosen = own.flatMap(({ option }) => option ?? []);
      add([], 'option', { without_options: chosen });
      for (const condition of own) add([condition], 'option', { only_option: condition.option ?? '' });
    }
  }
  return [...countings.values()];
}

function setOf({ conditions, facets }: Counting, is_whole: boolean): CountedSet {
  const [only, ...others] = conditions.filter((condition) => !isInStock(condition));
  const in_stock = conditions.some(isInStock);
  if (is_whole && !only) return { facets, shelf: ALL_PRODUCTS, in_stock };
  if (is_whole && only?.shelf !== undefined && others.length === 0)
    return { facets, shelf: only.shelf, in_stock };
  return { facets, conditions: fragmentsOf(conditions) };
}

/** Whether it asks for what can be bought now, in a shop where that is no exception. */
function isInStock({ value, share }: Condition): boolean {
  return value?.facet === 'in_stock' && value.value === 'true' && share >= BROAD;
}

/** Takes of each set what it was counted for. */
function rawFacets(countings: readonly Counting[], counts: readonly ValueCount[]): RawFacets {
  const raw: RawFacets = { values: [], min_minor: null, max_minor: null };
  for (const { set, facet, value, count } of counts) {
    const counting = countings[set];
    if (!counting) continue;
    const isOfPrices = counting.facets.includes('price');
    if (facet === 'low' && isOfPrices) raw.min_minor = count;
    else if (facet === 'high' && isOfPrices) raw.max_minor = count;
    else if (isCountedFor(counting, facet, value)) raw.values.push({ facet, value, count });
  }
  return raw;
}

function isCountedFor(
  { facets, only_option, without_options }: Counting,
  facet: string,
  value: string,
): boolean {
  if (!facets.some((each) => each === facet)) return false;
  if (facet !== 'option') return true;
  const { name } = optionOfFacet(value);
  return only_option === undefined ? !without_options.includes(name) : name === only_option;
}
