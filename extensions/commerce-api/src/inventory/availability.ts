import type { Shop } from '../platform/shop.ts';
import { availabilityOf } from './queries.ts';

export interface Availability {
  variant: string;
  /** Whole units, never below zero; null where stock is not tracked. */
  available: number | null;
  in_stock: boolean;
  allow_backorder: boolean;
}

/** Live stock, in the order asked for and each variant once. Variants that shoppers may not see are left out. */
export async function availability(shop: Shop, variants: readonly string[]): Promise<Availability[]> {
  const wanted = [...new Set(variants.map((id) => id.toLowerCase()))];
  const found = new Map((await availabilityOf(shop.db, wanted)).map((row) => [row.variant, row]));
  return wanted.flatMap((variant) => {
    const row = found.get(variant);
    if (!row) return [];
    const { free, track_stock, allow_backorder } = row;
    const available = track_stock ? Math.max(0, free) : null;
    return [
      {
        variant,
        available,
        in_stock: available === null || allow_backorder || available > 0,
        allow_backorder,
      },
    ];
  });
}
