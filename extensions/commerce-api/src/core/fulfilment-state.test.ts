import { describe, expect, test } from 'vitest';
import type { FulfilmentEvent, FulfilmentStatus } from './fulfilment-state.ts';
import { FULFILMENT_EVENTS, FULFILMENT_STATUSES, fulfilmentTransition } from './fulfilment-state.ts';

const table: [FulfilmentStatus, FulfilmentEvent, FulfilmentStatus | null][] = [
  ['unfulfilled', 'part_fulfilled', 'partly_fulfilled'],
  ['unfulfilled', 'rest_fulfilled', 'fulfilled'],
  ['partly_fulfilled', 'part_fulfilled', 'partly_fulfilled'],
  ['partly_fulfilled', 'rest_fulfilled', 'fulfilled'],
  ['fulfilled', 'part_fulfilled', null],
  ['fulfilled', 'rest_fulfilled', null],
];

describe('an order that is', () => {
  test.each(table)('%s and %s becomes %s', (status, event, next) => {
    expect(fulfilmentTransition(status, event)).toBe(next);
  });

  test('in any state, at any event, is decided above', () => {
    expect(table).toHaveLength(FULFILMENT_STATUSES.length * FULFILMENT_EVENTS.length);
  });
});
