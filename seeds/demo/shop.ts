/** Where the demo shop sells: where from, where to, with which taxes, and what sending costs. */
import { EU_COUNTRIES } from '../../extensions/commerce-api/src/core/place.ts';
import { fixedId } from '../fixed-id.ts';
import type { SeedRow } from '../insert-missing.ts';
import { MAIN_LOCATION, taxRateRow } from '../reference/apply-reference.ts';

export const SHOP_NAME = 'Fernwick';

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

/** Base rates of two states, enough to try a taxed American order, and of one city, which its postal codes name. */
export const DEMO_TAX_RATES: readonly SeedRow[] = [
  {
    tax_class: 'standard' as const,
    country: 'US',
    region: 'NY',
    postal_pattern: null,
    name: 'New York sales tax',
    rate_ppm: 88_750,
  },
  {
    tax_class: 'standard' as const,
    country: 'US',
    region: 'CA',
    postal_pattern: null,
    name: 'California sales tax',
    rate_ppm: 72_500,
  },
  {
    tax_class: 'standard' as const,
    country: 'US',
    region: 'CA',
    postal_pattern: '900*',
    name: 'Los Angeles sales tax',
    rate_ppm: 97_500,
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
  /** By the parcel's weight, instead of the amount: what it costs from so many grams on, by currency. */
  by_weight?: Readonly<Record<string, readonly { from: number; amount_minor: number }[]>>;
  max_weight_grams?: number;
  /** Where it is picked up, instead of being sent. */
  location?: string;
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
      {
        name: 'Economy',
        description: 'By weight, without hurry',
        prices: { USD: [0, null] },
        by_weight: {
          USD: [
            { from: 0, amount_minor: 490 },
            { from: 1000, amount_minor: 890 },
            { from: 5000, amount_minor: 1690 },
          ],
        },
        max_weight_grams: 20_000,
        days: [6, 12],
      },
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
      {
        name: 'Economy',
        description: 'By weight, to a parcel shop',
        prices: { USD: [0, null], EUR: [0, null] },
        by_weight: {
          USD: [
            { from: 0, amount_minor: 590 },
            { from: 2000, amount_minor: 990 },
            { from: 10_000, amount_minor: 1890 },
          ],
          EUR: [
            { from: 0, amount_minor: 490 },
            { from: 2000, amount_minor: 890 },
            { from: 10_000, amount_minor: 1690 },
          ],
        },
        max_weight_grams: 31_500,
        days: [3, 7],
      },
      {
        name: 'Pick up in Hamburg',
        description: 'At the warehouse, weekdays from 10 to 18',
        prices: { USD: [0, null], EUR: [0, null] },
        location: LOCATIONS[1],
        days: [0, 1],
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
  methods.flatMap(({ name, description, prices, by_weight, max_weight_grams, location, days }, index) =>
    Object.entries(prices).map(([currency, [amount_minor, free_above_minor]]) => ({
      id: fixedId('shipping_method', `${slug}/${name}/${currency}`),
      zone: fixedId('shipping_zone', slug),
      name,
      description,
      active: true,
      kind: by_weight ? 'weight_tiers' : location ? 'pickup' : 'flat',
      tiers: by_weight ? JSON.stringify(by_weight[currency]) : null,
      max_weight_grams: max_weight_grams ?? null,
      location: location ?? null,
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
