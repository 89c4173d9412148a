import type { Period } from './period.ts';

/**
 * A row of `promotions`, with what its limits leave: null where it has none. Amounts are in minor units of `currency` and as
 * displayed: gross where prices include tax, else net.
 */
export interface PromotionFacts extends Period {
  id: string;
  name: string;
  status: 'active' | 'inactive';
  kind: 'percentage' | 'fixed_amount' | 'free_shipping' | 'buy_x_get_y' | 'set_price' | 'tiered';
  /** Of `fixed_amount`: once over the goods in scope, or off each unit of them. */
  allocation: 'across' | 'each';
  /** Null is any; what has an amount or a budget needs one. */
  currency: string | null;
  /** What comes off: of `percentage`, and of the units given by `buy_x_get_y` (null: all of it). */
  value_ppm: number | null;
  /** What comes off (`fixed_amount`), or the price of a set (`set_price`). */
  amount_minor: number | null;
  /** Units to buy (`buy_x_get_y`), or of a set (`set_price`) where no scope row says how many. */
  buy_quantity: number | null;
  get_quantity: number | null;
  /** How often `buy_x_get_y` and `set_price` apply to one cart. */
  max_applications: number | null;
  /** What reaches the tiers of `tiered`: the value or the number of the goods in scope, before discounts. */
  tier_basis: 'spend' | 'quantity' | null;
  tiers: readonly PromotionTier[] | null;
  /** In the order of their `sort`. */
  scopes: readonly PromotionScope[];
  /** Both before discounts; without a currency in the cart's. */
  minimum_subtotal_minor: number | null;
  minimum_quantity: number | null;
  /** What the minimums are compared with: the goods in scope, or all of the cart. Gift cards count in neither. */
  minimum_basis: 'scope' | 'cart';
  first_order_only: boolean;
  customer_group: string | null;
  /** Only with its own code or one of `codes`. */
  requires_code: boolean;
  /** Its own code. */
  code: string | null;
  /** Of its rows of `promotion_codes` those the cart carries. */
  codes: readonly PromotionCode[];
  usage_left: number | null;
  customer_usage_left: number | null;
  budget_left_minor: number | null;
  stackable: boolean;
  priority: number;
}

/** Takes off a part or an amount, from `from` (minor units or units) on. */
export type PromotionTier = { from: number; value_ppm: number } | { from: number; amount_minor: number };

export interface PromotionCode {
  id: string;
  code: string;
  usage_left: number | null;
}

/** A row of `promotion_scopes`; null columns match anything. */
export interface PromotionScope {
  /** What is discounted and counted, or what must be bought (`buy_x_get_y`). */
  side: 'target' | 'buy';
  effect: 'include' | 'exclude';
  product: string | null;
  variant: string | null;
  category: string | null;
  brand: string | null;
  tag: string | null;
  /** How many units of this row make a set (`set_price`). */
  quantity: number | null;
}
