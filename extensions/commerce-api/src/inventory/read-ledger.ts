import type { Shop } from '../platform/shop.ts';
import { movementsOf, type MovementRow } from './queries.ts';

export interface LedgerInput {
  variant: string;
  location?: string | undefined;
  page: number;
  limit: number;
}

/** A page of a variant's movements, newest first, and how many there are. */
export function readLedger(
  shop: Shop,
  { variant, location, page, limit }: LedgerInput,
): Promise<{ movements: MovementRow[]; total: number }> {
  return movementsOf(shop.db, { variant, location: location ?? null }, { limit, offset: (page - 1) * limit });
}
