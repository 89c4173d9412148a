import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  announcedFor,
  bundleSupply,
  isInStock,
  soldParts,
  stockRequests,
  type BundlePart,
  type StockLine,
  type Supply,
} from './bundle.ts';
import { allocate } from './stock-allocation.ts';

const part = (variant: string, quantity: number, flags: Partial<BundlePart> = {}): BundlePart => ({
  variant,
  sku: variant.toUpperCase(),
  quantity,
  track_stock: true,
  allow_backorder: false,
  ...flags,
});
const line = (variant: string, quantity: number, parts?: BundlePart[] | null): StockLine => ({
  ...part(variant, quantity),
  parts,
});

describe('what lines take from stock', () => {
  test.each<[string, StockLine[], string[]]>([
    ['is the variant itself', [line('mug', 2)], ['2 mug']],
    [
      'is the variant where a bundle has no parts',
      [line('set', 2, []), line('mug', 1, null)],
      ['2 set', '1 mug'],
    ],
    [
      'are the parts of a bundle, times its quantity',
      [line('set', 3, [part('mug', 2), part('pot', 1)])],
      ['6 mug', '3 pot'],
    ],
    [
      'are parts and the part bought singly',
      [line('set', 1, [part('mug', 2)]), line('mug', 4)],
      ['2 mug', '4 mug'],
    ],
  ])('%s', (_, lines, expected) => {
    expect(stockRequests(lines).map(({ quantity, variant }) => `${quantity} ${variant}`)).toEqual(expected);
  });

  test('says of a part what the part says, not the bundle', () => {
    const bundle = { ...line('set', 1, [part('mug', 1, { allow_backorder: true })]), track_stock: false };
    expect(stockRequests([bundle])).toEqual([part('mug', 1, { allow_backorder: true })]);
  });

  test('counts a bundle and its part together: neither sells what the other has taken', () => {
    const level = {
      variant: 'mug',
      location: 'a',
      reserved: 0,
      priority: 0,
      active: true,
      backorder_limit: null,
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 9 }),
        (on_hand, bundles, singles) => {
          const lines = [line('set', bundles, [part('mug', 2)]), line('mug', singles)];
          const result = allocate(stockRequests(lines), [{ ...level, on_hand }]);
          expect(result.ok).toBe(2 * bundles + singles <= on_hand);
        },
      ),
    );
  });
});

describe('what an order line remembers of parts', () => {
  test.each([null, undefined, []])('is nothing for %j', (parts) => {
    expect(soldParts(parts)).toBeNull();
  });

  test('is what one unit is made of', () => {
    expect(soldParts([{ ...part('mug', 2), title: 'Blue' } as BundlePart])).toEqual([
      { variant: 'mug', sku: 'MUG', quantity: 2, track_stock: true },
    ]);
  });
});

const supply = (available: number | null, backorder_left = 0): Supply => ({ available, backorder_left });

describe('the supply of a bundle', () => {
  test.each<[string, (Supply & { quantity: number })[], Supply]>([
    [
      'is that of its scarcest part',
      [
        { ...supply(9), quantity: 2 },
        { ...supply(3), quantity: 1 },
      ],
      supply(3),
    ],
    ['is whole bundles only', [{ ...supply(5), quantity: 2 }], supply(2)],
    [
      'is none where a part is out',
      [
        { ...supply(0), quantity: 1 },
        { ...supply(9), quantity: 1 },
      ],
      supply(0),
    ],
    ['is not tracked where no part is', [{ ...supply(null), quantity: 1 }], supply(null)],
    [
      'leaves untracked parts out',
      [
        { ...supply(null), quantity: 1 },
        { ...supply(4), quantity: 2 },
      ],
      supply(2),
    ],
    [
      'may be backordered as far as all parts may',
      [
        { ...supply(1, 5), quantity: 2 },
        { ...supply(9), quantity: 1 },
      ],
      supply(0, 3),
    ],
    [
      'may be backordered without limit where all parts may',
      [{ ...supply(1, Infinity), quantity: 1 }],
      supply(1, Infinity),
    ],
    [
      'is bounded by a part that may not',
      [
        { ...supply(1, Infinity), quantity: 1 },
        { ...supply(2), quantity: 1 },
      ],
      supply(1, 1),
    ],
  ])('%s', (_, parts, expected) => {
    expect(bundleSupply(parts)).toEqual(expected);
  });
});

test.each<[Supply, boolean]>([
  [supply(null), true],
  [supply(1), true],
  [supply(0, 1), true],
  [supply(0), false],
])('%j in stock is %s', (given, expected) => {
  expect(isInStock(given)).toBe(expected);
});

describe('a preorder', () => {
  const now = '2026-06-01T12:00:00Z';
  test.each<[string, (Date | string | null | undefined)[], string | null]>([
    ['is announced for its date', ['2026-07-01T00:00:00Z'], '2026-07-01T00:00:00.000Z'],
    [
      'of a bundle waits for the last part',
      [null, '2026-07-01', new Date('2026-08-01')],
      '2026-08-01T00:00:00.000Z',
    ],
    ['is one no longer when its day has come', [now], null],
    ['is none without a date', [null, undefined], null],
    ['is none without anything', [], null],
  ])('%s', (_, dates, expected) => {
    expect(announcedFor(dates, now)?.toISOString() ?? null).toBe(expected);
  });
});
