/** What the demo's goods cost some shoppers or at some times: price lists and prices by quantity. */
import { fixedId } from '../fixed-id.ts';
import type { SeedRow } from '../insert-missing.ts';
import type { DemoVariant } from './catalogue-rows.ts';
import { euroPrice } from './shop.ts';

export const AUTUMN_SALE = fixedId('price_list', 'autumn-sale');
export const WHOLESALE = fixedId('customer_group', 'wholesale');
const WHOLESALE_PRICES = fixedId('price_list', 'wholesale');

const SALE_MS = 90 * 86_400_000;

export const CUSTOMER_GROUPS: readonly SeedRow[] = [
  { id: WHOLESALE, name: 'Wholesale', code: 'wholesale', tax_exempt: false },
];

/** The sale begins when the demo is planted, so that a new demo shop has one. */
export function priceLists(planted: Date): SeedRow[] {
  return [
    {
      id: AUTUMN_SALE,
      name: 'Autumn sale',
      kind: 'sale',
      status: 'active',
      priority: 0,
      customer_group: null,
      starts_at: planted.toISOString(),
      ends_at: new Date(planted.getTime() + SALE_MS).toISOString(),
    },
    {
      id: WHOLESALE_PRICES,
      name: 'Wholesale',
      kind: 'override',
      status: 'active',
      priority: 10,
      customer_group: WHOLESALE,
      starts_at: null,
      ends_at: null,
    },
  ];
}

/** What a unit costs from a quantity on, as a part of the usual price. */
interface QuantityPrices {
  price_list: string | null;
  products: readonly string[];
  percent_from: readonly (readonly [min_quantity: number, percent: number])[];
}

const QUANTITY_PRICES: readonly QuantityPrices[] = [
  { price_list: null, products: ['beeswax-candles'], percent_from: [[6, 90]] },
  {
    price_list: WHOLESALE_PRICES,
    products: ['summit-enamel-mug', 'trailhead-socks', 'everyday-tee'],
    percent_from: [
      [1, 80],
      [12, 70],
      [48, 60],
    ],
  },
];

/** In both currencies, to ten cents in dollars. */
export function quantityPriceRows(variants: readonly DemoVariant[]): SeedRow[] {
  return QUANTITY_PRICES.flatMap(({ price_list, products, percent_from }) =>
    variants
      .filter(({ product }) => products.includes(product.slug))
      .flatMap(({ id, sku, price_minor }) =>
        percent_from.flatMap(([min_quantity, percent]) => {
          const dollars = Math.round((price_minor * percent) / 1000) * 10;
          return [['USD', dollars] as const, ['EUR', euroPrice(dollars)] as const].map(
            ([currency, amount_minor]) => ({
              id: fixedId('price', [sku, price_list ?? '', currency, min_quantity].join('/')),
              variant: id,
              currency,
              price_list,
              min_quantity,
              amount_minor,
            }),
          );
        }),
      ),
  );
}
