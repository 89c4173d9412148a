import type { ChosenPrice } from './prices.ts';
import type { CodeOutcome } from './promotions.ts';
import type { TaxExemption } from './tax.ts';

/**
 * Totals. `subtotal_minor` is quantity times unit price as displayed: gross when `prices_include_tax`, else net.
 * `discount_minor` is positive; `shipping_minor` is after its discount; `tax_minor` is all tax.
 * Without tax in the prices `total = subtotal - discount + shipping + tax`, with it `total = subtotal - discount + shipping`.
 * Each total is the sum of its lines' (and shipping's).
 */
export interface Quote {
  currency: string;
  prices_include_tax: boolean;
  tax_exemption: TaxExemption | null;
  requires_shipping: boolean;
  lines: QuoteLine[];
  shipping: QuoteShipping | null;
  adjustments: Adjustment[];
  codes: CodeOutcome[];
  tax_summary: TaxSummaryEntry[];
  subtotal_minor: number;
  discount_minor: number;
  shipping_minor: number;
  tax_minor: number;
  total_minor: number;
}

export interface QuoteLine extends ChosenPrice {
  id: string;
  variant: string;
  quantity: number;
  subtotal_minor: number;
  /** Its share of all discounts, positive. */
  discount_minor: number;
  /** Its share of each promotion that takes something off it, in the order taken. */
  discounts: LineDiscount[];
  tax_minor: number;
  /** `subtotal - discount`, plus tax when the prices do not include it. */
  total_minor: number;
  tax_rate_ppm: number;
  /** Null where nothing is taxed. */
  tax_name: string | null;
}

export interface LineDiscount {
  promotion: string;
  /** The row of `promotion_codes` it is given for. */
  promotion_code: string | null;
  /** As compared: trimmed, upper case; null where none was needed. */
  code: string | null;
  label: string;
  /** Positive. */
  amount_minor: number;
}

export interface QuoteShipping {
  method: string;
  name: string;
  /** Before its discount. */
  amount_minor: number;
  discount_minor: number;
  tax_minor: number;
  total_minor: number;
  tax_rate_ppm: number;
  tax_name: string | null;
}

/** What one promotion takes off in all, or shipping costs: discounts are negative, shipping positive. */
export interface Adjustment {
  kind: 'discount' | 'shipping' | 'shipping_discount';
  code: string | null;
  label: string;
  promotion: string | null;
  promotion_code: string | null;
  amount_minor: number;
}

/** Per rate, the sums over lines and shipping; `taxable_minor` is net of tax whatever the prices include. */
export interface TaxSummaryEntry {
  name: string;
  rate_ppm: number;
  taxable_minor: number;
  tax_minor: number;
}
