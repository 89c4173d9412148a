import type { Shop } from '../platform/shop.ts';
import { requireCurrency } from './documents.ts';
import { categoryTotals, listingState } from './read-queries.ts';
import { repairListings } from './refresh-listings.ts';

/** How many products each category shows, with what is below it. */
export async function categoryCounts(shop: Shop, currency: string | undefined): Promise<Map<string, number>> {
  const state = await listingState(shop.db);
  requireCurrency(state);
  if (state.is_wide || state.is_due || state.waiting > 0) await repairListings(shop);
  const totals = await categoryTotals(shop.db, currency ?? state.currency);
  return new Map(totals.map(({ category, products }) => [category, products]));
}
