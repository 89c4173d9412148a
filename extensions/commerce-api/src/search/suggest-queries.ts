import { row, type Queryable } from '../platform/database.ts';

export interface NamedPlaces {
  categories: { slug: string; name: string }[];
  brands: { slug: string; name: string }[];
}

const SHOWN = `exists (select from commerce.shelf_facets f
  where f.shelf = place.id and f.currency = asked.currency and f.facet = 'total' and f.value = '' and f.products > 0)`;

/** Categories and brands with something for sale whose name has a word that begins like this; those that begin with it come first. */
export async function namedLike(
  db: Queryable,
  {
    text,
    currency,
    locales,
    limit,
  }: { text: string; currency: string; locales: readonly string[]; limit: number },
): Promise<NamedPlaces> {
  const begins = text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
  const found = await row<NamedPlaces>(
    db,
    `with asked as materialized (
       select ?::text as begins, ?::text as within, ?::text as currency, ?::text[] as locales, ?::int as most)
     select (select coalesce(json_agg(json_build_object('slug', slug, 'name', name)), '[]') from (
         select place.slug, coalesce(t.name, place.name) as name from asked
         join categories place on place.status = 'published'
           and (lower(place.name) like asked.begins or lower(place.name) like asked.within)
         left join lateral (
           select x.name from categories_translations x where x.category = place.id and x.language = any(asked.locales)
           order by array_position(asked.locales, x.language::text) limit 1) t on true
         where ${SHOWN}
         order by lower(place.name) not like asked.begins, length(place.name), place.name, place.id
         limit (select most from asked)) named) as categories,
       (select coalesce(json_agg(json_build_object('slug', slug, 'name', name)), '[]') from (
         select place.slug, place.name from asked
         join brands place on lower(place.name) like asked.begins or lower(place.name) like asked.within
         where ${SHOWN}
         order by lower(place.name) not like asked.begins, length(place.name), place.name, place.id
         limit (select most from asked)) named) as brands`,
    [`${begins}%`, `% ${begins}%`, currency, locales, limit],
  );
  return found ?? { categories: [], brands: [] };
}
