/**
 * Which promotions a cart gets and what each takes off. Works on sums only; sharing over the lines is the pipeline's.
 * Words: a promotion is *open* to a cart when nothing about it or the shopper forbids it; *automatic* when it has no code.
 */
import { compareText } from './compare-text.ts';
import { mulDivHalfUp, requireAmount } from './money.ts';
import type { Moment, Period } from './period.ts';
import { periodState } from './period.ts';
import type { ShippingFacts } from './shipping.ts';
import { shippingAmount } from './shipping.ts';

/** A row of `promotions`, with what its limits leave: null where it has none. */
export interface PromotionFacts extends Period {
  id: string;
  name: string;
  status: 'active' | 'inactive';
  kind: 'percentage' | 'fixed_amount' | 'free_shipping';
  code: string | null;
  value_ppm: number | null;
  amount_minor: number | null;
  currency: string | null;
  minimum_subtotal_minor: number | null;
  usage_left: number | null;
  customer_usage_left: number | null;
  stackable: boolean;
  priority: number;
  customer_group: string | null;
}

export interface PromotionContext {
  promotions: readonly PromotionFacts[];
  codes: readonly string[];
  currency: string;
  now: Moment;
  customer_group: string | null;
  /** The goods that may be discounted, before any discount. */
  eligible_minor: number;
  /** The goods that may not; they only count towards free shipping. */
  other_goods_minor: number;
  shipping: Pick<ShippingFacts, 'amount_minor' | 'free_above_minor'> | null;
}

/**
 * Why a code gives nothing. The last three can change with the cart: below the minimum, others take more off, or there is
 * nothing to take it off (free shipping before a method is chosen).
 */
export type CodeReason =
  | 'unknown'
  | 'not_started'
  | 'expired'
  | 'other_currency'
  | 'other_customer_group'
  | 'used_up'
  | 'used_up_by_customer'
  | 'minimum_not_met'
  | 'better_offer'
  | 'no_benefit';

export interface CodeOutcome {
  /** As compared: trimmed, upper case. */
  code: string;
  applied: boolean;
  reason: CodeReason | null;
}

/** What one promotion takes off, a positive amount. */
export interface AppliedPromotion {
  promotion: PromotionFacts;
  kind: 'discount' | 'shipping_discount';
  amount_minor: number;
}

export interface AppliedPromotions {
  /** In the order they were taken off. */
  applied: AppliedPromotion[];
  /** Before shipping discounts. */
  shipping_minor: number;
  codes: CodeOutcome[];
}

/** The one spelling codes are compared in. */
export function normalCode(code: string): string {
  return code.trim().toUpperCase();
}

/**
 * Chooses and applies. Discounts on lines (`percentage`, of what is left of the eligible goods, rounded half up once) come
 * before those on the order (`fixed_amount`, at most what is left), then shipping is priced on the discounted goods, then
 * `free_shipping` takes it off. Within each step the non-stackable one is first, the stackable follow by priority, higher
 * first, then id.
 *
 * Of the open non-stackable promotions one applies: the one with which goods and shipping together cost least before tax,
 * in a tie that of higher priority. A set that costs more than another (a discount can lose free shipping) is not chosen, so
 * promotions never make a cart dearer. Neither the order of `promotions` nor of `codes` changes what is taken off.
 *
 * A minimum is compared with the eligible goods before discounts. A promotion with a currency is for carts in it; a
 * minimum without one is read in the cart's.
 * @throws RangeError when an amount is negative.
 */
export function applyPromotions(context: PromotionContext): AppliedPromotions {
  const codes = [...new Set(context.codes.map(normalCode))];
  const asked = context.promotions.filter(
    ({ status, code }) => status === 'active' && (code === null || codes.includes(normalCode(code))),
  );
  const refusals = new Map(asked.map((promotion) => [promotion, refusalOf(promotion, context)]));
  const open = asked.filter((promotion) => refusals.get(promotion) === null).sort(byStep);
  const best = bestOffer(open, context);

  const outcomeOf = (code: string): CodeOutcome => {
    const promotion = asked.find(
      (candidate) => candidate.code !== null && normalCode(candidate.code) === code,
    );
    if (!promotion) return { code, applied: false, reason: 'unknown' };
    if (best.applied.some((one) => one.promotion === promotion)) return { code, applied: true, reason: null };
    const hasBenefit = offerOf([promotion], context).applied.length > 0;
    return {
      code,
      applied: false,
      reason: refusals.get(promotion) ?? (hasBenefit ? 'better_offer' : 'no_benefit'),
    };
  };
  return { applied: best.applied, shipping_minor: best.shipping_minor, codes: codes.map(outcomeOf) };
}

interface Offer {
  applied: AppliedPromotion[];
  shipping_minor: number;
  /** What goods and shipping cost with it. */
  cost_minor: number;
}

function refusalOf(promotion: PromotionFacts, context: PromotionContext): CodeReason | null {
  const state = periodState(promotion, context.now);
  if (state === 'not_started') return 'not_started';
  if (state === 'ended') return 'expired';
  const isOfOneCurrency = promotion.currency !== null || promotion.kind === 'fixed_amount';
  if (isOfOneCurrency && promotion.currency !== context.currency) return 'other_currency';
  if (promotion.customer_group !== null && promotion.customer_group !== context.customer_group) {
    return 'other_customer_group';
  }
  if (promotion.usage_left !== null && promotion.usage_left <= 0) return 'used_up';
  if (promotion.customer_usage_left !== null && promotion.customer_usage_left <= 0)
    return 'used_up_by_customer';
  if (context.eligible_minor < (promotion.minimum_subtotal_minor ?? 0)) return 'minimum_not_met';
  return null;
}

const STEPS: Record<PromotionFacts['kind'], number> = { percentage: 0, fixed_amount: 1, free_shipping: 2 };

function byStep(a: PromotionFacts, b: PromotionFacts): number {
  return (
    STEPS[a.kind] - STEPS[b.kind] ||
    Number(a.stackable) - Number(b.stackable) ||
    b.priority - a.priority ||
    compareText(a.id, b.id)
  );
}

/** Sums only, so that trying every set stays cheap: one pass over the promotions per competitor, none over the lines. */
function bestOffer(open: readonly PromotionFacts[], context: PromotionContext): Offer {
  const competing = open
    .filter((promotion) => !promotion.stackable)
    .sort((a, b) => b.priority - a.priority || compareText(a.id, b.id));
  let best = offerOf(
    open.filter((promotion) => promotion.stackable),
    context,
  );
  for (const single of competing) {
    best = cheaper(
      offerOf(
        open.filter((promotion) => promotion.stackable || promotion === single),
        context,
      ),
      best,
    );
    best = cheaper(offerOf([single], context), best);
  }
  return cheaper(offerOf([], context), best);
}

function cheaper(candidate: Offer, best: Offer): Offer {
  return candidate.cost_minor < best.cost_minor ? candidate : best;
}

function offerOf(promotions: readonly PromotionFacts[], context: PromotionContext): Offer {
  const applied: AppliedPromotion[] = [];
  let goods_minor = context.eligible_minor;
  for (const promotion of promotions) {
    const amount_minor = goodsDiscount(promotion, goods_minor);
    if (amount_minor > 0) applied.push({ promotion, kind: 'discount', amount_minor });
    goods_minor -= amount_minor;
  }
  const all_goods_minor = goods_minor + context.other_goods_minor;
  const shipping_minor = context.shipping ? shippingAmount(context.shipping, all_goods_minor) : 0;
  const freeing = promotions.find((promotion) => promotion.kind === 'free_shipping');
  if (!freeing || shipping_minor === 0) {
    return { applied, shipping_minor, cost_minor: all_goods_minor + shipping_minor };
  }
  applied.push({ promotion: freeing, kind: 'shipping_discount', amount_minor: shipping_minor });
  return { applied, shipping_minor, cost_minor: all_goods_minor };
}

function goodsDiscount(promotion: PromotionFacts, left_minor: number): number {
  if (promotion.kind === 'free_shipping') return 0;
  const discount_minor =
    promotion.kind === 'percentage'
      ? mulDivHalfUp(left_minor, promotion.value_ppm ?? 0, 1_000_000)
      : (promotion.amount_minor ?? 0);
  requireAmount(discount_minor);
  return Math.min(discount_minor, left_minor);
}
