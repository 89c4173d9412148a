/** Facts for the tests of pricing: each takes only what its case is about. */
import type {
  CartFacts,
  LineFacts,
  PromotionFacts,
  Quote,
  ShippingFacts,
  TaxRateFacts,
} from './price-cart.ts';

export function aLine(id: string, base_price_minor: number, line: Partial<LineFacts> = {}): LineFacts {
  return {
    id,
    variant: `variant of ${id}`,
    product: `product of ${id}`,
    product_kind: 'physical',
    quantity: 1,
    base_price_minor,
    prices: [],
    tax_class: 'standard',
    requires_shipping: true,
    categories: [],
    brand: null,
    ...line,
  };
}

export function aPromotion(promotion: Partial<PromotionFacts>): PromotionFacts {
  return {
    id: 'promotion',
    name: 'Promotion',
    status: 'active',
    kind: 'percentage',
    code: null,
    value_ppm: null,
    amount_minor: null,
    currency: null,
    minimum_subtotal_minor: null,
    starts_at: null,
    ends_at: null,
    usage_left: null,
    customer_usage_left: null,
    stackable: false,
    priority: 0,
    customer_group: null,
    ...promotion,
  };
}
export const percent = (value: number, rest: Partial<PromotionFacts> = {}) =>
  aPromotion({ value_ppm: value * 10_000, ...rest });
export const fixed = (amount_minor: number, rest: Partial<PromotionFacts> = {}) =>
  aPromotion({ kind: 'fixed_amount', amount_minor, currency: 'EUR', ...rest });

export function aRate(name: string, percentage: number, rate: Partial<TaxRateFacts> = {}): TaxRateFacts {
  return { tax_class: 'standard', country: '*', region: null, name, rate_ppm: percentage * 10_000, ...rate };
}
export const reduced = { tax_class: 'reduced' };

export function someShipping(shipping: Partial<ShippingFacts> = {}): ShippingFacts {
  return {
    method: 'post',
    name: 'Post',
    amount_minor: 500,
    free_above_minor: null,
    tax_class: 'standard',
    ...shipping,
  };
}

export function aCart(lines: LineFacts[], facts: Partial<CartFacts> = {}): CartFacts {
  return {
    currency: 'EUR',
    now: '2026-03-01T12:00:00Z',
    prices_include_tax: false,
    lines,
    shipping: null,
    promotions: [],
    codes: [],
    tax_rates: [],
    tax_exempt: false,
    customer_group: null,
    address: null,
    default_tax_country: 'DE',
    ...facts,
  };
}

export const totalsOf = (quote: Quote) => [
  quote.subtotal_minor,
  quote.discount_minor,
  quote.shipping_minor,
  quote.tax_minor,
  quote.total_minor,
];
export const discountsOf = (quote: Quote) => quote.lines.map((line) => line.discount_minor);
export const taxesOf = (quote: Quote) => quote.lines.map((line) => line.tax_minor);
export const sumOf = (amounts: number[]) => amounts.reduce((sum, amount) => sum + amount, 0);
