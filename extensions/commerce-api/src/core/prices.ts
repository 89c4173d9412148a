import { compareText } from './compare-text.ts';
import type { Moment, Period } from './period.ts';
import { periodState } from './period.ts';

/** One row of `prices` in the cart's currency, with its list's columns; without a list it is a (tiered) base price. */
export interface PriceFacts extends Period {
  price_list: string | null;
  kind: 'sale' | 'override' | null;
  priority: number;
  customer_group: string | null;
  min_quantity: number;
  amount_minor: number;
}

export interface ChosenPrice {
  unit_price_minor: number;
  price_reason: 'base' | 'tier' | 'sale' | 'override' | 'staff';
  price_list: string | null;
}

/**
 * The unit price of a line, in minor units, without rounding. A list counts while it runs and for its customer group; of
 * each list (and of the base prices) the tier with the highest reached quantity speaks. An override replaces the base price
 * even by a higher one; a sale only ever lowers what stands. Among lists of a kind the higher priority wins, then the lower
 * amount. The order of `prices` does not matter.
 */
export function choosePrice(
  line: { quantity: number; base_price_minor: number; prices: readonly PriceFacts[] },
  context: { now: Moment; customer_group: string | null },
): ChosenPrice {
  const tiers = reachedTiers(line.prices.filter((price) => counts(price, line.quantity, context)));
  const ranked = [...tiers].sort(byRank);
  const base = ranked.find((price) => price.price_list === null);
  const override = ranked.find((price) => price.kind === 'override');

  let chosen: ChosenPrice = {
    unit_price_minor: line.base_price_minor,
    price_reason: 'base',
    price_list: null,
  };
  if (base) chosen = chosenFrom(base, base.min_quantity > 1 ? 'tier' : 'base');
  if (override) chosen = chosenFrom(override, 'override');
  const sale = ranked.find((price) => price.kind === 'sale' && price.amount_minor < chosen.unit_price_minor);
  return sale ? chosenFrom(sale, 'sale') : chosen;
}

function counts(
  price: PriceFacts,
  quantity: number,
  context: { now: Moment; customer_group: string | null },
): boolean {
  return (
    price.min_quantity <= quantity &&
    (price.customer_group === null || price.customer_group === context.customer_group) &&
    periodState(price, context.now) === 'running'
  );
}

function reachedTiers(prices: readonly PriceFacts[]): Iterable<PriceFacts> {
  const tiers = new Map<string | null, PriceFacts>();
  for (const price of prices) {
    const other = tiers.get(price.price_list);
    if (!other || price.min_quantity > other.min_quantity) tiers.set(price.price_list, price);
  }
  return tiers.values();
}

function byRank(a: PriceFacts, b: PriceFacts): number {
  return (
    b.priority - a.priority ||
    a.amount_minor - b.amount_minor ||
    compareText(a.price_list ?? '', b.price_list ?? '')
  );
}

function chosenFrom(price: PriceFacts, price_reason: ChosenPrice['price_reason']): ChosenPrice {
  return { unit_price_minor: price.amount_minor, price_reason, price_list: price.price_list };
}
