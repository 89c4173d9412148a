/** How the demo shop sells: where from, where to, for how much, and with which codes. */
import { fixedId } from '../fixed-id.ts';
import type { SeedRow } from '../insert-missing.ts';
import { MAIN_LOCATION, taxRateRow } from '../reference/apply-reference.ts';
import { EU_COUNTRIES } from '../reference/tax-rates.ts';

export const SHOP_NAME = 'Fernwick';
export const AUTUMN_SALE = fixedId('price_list', 'autumn-sale');

/** Stock lies at these, most of it at the first. */
export const LOCATIONS = [MAIN_LOCATION, fixedId('stock_location', 'hamburg')] as const;

export const STOCK_LOCATIONS: readonly SeedRow[] = [
  {
    id: LOCATIONS[1],
    name: 'Hamburg warehouse',
    code: 'hamburg',
    active: true,
    priority: -1,
    country: 'DE',
    city: 'Hamburg',
    postal_code: '20457',
    line1: 'Am Sandtorkai 7',
  },
];

export const PRICE_LISTS: readonly SeedRow[] = [
  { id: AUTUMN_SALE, name: 'Autumn sale', kind: 'sale', status: 'active', priority: 0 },
];

/** Each needs its code, so that a cart without one costs what the price tags say. */
export const PROMOTIONS: readonly SeedRow[] = [
  {
    id: fixedId('promotion', 'WELCOME10'),
    name: 'Welcome: 10 % off',
    status: 'active',
    kind: 'percentage',
    code: 'WELCOME10',
    value_ppm: 100_000,
    minimum_subtotal_minor: null,
    usage_limit_per_customer: 1,
    description: 'Ten per cent off the first order.',
  },
  {
    id: fixedId('promotion', 'SHIPFREE'),
    name: 'Free shipping from 40',
    status: 'active',
    kind: 'free_shipping',
    code: 'SHIPFREE',
    value_ppm: null,
    minimum_subtotal_minor: 4000,
    usage_limit_per_customer: null,
    description: 'No shipping costs on goods for 40 or more.',
  },
];

/** Base rates of two states, enough to try a taxed American order. City and county rates come on top in real life. */
export const DEMO_TAX_RATES: readonly SeedRow[] = [
  {
    tax_class: 'standard' as const,
    country: 'US',
    region: 'NY',
    name: 'New York sales tax',
    rate_ppm: 88_750,
  },
  {
    tax_class: 'standard' as const,
    country: 'US',
    region: 'CA',
    name: 'California sales tax',
    rate_ppm: 72_500,
  },
].map(taxRateRow);

interface Zone {
  slug: string;
  name: string;
  countries: readonly string[];
  methods: readonly Method[];
}

interface Method {
  name: string;
  description: string;
  /** Amount and the value of goods from which it costs nothing, by currency. */
  prices: Readonly<Record<string, readonly [amount_minor: number, free_above_minor: number | null]>>;
  days: readonly [min: number, max: number];
}

const ZONES: readonly Zone[] = [
  {
    slug: 'us',
    name: 'United States',
    countries: ['US'],
    methods: [
      { name: 'Standard', description: 'Parcel, tracked', prices: { USD: [690, 10000] }, days: [3, 6] },
      { name: 'Express', description: 'By air, signed for', prices: { USD: [1890, null] }, days: [1, 2] },
    ],
  },
  {
    slug: 'eu',
    name: 'European Union',
    countries: EU_COUNTRIES,
    methods: [
      {
        name: 'Standard',
        description: 'Parcel, tracked',
        prices: { USD: [790, 12000], EUR: [690, 10000] },
        days: [2, 5],
      },
      {
        name: 'Express',
        description: 'Next working day where possible',
        prices: { USD: [1990, null], EUR: [1790, null] },
        days: [1, 2],
      },
    ],
  },
  {
    slug: 'world',
    name: 'Rest of the world',
    countries: ['*'],
    methods: [
      {
        name: 'Standard',
        description: 'Letter post, tracked',
        prices: { USD: [1490, 25000], EUR: [1390, 23000] },
        days: [7, 21],
      },
      {
        name: 'Express',
        description: 'Courier',
        prices: { USD: [3900, null], EUR: [3600, null] },
        days: [3, 6],
      },
    ],
  },
];

export const SHIPPING_ZONES: readonly SeedRow[] = ZONES.map(({ slug, name, countries }) => ({
  id: fixedId('shipping_zone', slug),
  name,
  countries: JSON.stringify(countries),
  priority: 0,
}));

export const SHIPPING_METHODS: readonly SeedRow[] = ZONES.flatMap(({ slug, methods }) =>
  methods.flatMap(({ name, description, prices, days }, index) =>
    Object.entries(prices).map(([currency, [amount_minor, free_above_minor]]) => ({
      id: fixedId('shipping_method', `${slug}/${name}/${currency}`),
      zone: fixedId('shipping_zone', slug),
      name,
      description,
      active: true,
      amount_minor,
      currency,
      free_above_minor,
      min_days: days[0],
      max_days: days[1],
      sort: index + 1,
    })),
  ),
);

/**
 * A price in euros beside one in dollars: 92 cents to the dollar, then the nearest price that ends in 40 or 90.
 * Both in minor units.
 */
export function euroPrice(usd_minor: number): number {
  return Math.round((usd_minor * 92) / 5000) * 50 - 10;
}
