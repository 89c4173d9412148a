/**
 * Amounts in Stripe's units and in ours. Ours are minor units by ISO 4217; Stripe counts most currencies the same way, and some
 * not (docs.stripe.com/currencies). Nothing here rounds, but where a bank names an amount.
 */
import { currencyDigits, isCurrency, mulDivHalfUp } from '../core/money.ts';
import { PaymentProviderError } from './payment.ts';

/** Stripe counts whole units of these; ISO 4217 gives all but the ariary none but whole units, too. */
const WHOLE_UNITS = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));
/** Stripe counts hundredths of these, which must come out even: they have whole units only. */
const EVEN_HUNDREDTHS = new Set(['ISK', 'UGX']);
/** Stripe counts thousandths of these, and takes none but tens of them. */
const TENS_OF_THOUSANDTHS = new Set('BHD JOD KWD OMR TND'.split(' '));

interface Rule {
  /** Stripe's digits after the point. */
  digits: number;
  /** What an amount of Stripe's must be a multiple of. */
  step: number;
}

/**
 * Our minor units in Stripe's.
 * @throws PaymentProviderError `amount_not_chargeable`, definite, for what Stripe cannot charge: a part of its smallest amount, or
 * a currency of which nobody says how it counts it
 */
export function toStripe(amount_minor: number, currency: string): number {
  const rule = ruleOf(currency);
  const ours = isCurrency(currency) ? currencyDigits(currency) : null;
  if (rule === null || ours === null) throw notChargeable(`Stripe takes no payments in ${currency}`);
  const amount = scaled(amount_minor, ours, rule.digits);
  if (amount === null || amount % rule.step !== 0) {
    throw notChargeable(`Stripe cannot charge this amount in ${currency}: it is too fine`);
  }
  return amount;
}

/**
 * Stripe's units in ours. Of a currency that is none of ours the number stays as it is: such a payment is not ours either.
 * @param currency in upper or lower case
 * @throws PaymentProviderError `amount_unreadable`, not definite, for an amount we have no minor units for
 */
export function fromStripe(amount: number, currency: string): number {
  const code = currency.toUpperCase();
  const minor = scaled(amount, ...digitsOf(code));
  if (minor !== null) return minor;
  throw new PaymentProviderError(`Stripe names ${amount} ${code}, which is no whole number of minor units`, {
    is_definite: false,
    code: 'amount_unreadable',
  });
}

/** The same, rounded half up: banks dispute amounts that Stripe would never charge. */
export function nearestFromStripe(amount: number, currency: string): number {
  const [theirs, ours] = digitsOf(currency.toUpperCase());
  return mulDivHalfUp(amount, 10 ** ours, 10 ** theirs);
}

/** Stripe's digits and ours. */
function digitsOf(code: string): [theirs: number, ours: number] {
  const rule = ruleOf(code);
  return rule && isCurrency(code) ? [rule.digits, currencyDigits(code)] : [0, 0];
}

function ruleOf(currency: string): Rule | null {
  if (WHOLE_UNITS.has(currency)) return { digits: 0, step: 1 };
  if (EVEN_HUNDREDTHS.has(currency)) return { digits: 2, step: 100 };
  if (TENS_OF_THOUSANDTHS.has(currency)) return { digits: 3, step: 10 };
  return isCurrency(currency) && currencyDigits(currency) === 2 ? { digits: 2, step: 1 } : null;
}

/** Null where it does not come out even, or is no safe integer. */
function scaled(amount: number, from_digits: number, to_digits: number): number | null {
  const result =
    to_digits >= from_digits
      ? amount * 10 ** (to_digits - from_digits)
      : amount / 10 ** (from_digits - to_digits);
  return Number.isSafeInteger(result) ? result : null;
}

function notChargeable(message: string): PaymentProviderError {
  return new PaymentProviderError(message, { is_definite: true, code: 'amount_not_chargeable' });
}
