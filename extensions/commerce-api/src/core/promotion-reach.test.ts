import { describe, expect, test } from 'vitest';
import type { PromotionScope } from './promotion-facts.ts';
import { reachesOf, type Goods } from './promotion-reach.ts';
import { aPromotion, aScope, someGoods } from './sample-cart.ts';

function reachOf(scopes: PromotionScope[], goods: Goods[]) {
  const promotion = aPromotion({ scopes });
  return reachesOf([promotion], goods).get(promotion)!;
}

describe('the lines of a promotion', () => {
  const hat = someGoods(1000, { product: 'hat', tags: ['wool'] });
  const sock = someGoods(500, { product: 'sock', tags: ['wool'] });
  const mug = someGoods(100, { product: 'mug' });

  test('are all without a scope, for both sides', () => {
    expect(reachOf([], [hat, sock, mug])).toEqual({ target: [0, 1, 2], buy: [0, 1, 2], parts: [] });
  });

  test('are those of its scope, for both sides where it names no other to buy', () => {
    expect(reachOf([aScope({ tag: 'wool' })], [mug, hat, sock])).toMatchObject({
      target: [1, 2],
      buy: [1, 2],
    });
  });

  test('have their own side for what must be bought', () => {
    const scopes = [aScope({ product: 'mug' }), aScope({ tag: 'wool', side: 'buy' })];
    expect(reachOf(scopes, [hat, sock, mug])).toMatchObject({ target: [2], buy: [0, 1] });
  });

  test('are everything else to buy when that side only excludes', () => {
    const scopes = [aScope({ product: 'mug', side: 'buy', effect: 'exclude' })];
    expect(reachOf(scopes, [hat, sock, mug])).toMatchObject({ target: [0, 1, 2], buy: [0, 1] });
  });

  test('are the parts of a set where rows say how many of each, one where one does not', () => {
    const scopes = [
      aScope({ tag: 'wool', quantity: 2 }),
      aScope({ product: 'mug' }),
      aScope({ product: 'sock', effect: 'exclude' }),
    ];
    expect(reachOf(scopes, [hat, sock, mug]).parts).toEqual([
      { quantity: 2, lines: [0] },
      { quantity: 1, lines: [2] },
    ]);
  });
});

describe('the order of lines', () => {
  const order = (goods: Goods[], scopes: PromotionScope[] = []) => reachOf(scopes, goods).target;

  test.each<[string, Goods, Goods]>([
    ['is by value, the larger first', someGoods(1), someGoods(2)],
    ['then by rate, the lower first', someGoods(1, { tax_rate_ppm: 2 }), someGoods(1, { tax_rate_ppm: 1 })],
    ['then by the name of the rate', someGoods(1, { tax_name: 'B' }), someGoods(1, { tax_name: 'A' })],
    ['then by quantity', someGoods(4, { quantity: 2 }), someGoods(4, { quantity: 1 })],
  ])('%s', (_, later, earlier) => {
    expect(order([later, earlier])).toEqual([1, 0]);
    expect(order([earlier, later])).toEqual([0, 1]);
  });

  test('then by which scopes match, so that no later promotion sees where a line stood', () => {
    const scopes = [aScope({ tag: 'wool' }), aScope({ tag: 'red' }), aScope({ product: 'product' })];
    const wool = someGoods(1, { tags: ['wool'] });
    const red = someGoods(1, { tags: ['red'] });
    expect(order([red, wool], scopes)).toEqual([1, 0]);
    expect(order([wool, red], scopes)).toEqual([0, 1]);
  });

  test('is that of the cart between lines that are alike', () => {
    expect(order([someGoods(1, { product: 'b' }), someGoods(1, { product: 'a' })])).toEqual([0, 1]);
  });
});
