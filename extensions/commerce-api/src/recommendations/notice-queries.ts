import { rows, type Transaction } from '../platform/database.ts';

/**
 * Tells caches that the lists of what goes with these products changed, when the transaction commits. Such a list is a shelf that is
 * called by its product, so that only answers that show it are stale, not every page of the product. A payload holds ninety.
 */
export async function notifyLists(trx: Transaction, products: readonly string[]): Promise<void> {
  await rows(
    trx,
    `select pg_notify('kontor_listings', json_build_object('products', '[]'::json, 'shelves', json_agg(product),
       'aspects', json_build_array('membership'))::text)
     from unnest(?::text[]) with ordinality as of (product, place) group by place / 90`,
    [products],
  );
}
