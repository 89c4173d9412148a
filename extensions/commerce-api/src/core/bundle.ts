/** Bundles: a variant that is sold as one and kept as its parts. It has no stock of its own; its parts have. */
import type { StockRequest } from './stock-allocation.ts';

/** What one unit of a bundle is made of. A part is never a bundle itself. */
export interface BundlePart {
  variant: string;
  sku: string;
  quantity: number;
  track_stock: boolean;
  allow_backorder: boolean;
}

/** A line of a cart or an order, as far as stock is concerned. */
export interface StockLine extends StockRequest {
  sku: string;
  /** Of a bundle; null, missing or empty for what is kept itself. */
  parts?: readonly BundlePart[] | null | undefined;
}

/**
 * What lines take from stock: a bundle asks for its parts, so that it and a part bought singly count together. What the line of a
 * bundle says of stock itself means nothing.
 */
export function stockRequests(lines: readonly StockLine[]): (StockRequest & { sku: string })[] {
  return lines.flatMap(({ parts, ...own }) =>
    parts?.length ? parts.map((part) => ({ ...part, quantity: part.quantity * own.quantity })) : [own],
  );
}

/** What an order line remembers of a bundle, per unit sold; null for what is none. */
export type SoldPart = Pick<BundlePart, 'variant' | 'sku' | 'quantity' | 'track_stock'>;

export function soldParts(parts: readonly BundlePart[] | null | undefined): SoldPart[] | null {
  if (!parts?.length) return null;
  return parts.map(({ variant, sku, quantity, track_stock }) => ({ variant, sku, quantity, track_stock }));
}

/** What can be sold of something. */
export interface Supply {
  /** Units that are there, never below zero; null where stock is not tracked. */
  available: number | null;
  /** Units that may be sold beyond them; Infinity without a limit. */
  backorder_left: number;
}

export function isInStock({ available, backorder_left }: Supply): boolean {
  return available === null || available > 0 || backorder_left > 0;
}

/** How many whole bundles the parts make. Untracked parts never run out; a bundle of nothing else is untracked too. */
export function bundleSupply(parts: readonly (Supply & { quantity: number })[]): Supply {
  let available = Infinity;
  let promisable = Infinity;
  for (const part of parts) {
    if (part.available === null) continue;
    available = Math.min(available, Math.floor(part.available / part.quantity));
    promisable = Math.min(promisable, Math.floor((part.available + part.backorder_left) / part.quantity));
  }
  if (available === Infinity) return { available: null, backorder_left: 0 };
  return { available, backorder_left: promisable - available };
}

/**
 * When backordered goods are announced for: a preorder is a backorder with a date. A bundle waits for the last of its parts.
 * Null where nothing is announced, or its day has come.
 */
export function announcedFor(
  dates: readonly (Date | string | null | undefined)[],
  now: Date | string,
): Date | null {
  const latest = Math.max(...dates.map((date) => (date == null ? 0 : new Date(date).getTime())), 0);
  return latest > new Date(now).getTime() ? new Date(latest) : null;
}
