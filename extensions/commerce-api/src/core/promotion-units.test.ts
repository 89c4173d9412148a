import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PromotionFacts } from './promotion-facts.ts';
import { reachesOf, type Goods } from './promotion-reach.ts';
import { giveUnits, hasUnitsEnough, priceSets } from './promotion-units.ts';
import { aScope, buyGet, percent, setFor, someGoods, sumOf } from './sample-cart.ts';

const units = (subtotal_minor: number, quantity = 1, tag = 'any') =>
  someGoods(subtotal_minor, { quantity, tags: [tag] });
const target = (tag: string, quantity: number | null = null) => aScope({ tag, quantity });
const buy = (tag: string) => aScope({ tag, side: 'buy' });

function run(
  discount: typeof giveUnits,
  promotion: PromotionFacts,
  goods: Goods[],
  left = goods.map((each) => each.subtotal_minor),
) {
  return discount(promotion, reachesOf([promotion], goods).get(promotion)!, goods, left);
}
const given = (promotion: PromotionFacts, goods: Goods[], left?: number[]) =>
  run(giveUnits, promotion, goods, left);
const saved = (promotion: PromotionFacts, goods: Goods[], left?: number[]) =>
  run(priceSets, promotion, goods, left);
function isEnough(promotion: PromotionFacts, goods: Goods[]) {
  const left = goods.map((each) => each.subtotal_minor);
  return hasUnitsEnough(promotion, reachesOf([promotion], goods).get(promotion)!, goods, left);
}

describe('buy X get Y: the cheapest eligible units are free', () => {
  test.each<[string, PromotionFacts, Goods[], number[]]>([
    [
      'of four units the cheapest one',
      buyGet(3, 1),
      [units(40), units(10), units(30), units(20)],
      [0, 10, 0, 0],
    ],
    ['none of three', buyGet(3, 1), [units(40), units(10), units(30)], [0, 0, 0]],
    ['one of seven', buyGet(3, 1), [units(700, 7)], [100]],
    ['of eight the two cheapest overall', buyGet(3, 1), [units(600, 6), units(20, 2)], [0, 20]],
    ['units of one line', buyGet(1, 1), [units(1000, 2)], [500]],
    ['as many as are there beyond those bought', buyGet(3, 2), [units(400, 4)], [100]],
    ['as many as it gives', buyGet(3, 2), [units(600, 6)], [200]],
    ['more of the next round', buyGet(3, 2), [units(900, 9)], [300]],
    ['as often as it may apply', buyGet(1, 1, { max_applications: 2 }), [units(1000, 10)], [200]],
    [
      'at a part of their price, rounded once',
      buyGet(1, 1, { value_ppm: 500_000 }),
      [units(15, 1), units(25, 1)],
      [8, 0],
    ],
    ['of a line that does not divide, its cheaper units', buyGet(1, 1), [units(101, 2)], [50]],
    ['and of those first', buyGet(1, 2), [units(101, 3)], [67]],
    ['nothing without quantities', buyGet(0, 1), [units(100, 9)], [0]],
    ['nothing where it gives none', buyGet(1, 0), [units(100, 9)], [0]],
    ['nothing of nothing', buyGet(1, 1), [], []],
    ['what is worth nothing neither counts nor is given', buyGet(1, 1), [units(0, 5), units(30)], [0, 0]],
  ])('%s', (_, promotion, goods, expected) => {
    expect(given(promotion, goods)).toEqual(expected);
  });

  describe('with a scope for each side', () => {
    const mugForShirts = buyGet(2, 1, { scopes: [buy('shirt'), target('mug')] });
    const anythingForShirts = buyGet(2, 1, { scopes: [buy('shirt')] });
    test.each<[string, PromotionFacts, Goods[], number[]]>([
      ['two shirts give a mug', mugForShirts, [units(200, 2, 'shirt'), units(30, 1, 'mug')], [0, 30]],
      ['one shirt gives none', mugForShirts, [units(100, 1, 'shirt'), units(30, 1, 'mug')], [0, 0]],
      ['mugs give no mug', mugForShirts, [units(900, 9, 'mug')], [0]],
      [
        'four shirts give two mugs, the cheapest',
        mugForShirts,
        [units(400, 4, 'shirt'), units(30, 1, 'mug'), units(20, 1, 'mug'), units(10, 1, 'mug')],
        [0, 0, 20, 10],
      ],
      [
        'what is bought is not also given, though it is the cheapest',
        anythingForShirts,
        [units(20, 2, 'shirt'), units(30, 1, 'mug')],
        [0, 30],
      ],
      [
        'a shirt beyond those bought may be given',
        anythingForShirts,
        [units(30, 3, 'shirt'), units(30, 1, 'mug')],
        [10, 0],
      ],
      ['shirts alone count for both sides', anythingForShirts, [units(60, 6, 'shirt')], [20]],
      [
        'other goods are given so that more shirts are bought',
        anythingForShirts,
        [units(40, 4, 'shirt'), units(60, 2, 'mug')],
        [0, 60],
      ],
      [
        'excluded goods are neither',
        buyGet(1, 1, { scopes: [aScope({ tag: 'mug', effect: 'exclude' })] }),
        [units(30, 3, 'mug'), units(80, 2, 'shirt')],
        [0, 40],
      ],
    ])('%s', (_, promotion, goods, expected) => {
      expect(given(promotion, goods)).toEqual(expected);
    });
  });

  test('counts what earlier discounts left of a line, spread evenly over its units', () => {
    expect(given(buyGet(1, 1), [units(100), units(90)], [20, 90])).toEqual([20, 0]);
    expect(given(buyGet(1, 1), [units(100), units(90)], [0, 90])).toEqual([0, 0]);
    expect(given(buyGet(1, 1), [units(100, 3)], [1])).toEqual([0]);
  });

  test('no choice of given units of the same number is cheaper, and none gives more', () => {
    const someUnits = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom('buy', 'give', 'both')),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(
        someUnits,
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.option(fc.integer({ min: 1, max: 3 })),
        (drafts, buy_quantity, get_quantity, max_applications) => {
          const goods = drafts.map(([value, sides]) =>
            someGoods(value, { tags: sides === 'both' ? ['buy', 'give'] : [sides] }),
          );
          const scopes = [buy('buy'), target('give')];
          const promotion = buyGet(buy_quantity, get_quantity, { scopes, max_applications });
          const isOn = (line: number, side: string) => goods[line]!.tags.includes(side);
          let most = 0;
          let cheapest = 0;
          for (let chosen = 0; chosen < 2 ** goods.length; chosen++) {
            const lines = [...goods.keys()].filter((line) => chosen & (2 ** line));
            const bought = [...goods.keys()].filter(
              (line) => !lines.includes(line) && isOn(line, 'buy'),
            ).length;
            const rounds = Math.ceil(lines.length / get_quantity);
            const isAllowed =
              lines.every((line) => isOn(line, 'give')) &&
              rounds * buy_quantity <= bought &&
              rounds <= (max_applications ?? Infinity);
            const value = sumOf(lines.map((line) => goods[line]!.subtotal_minor));
            if (!isAllowed || lines.length < most) continue;
            if (lines.length > most || value < cheapest) cheapest = value;
            most = lines.length;
          }
          const shares = given(promotion, goods);
          expect(shares.filter((share) => share > 0)).toHaveLength(most);
          expect(sumOf(shares)).toBe(cheapest);
          expect(isEnough(promotion, goods)).toBe(most > 0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a set for a price', () => {
  const outfit = [target('shirt', 1), target('sock', 2)];
  test.each<[string, PromotionFacts, Goods[], number[]]>([
    ['costs its price', setFor(50, { buy_quantity: 2 }), [units(40), units(30)], [11, 9]],
    [
      'is made as often as there are units, a line of many too',
      setFor(50, { buy_quantity: 3 }),
      [units(140, 7)],
      [20],
    ],
    [
      'is made from the dearest units down',
      setFor(50, { buy_quantity: 2 }),
      [units(10), units(40), units(30)],
      [0, 11, 9],
    ],
    [
      'is not made where it saves nothing',
      setFor(50, { buy_quantity: 2 }),
      [units(100, 2), units(30, 2)],
      [50, 0],
    ],
    ['is not made of too few units', setFor(50, { buy_quantity: 3 }), [units(100, 2)], [0]],
    [
      'is made as often as it may',
      setFor(15, { buy_quantity: 1, max_applications: 2 }),
      [units(100, 5)],
      [10],
    ],
    ['may cost nothing', setFor(0, { buy_quantity: 2 }), [units(40), units(30)], [40, 30]],
    ['needs to say of how many units', setFor(50), [units(400, 4)], [0]],
    ['needs a price', setFor(0, { amount_minor: null, buy_quantity: 1 }), [units(400, 4)], [0]],
    [
      'has so many of each row',
      setFor(50, { scopes: outfit }),
      [units(40, 1, 'shirt'), units(45, 3, 'sock')],
      [11, 9],
    ],
    [
      'is not made when one row lacks',
      setFor(50, { scopes: outfit }),
      [units(400, 4, 'shirt'), units(15, 1, 'sock')],
      [0, 0],
    ],
    [
      'leaves units of no row alone',
      setFor(50, { scopes: outfit }),
      [units(40, 1, 'shirt'), units(30, 2, 'sock'), units(500)],
      [11, 9, 0],
    ],
  ])('%s', (_, promotion, goods, expected) => {
    expect(saved(promotion, goods)).toEqual(expected);
  });

  test('gives a unit that fits two rows to the row that needs it', () => {
    const goods = [
      someGoods(60, { tags: ['shirt', 'blue'] }),
      someGoods(50, { tags: ['shirt'] }),
      someGoods(10, { tags: ['shirt'] }),
    ];
    const scopes = [target('shirt', 1), target('blue', 1)];
    expect(saved(setFor(90, { scopes }), goods)).toEqual([11, 9, 0]);
  });

  test('takes units a row could share from what the other row left of them', () => {
    const scopes = [target('shirt', 2), target('shirt', 1)];
    expect(saved(setFor(10, { scopes }), [units(80, 4, 'shirt')])).toEqual([50]);
  });

  test('counts what earlier discounts left', () => {
    expect(saved(setFor(50, { buy_quantity: 2 }), [units(40), units(30)], [40, 0])).toEqual([0, 0]);
    expect(saved(setFor(50, { buy_quantity: 2 }), [units(40), units(30)], [40, 20])).toEqual([7, 3]);
  });

  test('a million units are as quick as one', () => {
    expect(saved(setFor(150, { buy_quantity: 2 }), [units(100_000_000, 1_000_000)])).toEqual([25_000_000]);
  });

  test('no other way to make as many sets saves more, and a set never costs more than its units', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 60 }),
        (values, size, price) => {
          const goods = values.map((value) => units(value));
          const saving = sumOf(saved(setFor(price, { buy_quantity: size }), goods));
          const best = (unused: number[]): number => {
            if (unused.length < size) return 0;
            const [, ...rest] = unused;
            return Math.max(
              best(rest),
              ...combinations(unused, size).map(
                ([set, others]) => Math.max(0, sumOf(set) - price) + best(others),
              ),
            );
          };
          expect(saving).toBe(best(values));
        },
      ),
      { numRuns: 50 },
    );
  });
});

/** Ways to take so many values with the first among them, and what remains. */
function combinations(values: number[], size: number): [number[], number[]][] {
  const [first, ...rest] = values;
  const choose = (from: number[], count: number): [number[], number[]][] => {
    if (count === 0) return [[[], from]];
    return from.flatMap((value, index) =>
      choose(from.slice(index + 1), count - 1).map(([taken, after]): [number[], number[]] => [
        [value, ...taken],
        [...from.slice(0, index), ...after],
      ]),
    );
  };
  return choose(rest, size - 1).map(([taken, others]) => [[first!, ...taken], others]);
}

describe('units are enough', () => {
  test.each<[string, PromotionFacts, Goods[], boolean]>([
    ['for a set', setFor(1000, { buy_quantity: 2 }), [units(20, 2)], true],
    ['or not', setFor(1000, { buy_quantity: 2 }), [units(20, 1)], false],
    ['for what is given', buyGet(1, 1), [units(20, 2)], true],
    ['or not', buyGet(1, 1), [units(20, 1)], false],
    ['for whatever does not count them', percent(10), [], true],
  ])('%s', (_, promotion, goods, expected) => {
    expect(isEnough(promotion, goods)).toBe(expected);
  });
});
