import { announcedFor, bundleSupply, isInStock, type Supply } from '../core/bundle.ts';
import { backorderLeft } from '../core/stock-allocation.ts';
import type { Shop } from '../platform/shop.ts';
import { availabilityOf, type AvailabilityRow, type StockedRow } from './availability-queries.ts';

export interface Availability {
  variant: string;
  /** Whole units, never below zero; null where stock is not tracked. Of a bundle, as many as its parts make. */
  available: number | null;
  in_stock: boolean;
  allow_backorder: boolean;
  /** Units that may be sold beyond those; null without a limit. */
  backorder_left: number | null;
  /** When what is not there yet is announced for. */
  preorder_ships_at: Date | null;
}

/** Live stock, in the order asked for and each variant once. Variants that shoppers may not see are left out. */
export async function availability(shop: Shop, variants: readonly string[]): Promise<Availability[]> {
  const wanted = [...new Set(variants.map((id) => id.toLowerCase()))];
  const found = new Map((await availabilityOf(shop.db, wanted)).map((row) => [row.variant, row]));
  return wanted.flatMap((variant) => {
    const row = found.get(variant);
    return row ? [availabilityFrom(row)] : [];
  });
}

function availabilityFrom(row: AvailabilityRow): Availability {
  const kept: readonly StockedRow[] = row.parts ?? [row];
  const supply = row.parts
    ? bundleSupply(row.parts.map((part) => ({ ...supplyOf(part), quantity: part.quantity })))
    : supplyOf(row);
  const waits = kept.filter((each) => each.track_stock && each.allow_backorder);
  return {
    variant: row.variant,
    available: supply.available,
    in_stock: isInStock(supply),
    allow_backorder: supply.available !== null && supply.backorder_left > 0,
    backorder_left: supply.backorder_left === Infinity ? null : supply.backorder_left,
    preorder_ships_at:
      waits.length > 0
        ? announcedFor([row.preorder_ships_at, ...waits.map((each) => each.preorder_ships_at)], row.now)
        : null,
  };
}

function supplyOf(stock: StockedRow): Supply {
  if (!stock.track_stock) return { available: null, backorder_left: 0 };
  return { available: stock.available, backorder_left: backorderLeft(stock, stock.allow_backorder) };
}
