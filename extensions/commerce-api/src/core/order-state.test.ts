import { describe, expect, test } from 'vitest';
import type { OrderEvent, OrderStatus } from './order-state.ts';
import { ORDER_EVENTS, ORDER_STATUSES, orderTransition } from './order-state.ts';

const allowed: [OrderStatus, OrderEvent, OrderStatus][] = [
  ['pending', 'paid', 'processing'],
  ['pending', 'cancelled', 'cancelled'],
  ['pending', 'expired', 'cancelled'],
  ['processing', 'shipped', 'shipped'],
  ['processing', 'handed_over', 'delivered'],
  ['processing', 'cancelled', 'cancelled'],
  ['shipped', 'delivered', 'delivered'],
  ['cancelled', 'revived', 'processing'],
];

describe('an order', () => {
  test.each(allowed)('that is %s and %s becomes %s', (status, event, next) => {
    expect(orderTransition(status, event)).toBe(next);
  });

  const refused = ORDER_STATUSES.flatMap((status) =>
    ORDER_EVENTS.filter((event) => !allowed.some(([from, by]) => from === status && by === event)).map(
      (event) => [status, event] as const,
    ),
  );
  test.each(refused)('that is %s cannot be %s', (status, event) => {
    expect(orderTransition(status, event)).toBeNull();
  });

  test('every state but the first can be reached, and every pair is decided', () => {
    const reached = new Set(allowed.map(([, , next]) => next));
    expect(ORDER_STATUSES.filter((status) => !reached.has(status))).toEqual(['pending']);
    expect(allowed.length + refused.length).toBe(ORDER_STATUSES.length * ORDER_EVENTS.length);
  });
});
