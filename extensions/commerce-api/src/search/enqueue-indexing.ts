import type { Queryable } from '../platform/database.ts';
import { enqueue } from '../platform/jobs.ts';
import type { Shop } from '../platform/shop.ts';

/**
 * Has the engine beside PostgreSQL told of products, once the caller's transaction commits: one job for all of them. Does nothing where
 * there is no such engine.
 */
export async function enqueueIndexing(
  trx: Queryable,
  { env }: Pick<Shop, 'env'>,
  products: readonly string[],
): Promise<void> {
  if (env.MEILI_URL === '' || products.length === 0) return;
  await enqueue(trx, 'index-search', { products: [...products] });
}
