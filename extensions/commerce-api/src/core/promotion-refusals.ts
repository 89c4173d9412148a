/** Whether a promotion is open to a cart, and why not. */
import type { OpenPromotion } from './choose-promotions.ts';
import { sumMinor } from './money.ts';
import type { Moment } from './period.ts';
import { periodState } from './period.ts';
import { termsOf } from './promotion-discounts.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import type { Goods, Reach } from './promotion-reach.ts';
import { hasUnitsEnough } from './promotion-units.ts';

/** Whatever is in the cart. */
export type ShopperRefusal =
  | 'not_started'
  | 'expired'
  | 'other_currency'
  | 'other_customer_group'
  | 'first_order_only'
  | 'used_up'
  | 'used_up_by_customer'
  | 'budget_exhausted';

/** These end when the cart holds more of the right goods. */
export type GoodsRefusal = 'no_eligible_goods' | 'minimum_not_met' | 'minimum_quantity_not_met';

export interface Shopper {
  currency: string;
  now: Moment;
  customer_group: string | null;
  has_ordered_before: boolean;
}

/**
 * A promotion with a currency is for carts in it; what has an amount or a budget is for none without one. What is read in the
 * cart's currency then is only a minimum, or what reaches a tier that is a percentage.
 */
export function shopperRefusal(promotion: PromotionFacts, shopper: Shopper): ShopperRefusal | null {
  const state = periodState(promotion, shopper.now);
  if (state === 'not_started') return 'not_started';
  if (state === 'ended') return 'expired';
  const isForCurrency =
    promotion.currency === null ? !needsCurrency(promotion) : promotion.currency === shopper.currency;
  if (!isForCurrency) return 'other_currency';
  const { customer_group, usage_left, customer_usage_left, budget_left_minor } = promotion;
  if (customer_group !== null && customer_group !== shopper.customer_group) return 'other_customer_group';
  if (promotion.first_order_only && shopper.has_ordered_before) return 'first_order_only';
  if (usage_left !== null && usage_left <= 0) return 'used_up';
  if (customer_usage_left !== null && customer_usage_left <= 0) return 'used_up_by_customer';
  if (budget_left_minor !== null && budget_left_minor <= 0) return 'budget_exhausted';
  return null;
}

/** Tiers are compared with the goods in scope, minimums with those or with all goods; both before any discount. */
export function openTo(
  goods: readonly Goods[],
  promotion: PromotionFacts,
  reach: Reach,
): OpenPromotion | GoodsRefusal {
  if (reach.target.length === 0) return 'no_eligible_goods';
  const inScope = totalsOf(reach.target.map((line) => goods[line]!));
  const counted = promotion.minimum_basis === 'cart' ? totalsOf(goods) : inScope;
  if (counted.spend_minor < (promotion.minimum_subtotal_minor ?? 0)) return 'minimum_not_met';
  if (counted.quantity < (promotion.minimum_quantity ?? 0)) return 'minimum_quantity_not_met';
  const terms = termsOf(promotion, inScope.spend_minor, inScope.quantity);
  if (!terms) return promotion.tier_basis === 'quantity' ? 'minimum_quantity_not_met' : 'minimum_not_met';
  const values = goods.map((each) => each.subtotal_minor);
  if (!hasUnitsEnough(promotion, reach, goods, values)) return 'minimum_quantity_not_met';
  return { promotion, terms, reach };
}

function totalsOf(goods: readonly Goods[]): { spend_minor: number; quantity: number } {
  return {
    spend_minor: sumMinor(goods.map((each) => each.subtotal_minor)),
    quantity: sumMinor(goods.map((each) => each.quantity)),
  };
}

function needsCurrency({ kind, tiers, budget_left_minor }: PromotionFacts): boolean {
  if (kind === 'fixed_amount' || kind === 'set_price' || budget_left_minor !== null) return true;
  return kind === 'tiered' && (tiers ?? []).some((tier) => 'amount_minor' in tier);
}
