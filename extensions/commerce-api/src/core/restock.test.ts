import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planRestock, type TakenStock } from './restock.ts';

const took = (quantity: number, location: string, variant = 'mug'): TakenStock => ({
  variant,
  location,
  quantity,
});
const back = (quantity: number, variant = 'mug') => ({ variant, quantity });
const shown = (plan: TakenStock[]) =>
  plan.map(({ quantity, variant, location }) => `${quantity} ${variant} to ${location}`);

describe('goods that come back go', () => {
  test.each<[string, { variant: string; quantity: number }[], TakenStock[], string | null, string[]]>([
    ['to where they left from', [back(2)], [took(2, 'a')], null, ['2 mug to a']],
    [
      'to several locations where they left from several',
      [back(4)],
      [took(3, 'a'), took(2, 'b')],
      null,
      ['3 mug to a', '1 mug to b'],
    ],
    ['to the location that is given', [back(4)], [took(3, 'a'), took(2, 'b')], 'c', ['4 mug to c']],
    ['back only as many as left', [back(9)], [took(3, 'a')], null, ['3 mug to a']],
    ['back only as many as left, to a given location too', [back(9)], [took(3, 'a')], 'c', ['3 mug to c']],
    ['nowhere where nothing left', [back(1)], [], null, []],
    ['nowhere where nothing left, though a location is given', [back(1)], [], 'c', []],
    ['nowhere when none come', [back(0)], [took(3, 'a')], 'c', []],
    [
      'back less what came to another location before',
      [back(3)],
      [took(3, 'a'), took(-2, 'b')],
      null,
      ['1 mug to a'],
    ],
    ['nowhere when more has come back than left', [back(1)], [took(1, 'a'), took(-2, 'b')], null, []],
    ['together for several lines of one variant', [back(1), back(1)], [took(5, 'a')], null, ['2 mug to a']],
    [
      'each variant for itself',
      [back(1), back(2, 'pen')],
      [took(5, 'a'), took(5, 'b', 'pen')],
      null,
      ['1 mug to a', '2 pen to b'],
    ],
  ])('%s', (_, wanted, taken, location, expected) => {
    expect(shown(planRestock(wanted, taken, location))).toEqual(expected);
  });
});

test('a quantity below zero is a RangeError', () => {
  expect(() => planRestock([back(-1)], [])).toThrow(RangeError);
});

test('never more comes back than left', () => {
  const places = fc.uniqueArray(
    fc.record({ location: fc.constantFrom('a', 'b', 'c'), quantity: fc.integer({ min: -3, max: 9 }) }),
    { selector: ({ location }) => location },
  );
  fc.assert(
    fc.property(places, fc.nat(12), fc.constantFrom(null, 'a', 'd'), (taken, wanted, location) => {
      const out = taken.reduce((sum, each) => sum + each.quantity, 0);
      const plan = planRestock(
        [back(wanted)],
        taken.map((each) => took(each.quantity, each.location)),
        location,
      );
      const given = plan.reduce((sum, each) => sum + each.quantity, 0);
      expect(given).toBe(Math.min(wanted, Math.max(0, out)));
    }),
  );
});
