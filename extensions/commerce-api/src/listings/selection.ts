/** From what a storefront asks for to conditions over listings, with what is known of how many fulfil each. */
import { ALL_PRODUCTS } from './all-products.ts';
import { checked, having, type Fragment, type Named, type Resolved } from './filter-queries.ts';
import { optionFacet, type FacetName, type ListingFilter } from './listing-filter.ts';
import type { ShelfKind } from './read-queries.ts';

/** One condition of a filter. */
export interface Condition {
  /** What it narrows, for counts that leave it out. */
  facet: FacetName | 'featured';
  /** Of an option: its name. */
  option?: string;
  /** How many products fulfil it and what share of all they are, as far as is known. */
  products: number;
  share: number;
  fragment: Fragment;
  /** Where it asks for exactly one value that shelves count. */
  value?: { facet: string; value: string };
  /** Where it is a place in the shop. */
  shelf?: string;
}

type Size = Pick<Condition, 'products' | 'share'>;

/** The shelf a filter names, when it names nothing else; undefined when it names more. */
export function plainShelf(filter: ListingFilter): { kind: ShelfKind; slug: string | null } | undefined {
  const { category, brand, tag, ...others } = filter;
  if (Object.values(others).some((each) => each !== undefined)) return undefined;
  const named = [category, brand, tag].filter((each) => each !== undefined);
  if (named.length === 0) return { kind: 'all', slug: null };
  if (named.length > 1) return undefined;
  if (category !== undefined) return { kind: 'category', slug: category };
  const [slug, more] = brand ?? tag ?? [];
  if (slug === undefined || more !== undefined) return undefined;
  return { kind: brand ? 'brand' : 'tag', slug };
}

/** What of a filter is looked up, as `resolveFilter` takes it: the shelves it names, and the counts its conditions are weighed by. */
export function namedIn(filter: ListingFilter): Named {
  return {
    category: filter.category,
    brands: filter.brand ?? [],
    tags: filter.tag ?? [],
    values: [
      ...Object.entries(filter.option ?? {}).flatMap(([name, values]) =>
        values.map((value) => optionFacet(name, value)),
      ),
      ...(filter.in_stock === undefined ? [] : [`in_stock:${filter.in_stock}`]),
      ...(filter.featured === undefined ? [] : [`featured:${filter.featured}`]),
    ],
    steps: [
      ...(filter.min_price === undefined && filter.max_price === undefined ? [] : ['price']),
      ...(filter.min_rating === undefined ? [] : ['rating']),
    ],
  };
}

/**
 * Shelves as a condition: to be found on any of them. One without shelves, because none is there of these names, lets nothing through,
 * and is left out of counts like any other.
 */
export function onShelves(
  facet: 'category' | 'brand' | 'tag',
  shelves: readonly string[],
  size: Size = { products: 0, share: 0 },
): Condition {
  return {
    facet,
    ...size,
    fragment: having(shelves.map((shelf) => `${facet}:${shelf}`)),
    ...oneOf(shelves, (shelf) => ({ value: { facet, value: shelf }, shelf })),
  };
}

/** From this share on, a condition is not worth looking up: what another one finds is checked instead. */
export const BROAD = 0.25;
/** What so few products fulfil needs no second look-up. */
const FEW = 1_000;

/** Conditions as SQL. Where some of them are narrow, an index is asked for those alone. */
export function fragmentsOf(conditions: readonly Condition[]): Fragment[] {
  const looked_up = lookedUp(conditions);
  return conditions.map((condition) =>
    looked_up.length > 0 && !looked_up.includes(condition) ? checked(condition.fragment) : condition.fragment,
  );
}

/** The conditions worth asking an index for: the narrow ones; only the narrowest where that leaves few products. */
export function lookedUp(conditions: readonly Condition[]): Condition[] {
  const narrow = conditions.filter(({ share }) => share < BROAD).sort((a, b) => a.share - b.share);
  const [narrowest] = narrow;
  return narrowest && narrowest.products <= FEW ? [narrowest] : narrow;
}

/** The shelves whose members and order conditions look at. */
export function shelvesOf(conditions: readonly Condition[]): string[] {
  const shelves = conditions.flatMap(({ shelf }) => shelf ?? []);
  return shelves.length > 0 ? shelves : [ALL_PRODUCTS];
}

/** The conditions of a filter. */
export function conditionsOf(filter: ListingFilter, resolved: Resolved): Condition[] {
  const { category, brands, tags } = resolved;
  const total = Math.max(1, resolved.counts[ALL_PRODUCTS] ?? 0);
  const sizeOf = (keys: readonly string[]): Size => {
    const products = Math.min(
      total,
      keys.reduce((sum, key) => sum + (resolved.counts[key] ?? 0), 0),
    );
    return { products, share: products / total };
  };
  const labelled = (facet: 'category' | 'brand' | 'tag', shelves: readonly string[]) =>
    onShelves(facet, shelves, sizeOf(shelves));
  const counted = (facet: FacetName | 'featured', values: readonly string[], option?: string): Condition => ({
    facet,
    ...(option !== undefined && { option }),
    ...sizeOf(values),
    fragment: having(values),
    ...oneOf(values, (value) => ({ value: valueOf(value) })),
  });

  const conditions: Condition[] = [];
  if (filter.category !== undefined)
    conditions.push(labelled('category', category === null ? [] : [category]));
  if (filter.brand !== undefined) conditions.push(labelled('brand', brands));
  if (filter.tag !== undefined) conditions.push(labelled('tag', tags));
  for (const [name, values] of Object.entries(filter.option ?? {})) {
    conditions.push(
      counted(
        'option',
        values.map((value) => optionFacet(name, value)),
        name,
      ),
    );
  }
  if (filter.in_stock !== undefined) conditions.push(counted('in_stock', [`in_stock:${filter.in_stock}`]));
  if (filter.featured !== undefined) conditions.push(counted('featured', [`featured:${filter.featured}`]));
  if (filter.min_price !== undefined || filter.max_price !== undefined) {
    const { min_price: low = 0, max_price: high = Number.MAX_SAFE_INTEGER } = filter;
    conditions.push({
      facet: 'price',
      ...sizeOf(stepsWithin(resolved, 'price', low, high)),
      fragment: { sql: 'l.price_from_minor between ? and ?', bindings: [low, high] },
    });
  }
  if (filter.min_rating !== undefined) {
    conditions.push({
      facet: 'rating',
      ...sizeOf(stepsWithin(resolved, 'rating', Math.floor(filter.min_rating), 5)),
      fragment: { sql: 'l.rating >= ?::real', bindings: [filter.min_rating] },
    });
  }
  return conditions;
}

function oneOf<Value, More>(values: readonly Value[], more: (value: Value) => More): More | object {
  const [first, ...others] = values;
  return first !== undefined && others.length === 0 ? more(first) : {};
}

function valueOf(facet: string): { facet: string; value: string } {
  const end = facet.indexOf(':');
  return { facet: facet.slice(0, end), value: facet.slice(end + 1) };
}

/** The counted steps that begin within a range. That is near enough to weigh a condition by. */
function stepsWithin({ counts }: Resolved, facet: string, low: number, high: number): string[] {
  return Object.keys(counts).filter((key) => {
    if (!key.startsWith(`${facet}:`)) return false;
    const start = Number(key.slice(facet.length + 1));
    return start >= low && start <= high;
  });
}
