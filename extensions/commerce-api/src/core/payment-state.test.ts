import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PaymentEvent, PaymentStatus } from './payment-state.ts';
import {
  ORDER_PAYMENT_STATUSES,
  PAYMENT_EVENTS,
  PAYMENT_STATUSES,
  PAYMENT_STATUS_OF_ORDER,
  paymentTransition,
} from './payment-state.ts';

const allowed: [PaymentStatus, PaymentEvent, PaymentStatus][] = [
  ['pending', 'requires_action', 'requires_action'],
  ['pending', 'processing', 'processing'],
  ['pending', 'authorised', 'authorised'],
  ['pending', 'paid', 'paid'],
  ['pending', 'failed', 'failed'],
  ['pending', 'cancelled', 'cancelled'],
  ['requires_action', 'processing', 'processing'],
  ['requires_action', 'authorised', 'authorised'],
  ['requires_action', 'paid', 'paid'],
  ['requires_action', 'failed', 'failed'],
  ['requires_action', 'cancelled', 'cancelled'],
  ['processing', 'authorised', 'authorised'],
  ['processing', 'paid', 'paid'],
  ['processing', 'failed', 'failed'],
  ['processing', 'cancelled', 'cancelled'],
  ['authorised', 'paid', 'paid'],
  ['authorised', 'failed', 'failed'],
  ['authorised', 'cancelled', 'cancelled'],
  ['failed', 'requires_action', 'requires_action'],
  ['failed', 'processing', 'processing'],
  ['failed', 'authorised', 'authorised'],
  ['failed', 'paid', 'paid'],
  ['failed', 'cancelled', 'cancelled'],
  ['failed', 'retried', 'pending'],
  ['cancelled', 'paid', 'paid'],
  ['paid', 'partly_refunded', 'partly_refunded'],
  ['paid', 'refunded', 'refunded'],
  ['partly_refunded', 'partly_refunded', 'partly_refunded'],
  ['partly_refunded', 'refunded', 'refunded'],
];

describe('a payment', () => {
  test.each(allowed)('that is %s and hears %s becomes %s', (status, event, next) => {
    expect(paymentTransition(status, event)).toBe(next);
  });

  const refused = PAYMENT_STATUSES.flatMap((status) =>
    PAYMENT_EVENTS.filter((event) => !allowed.some(([from, by]) => from === status && by === event)).map(
      (event) => [status, event] as const,
    ),
  );
  test.each(refused)('that is %s is not changed by %s', (status, event) => {
    expect(paymentTransition(status, event)).toBeNull();
  });

  test('that was refunded hears nothing more', () => {
    expect(PAYMENT_EVENTS.filter((event) => paymentTransition('refunded', event))).toEqual([]);
  });

  test('that was cancelled still hears that the money came', () => {
    expect(PAYMENT_EVENTS.filter((event) => paymentTransition('cancelled', event))).toEqual(['paid']);
  });

  test('never loses money it has, whatever news follows in whatever order', () => {
    const hasMoney: PaymentStatus[] = ['paid', 'partly_refunded', 'refunded'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PAYMENT_EVENTS)), (events) => {
        let status: PaymentStatus = 'paid';
        for (const event of events) status = paymentTransition(status, event) ?? status;
        expect(hasMoney).toContain(status);
      }),
    );
  });

  test.each<[PaymentStatus, string]>([
    ['pending', 'pending'],
    ['requires_action', 'pending'],
    ['processing', 'pending'],
    ['authorised', 'authorised'],
    ['paid', 'paid'],
    ['failed', 'failed'],
    ['cancelled', 'failed'],
    ['partly_refunded', 'partly_refunded'],
    ['refunded', 'refunded'],
  ])('that is %s shows on its order as %s', (status, shown) => {
    expect(PAYMENT_STATUS_OF_ORDER[status]).toBe(shown);
    expect(ORDER_PAYMENT_STATUSES).toContain(shown);
  });
});
