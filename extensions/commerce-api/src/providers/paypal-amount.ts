/** Amounts as PayPal writes them: decimal strings, with digits of its own for a few currencies. */
import { formatMinor, toMinor } from '../core/money.ts';
import { PaymentProviderError } from './payment.ts';

export interface PayPalMoney {
  currency_code: string;
  value: string;
}

/** PayPal takes no decimals of these, whatever ISO 4217 says (developer.paypal.com, currency codes). */
const WITHOUT_DECIMALS = new Set(['HUF', 'JPY', 'TWD']);

/** @throws PaymentProviderError `amount_not_chargeable` for a part of a unit PayPal cannot write, as 12.34 forints are */
export function payPalMoney(amount_minor: number, currency: string): PayPalMoney {
  const value = formatMinor(amount_minor, currency);
  if (!WITHOUT_DECIMALS.has(currency)) return { currency_code: currency, value };
  const [whole = '', decimals = ''] = value.split('.');
  if (/[^0]/.test(decimals)) {
    throw new PaymentProviderError(`PayPal takes no decimals in ${currency}`, {
      is_definite: true,
      code: 'amount_not_chargeable',
    });
  }
  return { currency_code: currency, value: whole };
}

/**
 * In minor units of ISO 4217. Decimals that are zeros are read even where the currency has none.
 * @throws PaymentProviderError, not definite, for what is no amount
 */
export function minorOfPayPal({ currency_code, value }: PayPalMoney): number {
  try {
    return toMinor(value.replace(/\.0+$/, ''), currency_code);
  } catch (cause) {
    const message = `PayPal’s answer names ${value.slice(0, 40)} ${currency_code.slice(0, 8)}, which is no amount`;
    throw new PaymentProviderError(message, { is_definite: false, code: 'unreadable_answer', cause });
  }
}
