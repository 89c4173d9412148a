/** Facts for the tests of pricing: each takes only what its case is about. */
import type {
  CartFacts,
  LineFacts,
  PromotionFacts,
  PromotionScope,
  Quote,
  ShippingFacts,
  TaxRateFacts,
} from './price-cart.ts';
import type { Goods } from './promotion-reach.ts';

export function aLine(id: string, base_price_minor: number, line: Partial<LineFacts> = {}): LineFacts {
  return {
    id,
    variant: `variant of ${id}`,
    product: `product of ${id}`,
    product_kind: 'physical',
    quantity: 1,
    base_price_minor,
    fixed_price_minor: null,
    prices: [],
    tax_class: 'standard',
    requires_shipping: true,
    weight_grams: null,
    categories: [],
    brand: null,
    tags: [],
    ...line,
  };
}

/** A line as promotions see it. */
export function someGoods(subtotal_minor: number, goods: Partial<Goods> = {}): Goods {
  return {
    product: 'product',
    variant: 'variant',
    categories: [],
    brand: null,
    tags: [],
    quantity: 1,
    subtotal_minor,
    tax_rate_ppm: 0,
    tax_name: null,
    ...goods,
  };
}

/** Requires a code where it has one. */
export function aPromotion(promotion: Partial<PromotionFacts>): PromotionFacts {
  const { code = null, codes = [] } = promotion;
  return {
    id: 'promotion',
    name: 'Promotion',
    status: 'active',
    kind: 'percentage',
    allocation: 'across',
    currency: null,
    value_ppm: null,
    amount_minor: null,
    buy_quantity: null,
    get_quantity: null,
    max_applications: null,
    tier_basis: null,
    tiers: null,
    scopes: [],
    minimum_subtotal_minor: null,
    minimum_quantity: null,
    minimum_basis: 'scope',
    first_order_only: false,
    customer_group: null,
    requires_code: code !== null || codes.length > 0,
    code,
    codes,
    starts_at: null,
    ends_at: null,
    usage_left: null,
    customer_usage_left: null,
    budget_left_minor: null,
    stackable: false,
    priority: 0,
    ...promotion,
  };
}
export const percent = (value: number, rest: Partial<PromotionFacts> = {}) =>
  aPromotion({ value_ppm: value * 10_000, ...rest });
export const fixed = (amount_minor: number, rest: Partial<PromotionFacts> = {}) =>
  aPromotion({ kind: 'fixed_amount', amount_minor, currency: 'EUR', ...rest });

export const offEach = (amount_minor: number, rest: Partial<PromotionFacts> = {}) =>
  fixed(amount_minor, { allocation: 'each', ...rest });
export const freeShipping = (rest: Partial<PromotionFacts> = {}) =>
  aPromotion({ kind: 'free_shipping', ...rest });
export const buyGet = (buy_quantity: number, get_quantity: number, rest: Partial<PromotionFacts> = {}) =>
  aPromotion({ kind: 'buy_x_get_y', buy_quantity, get_quantity, ...rest });
export const setFor = (amount_minor: number, rest: Partial<PromotionFacts> = {}) =>
  aPromotion({ kind: 'set_price', amount_minor, currency: 'EUR', ...rest });
export const tiered = (
  tier_basis: 'spend' | 'quantity',
  tiers: PromotionFacts['tiers'],
  rest: Partial<PromotionFacts> = {},
) => aPromotion({ kind: 'tiered', tier_basis, tiers, currency: 'EUR', ...rest });

export function aScope(scope: Partial<PromotionScope>): PromotionScope {
  return {
    side: 'target',
    effect: 'include',
    product: null,
    variant: null,
    category: null,
    brand: null,
    tag: null,
    quantity: null,
    ...scope,
  };
}

export function aRate(name: string, percentage: number, rate: Partial<TaxRateFacts> = {}): TaxRateFacts {
  return {
    tax_class: 'standard',
    country: '*',
    region: null,
    postal_pattern: null,
    name,
    rate_ppm: percentage * 10_000,
    ...rate,
  };
}
export const reduced = { tax_class: 'reduced' };

export function someShipping(shipping: Partial<ShippingFacts> = {}): ShippingFacts {
  return {
    method: 'post',
    name: 'Post',
    kind: 'flat',
    amount_minor: 500,
    per_item_minor: null,
    tiers: null,
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
    keep_net_prices: false,
    lines,
    shipping: null,
    promotions: [],
    codes: [],
    tax_rates: [],
    tax_exemption: null,
    customer_group: null,
    has_ordered_before: false,
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
