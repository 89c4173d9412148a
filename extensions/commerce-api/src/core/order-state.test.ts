import { describe, expect, test } from 'vitest';
import { FULFILMENT_STATUSES } from './fulfilment-state.ts';
import type { OrderEvent, OrderRefusal, OrderStatus } from './order-state.ts';
import { ORDER_EVENTS, ORDER_STATUSES, orderRefusal, orderTransition } from './order-state.ts';

const allowed: [OrderStatus, OrderEvent, OrderStatus][] = [
  ['pending', 'paid', 'processing'],
  ['pending', 'edited', 'pending'],
  ['pending', 'cancelled', 'cancelled'],
  ['pending', 'expired', 'cancelled'],
  ['processing', 'edited', 'processing'],
  ['processing', 'shipped', 'shipped'],
  ['processing', 'handed_over', 'delivered'],
  ['processing', 'cancelled', 'cancelled'],
  ['shipped', 'delivered', 'delivered'],
  ['cancelled', 'revived', 'processing'],
];

const refused: [OrderStatus, OrderEvent, OrderRefusal][] = [
  ['pending', 'shipped', 'not_paid'],
  ['pending', 'delivered', 'not_paid'],
  ['pending', 'handed_over', 'not_paid'],
  ['pending', 'revived', 'not_cancelled'],
  ['processing', 'paid', 'already_paid'],
  ['processing', 'delivered', 'not_shipped'],
  ['processing', 'expired', 'already_paid'],
  ['processing', 'revived', 'not_cancelled'],
  ['shipped', 'paid', 'already_paid'],
  ['shipped', 'edited', 'already_shipped'],
  ['shipped', 'shipped', 'already_shipped'],
  ['shipped', 'handed_over', 'already_shipped'],
  ['shipped', 'cancelled', 'already_shipped'],
  ['shipped', 'expired', 'already_paid'],
  ['shipped', 'revived', 'not_cancelled'],
  ['delivered', 'paid', 'already_paid'],
  ['delivered', 'edited', 'already_delivered'],
  ['delivered', 'shipped', 'already_delivered'],
  ['delivered', 'delivered', 'already_delivered'],
  ['delivered', 'handed_over', 'already_delivered'],
  ['delivered', 'cancelled', 'already_delivered'],
  ['delivered', 'expired', 'already_paid'],
  ['delivered', 'revived', 'not_cancelled'],
  ['cancelled', 'paid', 'already_cancelled'],
  ['cancelled', 'edited', 'already_cancelled'],
  ['cancelled', 'shipped', 'already_cancelled'],
  ['cancelled', 'delivered', 'already_cancelled'],
  ['cancelled', 'handed_over', 'already_cancelled'],
  ['cancelled', 'cancelled', 'already_cancelled'],
  ['cancelled', 'expired', 'already_cancelled'],
];

describe('an order', () => {
  test.each(allowed)('that is %s and %s becomes %s', (status, event, next) => {
    expect(orderTransition(status, event)).toBe(next);
    expect(orderRefusal(status, event)).toBeNull();
  });

  test.each(refused)('that is %s cannot be %s: %s', (status, event, reason) => {
    expect(orderTransition(status, event)).toBeNull();
    expect(orderRefusal(status, event)).toBe(reason);
  });

  test('of which something has left cannot be cancelled any more, but be edited and shipped', () => {
    for (const fulfilment of ['partly_fulfilled', 'fulfilled'] as const) {
      expect(orderTransition('processing', 'cancelled', fulfilment)).toBeNull();
      expect(orderRefusal('processing', 'cancelled', fulfilment)).toBe('already_shipped');
      expect(orderTransition('processing', 'edited', fulfilment)).toBe('processing');
      expect(orderTransition('processing', 'shipped', fulfilment)).toBe('shipped');
    }
  });

  test('that is cancelled already says so, whatever had left', () => {
    for (const fulfilment of FULFILMENT_STATUSES) {
      expect(orderRefusal('cancelled', 'cancelled', fulfilment)).toBe('already_cancelled');
    }
  });

  test('may be in every state, and every event in every state is decided above, once', () => {
    const reached = new Set(allowed.filter(([from, , to]) => from !== to).map(([, , next]) => next));
    expect(ORDER_STATUSES.filter((status) => !reached.has(status))).toEqual(['pending']);
    const decided = [...allowed, ...refused].map(([status, event]) => `${status} ${event}`);
    const all = ORDER_STATUSES.flatMap((status) => ORDER_EVENTS.map((event) => `${status} ${event}`));
    expect(decided.sort()).toEqual(all.sort());
  });
});
