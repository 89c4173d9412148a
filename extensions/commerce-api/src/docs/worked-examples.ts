/**
 * The examples of the page “How Kontor calculates”. Every figure in them was worked out by hand; a test holds the pipeline
 * against them, so that the page cannot promise what a cart does not do.
 */
import type { CartFacts, LineFacts } from '../core/cart-facts.ts';
import type { PromotionFacts } from '../core/promotion-facts.ts';
import type { TaxRateFacts } from '../core/tax.ts';

export interface WorkedExample {
  title: string;
  facts: CartFacts;
  /** What is bought, in words, by line. */
  goods: string[];
  steps: Step[];
  totals: {
    subtotal_minor: number;
    discount_minor: number;
    shipping_minor: number;
    tax_minor: number;
    total_minor: number;
  };
  line_discounts: number[];
  line_taxes: number[];
  shipping_tax: number;
}

/** One step of the calculation: what is done, how it is reckoned, and what comes out. */
export interface Step {
  what: string;
  how: string;
  result: string;
}

const STANDARD_RATE: TaxRateFacts = {
  tax_class: 'standard',
  country: '*',
  region: null,
  postal_pattern: null,
  name: 'Sales tax 8.25 %',
  rate_ppm: 82_500,
};
const VAT_STANDARD: TaxRateFacts = {
  ...STANDARD_RATE,
  country: 'DE',
  name: 'VAT 19 %',
  rate_ppm: 190_000,
};
const VAT_REDUCED: TaxRateFacts = {
  ...STANDARD_RATE,
  country: 'DE',
  tax_class: 'reduced',
  name: 'VAT 7 %',
  rate_ppm: 70_000,
};

const LINE: Omit<LineFacts, 'id' | 'base_price_minor' | 'quantity'> = {
  variant: 'variant',
  product: 'product',
  product_kind: 'physical',
  fixed_price_minor: null,
  prices: [],
  tax_class: 'standard',
  requires_shipping: true,
  weight_grams: null,
  categories: [],
  brand: null,
  tags: [],
};

const TENTH_OFF: PromotionFacts = {
  id: 'tenth',
  name: '10 % off',
  status: 'active',
  kind: 'percentage',
  allocation: 'across',
  currency: null,
  value_ppm: 100_000,
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
  requires_code: false,
  code: null,
  codes: [],
  usage_left: null,
  customer_usage_left: null,
  budget_left_minor: null,
  stackable: false,
  priority: 0,
  starts_at: null,
  ends_at: null,
};

const CART: Omit<CartFacts, 'currency' | 'prices_include_tax' | 'lines' | 'shipping' | 'tax_rates'> = {
  now: '2026-03-01T12:00:00Z',
  keep_net_prices: false,
  promotions: [TENTH_OFF],
  codes: [],
  tax_exemption: null,
  customer_group: null,
  has_ordered_before: false,
  address: null,
  default_tax_country: 'DE',
};

const POST = { method: 'post', name: 'Post', tax_class: 'standard' };

export const WORKED_EXAMPLES: readonly WorkedExample[] = [
  {
    title: 'Prices without tax (a shop in the United States)',
    facts: {
      ...CART,
      currency: 'USD',
      prices_include_tax: false,
      tax_rates: [STANDARD_RATE],
      lines: [
        { ...LINE, id: 'mug', base_price_minor: 1295, quantity: 3 },
        { ...LINE, id: 'tea', base_price_minor: 749, quantity: 1 },
      ],
      shipping: shippingOf(590),
    },
    goods: ['3 mugs at 12.95', '1 tea at 7.49'],
    steps: [
      { what: 'Subtotal', how: '3 × 12.95 + 1 × 7.49 = 38.85 + 7.49', result: '46.34' },
      { what: 'Discount of 10 %', how: '46.34 × 10 % = 4.634, rounded once', result: '4.63' },
      {
        what: 'Shared over the lines',
        how: 'in proportion: 4.63 × 38.85 / 46.34 = 3.88(16) and 4.63 × 7.49 / 46.34 = 0.74(83); rounded down that is 4.62, and the cent left over goes to the larger remainder, the tea',
        result: '3.88 and 0.75',
      },
      { what: 'Goods', how: '38.85 − 3.88 and 7.49 − 0.75', result: '34.97 and 6.74' },
      {
        what: 'Tax of each line',
        how: '34.97 × 8.25 % = 2.885 and 6.74 × 8.25 % = 0.556, each rounded half up',
        result: '2.89 and 0.56',
      },
      { what: 'Tax of shipping', how: '5.90 × 8.25 % = 0.487', result: '0.49' },
      {
        what: 'Total',
        how: '46.34 − 4.63 + 5.90 + (2.89 + 0.56 + 0.49)',
        result: '51.55',
      },
    ],
    totals: {
      subtotal_minor: 4634,
      discount_minor: 463,
      shipping_minor: 590,
      tax_minor: 394,
      total_minor: 5155,
    },
    line_discounts: [388, 75],
    line_taxes: [289, 56],
    shipping_tax: 49,
  },
  {
    title: 'Prices with tax (a shop in Germany)',
    facts: {
      ...CART,
      currency: 'EUR',
      prices_include_tax: true,
      tax_rates: [VAT_STANDARD, VAT_REDUCED],
      lines: [
        { ...LINE, id: 'mug', base_price_minor: 1290, quantity: 2 },
        { ...LINE, id: 'book', base_price_minor: 999, quantity: 1, tax_class: 'reduced' },
      ],
      shipping: shippingOf(490),
    },
    goods: ['2 mugs at 12.90 (19 %)', '1 book at 9.99 (7 %)'],
    steps: [
      { what: 'Subtotal', how: '2 × 12.90 + 1 × 9.99 = 25.80 + 9.99', result: '35.79' },
      { what: 'Discount of 10 %', how: '35.79 × 10 % = 3.579, rounded once', result: '3.58' },
      {
        what: 'Shared over the lines',
        how: 'in proportion: 3.58 × 25.80 / 35.79 = 2.58(07) and 3.58 × 9.99 / 35.79 = 0.99(93); rounded down that is 3.57, and the cent left over goes to the larger remainder, the book',
        result: '2.58 and 1.00',
      },
      { what: 'Goods', how: '25.80 − 2.58 and 9.99 − 1.00', result: '23.22 and 8.99' },
      {
        what: 'Tax in each line',
        how: '23.22 × 19 / 119 = 3.707 and 8.99 × 7 / 107 = 0.588, each rounded half up',
        result: '3.71 and 0.59',
      },
      { what: 'Tax in shipping', how: '4.90 × 19 / 119 = 0.782', result: '0.78' },
      {
        what: 'Total',
        how: '35.79 − 3.58 + 4.90; the tax of 3.71 + 0.59 + 0.78 = 5.08 is in it',
        result: '37.11',
      },
    ],
    totals: {
      subtotal_minor: 3579,
      discount_minor: 358,
      shipping_minor: 490,
      tax_minor: 508,
      total_minor: 3711,
    },
    line_discounts: [258, 100],
    line_taxes: [371, 59],
    shipping_tax: 78,
  },
];

function shippingOf(amount_minor: number): CartFacts['shipping'] {
  return {
    ...POST,
    kind: 'flat',
    amount_minor,
    per_item_minor: null,
    tiers: null,
    free_above_minor: null,
  };
}
