/**
 * Amounts as PayPal writes them: decimal strings. The books hold integers in the minor unit of ISO 4217, so that they can be
 * compared with a shop's.
 */
import { refused } from './errors.ts';

export type Money = { currency_code: string; value: string };

/** ISO 4217 knows hundredths of these two, PayPal does not. */
const WHOLE_HUNDREDS = new Set(['HUF', 'TWD']);
const WITHOUT_DECIMALS = new Set(['JPY', ...WHOLE_HUNDREDS]);

/** What PayPal takes, by its page of currency codes. */
const TAKEN = new Set(
  'AUD BRL CAD CNY CZK DKK EUR HKD HUF ILS JPY MYR MXN TWD NZD NOK PHP PLN GBP SGD SEK CHF THB USD'.split(
    ' ',
  ),
);

/** @throws PayPalApiError for a currency PayPal does not take, for decimals it does not, and for less than a minor unit. */
export function minorOf({ currency_code, value }: Money, field: string): number {
  if (!TAKEN.has(currency_code)) throw refused('INVALID_CURRENCY_CODE', { field: `${field}/currency_code` });
  const [whole = '', decimals = ''] = value.split('.');
  const digits = WITHOUT_DECIMALS.has(currency_code) ? 0 : 2;
  if (decimals.length > digits) throw refused('DECIMAL_PRECISION', { field: `${field}/value` });
  const written = Number(`${whole}${decimals.padEnd(digits, '0')}`);
  if (written <= 0 || !Number.isSafeInteger(written))
    throw refused('CANNOT_BE_ZERO_OR_NEGATIVE', { field: `${field}/value` });
  return WHOLE_HUNDREDS.has(currency_code) ? written * 100 : written;
}

/** Writes even what PayPal would not take, because a fault may have asked for it. */
export function moneyOf(amount_minor: number, currency_code: string): Money {
  const digits = currency_code === 'JPY' ? 0 : 2;
  const text = String(amount_minor).padStart(digits + 1, '0');
  const value = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return { currency_code, value: WHOLE_HUNDREDS.has(currency_code) ? value.replace(/\.00$/, '') : value };
}
