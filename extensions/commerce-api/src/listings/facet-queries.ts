/** SQL that counts values beside a listing, and names them. */
import { rows, type Queryable } from '../platform/database.ts';
import { allOf, type Fragment } from './filter-queries.ts';

/** How many products have a value, in one set of products. */
export interface ValueCount {
  /** Which set, by its place in what was asked. */
  set: number;
  /** A facet of listings; or `low` and `high`, whose count is a price; or `looked`, whose count is the size of the set. */
  facet: string;
  value: string;
  count: number;
}

export interface CountedSet {
  /** Facets to count, as listings name them. */
  facets: readonly string[];
  /** A shelf, or what of it can be bought now: their counts are kept. */
  shelf?: string;
  in_stock?: boolean;
  /** Else what narrows `source`. */
  conditions?: readonly Fragment[];
}

/** Where sets without a shelf are taken from: something that calls listings `l`. */
export function listedIn(currency: string): Fragment {
  return { sql: 'commerce.listings l where l.currency = ?', bindings: [currency] };
}

/** Some products and no others. */
export function candidatesIn(currency: string, products: readonly string[]): Fragment {
  return {
    sql: `unnest(?::uuid[]) candidate (product) join commerce.listings l on l.product = candidate.product and l.currency = ? where true`,
    bindings: [products, currency],
  };
}

/** One statement. Of a set without a shelf, `most` products are looked at; of the categories of one with a shelf those below `category`. */
export function countValues(
  db: Queryable,
  {
    currency,
    category,
    source,
    most,
  }: { currency: string; category: string | null; source: Fragment; most: number },
  sets: readonly CountedSet[],
): Promise<ValueCount[]> {
  const parts = sets.map(
    (each, index): Fragment =>
      each.shelf === undefined
        ? countOfMatching(index, each, source, most)
        : countOfShelf(index, { shelf: each.shelf, currency, category }, each),
  );
  return rows<ValueCount>(
    db,
    parts.map(({ sql }) => `(${sql})`).join(' union all '),
    parts.flatMap(({ bindings }) => bindings),
  );
}

/**
 * Of each facet of a shelf so many values at most, those most products have. Brands and tags are shown as they are; of categories only
 * those below the chosen one, options by their names, and prices in ranges.
 */
function mostOfShelf(facet: string): number {
  return facet === 'brand' || facet === 'tag' ? 150 : 400;
}

/** So many categories are looked up one by one. Of more, most of what is on their shelf is in them as well, so that the commonest will do. */
const FEW_BELOW = 300;

/** A category with everything below it that is published. */
const SUBTREE = `subtree as (
       select c.id from categories c where c.id = ?::uuid
       union
       select c.id from subtree s cross join lateral (
         select id from categories below where below.parent = s.id and below.status = 'published' offset 0) c)`;

function countOfShelf(
  set: number,
  { shelf, currency, category }: { shelf: string; currency: string; category: string | null },
  { facets, in_stock = false }: CountedSet,
): Fragment {
  const products = in_stock ? 'f.in_stock' : 'f.products';
  const only = in_stock
    ? 'cross join lateral (select from commerce.listings l where l.currency = e.currency and l.product = e.product and l.in_stock offset 0) l'
    : '';
  const end = (name: string, direction: string): Fragment => ({
    sql: `(select ${set}, '${name}', '', e.price_minor from commerce.shelf_entries e ${only} where e.shelf = ? and e.currency = ?
      order by e.price_minor ${direction} limit 1)`,
    bindings: [shelf, currency],
  });
  const top = (of: readonly string[]): Fragment => ({
    sql: `select ${set} as set, asked.facet, f.value, f.counted::bigint as count
      from unnest(?::text[], ?::int[]) asked (facet, most) cross join lateral (
        select value, ${products} as counted from commerce.shelf_facets f
        where f.shelf = ? and f.currency = ? and f.facet = asked.facet and ${products} > 0
        order by f.products desc limit asked.most) f`,
    bindings: [of, of.map(mostOfShelf), shelf, currency],
  });
  const below = (within: string): Fragment => {
    const commonest = top(['category']);
    return {
      sql: `(with recursive ${SUBTREE}, near as materialized (select id from subtree limit ${FEW_BELOW + 1})
        select ${set} as set, 'category' as facet, f.value, f.counted::bigint as count
        from near cross join lateral (
          select value, ${products} as counted from commerce.shelf_facets f
          where f.shelf = ? and f.currency = ? and f.facet = 'category' and f.value = near.id::text and ${products} > 0 offset 0) f
        where (select count(*) from near) <= ${FEW_BELOW}
        union all select * from (${commonest.sql}) commonest where (select count(*) from near) > ${FEW_BELOW})`,
      bindings: [within, shelf, currency, ...commonest.bindings],
    };
  };
  const parts =
    category !== null && facets.includes('category')
      ? [top(facets.filter((facet) => facet !== 'category')), below(category)]
      : [top(facets)];
  if (facets.includes('price')) parts.push(end('low', ''), end('high', 'desc'));
  return {
    sql: parts.map(({ sql }) => sql).join(' union all '),
    bindings: parts.flatMap(({ bindings }) => bindings),
  };
}

function countOfMatching(
  set: number,
  { facets, conditions = [] }: CountedSet,
  source: Fragment,
  most: number,
): Fragment {
  const where = allOf(conditions);
  return {
    sql: `with matching as materialized (
        select l.facets, l.price_from_minor from ${source.sql}${where.sql} limit ?)
      select ${set} as set, split_part(named, ':', 1) as facet, substr(named, strpos(named, ':') + 1) as value, count(*) as count
      from matching, unnest(facets) named where split_part(named, ':', 1) = any(?::text[]) group by named
      union all select ${set}, 'low', '', min(price_from_minor) from matching having count(*) > 0
      union all select ${set}, 'high', '', max(price_from_minor) from matching having count(*) > 0
      union all select ${set}, 'looked', '', count(*) from matching`,
    bindings: [...source.bindings, ...where.bindings, most, facets],
  };
}

/** A place of the shop, by its key. */
export interface PlaceName {
  id: string;
  facet: 'category' | 'brand' | 'tag';
  slug: string;
  name: string;
}

/** Categories only within a published subtree, if one is named. */
export function placeNames(
  db: Queryable,
  ids: readonly string[],
  within: string | null,
  locales: readonly string[],
): Promise<PlaceName[]> {
  return rows<PlaceName>(
    db,
    `with recursive ${SUBTREE}
     select c.id, 'category' as facet, c.slug, coalesce(t.name, c.name) as name
     from categories c left join lateral (
       select x.name from categories_translations x where x.category = c.id and x.language = any(?::text[])
       order by array_position(?::text[], x.language::text) limit 1) t on true
     where c.id = any(?::uuid[]) and (?::uuid is null or c.id in (select id from subtree))
     union all select b.id, 'brand', b.slug, b.name from brands b where b.id = any(?::uuid[])
     union all select g.id, 'tag', g.slug, g.name from tags g where g.id = any(?::uuid[])`,
    [within, locales, locales, ids, within, ids, ids],
  );
}
