import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { readEnv } from '../platform/env.ts';
import { paymentOfIntent } from './stripe-payment.ts';

const env = readEnv({ SECRET: 'a-secret-for-the-tests', STRIPE_SECRET_KEY: 'sk_test_1' });

/** A payment of 50 euros of which 30 were captured, as far as it matters here. */
function capturedInPart(change: object = {}): Stripe.PaymentIntent {
  return {
    id: 'pi_1',
    object: 'payment_intent',
    amount: 5000,
    amount_received: 3000,
    currency: 'eur',
    metadata: {},
    status: 'succeeded',
    latest_charge: { object: 'charge', amount: 5000, amount_captured: 3000, paid: true },
    ...change,
  } as unknown as Stripe.PaymentIntent;
}

function refund(change: object): Stripe.Refund {
  return {
    id: 're_1',
    object: 'refund',
    amount: 2000,
    currency: 'eur',
    status: 'succeeded',
    metadata: {},
    balance_transaction: 'txn_1',
    ...change,
  } as unknown as Stripe.Refund;
}

function dispute(status: string): Stripe.Dispute {
  const evidence_details = { due_by: 0 };
  return {
    id: 'du_1',
    amount: 5000,
    currency: 'eur',
    reason: '',
    status,
    evidence_details,
  } as unknown as Stripe.Dispute;
}

describe('an intent in our words', () => {
  test('counts what was given up of an authorised amount as no refund (assumed: it has no balance transaction)', () => {
    const refunds = [refund({ balance_transaction: null }), refund({ id: 're_2', amount: 500 })];
    expect(paymentOfIntent(capturedInPart(), env, { refunds })).toMatchObject({
      captured_minor: 3000,
      refunded_minor: 500,
      refunds: [{ provider_refund: 're_2' }],
    });
  });

  test.each([
    ['is ours', capturedInPart(), refund({ balance_transaction: null, metadata: { refund: 'r1' } })],
    ['is on its way', capturedInPart(), refund({ balance_transaction: null, status: 'pending' })],
    [
      'is of an amount that was captured whole',
      capturedInPart({ latest_charge: { object: 'charge', amount: 5000, amount_captured: 5000 } }),
      refund({ balance_transaction: null }),
    ],
  ])('counts a refund that has none, but %s', (_why, intent, one) => {
    expect(paymentOfIntent(intent, env, { refunds: [one] }).refunds).toHaveLength(1);
  });

  test.each([
    ['succeeded', 'succeeded'],
    ['pending', 'pending'],
    ['requires_action', 'pending'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
    [null, 'pending'],
  ])('a refund that %s is %s', (status, ours) => {
    const read = paymentOfIntent(capturedInPart(), env, { refunds: [refund({ status })] });
    expect(read.refunds).toMatchObject([{ status: ours }]);
    expect(read.refunded_minor).toBe(ours === 'succeeded' ? 2000 : 0);
  });

  test.each([
    ['needs_response', 'open'],
    ['warning_needs_response', 'open'],
    ['appeal_needs_response', 'open'],
    ['under_review', 'under_review'],
    ['warning_under_review', 'under_review'],
    ['appeal_under_review', 'under_review'],
    ['won', 'won'],
    ['lost', 'lost'],
    ['warning_closed', 'closed'],
    ['prevented', 'closed'],
    ['of_tomorrow', 'open'],
  ])('a dispute that is %s is %s', (status, ours) => {
    expect(paymentOfIntent(capturedInPart(), env, { disputes: [dispute(status)] }).disputes).toEqual([
      {
        provider_dispute: 'du_1',
        status: ours,
        reason: null,
        amount_minor: 5000,
        currency: 'EUR',
        evidence_due_at: null,
      },
    ]);
  });

  test('a status we do not know is under way, never paid', () => {
    expect(paymentOfIntent(capturedInPart({ status: 'of_tomorrow' }), env).status).toBe('processing');
  });
});
