import { describe, expect, test } from 'vitest';
import type { Parcel, ShippingKind, ShippingMethodFacts, ShippingZoneFacts } from './shipping.ts';
import { destinationOf, methodsFor, SHIPPING_KINDS, shippingAmount } from './shipping.ts';

function aMethod(id: string, method: Partial<ShippingMethodFacts> = {}): ShippingMethodFacts {
  return {
    id,
    name: id,
    active: true,
    kind: 'flat',
    amount_minor: 500,
    per_item_minor: null,
    tiers: null,
    currency: 'EUR',
    free_above_minor: null,
    max_weight_grams: null,
    max_length_mm: null,
    min_subtotal_minor: null,
    max_subtotal_minor: null,
    min_days: null,
    max_days: null,
    location: null,
    carrier: null,
    carrier_service: null,
    sort: null,
    ...method,
  };
}

function aZone(id: string, zone: Partial<ShippingZoneFacts>): ShippingZoneFacts {
  return {
    id,
    countries: ['*'],
    regions: null,
    postal_patterns: null,
    priority: 0,
    methods: [aMethod(id)],
    ...zone,
  };
}

function aParcel(parcel: Partial<Parcel> = {}): Parcel {
  return {
    subtotal_minor: 2000,
    quantity: 3,
    weight_grams: 1500,
    longest_mm: 400,
    has_unknown_weight: false,
    ...parcel,
  };
}

const idsFor = (
  zones: ShippingZoneFacts[],
  country: string,
  region: string | null = null,
  postal_code: string | null = null,
) => methodsFor(zones, { country, region, postal_code }, 'EUR', aParcel()).map((method) => method.id);

describe('the zone of an address', () => {
  const world = aZone('world', { countries: ['*'] });
  const benelux = aZone('benelux', { countries: ['BE', 'NL', 'LU'] });
  const unitedStates = aZone('us', { countries: ['US'] });
  const farStates = aZone('us far', { countries: ['US'], regions: ['AK', 'HI'] });
  const austin = aZone('austin', { countries: ['US'], postal_patterns: ['787*', '73301'] });
  const texas = aZone('texas', { countries: ['US'], regions: ['TX'], postal_patterns: ['75000-79999'] });

  test.each<[string, string, string | null, string | null, string[]]>([
    ['is the one that names its country', 'NL', null, null, ['benelux']],
    ['is the one that names its region', 'US', 'HI', null, ['us far']],
    ['is the one of the country elsewhere in it', 'US', 'NY', null, ['us']],
    ['is the one of the country when the region is not known', 'US', null, null, ['us']],
    ['is the one of everywhere for all others', 'JP', 'HI', null, ['world']],
    ['is found without looking at case or space', ' us ', 'hi', null, ['us far']],
    ['is the one that names its postal code', 'US', 'TX', '78705', ['austin']],
    ['is the one by any of its patterns', 'US', null, '73301', ['austin']],
    ['is the one whose pattern is more exact', 'US', 'TX', '78905', ['texas']],
    ['is by postal code only within its regions', 'US', 'NM', '78905', ['us']],
    ['is the one of the country for other codes', 'US', 'TX', '10001', ['us']],
    ['is the one of the country while the code is not known', 'US', 'TX', null, ['us']],
  ])('%s', (_, country, region, postal_code, ids) => {
    const zones = [world, benelux, farStates, unitedStates, texas, austin];
    expect(idsFor(zones, country, region, postal_code)).toEqual(ids);
    expect(idsFor(zones.toReversed(), country, region, postal_code)).toEqual(ids);
  });

  test('is by priority first, higher before lower', () => {
    expect(idsFor([benelux, aZone('promo', { priority: 1 })], 'NL')).toEqual(['promo']);
  });

  test('is the lower id between two alike', () => {
    expect(idsFor([aZone('b', {}), aZone('a', {})], 'NL')).toEqual(['a']);
  });

  test('an empty list of regions or patterns means all of them', () => {
    const all = aZone('all', { countries: ['US'], regions: [], postal_patterns: [] });
    expect(idsFor([all], 'US', 'NY', '10001')).toEqual(['all']);
  });

  test('a region anywhere is closer than anywhere', () => {
    expect(idsFor([world, aZone('capitals', { regions: ['WA'] })], 'AU', 'WA')).toEqual(['capitals']);
  });

  test('nobody ships where no zone reaches', () => {
    expect(idsFor([benelux], 'FR')).toEqual([]);
  });

  test('nobody ships without an address', () => {
    expect(methodsFor([world], null, 'EUR', aParcel())).toEqual([]);
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
    const methods = [{ ...aMethod('post'), description: 'By bike' }];
    const zone = { ...aZone('zone', { countries: ['NL'] }), methods };
    const [first] = methodsFor([zone], { country: 'NL', region: null, postal_code: null }, 'EUR', aParcel());
    expect(first?.description).toBe('By bike');
  });

  test.each<[string, Partial<ShippingMethodFacts>, Partial<Parcel>, boolean]>([
    ['are offered without limits', {}, {}, true],
    ['take what weighs as much as they take', { max_weight_grams: 1500 }, {}, true],
    ['do not take what weighs more', { max_weight_grams: 1499 }, {}, false],
    ['do not take a weight nobody knows', { max_weight_grams: 5000 }, { has_unknown_weight: true }, false],
    ['without a limit take a weight nobody knows', {}, { has_unknown_weight: true }, true],
    ['take what is as long as they take', { max_length_mm: 400 }, {}, true],
    ['do not take what is longer', { max_length_mm: 399 }, {}, false],
    ['begin at their lower limit', { min_subtotal_minor: 2000 }, {}, true],
    ['are hidden below it', { min_subtotal_minor: 2001 }, {}, false],
    ['end with their upper limit', { max_subtotal_minor: 2000 }, {}, true],
    ['are hidden above it', { max_subtotal_minor: 1999 }, {}, false],
    [
      'are hidden where no tier is reached',
      { kind: 'weight_tiers', tiers: [{ from: 2000, amount_minor: 1 }] },
      {},
      false,
    ],
    ['are hidden when the carrier gave no answer', { kind: 'carrier', quoted_minor: null }, {}, false],
    ['are offered at the carrier’s answer', { kind: 'carrier', quoted_minor: 1 }, {}, true],
    ['may be fetched', { kind: 'pickup' }, {}, true],
  ])('%s', (_, method, parcel, isOffered) => {
    const zone = aZone('zone', { methods: [aMethod('method', method)] });
    const address = { country: 'NL', region: null, postal_code: null };
    expect(methodsFor([zone], address, 'EUR', aParcel(parcel))).toHaveLength(isOffered ? 1 : 0);
  });
});

describe('the price of shipping', () => {
  const tiers = [
    { from: 1000, amount_minor: 700 },
    { from: 0, amount_minor: 300 },
    { from: 2000, amount_minor: 1100 },
  ];
  const late = [{ from: 1501, amount_minor: 700 }];
  const cases: [string, ShippingKind, Partial<ShippingMethodFacts>, Partial<Parcel>, number | null][] = [
    ['is the method’s', 'flat', {}, {}, 500],
    ['is the method’s and each unit’s', 'per_item', { per_item_minor: 120 }, {}, 860],
    ['is the method’s where a unit costs nothing', 'per_item', {}, {}, 500],
    ['is that of the highest weight reached', 'weight_tiers', { tiers }, {}, 700],
    ['is that of the weight from its very gram on', 'weight_tiers', { tiers }, { weight_grams: 2000 }, 1100],
    ['is that of the first weight', 'weight_tiers', { tiers }, { weight_grams: 0 }, 300],
    ['is none below the first weight', 'weight_tiers', { tiers: late }, {}, null],
    ['is none without weights', 'weight_tiers', {}, {}, null],
    ['is none for a weight nobody knows', 'weight_tiers', { tiers }, { has_unknown_weight: true }, null],
    ['is that of the highest value reached', 'price_tiers', { tiers }, { subtotal_minor: 1999 }, 700],
    ['is that of the value from its very cent on', 'price_tiers', { tiers }, {}, 1100],
    ['is none below the first value', 'price_tiers', { tiers: late }, { subtotal_minor: 1500 }, null],
    ['is what a fetched parcel costs', 'pickup', { amount_minor: 0 }, {}, 0],
    ['is the carrier’s', 'carrier', { quoted_minor: 1234 }, {}, 1234],
    ['is none while the carrier was not asked', 'carrier', {}, {}, null],
    ['is charged below the limit', 'flat', { free_above_minor: 2001 }, {}, 500],
    ['is nothing from the limit on', 'flat', { free_above_minor: 2000 }, {}, 0],
    ['is nothing with a limit of nothing', 'flat', { free_above_minor: 0 }, { subtotal_minor: 0 }, 0],
    ['is nothing from the limit on, by weight', 'weight_tiers', { tiers, free_above_minor: 1 }, {}, 0],
    ['stays none above the limit', 'carrier', { quoted_minor: null, free_above_minor: 1 }, {}, null],
  ];

  test.each(cases)('%s (%s)', (_, kind, method, parcel, expected) => {
    expect(shippingAmount(aMethod('method', { kind, ...method }), aParcel(parcel))).toBe(expected);
  });

  test('is worked out for every kind', () => {
    expect(new Set(cases.map(([, kind]) => kind))).toEqual(new Set(SHIPPING_KINDS));
  });
});

describe('the place where an order is taxed', () => {
  const home = { country: 'FR', region: null, postal_code: '75001' };
  const store = { country: 'DE', region: null, postal_code: '20457' };

  test.each([
    ['is the shipping address', 'flat' as const, home, store, home],
    ['is where the goods are fetched', 'pickup' as const, home, store, store],
    ['is the shipping address while the location has none', 'pickup' as const, home, null, home],
    [
      'is the shipping address while the location’s country is not known',
      'pickup' as const,
      home,
      { ...store, country: null },
      home,
    ],
    ['is not known without an address', 'flat' as const, null, null, null],
  ])('%s', (_, kind, address, location, expected) => {
    expect(destinationOf({ kind }, address, location)).toEqual(expected);
  });

  test('is the shipping address before a method is chosen', () => {
    expect(destinationOf(null, home, store)).toEqual(home);
  });
});
