import { describe, expect, test } from 'vitest';
import { bestOffer, offerOf, type Basket, type OpenPromotion } from './choose-promotions.ts';
import { termsOf } from './promotion-discounts.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { reachesOf } from './promotion-reach.ts';
import { aScope, buyGet, fixed, freeShipping, offEach, percent, someGoods } from './sample-cart.ts';

const stackable = { stackable: true };

function aBasket(basket: Partial<Basket> = {}): Basket {
  return { goods: [someGoods(10_000)], other_goods_minor: 0, shippingFor: () => 500, ...basket };
}
const freeFrom = (from_minor: number) => ({
  shippingFor: (goods_minor: number) => (goods_minor >= from_minor ? 0 : 500),
});

function opened(promotions: PromotionFacts[], basket: Basket): OpenPromotion[] {
  const reaches = reachesOf(promotions, basket.goods);
  return promotions.map((promotion) => {
    return { promotion, terms: termsOf(promotion, 0, 0)!, reach: reaches.get(promotion)! };
  });
}
function takenOff(promotions: PromotionFacts[], basket: Partial<Basket> = {}) {
  const whole = aBasket(basket);
  const { taken } = bestOffer(opened(promotions, whole), whole);
  return taken.map(({ promotion, amount_minor }) => `${promotion.id} ${amount_minor}`);
}

describe('combination: non-stackable promotions compete, stackable ones apply on top in priority order', () => {
  test.each<[string, PromotionFacts[], string[]]>([
    [
      'of those that compete the shopper gets the best one',
      [percent(10, { id: 'a' }), fixed(1001, { id: 'b' })],
      ['b 1001'],
    ],
    [
      'priority does not beat a better one',
      [percent(10, { id: 'a', priority: 9 }), fixed(1001, { id: 'b' })],
      ['b 1001'],
    ],
    [
      'between equals priority decides',
      [percent(10, { id: 'a' }), fixed(1000, { id: 'b', priority: 1 })],
      ['b 1000'],
    ],
    ['and then the id', [percent(10, { id: 'b' }), percent(10, { id: 'a' })], ['a 1000']],
    ['free shipping competes too', [fixed(499, { id: 'a' }), freeShipping({ id: 'b' })], ['b 500']],
    [
      'stackable ones apply on top, after the one that competes',
      [
        percent(10, { id: 'a', ...stackable, priority: 9 }),
        percent(20, { id: 'b' }),
        percent(30, { id: 'c' }),
      ],
      ['c 3000', 'a 700'],
    ],
    [
      'stackable ones go by priority, higher first, then id',
      [
        percent(10, { id: 'c', ...stackable }),
        percent(20, { id: 'b', ...stackable }),
        percent(50, { id: 'a', ...stackable, priority: 1 }),
      ],
      ['a 5000', 'b 1000', 'c 400'],
    ],
    [
      'the best one is the best together with the stackable ones',
      [freeShipping({ id: 'top', ...stackable }), freeShipping({ id: 'alone' }), fixed(400, { id: 'f' })],
      ['f 400', 'top 500'],
    ],
    [
      'shipping is free once',
      [freeShipping({ id: 'b', ...stackable }), freeShipping({ id: 'a', ...stackable })],
      ['a 500'],
    ],
    [
      'all the stackable ones without any that competes',
      [fixed(100, { id: 'b', ...stackable }), percent(10, { id: 'a', ...stackable })],
      ['a 1000', 'b 100'],
    ],
  ])('%s', (_, promotions, expected) => {
    expect(takenOff(promotions)).toEqual(expected);
  });

  test('a discount that would lose free shipping worth more is not taken', () => {
    expect(takenOff([fixed(400, { id: 'f' })], freeFrom(10_000))).toEqual([]);
    expect(takenOff([fixed(400, { id: 'f', ...stackable })], freeFrom(10_000))).toEqual([]);
    expect(takenOff([fixed(600, { id: 'f' })], freeFrom(10_000))).toEqual(['f 600']);
  });

  test('a stackable one that would lose free shipping does not spoil the one that competes', () => {
    const promotions = [fixed(1000, { id: 'a' }), fixed(100, { id: 'b', ...stackable })];
    expect(takenOff(promotions, freeFrom(9000))).toEqual(['a 1000']);
  });

  test('a discount with which the method would no longer take the goods is not taken', () => {
    const shippingFor = (goods_minor: number) => (goods_minor >= 9500 ? 500 : null);
    const promotions = [percent(50, { id: 'a' }), percent(5, { id: 'b' })];
    expect(takenOff(promotions, { shippingFor })).toEqual(['b 500']);
  });

  test('nor is one that stacks, then the best of the others is', () => {
    const shippingFor = (goods_minor: number) => (goods_minor >= 9000 ? 500 : null);
    const promotions = [percent(50, { id: 'a', ...stackable }), percent(5, { id: 'b' })];
    expect(takenOff(promotions, { shippingFor })).toEqual(['b 500']);
  });

  test('where nothing ships anyway the goods decide', () => {
    expect(takenOff([percent(50, { id: 'a' })], { shippingFor: () => null })).toEqual(['a 5000']);
  });
});

describe('order of things: line discounts, then order discounts, then shipping discounts', () => {
  test('whatever the priorities', () => {
    const promotions = [
      freeShipping({ id: 's', ...stackable, priority: 9 }),
      fixed(1000, { id: 'f', ...stackable, priority: 5 }),
      offEach(200, { id: 'e', ...stackable, priority: 3 }),
      percent(10, { id: 'p', ...stackable, priority: 1 }),
    ];
    expect(takenOff(promotions)).toEqual(['e 200', 'p 980', 'f 1000', 's 500']);
  });

  test('each takes from what the ones before left', () => {
    const half = percent(50, { id: 'a', ...stackable });
    expect(takenOff([half, percent(10, { id: 'b', ...stackable })])).toEqual(['a 5000', 'b 500']);
    expect(takenOff([half, fixed(9000, { id: 'b', ...stackable })])).toEqual(['a 5000', 'b 5000']);
  });

  test('what is left is kept line by line', () => {
    const goods = [someGoods(1000, { tags: ['hat'] }), someGoods(800)];
    const onHats = { scopes: [aScope({ tag: 'hat' })] };
    const promotions = [
      percent(50, { id: 'a', ...stackable, ...onHats, priority: 1 }),
      buyGet(1, 1, { id: 'b', ...stackable }),
      fixed(9999, { id: 'c', ...stackable, ...onHats }),
    ];
    expect(takenOff(promotions, { goods })).toEqual(['a 500', 'b 500']);
  });

  test('a discount never makes the order negative', () => {
    const promotions = [percent(100, { id: 'a', ...stackable }), fixed(1, { id: 'b', ...stackable })];
    expect(takenOff(promotions)).toEqual(['a 10000']);
  });

  test('free shipping by value looks at the goods after their discounts, the undiscountable included', () => {
    const half = [percent(50, { id: 'p', ...stackable })];
    const shippingWith = (basket: Partial<Basket>, promotions: PromotionFacts[] = half) => {
      const whole = aBasket({ ...freeFrom(5000), ...basket });
      return bestOffer(opened(promotions, whole), whole).shipping_minor;
    };
    expect(shippingWith({})).toBe(0);
    expect(shippingWith({ goods: [someGoods(9999)] }, [percent(60, { ...stackable })])).toBe(500);
    expect(shippingWith({ goods: [someGoods(4998)], other_goods_minor: 2 }, [])).toBe(0);
    expect(shippingWith({ goods: [someGoods(4998)], other_goods_minor: 1 }, [])).toBe(500);
  });

  test('negative shipping is a RangeError', () => {
    expect(() => offerOf([], aBasket({ shippingFor: () => -1 }))).toThrow(RangeError);
  });
});

describe('a budget is spent by whole discounts', () => {
  const budget = (budget_left_minor: number) => ({ budget_left_minor, ...stackable });

  test('one that fits is given', () => {
    expect(takenOff([percent(10, { id: 'a', ...budget(1000) })])).toEqual(['a 1000']);
  });

  test('one that does not is not given, and the others see more goods', () => {
    const promotions = [percent(10, { id: 'a', ...budget(999) }), percent(5, { id: 'b', ...stackable })];
    expect(takenOff(promotions)).toEqual(['b 500']);
  });

  test('free shipping counts too, and another may give it', () => {
    const promotions = [freeShipping({ id: 'a', ...budget(499) }), freeShipping({ id: 'b', ...budget(500) })];
    expect(takenOff(promotions)).toEqual(['b 500']);
  });
});
