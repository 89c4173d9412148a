/** Facts of a cart as large as a shop will see, with promotions of every kind competing for it. */
import type { CartFacts, PromotionFacts } from '../../extensions/commerce-api/src/core/price-cart.ts';
import {
  aLine,
  aScope,
  buyGet,
  fixed,
  freeShipping,
  offEach,
  percent,
  setFor,
  aCart,
  someShipping,
  tiered,
} from '../../extensions/commerce-api/src/core/sample-cart.ts';

export function largeCart(lines: number, promotions: number): CartFacts {
  const goods = Array.from({ length: lines }, (_, n) =>
    aLine(`line-${n}`, 500 + ((n * 7919) % 9000), {
      quantity: 1 + (n % 5),
      categories: [`category-${n % 10}`],
      brand: `brand-${n % 7}`,
    }),
  );
  return {
    ...aCart(goods),
    shipping: someShipping(),
    promotions: Array.from({ length: promotions }, (_, n) => promotion(n)),
  };
}

function promotion(n: number): PromotionFacts {
  const common = {
    id: `promotion-${n}`,
    priority: n,
    stackable: n % 3 !== 0,
    scopes: [aScope({ category: `category-${n % 10}` })],
  };
  const kinds: (() => PromotionFacts)[] = [
    () => percent(5 + (n % 20), common),
    () => fixed(500, common),
    () => offEach(20, common),
    () => buyGet(2, 1, common),
    () => setFor(2_000, { ...common, buy_quantity: 3 }),
    () => tiered('quantity', [{ from: 3, value_ppm: 50_000 }], common),
    () => freeShipping({ ...common, scopes: [] }),
  ];
  return kinds[n % kinds.length]!();
}
