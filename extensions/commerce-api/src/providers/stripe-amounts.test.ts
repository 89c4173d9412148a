import { describe, expect, test } from 'vitest';
import { currencyDigits } from '../core/money.ts';
import { fromStripe, nearestFromStripe, toStripe } from './stripe-amounts.ts';

describe('amounts', () => {
  // Our minor units, and what Stripe counts for them: docs.stripe.com/currencies.
  test.each<[currencies: string, ours: number, theirs: number]>([
    ['BIF CLP DJF GNF JPY KMF KRW PYG RWF VND VUV XAF XOF XPF', 1234, 1234],
    ['MGA', 123_400, 1234],
    ['ISK UGX', 1234, 123_400],
    ['BHD JOD KWD OMR TND', 12_340, 12_340],
    [
      'AED AUD BRL CAD CHF CZK DKK EUR GBP HKD HUF IDR INR MXN MYR NOK NZD PLN SEK SGD THB TWD USD',
      1234,
      1234,
    ],
  ])('in %s: our %i are %i at Stripe', (currencies, ours, theirs) => {
    for (const currency of currencies.split(' ')) {
      expect(toStripe(ours, currency), currency).toBe(theirs);
      expect(fromStripe(theirs, currency.toLowerCase()), currency).toBe(ours);
      expect(nearestFromStripe(theirs, currency), currency).toBe(ours);
    }
  });

  test.each([
    ['BHD', 12_345, 'a thousandth'],
    ['KWD', 1, 'a thousandth'],
    ['MGA', 150, 'half an ariary'],
    ['IQD', 1000, 'a currency Stripe does not list'],
    ['CLF', 10_000, 'a currency Stripe does not list'],
    ['XYZ', 1000, 'no currency'],
    ['ISK', Number.MAX_SAFE_INTEGER, 'too much to be counted in hundredths'],
  ])('%s %i cannot be charged: %s', (currency, amount) => {
    expect(() => toStripe(amount, currency)).toThrow(
      expect.objectContaining({ is_definite: true, code: 'amount_not_chargeable' }),
    );
  });

  test('an amount we have no units for is not read as another', () => {
    expect(() => fromStripe(150, 'isk')).toThrow(expect.objectContaining({ code: 'amount_unreadable' }));
    expect(nearestFromStripe(150, 'isk')).toBe(2);
  });

  test('of a currency that is none of ours the number stays', () => {
    expect(() => currencyDigits('HRK')).toThrow(RangeError);
    expect(fromStripe(1234, 'hrk')).toBe(1234);
  });
});
