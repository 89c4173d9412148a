import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backorderLeft, allocate, type StockLevelFacts, type StockRequest } from './stock-allocation.ts';

const wants = (variant: string, quantity: number, request: Partial<StockRequest> = {}): StockRequest => ({
  variant,
  quantity,
  allow_backorder: false,
  track_stock: true,
  ...request,
});
const level = (
  location: string,
  on_hand: number,
  facts: Partial<Omit<StockLevelFacts, 'location' | 'on_hand'>> = {},
): StockLevelFacts => ({
  variant: 'mug',
  location,
  on_hand,
  reserved: 0,
  priority: 0,
  active: true,
  backorder_limit: null,
  ...facts,
});

function taken(requests: StockRequest[], levels: StockLevelFacts[]) {
  const result = allocate(requests, levels);
  if (!result.ok) return result.shortages;
  return result.reservations.map(
    ({ variant, location, quantity }) => `${quantity} ${variant} from ${location}`,
  );
}

describe('a variant is taken', () => {
  test.each<[string, StockRequest[], StockLevelFacts[], string[]]>([
    [
      'from the first location by priority, the higher number first',
      [wants('mug', 2)],
      [level('far', 9, { priority: 7 }), level('near', 9, { priority: 8 })],
      ['2 mug from near'],
    ],
    [
      'from the lower location id where priorities are equal',
      [wants('mug', 2)],
      [level('b', 9), level('a', 9)],
      ['2 mug from a'],
    ],
    [
      'from a later location that can serve it wholly',
      [wants('mug', 5)],
      [level('near', 4, { priority: 8 }), level('far', 5, { priority: 7 })],
      ['5 mug from far'],
    ],
    [
      'from several, by priority, where none can serve it wholly',
      [wants('mug', 7)],
      [level('c', 3, { priority: 8 }), level('a', 4, { priority: 7 }), level('b', 4, { priority: 6 })],
      ['4 mug from a', '3 mug from c'],
    ],
    [
      'down to the last unit of all',
      [wants('mug', 7)],
      [level('a', 3), level('b', 4)],
      ['3 mug from a', '4 mug from b'],
    ],
    [
      'once for several lines',
      [wants('mug', 2), wants('pen', 1), wants('mug', 3)],
      [level('a', 4), level('b', 5), level('a', 1, { variant: 'pen' })],
      ['5 mug from b', '1 pen from a'],
    ],
    [
      'from what is not reserved',
      [wants('mug', 2)],
      [level('a', 9, { reserved: 8 }), level('b', 2)],
      ['2 mug from b'],
    ],
    [
      'from nowhere when its stock is not tracked',
      [wants('song', 99, { track_stock: false })],
      [level('a', 1, { variant: 'song' })],
      [],
    ],
    ['from nowhere when nothing is wanted', [wants('mug', 0)], [level('a', 1)], []],
    [
      'whole from one location rather than backordered',
      [wants('mug', 5, { allow_backorder: true })],
      [level('a', 4, { priority: 8 }), level('b', 5, { priority: 7 })],
      ['5 mug from b'],
    ],
    [
      'as far as it goes, and the rest backordered at the first location by priority',
      [wants('mug', 10, { allow_backorder: true })],
      [level('b', 2, { priority: 8 }), level('a', 3, { priority: 7 })],
      ['3 mug from a', '7 mug from b'],
    ],
    [
      'on debt when there is none at all',
      [wants('mug', 1, { allow_backorder: true })],
      [level('a', 0), level('b', -3)],
      ['1 mug from a'],
    ],
  ])('%s', (_, requests, levels, expected) => {
    expect(taken(requests, levels)).toEqual(expected);
  });

  test('with how many of it are not there yet', () => {
    const allow_backorder = true;
    expect(allocate([wants('mug', 5, { allow_backorder })], [level('a', 2), level('b', 1)])).toEqual({
      ok: true,
      reservations: [
        { variant: 'mug', location: 'a', quantity: 4, backordered: 2 },
        { variant: 'mug', location: 'b', quantity: 1, backordered: 0 },
      ],
    });
  });
});

describe('a whole order', () => {
  const pen = { variant: 'pen' };
  test.each<[string, StockRequest[], StockLevelFacts[], string[]]>([
    [
      'leaves from one location that has all of it, though each variant alone would leave from a better one',
      [wants('mug', 1), wants('pen', 1)],
      [
        level('first', 9, { priority: 9 }),
        level('second', 9, { ...pen, priority: 8 }),
        level('third', 1, { priority: 7 }),
        level('third', 1, { ...pen, priority: 7 }),
      ],
      ['1 mug from third', '1 pen from third'],
    ],
    [
      'leaves from the first of those that have all of it, by priority',
      [wants('pen', 1), wants('mug', 1)],
      [
        level('a', 9),
        level('a', 9, pen),
        level('b', 9, { priority: 2 }),
        level('b', 9, { ...pen, priority: 2 }),
      ],
      ['1 mug from b', '1 pen from b'],
    ],
    [
      'is split by variant where no location has all of it',
      [wants('pen', 1), wants('mug', 3)],
      [level('a', 2), level('a', 9, pen), level('b', 3)],
      ['3 mug from b', '1 pen from a'],
    ],
    [
      'splits a variant only where no location has enough of it',
      [wants('pen', 1), wants('mug', 4)],
      [level('a', 2), level('b', 3), level('b', 1, pen)],
      ['2 mug from a', '2 mug from b', '1 pen from b'],
    ],
    [
      'does not go to a location that would owe a part of it',
      [wants('mug', 1, { allow_backorder: true }), wants('pen', 1)],
      [
        level('a', 0, { priority: 5 }),
        level('a', 1, { ...pen, priority: 5 }),
        level('b', 1),
        level('b', 1, pen),
      ],
      ['1 mug from b', '1 pen from b'],
    ],
    [
      'takes nothing from a location that is not active',
      [wants('mug', 2)],
      [level('closed', 9, { priority: 9, active: false }), level('open', 2)],
      ['2 mug from open'],
    ],
  ])('%s', (_, requests, levels, expected) => {
    expect(taken(requests, levels)).toEqual(expected);
  });
});

describe('a backorder limit', () => {
  const later = { allow_backorder: true };
  const limit = { backorder_limit: 5 };
  test.each<[string, StockRequest[], StockLevelFacts[], unknown]>([
    [
      'lets as many be owed as it says, beyond what is there',
      [wants('mug', 7, later)],
      [level('a', 2, limit)],
      ['7 mug from a'],
    ],
    [
      'refuses one more, and says how many could be had',
      [wants('mug', 8, later)],
      [level('a', 2, limit)],
      [{ variant: 'mug', requested: 8, available: 7 }],
    ],
    [
      'counts what is owed already, at every location',
      [wants('mug', 3, later)],
      [
        level('a', 2, limit),
        level('b', 1, { ...limit, reserved: 3 }),
        level('c', -2, { ...limit, active: false }),
      ],
      ['3 mug from a'],
    ],
    [
      'that is used up leaves what is there',
      [wants('mug', 4, later)],
      [level('a', 2, limit), level('b', -9, limit)],
      [{ variant: 'mug', requested: 4, available: 2 }],
    ],
    [
      'of zero allows none',
      [wants('mug', 2, later)],
      [level('a', 1, { backorder_limit: 0 })],
      [{ variant: 'mug', requested: 2, available: 1 }],
    ],
    [
      'means nothing where backorders are not taken',
      [wants('mug', 2)],
      [level('a', 1, limit)],
      [{ variant: 'mug', requested: 2, available: 1 }],
    ],
    [
      'cannot be owed where no active location keeps the variant',
      [wants('mug', 1, later)],
      [level('a', 5, { ...limit, active: false })],
      [{ variant: 'mug', requested: 1, available: 0 }],
    ],
  ])('%s', (_, requests, levels, expected) => {
    expect(taken(requests, levels)).toEqual(expected);
  });

  test('leaves any number where there is none', () => {
    const stock = { available: 0, owed: 900, backorder_limit: null, has_level: true };
    expect(backorderLeft(stock, true)).toBe(Infinity);
  });
});

describe('a shortage', () => {
  test.each<[string, StockRequest[], StockLevelFacts[], unknown]>([
    [
      'says what was asked and what is left over all locations',
      [wants('mug', 3), wants('mug', 3)],
      [level('a', 3), level('b', 2)],
      [{ variant: 'mug', requested: 6, available: 5 }],
    ],
    [
      'names every short variant, sorted, and reserves nothing',
      [wants('pen', 2), wants('cup', 1), wants('mug', 1)],
      [level('a', 1, { variant: 'pen' }), level('a', 1, { variant: 'cup' })],
      [
        { variant: 'mug', requested: 1, available: 0 },
        { variant: 'pen', requested: 2, available: 1 },
      ],
    ],
    [
      'counts stock below zero as none',
      [wants('mug', 2)],
      [level('a', -5), level('b', 1)],
      [{ variant: 'mug', requested: 2, available: 1 }],
    ],
    [
      'is also a backorder with nowhere to write it',
      [wants('mug', 1, { allow_backorder: true })],
      [],
      [{ variant: 'mug', requested: 1, available: 0 }],
    ],
    [
      'is decided by the stricter of two lines of a variant',
      [wants('mug', 1, { allow_backorder: true }), wants('mug', 1)],
      [level('a', 1)],
      [{ variant: 'mug', requested: 2, available: 1 }],
    ],
  ])('%s', (_, requests, levels, shortages) => {
    expect(allocate(requests, levels)).toEqual({ ok: false, shortages });
  });
});

test.each([-1, 1.5, NaN])('a quantity of %d is a RangeError', (quantity) => {
  expect(() => allocate([wants('mug', quantity)], [])).toThrow(RangeError);
});

describe('whatever is asked', () => {
  const variants = fc.constantFrom('a', 'b', 'c');
  const someRequests = fc.array(fc.record({ variant: variants, quantity: fc.integer({ min: 0, max: 9 }) }));
  const someLevels = fc.uniqueArray(
    fc.record({
      variant: variants,
      location: fc.constantFrom('x', 'y', 'z'),
      on_hand: fc.integer({ min: -2, max: 12 }),
      reserved: fc.integer({ min: 0, max: 5 }),
    }),
    { selector: ({ variant, location }) => `${variant} ${location}` },
  );
  /** Of `c` three may be owed, of the others none. `z` comes first, and `y` is closed. */
  const LIMIT = 3;
  const scene = fc.record({ drafts: someRequests, rows: someLevels }).map(({ drafts, rows }) => ({
    requests: drafts.map(({ variant, quantity }) =>
      wants(variant, quantity, { allow_backorder: variant === 'c' }),
    ),
    levels: rows.map(({ location, on_hand, ...facts }) =>
      level(location, on_hand, {
        ...facts,
        priority: location === 'z' ? 1 : 0,
        active: location !== 'y',
        backorder_limit: facts.variant === 'c' ? LIMIT : null,
      }),
    ),
  }));
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  const of = <Row extends { variant: string }>(rows: readonly Row[], variant: string) =>
    rows.filter((row) => row.variant === variant);
  const freeOf = (levels: StockLevelFacts[], variant: string) =>
    sum(of(levels, variant).map((row) => (row.active ? Math.max(0, row.on_hand - row.reserved) : 0)));
  const owedOf = (levels: StockLevelFacts[], variant: string) =>
    sum(of(levels, variant).map((row) => Math.max(0, row.reserved - row.on_hand)));
  const askedOf = (requests: StockRequest[], variant: string) =>
    sum(of(requests, variant).map((request) => request.quantity));

  test('the order of requests and levels does not matter', () => {
    fc.assert(
      fc.property(scene, ({ requests, levels }) => {
        const result = allocate(requests, levels);
        expect(allocate(requests.toReversed(), levels)).toEqual(result);
        expect(allocate(requests, levels.toReversed())).toEqual(result);
      }),
    );
  });

  test('all of it is reserved or nothing, and what is short is short by all there is', () => {
    fc.assert(
      fc.property(scene, ({ requests, levels }) => {
        const result = allocate(requests, levels);
        if (result.ok) {
          for (const variant of ['a', 'b', 'c']) {
            const reserved = of(result.reservations, variant).map(({ quantity }) => quantity);
            expect(sum(reserved)).toBe(askedOf(requests, variant));
          }
          return;
        }
        for (const { variant, requested, available } of result.shortages) {
          const has_level = of(levels, variant).some((row) => row.active);
          const later = variant === 'c' && has_level ? Math.max(0, LIMIT - owedOf(levels, variant)) : 0;
          expect(requested).toBe(askedOf(requests, variant));
          expect(available).toBe(freeOf(levels, variant) + later);
          expect(available).toBeLessThan(requested);
        }
      }),
    );
  });

  test('no level gives more than it has, except what may be owed, and debts stay within their limit', () => {
    fc.assert(
      fc.property(scene, ({ requests, levels }) => {
        const result = allocate(requests, levels);
        if (!result.ok) return;
        const keys = result.reservations.map(({ variant, location }) => `${variant} ${location}`);
        expect(keys).toEqual([...new Set(keys)].sort());
        for (const { variant, location, quantity, backordered } of result.reservations) {
          const source = of(levels, variant).find((row) => row.location === location);
          expect(source?.active).toBe(true);
          expect(quantity).toBeGreaterThan(0);
          expect(quantity - backordered).toBeLessThanOrEqual(Math.max(0, source!.on_hand - source!.reserved));
          expect(backordered === 0 || variant === 'c').toBe(true);
        }
        const owed = sum(of(result.reservations, 'c').map(({ backordered }) => backordered));
        if (owed > 0) expect(owedOf(levels, 'c') + owed).toBeLessThanOrEqual(LIMIT);
      }),
    );
  });
});
