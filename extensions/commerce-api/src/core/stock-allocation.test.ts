import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StockLevelFacts, StockRequest } from './stock-allocation.ts';
import { allocate } from './stock-allocation.ts';

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
  { variant = 'mug', ...rest }: Partial<StockLevelFacts> = {},
): StockLevelFacts => ({ variant, location, on_hand, reserved: 0, priority: 0, ...rest });

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

  test('with what was free there, and whether less will do', () => {
    expect(allocate([wants('mug', 2)], [level('a', 9, { reserved: 2 })])).toEqual({
      ok: true,
      reservations: [
        { variant: 'mug', location: 'a', quantity: 2, expected_available: 7, allow_backorder: false },
      ],
    });
    expect(allocate([wants('mug', 2, { allow_backorder: true })], [level('a', 1, { reserved: 3 })])).toEqual({
      ok: true,
      reservations: [
        { variant: 'mug', location: 'a', quantity: 2, expected_available: 0, allow_backorder: true },
      ],
    });
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

test('reservations add up to what was asked, take no more than is free and do not depend on any order', () => {
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
  const backorderable = 'c';
  fc.assert(
    fc.property(someRequests, someLevels, fc.boolean(), (drafts, rows, isReversed) => {
      const requests = drafts.map((draft) =>
        wants(draft.variant, draft.quantity, { allow_backorder: draft.variant === backorderable }),
      );
      const levels = rows.map((row) => ({ ...row, priority: row.location === 'z' ? 1 : 0 }));
      const result = allocate(requests, levels);
      const other = isReversed
        ? allocate(requests.toReversed(), levels)
        : allocate(requests, levels.toReversed());
      expect(other).toEqual(result);

      const freeAt = (variant: string) =>
        levels.filter((row) => row.variant === variant).map((row) => Math.max(0, row.on_hand - row.reserved));
      const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
      const askedOf = (variant: string) =>
        sum(requests.filter((request) => request.variant === variant).map((request) => request.quantity));
      if (!result.ok) {
        for (const { variant, requested, available } of result.shortages) {
          expect(requested).toBe(askedOf(variant));
          expect(available).toBe(sum(freeAt(variant)));
          expect(available).toBeLessThan(requested);
        }
        return;
      }
      for (const variant of ['a', 'b', 'c']) {
        const reserved = result.reservations.filter((reservation) => reservation.variant === variant);
        expect(sum(reserved.map((reservation) => reservation.quantity))).toBe(askedOf(variant));
      }
      for (const reservation of result.reservations) {
        expect(reservation.quantity).toBeGreaterThan(0);
        const isWithin = reservation.quantity <= reservation.expected_available;
        expect(isWithin || reservation.variant === backorderable).toBe(true);
      }
      const keys = result.reservations.map(({ variant, location }) => `${variant} ${location}`);
      expect(keys).toEqual([...new Set(keys)].sort());
    }),
  );
});
