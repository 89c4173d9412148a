import { groupBy } from './group-by.ts';
import { requireAmount, sumMinor } from './money.ts';

/** What an order has taken from a location and not given back, as the ledger tells; below zero where other locations' came to. */
export interface TakenStock {
  variant: string;
  location: string;
  quantity: number;
}

/**
 * Says where units that come back go: to the locations they left from, in the order given, or all to the one given. Never more than
 * the order still has of a variant; what it never took (untracked goods) goes nowhere. Counts what is wanted of a variant together.
 * @throws RangeError when a quantity is not a whole number of zero or more
 */
export function planRestock(
  wanted: readonly { variant: string; quantity: number }[],
  taken: readonly TakenStock[],
  location: string | null = null,
): TakenStock[] {
  for (const { quantity } of wanted) requireAmount(quantity);
  const takenOf = groupBy(taken, (each) => each.variant);
  return [...groupBy(wanted, (each) => each.variant)].flatMap(([variant, own]) => {
    const places = takenOf.get(variant) ?? [];
    const out = Math.max(
      0,
      places.reduce((sum, place) => sum + place.quantity, 0),
    );
    let left = Math.min(out, sumMinor(own.map((each) => each.quantity)));
    if (location !== null) return left > 0 ? [{ variant, location, quantity: left }] : [];
    return places.flatMap((place) => {
      const quantity = Math.min(Math.max(0, place.quantity), left);
      left -= quantity;
      return quantity > 0 ? [{ variant, location: place.location, quantity }] : [];
    });
  });
}
