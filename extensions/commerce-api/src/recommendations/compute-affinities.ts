import type { Shop } from '../platform/shop.ts';
import { computeBoughtTogether } from './compute-bought-together.ts';
import { refreshPopularity } from './refresh-popularity.ts';
import { refreshSimilar } from './refresh-similar.ts';

/** Everything anew, as every night and after an import of history. May run twice and be killed. */
export async function computeAffinities(shop: Shop): Promise<void> {
  await refreshPopularity(shop, { whole: true });
  await computeBoughtTogether(shop);
  await refreshSimilar(shop);
}
