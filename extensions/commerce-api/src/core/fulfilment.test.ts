import { describe, expect, test } from 'vitest';
import type { ShipmentStatus } from './fulfilment-state.ts';
import {
  openUnits,
  progressOf,
  returnableUnits,
  returnRequestRefusal,
  type LineProgress,
  type Progress,
} from './fulfilment.ts';

const line = (change: Partial<LineProgress>): LineProgress => ({
  quantity: 5,
  quantity_fulfilled: 0,
  quantity_refunded: 0,
  quantity_returned: 0,
  packed: 0,
  ...change,
});

test.each<[string, Partial<LineProgress>, number]>([
  ['nothing has left', {}, 5],
  ['some left', { quantity_fulfilled: 2 }, 3],
  ['some are being packed', { quantity_fulfilled: 2, packed: 1 }, 2],
  ['all left', { quantity_fulfilled: 5 }, 0],
  ['some were refunded before they left', { quantity_refunded: 2 }, 3],
  [
    'what left came back and was refunded',
    { quantity_fulfilled: 2, quantity_returned: 2, quantity_refunded: 2 },
    3,
  ],
  ['what left came back and its money has not', { quantity_fulfilled: 2, quantity_returned: 2 }, 3],
  ['more is packed than is left after a refund', { quantity_refunded: 3, packed: 4 }, 0],
])('of five units, when %s', (_when, change, open) => {
  expect(openUnits(line(change))).toBe(open);
});

test.each<[string, Partial<LineProgress>[], ShipmentStatus[], Progress | null]>([
  ['nothing left', [{}, {}], [], null],
  ['everything was refunded and nothing left', [{ quantity_refunded: 5 }], [], null],
  ['some left', [{ quantity_fulfilled: 5 }, {}], ['shipped'], { fulfilment: 'part_fulfilled', order: [] }],
  [
    'the rest is being packed',
    [{ quantity_fulfilled: 4, packed: 1 }],
    ['delivered', 'pending'],
    { fulfilment: 'part_fulfilled', order: [] },
  ],
  [
    'all left',
    [{ quantity_fulfilled: 5 }],
    ['delivered', 'shipped', 'cancelled'],
    { fulfilment: 'rest_fulfilled', order: ['shipped'] },
  ],
  [
    'what did not leave was refunded',
    [{ quantity_fulfilled: 3, quantity_refunded: 2 }],
    ['shipped'],
    { fulfilment: 'rest_fulfilled', order: ['shipped'] },
  ],
  [
    'all left and has arrived',
    [{ quantity_fulfilled: 5 }],
    ['delivered', 'cancelled'],
    { fulfilment: 'rest_fulfilled', order: ['shipped', 'delivered'] },
  ],
  [
    'what is being packed was refunded, and the rest has arrived',
    [{ quantity_fulfilled: 4, quantity_refunded: 1, packed: 1 }],
    ['delivered', 'pending'],
    { fulfilment: 'rest_fulfilled', order: ['shipped', 'delivered'] },
  ],
  [
    'there was nothing to ship',
    [{ quantity_fulfilled: 5 }],
    ['cancelled'],
    { fulfilment: 'rest_fulfilled', order: ['handed_over'] },
  ],
])('how far the order is when %s', (_when, lines, parcels, progress) => {
  expect(progressOf(lines.map(line), parcels)).toEqual(progress);
});

describe('what may come back', () => {
  const sent = { shipped: 3, in_time: 2, in_returns: 1 };

  test('is what was sent in time and is in no other return', () => {
    expect(returnableUnits(sent, 'customer')).toBe(2);
    expect(returnableUnits({ ...sent, in_time: 1 }, 'customer')).toBe(1);
    expect(returnableUnits({ ...sent, in_returns: 3 }, 'customer')).toBe(0);
  });

  test('is for staff whatever was sent and is in no other return', () => {
    expect(returnableUnits({ ...sent, in_time: 0 }, 'staff')).toBe(2);
  });

  test('is never less than nothing', () => {
    expect(returnableUnits({ shipped: 0, in_time: 0, in_returns: 1 }, 'staff')).toBe(0);
  });

  test.each([
    [sent, 2, null],
    [{ shipped: 0, in_time: 0, in_returns: 0 }, 1, 'not_shipped'],
    [{ ...sent, in_time: 0 }, 2, 'too_late'],
    [sent, 3, 'more_than_left'],
    [{ ...sent, in_time: 0 }, 3, 'more_than_left'],
  ])('%o asked for %i: %s', (facts, quantity, reason) => {
    expect(returnRequestRefusal(facts, quantity, 'customer')).toBe(reason);
  });
});
