/**
 * Which promotions a cart gets, what each takes off which line, and what became of the codes.
 * Words: a promotion is *open* to a cart when nothing about it, the shopper or the goods forbids it; *automatic* when it
 * requires no code.
 */
import {
  bestOffer,
  offerOf,
  type Basket,
  type Offer,
  type OpenPromotion,
  type TakenOff,
} from './choose-promotions.ts';
import { codesFor, normalCode, type CarriedCode } from './coupon-codes.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { reachesOf } from './promotion-reach.ts';
import {
  openTo,
  shopperRefusal,
  type GoodsRefusal,
  type Shopper,
  type ShopperRefusal,
} from './promotion-refusals.ts';

export interface PromotionContext extends Shopper, Basket {
  promotions: readonly PromotionFacts[];
  /** As entered. */
  codes: readonly string[];
}

/**
 * Why a code gives nothing. Those of the goods and the last three can change with the cart: too little of the right goods,
 * another code of the same promotion counts, others take more off, or there is nothing to take it off (free shipping before
 * a method is chosen).
 */
export type CodeReason =
  | 'unknown'
  | 'code_used_up'
  | ShopperRefusal
  | GoodsRefusal
  | 'other_code_applied'
  | 'better_offer'
  | 'no_benefit';

export interface CodeOutcome {
  /** As compared: trimmed, upper case. */
  code: string;
  applied: boolean;
  reason: CodeReason | null;
}

/** What one promotion takes off, and for which code: null where none was needed and none was carried. */
export interface AppliedPromotion extends TakenOff {
  code: CarriedCode | null;
}

export interface AppliedPromotions {
  /** In the order they were taken off. */
  applied: AppliedPromotion[];
  /** Before shipping discounts; null when nothing ships. */
  shipping_minor: number | null;
  codes: CodeOutcome[];
}

/**
 * Chooses and applies. Discounts on lines (percentages, amounts off each unit, what is given for what is bought, prices of
 * sets) come before those on the order (amounts across the goods), then shipping is priced on the discounted goods, then
 * `free_shipping` takes it off. Within each step the one that competes is first, the stackable ones follow by priority, higher
 * first, then id. Each works on what the ones before left; minimums and tiers look at the goods before discounts.
 *
 * A promotion applies once, for one of its codes; which one does not depend on the order they were entered in. Neither the
 * order of `promotions` nor that of `codes` changes what is taken off, that of `goods` only between lines that are alike.
 * @throws RangeError when an amount is negative
 */
export function applyPromotions(context: PromotionContext): AppliedPromotions {
  const carried = [...new Set(context.codes.map(normalCode))];
  const judged = judgedPromotions(context, carried);
  const best = bestOffer(
    judged.flatMap(({ open }) => open ?? []),
    context,
  );
  const codeOf = new Map(judged.map(({ promotion, code }) => [promotion, code]));
  return {
    applied: best.taken.map((taken) => ({ ...taken, code: codeOf.get(taken.promotion) ?? null })),
    shipping_minor: best.shipping_minor,
    codes: carried.map((code) => outcomeOf(code, judged, best, context)),
  };
}

/** A promotion the cart asks for, or that is automatic. */
interface JudgedPromotion {
  promotion: PromotionFacts;
  /** All that ask for it, and the one it would be given for. */
  codes: readonly CarriedCode[];
  code: CarriedCode | null;
  refusal: CodeReason | null;
  open: OpenPromotion | null;
}

function judgedPromotions(context: PromotionContext, carried: readonly string[]): JudgedPromotion[] {
  const asked = context.promotions.flatMap((promotion): JudgedPromotion[] => {
    const codes = codesFor(promotion, carried);
    if (promotion.status !== 'active' || (promotion.requires_code && codes.length === 0)) return [];
    const code = codes.find((each) => !each.is_used_up) ?? null;
    const codeRefusal = promotion.requires_code && code === null ? 'code_used_up' : null;
    return [
      { promotion, codes, code, refusal: shopperRefusal(promotion, context) ?? codeRefusal, open: null },
    ];
  });
  const allowed = asked.filter(({ refusal }) => refusal === null);
  const reaches = reachesOf(
    allowed.map(({ promotion }) => promotion),
    context.goods,
  );
  return asked.map((one) => {
    const reach = reaches.get(one.promotion);
    if (!reach) return one;
    const open = openTo(context.goods, one.promotion, reach);
    return typeof open === 'string' ? { ...one, refusal: open } : { ...one, open };
  });
}

function outcomeOf(
  code: string,
  judged: readonly JudgedPromotion[],
  best: Offer,
  basket: Basket,
): CodeOutcome {
  const asking = judged.find(({ codes }) => codes.some((each) => each.code === code));
  const reason = asking ? reasonFor(code, asking, best, basket) : 'unknown';
  return { code, applied: reason === null, reason };
}

function reasonFor(
  code: string,
  { promotion, codes, code: counting, refusal, open }: JudgedPromotion,
  best: Offer,
  basket: Basket,
): CodeReason | null {
  if (codes.some((each) => each.code === code && each.is_used_up)) return 'code_used_up';
  if (!open) return refusal;
  if (best.taken.some((taken) => taken.promotion === promotion)) {
    return counting?.code === code ? null : 'other_code_applied';
  }
  const unlimited = { ...open, promotion: { ...promotion, budget_left_minor: null } };
  if (offerOf([open], basket).taken.length > 0) return 'better_offer';
  return offerOf([unlimited], basket).taken.length > 0 ? 'budget_exhausted' : 'no_benefit';
}
