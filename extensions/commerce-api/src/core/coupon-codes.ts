import { compareText } from './compare-text.ts';
import type { PromotionFacts } from './promotion-facts.ts';

/** A code the cart carries that asks for a promotion. */
export interface CarriedCode {
  /** As compared. */
  code: string;
  /** Its row of `promotion_codes`; null for the promotion's own code. */
  promotion_code: string | null;
  is_used_up: boolean;
}

/** The one spelling codes are compared in. */
export function normalCode(code: string): string {
  return code.trim().toUpperCase();
}

/** The codes by which a cart asks for a promotion: its own first, then the others by their text. */
export function codesFor(
  { code, codes }: Pick<PromotionFacts, 'code' | 'codes'>,
  carried: readonly string[],
): CarriedCode[] {
  const own = code === null ? [] : [{ code: normalCode(code), promotion_code: null, is_used_up: false }];
  const others = codes.map(({ id, code: text, usage_left }) => {
    return { code: normalCode(text), promotion_code: id, is_used_up: usage_left !== null && usage_left <= 0 };
  });
  others.sort((a, b) => compareText(a.code, b.code));
  return [...own, ...others].filter((each) => carried.includes(each.code));
}
