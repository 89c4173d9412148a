/** SQL of what changed in the catalogue and waits to be worked out, and of whose turn it is to do so. */
import {
  changed,
  inTransaction,
  row,
  rows,
  type Database,
  type Queryable,
  type Transaction,
} from '../platform/database.ts';

export const LOCK_NOT_AVAILABLE = '55P03';

/** Waits for its turn. One at a time refreshes: what is counted of shelves would else wait for each other row by row. */
export async function refreshLock(trx: Transaction): Promise<void> {
  await row(trx, `select pg_advisory_xact_lock(hashtextextended('kontor listings', 0))`);
}

/** Waits for it, and for anything after it, so long at most; Postgres then ends the transaction. */
export async function boundedRefreshLock(trx: Transaction, wait_ms: number, work_ms: number): Promise<void> {
  await row(
    trx,
    `select set_config('lock_timeout', ?::text, true), set_config('statement_timeout', ?::text, true)`,
    [`${wait_ms}ms`, `${work_ms}ms`],
  );
  await refreshLock(trx);
}

/**
 * Turns changes of what many products share into changes of these products: of a category everything in it or below it, now or as
 * it was listed. What no listing shows is only taken out of the queue.
 */
export async function expandWideChanges(trx: Transaction): Promise<void> {
  await changed(
    trx,
    `with recursive wide as materialized (
       delete from commerce.catalog_changes where id = any(array(
         select id from commerce.catalog_changes where collection <> 'products' order by id limit 1000))
       returning collection, item),
     shared as materialized (
       select distinct collection, item::uuid as item from wide
       where collection in ('brands', 'vendors', 'tags', 'categories', 'price_lists', 'stock_locations')),
     subtree as (
       select item as category from shared where collection = 'categories'
       union
       select c.id from categories c join subtree s on c.parent = s.category),
     affected as (
       select e.product from shared s join commerce.shelf_entries e on e.shelf = s.item
         where s.collection in ('brands', 'tags', 'categories')
       union
       select p.id from shared s join products p on p.brand = s.item where s.collection = 'brands'
       union
       select p.id from shared s join products p on p.vendor = s.item where s.collection = 'vendors'
       union
       select t.product from shared s join products_tags t on t.tag = s.item where s.collection = 'tags'
       union
       select pc.product from subtree s join products_categories pc on pc.category = s.category
       union
       select v.product from shared s join prices a on a.price_list = s.item join product_variants v on v.id = a.variant
         where s.collection = 'price_lists'
       union
       select v.product from shared s join stock_levels l on l.location = s.item
         left join bundle_items b on b.part = l.variant
         join product_variants v on v.id = l.variant or v.id = b.bundle
         where s.collection = 'stock_locations')
     insert into commerce.catalog_changes (collection, item, action) select 'products', product::text, 'refresh' from affected`,
  );
}

export async function hasWideChanges(db: Queryable): Promise<boolean> {
  const found = await row<{ some: boolean }>(
    db,
    `select exists (select from commerce.catalog_changes where collection <> 'products') as some`,
  );
  return found?.some ?? false;
}

/** Takes the oldest changed products off the queue, and those whose moment has come. */
export async function takeChangedProducts(trx: Transaction, limit: number): Promise<string[]> {
  const taken = await rows<{ product: string }>(
    trx,
    `with oldest as materialized (
       select item from commerce.catalog_changes where collection = 'products' order by id limit ?),
     gone as (
       delete from commerce.catalog_changes where collection = 'products' and item = any(array(select item from oldest))
       returning item)
     select item as product from gone
     union
     select product::text from (select product from commerce.listed_products where due_at <= now() order by due_at limit ?) due`,
    [limit, limit],
  );
  return taken.map(({ product }) => product);
}

/** Puts every product on the queue, those that are listed and no longer there too. */
export function markAllProducts(trx: Queryable): Promise<number> {
  return changed(
    trx,
    `insert into commerce.catalog_changes (collection, item, action)
     select 'products', id::text, 'refresh' from products
     union select 'products', product::text, 'refresh' from commerce.listed_products`,
  );
}

export async function countChangedProducts(db: Queryable): Promise<number> {
  const found = await row<{ count: number }>(
    db,
    `select count(distinct item) as count from commerce.catalog_changes where collection = 'products'`,
  );
  return found?.count ?? 0;
}

/**
 * Leaves no dead rows where every reader looks, and no empty pages of its indexes: vacuum keeps those that scans emptied before it, and
 * a reader went through all of them to find that nothing waits. Not within a transaction. Where others hold the indexes it is left.
 */
export async function tidyQueue(db: Database): Promise<void> {
  await changed(db, 'vacuum commerce.catalog_changes');
  await inTransaction(db, async (trx) => {
    await row(trx, `select set_config('lock_timeout', '500ms', true)`);
    await changed(trx, 'reindex table commerce.catalog_changes');
  }).catch((error: unknown) => {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
  });
}
