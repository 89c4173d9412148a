/** What is right, from the tables merchants write: what the shop answers is held against it before anything is timed. */
import type pg from 'pg';

const VISIBLE = `p.status = 'published' and (p.published_at is null or p.published_at <= now())
  and exists (select from product_variants v where v.product = p.id and v.status = 'published' and v.currency = 'USD')`;

const PRICE = `least(v.price_minor, (
  select min(a.amount_minor) from prices a join price_lists l on l.id = a.price_list
  where a.variant = v.id and a.currency = 'USD' and l.status = 'active'
    and (l.starts_at is null or l.starts_at <= now()) and (l.ends_at is null or l.ends_at > now())))::float8`;

const IN_STOCK = `exists (select from product_variants v join stock_levels s on s.variant = v.id
  where v.product = p.id and v.status = 'published' and s.on_hand > s.reserved)`;

const IN_CATEGORY = `p.id in (
  with recursive subtree as (
    select id from categories where slug = $1
    union select c.id from categories c join subtree s on c.parent = s.id)
  select pc.product from products_categories pc join subtree s on s.id = pc.category)`;

export interface Known {
  id: string;
  slug: string;
  name: string;
  /** Of each variant, in their order. */
  prices: number[];
}

const KNOWN = `p.id, p.slug, p.name, array(select ${PRICE} from product_variants v
  where v.product = p.id and v.status = 'published' order by v.sort, v.sku) as prices`;

/** The newest products, of a category and what is below it or of all. */
export async function newestProducts(
  db: pg.Client,
  { category, limit = 20, offset = 0 }: { category?: string; limit?: number; offset?: number } = {},
): Promise<Known[]> {
  const where = category === undefined ? '$1::text is null' : IN_CATEGORY;
  const { rows } = await db.query<Known>(
    `select ${KNOWN} from products p where ${VISIBLE} and ${where}
     order by coalesce(p.published_at, p.created_at) desc, p.id limit $2 offset $3`,
    [category ?? null, limit, offset],
  );
  return rows;
}

export async function productsBySlug(db: pg.Client, slugs: string[]): Promise<Known[]> {
  const { rows } = await db.query<Known>(
    `select ${KNOWN} from products p where ${VISIBLE} and p.slug = any($1)`,
    [slugs],
  );
  return rows;
}

/** How many products of a category can be bought now, and how many of each brand those are. */
export async function countInStock(
  db: pg.Client,
  category: string,
): Promise<{ total: number; brands: Record<string, number> }> {
  const { rows } = await db.query<{ slug: string; products: number }>(
    `select b.slug, count(*)::int as products from products p join brands b on b.id = p.brand
     where ${VISIBLE} and ${IN_STOCK} and ${IN_CATEGORY} group by b.slug`,
    [category],
  );
  return {
    total: rows.reduce((sum, { products }) => sum + products, 0),
    brands: Object.fromEntries(rows.map(({ slug, products }) => [slug, products])),
  };
}

/** Those of the products that the public may read. */
export async function publicProducts(db: pg.Client, ids: string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select p.id from products p where p.id = any($1::uuid[])
       and p.status = 'published' and (p.published_at is null or p.published_at <= now())`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** What is wrong with products as the shop lists them; null when nothing is. */
export function differenceOf(listed: unknown, known: readonly Known[]): string | null {
  if (!Array.isArray(listed)) return `no list: ${JSON.stringify(listed)}`;
  const cards = listed as { id: string; price_from_minor: number; variants: { price_minor: number }[] }[];
  const [got, wanted] = [cards.map(({ id }) => id), known.map(({ id }) => id)];
  if (got.join() !== wanted.join()) return `lists ${got.join()}, not ${wanted.join()}`;
  for (const [index, card] of cards.entries()) {
    const { prices, slug } = known[index]!;
    const shown = card.variants.map(({ price_minor }) => price_minor);
    if (shown.join() !== prices.join()) return `${slug} costs ${shown.join()}, not ${prices.join()}`;
    if (card.price_from_minor !== undefined && card.price_from_minor !== Math.min(...prices))
      return `${slug} is said to cost ${card.price_from_minor} and more, not ${Math.min(...prices)}`;
  }
  return null;
}
