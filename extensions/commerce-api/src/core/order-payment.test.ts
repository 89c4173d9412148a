import { describe, expect, test } from 'vitest';
import { isOpenPayment, isPayable, missingMinor, orderPaymentStatus } from './order-payment.ts';
import type { OrderStatus } from './order-state.ts';
import type { OrderPaymentStatus, PaymentStatus } from './payment-state.ts';

/** What the order costs, was paid, gave back; its newest payment; what it shows. */
type Case = [string, number, number, number, PaymentStatus | null, OrderPaymentStatus];

const shown = (status: OrderStatus, [, total_minor, paid_minor, refunded_minor, newest]: Case) =>
  orderPaymentStatus({ status, total_minor, paid_minor, refunded_minor, newest });

describe('what an order shows of its money', () => {
  test.each<Case>([
    ['waits', 100, 0, 0, 'pending', 'pending'],
    ['waits for the shopper to confirm', 100, 0, 0, 'requires_action', 'pending'],
    ['has an authorised payment', 100, 0, 0, 'authorised', 'authorised'],
    ['was declined', 100, 0, 0, 'failed', 'failed'],
    ['had its payment cancelled', 100, 0, 0, 'cancelled', 'failed'],
    ['has no payment of a provider', 100, 0, 0, null, 'pending'],
    ['got a part of its money', 100, 40, 0, 'paid', 'partly_paid'],
    ['got a part and gave it back', 100, 40, 40, 'refunded', 'pending'],
    ['costs nothing', 0, 0, 0, 'pending', 'pending'],
  ])('while it is pending: %s', (...each) => {
    expect(shown('pending', each)).toBe(each[5]);
  });

  test.each<Case>([
    ['is paid', 100, 100, 0, 'paid', 'paid'],
    ['cost nothing', 0, 0, 0, 'paid', 'paid'],
    ['was covered by a gift card alone', 100, 100, 0, null, 'paid'],
    ['gave a part back', 100, 100, 30, 'partly_refunded', 'partly_refunded'],
    ['gave all back', 100, 100, 100, 'refunded', 'refunded'],
    ['was paid twice', 100, 200, 0, 'paid', 'paid'],
    ['was paid twice and gave one back', 100, 200, 100, 'refunded', 'paid'],
    ['became cheaper and gave the difference back', 80, 100, 20, 'partly_refunded', 'paid'],
    ['became dearer', 120, 100, 0, 'pending', 'partly_paid'],
    ['became dearer, and the payment of the rest failed', 120, 100, 0, 'failed', 'partly_paid'],
    ['became dearer, and the payment of the rest was cancelled', 120, 100, 0, 'cancelled', 'partly_paid'],
    ['became dearer after a refund', 120, 100, 10, 'pending', 'partly_paid'],
    ['became free and gave all back', 0, 100, 100, 'refunded', 'refunded'],
  ])('once it is accepted: %s', (...each) => {
    for (const status of ['processing', 'shipped', 'delivered'] as const)
      expect(shown(status, each)).toBe(each[5]);
  });

  test.each<[string, number, number, number, OrderPaymentStatus]>([
    ['for all of it', 0, 0, 100, 'authorised'],
    ['for the rest beside a gift card', 40, 0, 60, 'authorised'],
    ['for less than the rest', 40, 0, 50, 'partly_paid'],
    ['for the rest after all that came went back', 40, 40, 100, 'authorised'],
    ['for too little after all that came went back', 40, 40, 60, 'refunded'],
    ['for what is paid already', 100, 0, 100, 'paid'],
  ])('while a promise stands %s', (_what, paid_minor, refunded_minor, promised_minor, status) => {
    const money = { total_minor: 100, paid_minor, refunded_minor, promised_minor };
    expect(orderPaymentStatus({ ...money, status: 'processing', newest: 'authorised' })).toBe(status);
  });

  test.each<Case>([
    ['was never paid', 100, 0, 0, 'cancelled', 'failed'],
    ['was paid late and gives it back', 100, 100, 0, 'paid', 'paid'],
    ['gave a part back', 100, 100, 60, 'partly_refunded', 'partly_refunded'],
    ['gave all back', 100, 100, 100, 'refunded', 'refunded'],
  ])('once it is cancelled: %s', (...each) => {
    expect(shown('cancelled', each)).toBe(each[5]);
  });
});

describe('paying', () => {
  test.each<[OrderStatus, OrderPaymentStatus, boolean]>([
    ['pending', 'pending', true],
    ['pending', 'failed', true],
    ['pending', 'partly_paid', true],
    ['processing', 'partly_paid', true],
    ['shipped', 'partly_paid', true],
    ['processing', 'paid', false],
    ['processing', 'partly_refunded', false],
    ['cancelled', 'partly_paid', false],
  ])('an order that is %s and %s: %s', (status, payment_status, may) => {
    expect(isPayable({ status, payment_status })).toBe(may);
  });

  test('counts what is on its way back as gone', () => {
    const money = { total_minor: 100, paid_minor: 100, refunded_minor: 0, pending_minor: 40 };
    const accepted = { ...money, status: 'processing' as const };
    expect(missingMinor(money)).toBe(40);
    expect(orderPaymentStatus({ ...accepted, newest: 'pending' })).toBe('partly_paid');
    expect(orderPaymentStatus({ ...accepted, newest: 'paid' })).toBe('partly_refunded');
    expect(orderPaymentStatus({ ...accepted, total_minor: 60, newest: 'paid' })).toBe('paid');
  });

  test.each([
    ['all of it', 100, 0, 0, undefined, 100],
    ['the rest beside a gift card', 100, 0, 0, 30, 70],
    ['the difference', 120, 100, 0, undefined, 20],
    ['the difference after a refund', 110, 100, 20, undefined, 30],
    ['nothing when it was paid twice', 100, 200, 0, undefined, 0],
  ])('asks for %s', (_what, total_minor, paid_minor, refunded_minor, held_minor, missing) => {
    expect(missingMinor({ total_minor, paid_minor, refunded_minor }, held_minor)).toBe(missing);
  });

  test('may still bring money unless it is over', () => {
    const all = [
      'pending',
      'requires_action',
      'processing',
      'authorised',
      'failed',
      'paid',
      'cancelled',
    ] as const;
    expect(all.filter(isOpenPayment)).toEqual(all.slice(0, 5));
  });
});
