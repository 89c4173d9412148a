import { describe, expect, test } from 'vitest';
import type { ShippingMethodFacts, ShippingZoneFacts } from './shipping.ts';
import { methodsFor, shippingAmount } from './shipping.ts';

function aMethod(id: string, method: Partial<ShippingMethodFacts> = {}): ShippingMethodFacts {
  return {
    id,
    name: id,
    active: true,
    amount_minor: 500,
    currency: 'EUR',
    free_above_minor: null,
    sort: null,
    ...method,
  };
}

function aZone(id: string, zone: Partial<ShippingZoneFacts>): ShippingZoneFacts {
  return { id, countries: ['*'], regions: null, priority: 0, methods: [aMethod(id)], ...zone };
}

const idsFor = (zones: ShippingZoneFacts[], country: string, region: string | null = null) =>
  methodsFor(zones, { country, region }, 'EUR').map((method) => method.id);

describe('the zone of an address', () => {
  const world = aZone('world', { countries: ['*'] });
  const benelux = aZone('benelux', { countries: ['BE', 'NL', 'LU'] });
  const unitedStates = aZone('us', { countries: ['US'] });
  const farStates = aZone('us far', { countries: ['US'], regions: ['AK', 'HI'] });

  test.each<[string, string, string | null, string[]]>([
    ['is the one that names its country', 'NL', null, ['benelux']],
    ['is the one that names its region', 'US', 'HI', ['us far']],
    ['is the one of the country elsewhere in it', 'US', 'NY', ['us']],
    ['is the one of the country when the region is not known', 'US', null, ['us']],
    ['is the one of everywhere for all others', 'JP', 'HI', ['world']],
    ['is found without looking at case or space', ' us ', 'hi', ['us far']],
  ])('%s', (_, country, region, ids) => {
    expect(idsFor([world, benelux, farStates, unitedStates], country, region)).toEqual(ids);
  });

  test('is by priority first, higher before lower', () => {
    expect(idsFor([benelux, aZone('promo', { priority: 1 })], 'NL')).toEqual(['promo']);
  });

  test('is the lower id between two alike', () => {
    expect(idsFor([aZone('b', {}), aZone('a', {})], 'NL')).toEqual(['a']);
  });

  test('an empty list of regions means all of them', () => {
    expect(idsFor([aZone('all', { countries: ['US'], regions: [] })], 'US', 'NY')).toEqual(['all']);
  });

  test('a region anywhere is closer than anywhere', () => {
    expect(idsFor([world, aZone('capitals', { regions: ['WA'] })], 'AU', 'WA')).toEqual(['capitals']);
  });

  test('nobody ships where no zone reaches', () => {
    expect(idsFor([benelux], 'FR')).toEqual([]);
  });

  test('nobody ships without an address', () => {
    expect(methodsFor([world], null, 'EUR')).toEqual([]);
  });
});

describe('the methods of a zone', () => {
  test('are those in use and in the currency, by sort, then id, the unsorted last', () => {
    const methods = [
      aMethod('unsorted'),
      aMethod('second', { sort: 2 }),
      aMethod('off', { active: false }),
      aMethod('dollars', { currency: 'USD' }),
      aMethod('first', { sort: 1 }),
      aMethod('also second', { sort: 2 }),
    ];
    expect(idsFor([aZone('zone', { methods })], 'NL')).toEqual([
      'first',
      'also second',
      'second',
      'unsorted',
    ]);
  });

  test('keep what else their rows carry', () => {
    const methods = [{ ...aMethod('post'), min_days: 2 }];
    const zone = { id: 'zone', countries: ['NL'], regions: null, priority: 0, methods };
    expect(methodsFor([zone], { country: 'NL', region: null }, 'EUR')[0]?.min_days).toBe(2);
  });
});

describe('the price of shipping', () => {
  test.each<[string, number | null, number, number]>([
    ['is that of the method', null, 100_000, 500],
    ['is charged below the limit', 5000, 4999, 500],
    ['is nothing from the limit on', 5000, 5000, 0],
    ['is nothing with a limit of nothing', 0, 0, 0],
  ])('%s', (_, free_above_minor, goods_minor, expected) => {
    expect(shippingAmount({ amount_minor: 500, free_above_minor }, goods_minor)).toBe(expected);
  });
});
