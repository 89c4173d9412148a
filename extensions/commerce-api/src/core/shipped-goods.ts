import type { LineFacts } from './cart-facts.ts';
import { mulDivHalfUp, sumMinor } from './money.ts';
import type { Parcel } from './shipping.ts';

/** What of the lines ships: their units, and the weight of those whose weight is known. */
export function shippedGoods(
  lines: readonly Pick<LineFacts, 'quantity' | 'requires_shipping' | 'weight_grams'>[],
): Pick<Parcel, 'quantity' | 'weight_grams' | 'has_unknown_weight'> {
  const shipped = lines.filter((line) => line.requires_shipping);
  return {
    quantity: sumMinor(shipped.map((line) => line.quantity)),
    weight_grams: sumMinor(shipped.map((line) => mulDivHalfUp(line.weight_grams ?? 0, line.quantity, 1))),
    has_unknown_weight: shipped.some((line) => line.weight_grams === null),
  };
}
