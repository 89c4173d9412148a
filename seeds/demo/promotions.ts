/**
 * One promotion of each kind. Those without a code are for goods that a first look at the shop does not buy, so that a cart with
 * anything else costs what the price tags say.
 */
import { fixedId } from '../fixed-id.ts';
import type { SeedRow } from '../insert-missing.ts';
import { WHOLESALE } from './selling.ts';

const category = (slug: string) => ({ category: fixedId('category', slug) });
const product = (slug: string, quantity?: number) => ({
  product: fixedId('product', slug),
  ...(quantity !== undefined && { quantity }),
});
const brand = (slug: string) => ({ brand: fixedId('brand', slug) });
const except = (what: SeedRow) => ({ effect: 'exclude', ...what });

interface DemoPromotion {
  /** Never changes: ids follow from it. */
  slug: string;
  name: string;
  description: string;
  /** Columns of `promotions` that differ from `UNSET`. */
  rule: SeedRow;
  scopes?: readonly SeedRow[];
  codes?: readonly string[];
}

const UNSET: SeedRow = {
  code: null,
  requires_code: false,
  value_ppm: null,
  amount_minor: null,
  currency: null,
  allocation: 'across',
  buy_quantity: null,
  get_quantity: null,
  max_applications: null,
  tier_basis: null,
  tiers: null,
  minimum_subtotal_minor: null,
  first_order_only: false,
  budget_minor: null,
  customer_group: null,
  usage_limit_per_customer: null,
};

const DEMO_PROMOTIONS: readonly DemoPromotion[] = [
  {
    slug: 'WELCOME10',
    name: 'Welcome: 10 % off',
    description: 'Ten per cent off the first order, until 500 dollars have been given away.',
    rule: {
      kind: 'percentage',
      code: 'WELCOME10',
      requires_code: true,
      value_ppm: 100_000,
      currency: 'USD',
      first_order_only: true,
      budget_minor: 50_000,
      usage_limit_per_customer: 1,
    },
  },
  {
    slug: 'SHIPFREE',
    name: 'Free shipping from 40',
    description: 'No shipping costs on goods for 40 or more.',
    rule: { kind: 'free_shipping', code: 'SHIPFREE', requires_code: true, minimum_subtotal_minor: 4000 },
  },
  {
    slug: 'garden-days',
    name: 'Garden days: 15 % off',
    description: 'Fifteen per cent off everything for the garden, but not off seeds.',
    rule: { kind: 'percentage', value_ppm: 150_000 },
    scopes: [category('garden'), except(product('meadow-seeds'))],
  },
  {
    slug: 'three-mugs-for-two',
    name: 'Three mugs for two',
    description: 'Of three enamel mugs, the cheapest is free.',
    rule: { kind: 'buy_x_get_y', buy_quantity: 2, get_quantity: 1, value_ppm: 1_000_000 },
    scopes: [product('summit-enamel-mug')],
  },
  {
    slug: 'tea-for-two',
    name: 'Tea for two',
    description: 'A teapot and two bowls for 99 dollars.',
    rule: { kind: 'set_price', amount_minor: 9900, currency: 'USD' },
    scopes: [product('hearth-teapot', 1), product('pebble-bowl', 2)],
  },
  {
    slug: 'dress-warmly',
    name: 'Dress warmly: up to 15 % off',
    description: 'Ten per cent off clothing for 200 dollars or more, 15 per cent from 400 on.',
    rule: {
      kind: 'tiered',
      currency: 'USD',
      tier_basis: 'spend',
      tiers: JSON.stringify([
        { from: 20_000, value_ppm: 100_000 },
        { from: 40_000, value_ppm: 150_000 },
      ]),
    },
    scopes: [category('clothing')],
  },
  {
    slug: 'TARNHELM30',
    name: 'Tarnhelm: 30 off each',
    description: 'Thirty dollars off each thing by Tarnhelm, but not off the bivouac bag.',
    rule: {
      kind: 'fixed_amount',
      code: 'TARNHELM30',
      requires_code: true,
      amount_minor: 3000,
      currency: 'USD',
      allocation: 'each',
    },
    scopes: [brand('tarnhelm'), except(product('bivouac-bag'))],
  },
  {
    slug: 'wholesale-ships-free',
    name: 'Wholesale ships free',
    description: 'No shipping costs for the customer group “Wholesale”, on goods for 250 or more.',
    rule: { kind: 'free_shipping', customer_group: WHOLESALE, minimum_subtotal_minor: 25_000 },
  },
  {
    slug: 'newsletter',
    name: 'Newsletter: 15 % once',
    description: 'Everybody who reads us gets a code of their own, which works once.',
    rule: { kind: 'percentage', requires_code: true, value_ppm: 150_000 },
    codes: ['NEWS-7QK4', 'NEWS-M2XH', 'NEWS-R9TD', 'NEWS-V6CJ', 'NEWS-W3PB'],
  },
];

export const PROMOTIONS: readonly SeedRow[] = DEMO_PROMOTIONS.map(({ slug, name, description, rule }) => ({
  id: fixedId('promotion', slug),
  name,
  description,
  status: 'active',
  ...UNSET,
  ...rule,
}));

export const PROMOTION_SCOPES: readonly SeedRow[] = DEMO_PROMOTIONS.flatMap(({ slug, scopes = [] }) =>
  scopes.map((scope, index) => ({
    id: fixedId('promotion_scope', `${slug}/${index + 1}`),
    promotion: fixedId('promotion', slug),
    side: 'target',
    effect: 'include',
    product: null,
    category: null,
    brand: null,
    quantity: null,
    sort: index + 1,
    ...scope,
  })),
);

export const PROMOTION_CODES: readonly SeedRow[] = DEMO_PROMOTIONS.flatMap(({ slug, codes = [] }) =>
  codes.map((code) => ({
    id: fixedId('promotion_code', code),
    promotion: fixedId('promotion', slug),
    code,
    usage_limit: 1,
  })),
);
