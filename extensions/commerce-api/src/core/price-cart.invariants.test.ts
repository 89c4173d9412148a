import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shareByLargestRemainder } from './money.ts';
import type { CartFacts, Quote } from './price-cart.ts';
import { priceCart } from './price-cart.ts';
import {
  aCart,
  aLine,
  aPromotion,
  aRate,
  discountsOf,
  fixed,
  percent,
  reduced,
  someShipping,
  sumOf,
  taxesOf,
  totalsOf,
} from './sample-cart.ts';
import { taxOf } from './tax.ts';

describe('whatever the cart', () => {
  const TAX_CLASSES = ['standard', 'reduced', 'zero', 'none'];
  const anyCurrency = fc.constantFrom('JPY', 'EUR', 'KWD');
  const anyLine = fc.record({
    price: fc.integer({ min: 0, max: 99_999 }),
    quantity: fc.integer({ min: 1, max: 20 }),
    tax_class: fc.constantFrom(...TAX_CLASSES),
    product_kind: fc.constantFrom(
      'physical' as const,
      'physical' as const,
      'digital' as const,
      'gift_card' as const,
    ),
  });
  const anyPromotion = fc.record({
    kind: fc.constantFrom('percentage' as const, 'fixed_amount' as const, 'free_shipping' as const),
    value_ppm: fc.integer({ min: 0, max: 1_000_000 }),
    amount_minor: fc.integer({ min: 0, max: 50_000 }),
    stackable: fc.boolean(),
    priority: fc.integer({ min: 0, max: 2 }),
  });
  const anyCart = fc
    .record({
      currency: anyCurrency,
      prices_include_tax: fc.boolean(),
      tax_exempt: fc.boolean(),
      lines: fc.array(anyLine, { maxLength: 12 }),
      promotions: fc.array(anyPromotion, { maxLength: 5 }),
      shipping: fc.option(
        fc.record({
          amount_minor: fc.integer({ min: 0, max: 9999 }),
          free_above_minor: fc.option(fc.integer({ min: 0, max: 200_000 })),
          tax_class: fc.constantFrom(...TAX_CLASSES),
        }),
      ),
      rates: fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 2, maxLength: 2 }),
    })
    .map(({ lines, promotions, shipping, rates, currency, ...facts }): CartFacts => {
      return aCart(
        lines.map(({ price, quantity, tax_class, product_kind }, index) =>
          aLine(`line ${index}`, price, {
            quantity,
            tax_class,
            product_kind,
            requires_shipping: product_kind === 'physical',
          }),
        ),
        {
          ...facts,
          currency,
          promotions: promotions.map((promotion, index) =>
            aPromotion({ ...promotion, id: `promotion ${index}`, currency }),
          ),
          shipping: shipping && someShipping(shipping),
          tax_rates: [
            aRate('VAT', 0, { rate_ppm: rates[0]! }),
            aRate('Reduced VAT', 0, { rate_ppm: rates[1]!, tax_class: 'reduced' }),
            aRate('Zero', 0, { tax_class: 'zero' }),
          ],
        },
      );
    });

  test('totals equal the sums of their parts in both tax modes', () => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        const quote = priceCart(cart);
        const { lines, shipping } = quote;
        const onTop = cart.prices_include_tax ? 0 : quote.tax_minor;
        expect(quote.total_minor).toBe(
          quote.subtotal_minor - quote.discount_minor + quote.shipping_minor + onTop,
        );
        expect(quote.subtotal_minor).toBe(sumOf(lines.map((line) => line.quantity * line.unit_price_minor)));
        expect(quote.discount_minor).toBe(sumOf(discountsOf(quote)));
        expect(quote.tax_minor).toBe(sumOf(taxesOf(quote)) + (shipping?.tax_minor ?? 0));
        expect(quote.total_minor).toBe(
          sumOf(lines.map((line) => line.total_minor)) + (shipping?.total_minor ?? 0),
        );
        for (const line of lines) {
          const lineOnTop = cart.prices_include_tax ? 0 : line.tax_minor;
          expect(line.total_minor).toBe(line.subtotal_minor - line.discount_minor + lineOnTop);
          expect(line.tax_minor).toBe(
            taxOf(line.subtotal_minor - line.discount_minor, line.tax_rate_ppm, cart.prices_include_tax),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  test('adjustments and the tax summary add up to the totals', () => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        const quote = priceCart(cart);
        const adjusted = (kinds: string[]) =>
          sumOf(quote.adjustments.filter(({ kind }) => kinds.includes(kind)).map((one) => one.amount_minor));
        expect(adjusted(['discount']) + quote.discount_minor).toBe(0);
        expect(adjusted(['shipping', 'shipping_discount'])).toBe(quote.shipping_minor);
        expect(sumOf(quote.tax_summary.map((entry) => entry.tax_minor))).toBe(quote.tax_minor);
      }),
    );
  });

  test('nothing is negative, no line is discounted below nothing, gift cards not at all', () => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        const quote = priceCart(cart);
        for (const amount of totalsOf(quote)) expect(amount).toBeGreaterThanOrEqual(0);
        for (const [index, line] of quote.lines.entries()) {
          expect(line.discount_minor).toBeGreaterThanOrEqual(0);
          expect(line.discount_minor).toBeLessThanOrEqual(line.subtotal_minor);
          expect(line.tax_minor).toBeGreaterThanOrEqual(0);
          expect(line.total_minor).toBeGreaterThanOrEqual(0);
          if (cart.lines[index]?.product_kind === 'gift_card') expect(line.discount_minor).toBe(0);
        }
        for (const entry of quote.tax_summary) expect(entry.taxable_minor).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('the order of lines changes no total, and lines come back in the order given', () => {
    const shuffled = anyCart.chain((cart) =>
      fc.tuple(fc.constant(cart), fc.shuffledSubarray([...cart.lines], { minLength: cart.lines.length })),
    );
    fc.assert(
      fc.property(shuffled, ([cart, lines]) => {
        const quote = priceCart(cart);
        const other = priceCart({ ...cart, lines });
        expect(totalsOf(other)).toEqual(totalsOf(quote));
        expect(other.tax_summary).toEqual(quote.tax_summary);
        expect(other.lines.map((line) => line.id)).toEqual(lines.map((line) => line.id));
      }),
      { numRuns: 300 },
    );
  });

  test('the order of lines changes no total where shares tie all the time', () => {
    const tied = fc
      .array(fc.tuple(fc.constantFrom(1, 2, 3), fc.constantFrom('standard', 'reduced')), { minLength: 2 })
      .map((drafts) =>
        drafts.map(([price, tax_class], index) => aLine(`line ${index}`, price, { tax_class })),
      );
    fc.assert(
      fc.property(tied, fc.integer({ min: 1, max: 9 }), fc.boolean(), (lines, off, prices_include_tax) => {
        const tax_rates = [aRate('VAT', 40), aRate('Reduced VAT', 15, reduced)];
        const promotions = [fixed(off, { id: 'a' }), percent(30, { id: 'b', stackable: true })];
        const cart = aCart(lines, { promotions, tax_rates, prices_include_tax });
        const reversed = priceCart({ ...cart, lines: lines.toReversed() });
        expect(totalsOf(reversed)).toEqual(totalsOf(priceCart(cart)));
      }),
      { numRuns: 300 },
    );
  });

  test('a single discount is shared as by largest remainder over the lines by value', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { minLength: 1 }),
        fc.nat(50_000),
        (prices, off) => {
          const byValue = prices.toSorted((a, b) => b - a);
          const quote = priceCart(
            aCart(
              byValue.map((price) => aLine(String(price), price)),
              { promotions: [fixed(off)] },
            ),
          );
          expect(discountsOf(quote)).toEqual(shareByLargestRemainder(Math.min(off, sumOf(byValue)), byValue));
        },
      ),
    );
  });

  test('promotions never make it dearer before tax', () => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        const beforeTax = (quote: Quote) =>
          quote.subtotal_minor - quote.discount_minor + quote.shipping_minor;
        expect(beforeTax(priceCart(cart))).toBeLessThanOrEqual(
          beforeTax(priceCart({ ...cart, promotions: [] })),
        );
      }),
    );
  });
});
