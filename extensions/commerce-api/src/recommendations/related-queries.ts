/** SQL of what goes with one product. */
import { prepared, rows, type Queryable } from '../platform/database.ts';
import type { RelatedCard, RelatedInput } from './shapes.ts';

export interface RelatedRow {
  currency: string | null;
  /** The product itself; null where there is none of this name. */
  product: string | null;
  /** Null in the one row of a product that nothing goes with. */
  related: string | null;
  reason: RelatedCard['reason'];
  /** The shelf it is popular on. */
  shelf: string | null;
}

export interface RelatedWanted {
  slug: string;
  currency: string | undefined;
  kind: RelatedInput['kind'];
  limit: number;
}

/**
 * What goes with a product, best first, each once for its best reason: what the merchant chose, what is bought together, what is
 * similar, what sells in its smallest category, what sells at all. Of published products; whether each can be seen and bought is
 * for who reads its card.
 */
export function relatedCandidates(
  db: Queryable,
  { slug, currency, kind, limit }: RelatedWanted,
): Promise<RelatedRow[]> {
  return rows<RelatedRow>(db, CANDIDATES, [currency ?? null, slug, kind, limit, limit, limit]);
}

const CANDIDATES = prepared(
  `with at as materialized (
     select coalesce(?::text, (select currency from shop_settings limit 1)) as currency,
       (select p.id from products p where p.slug = ?) as product, ?::text as kind
   ), category as materialized (
     select pc.category as id from at join products_categories pc on pc.product = at.product
     join commerce.shelf_facets f on f.shelf = pc.category and f.currency = at.currency and f.facet = 'total' and f.value = ''
     where at.kind = 'all' order by f.products, pc.category limit 1
   ), candidates as (
     select rp.related, case rp.kind when 'similar' then 'alternative' else rp.kind end as reason, 1 as tier,
         row_number() over (order by rp.sort nulls last, rp.id) as place, null::uuid as shelf
       from at join related_products rp on rp.product = at.product where at.kind = 'all' or at.kind = rp.kind
     union all
     select a.related, a.kind, case a.kind when 'bought_together' then 2 else 3 end, a.rank, null
       from at join commerce.product_affinities a on a.product = at.product and at.kind in ('all', a.kind)
     union all
     (select e.product, 'popular', 4, row_number() over (order by e.popularity_rank, e.age_rank, e.product), e.shelf
       from at join category on true join commerce.shelf_entries e on e.shelf = category.id and e.currency = at.currency
       where e.popularity_rank < 0 order by e.popularity_rank, e.age_rank, e.product limit ?)
     union all
     (select e.product, 'popular', 5, row_number() over (order by e.popularity_rank, e.age_rank, e.product), e.shelf
       from at join commerce.shelf_entries e on e.shelf = '00000000-0000-0000-0000-000000000000' and e.currency = at.currency
       where at.kind = 'all' and e.popularity_rank < 0 order by e.popularity_rank, e.age_rank, e.product limit ?)
   ), best as (
     select distinct on (c.related) c.* from candidates c join at on c.related <> at.product
     join products p on p.id = c.related and p.status = 'published' order by c.related, c.tier, c.place
   ), listed as (
     select related, reason, tier, place, shelf from best order by tier, place limit ?
   )
   select at.currency, at.product, listed.related, listed.reason, listed.shelf from at left join listed on true order by listed.tier, listed.place`,
);
