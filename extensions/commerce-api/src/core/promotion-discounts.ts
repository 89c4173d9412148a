/** What a promotion takes off the lines it reaches. */
import { mulDivHalfUp, requireAmount, sumMinor } from './money.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import type { Goods, Reach } from './promotion-reach.ts';
import { giveUnits, priceSets } from './promotion-units.ts';
import { spreadDiscount } from './spread-discount.ts';

/** A promotion as it acts on a cart: a tiered one acts as the percentage or the amount of its tier. */
export interface Terms extends PromotionFacts {
  kind: Exclude<PromotionFacts['kind'], 'tiered'>;
}

/** Discounts on lines come before those on the order, and those before shipping discounts. */
export type Step = 0 | 1 | 2;

/** Of a tiered promotion the tier that asks for the most among those reached; null when none is. */
export function termsOf(promotion: PromotionFacts, spend_minor: number, quantity: number): Terms | null {
  const { kind } = promotion;
  if (kind !== 'tiered') return { ...promotion, kind };
  const basis = promotion.tier_basis === 'quantity' ? quantity : spend_minor;
  const [tier] = (promotion.tiers ?? []).filter(({ from }) => from <= basis).sort((a, b) => b.from - a.from);
  if (!tier) return null;
  return 'value_ppm' in tier
    ? { ...promotion, kind: 'percentage', value_ppm: tier.value_ppm }
    : { ...promotion, kind: 'fixed_amount', allocation: 'across', amount_minor: tier.amount_minor };
}

export function stepOf({ kind, allocation }: Terms): Step {
  if (kind === 'free_shipping') return 2;
  return kind === 'fixed_amount' && allocation === 'across' ? 1 : 0;
}

/**
 * What comes off each line, at most what is `left` of it. A percentage is of what is left of the goods in scope, an amount
 * across them at most that; both are rounded once and then spread. An amount for each is taken off every unit, never below
 * zero. Free shipping takes nothing off lines.
 * @param left by line, like the answer
 * @throws RangeError when a value is negative
 */
export function lineDiscounts(
  terms: Terms,
  reach: Reach,
  goods: readonly Pick<Goods, 'quantity'>[],
  left: readonly number[],
): number[] {
  const { target } = reach;
  switch (terms.kind) {
    case 'percentage':
      return spreadDiscount(partOf(target, left, terms.value_ppm ?? 0), target, left);
    case 'fixed_amount':
      return terms.allocation === 'each'
        ? offEach(terms.amount_minor ?? 0, target, goods, left)
        : spreadDiscount(terms.amount_minor ?? 0, target, left);
    case 'buy_x_get_y':
      return giveUnits(terms, reach, goods, left);
    case 'set_price':
      return priceSets(terms, reach, goods, left);
    case 'free_shipping':
      return left.map(() => 0);
  }
}

function partOf(lines: readonly number[], left: readonly number[], value_ppm: number): number {
  return mulDivHalfUp(sumMinor(lines.map((line) => left[line]!)), value_ppm, 1_000_000);
}

/** However evenly a line's worth is spread over its units: their sum is the same. */
function offEach(
  amount_minor: number,
  lines: readonly number[],
  goods: readonly Pick<Goods, 'quantity'>[],
  left: readonly number[],
): number[] {
  requireAmount(amount_minor);
  const byLine = left.map(() => 0);
  for (const line of lines) {
    byLine[line] = Math.min(mulDivHalfUp(amount_minor, goods[line]!.quantity, 1), left[line]!);
  }
  return byLine;
}
