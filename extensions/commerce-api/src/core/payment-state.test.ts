import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PaymentEvent, PaymentRefusal, PaymentStatus } from './payment-state.ts';
import {
  ORDER_PAYMENT_STATUSES,
  PAYMENT_EVENTS,
  PAYMENT_STATUSES,
  PAYMENT_STATUS_OF_ORDER,
  paymentRefusal,
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

const refused: [PaymentStatus, PaymentEvent, PaymentRefusal][] = [
  ['pending', 'partly_refunded', 'not_paid'],
  ['pending', 'refunded', 'not_paid'],
  ['pending', 'retried', 'not_failed'],
  ['requires_action', 'requires_action', 'nothing_new'],
  ['requires_action', 'partly_refunded', 'not_paid'],
  ['requires_action', 'refunded', 'not_paid'],
  ['requires_action', 'retried', 'not_failed'],
  ['processing', 'requires_action', 'out_of_date'],
  ['processing', 'processing', 'nothing_new'],
  ['processing', 'partly_refunded', 'not_paid'],
  ['processing', 'refunded', 'not_paid'],
  ['processing', 'retried', 'not_failed'],
  ['authorised', 'requires_action', 'out_of_date'],
  ['authorised', 'processing', 'out_of_date'],
  ['authorised', 'authorised', 'nothing_new'],
  ['authorised', 'partly_refunded', 'not_paid'],
  ['authorised', 'refunded', 'not_paid'],
  ['authorised', 'retried', 'not_failed'],
  ['paid', 'requires_action', 'out_of_date'],
  ['paid', 'processing', 'out_of_date'],
  ['paid', 'authorised', 'out_of_date'],
  ['paid', 'paid', 'nothing_new'],
  ['paid', 'failed', 'already_paid'],
  ['paid', 'cancelled', 'already_paid'],
  ['paid', 'retried', 'already_paid'],
  ['failed', 'failed', 'nothing_new'],
  ['failed', 'partly_refunded', 'not_paid'],
  ['failed', 'refunded', 'not_paid'],
  ['cancelled', 'requires_action', 'already_cancelled'],
  ['cancelled', 'processing', 'already_cancelled'],
  ['cancelled', 'authorised', 'already_cancelled'],
  ['cancelled', 'failed', 'already_cancelled'],
  ['cancelled', 'cancelled', 'nothing_new'],
  ['cancelled', 'partly_refunded', 'not_paid'],
  ['cancelled', 'refunded', 'not_paid'],
  ['cancelled', 'retried', 'already_cancelled'],
  ['partly_refunded', 'requires_action', 'out_of_date'],
  ['partly_refunded', 'processing', 'out_of_date'],
  ['partly_refunded', 'authorised', 'out_of_date'],
  ['partly_refunded', 'paid', 'out_of_date'],
  ['partly_refunded', 'failed', 'already_paid'],
  ['partly_refunded', 'cancelled', 'already_paid'],
  ['partly_refunded', 'retried', 'already_paid'],
  ['refunded', 'requires_action', 'out_of_date'],
  ['refunded', 'processing', 'out_of_date'],
  ['refunded', 'authorised', 'out_of_date'],
  ['refunded', 'paid', 'out_of_date'],
  ['refunded', 'failed', 'already_refunded'],
  ['refunded', 'cancelled', 'already_refunded'],
  ['refunded', 'partly_refunded', 'out_of_date'],
  ['refunded', 'refunded', 'nothing_new'],
  ['refunded', 'retried', 'already_refunded'],
];

describe('a payment', () => {
  test.each(allowed)('that is %s and hears %s becomes %s', (status, event, next) => {
    expect(paymentTransition(status, event)).toBe(next);
    expect(paymentRefusal(status, event)).toBeNull();
  });

  test.each(refused)('that is %s is not changed by %s: %s', (status, event, reason) => {
    expect(paymentTransition(status, event)).toBeNull();
    expect(paymentRefusal(status, event)).toBe(reason);
  });

  test('in any state, at any event, is decided above, once', () => {
    const decided = [...allowed, ...refused].map(([status, event]) => `${status} ${event}`);
    const all = PAYMENT_STATUSES.flatMap((status) => PAYMENT_EVENTS.map((event) => `${status} ${event}`));
    expect(decided.sort()).toEqual(all.sort());
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
