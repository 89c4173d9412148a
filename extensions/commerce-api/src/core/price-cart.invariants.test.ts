import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shareByLargestRemainder } from './money.ts';
import type { CartFacts, PromotionFacts, Quote } from './price-cart.ts';
import { priceCart } from './price-cart.ts';
import {
  aCart,
  aLine,
  aPromotion,
  aRate,
  aScope,
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

const TAGS = ['red', 'blue', 'wool'];
const CODES = [0, 1, 2, 3].flatMap((index) => [`OWN ${index}`, `MANY ${index}`]);

const anyScope = fc
  .record({
    side: fc.constantFrom('target' as const, 'target' as const, 'buy' as const),
    effect: fc.constantFrom('include' as const, 'include' as const, 'exclude' as const),
    tag: fc.constantFrom(...TAGS),
    quantity: fc.constantFrom(null, null, 1, 2),
  })
  .map(aScope);
const anyTiers = fc.array(
  fc.record({ from: fc.integer({ min: 0, max: 20 }), percentage: fc.boolean(), value: fc.nat(9) }),
  { minLength: 1, maxLength: 3 },
);
const anyPromotion = fc
  .record({
    kind: fc.constantFrom<PromotionFacts['kind']>(
      'percentage',
      'fixed_amount',
      'free_shipping',
      'buy_x_get_y',
      'set_price',
      'tiered',
    ),
    allocation: fc.constantFrom('across' as const, 'each' as const),
    has_code: fc.boolean(),
    many_left: fc.constantFrom(null, 0, 1),
    value_ppm: fc.integer({ min: 0, max: 1_000_000 }),
    amount_minor: fc.integer({ min: 0, max: 20_000 }),
    buy_quantity: fc.integer({ min: 1, max: 3 }),
    get_quantity: fc.integer({ min: 1, max: 2 }),
    max_applications: fc.constantFrom(null, null, 1, 2),
    tier_basis: fc.constantFrom('spend' as const, 'quantity' as const),
    tiers: anyTiers.map((tiers) =>
      tiers.map(({ from, percentage, value }) => {
        return percentage ? { from, value_ppm: value * 100_000 } : { from, amount_minor: value * 100 };
      }),
    ),
    scopes: fc.array(anyScope, { maxLength: 3 }),
    minimum_subtotal_minor: fc.constantFrom(null, null, 5000),
    minimum_quantity: fc.constantFrom(null, null, 3),
    minimum_basis: fc.constantFrom('scope' as const, 'cart' as const),
    first_order_only: fc.constantFrom(false, false, true),
    usage_left: fc.constantFrom(null, 0, 1),
    budget_left_minor: fc.constantFrom(null, null, 1000),
    stackable: fc.boolean(),
    priority: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ has_code, many_left, ...promotion }) => (index: number) => {
    const codes = [{ id: `many ${index}`, code: `many ${index}`, usage_left: many_left }];
    return aPromotion({
      ...promotion,
      id: `promotion ${index}`,
      currency: 'EUR',
      ...(has_code && { code: `own ${index}`, codes }),
    });
  });

const anyPromotions = fc
  .array(anyPromotion, { maxLength: 8 })
  .map((promotions) => promotions.map((promotion, index) => promotion(index)));

const TAX_CLASSES = ['standard', 'reduced', 'zero', 'none'];
const anyLine = fc.record({
  price: fc.integer({ min: 0, max: 99_999 }),
  fixed_price_minor: fc.constantFrom(null, null, null, 1234),
  quantity: fc.integer({ min: 1, max: 20 }),
  tax_class: fc.constantFrom(...TAX_CLASSES),
  tags: fc.subarray([...TAGS]),
  product_kind: fc.constantFrom(
    'physical' as const,
    'physical' as const,
    'digital' as const,
    'gift_card' as const,
  ),
});

/** In currencies of 0, 2 and 3 digits, in both tax modes, with goods of all kinds and any promotions. */
const anyCart: fc.Arbitrary<CartFacts> = fc
  .record({
    currency: fc.constantFrom('JPY', 'EUR', 'KWD'),
    prices_include_tax: fc.boolean(),
    keep_net_prices: fc.boolean(),
    tax_exemption: fc.constantFrom(null, null, null, 'customer' as const),
    address: fc.constantFrom(null, { country: 'FR', region: null, postal_code: null }),
    has_ordered_before: fc.boolean(),
    lines: fc.array(anyLine, { maxLength: 12 }),
    promotions: anyPromotions,
    codes: fc.subarray([...CODES]),
    shipping: fc.option(
      fc.record({
        kind: fc.constantFrom('flat' as const, 'flat' as const, 'per_item' as const, 'price_tiers' as const),
        amount_minor: fc.integer({ min: 0, max: 9999 }),
        per_item_minor: fc.integer({ min: 0, max: 99 }),
        tiers: fc.constantFrom([{ from: 5000, amount_minor: 700 }]),
        free_above_minor: fc.option(fc.integer({ min: 0, max: 200_000 })),
        tax_class: fc.constantFrom(...TAX_CLASSES),
      }),
    ),
    rates: fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ lines, promotions, shipping, rates, currency, ...facts }) => {
    const sold = lines.map(({ price, ...line }, index) =>
      aLine(`line ${index}`, price, { ...line, requires_shipping: line.product_kind === 'physical' }),
    );
    return aCart(sold, {
      ...facts,
      currency,
      promotions: promotions.map((promotion) => ({ ...promotion, currency })),
      shipping: shipping && someShipping(shipping),
      tax_rates: [
        aRate('VAT', 0, { rate_ppm: rates[0]! }),
        aRate('Reduced VAT', 0, { rate_ppm: rates[1]!, tax_class: 'reduced' }),
        aRate('FR VAT', 0, { rate_ppm: rates[2]!, country: 'FR' }),
        aRate('Zero', 0, { tax_class: 'zero' }),
      ],
    });
  });

describe('whatever the cart', () => {
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

  test('the discounts of a line are its shares of the promotions, and those add up to what each takes off', () => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        const { lines, adjustments } = priceCart(cart);
        for (const line of lines) {
          expect(sumOf(line.discounts.map((one) => one.amount_minor))).toBe(line.discount_minor);
          for (const one of line.discounts) expect(one.amount_minor).toBeGreaterThan(0);
        }
        for (const { promotion, promotion_code, amount_minor } of adjustments.filter(isDiscount)) {
          const shares = lines.flatMap((line) => line.discounts).filter((one) => one.promotion === promotion);
          expect(sumOf(shares.map((one) => one.amount_minor))).toBe(-amount_minor);
          for (const share of shares) expect(share.promotion_code).toBe(promotion_code);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('no budget is exceeded, no limit ignored, only one of those that compete applies', () => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        const taken = priceCart(cart).adjustments.filter((one) => one.promotion !== null);
        const applied = taken.map(({ promotion, amount_minor }) => {
          return { ...cart.promotions.find((one) => one.id === promotion)!, off_minor: -amount_minor };
        });
        for (const promotion of applied) {
          expect(promotion.off_minor).toBeGreaterThan(0);
          expect(promotion.off_minor).toBeLessThanOrEqual(promotion.budget_left_minor ?? Infinity);
          expect(promotion.usage_left ?? 1).toBeGreaterThan(0);
          expect(promotion.first_order_only && cart.has_ordered_before).toBe(false);
          expect(
            promotion.requires_code && codesOf(promotion).every((code) => !cart.codes.includes(code)),
          ).toBe(false);
        }
        expect(new Set(applied.map((promotion) => promotion.id)).size).toBe(applied.length);
        expect(applied.filter((promotion) => !promotion.stackable).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
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

  test('the order of lines changes no total where lines tie all the time', () => {
    const tied = fc.array(
      fc.record({
        price: fc.constantFrom(2, 3, 4),
        quantity: fc.constantFrom(1, 1, 2),
        tax_class: fc.constantFrom('standard', 'reduced'),
        tags: fc.subarray(['red', 'wool']),
      }),
      { minLength: 2 },
    );
    fc.assert(
      fc.property(tied, anyPromotions, fc.nat(9), fc.boolean(), (drafts, scoped, off, prices_include_tax) => {
        const lines = drafts.map(({ price, ...line }, index) => aLine(`line ${index}`, price, line));
        const tax_rates = [aRate('VAT', 40), aRate('Reduced VAT', 15, reduced)];
        const promotions = [...scoped, fixed(off, { id: 'a' }), percent(30, { id: 'b', stackable: true })];
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

  test('promotions never make it dearer before tax, and none that competes would be cheaper alone', () => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        const quote = priceCart(cart);
        const none = priceCart({ ...cart, promotions: [] });
        expect(quote.shipping === null).toBe(none.shipping === null);
        expect(beforeTax(quote)).toBeLessThanOrEqual(beforeTax(none));
        for (const promotion of cart.promotions.filter((one) => !one.stackable)) {
          const alone = priceCart({ ...cart, promotions: [promotion] });
          expect(beforeTax(quote)).toBeLessThanOrEqual(beforeTax(alone));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('neither the order of promotions nor that of codes changes anything', () => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        const quote = priceCart(cart);
        const other = priceCart({
          ...cart,
          promotions: cart.promotions.toReversed(),
          codes: cart.codes.toReversed(),
        });
        expect({ ...other, codes: other.codes.toReversed() }).toEqual(quote);
      }),
    );
  });

  test('applying a code twice changes nothing', () => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        const again = {
          ...cart,
          codes: [...cart.codes, ...cart.codes.map((code) => ` ${code.toLowerCase()}`)],
        };
        expect(priceCart(again)).toEqual(priceCart(cart));
      }),
    );
  });

  test('the exempt pay no tax, whatever the prices include', () => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        const quote = priceCart({ ...cart, tax_exemption: 'group' });
        expect(quote.tax_minor).toBe(0);
        expect(quote.tax_summary).toEqual([]);
        expect(quote.total_minor).toBe(beforeTax(quote));
      }),
    );
  });
});

const codesOf = ({ code, codes }: PromotionFacts) =>
  [code ?? [], ...codes.map((one) => one.code)].flat().map((one) => one.toUpperCase());

const isDiscount = (adjustment: Quote['adjustments'][number]) => adjustment.kind === 'discount';

function beforeTax(quote: Quote) {
  return quote.subtotal_minor - quote.discount_minor + quote.shipping_minor;
}
