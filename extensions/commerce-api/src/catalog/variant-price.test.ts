import { expect, test } from 'vitest';
import type { PriceFacts } from '../core/prices.ts';
import { nextPriceChange, priceTiers, shopperPrice, type PricedVariant } from './variant-price.ts';

const NOW = '2026-06-01T12:00:00Z';

function aVariant(changes: Partial<PricedVariant> = {}): PricedVariant {
  return { currency: 'USD', price_minor: 2000, compare_at_price_minor: null, prices: [], ...changes };
}

function aPrice(changes: Partial<PriceFacts> = {}): PriceFacts {
  return {
    price_list: null,
    kind: null,
    priority: 0,
    customer_group: null,
    starts_at: null,
    ends_at: null,
    min_quantity: 1,
    amount_minor: 1500,
    ...changes,
  };
}

const aSale = (changes: Partial<PriceFacts> = {}) =>
  aPrice({ price_list: 'summer', kind: 'sale', ...changes });

test('a variant costs its own price in its own currency', () => {
  expect(shopperPrice(aVariant(), 'USD', NOW)).toEqual({ price_minor: 2000, compare_at_price_minor: null });
});

test('a variant without a price in the currency is not for sale in it', () => {
  expect(shopperPrice(aVariant(), 'EUR', NOW)).toBeNull();
  expect(shopperPrice(aVariant({ prices: [aSale()] }), 'EUR', NOW)).toBeNull();
  expect(shopperPrice(aVariant({ prices: [aPrice({ min_quantity: 10 })] }), 'EUR', NOW)).toBeNull();
  expect(priceTiers(aVariant(), 'EUR', NOW)).toEqual([]);
});

test('a base price row serves another currency', () => {
  expect(shopperPrice(aVariant({ prices: [aPrice()] }), 'EUR', NOW)).toEqual({
    price_minor: 1500,
    compare_at_price_minor: null,
  });
});

test('a running sale lowers the price and strikes the usual one through', () => {
  const variant = aVariant({ prices: [aSale({ ends_at: '2026-06-02T00:00:00Z' })] });
  expect(shopperPrice(variant, 'USD', NOW)).toEqual({ price_minor: 1500, compare_at_price_minor: 2000 });
  expect(shopperPrice(variant, 'USD', '2026-06-02T00:00:00Z')).toEqual({
    price_minor: 2000,
    compare_at_price_minor: null,
  });
});

test('the higher of the compare-at price and the price before the sale is struck through', () => {
  const variant = aVariant({ compare_at_price_minor: 3000, prices: [aSale()] });
  expect(shopperPrice(variant, 'USD', NOW)?.compare_at_price_minor).toBe(3000);
});

test('a compare-at price that is not higher, or is of another currency, is not shown', () => {
  expect(
    shopperPrice(aVariant({ compare_at_price_minor: 2000 }), 'USD', NOW)?.compare_at_price_minor,
  ).toBeNull();
  const euros = aVariant({ compare_at_price_minor: 9000, prices: [aPrice()] });
  expect(shopperPrice(euros, 'EUR', NOW)?.compare_at_price_minor).toBeNull();
});

test('prices for a customer group are not for everyone', () => {
  const variant = aVariant({ prices: [aSale({ customer_group: 'wholesale', amount_minor: 1 })] });
  expect(shopperPrice(variant, 'USD', NOW)?.price_minor).toBe(2000);
});

test('tiers list the quantities at which the unit price changes', () => {
  const prices = [
    aPrice({ min_quantity: 10, amount_minor: 1800 }),
    aPrice({ min_quantity: 100, amount_minor: 1600 }),
    aSale({ min_quantity: 50, amount_minor: 1900 }),
  ];
  expect(priceTiers(aVariant({ prices }), 'USD', NOW)).toEqual([
    { min_quantity: 10, price_minor: 1800 },
    { min_quantity: 100, price_minor: 1600 },
  ]);
});

test('prices change next at the first start or end of a list that is still to come', () => {
  const prices = [
    aSale({ starts_at: '2026-05-01T00:00:00Z', ends_at: '2026-07-01T00:00:00Z' }),
    aSale({ starts_at: '2026-06-02T00:00:00Z' }),
    aSale({ ends_at: NOW }),
  ];
  expect(nextPriceChange(prices, NOW)).toEqual(new Date('2026-06-02T00:00:00Z'));
  expect(nextPriceChange([aPrice(), aSale({ ends_at: NOW })], NOW)).toBeNull();
});
