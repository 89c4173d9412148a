import type { Moment } from './period.ts';
import type { Place } from './place.ts';
import type { PriceFacts } from './prices.ts';
import type { ProductKind } from './product-kind.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import type { ShippingFacts } from './shipping.ts';
import type { TaxExemption, TaxRateFacts } from './tax.ts';

/** Everything a price depends on, amounts in minor units of `currency`. */
export interface CartFacts {
  currency: string;
  now: Moment;
  prices_include_tax: boolean;
  /** Where prices include tax: the net price stays when the destination's rate differs, instead of the gross one. */
  keep_net_prices: boolean;
  lines: readonly LineFacts[];
  shipping: ShippingFacts | null;
  promotions: readonly PromotionFacts[];
  codes: readonly string[];
  tax_rates: readonly TaxRateFacts[];
  /** Why nothing is taxed; null where it is. */
  tax_exemption: TaxExemption | null;
  customer_group: string | null;
  /** Whether the shopper placed an order that still counts; for promotions on the first one. */
  has_ordered_before: boolean;
  /** Where the goods go; null while the shopper has not said, then `default_tax_country` is taxed. */
  address: Place | null;
  /** The shop's own: the rate its prices were made with. */
  default_tax_country: string;
}

export interface LineFacts {
  id: string;
  variant: string;
  product: string;
  /** Gift cards are never discounted. */
  product_kind: ProductKind;
  quantity: number;
  /** The variant's own price in the cart's currency. */
  base_price_minor: number;
  /** What staff wrote into a draft order: charged as it is, whatever lists and taxes say. */
  fixed_price_minor: number | null;
  /** Candidates from lists and tiers, in the cart's currency. */
  prices: readonly PriceFacts[];
  /** The code of the class. */
  tax_class: string;
  requires_shipping: boolean;
  /** Of one unit; null where nobody knows. */
  weight_grams: number | null;
  /** With all their ancestors, so that a promotion's category covers its subtree. */
  categories: readonly string[];
  brand: string | null;
  tags: readonly string[];
}
