/** Which of the promotions open to a cart it gets together. */
import { compareText } from './compare-text.ts';
import { requireAmount, sumMinor } from './money.ts';
import { lineDiscounts, stepOf, type Terms } from './promotion-discounts.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import type { Goods, Reach } from './promotion-reach.ts';

/** A promotion that nothing about it, the shopper or the goods forbids. */
export interface OpenPromotion {
  promotion: PromotionFacts;
  terms: Terms;
  reach: Reach;
}

/** What one promotion takes off. */
export interface TakenOff {
  promotion: PromotionFacts;
  kind: 'discount' | 'shipping_discount';
  /** Positive. */
  amount_minor: number;
  /** Of the amount, by line; of a shipping discount there are none. */
  shares: readonly number[];
}

/** What a set of promotions comes to. */
export interface Offer {
  /** In the order they were taken off. */
  taken: readonly TakenOff[];
  /** Before shipping discounts; null when nothing ships, or nothing would ship the goods. */
  shipping_minor: number | null;
  /** What goods and shipping cost with it, before tax. */
  cost_minor: number;
}

export interface Basket {
  /** Those that may be discounted. */
  goods: readonly Goods[];
  /** Of goods that may not; they only count towards shipping. */
  other_goods_minor: number;
  /** What shipping costs for goods of this value after discounts; null when it is not chosen or does not take them. */
  shippingFor: (goods_minor: number) => number | null;
}

/**
 * The best offer. Of the promotions that are not stackable one applies: the one with which goods and shipping together cost
 * least before tax, in a tie that of higher priority, then of the lower id. The stackable ones apply on top of it, unless the
 * cart is cheaper without them. An offer that costs more than another (a discount can lose free shipping) is not chosen, nor
 * one with which the goods could no longer be shipped: promotions never make a cart dearer.
 *
 * One pass over the promotions for each that competes, and one more without the stackable ones.
 */
export function bestOffer(promotions: readonly OpenPromotion[], basket: Basket): Offer {
  const ordered = [...promotions].sort(byStep);
  const stackable = ordered.filter(({ promotion }) => promotion.stackable);
  const competing = ordered.filter(({ promotion }) => !promotion.stackable).sort(byPriority);
  const sets = competing.flatMap((single) => {
    if (stackable.length === 0) return [[single]];
    return [ordered.filter((one) => one === single || one.promotion.stackable), [single]];
  });
  return [stackable, ...sets, []].map((set) => offerOf(set, basket)).reduce(cheaper);
}

/** What promotions, in the order of their steps, take off together; those that find nothing to take are left out. */
export function offerOf(promotions: readonly OpenPromotion[], basket: Basket): Offer {
  const taken: TakenOff[] = [];
  const left = basket.goods.map((each) => each.subtotal_minor);
  for (const { promotion, terms, reach } of promotions) {
    const shares = lineDiscounts(terms, reach, basket.goods, left);
    const amount_minor = sumMinor(shares);
    if (amount_minor === 0 || exceedsBudget(promotion, amount_minor)) continue;
    for (const [line, share_minor] of shares.entries()) left[line]! -= share_minor;
    taken.push({ promotion, kind: 'discount', amount_minor, shares });
  }
  const goods_minor = sumMinor([sumMinor(left), basket.other_goods_minor]);
  const shipping_minor = basket.shippingFor(goods_minor);
  requireAmount(shipping_minor ?? 0);
  const charged_minor = shipping_minor ?? 0;
  const freeing =
    charged_minor > 0 &&
    promotions.find(
      ({ promotion, terms }) => terms.kind === 'free_shipping' && !exceedsBudget(promotion, charged_minor),
    );
  if (!freeing) return { taken, shipping_minor, cost_minor: sumMinor([goods_minor, charged_minor]) };
  taken.push({
    promotion: freeing.promotion,
    kind: 'shipping_discount',
    amount_minor: charged_minor,
    shares: [],
  });
  return { taken, shipping_minor, cost_minor: goods_minor };
}

/** A discount is given whole or not at all. */
function exceedsBudget({ budget_left_minor }: PromotionFacts, amount_minor: number): boolean {
  return budget_left_minor !== null && amount_minor > budget_left_minor;
}

/** Within a step the one that competes is first. */
function byStep(a: OpenPromotion, b: OpenPromotion): number {
  return (
    stepOf(a.terms) - stepOf(b.terms) ||
    Number(a.promotion.stackable) - Number(b.promotion.stackable) ||
    byPriority(a, b)
  );
}

function byPriority({ promotion: a }: OpenPromotion, { promotion: b }: OpenPromotion): number {
  return b.priority - a.priority || compareText(a.id, b.id);
}

/** The first of two that cost the same; one that ships before one that does not. */
function cheaper(best: Offer, candidate: Offer): Offer {
  const isShipped = (offer: Offer) => offer.shipping_minor !== null;
  if (isShipped(best) !== isShipped(candidate)) return isShipped(best) ? best : candidate;
  return candidate.cost_minor < best.cost_minor ? candidate : best;
}
