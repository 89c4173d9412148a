import { describe, expect, test } from 'vitest';
import type { ReturnEvent, ReturnRefusal, ReturnStatus } from './return-state.ts';
import { RETURN_EVENTS, RETURN_STATUSES, returnRefusal, returnTransition } from './return-state.ts';

const table: [ReturnStatus, ReturnEvent, ReturnStatus | null, ReturnRefusal | null][] = [
  ['requested', 'approved', 'approved', null],
  ['requested', 'rejected', 'rejected', null],
  ['requested', 'received', 'received', null],
  ['requested', 'refunded', null, 'not_received'],
  ['approved', 'approved', null, 'already_approved'],
  ['approved', 'rejected', null, 'already_approved'],
  ['approved', 'received', 'received', null],
  ['approved', 'refunded', null, 'not_received'],
  ['received', 'approved', null, 'already_received'],
  ['received', 'rejected', null, 'already_received'],
  ['received', 'received', null, 'already_received'],
  ['received', 'refunded', 'refunded', null],
  ['refunded', 'approved', null, 'already_refunded'],
  ['refunded', 'rejected', null, 'already_refunded'],
  ['refunded', 'received', null, 'already_refunded'],
  ['refunded', 'refunded', null, 'already_refunded'],
  ['rejected', 'approved', null, 'already_rejected'],
  ['rejected', 'rejected', null, 'already_rejected'],
  ['rejected', 'received', null, 'already_rejected'],
  ['rejected', 'refunded', null, 'already_rejected'],
];

describe('a return that is', () => {
  test.each(table)('%s and %s becomes %s (%s)', (status, event, next, reason) => {
    expect(returnTransition(status, event)).toBe(next);
    expect(returnRefusal(status, event)).toBe(reason);
  });

  test('in any state, at any event, is decided above', () => {
    expect(table).toHaveLength(RETURN_STATUSES.length * RETURN_EVENTS.length);
  });
});
