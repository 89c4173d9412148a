/** All SQL of the catalogue. Reads only: merchants, imports and the admin app write it. */
import type { PriceFacts } from '../core/prices.ts';
import type { ProductKind } from '../core/product-kind.ts';
import { row, rows, type Queryable } from '../platform/database.ts';
import type { Sort } from './shapes.ts';

export interface ProductFilter {
  currency: string;
  locales: string[];
  category?: string | undefined;
  brand?: string | undefined;
  tag?: string | undefined;
  featured?: boolean | undefined;
  in_stock?: boolean | undefined;
}

/** A piece of SQL and what its question marks stand for, so that the two cannot drift apart. */
interface Fragment {
  sql: string;
  bindings: unknown[];
}

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

/** The currency of the shop and the database's moment, by which carts are priced too. Undefined without settings. */
export function shopMoment(db: Queryable): Promise<{ currency: string; now: Date } | undefined> {
  return row(db, 'select currency, now() as now from shop_settings limit 1');
}

/** One page of ids in order, and how many products there are in all. One statement. */
export async function productIds(
  db: Queryable,
  filter: ProductFilter,
  page: { sort: Sort; limit: number; offset: number },
): Promise<{ total: number; ids: string[] }> {
  const where = matching(filter, sellableVariant(filter.currency));
  const counted = matching(filter, sellableVariantAmongAll(filter.currency));
  const order = ordering(page.sort, filter);
  const found = await row<{ total: number; ids: string[] }>(
    db,
    `select (select count(*) from products p where ${counted.sql}) as total,
       array(select p.id::text from products p where ${where.sql} order by ${order.sql} limit ? offset ?) as ids`,
    [...counted.bindings, ...where.bindings, ...order.bindings, page.limit, page.offset],
  );
  return found ?? { total: 0, ids: [] };
}

/** The id of a product that shoppers may see and buy in this currency. */
export async function visibleProductId(
  db: Queryable,
  slug: string,
  currency: string,
): Promise<string | undefined> {
  const sellable = sellableVariant(currency);
  const found = await row<{ id: string }>(
    db,
    `select p.id from products p where p.slug = ? and ${VISIBLE}
       and exists (select from product_variants v where ${sellable.sql})`,
    [slug, ...sellable.bindings],
  );
  return found?.id;
}

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
}

/** What cards show of products, in no particular order. */
export function productSummaries(db: Queryable, ids: string[], locales: string[]): Promise<SummaryRow[]> {
  return rows<SummaryRow>(
    db,
    `select p.id, p.slug, coalesce(t.name, p.name) as name, coalesce(t.subtitle, p.subtitle) as subtitle, p.kind,
       p.options, case when b.id is not null then json_build_object('slug', b.slug, 'name', b.name) end as brand,
       coalesce(p.thumbnail, i.file) as image_file, case when p.thumbnail is null then i.url end as image_url,
       coalesce(i.alt, t.name, p.name) as image_alt,
       p.rating_average::float8 as rating_average, p.rating_count
     from products p
     left join brands b on b.id = p.brand
     left join lateral (
       select f.file, f.url, f.alt from products_files f
       where f.product = p.id and (p.thumbnail is null or f.file = p.thumbnail)
       order by f.sort nulls last, f.id limit 1) i on true
     left join lateral ${productTranslation('p.id')} t on true
     where p.id = any(?::uuid[])`,
    [locales, locales, ids],
  );
}

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

/** The published variants of products, each with every price in `currency` that may count for a shopper in no group. */
export function publishedVariants(
  db: Queryable,
  products: string[],
  currency: string,
): Promise<VariantRow[]> {
  return rows<VariantRow>(
    db,
    `select v.id, v.product, v.sku, v.title, v.option_values, v.price_minor, v.compare_at_price_minor, v.currency,
       ${STOCK_FLAG} as in_stock, v.barcode, v.image, v.image_url, v.weight_grams, v.length_mm, v.width_mm,
       v.height_mm, v.max_per_order,
       coalesce((
         select json_agg(json_build_object('price_list', a.price_list, 'kind', pl.kind,
           'priority', coalesce(pl.priority, 0), 'customer_group', pl.customer_group, 'starts_at', pl.starts_at,
           'ends_at', pl.ends_at, 'min_quantity', a.min_quantity, 'amount_minor', a.amount_minor))
         from prices a left join price_lists pl on pl.id = a.price_list
         where a.variant = v.id and a.currency = ?
           and (a.price_list is null or (pl.status = 'active' and pl.customer_group is null))), '[]'::json) as prices
     from product_variants v
     where v.product = any(?::uuid[]) and v.status = 'published'
     order by v.sort nulls last, v.sku`,
    [currency, products],
  );
}

export interface PageRow {
  description: string | null;
  featured: boolean;
  published_at: Date | null;
  seo_title: string | null;
  seo_description: string | null;
  images: { file: string | null; url: string | null; alt: string | null }[];
  categories: { id: string; slug: string; name: string }[];
  tags: { slug: string; name: string }[];
  related: { id: string; relation: 'similar' | 'accessory' | 'upsell' }[];
}

/** What a product page shows beyond its card. Related products are only those that shoppers may see and buy. */
export async function productPage(
  db: Queryable,
  id: string,
  currency: string,
  locales: string[],
): Promise<PageRow | undefined> {
  const sellable = sellableVariant(currency);
  return row<PageRow>(
    db,
    `select coalesce(t.description, m.description) as description, m.featured, m.published_at,
       coalesce(t.seo_title, m.seo_title, t.name, m.name) as seo_title,
       coalesce(t.seo_description, m.seo_description, t.subtitle, m.subtitle) as seo_description,
       array(select json_build_object('file', f.file, 'url', f.url, 'alt', f.alt) from products_files f
         where f.product = m.id order by f.sort nulls last, f.id) as images,
       array(select json_build_object('id', c.id, 'slug', c.slug, 'name', coalesce(ct.name, c.name))
         from products_categories pc join categories c on c.id = pc.category and c.status = 'published'
         ${CATEGORY_TRANSLATION}
         where pc.product = m.id order by pc.sort nulls last, c.name, c.id) as categories,
       array(select json_build_object('slug', g.slug, 'name', g.name)
         from products_tags pt join tags g on g.id = pt.tag where pt.product = m.id order by g.name, g.id) as tags,
       array(select json_build_object('id', p.id, 'relation', r.kind)
         from related_products r join products p on p.id = r.related and p.id <> m.id and ${VISIBLE}
         where r.product = m.id and exists (select from product_variants v where ${sellable.sql})
         order by r.sort nulls last, p.name, r.id limit 24) as related
     from products m
     left join lateral ${productTranslation('m.id')} t on true
     where m.id = ?`,
    [locales, locales, ...sellable.bindings, locales, locales, id],
  );
}

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
     from categories c ${CATEGORY_TRANSLATION}
     where c.status = 'published' order by c.sort nulls last, c.name, c.id`,
    [locales, locales],
  );
}

/** How many products each published category shows, with what is below it; a product counts once per category. */
export function productCounts(
  db: Queryable,
  currency: string,
): Promise<{ category: string; products: number }[]> {
  const sellable = sellableVariantAmongAll(currency);
  return rows(
    db,
    `with recursive branch as (
       select c.id as category, c.id as below from categories c where c.status = 'published'
       union
       select b.category, c.id from branch b join categories c on c.parent = b.below and c.status = 'published')
     select b.category, count(distinct p.id) as products
     from branch b
     join products_categories pc on pc.category = b.below
     join products p on p.id = pc.product and ${VISIBLE}
     where exists (select from product_variants v where ${sellable.sql})
     group by b.category`,
    sellable.bindings,
  );
}

/** From the root down to a category. Stops where an ancestor is not published or the chain bites its tail. */
export function categoryPath(
  db: Queryable,
  category: string,
  locales: string[],
): Promise<{ slug: string; name: string }[]> {
  return rows(
    db,
    `with recursive up as (
       select c.id, c.parent, 0 as steps from categories c where c.id = ?
       union
       select c.id, c.parent, up.steps + 1 from up join categories c on c.id = up.parent
       where c.status = 'published' and up.steps < 50)
     select c.slug, coalesce(ct.name, c.name) as name
     from up join categories c on c.id = up.id ${CATEGORY_TRANSLATION}
     order by up.steps desc`,
    [category, locales, locales],
  );
}

/** The translation in the first of the wanted languages that has one. Binds the languages twice. */
function productTranslation(product: 'p.id' | 'm.id'): string {
  return `(
    select x.name, x.subtitle, x.description, x.seo_title, x.seo_description from products_translations x
    where x.product = ${product} and x.language = any(?::text[])
    order by array_position(?::text[], x.language::text) limit 1)`;
}

const CATEGORY_TRANSLATION = `left join lateral (
  select x.name, x.description from categories_translations x
  where x.category = c.id and x.language = any(?::text[]) order by array_position(?::text[], x.language::text) limit 1
) ct on true`;

/** `v` is a published variant of `p` with a base price in the currency. */
function sellableVariant(currency: string): Fragment {
  return {
    sql: `v.product = p.id and v.status = 'published' and (v.currency = ? or exists (
      select from prices a
      where a.variant = v.id and a.currency = ? and a.price_list is null and a.min_quantity = 1))`,
    bindings: [currency, currency],
  };
}

/** The same, for looking at every product: reads the prices once rather than once per variant. */
function sellableVariantAmongAll(currency: string): Fragment {
  return {
    sql: `v.product = p.id and v.status = 'published' and (v.currency = ? or v.id in (
      select a.variant from prices a where a.currency = ? and a.price_list is null and a.min_quantity = 1))`,
    bindings: [currency, currency],
  };
}

function matching(filter: ProductFilter, sellable: Fragment): Fragment {
  const parts: Fragment[] = [{ sql: VISIBLE, bindings: [] }];
  const any = `exists (select from product_variants v where ${sellable.sql}`;
  if (filter.in_stock !== true) parts.push({ sql: `${any})`, bindings: sellable.bindings });
  if (filter.in_stock !== undefined) {
    const sql = `${filter.in_stock ? '' : 'not '}${any} and ${STOCK_FLAG})`;
    parts.push({ sql, bindings: sellable.bindings });
  }
  if (filter.category !== undefined) parts.push({ sql: IN_CATEGORY, bindings: [filter.category] });
  if (filter.brand !== undefined) {
    parts.push({ sql: 'p.brand = (select b.id from brands b where b.slug = ?)', bindings: [filter.brand] });
  }
  if (filter.tag !== undefined) {
    const sql = `p.id in (select pt.product from products_tags pt join tags g on g.id = pt.tag where g.slug = ?)`;
    parts.push({ sql, bindings: [filter.tag] });
  }
  if (filter.featured !== undefined) {
    parts.push({ sql: filter.featured ? 'p.featured' : 'not p.featured', bindings: [] });
  }
  return {
    sql: parts.map((part) => part.sql).join(' and '),
    bindings: parts.flatMap((part) => part.bindings),
  };
}

const IN_CATEGORY = `p.id in (
  with recursive subtree as (
    select c.id from categories c where c.slug = ? and c.status = 'published'
    union
    select c.id from categories c join subtree s on c.parent = s.id where c.status = 'published')
  select pc.product from products_categories pc join subtree s on s.id = pc.category)`;

const NEWEST = 'coalesce(p.published_at, p.created_at) desc, p.id';

function ordering(sort: Sort, filter: ProductFilter): Fragment {
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
  switch (sort) {
    case 'newest':
      return { sql: NEWEST, bindings: [] };
    case 'featured':
      return { sql: `p.featured desc, p.sort nulls last, ${NEWEST}`, bindings: [] };
    case 'name':
    case '-name': {
      if (filter.locales.length === 0) return { sql: `lower(p.name) ${direction}, p.id`, bindings: [] };
      const translated = `(select t.name from ${productTranslation('p.id')} t)`;
      return {
        sql: `lower(coalesce(${translated}, p.name)) ${direction}, p.id`,
        bindings: [filter.locales, filter.locales],
      };
    }
    case 'price':
    case '-price': {
      const lowest = lowestPrice(filter.currency);
      return { sql: `${lowest.sql} ${direction}, p.id`, bindings: lowest.bindings };
    }
  }
}

/**
 * The lowest price of `p` for one unit and no customer group. The rule is `choosePrice` of core, said once more in SQL because
 * a page is cut before its prices are known; a test holds the two together.
 */
function lowestPrice(currency: string): Fragment {
  const sellable = sellableVariant(currency);
  return {
    sql: `(select min(case when not exists (select from prices a where a.variant = v.id and a.currency = ?)
        then v.price_minor else coalesce((
        select a.amount_minor from prices a join price_lists pl on pl.id = a.price_list
        where ${listSpeaks('sale')} and a.amount_minor < standing.amount_minor
        order by pl.priority desc, a.amount_minor limit 1), standing.amount_minor) end)
      from product_variants v
      cross join lateral (select coalesce(
        (select a.amount_minor from prices a join price_lists pl on pl.id = a.price_list
         where ${listSpeaks('override')} order by pl.priority desc, a.amount_minor limit 1),
        (select a.amount_minor from prices a
         where a.variant = v.id and a.currency = ? and a.price_list is null and a.min_quantity = 1),
        v.price_minor) as amount_minor) standing
      where ${sellable.sql})`,
    bindings: [currency, currency, currency, currency, ...sellable.bindings],
  };
}

function listSpeaks(kind: 'sale' | 'override'): string {
  return `a.variant = v.id and a.currency = ? and a.min_quantity = 1 and pl.kind = '${kind}' and pl.status = 'active'
    and pl.customer_group is null and (pl.starts_at is null or pl.starts_at <= now())
    and (pl.ends_at is null or pl.ends_at > now())`;
}
