import type { Shop } from '../platform/shop.ts';
import { requireCurrency } from './documents.ts';
import { readFreshState } from './read-listing.ts';
import { categoryTotals } from './read-queries.ts';

/** How many products each category shows, with what is below it. */
export async function categoryCounts(shop: Shop, currency: string | undefined): Promise<Map<string, number>> {
  const state = await readFreshState(shop, currency);
  requireCurrency(state);
  const totals = await categoryTotals(shop.db, state.currency);
  return new Map(totals.map(({ category, products }) => [category, products]));
}
