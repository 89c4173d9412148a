/** Where steps of prices begin within each power of ten: fine enough to cut ranges from, few enough to count each. */
const STARTS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5] as const;
const POWERS = 15;

/** Where each step begins, ascending, in minor units; the first is zero, and each ends where the next begins. */
export const PRICE_STEPS: readonly number[] = [
  0,
  ...new Set(
    Array.from({ length: POWERS + 1 }, (_, power) => STARTS.map((start) => Math.round(start * 10 ** power)))
      .flat()
      .sort((a, b) => a - b),
  ),
];

/** The beginning of the step a price is in. */
export function priceStep(price_minor: number): number {
  let low = 0;
  let high = PRICE_STEPS.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((PRICE_STEPS[middle] as number) <= price_minor) low = middle;
    else high = middle - 1;
  }
  return PRICE_STEPS[low] as number;
}

export interface PriceRange {
  from_minor: number;
  /** The last price that belongs to it; null where it is open. */
  to_minor: number | null;
  count: number;
}

/** At most so many, so that a shopper takes them in at a glance. */
const MOST_RANGES = 5;

/**
 * Cuts counted steps into ranges that hold about as many products each, and begin and end at round prices. The first begins at
 * zero, the last is open; a range ends one below where the next begins, as both ends of a filter belong to it.
 */
export function priceRanges(steps: readonly { start: number; count: number }[]): PriceRange[] {
  const filled = steps.filter((step) => step.count > 0).sort((a, b) => a.start - b.start);
  const total = filled.reduce((sum, step) => sum + step.count, 0);
  const ranges: PriceRange[] = [];
  let counted = 0;
  for (const step of filled) {
    const last = ranges.at(-1);
    // A range is full when what has been counted reaches its share of the whole; the last takes what is left.
    const isFull = counted * MOST_RANGES >= total * ranges.length && ranges.length < MOST_RANGES;
    if (last && !isFull) last.count += step.count;
    else {
      if (last) last.to_minor = step.start - 1;
      ranges.push({ from_minor: last ? step.start : 0, to_minor: null, count: step.count });
    }
    counted += step.count;
  }
  return ranges;
}
