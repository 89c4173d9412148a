/** Stripe's rules for amounts: integers in the currency's minor unit, with limits by currency. */
import { badParameter } from './errors.ts';

const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));
/** No minor unit in real life, yet sent as hundredths. */
const WHOLE_HUNDREDS = new Set(['isk', 'ugx']);

/** By settlement currency; the emulated account settles every currency in itself. */
const MINIMUM: Record<string, number> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};
const MAXIMUM: Record<string, number> = { idr: 999_999_999_999, inr: 999_999_999 };
const USUAL_MAXIMUM = 99_999_999;

const KNOWN = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));

/** The currency in lower case. @throws StripeApiError when it is none. */
export function requireCurrency(currency: string): string {
  const code = currency.toLowerCase();
  if (KNOWN.has(code)) return code;
  throw badParameter(
    `Invalid currency: ${currency}. Stripe currently supports ISO 4217 currencies.`,
    'currency',
  );
}

/** @throws StripeApiError when a payment of this amount would be refused. */
export function checkAmount(amount: number, currency: string): void {
  if (amount < 1) {
    throw badParameter(
      'This value must be greater than or equal to 1.',
      'amount',
      'parameter_invalid_integer',
    );
  }
  const minimum = MINIMUM[currency] ?? 1;
  if (amount < minimum) {
    const message = `Amount must be at least ${formatAmount(minimum, currency)}`;
    throw badParameter(message, 'amount', 'amount_too_small');
  }
  const maximum = MAXIMUM[currency] ?? USUAL_MAXIMUM;
  if (amount > maximum) {
    const message = `Amount must be no more than ${formatAmount(maximum, currency)}`;
    throw badParameter(message, 'amount', 'amount_too_large');
  }
  const step = WHOLE_HUNDREDS.has(currency) ? 100 : THREE_DECIMAL.has(currency) ? 10 : 1;
  if (amount % step !== 0) {
    throw badParameter(`Invalid amount for ${currency}: must be a multiple of ${step}.`, 'amount');
  }
}

/** For people: `$12.34`, `¥500`. Takes minor units as Stripe counts them. */
export function formatAmount(amount: number, currency: string): string {
  const digits = ZERO_DECIMAL.has(currency) ? 0 : THREE_DECIMAL.has(currency) ? 3 : 2;
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: currency.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}
