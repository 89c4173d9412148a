/** Flutterwave counts in major units, as decimals; we count in minor units. Neither way goes through a float. */
import { formatMinor, toMinor } from '../core/money.ts';

/** Minor units as the exact decimal Flutterwave takes, with all digits of the currency: `19.99`, `1200` (UGX). */
export function toMajorAmount(amount_minor: number, currency: string): string {
  return formatMinor(amount_minor, currency);
}

/**
 * An amount of Flutterwave's, a number or now and then a text, in minor units. Zeros beyond the currency's digits are dropped:
 * a machine wrote them.
 * @throws RangeError when it is no such amount, or finer than the currency's minor unit
 */
export function fromMajorAmount(amount: number | string, currency: string): number {
  const text = String(amount).trim();
  if (!/^\d+(\.\d+)?$/.test(text))
    throw new RangeError(`${text.slice(0, 40)} is not an amount in ${currency}`);
  return toMinor(text.includes('.') ? text.replace(/\.?0+$/, '') : text, currency);
}
