import { describe, expect, test } from 'vitest';
import { priceCart } from '../core/price-cart.ts';
import { calculationPage } from './calculation-page.ts';
import { WORKED_EXAMPLES } from './worked-examples.ts';

describe.each(WORKED_EXAMPLES)('$title', ({ facts, totals, line_discounts, line_taxes, shipping_tax }) => {
  const quote = priceCart(facts);

  test('comes out as it was reckoned by hand', () => {
    const { subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor } = quote;
    expect({ subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor }).toEqual(totals);
    expect(quote.lines.map((line) => line.discount_minor)).toEqual(line_discounts);
    expect(quote.lines.map((line) => line.tax_minor)).toEqual(line_taxes);
    expect(quote.shipping?.tax_minor).toBe(shipping_tax);
  });
});

test('there is one example per tax mode', () => {
  expect(WORKED_EXAMPLES.map(({ facts }) => facts.prices_include_tax).sort()).toEqual([false, true]);
});

test('the page shows every step of every example, in the currency’s own digits', () => {
  const page = calculationPage('/docs/');
  for (const { title, steps, totals } of WORKED_EXAMPLES) {
    expect(page).toContain(title);
    for (const step of steps) expect(page).toContain(step.result);
    expect(steps.at(-1)?.result).toBe((totals.total_minor / 100).toFixed(2));
  }
});
