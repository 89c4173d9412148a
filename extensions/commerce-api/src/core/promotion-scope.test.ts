import { describe, expect, test } from 'vitest';
import type { PromotionScope } from './promotion-facts.ts';
import { isInScope, matchesRow } from './promotion-scope.ts';
import { aScope, someGoods } from './sample-cart.ts';

const shirt = someGoods(1000, {
  product: 'shirt',
  variant: 'blue shirt',
  categories: ['shirts', 'clothes'],
  brand: 'acme',
  tags: ['summer', 'cotton'],
});

describe('a row of a scope', () => {
  test.each<[string, Partial<PromotionScope>, boolean]>([
    ['matches its product', { product: 'shirt' }, true],
    ['does not match another product', { product: 'hat' }, false],
    ['matches its variant', { variant: 'blue shirt' }, true],
    ['does not match another variant', { variant: 'red shirt' }, false],
    ['matches its brand', { brand: 'acme' }, true],
    ['does not match another brand', { brand: 'other' }, false],
    ['matches a category', { category: 'shirts' }, true],
    ['matches the category above, whose subtree it covers', { category: 'clothes' }, true],
    ['does not match another category', { category: 'hats' }, false],
    ['matches one of several tags', { tag: 'cotton' }, true],
    ['does not match another tag', { tag: 'winter' }, false],
    ['matches when all its columns do', { category: 'clothes', brand: 'acme', tag: 'summer' }, true],
    ['does not match when one of its columns does not', { category: 'clothes', brand: 'other' }, false],
  ])('%s', (_, row, expected) => {
    expect(matchesRow(aScope(row), shirt)).toBe(expected);
  });

  test('of a brand does not match goods without one', () => {
    expect(matchesRow(aScope({ brand: 'acme' }), someGoods(1))).toBe(false);
  });
});

describe('goods are in scope', () => {
  const include = aScope({});
  const exclude = aScope({ effect: 'exclude' });
  const buy = aScope({ side: 'buy' });
  test.each<[string, PromotionScope[], boolean[], boolean]>([
    ['without rows', [], [], true],
    ['when one of several rows matches', [include, include], [false, true], true],
    ['not when none does', [include, include], [false, false], false],
    ['not when a row excludes them, whatever includes them', [include, exclude], [true, true], false],
    ['not even when the row that excludes comes first', [exclude, include], [true, true], false],
    ['when only other goods are excluded', [exclude], [false], true],
    ['whatever rows of the other side say', [buy], [false], true],
  ])('%s', (_, scopes, matches, expected) => {
    expect(isInScope(scopes, matches, 'target')).toBe(expected);
  });
});
