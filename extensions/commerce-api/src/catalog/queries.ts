/** All SQL of the catalogue. Reads only: merchants, imports and the admin app write it. */
import type { PriceFacts } from '../core/prices.ts';
import type { ProductKind } from '../core/product-kind.ts';
import { prepared, row, rows, type Queryable } from '../platform/database.ts';

const WANTED_LOCALES = '(select locales from wanted)::text[]';

const VISIBLE = `p.status = 'published' and (p.published_at is null or p.published_at <= now())`;

/** Units of a variant that may be promised: what is free, and what may be owed beyond. `availability` of inventory/ in SQL. */
const promisable = (variant: 'v' | 'part') => `(
  select stock.available + case when ${variant}.allow_backorder and stock.has_level
    then greatest(coalesce(${variant}.backorder_limit - stock.owed, 999999), 0) else 0 end
  from commerce.stock_of(${variant}.id) stock)`;

/** A bundle can be bought while all its parts can, whatever it says of its own stock. */
const STOCK_FLAG = `(case when exists (select from bundle_items b where b.bundle = v.id)
  then not exists (select from bundle_items b join product_variants part on part.id = b.part
    where b.bundle = v.id and part.track_stock and ${promisable('part')} < b.quantity)
  else not v.track_stock or ${promisable('v')} > 0 end)`;

export interface SummaryRow {
  id: string;
  slug: string;
  name: string;
  subtitle: string | null;
  kind: ProductKind;
  options: { name: string; values: string[] }[] | null;
  brand: { slug: string; name: string } | null;
  image_file: string | null;
  image_url: string | null;
  image_alt: string | null;
  rating_average: number | null;
  rating_count: number;
  published_at: string | null;
  /** Whether it is published and has begun. */
  is_visible: boolean;
}

const SUMMARIES = `select p.id, p.slug, coalesce(t.name, p.name) as name, coalesce(t.subtitle, p.subtitle) as subtitle, p.kind,
       p.options, case when b.id is not null then json_build_object('slug', b.slug, 'name', b.name) end as brand,
       coalesce(p.thumbnail, i.file) as image_file, case when p.thumbnail is null then i.url end as image_url,
       coalesce(i.alt, t.name, p.name) as image_alt,
       p.rating_average::float8 as rating_average, p.rating_count, p.published_at, ${VISIBLE} as is_visible
     from products p
     left join brands b on b.id = p.brand
     left join lateral (
       select f.file, f.url, f.alt from products_files f
       where f.product = p.id and (p.thumbnail is null or f.file = p.thumbnail)
       order by f.sort nulls last, f.id limit 1) i on true
     left join lateral ${productTranslation('p.id')} t on true
     where p.id = any((select ids from wanted)::uuid[])`;

export interface VariantRow {
  id: string;
  product: string;
  sku: string;
  title: string;
  option_values: Record<string, string> | null;
  price_minor: number;
  compare_at_price_minor: number | null;
  currency: string;
  in_stock: boolean;
  prices: PriceFacts[];
  barcode: string | null;
  image: string | null;
  image_url: string | null;
  weight_grams: number | null;
  length_mm: number | null;
  width_mm: number | null;
  height_mm: number | null;
  max_per_order: number | null;
}

/** The published variants of products, each with every price in the currency that may count for a shopper in no group. */
const VARIANTS = `select v.id, v.product, v.sku, v.title, v.option_values, v.price_minor, v.compare_at_price_minor, v.currency,
       ${STOCK_FLAG} as in_stock, v.barcode, v.image, v.image_url, v.weight_grams, v.length_mm, v.width_mm,
       v.height_mm, v.max_per_order,
       coalesce((
         select json_agg(json_build_object('price_list', a.price_list, 'kind', pl.kind,
           'priority', coalesce(pl.priority, 0), 'customer_group', pl.customer_group, 'starts_at', pl.starts_at,
           'ends_at', pl.ends_at, 'min_quantity', a.min_quantity, 'amount_minor', a.amount_minor))
         from prices a left join price_lists pl on pl.id = a.price_list
         where a.variant = v.id and a.currency = (select currency from wanted)
           and (a.price_list is null or (pl.status = 'active' and pl.customer_group is null))), '[]'::json) as prices
     from product_variants v
     where v.product = any((select ids from wanted)::uuid[]) and v.status = 'published'
     order by v.sort nulls last, v.sku`;

const FACTS = `(select coalesce(json_agg(s), '[]') from (${SUMMARIES}) s) as summaries,
  (select coalesce(json_agg(v), '[]') from (${VARIANTS}) v) as variants`;

/** What cards are made of, and the database's moment they are made for. */
export interface CardFacts {
  now: Date;
  /** In no particular order. */
  summaries: SummaryRow[];
  variants: VariantRow[];
}

/** One statement, whatever the number of products. Without languages the texts are the original ones. */
export async function cardFacts(
  db: Queryable,
  ids: string[],
  { currency, locales }: { currency: string; locales: string[] },
): Promise<CardFacts> {
  return (await row<CardFacts>(db, CARD_FACTS, [ids, currency, locales])) as CardFacts;
}

const CARD_FACTS = prepared(
  `with wanted as materialized (select ?::uuid[] as ids, ?::text as currency, ?::text[] as locales)
   select now() as now, ${FACTS}`,
);

export interface PageRow {
  description: string | null;
  featured: boolean;
  published_at: string | null;
  seo_title: string | null;
  seo_description: string | null;
  images: { file: string | null; url: string | null; alt: string | null }[];
  categories: { id: string; slug: string; name: string }[];
  tags: { slug: string; name: string }[];
  related: { id: string; relation: 'similar' | 'accessory' | 'upsell' }[];
}

/** Related products are only those that shoppers may see and buy; `depends` has the others too. */
const PAGE = `select coalesce(t.description, m.description) as description, m.featured, m.published_at,
       coalesce(t.seo_title, m.seo_title, t.name, m.name) as seo_title,
       coalesce(t.seo_description, m.seo_description, t.subtitle, m.subtitle) as seo_description,
       array(select json_build_object('file', f.file, 'url', f.url, 'alt', f.alt) from products_files f
         where f.product = m.id order by f.sort nulls last, f.id) as images,
       array(select json_build_object('id', c.id, 'slug', c.slug, 'name', coalesce(ct.name, c.name))
         from products_categories pc join categories c on c.id = pc.category and c.status = 'published'
         ${categoryTranslation()}
         where pc.product = m.id order by pc.sort nulls last, c.name, c.id) as categories,
       array(select json_build_object('slug', g.slug, 'name', g.name)
         from products_tags pt join tags g on g.id = pt.tag where pt.product = m.id order by g.name, g.id) as tags,
       array(select json_build_object('id', p.id, 'relation', r.kind)
         from related_products r join products p on p.id = r.related and p.id <> m.id and ${VISIBLE}
         where r.product = m.id and exists (select from product_variants v where ${sellableVariant()})
         order by r.sort nulls last, p.name, r.id limit 24) as related,
       array(select r.related from related_products r where r.product = m.id) as depends
     from products m
     left join lateral ${productTranslation('m.id')} t on true
     where m.id = (select id from subject)`;

/** From the root down to the first category. Stops where an ancestor is not published or the chain bites its tail. */
const PATH = `with recursive up as (
       select c.id, c.parent, 0 as steps from categories c where c.id = (select (categories[1]->>'id')::uuid from page)
       union
       select c.id, c.parent, up.steps + 1 from up join categories c on c.id = up.parent
       where c.status = 'published' and up.steps < 50)
     select json_build_object('slug', c.slug, 'name', coalesce(ct.name, c.name))
     from up join categories c on c.id = up.id ${categoryTranslation()}
     order by up.steps desc`;

/** What a product page is made of, with what the cards of its related products are made of. */
export interface PageFacts extends CardFacts {
  /** Null when there is no such product. */
  page: (PageRow & { depends: string[] }) | null;
  path: { slug: string; name: string }[];
}

export async function pageFacts(
  db: Queryable,
  id: string,
  { currency, locales }: { currency: string; locales: string[] },
): Promise<PageFacts> {
  return (await row<PageFacts>(db, PAGE_FACTS, [id, currency, locales])) as PageFacts;
}

const PAGE_FACTS = prepared(
  `with subject as materialized (select ?::uuid as id, ?::text as currency, ?::text[] as locales),
   page as materialized (${PAGE.replaceAll('from wanted', 'from subject')}),
   wanted as materialized (select array_append(
       array(select (r->>'id')::uuid from page, unnest(page.related) r), subject.id) as ids, currency, locales from subject)
   select now() as now, (select to_json(page) from page) as page, array(${PATH}) as path, ${FACTS}`,
);

export interface CategoryRow {
  id: string;
  parent: string | null;
  slug: string;
  name: string;
  description: string | null;
  image: string | null;
}

/** Every published category, siblings in their order. */
export function publishedCategories(db: Queryable, locales: string[]): Promise<CategoryRow[]> {
  return rows<CategoryRow>(
    db,
    `select c.id, c.parent, c.slug, coalesce(ct.name, c.name) as name,
       coalesce(ct.description, c.description) as description, c.image
     from categories c ${categoryTranslation('?::text[]')}
     where c.status = 'published' order by c.sort nulls last, c.name, c.id`,
    [locales, locales],
  );
}

/** The translation in the first of the wanted languages that has one. */
function productTranslation(product: 'p.id' | 'm.id'): string {
  return `(
    select x.name, x.subtitle, x.description, x.seo_title, x.seo_description from products_translations x
    where x.product = ${product} and x.language = any(${WANTED_LOCALES})
    order by array_position(${WANTED_LOCALES}, x.language::text) limit 1)`;
}

function categoryTranslation(locales = WANTED_LOCALES): string {
  return `left join lateral (
  select x.name, x.description from categories_translations x
  where x.category = c.id and x.language = any(${locales}) order by array_position(${locales}, x.language::text) limit 1
) ct on true`;
}

/** `v` is a published variant of `p` with a base price in the currency. */
function sellableVariant(): string {
  const currency = '(select currency from wanted)';
  return `v.product = p.id and v.status = 'published' and (v.currency = ${currency} or exists (
      select from prices a
      where a.variant = v.id and a.currency = ${currency} and a.price_list is null and a.min_quantity = 1))`;
}
