/** Which lines of a cart a promotion is about. */
import { compareText } from './compare-text.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { isInScope, matchesRow, type ScopedGoods } from './promotion-scope.ts';

/** A line that may be discounted; gift cards are not among them. */
export interface Goods extends ScopedGoods {
  quantity: number;
  /** Quantity times unit price, before discounts. */
  subtotal_minor: number;
  tax_rate_ppm: number;
  tax_name: string | null;
}

/** Lines by their index among the goods, in the order in which they get what cannot be divided. */
export interface Reach {
  /** What is discounted, and counted for tiers and, unless the whole cart is, for minimums. */
  target: readonly number[];
  /** What must be bought (`buy_x_get_y`): the target, unless the promotion says. */
  buy: readonly number[];
  /** What makes a set (`set_price`) where scope rows say how many of each; else empty. */
  parts: readonly SetPart[];
}

/** So many units of any of these lines. */
export interface SetPart {
  quantity: number;
  lines: readonly number[];
}

/**
 * The reach of each promotion. Lines stand in an order that does not depend on the cart's: by value, the larger first, then by
 * the lower rate (between lines of unequal rates the place in the cart would otherwise decide how much tax is due), then by
 * quantity and by which scopes match them. Only lines that are alike in all of that, and so change no total, keep the order
 * of the cart.
 */
export function reachesOf(
  promotions: readonly PromotionFacts[],
  goods: readonly Goods[],
): Map<PromotionFacts, Reach> {
  const matches = promotions.map(({ scopes }) =>
    goods.map((each) => scopes.map((row) => matchesRow(row, each))),
  );
  const ordered = [...goods.keys()].sort(
    (a, b) => compareGoods(goods[a]!, goods[b]!) || compareMatches(matches, a, b),
  );
  return new Map(
    promotions.map((promotion, index) => [promotion, reachOf(promotion, matches[index]!, ordered)]),
  );
}

function compareGoods(a: Goods, b: Goods): number {
  return b.subtotal_minor - a.subtotal_minor || compareRates(a, b) || a.quantity - b.quantity;
}

/** Rates from low to high, those of one height by name, the untaxed first. */
function compareRates(a: RateColumns, b: RateColumns): number {
  return a.tax_rate_ppm - b.tax_rate_ppm || compareText(a.tax_name ?? '', b.tax_name ?? '');
}

type RateColumns = Pick<Goods, 'tax_rate_ppm' | 'tax_name'>;

/** @param matches by promotion, then line, then scope row */
function compareMatches(matches: readonly (readonly (readonly boolean[])[])[], a: number, b: number): number {
  for (const byLine of matches) {
    for (const [row, isMatch] of byLine[a]!.entries()) {
      if (isMatch !== byLine[b]![row]) return isMatch ? -1 : 1;
    }
  }
  return 0;
}

/** @param matches by line, then by scope row */
function reachOf(
  { scopes }: PromotionFacts,
  matches: readonly (readonly boolean[])[],
  ordered: readonly number[],
): Reach {
  const onSide = (side: 'target' | 'buy') =>
    ordered.filter((line) => isInScope(scopes, matches[line]!, side));
  const target = onSide('target');
  const rows = [...scopes.entries()].filter(([, row]) => row.side === 'target' && row.effect === 'include');
  const hasParts = rows.some(([, row]) => row.quantity !== null);
  return {
    target,
    buy: scopes.some((row) => row.side === 'buy') ? onSide('buy') : target,
    parts: hasParts
      ? rows.map(([index, row]) => ({
          quantity: row.quantity ?? 1,
          lines: target.filter((line) => matches[line]![index]),
        }))
      : [],
  };
}
