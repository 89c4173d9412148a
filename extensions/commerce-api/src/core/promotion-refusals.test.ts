import { describe, expect, test } from 'vitest';
import type { PromotionFacts } from './promotion-facts.ts';
import { reachesOf } from './promotion-reach.ts';
import { openTo, shopperRefusal } from './promotion-refusals.ts';
import { aScope, buyGet, fixed, percent, setFor, someGoods, tiered } from './sample-cart.ts';

const now = '2026-03-01T12:00:00Z';
const shopper = { currency: 'EUR', now, customer_group: null, has_ordered_before: true };

describe('a promotion is not open to a shopper', () => {
  test.each<[string, PromotionFacts, string]>([
    ['before it starts', percent(10, { starts_at: '2026-03-01T12:00:01Z' }), 'not_started'],
    ['once it has ended', percent(10, { ends_at: now }), 'expired'],
    ['in another currency', percent(10, { currency: 'USD' }), 'other_currency'],
    ['as an amount of no currency', fixed(500, { currency: null }), 'other_currency'],
    ['as a price of no currency', setFor(500, { currency: null }), 'other_currency'],
    ['with a budget of no currency', percent(10, { budget_left_minor: 500 }), 'other_currency'],
    [
      'with amounts of no currency in its tiers',
      tiered('quantity', [{ from: 1, amount_minor: 1 }], { currency: null }),
      'other_currency',
    ],
    ['of another group', percent(10, { customer_group: 'vip' }), 'other_customer_group'],
    [
      'who has ordered before, when it is for the first order',
      percent(10, { first_order_only: true }),
      'first_order_only',
    ],
    ['when it is used up', percent(10, { usage_left: 0 }), 'used_up'],
    ['when it is oversold', percent(10, { usage_left: -1 }), 'used_up'],
    ['who has used it up', percent(10, { customer_usage_left: 0 }), 'used_up_by_customer'],
    ['when its budget is spent', percent(10, { currency: 'EUR', budget_left_minor: 0 }), 'budget_exhausted'],
  ])('%s', (_, promotion, refusal) => {
    expect(shopperRefusal(promotion, shopper)).toBe(refusal);
  });

  test.each<[string, PromotionFacts]>([
    ['from its first moment', percent(10, { starts_at: now })],
    ['with one use left', percent(10, { usage_left: 1, customer_usage_left: 1 })],
    ['with a budget left', percent(10, { currency: 'EUR', budget_left_minor: 1 })],
    ['in its currency', fixed(500)],
    ['in any currency, as a part', percent(10)],
    [
      'in any currency, as a part by tier',
      tiered('quantity', [{ from: 1, value_ppm: 1 }], { currency: null }),
    ],
    ['in any currency, as tiers that are not there', tiered('quantity', null, { currency: null })],
    ['of its group', percent(10, { customer_group: 'vip' })],
    ['on the first order', percent(10, { first_order_only: true })],
  ])('but is %s', (_, promotion) => {
    const newcomer = { ...shopper, customer_group: 'vip', has_ordered_before: false };
    expect(shopperRefusal(promotion, newcomer)).toBeNull();
  });
});

describe('a promotion is for goods', () => {
  const goods = [someGoods(3000, { quantity: 3, tags: ['hat'] }), someGoods(500)];
  const onHats = { scopes: [aScope({ tag: 'hat' })] };
  const answer = (promotion: PromotionFacts) => {
    const open = openTo(goods, promotion, reachesOf([promotion], goods).get(promotion)!);
    return typeof open === 'string' ? open : 'open';
  };

  test.each<[string, PromotionFacts, string]>([
    ['without conditions', percent(10), 'open'],
    ['not without goods in scope', percent(10, { scopes: [aScope({ tag: 'mug' })] }), 'no_eligible_goods'],
    ['from its minimum value on', percent(10, { minimum_subtotal_minor: 3500 }), 'open'],
    ['not below it', percent(10, { minimum_subtotal_minor: 3501 }), 'minimum_not_met'],
    [
      'not below it in its scope',
      percent(10, { ...onHats, minimum_subtotal_minor: 3001 }),
      'minimum_not_met',
    ],
    ['from its minimum number on', percent(10, { minimum_quantity: 4 }), 'open'],
    ['not below it', percent(10, { minimum_quantity: 5 }), 'minimum_quantity_not_met'],
    [
      'not below it in its scope',
      percent(10, { ...onHats, minimum_quantity: 4 }),
      'minimum_quantity_not_met',
    ],
    [
      'for those in scope from a value of the whole cart on',
      percent(10, { ...onHats, minimum_subtotal_minor: 3500, minimum_basis: 'cart' }),
      'open',
    ],
    [
      'not below that',
      percent(10, { ...onHats, minimum_subtotal_minor: 3501, minimum_basis: 'cart' }),
      'minimum_not_met',
    ],
    [
      'for those in scope from a number in the whole cart on',
      percent(10, { ...onHats, minimum_quantity: 4, minimum_basis: 'cart' }),
      'open',
    ],
    [
      'not below that number',
      percent(10, { ...onHats, minimum_quantity: 5, minimum_basis: 'cart' }),
      'minimum_quantity_not_met',
    ],
    [
      'not for a cart without goods in scope, however much it is worth',
      percent(10, { scopes: [aScope({ tag: 'mug' })], minimum_subtotal_minor: 1, minimum_basis: 'cart' }),
      'no_eligible_goods',
    ],
    [
      'by the tier its scope reaches, whatever its minimum counts',
      tiered('spend', [{ from: 3001, value_ppm: 1 }], { ...onHats, minimum_basis: 'cart' }),
      'minimum_not_met',
    ],
    ['from its lowest tier on', tiered('spend', [{ from: 3500, value_ppm: 1 }]), 'open'],
    ['not below it', tiered('spend', [{ from: 3501, value_ppm: 1 }]), 'minimum_not_met'],
    ['not below its number', tiered('quantity', [{ from: 5, value_ppm: 1 }]), 'minimum_quantity_not_met'],
    ['when enough is bought', buyGet(3, 1), 'open'],
    ['not when too little is bought', buyGet(4, 1), 'minimum_quantity_not_met'],
    ['not when too little is there for a set', setFor(1, { buy_quantity: 5 }), 'minimum_quantity_not_met'],
  ])('%s', (_, promotion, expected) => {
    expect(answer(promotion)).toBe(expected);
  });
});
