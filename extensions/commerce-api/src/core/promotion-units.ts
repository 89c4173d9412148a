/**
 * Discounts that look at single units: a line of quantity two is two of them. A unit is worth its part of what earlier
 * discounts left of its line: spread evenly over the units, the odd minor units one each over some of them. Units of which
 * nothing is left are neither bought, nor given, nor part of a set.
 */
import { mulDivHalfUp, sumMinor } from './money.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import type { Goods, Reach } from './promotion-reach.ts';
import { spreadDiscount } from './spread-discount.ts';

type Quantities = Pick<Goods, 'quantity'>;

/** Units of one line that are worth the same, so that a line of a million is two entries. */
interface Units {
  line: number;
  value_minor: number;
  count: number;
}

const ALL_PPM = 1_000_000;

/**
 * Buy x, get y: for every `buy_quantity` units bought up to `get_quantity` are given, `value_ppm` off them, at most
 * `max_applications` times. A unit that is bought is not also given, whether it is in both scopes or in one. As many are
 * given as the cart allows (the last time may give fewer than `get_quantity`), and of all choices of so many the cheapest.
 * With one scope for both, 'buy 3, get 1' gives the cheapest one of four units and the two cheapest of eight. What comes off
 * is rounded half up once.
 */
export function giveUnits(
  promotion: PromotionFacts,
  reach: Reach,
  goods: readonly Quantities[],
  left: readonly number[],
): number[] {
  const target = unitsOf(reach.target, goods, left).sort((a, b) => a.value_minor - b.value_minor);
  const { buyable, quantity, quantity_of_buyable } = givenQuantities(
    promotion,
    target,
    unitsOf(reach.buy, goods, left),
  );
  const values = left.map(() => 0);
  let toGive = quantity;
  let toGiveOfBuyable = quantity_of_buyable;
  for (const { line, value_minor, count } of target) {
    const isBuyable = buyable.has(line);
    const taken = Math.min(count, toGive, isBuyable ? toGiveOfBuyable : count);
    toGive -= taken;
    if (isBuyable) toGiveOfBuyable -= taken;
    values[line]! += taken * value_minor;
  }
  const amount_minor = mulDivHalfUp(sumMinor(values), promotion.value_ppm ?? ALL_PPM, ALL_PPM);
  return spreadDiscount(amount_minor, reach.target, values);
}

/**
 * A set for a price: sets are made while there are units for one, at most `max_applications`, from the dearest units down,
 * which saves the shopper the most. A set that would cost no less than its units is not made. Where scope rows say how many
 * of each make a set, the row with the fewest units chooses first, among equals the earlier row, so that a unit that fits two
 * rows goes where it is needed.
 */
export function priceSets(
  promotion: PromotionFacts,
  reach: Reach,
  goods: readonly Quantities[],
  left: readonly number[],
): number[] {
  const parts = partsOf(promotion, reach, goods, left);
  const values = left.map(() => 0);
  let saving_minor = 0;
  let setsLeft = promotion.max_applications ?? Infinity;
  while (setsLeft > 0) {
    const set = pickSet(parts);
    if (!set) break;
    const value_minor = sumMinor([...set].map(([units, count]) => units.value_minor * count));
    const saved_minor = value_minor - (promotion.amount_minor ?? value_minor);
    if (saved_minor <= 0) break;
    const sets = timesInStock(set, setsLeft);
    for (const [units, count] of set) {
      units.count -= sets * count;
      values[units.line]! += sets * count * units.value_minor;
    }
    saving_minor += sets * saved_minor;
    setsLeft -= sets;
  }
  return spreadDiscount(saving_minor, reach.target, values);
}

/** Whether the cart holds units enough for `giveUnits` to give one, or `priceSets` to make a set. */
export function hasUnitsEnough(
  promotion: PromotionFacts,
  reach: Reach,
  goods: readonly Quantities[],
  left: readonly number[],
): boolean {
  if (promotion.kind === 'set_price') return pickSet(partsOf(promotion, reach, goods, left)) !== null;
  if (promotion.kind !== 'buy_x_get_y') return true;
  const target = unitsOf(reach.target, goods, left);
  return givenQuantities(promotion, target, unitsOf(reach.buy, goods, left)).quantity > 0;
}

function unitsOf(lines: readonly number[], goods: readonly Quantities[], left: readonly number[]): Units[] {
  const units: Units[] = [];
  for (const line of lines) {
    const { quantity } = goods[line]!;
    const odd = left[line]! % quantity;
    const value_minor = (left[line]! - odd) / quantity;
    if (value_minor > 0) units.push({ line, value_minor, count: quantity - odd });
    if (odd > 0) units.push({ line, value_minor: value_minor + 1, count: odd });
  }
  return units;
}

interface Given {
  /** Lines that could be bought. */
  buyable: ReadonlySet<number>;
  quantity: number;
  /** How many of those given may be of such lines. */
  quantity_of_buyable: number;
}

/**
 * How many units are given at most. Done n times, `n * get_quantity` can be given, while `n * buy_quantity` of what can be
 * bought must stay: the one grows with n as the other leaves less, so the most is where the two meet, or one time further.
 */
function givenQuantities(
  { buy_quantity, get_quantity, max_applications }: PromotionFacts,
  target: readonly Units[],
  buy: readonly Units[],
): Given {
  const buyable = new Set(buy.map(({ line }) => line));
  if (!buy_quantity || !get_quantity) return { buyable, quantity: 0, quantity_of_buyable: 0 };
  const toGive = countOf(target);
  const toBuy = countOf(buy);
  const onlyToGive = countOf(target.filter(({ line }) => !buyable.has(line)));
  const most = Math.min(max_applications ?? Infinity, Math.floor(toBuy / buy_quantity));
  const givenIn = (times: number): Given => {
    const quantity_of_buyable = toBuy - times * buy_quantity;
    const quantity = Math.min(times * get_quantity, toGive, onlyToGive + quantity_of_buyable);
    return { buyable, quantity, quantity_of_buyable };
  };
  const meeting = Math.floor((onlyToGive + toBuy) / (buy_quantity + get_quantity));
  const met = givenIn(Math.min(most, meeting));
  const further = givenIn(Math.min(most, meeting + 1));
  return further.quantity > met.quantity ? further : met;
}

interface StockedPart {
  quantity: number;
  /** Of what fits, from dear to cheap; entries are shared between the parts they fit. */
  units: Units[];
}

function partsOf(
  { buy_quantity }: PromotionFacts,
  { target, parts }: Reach,
  goods: readonly Quantities[],
  left: readonly number[],
): StockedPart[] {
  const stock = unitsOf(target, goods, left).sort((a, b) => b.value_minor - a.value_minor);
  if (parts.length === 0) return buy_quantity ? [{ quantity: buy_quantity, units: stock }] : [];
  const stocked = parts.map(({ quantity, lines }) => {
    const fitting = new Set(lines);
    return { quantity, units: stock.filter(({ line }) => fitting.has(line)) };
  });
  return stocked.sort((a, b) => countOf(a.units) - countOf(b.units));
}

/** The dearest units that make a set, and how many of each; null when some are missing. Takes nothing yet. */
function pickSet(parts: readonly StockedPart[]): Map<Units, number> | null {
  if (parts.length === 0) return null;
  const set = new Map<Units, number>();
  for (const part of parts) {
    while (part.units[0]?.count === 0) part.units.shift();
    let missing = part.quantity;
    for (const units of part.units) {
      const picked = set.get(units) ?? 0;
      const count = Math.min(missing, units.count - picked);
      if (count > 0) set.set(units, picked + count);
      missing -= count;
      if (missing === 0) break;
    }
    if (missing > 0) return null;
  }
  return set;
}

/** How often the same set can be made, at most `limit`: as long as its units last, picking again would pick it again. */
function timesInStock(set: ReadonlyMap<Units, number>, limit: number): number {
  return [...set].reduce((times, [units, count]) => Math.min(times, Math.floor(units.count / count)), limit);
}

function countOf(units: readonly Units[]): number {
  return sumMinor(units.map(({ count }) => count));
}
