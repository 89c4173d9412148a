import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PriceFacts } from './prices.ts';
import { choosePrice } from './prices.ts';

const now = '2026-03-01T12:00:00Z';
const anyone = { now, customer_group: null };

function aPrice(price: Partial<PriceFacts>): PriceFacts {
  return {
    price_list: null,
    kind: null,
    priority: 0,
    starts_at: null,
    ends_at: null,
    customer_group: null,
    min_quantity: 1,
    amount_minor: 1000,
    ...price,
  };
}
const aSale = (price: Partial<PriceFacts>) => aPrice({ price_list: 'sale', kind: 'sale', ...price });
const anOverride = (price: Partial<PriceFacts>) => aPrice({ price_list: 'b2b', kind: 'override', ...price });

describe('the unit price', () => {
  test.each<[string, number, PriceFacts[], [number, string, string | null]]>([
    ['is the own price without candidates', 1, [], [1000, 'base', null]],
    [
      'is a base price in the currency where there is one',
      1,
      [aPrice({ amount_minor: 900 })],
      [900, 'base', null],
    ],
    [
      'is the tier whose quantity is reached',
      10,
      [aPrice({ min_quantity: 10, amount_minor: 800 })],
      [800, 'tier', null],
    ],
    [
      'is not a tier one unit short',
      9,
      [aPrice({ min_quantity: 10, amount_minor: 800 })],
      [1000, 'base', null],
    ],
    [
      'is the highest tier reached, even a dearer one',
      50,
      [
        aPrice({ min_quantity: 50, amount_minor: 850 }),
        aPrice({ min_quantity: 10, amount_minor: 800 }),
        aPrice({ min_quantity: 100, amount_minor: 1 }),
      ],
      [850, 'tier', null],
    ],
    ['is lowered by a sale', 1, [aSale({ amount_minor: 700 })], [700, 'sale', 'sale']],
    ['is not raised by a sale', 1, [aSale({ amount_minor: 1100 })], [1000, 'base', null]],
    ['is not called a sale at the same amount', 1, [aSale({ amount_minor: 1000 })], [1000, 'base', null]],
    [
      'is replaced by an override, even a dearer one',
      1,
      [anOverride({ amount_minor: 1200 })],
      [1200, 'override', 'b2b'],
    ],
    [
      'takes the override before the tier',
      10,
      [aPrice({ min_quantity: 10, amount_minor: 800 }), anOverride({ amount_minor: 900 })],
      [900, 'override', 'b2b'],
    ],
    [
      'takes a sale below the override',
      1,
      [anOverride({ amount_minor: 900 }), aSale({ amount_minor: 899 })],
      [899, 'sale', 'sale'],
    ],
    [
      'takes the tier of a list',
      5,
      [anOverride({ amount_minor: 900 }), anOverride({ min_quantity: 5, amount_minor: 600 })],
      [600, 'override', 'b2b'],
    ],
    [
      'takes the list of higher priority',
      1,
      [
        aSale({ price_list: 'a', amount_minor: 500 }),
        aSale({ price_list: 'b', amount_minor: 700, priority: 1 }),
      ],
      [700, 'sale', 'b'],
    ],
    [
      'takes the lower of two lists of one priority',
      1,
      [aSale({ price_list: 'a', amount_minor: 700 }), aSale({ price_list: 'b', amount_minor: 500 })],
      [500, 'sale', 'b'],
    ],
    [
      'is not kept up by a sale of higher priority that would raise it',
      1,
      [
        aSale({ price_list: 'a', amount_minor: 1200, priority: 9 }),
        aSale({ price_list: 'b', amount_minor: 500 }),
      ],
      [500, 'sale', 'b'],
    ],
    [
      'names the same list of two equal ones, whatever their order',
      1,
      [aSale({ price_list: 'b', amount_minor: 500 }), aSale({ price_list: 'a', amount_minor: 500 })],
      [500, 'sale', 'a'],
    ],
    ['ignores a list that has ended', 1, [aSale({ amount_minor: 1, ends_at: now })], [1000, 'base', null]],
    [
      'ignores a list that has not started',
      1,
      [aSale({ amount_minor: 1, starts_at: '2026-03-01T12:00:01Z' })],
      [1000, 'base', null],
    ],
    [
      'ignores the list of another group',
      1,
      [aSale({ amount_minor: 1, customer_group: 'vip' })],
      [1000, 'base', null],
    ],
    ['may be nothing', 1, [aSale({ amount_minor: 0 })], [0, 'sale', 'sale']],
  ])('%s', (_, quantity, prices, [unit_price_minor, price_reason, price_list]) => {
    expect(choosePrice({ quantity, base_price_minor: 1000, prices }, anyone)).toEqual({
      unit_price_minor,
      price_reason,
      price_list,
    });
  });

  test('a group sees its list', () => {
    const prices = [aSale({ amount_minor: 400, customer_group: 'vip' })];
    const line = { quantity: 1, base_price_minor: 1000, prices };
    expect(choosePrice(line, { now, customer_group: 'vip' }).unit_price_minor).toBe(400);
    expect(choosePrice(line, { now, customer_group: 'staff' }).unit_price_minor).toBe(1000);
  });

  test('the order of candidates does not matter, and a sale never raises a price', () => {
    const aCandidate = fc
      .record({
        list: fc.constantFrom(null, 'a', 'b', 'c', 'd'),
        priority: fc.integer({ min: 0, max: 1 }),
        min_quantity: fc.integer({ min: 1, max: 3 }),
        amount_minor: fc.integer({ min: 0, max: 5 }),
      })
      .map(({ list, priority, ...price }) =>
        aPrice({
          ...price,
          price_list: list,
          kind: list === null ? null : list < 'c' ? 'sale' : 'override',
          priority: list === null ? 0 : priority,
        }),
      );
    const someCandidates = fc.uniqueArray(aCandidate, {
      maxLength: 12,
      selector: (price) => `${price.price_list} ${price.min_quantity}`,
    });
    fc.assert(
      fc.property(
        someCandidates.chain((prices) =>
          fc.tuple(fc.constant(prices), fc.shuffledSubarray(prices, { minLength: prices.length })),
        ),
        fc.integer({ min: 1, max: 4 }),
        ([prices, shuffled], quantity) => {
          const line = { quantity, base_price_minor: 4 };
          const chosen = choosePrice({ ...line, prices }, anyone);
          const withoutSales = prices.filter((price) => price.kind !== 'sale');
          expect(choosePrice({ ...line, prices: shuffled }, anyone)).toEqual(chosen);
          expect(chosen.unit_price_minor).toBeLessThanOrEqual(
            choosePrice({ ...line, prices: withoutSales }, anyone).unit_price_minor,
          );
        },
      ),
    );
  });
});
