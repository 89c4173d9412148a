/** What the API shows of a bank account, on the payment method and on the charges it pays. */
import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import type { TestBank } from './test-banks.ts';

type MethodDetails = Pick<Stripe.PaymentMethod, 'type' | 'sepa_debit' | 'us_bank_account'>;

export function bankDetails(bank: TestBank): MethodDetails {
  if (bank.type === 'sepa_debit') {
    return { type: 'sepa_debit', sepa_debit: { ...europeanAccount(bank), generated_from: null } };
  }
  return {
    type: 'us_bank_account',
    us_bank_account: {
      ...americanAccount(bank),
      financial_connections_account: null,
      networks: { preferred: 'ach', supported: ['ach'] },
      status_details: null,
    },
  };
}

export function bankChargeDetails(bank: TestBank): Stripe.Charge.PaymentMethodDetails {
  if (bank.type === 'sepa_debit') {
    return { type: 'sepa_debit', sepa_debit: { ...europeanAccount(bank), mandate: null } };
  }
  return {
    type: 'us_bank_account',
    us_bank_account: { ...americanAccount(bank), payment_reference: null },
  };
}

function europeanAccount(bank: TestBank) {
  return {
    bank_code: '37040044',
    branch_code: '',
    country: 'DE',
    fingerprint: fingerprintOf(bank),
    last4: bank.last4,
  };
}

function americanAccount(bank: TestBank) {
  return {
    account_holder_type: 'individual' as const,
    account_type: 'checking' as const,
    bank_name: 'STRIPE TEST BANK',
    fingerprint: fingerprintOf(bank),
    last4: bank.last4,
    routing_number: '110000000',
  };
}

function fingerprintOf(bank: TestBank): string {
  return createHash('sha256').update(bank.id).digest('base64url').slice(0, 16);
}
