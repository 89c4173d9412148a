/**
 * The test bank accounts of Stripe's documentation. A debit takes days: whoever pays with one waits in `processing`. Stripe
 * settles most of them by itself after a while; here all of them wait until the dashboard says what came of it, so that a test
 * never races a clock.
 */
import type { Decline } from './test-cards.ts';

export type TestBank = {
  /** What the API takes as a payment method. */
  id: string;
  type: 'us_bank_account' | 'sepa_debit';
  /** Such an account pays in nothing else. */
  currency: 'usd' | 'eur';
  last4: string;
  /** What the bank says when the debit fails. */
  failure: Decline;
};

const failed = (code: string, message: string): Decline => ({ code, message });

const unpaid = failed('processing_error', 'The debit was returned by the bank.');
const closed = failed('account_closed', "The customer's bank account has been closed.");
const noFunds = failed(
  'insufficient_funds',
  "The customer's account has insufficient funds to cover this payment.",
);

function american(id: string, last4: string, failure: Decline = unpaid): TestBank {
  return { id, type: 'us_bank_account', currency: 'usd', last4, failure };
}

function european(id: string, last4: string): TestBank {
  return { id, type: 'sepa_debit', currency: 'eur', last4, failure: unpaid };
}

const banks = new Map(
  [
    american('pm_usBankAccount_success', '6789'),
    american('pm_usBankAccount_accountClosed', '1113', closed),
    american('pm_usBankAccount_insufficientFunds', '2227', noFunds),
    american('pm_usBankAccount_processing', '0009'),
    european('pm_success_de', '3000'),
    european('pm_failed_de', '3001'),
  ].map((bank) => [bank.id, bank]),
);

/** By the id the API takes, such as `pm_success_de`. */
export function findTestBank(id: string): TestBank | undefined {
  return banks.get(id);
}
